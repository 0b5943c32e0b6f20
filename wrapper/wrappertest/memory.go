package wrappertest

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
)

// HTTPClient returns a client that reaches both clouds in memory, without sockets:
// the hosts of [IONOS.URL] and [Triton.URL], and api.ionos.com, which is where IONOS
// clients go by default. No other host exists for it. It works inside a
// testing/synctest bubble, where the delays of faults and the times of IONOS's
// requests take no time. There is nothing to close but the bodies of responses.
func (c *Cloud) HTTPClient() *http.Client { return &http.Client{Transport: c.Transport()} }

// Transport returns the http.RoundTripper of [Cloud.HTTPClient].
func (c *Cloud) Transport() http.RoundTripper { return memory{c} }

// memory serves every request by the standard library's server over a pipe of its own.
// Nothing outlives a request, so that a cloud made outside of a synctest bubble can be
// used inside of one, and leaves no goroutine there.
type memory struct{ cloud *Cloud }

func (m memory) side(host string) *side {
	switch {
	case host == "api.ionos.com", host == m.cloud.IONOS.host, m.cloud.IONOS.at(host):
		return &m.cloud.IONOS.side
	case host == m.cloud.Triton.host, m.cloud.Triton.at(host):
		return &m.cloud.Triton.side
	}
	return nil
}

// at reports whether the listening server is reached under this host.
func (s *side) at(host string) bool {
	_, rest, _ := strings.Cut(s.URL(), "://")
	return rest == host || strings.HasPrefix(rest, host+"/")
}

// RoundTrip implements http.RoundTripper.
func (m memory) RoundTrip(r *http.Request) (*http.Response, error) {
	var secure *tls.ConnectionState
	if r.URL.Scheme == "https" {
		secure = &tls.ConnectionState{HandshakeComplete: true, Version: tls.VersionTLS13}
	}
	dial := func(context.Context, string, string) (net.Conn, error) {
		side := m.side(r.URL.Host)
		if side == nil {
			return nil, &net.OpError{Op: "dial", Net: "tcp", Err: &net.DNSError{Err: "no such host", Name: r.URL.Hostname(), IsNotFound: true}}
		}
		return side.pipe(secure), nil
	}
	// A negative number keeps no idle connection, without the header of DisableKeepAlives.
	transport := &http.Transport{DialContext: dial, DialTLSContext: dial, MaxIdleConnsPerHost: -1}
	response, err := transport.RoundTrip(r)
	if err == nil {
		response.TLS = secure
	}
	return response, err
}

// pipe returns the client's end of a connection that the side serves.
func (s *side) pipe(secure *tls.ConnectionState) net.Conn {
	client, server := net.Pipe()
	broken := new(atomic.Bool)
	handler := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.TLS = secure
		s.ServeHTTP(w, r)
	})
	serving := &http.Server{Handler: handler, ErrorLog: log.New(io.Discard, "", 0)} // #nosec G112 -- no network
	conns := &oneConn{conn: &pipeEnd{server, broken}}
	go func() { _ = serving.Serve(conns) }() // returns as soon as the connection is served by its own goroutine
	return &pipeEnd{client, broken}
}

// pipeEnd is one end of a pipe that can be reset.
type pipeEnd struct {
	net.Conn
	broken *atomic.Bool
}

// SetLinger makes the coming Close a reset, as it does on a TCP connection.
func (p *pipeEnd) SetLinger(int) error {
	p.broken.Store(true)
	return nil
}

// Read implements net.Conn.
func (p *pipeEnd) Read(b []byte) (int, error) {
	n, err := p.Conn.Read(b)
	if errors.Is(err, io.EOF) && p.broken.Load() {
		err = &net.OpError{Op: "read", Net: "tcp", Err: errReset}
	}
	return n, err
}

// oneConn is a listener with one connection.
type oneConn struct{ conn net.Conn }

func (l *oneConn) Accept() (net.Conn, error) {
	conn := l.conn
	if conn == nil {
		return nil, net.ErrClosed
	}
	l.conn = nil
	return conn, nil
}

func (l *oneConn) Addr() net.Addr { return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)} }
func (l *oneConn) Close() error   { return nil }
