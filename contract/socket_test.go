package contract

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// rawServer writes one response as it is, which a server of net/http would not do.
func rawServer(t *testing.T, response string) (url string) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	done := make(chan struct{})
	go func() {
		defer close(done)
		conn, err := listener.Accept()
		if err != nil {
			return
		}
		defer conn.Close()
		if _, err := http.ReadRequest(bufio.NewReader(conn)); err == nil {
			_, _ = io.WriteString(conn, response)
		}
	}()
	t.Cleanup(func() { listener.Close(); <-done })
	return "http://" + listener.Addr().String()
}

// A 204 has no body. net/http discards what a server sends nevertheless; the headers that announce it remain.
func TestABodyOfA204OnTheWire(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		response string
		found    bool
	}{
		"with a length":      {"Content-Type: application/json\r\nContent-Length: 2\r\n\r\n{}", true},
		"in chunks":          {"Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n", true},
		"of no bytes":        {"Content-Length: 0\r\n\r\n", false},
		"without":            {"\r\n", false},
		"announced and lost": {"Content-Length: 2\r\n\r\n", true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			k := talks["delete sub-user"]()
			headers := ""
			for name := range k.returnedHeader {
				headers += name + ": " + k.returnedHeader.Get(name) + "\r\n"
			}
			url := rawServer(t, "HTTP/1.1 204 No Content\r\nConnection: close\r\n"+headers+c.response)
			r := k.request(t)
			r.URL = parseURL(url + "/acme/users/bob")
			r.Host = r.URL.Host
			var found findings
			transport := &http.Transport{}
			t.Cleanup(transport.CloseIdleConnections)
			resp, err := Transport(transport, found.report).RoundTrip(r)
			require.NoError(t, err)
			data, err := io.ReadAll(resp.Body)
			require.NoError(t, err)
			require.NoError(t, resp.Body.Close())
			assert.Empty(t, data)
			if !c.found {
				assert.Empty(t, found.list())
				return
			}
			require.Len(t, found.list(), 1)
			assert.Equal(t, RuleUnexpectedBody, found.list()[0].Rule)
		})
	}
}
