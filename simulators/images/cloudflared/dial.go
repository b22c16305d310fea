package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"time"
)

// refusal is the edge's word that this connector is not welcome; trying again would not help.
type refusal string

func (r refusal) Error() string {
	return "Register tunnel error from server side error=\"" + string(r) + "\""
}

// opened is a connection that the edge has switched from HTTP to a protocol of its own.
type opened struct {
	net.Conn
	reader *bufio.Reader
}

func (o opened) Read(into []byte) (int, error) { return o.reader.Read(into) }

// dial opens a connection to the edge and upgrades it.
func dial(ctx context.Context, edge, path, protocol string, headers map[string]string) (opened, error) {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", edge)
	if err != nil {
		return opened{}, err
	}
	made := opened{conn, bufio.NewReader(conn)}
	conn.SetDeadline(time.Now().Add(10 * time.Second))
	if err := made.upgrade(edge, path, protocol, headers); err != nil {
		conn.Close()
		return opened{}, err
	}
	return made, conn.SetDeadline(time.Time{})
}

func (o opened) upgrade(edge, path, protocol string, headers map[string]string) error {
	request, err := http.NewRequest(http.MethodGet, "http://"+edge+path, nil)
	if err != nil {
		return err
	}
	request.Header.Set("Connection", "Upgrade")
	request.Header.Set("Upgrade", protocol)
	for name, value := range headers {
		request.Header.Set(name, value)
	}
	if err := request.Write(o.Conn); err != nil {
		return err
	}
	response, err := http.ReadResponse(o.reader, request)
	if err != nil {
		return err
	}
	if response.StatusCode == http.StatusSwitchingProtocols {
		return nil
	}
	told, _ := io.ReadAll(io.LimitReader(response.Body, 1000))
	if response.StatusCode == http.StatusUnauthorized {
		return refusal(strings.TrimSpace(string(told)))
	}
	return fmt.Errorf("the edge answers %s: %s", response.Status, told)
}
