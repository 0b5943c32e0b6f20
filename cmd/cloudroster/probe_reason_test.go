package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/cloudroster/cloudroster/wrapper"
	"github.com/cloudroster/cloudroster/wrapper/wrappertest"
)

// probeAt probes an IONOS at a base URL, over real sockets.
func probeAt(t *testing.T, url string, transport *http.Transport, flags ...string) result {
	t.Helper()
	t.Cleanup(transport.CloseIdleConnections)
	return runWith(t, environment{
		transport: transport,
		ionos: func(opts ...wrapper.IONOSOption) (*wrapper.IONOS, error) {
			once := wrapper.WithRetry(wrapper.RetryPolicy{MaxAttempts: 1})
			return wrapper.NewIONOS(wrapper.TokenAuth("s3cret-token"), append(opts, once, wrapper.WithBaseURL(url))...)
		},
	}, append([]string{"probe", "-ionos"}, flags...)...)
}

// assertUntested is a probe in which no list could be read, for a reason, and that repeats nothing of the other side.
func assertUntested(t *testing.T, got result, reason string) {
	t.Helper()
	assert.Equal(t, untested, got.code)
	assert.Contains(t, got.stdout, "  UNTESTED  umUsersGet: "+reason+"\n")
	assert.NotContains(t, got.stdout, "s3cret")
	assert.Empty(t, got.stderr)
}

func quietServer(t *testing.T, handler http.HandlerFunc, start func(*httptest.Server)) *httptest.Server {
	t.Helper()
	server := httptest.NewUnstartedServer(handler)
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	start(server)
	t.Cleanup(server.Close)
	return server
}

func TestProbeOfAHostThatDoesNotExist(t *testing.T) {
	t.Parallel()
	// A DNS server that knows no name: it returns the question with the code NXDOMAIN.
	server, err := net.ListenPacket("udp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { server.Close() })
	go func() {
		query := make([]byte, 1500)
		for {
			n, from, err := server.ReadFrom(query)
			if err != nil {
				return
			}
			end := 12 // of the header; labels follow, then a zero, type and class
			for end < n && query[end] != 0 {
				end += int(query[end]) + 1
			}
			reply := append([]byte{}, query[:end+5]...)
			reply[2] |= 0x80
			reply[3] = 3
			clear(reply[6:12]) // no records follow
			_, _ = server.WriteTo(reply, from)
		}
	}()
	resolver := &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "udp", server.LocalAddr().String())
	}}
	got := probeAt(t, "https://s3cret.invalid", &http.Transport{DialContext: (&net.Dialer{Resolver: resolver}).DialContext})
	assert.Contains(t, got.stdout, "IONOS at s3cret.invalid\n", "the user named it")
	got.stdout = strings.ReplaceAll(got.stdout, "s3cret.invalid", "")
	assertUntested(t, got, "no response: the host name cannot be resolved")
}

func TestProbeOfAClosedPort(t *testing.T) {
	t.Parallel()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	require.NoError(t, listener.Close())
	assertUntested(t, probeAt(t, "http://"+listener.Addr().String(), &http.Transport{}), "no response: connection refused")
}

func TestProbeOfAHostWithABadCertificate(t *testing.T) {
	t.Parallel()
	server := quietServer(t, func(http.ResponseWriter, *http.Request) {}, (*httptest.Server).StartTLS)
	trusted := x509.NewCertPool()
	trusted.AddCert(server.Certificate())
	later := func() time.Time { return server.Certificate().NotAfter.Add(time.Hour) }
	for reason, c := range map[string]struct {
		host   string
		config *tls.Config
	}{
		"the certificate is signed by an unknown authority": {"127.0.0.1", &tls.Config{}},
		"the certificate is for another host":               {"localhost", &tls.Config{RootCAs: trusted}},
		"the certificate has expired or is not yet valid":   {"127.0.0.1", &tls.Config{RootCAs: trusted, Time: later}},
	} {
		url := strings.Replace(server.URL, "127.0.0.1", c.host, 1)
		assertUntested(t, probeAt(t, url, &http.Transport{TLSClientConfig: c.config}), "no response: "+reason)
	}
}

func TestProbeOfAHostThatDoesNotSpeakTLS(t *testing.T) {
	t.Parallel()
	server := quietServer(t, func(http.ResponseWriter, *http.Request) {}, (*httptest.Server).Start)
	url := strings.Replace(server.URL, "http:", "https:", 1)
	assertUntested(t, probeAt(t, url, &http.Transport{}), "no response: the server does not speak TLS")
}

func TestProbeOfAHostThatDoesNotRespond(t *testing.T) {
	t.Parallel()
	server := quietServer(t, func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }, (*httptest.Server).Start)
	assertUntested(t, probeAt(t, server.URL, &http.Transport{}, "-timeout", "200ms"), "no response: timeout")
}

func TestProbeOfAHostThatClosesTheConnection(t *testing.T) {
	t.Parallel()
	server := quietServer(t, func(w http.ResponseWriter, _ *http.Request) { panic(http.ErrAbortHandler) }, (*httptest.Server).Start)
	assertUntested(t, probeAt(t, server.URL, &http.Transport{}), "no response: the connection was closed")
}

func TestProbeOfAHostUnderMaintenance(t *testing.T) {
	t.Parallel()
	status := http.StatusServiceUnavailable
	server := quietServer(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.WriteHeader(status)
		_, _ = io.WriteString(w, "<html>s3cret plans</html>")
	}, (*httptest.Server).Start)
	assertUntested(t, probeAt(t, server.URL, &http.Transport{}), "status 503: a maintenance page")
}

// A page at another status is not how the service reports an error: that is a difference, and the operation is
// untested as well.
func TestProbeBehindALoginPage(t *testing.T) {
	t.Parallel()
	cloud := peopled(t)
	cloud.IONOS.Fault(wrappertest.Fault{OperationID: "umUsersGet", Effect: wrappertest.Reply(403,
		http.Header{"Content-Type": {"text/html"}}, "<html>please log in</html>")})
	got := runWith(t, onCloud(t, cloud), "probe", "-ionos")
	assert.Equal(t, differs, got.code)
	assert.Contains(t, got.stdout, "  DIFFERS   umUsersGet: status 403: an HTML page, not a response of the service\n")
}

func TestProbeThatIsInterrupted(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cloud := peopled(t)
	env := onCloud(t, cloud)
	env.transport = roundTripper(func(r *http.Request) (*http.Response, error) {
		cancel()
		return cloud.Transport().RoundTrip(r)
	})
	var out strings.Builder
	env.stdout, env.stderr = &out, &out
	assert.Equal(t, untested, run(ctx, []string{"probe", "-ionos"}, env))
	assert.Contains(t, out.String(), "no response: interrupted\n")
}

func TestOtherErrorsAreNotRepeated(t *testing.T) {
	t.Parallel()
	assert.Equal(t, "no response", unreachable(errors.New("s3cret")))
	assert.Equal(t, "no response: the certificate is not trusted", unreachable(x509.CertificateInvalidError{Reason: x509.NotAuthorizedToSign}))
}
