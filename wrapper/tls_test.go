package wrapper_test

import (
	"crypto/tls"
	"crypto/x509"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/cloudroster/cloudroster/wrapper"
)

// The transport that a client makes for itself speaks TLS 1.2 or newer with hosts that it can
// check. What fails the check sees no request.
func TestOldTLSAndUnknownCertificatesAreRefused(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name   string
		newest uint16
		check  func(*testing.T, error)
	}{
		{"TLS 1.1", tls.VersionTLS11, func(t *testing.T, err error) {
			assert.ErrorContains(t, err, "protocol version")
		}},
		{"a certificate that nobody vouches for", tls.VersionTLS13, func(t *testing.T, err error) {
			assert.ErrorAs(t, err, new(x509.UnknownAuthorityError))
			assert.NotErrorIs(t, err, wrapper.ErrOutcomeUnknown, "nothing was sent")
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			server := httptest.NewUnstartedServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
				t.Error("a request arrived")
			}))
			server.TLS = &tls.Config{MinVersion: tls.VersionTLS10, MaxVersion: test.newest}
			server.Config.ErrorLog = log.New(io.Discard, "", 0)
			server.StartTLS()
			t.Cleanup(server.Close)
			client, err := wrapper.NewIONOS(wrapper.TokenAuth("test-token"), wrapper.WithBaseURL(server.URL),
				wrapper.WithRetry(wrapper.RetryPolicy{MaxAttempts: 1}))
			require.NoError(t, err)
			_, _, err = client.CreateUser(t.Context(), jo())
			require.Error(t, err)
			test.check(t, err)
		})
	}
}
