package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"sync"
	"time"
)

// counts are of requests since the start.
type counts struct {
	lock    sync.Mutex
	running int
	byCode  map[int]int
}

func (c *counts) begin() {
	c.lock.Lock()
	defer c.lock.Unlock()
	c.running++
}

func (c *counts) end(answered *counted) {
	c.lock.Lock()
	defer c.lock.Unlock()
	c.running--
	if c.byCode == nil {
		c.byCode = map[int]int{}
	}
	c.byCode[answered.status]++
}

// counted keeps the status of an answer.
type counted struct {
	http.ResponseWriter
	status int
}

func (c *counted) WriteHeader(status int) {
	c.status = status
	c.ResponseWriter.WriteHeader(status)
}

// Unwrap lets the reverse proxy flush and take over the connection.
func (c *counted) Unwrap() http.ResponseWriter { return c.ResponseWriter }

// observed serves /ready and /metrics in the official form.
func (a *agent) observed() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /ready", func(w http.ResponseWriter, _ *http.Request) {
		status, ready := http.StatusOK, a.ready.Load()
		if ready == 0 || a.routing.Load() == nil {
			status = http.StatusServiceUnavailable
		}
		w.WriteHeader(status)
		json.NewEncoder(w).Encode(map[string]any{"status": status, "readyConnections": ready, "connectorId": a.id})
	})
	mux.HandleFunc("GET /healthcheck", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintln(w, "OK") })
	mux.HandleFunc("GET /metrics", func(w http.ResponseWriter, _ *http.Request) {
		version := -1
		if routing := a.routing.Load(); routing != nil {
			version = routing.version
		}
		a.counts.lock.Lock()
		defer a.counts.lock.Unlock()
		total := 0
		for code, number := range a.counts.byCode {
			total += number
			fmt.Fprintf(w, "cloudflared_tunnel_response_by_code{status_code=\"%d\"} %d\n", code, number)
		}
		fmt.Fprintf(w, "cloudflared_tunnel_total_requests %d\n", total)
		fmt.Fprintf(w, "cloudflared_tunnel_concurrent_requests_per_tunnel %d\n", a.counts.running)
		fmt.Fprintf(w, "cloudflared_tunnel_ha_connections %d\n", a.ready.Load())
		fmt.Fprintf(w, "cloudflared_orchestration_config_version %d\n", version)
	})
	return mux
}

// askReady is the health check: nil when the connector at this address is ready.
func askReady(address string) error {
	client := http.Client{Timeout: 5 * time.Second}
	response, err := client.Get("http://" + address + "/ready")
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("http://%s/ready endpoint returned status code %d", address, response.StatusCode)
	}
	return nil
}
