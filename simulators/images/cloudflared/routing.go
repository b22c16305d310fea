package main

import (
	"encoding/json"
	"fmt"
	"log"
	"net/http"
	"regexp"
	"strconv"
	"strings"
)

// routing is a tunnel's configuration, as the API stores it, made ready to be followed.
type routing struct {
	version int
	rules   []rule
}

type rule struct {
	hostname string
	path     *regexp.Regexp
	guard    *guard
	handler  http.Handler
}

type configuration struct {
	Ingress []struct {
		Hostname, Path, Service string
		OriginRequest           originRequest
	}
	OriginRequest originRequest
}

// originRequest holds the settings that the stand-in follows; it leaves the others aside.
type originRequest struct {
	Access *struct {
		Required bool
		TeamName string
		AudTag   []string
	}
	HTTPHostHeader string
	NoTLSVerify    bool
}

// adopt takes a routing over, unless a newer one is there; one that it cannot follow leaves the present one.
func (a *agent) adopt(version int, raw json.RawMessage) {
	a.configure.Lock()
	defer a.configure.Unlock()
	if present := a.routing.Load(); present != nil && present.version >= version {
		return
	}
	made, err := a.made(version, raw)
	if err != nil {
		log.Printf("ERR Failed to update configuration version=%d error=%v", version, err)
		return
	}
	a.routing.Store(made)
	log.Printf("INF Updated to new configuration version=%d rules=%d", version, len(made.rules))
}

func (a *agent) made(version int, raw json.RawMessage) (*routing, error) {
	var config configuration
	if err := json.Unmarshal(raw, &config); err != nil {
		return nil, err
	}
	made := &routing{version: version}
	for _, given := range config.Ingress {
		request := given.OriginRequest
		if request.Access == nil {
			request.Access = config.OriginRequest.Access
		}
		one := rule{hostname: given.Hostname, guard: a.guarded(request)}
		var err error
		if given.Path != "" {
			if one.path, err = regexp.Compile(given.Path); err != nil {
				return nil, err
			}
		}
		if one.handler, err = a.served(given.Service, request); err != nil {
			return nil, err
		}
		made.rules = append(made.rules, one)
	}
	return made, nil
}

func (r rule) matches(host, path string) bool {
	if r.path != nil && !r.path.MatchString(path) {
		return false
	}
	wild, isWild := strings.CutPrefix(r.hostname, "*")
	return r.hostname == "" || r.hostname == host || isWild && strings.HasSuffix(host, wild)
}

// served is what answers for a service of the configuration: a status, or the origin.
func (a *agent) served(service string, request originRequest) (http.Handler, error) {
	if code, isStatus := strings.CutPrefix(service, "http_status:"); isStatus {
		status, err := strconv.Atoi(code)
		if err != nil {
			return nil, fmt.Errorf("service %q: %w", service, err)
		}
		return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status) }), nil
	}
	return a.origin(service, request)
}
