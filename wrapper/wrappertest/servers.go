package wrappertest

import (
	"crypto/tls"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"sync"
	"testing"
	"time"
)

type servers struct {
	tls     *tls.Config // nil: plain HTTP
	mu      sync.Mutex
	running []*http.Server
	serving sync.WaitGroup // listeners and their connections
}

// Start creates both clouds and serves them on loopback sockets until the test ends.
// Do not use it inside a testing/synctest bubble: there use [New] and
// [Cloud.HTTPClient].
func Start(t testing.TB, options ...Option) *Cloud {
	t.Helper()
	cloud := New(options...)
	if err := cloud.Listen("", ""); err != nil {
		t.Fatalf("start the in-memory clouds: %v", err)
	}
	t.Cleanup(cloud.Close)
	return cloud
}

// Listen serves both clouds on these TCP addresses and returns at once; empty
// means a free port of the loopback interface. From then on [IONOS.URL] and
// [Triton.URL] name the servers. Call [Cloud.Close] when done. When an error is
// returned, nothing is served.
func (c *Cloud) Listen(ionosAddress, tritonAddress string) error {
	ionos, err := listen(ionosAddress)
	if err != nil {
		return fmt.Errorf("listen for IONOS: %w", err)
	}
	triton, err := listen(tritonAddress)
	if err != nil {
		_ = ionos.Close()
		return fmt.Errorf("listen for Triton: %w", err)
	}
	c.Serve(ionos, triton)
	return nil
}

// Serve is like [Cloud.Listen] with listeners that exist. [Cloud.Close] closes them.
func (c *Cloud) Serve(ionos, triton net.Listener) {
	c.servers.serve(&c.IONOS.side, ionos)
	c.servers.serve(&c.Triton.side, triton)
}

func listen(address string) (net.Listener, error) {
	if address == "" {
		address = "127.0.0.1:0"
	}
	return net.Listen("tcp", address)
}

// Close stops the servers of [Cloud.Listen], breaks their connections, and waits
// until no handler runs. Without servers, and a second time, it does nothing.
func (c *Cloud) Close() {
	c.servers.mu.Lock()
	running := c.servers.running
	c.servers.running = nil
	c.servers.mu.Unlock()
	if running == nil {
		return
	}
	for _, server := range running {
		_ = server.Close()
	}
	c.servers.serving.Wait()
}

// Connections is how many connections the listening server has accepted.
func (s *side) Connections() int {
	s.sideMu.Lock()
	defer s.sideMu.Unlock()
	return s.accepted
}

// DropConnections closes every connection of the listening server, the idle ones
// of clients' pools included. New ones are accepted.
func (s *side) DropConnections() {
	s.sideMu.Lock()
	defer s.sideMu.Unlock()
	for conn := range s.open {
		_ = conn.Close()
	}
}

func (s *side) connected(conn net.Conn) {
	s.sideMu.Lock()
	defer s.sideMu.Unlock()
	if s.open == nil {
		s.open = map[net.Conn]bool{}
	}
	s.open[conn] = true
	s.accepted++
}

func (s *side) disconnected(conn net.Conn) {
	s.sideMu.Lock()
	defer s.sideMu.Unlock()
	delete(s.open, conn)
}

func (s *servers) serve(side *side, listener net.Listener) {
	server := &http.Server{
		Handler:           side,
		ReadHeaderTimeout: 10 * time.Second,
		ErrorLog:          log.New(io.Discard, "", 0), // faults would fill it
		ConnState: func(conn net.Conn, state http.ConnState) {
			switch state {
			case http.StateNew:
				// Called by Serve, which is counted itself: never at zero.
				s.serving.Add(1)
				side.connected(conn)
			case http.StateClosed, http.StateHijacked:
				side.disconnected(conn)
				s.serving.Done()
			}
		},
	}
	scheme, start := "http://", server.Serve
	if s.tls != nil {
		scheme = "https://"
		server.TLSConfig = s.tls.Clone()
		start = func(l net.Listener) error { return server.ServeTLS(l, "", "") }
	}
	side.sideMu.Lock()
	side.url = scheme + listener.Addr().String() + side.base
	side.sideMu.Unlock()
	s.mu.Lock()
	s.running = append(s.running, server)
	s.mu.Unlock()
	s.serving.Go(func() { _ = start(listener) })
}
