package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"syscall"
)

// Windows has its own numbers, WSAECONNREFUSED and WSAECONNRESET, which package syscall does not translate.
const (
	windowsRefused = syscall.Errno(10061)
	windowsReset   = syscall.Errno(10054)
)

// unreachable says why there was no response. It never repeats the error, whose text may hold anything.
func unreachable(err error) string {
	var dns *net.DNSError
	var timeout net.Error
	var plain tls.RecordHeaderError
	certificate := certificateReason(err)
	switch {
	case certificate != "":
		return "no response: " + certificate
	case errors.As(err, &plain), errors.Is(err, http.ErrSchemeMismatch):
		return "no response: the server does not speak TLS"
	case errors.Is(err, context.Canceled):
		return "no response: interrupted"
	case errors.As(err, &dns) && !dns.IsTimeout:
		return "no response: the host name cannot be resolved"
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &timeout) && timeout.Timeout():
		return "no response: timeout"
	case errors.Is(err, syscall.ECONNREFUSED), errors.Is(err, windowsRefused):
		return "no response: connection refused"
	case errors.Is(err, syscall.ECONNRESET), errors.Is(err, windowsReset), errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return "no response: the connection was closed"
	}
	return "no response"
}

// certificateReason says what is wrong with the server's certificate, "" if the error is another one.
func certificateReason(err error) string {
	var authority x509.UnknownAuthorityError
	var name x509.HostnameError
	var invalid x509.CertificateInvalidError
	var certificate *tls.CertificateVerificationError
	switch {
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		return "the certificate has expired or is not yet valid"
	case errors.As(err, &name):
		return "the certificate is for another host"
	case errors.As(err, &authority):
		return "the certificate is signed by an unknown authority"
	case errors.As(err, &invalid), errors.As(err, &certificate):
		return "the certificate is not trusted"
	}
	return ""
}

// statusReason says why an error response tests nothing.
func statusReason(status int, html bool) string {
	hints := map[int]string{
		http.StatusUnauthorized:    "the credentials were not accepted",
		http.StatusForbidden:       "the credentials lack the privilege",
		http.StatusNotFound:        "not found",
		http.StatusTooManyRequests: "too many requests",
	}
	hint := hints[status]
	switch {
	case html && status >= 500:
		hint = "a maintenance page"
	case html:
		hint = "an HTML page, not a response of the service"
	}
	if hint == "" {
		return fmt.Sprintf("status %d", status)
	}
	return fmt.Sprintf("status %d: %s", status, hint)
}

// watch records the host of each cloud, the version of the client, and which responses are pages for people.
func (p *probe) watch(next http.RoundTripper) http.RoundTripper {
	return watched(func(r *http.Request) (*http.Response, error) {
		p.mu.Lock()
		if p.hosts == nil {
			p.hosts = map[string]string{}
		}
		p.hosts[p.current.cloud] = r.URL.Host
		p.client = clientVersion(r.UserAgent())
		p.mu.Unlock()
		resp, err := next.RoundTrip(r)
		p.mu.Lock()
		p.html = err == nil && strings.HasPrefix(resp.Header.Get("Content-Type"), "text/html")
		p.mu.Unlock()
		return resp, err
	})
}

type watched func(*http.Request) (*http.Response, error)

func (w watched) RoundTrip(r *http.Request) (*http.Response, error) { return w(r) }

// clientVersion is what a User-Agent such as "cloudroster/0.1.0 (go1.26)" names.
func clientVersion(agent string) string {
	_, rest, _ := strings.Cut(agent, "cloudroster/")
	version, _, _ := strings.Cut(rest, " ")
	return version
}
