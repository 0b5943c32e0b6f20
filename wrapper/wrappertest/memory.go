package wrappertest

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"
)

// HTTPClient is a client that reaches both clouds in memory, without sockets: the
// hosts of [IONOS.URL] and [Triton.URL], and api.ionos.com, which is where IONOS
// clients go by default. No other host exists for it. It works inside a
// testing/synctest bubble, where the pauses of faults and the times of IONOS's
// requests pass in no time. There is nothing to close but the bodies of answers.
func (c *Cloud) HTTPClient() *http.Client { return &http.Client{Transport: c.Transport()} }

// Transport is the http.RoundTripper under [Cloud.HTTPClient].
func (c *Cloud) Transport() http.RoundTripper { return memory{c} }

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

// at tells whether the listening server is reached under this host.
func (s *side) at(host string) bool {
	return strings.HasPrefix(s.URL(), "http://"+host+"/") || s.URL() == "http://"+host
}

func (m memory) RoundTrip(r *http.Request) (*http.Response, error) {
	body, err := drain(r)
	if err != nil {
		return nil, err
	}
	if err := r.Context().Err(); err != nil {
		return nil, err
	}
	side := m.side(r.URL.Host)
	if side == nil {
		return nil, &net.OpError{Op: "dial", Net: "tcp", Err: &net.DNSError{Err: "no such host", Name: r.URL.Hostname(), IsNotFound: true}}
	}
	ctx, cancel := context.WithCancel(r.Context())
	inbound, unzip, err := received(ctx, r, body)
	if err != nil {
		cancel()
		return nil, err
	}
	w := newMemoryWriter(r.Method)
	go w.run(side, inbound)

	select {
	case <-w.ready:
	case <-ctx.Done():
		cancel()
		w.end(r.Context().Err())
		return nil, r.Context().Err()
	}
	if w.failed != nil {
		cancel()
		return nil, w.failed
	}
	return w.response(r, cancel, unzip), nil
}

// drain reads the body that a client sends, as far as its length goes.
func drain(r *http.Request) ([]byte, error) {
	if r.Body == nil {
		return nil, nil
	}
	defer r.Body.Close()
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	if r.ContentLength > 0 && int64(len(body)) != r.ContentLength {
		return nil, fmt.Errorf("http: ContentLength=%d with Body length %d", r.ContentLength, len(body))
	}
	return body, nil
}

// received makes the request that a server would see. unzip tells that the client
// did not speak of compression, so that its transport asks for gzip and undoes it.
func received(ctx context.Context, r *http.Request, body []byte) (inbound *http.Request, unzip bool, err error) {
	for name, values := range r.Header {
		for _, value := range values {
			if strings.ContainsAny(value, "\r\n\x00") {
				return nil, false, fmt.Errorf("net/http: invalid header field value for %q", name)
			}
		}
	}
	inbound = r.Clone(ctx)
	inbound.Header = http.Header{}
	for name, values := range r.Header {
		for _, value := range values {
			inbound.Header.Add(name, strings.TrimSpace(value)) // as it is read from a wire
		}
	}
	inbound.RequestURI = r.URL.RequestURI()
	inbound.Proto, inbound.ProtoMajor, inbound.ProtoMinor = "HTTP/1.1", 1, 1
	inbound.RemoteAddr = "192.0.2.1:1234"
	if inbound.Host == "" {
		inbound.Host = r.URL.Host
	}
	if r.URL.Scheme == "https" {
		inbound.TLS = &tls.ConnectionState{HandshakeComplete: true, Version: tls.VersionTLS13}
	}
	if user := r.URL.User; user != nil && inbound.Header.Get("Authorization") == "" {
		password, _ := user.Password()
		inbound.SetBasicAuth(user.Username(), password)
	}
	inbound.Body, inbound.GetBody = io.NopCloser(bytes.NewReader(body)), nil
	inbound.ContentLength = int64(len(body))
	if _, set := inbound.Header["User-Agent"]; !set {
		inbound.Header.Set("User-Agent", "Go-http-client/1.1")
	}
	if len(body) > 0 {
		inbound.Header.Set("Content-Length", strconv.Itoa(len(body)))
	}
	if r.Header.Get("Accept-Encoding") == "" && r.Header.Get("Range") == "" && r.Method != http.MethodHead {
		inbound.Header.Set("Accept-Encoding", "gzip")
		unzip = true
	}
	return inbound, unzip, nil
}

// memoryWriter carries an answer from a handler to a waiting client.
type memoryWriter struct {
	method string
	header http.Header
	body   *io.PipeReader
	pipe   *io.PipeWriter
	ready  chan struct{} // closed when status and header, or failed, are there

	mu      sync.Mutex
	started bool
	status  int
	sent    http.Header
	failed  error
	left    int64 // of the declared length; -1 without one
}

func newMemoryWriter(method string) *memoryWriter {
	w := &memoryWriter{method: method, header: http.Header{}, ready: make(chan struct{}), left: -1}
	w.body, w.pipe = io.Pipe()
	return w
}

// run calls the handler and ends the answer as a server would.
func (w *memoryWriter) run(handler http.Handler, r *http.Request) {
	defer func() {
		if reason := recover(); reason != nil {
			if reason != http.ErrAbortHandler {
				panic(reason)
			}
			w.abort(r.Context())
		}
	}()
	handler.ServeHTTP(w, r)
	w.start(http.StatusOK)
	w.mu.Lock()
	short := w.left > 0
	w.mu.Unlock()
	if short && w.method != http.MethodHead {
		w.abort(r.Context())
	} else {
		w.end(nil)
	}
}

// abort ends an answer that is not complete. A client that has given up is told
// its own reason, whichever of the two was first.
func (w *memoryWriter) abort(ctx context.Context) {
	w.mu.Lock()
	started := w.started
	w.mu.Unlock()
	switch {
	case ctx.Err() != nil:
		w.end(ctx.Err())
	case started:
		w.end(io.ErrUnexpectedEOF)
	default:
		w.end(io.EOF)
	}
}

func (w *memoryWriter) Header() http.Header { return w.header }

// Flush is here for handlers that ask: everything is sent at once anyhow.
func (w *memoryWriter) Flush() { w.start(http.StatusOK) }

func (w *memoryWriter) WriteHeader(status int) { w.start(status) }

func (w *memoryWriter) Write(p []byte) (int, error) {
	w.start(http.StatusOK)
	w.mu.Lock()
	failed, tooLong := w.failed, w.left >= 0 && int64(len(p)) > w.left
	if w.left >= 0 && !tooLong {
		w.left -= int64(len(p))
	}
	w.mu.Unlock()
	switch {
	case failed != nil:
		return 0, failed
	case w.method == http.MethodHead || !bodyAllowed(w.status):
		return 0, http.ErrBodyNotAllowed
	case tooLong:
		return 0, http.ErrContentLength
	}
	return w.pipe.Write(p)
}

func bodyAllowed(status int) bool {
	return status != http.StatusNoContent && status != http.StatusNotModified && status >= 200
}

func (w *memoryWriter) start(status int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.started {
		return
	}
	w.started, w.status, w.sent = true, status, w.header.Clone()
	if w.sent.Get("Date") == "" {
		w.sent.Set("Date", time.Now().UTC().Format(http.TimeFormat))
	}
	if length, err := strconv.ParseInt(w.sent.Get("Content-Length"), 10, 64); err == nil {
		w.left = length
	}
	close(w.ready)
}

// end finishes the answer: with nil it is complete, otherwise the client sees err,
// in place of the answer or while it reads the body.
func (w *memoryWriter) end(err error) {
	w.mu.Lock()
	if !w.started {
		w.started, w.failed = true, err
		close(w.ready)
	}
	w.mu.Unlock()
	_ = w.pipe.CloseWithError(err)
}

func (w *memoryWriter) response(r *http.Request, cancel context.CancelFunc, unzip bool) *http.Response {
	response := &http.Response{
		Status:     strconv.Itoa(w.status) + " " + http.StatusText(w.status),
		StatusCode: w.status,
		Proto:      "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header:  w.sent,
		Request: r,
	}
	if length, err := strconv.ParseInt(w.sent.Get("Content-Length"), 10, 64); err == nil {
		response.ContentLength = length
	} else {
		response.ContentLength = -1
	}
	if r.URL.Scheme == "https" {
		response.TLS = &tls.ConnectionState{HandshakeComplete: true, Version: tls.VersionTLS13}
	}
	// A client that gives up while it reads sees its context's error.
	stop := context.AfterFunc(r.Context(), func() { w.end(r.Context().Err()) })
	body := &memoryBody{Reader: w.body, close: func() {
		stop()
		cancel()
		_ = w.body.Close()
	}}
	if unzip && strings.EqualFold(w.sent.Get("Content-Encoding"), "gzip") {
		response.Header.Del("Content-Encoding")
		response.Header.Del("Content-Length")
		response.ContentLength, response.Uncompressed = -1, true
		body.Reader = &lazyGzip{source: w.body}
	}
	response.Body = body
	return response
}

type memoryBody struct {
	io.Reader
	close func()
}

func (b *memoryBody) Read(p []byte) (int, error) {
	n, err := b.Reader.Read(p)
	if errors.Is(err, io.ErrClosedPipe) {
		err = http.ErrBodyReadAfterClose
	}
	return n, err
}

func (b *memoryBody) Close() error {
	b.close()
	return nil
}

// lazyGzip unpacks from the first read on, so that an answer that only claims to
// be gzip fails where its body is read, as it does on a socket.
type lazyGzip struct {
	source io.Reader
	zip    *gzip.Reader
	failed error
}

func (l *lazyGzip) Read(p []byte) (int, error) {
	if l.zip == nil && l.failed == nil {
		l.zip, l.failed = gzip.NewReader(l.source)
	}
	if l.failed != nil {
		return 0, l.failed
	}
	return l.zip.Read(p)
}

func errReset() error {
	return &net.OpError{Op: "read", Net: "tcp", Err: os.NewSyscallError("read", syscall.ECONNRESET)}
}
