package wrapper

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A client of our own making speaks TLS 1.2 or newer, and is refused by nothing but the version.
func TestDefaultTransportRefusesOldTLS(t *testing.T) {
	t.Parallel()
	for version, fine := range map[uint16]bool{tls.VersionTLS10: false, tls.VersionTLS11: false, tls.VersionTLS12: true, tls.VersionTLS13: true} {
		server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			_, _ = io.WriteString(w, `{"id":"groups","items":[]}`)
		}))
		server.Config.ErrorLog = log.New(io.Discard, "", 0)
		server.TLS = &tls.Config{MinVersion: tls.VersionTLS10, MaxVersion: version}
		server.StartTLS()
		t.Cleanup(server.Close)

		client, err := NewIONOS(TokenAuth("a-token"), WithBaseURL(server.URL), WithRetry(RetryPolicy{MaxAttempts: 1}))
		require.NoError(t, err)
		transport := ownTransport(t, client)
		require.NotNil(t, transport.TLSClientConfig)
		transport.TLSClientConfig.RootCAs = x509.NewCertPool()
		transport.TLSClientConfig.RootCAs.AddCert(server.Certificate())
		_, err = client.ListGroups(t.Context())
		if fine {
			require.NoError(t, err, tls.VersionName(version))
		} else {
			require.ErrorContains(t, err, "protocol version", tls.VersionName(version))
		}
		transport.CloseIdleConnections()
	}
}

// ownTransport is the transport that a client made itself.
func ownTransport(t *testing.T, client *IONOS) *http.Transport {
	t.Helper()
	transport, ok := client.transport.next.(*http.Transport)
	require.True(t, ok)
	return transport
}

// A certificate that is not trusted is no matter of patience, and nothing was sent.
func TestUntrustedCertificateIsNotTriedAgain(t *testing.T) {
	t.Parallel()
	server := httptest.NewUnstartedServer(http.NotFoundHandler())
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.StartTLS()
	t.Cleanup(server.Close)
	client, err := NewIONOS(TokenAuth("a-token"), WithBaseURL(server.URL))
	require.NoError(t, err)
	_, err = client.DeleteUser(t.Context(), "x")
	var failed *Error
	require.ErrorAs(t, err, &failed)
	require.ErrorAs(t, err, new(*tls.CertificateVerificationError))
	require.NotErrorIs(t, err, ErrOutcomeUnknown)
	assert.Equal(t, 1, failed.Attempts)
}

// The documented defaults are those of a client without options, and each can be set.
func TestDefaultLimits(t *testing.T) {
	t.Parallel()
	client, err := NewIONOS(TokenAuth("a-token"))
	require.NoError(t, err)
	assert.Equal(t, RetryPolicy{MaxAttempts: 4, MinDelay: 500 * time.Millisecond, MaxDelay: 30 * time.Second, MaxRetryAfter: 2 * time.Minute}, client.transport.retry)
	assert.Equal(t, PollPolicy{MinDelay: 500 * time.Millisecond, MaxDelay: 15 * time.Second, Growth: 0.2}, client.pace)
	assert.Equal(t, int64(16<<20), client.transport.responseLimit)
	assert.Equal(t, time.Minute, client.transport.limit)
	assert.Equal(t, uint16(tls.VersionTLS12), ownTransport(t, client).TLSClientConfig.MinVersion)
	assert.NotSame(t, http.DefaultTransport, ownTransport(t, client), "connections are the client's own")

	set, err := NewIONOS(TokenAuth("a-token"), WithAttemptTimeout(time.Second), WithResponseLimit(5), WithRetry(RetryPolicy{MaxAttempts: 2}))
	require.NoError(t, err)
	assert.Equal(t, time.Second, set.transport.limit)
	assert.Equal(t, int64(5), set.transport.responseLimit)
	assert.Equal(t, 2, set.transport.retry.MaxAttempts)
	for _, bad := range []IONOSOption{WithAttemptTimeout(-1), WithResponseLimit(0), WithResponseLimit(-1), WithRetry(RetryPolicy{MaxAttempts: -1}), WithRetry(RetryPolicy{MaxDelay: -1}), WithPollPolicy(PollPolicy{MinDelay: -1})} {
		_, err := NewIONOS(TokenAuth("a-token"), bad)
		require.ErrorIs(t, err, ErrInvalid)
	}
}

// The table of limits is that of the constants.
func TestLimitsAreDocumented(t *testing.T) {
	t.Parallel()
	source, err := os.ReadFile("doc.go")
	require.NoError(t, err)
	_, after, found := strings.Cut(string(source), "// # Limits and defaults\n//\n")
	require.True(t, found)
	documented := map[string]string{}
	for line := range strings.SplitSeq(after, "\n") {
		cells, inside := strings.CutPrefix(line, "//\t")
		if !inside {
			break
		}
		fields := regexp.MustCompile(`\s{2,}`).Split(cells, -1)
		require.Len(t, fields, 3, line)
		documented[fields[0]] = fields[1]
	}
	retry, poll := RetryPolicy{}.withDefaults(), PollPolicy{}.withDefaults()
	assert.Equal(t, map[string]string{
		"attempts of one request":        strconv.Itoa(retry.MaxAttempts),
		"delay between two attempts":     fmt.Sprintf("%s, growing to %s", retry.MinDelay, retry.MaxDelay),
		"longest Retry-After":            retry.MaxRetryAfter.String(),
		"interval of attempts after 429": fmt.Sprintf("%s, growing to %s", firstInterval, maxInterval),
		"one attempt":                    defaultAttemptTimeout.String(),
		"size of a response":             fmt.Sprintf("%d MiB, decompressed", defaultResponseLimit>>20),
		"Error.Body":                     fmt.Sprintf("%d KiB", maxErrorBody>>10),
		"delay between two polls":        fmt.Sprintf("%s, growing to %s", poll.MinDelay, poll.MaxDelay),
		"404 of an accepted request":     unknownGrace.String(),
		"outage while polling":           maxOutage.String(),
		"polls at the same time":         strconv.Itoa(maxPolls),
		"TLS":                            "1.2 or newer",
	}, documented)
}
