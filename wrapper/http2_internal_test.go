package wrapper

import (
	"context"
	"net"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// mutedConn loses everything that is written once it is dead, as a connection does whose
// other side has vanished without a word.
type mutedConn struct {
	net.Conn
	dead *atomic.Bool
}

func (c *mutedConn) Write(p []byte) (int, error) {
	if c.dead.Load() {
		return len(p), nil
	}
	return c.Conn.Write(p)
}

// pipeListener hands over connections in memory.
type pipeListener struct {
	conns  chan net.Conn
	closed func()
	done   <-chan struct{}
}

func newPipeListener() *pipeListener {
	ctx, cancel := context.WithCancel(context.Background())
	return &pipeListener{make(chan net.Conn), cancel, ctx.Done()}
}

func (l *pipeListener) Accept() (net.Conn, error) {
	select {
	case conn := <-l.conns:
		return conn, nil
	case <-l.done:
		return nil, net.ErrClosed
	}
}
func (l *pipeListener) Close() error   { l.closed(); return nil }
func (l *pipeListener) Addr() net.Addr { return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 443} }

// All calls of a client share one HTTP/2 connection: without pings, one that dies in silence would
// be tried by every attempt of every call.
func TestADeadHTTP2ConnectionIsFoundByPings(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			assert.Equal(t, 2, r.ProtoMajor)
			w.Header().Set("Content-Type", "application/json")
			_, _ = w.Write([]byte(`{"id":"u1"}`))
		}))
		_ = server.Listener.Close()
		connections := newPipeListener()
		server.Listener, server.EnableHTTP2 = connections, true
		server.StartTLS()
		defer server.Close()

		var dials []*atomic.Bool
		own, ok := roundTripper(&settings{}).(*http.Transport)
		require.True(t, ok)
		own.TLSClientConfig.RootCAs = server.Client().Transport.(*http.Transport).TLSClientConfig.RootCAs
		own.DialContext = func(context.Context, string, string) (net.Conn, error) {
			ours, theirs := net.Pipe()
			connections.conns <- theirs
			dials = append(dials, new(atomic.Bool))
			return &mutedConn{ours, dials[len(dials)-1]}, nil
		}
		defer own.CloseIdleConnections()
		client, err := NewIONOS(TokenAuth("token"), WithBaseURL("https://example.com"), WithHTTPClient(&http.Client{Transport: own}))
		require.NoError(t, err)
		_, err = client.GetUser(t.Context(), "u1")
		require.NoError(t, err)

		dials[0].Store(true)
		start := time.Now()
		_, err = client.GetUser(t.Context(), "u1")
		require.NoError(t, err)
		assert.Len(t, dials, 2)
		assert.Less(t, time.Since(start), pingAfter+pingTimeout+5*time.Second)
	})
}
