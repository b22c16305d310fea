package main

import (
	"context"
	"encoding/json"
	"errors"
	"log"
	"strconv"
	"time"
)

const (
	shortestWait = time.Second / 2
	longestWait  = 8 * time.Second
	// The edge speaks every two seconds.
	silence = 10 * time.Second
)

// order is what the edge says on a link: a stream to open, or a new routing, or only that it is there.
type order struct {
	Stream  string          `json:"stream"`
	Version int             `json:"version"`
	Config  json.RawMessage `json:"config"`
}

// keep holds one link until the context ends, with growing waits between attempts. Returns only a refusal.
func (a *agent) keep(ctx context.Context, leaving <-chan struct{}, index int) error {
	wait := shortestWait
	for {
		began := time.Now()
		err := a.link(ctx, leaving, index)
		var refused refusal
		if errors.As(err, &refused) {
			return refused
		}
		if time.Since(began) > longestWait {
			wait = shortestWait
		}
		select {
		case <-leaving:
			return nil
		case <-ctx.Done():
			return nil
		default:
		}
		log.Printf("ERR Connection terminated connIndex=%d error=%v; retrying in %s", index, err, wait)
		time.Sleep(wait)
		wait = min(2*wait, longestWait)
	}
}

// link registers one connection and follows the edge's orders until either side ends it.
func (a *agent) link(ctx context.Context, leaving <-chan struct{}, index int) error {
	conn, err := dial(ctx, a.options.edge, "/connection", "tunnel-connection", map[string]string{
		"Authorization": "Bearer " + a.token, "Connector-Id": a.id,
		"Connection-Index": strconv.Itoa(index), "Connector-Version": version,
	})
	if err != nil {
		return err
	}
	defer conn.Close()
	ended := make(chan struct{})
	defer close(ended)
	go func() {
		select {
		case <-leaving:
			conn.Write([]byte("{\"leaving\": true}\n"))
		case <-ctx.Done():
			conn.Close()
		case <-ended:
		}
	}()
	log.Printf("INF Registered tunnel connection connIndex=%d", index)
	a.ready.Add(1)
	defer a.ready.Add(-1)
	return a.follow(ctx, conn)
}

func (a *agent) follow(ctx context.Context, conn opened) error {
	orders := json.NewDecoder(conn)
	for {
		conn.SetReadDeadline(time.Now().Add(silence))
		var given order
		if err := orders.Decode(&given); err != nil {
			return err
		}
		switch {
		case given.Stream != "":
			go a.open(ctx, given.Stream)
		case given.Config != nil:
			a.adopt(given.Version, given.Config)
		}
		if _, err := conn.Write([]byte("{}\n")); err != nil {
			return err
		}
	}
}

// open dials the connection over which the edge wants to ask something.
func (a *agent) open(ctx context.Context, stream string) {
	conn, err := dial(ctx, a.options.edge, "/stream/"+stream, "tunnel-stream", nil)
	if err != nil {
		log.Printf("ERR Failed to open stream error=%v", err)
		return
	}
	a.streams.hand(conn)
}
