package wrapper_test

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/cloudroster/cloudroster/wrapper"
	"github.com/cloudroster/cloudroster/wrapper/wrappertest"
)

// A proxy that refuses to connect got nothing of the request: every method is retried, and not applied.
func TestProxyThatRefusesToConnect(t *testing.T) {
	t.Parallel()
	for _, status := range []int{http.StatusProxyAuthRequired, http.StatusBadGateway} {
		var connects atomic.Int32
		proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			connects.Add(1)
			w.WriteHeader(status)
		}))
		t.Cleanup(proxy.Close)
		address, err := url.Parse(proxy.URL)
		require.NoError(t, err)
		transport := &http.Transport{Proxy: http.ProxyURL(address)}
		t.Cleanup(transport.CloseIdleConnections)
		client := clientOf(t, &http.Client{Transport: transport}, wrapper.WithRetry(impatient))
		_, _, err = client.CreateUser(t.Context(), jo())
		require.Error(t, err)
		require.NotErrorIs(t, err, wrapper.ErrOutcomeUnknown)
		assert.Equal(t, int32(4), connects.Load(), status)
	}
}

// A dial that stalls until the attempt's time is up has sent nothing.
func TestDialThatStalls(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var dials atomic.Int32
		end := make(chan struct{})
		transport := &http.Transport{DialContext: func(context.Context, string, string) (net.Conn, error) {
			dials.Add(1)
			<-end
			return nil, io.ErrClosedPipe
		}}
		defer synctest.Wait()
		defer close(end)
		_, _, err := clientOf(t, &http.Client{Transport: transport}, wrapper.WithAttemptTimeout(time.Second)).CreateUser(t.Context(), jo())
		require.ErrorIs(t, err, context.DeadlineExceeded)
		require.NotErrorIs(t, err, wrapper.ErrOutcomeUnknown)
		assert.Equal(t, int32(4), dials.Load())
	})
}

// A transport that tries several ways may have sent the request on one of them.
func TestJoinedErrorOfAFailoverTransport(t *testing.T) {
	t.Parallel()
	sent := 0
	_, _, err := clientOf(t, &http.Client{Transport: roundTrip(func(*http.Request) (*http.Response, error) {
		sent++
		return nil, errors.Join(syscall.ECONNRESET, &net.OpError{Op: "dial", Err: syscall.ECONNREFUSED})
	})}).CreateUser(t.Context(), jo())
	require.ErrorIs(t, err, wrapper.ErrOutcomeUnknown)
	assert.Equal(t, 1, sent)
}

// A 101 that nobody asked for has a body without end.
func TestUnaskedSwitchOfProtocols(t *testing.T) {
	t.Parallel()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { _ = listener.Close() })
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go func() {
				_, _ = conn.Read(make([]byte, 4096))
				_, _ = io.WriteString(conn, "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n")
				_, _ = io.Copy(io.Discard, conn) // until the client closes
				_ = conn.Close()
			}()
		}
	}()
	client, err := wrapper.NewIONOS(wrapper.TokenAuth("token"), wrapper.WithBaseURL("http://"+listener.Addr().String()), wrapper.WithAttemptTimeout(0))
	require.NoError(t, err)
	_, err = client.GetUser(t.Context(), "u1")
	require.ErrorIs(t, err, wrapper.ErrUnexpectedResponse)
	_, _, err = client.CreateUser(t.Context(), jo())
	require.ErrorIs(t, err, wrapper.ErrOutcomeUnknown)
}

// Whoever is in no hurry gets through a throttle that says nothing but 429.
func TestCallersInNoHurryGetThroughAThrottle(t *testing.T) {
	t.Parallel()
	for _, throttle := range []struct{ perSecond, burst int }{{10, 30}, {2, 5}} {
		synctest.Test(t, func(t *testing.T) {
			cloud := newCloud(wrappertest.WithThrottle(throttle.perSecond, throttle.burst))
			client := tritonClient(t, cloud)
			var all sync.WaitGroup
			for range 100 {
				all.Go(func() {
					_, err := client.ListUsers(t.Context())
					assert.NoError(t, err)
				})
			}
			all.Wait()
			t.Logf("%v: %d requests", throttle, len(cloud.Triton.Requests()))
		})
	}
}

// Callers that go on together keep their connections.
func TestDialsOfManyCallers(t *testing.T) {
	t.Parallel()
	const callers, waves = 64, 5
	var dials, inside atomic.Int32
	gates := make([]chan struct{}, waves)
	for i := range gates {
		gates[i] = make(chan struct{})
	}
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		n := inside.Add(1)
		wave := (n - 1) / callers
		if n%callers == 0 {
			close(gates[wave]) // all of a wave are here
		}
		<-gates[wave]
		_, _ = io.WriteString(w, `{"items":[]}`)
	}))
	server.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			dials.Add(1)
		}
	}
	server.Start()
	t.Cleanup(server.Close)
	client, err := wrapper.NewIONOS(wrapper.TokenAuth("token"), wrapper.WithBaseURL(server.URL))
	require.NoError(t, err)
	for range waves {
		var wave sync.WaitGroup
		for range callers {
			wave.Go(func() {
				_, err := client.ListGroups(t.Context())
				assert.NoError(t, err)
			})
		}
		wave.Wait()
	}
	assert.LessOrEqual(t, dials.Load(), int32(callers))
}
