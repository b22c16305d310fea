package main

import (
	"net"
	"sync"
)

// dialed is a listener whose connections were dialed by ourselves: the edge asks, though nobody can reach us.
type dialed struct {
	connections chan net.Conn
	closed      chan struct{}
	once        sync.Once
}

func newDialed() *dialed {
	return &dialed{connections: make(chan net.Conn), closed: make(chan struct{})}
}

func (d *dialed) hand(conn net.Conn) {
	select {
	case d.connections <- conn:
	case <-d.closed:
		conn.Close()
	}
}

func (d *dialed) Accept() (net.Conn, error) {
	select {
	case conn := <-d.connections:
		return conn, nil
	case <-d.closed:
		return nil, net.ErrClosed
	}
}

func (d *dialed) Close() error {
	d.once.Do(func() { close(d.closed) })
	return nil
}

func (d *dialed) Addr() net.Addr { return &net.TCPAddr{} }
