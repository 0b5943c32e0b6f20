package wrappertest

import (
	"net/http"
	"testing"

	"github.com/cloudroster/cloudroster/wrapper"
)

// IONOSClient returns a client of the IONOS side that authenticates with [Token]: over sockets if
// the cloud listens ([Start]), in memory otherwise. opts come last and win.
func (c *Cloud) IONOSClient(t testing.TB, opts ...wrapper.IONOSOption) *wrapper.IONOS {
	t.Helper()
	defaults := []wrapper.IONOSOption{wrapper.WithBaseURL(c.IONOS.URL()), wrapper.WithHTTPClient(c.clientFor(t))}
	client, err := wrapper.NewIONOS(wrapper.TokenAuth(Token), append(defaults, opts...)...)
	if err != nil {
		t.Fatalf("create an IONOS client: %v", err)
	}
	return client
}

// TritonClient returns a client of the Triton side that signs with [Triton.Key]: over sockets if
// the cloud listens ([Start]), in memory otherwise. opts come last and win.
func (c *Cloud) TritonClient(t testing.TB, opts ...wrapper.TritonOption) *wrapper.Triton {
	t.Helper()
	signer, err := wrapper.NewSigner(c.Triton.Key())
	if err != nil {
		t.Fatalf("create a signer: %v", err)
	}
	auth, err := wrapper.SignatureAuth(Account, signer)
	if err != nil {
		t.Fatalf("create signature auth: %v", err)
	}
	defaults := []wrapper.TritonOption{wrapper.WithHTTPClient(c.clientFor(t))}
	client, err := wrapper.NewTriton(c.Triton.URL(), Account, auth, append(defaults, opts...)...)
	if err != nil {
		t.Fatalf("create a Triton client: %v", err)
	}
	return client
}

// clientFor reaches the cloud however it is served, and leaves no connection behind.
func (c *Cloud) clientFor(t testing.TB) *http.Client {
	c.servers.mu.Lock()
	listening := c.servers.running != nil
	c.servers.mu.Unlock()
	own, ok := http.DefaultTransport.(*http.Transport)
	if !listening || !ok {
		return c.HTTPClient()
	}
	own = own.Clone()
	t.Cleanup(own.CloseIdleConnections)
	return &http.Client{Transport: own}
}
