package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log"
	"net/http"
	"sync"
	"sync/atomic"
	"time"
)

const links = 4

// agent is one connector: four links to the edge, the routing that came over them, and the server of what is asked.
type agent struct {
	options   options
	token     string
	id        string
	routing   atomic.Pointer[routing]
	ready     atomic.Int32
	counts    counts
	streams   *dialed
	configure sync.Mutex
}

// run connects and serves until the context ends, then lets running requests finish.
func run(ctx context.Context, options options, token string) error {
	a := &agent{options: options, token: token, id: newID(), streams: newDialed()}
	failed := make(chan error, links+2)
	server := &http.Server{Handler: a, ReadHeaderTimeout: time.Minute}
	observed := &http.Server{Addr: options.metrics, Handler: a.observed(), ReadHeaderTimeout: time.Minute}
	go func() { failed <- observed.ListenAndServe() }()
	go func() { failed <- server.Serve(a.streams) }()
	linked, leave := context.WithCancel(context.Background())
	defer leave()
	leaving := make(chan struct{})
	log.Printf("INF Starting tunnel connectorID=%s edge=%s", a.id, options.edge)
	for index := range links {
		go func() {
			if err := a.keep(linked, leaving, index); err != nil {
				failed <- err
			}
		}()
	}
	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
	}
	log.Printf("INF Initiating graceful shutdown")
	close(leaving)
	grace, cancel := context.WithTimeout(context.Background(), options.grace)
	defer cancel()
	if err := server.Shutdown(grace); err != nil && !errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	log.Printf("INF Tunnel server stopped")
	return nil
}

// newID is a random UUID.
func newID() string {
	var raw [16]byte
	rand.Read(raw[:])
	raw[6], raw[8] = raw[6]&0x0f|0x40, raw[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", raw[:4], raw[4:6], raw[6:8], raw[8:10], raw[10:])
}
