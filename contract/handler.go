package contract

import (
	"bufio"
	"errors"
	"net"
	"net/http"
	"strconv"
)

// Handler checks the requests that next receives and the responses that it writes, like [Transport] on the
// server's side: for fakes, proxies and test servers. Findings are reported when next has returned.
//
// A handler that panics, takes the connection over, or breaks a response off is not checked. Its
// response writer has Flush, Hijack and Unwrap.
func Handler(next http.Handler, report func(Finding), options ...Option) http.Handler {
	return newChecker(options).Handler(next, report)
}

type handler struct {
	next    http.Handler
	checker *checker
}

func (h *handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	x := h.checker.begin(r)
	switch {
	case r.Body == nil || r.Body == http.NoBody || r.ContentLength == 0:
		x.requestBody(nil)
	case r.ContentLength > 0 && x.operation != nil && x.operation.body == nil:
		// The handler need not read what it does not expect.
		x.requestBody([]byte{0})
	default:
		copied := *r
		copied.Body = &capture{ReadCloser: r.Body, limit: x.limit, length: r.ContentLength, done: x.checkRequestBody}
		r = &copied
	}
	response := &recorder{ResponseWriter: w, limit: x.limit}
	h.next.ServeHTTP(response, r)
	if body, ok := r.Body.(*capture); ok {
		body.mu.Lock()
		body.kept.complete = body.kept.complete || body.length >= 0 && int64(len(body.kept.data)) == body.length
		body.mu.Unlock()
		body.finish()
	}
	if response.lost {
		return
	}
	response.begin(http.StatusOK)
	f := framingOf(response.sent)
	if !x.response(response.status, response.sent, f) || r.Method == http.MethodHead {
		return
	}
	declared, err := strconv.ParseInt(f.length, 10, 64)
	response.kept.complete = err != nil || declared == int64(len(response.kept.data))
	x.checkResponseBody(response.kept, f)
}

// recorder keeps the response of a handler while it is sent.
type recorder struct {
	http.ResponseWriter
	limit  int64
	status int
	sent   http.Header
	kept   captured
	lost   bool // the connection was taken over, or broke
}

func (r *recorder) begin(status int) {
	if r.status == 0 && status >= 200 {
		r.status, r.sent = status, r.Header().Clone()
	}
}

func (r *recorder) WriteHeader(status int) {
	r.begin(status)
	r.ResponseWriter.WriteHeader(status)
}

func (r *recorder) Write(p []byte) (int, error) {
	r.begin(http.StatusOK)
	n, err := r.ResponseWriter.Write(p)
	if errors.Is(err, http.ErrBodyNotAllowed) {
		// The body of a 204 is lost, but it was meant to be sent.
		r.kept.keep(p, r.limit)
		return n, err
	}
	r.kept.keep(p[:n], r.limit)
	r.lost = r.lost || err != nil
	return n, err
}

// Unwrap is for http.ResponseController.
func (r *recorder) Unwrap() http.ResponseWriter { return r.ResponseWriter }

// Flush is for handlers that ask for http.Flusher.
func (r *recorder) Flush() {
	r.begin(http.StatusOK)
	_ = http.NewResponseController(r.ResponseWriter).Flush()
}

// Hijack is for handlers that take the connection over, which ends the check.
func (r *recorder) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	conn, buffered, err := http.NewResponseController(r.ResponseWriter).Hijack()
	r.lost = r.lost || err == nil
	return conn, buffered, err
}
