package main

import (
	"cmp"
	"encoding/base64"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"strings"
	"time"
)

// options are those of `cloudflared tunnel`; the names of flags and variables are the official ones.
type options struct {
	metrics   string
	edge      string
	token     string
	tokenFile string
	grace     time.Duration
}

// parse reads `[flags] tunnel [flags] VERB [flags]` and gives the verb.
func parse(arguments []string) (options, string, error) {
	var found options
	flags := flag.NewFlagSet("cloudflared", flag.ContinueOnError)
	flags.Bool("no-autoupdate", true, "the stand-in never updates itself")
	flags.String("loglevel", "info", "the stand-in has one level")
	flags.StringVar(&found.metrics, "metrics", cmp.Or(os.Getenv("TUNNEL_METRICS"), "127.0.0.1:20241"), "where /ready is served")
	flags.StringVar(&found.edge, "edge", cmp.Or(os.Getenv("TUNNEL_EDGE"), "172.17.0.1:7844"), "address of the edge")
	flags.StringVar(&found.token, "token", os.Getenv("TUNNEL_TOKEN"), "the tunnel's token")
	flags.StringVar(&found.tokenFile, "token-file", os.Getenv("TUNNEL_TOKEN_FILE"), "file that holds the token")
	flags.DurationVar(&found.grace, "grace-period", 30*time.Second, "how long running requests may take at the end")
	var words []string
	for len(arguments) > 0 {
		if err := flags.Parse(arguments); err != nil {
			return found, "", err
		}
		if flags.NArg() == 0 {
			break
		}
		words = append(words, flags.Arg(0))
		arguments = flags.Args()[1:]
	}
	switch {
	case len(words) == 1 && words[0] == "version":
		return found, "version", nil
	case len(words) == 2 && words[0] == "tunnel":
		return found, words[1], nil
	}
	return found, "", fmt.Errorf("usage: cloudflared tunnel [--metrics ADDRESS] run|ready, not %q", strings.Join(words, " "))
}

// readToken takes the token from the option or from its file.
func (o options) readToken() (string, error) {
	token := o.token
	if token == "" && o.tokenFile != "" {
		content, err := os.ReadFile(o.tokenFile)
		if err != nil {
			return "", fmt.Errorf("Failed to read token file: %w", err)
		}
		token = strings.TrimSpace(string(content))
	}
	var content struct{ A, T, S string }
	decoded, err := base64.StdEncoding.DecodeString(token)
	if err != nil || json.Unmarshal(decoded, &content) != nil || content.T == "" {
		return "", errors.New("Provided Tunnel token is not valid.")
	}
	return token, nil
}
