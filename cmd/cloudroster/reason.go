package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"syscall"
)

// unreachable says why there was no response. It names no host: an error text may hold anything.
func unreachable(err error) string {
	var dns *net.DNSError
	var certificate *tls.CertificateVerificationError
	var authority x509.UnknownAuthorityError
	var name x509.HostnameError
	var expired x509.CertificateInvalidError
	var timeout net.Error
	switch {
	case errors.As(err, &dns):
		return "no response: the host name cannot be resolved"
	case errors.As(err, &certificate), errors.As(err, &authority), errors.As(err, &name), errors.As(err, &expired):
		return "no response: the certificate is not trusted"
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &timeout) && timeout.Timeout():
		return "no response: timeout"
	case errors.Is(err, syscall.ECONNREFUSED):
		return "no response: connection refused"
	case errors.Is(err, syscall.ECONNRESET):
		return "no response: connection reset"
	}
	return "no response"
}

// watch notes which responses are pages for people.
func (p *probe) watch(next http.RoundTripper) http.RoundTripper {
	if next == nil {
		next = http.DefaultTransport
	}
	return watched(func(r *http.Request) (*http.Response, error) {
		resp, err := next.RoundTrip(r)
		p.mu.Lock()
		p.page = err == nil && strings.HasPrefix(resp.Header.Get("Content-Type"), "text/html")
		p.mu.Unlock()
		return resp, err
	})
}

type watched func(*http.Request) (*http.Response, error)

func (w watched) RoundTrip(r *http.Request) (*http.Response, error) { return w(r) }

// failure says why a response with an error status is of no use. p.mu is held.
func (p *probe) failure(status int) string {
	if p.page && status >= 500 {
		return fmt.Sprintf("status %d: a maintenance page", status)
	}
	return fmt.Sprintf("status %d", status)
}
