// Stands in for cloudflared where the edge is simulated: one connector of one tunnel.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"
)

const version = "2026.9.3"

func main() {
	options, verb, err := parse(os.Args[1:])
	if err == nil {
		err = carryOut(options, verb)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func carryOut(options options, verb string) error {
	switch verb {
	case "version":
		fmt.Printf("cloudflared version %s (stand-in for a simulated edge)\n", version)
		return nil
	case "ready":
		return askReady(options.metrics)
	case "run":
		token, err := options.readToken()
		if err != nil {
			return err
		}
		ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
		defer stop()
		return run(ctx, options, token)
	}
	return fmt.Errorf("cloudflared tunnel %s: the stand-in knows run, ready and version", verb)
}
