package contract

import (
	"bufio"
	"net"
	"net/http"
	"strconv"
)

// Handler checks what next is asked and what it answers, like [Transport] on the server's side: for
// fakes, proxies and test servers. Findings are reported when next has returned.
//
// A handler that panics, takes the connection over, or breaks an answer off is not checked. Its
// response writer has Flush, Hijack and Unwrap.
func Handler(next http.Handler, report func(Finding), options ...Option) http.Handler {
	return &handler{next: next, checker: newChecker(report, options)}
}

type handler struct {
	next    http.Handler
	checker *checker
}

func (h *handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	x := h.checker.begin(r)
	header := r.Header.Clone()
	switch {
	case r.Body == nil || r.Body == http.NoBody || r.ContentLength == 0:
		x.requestBody(nil)
	case r.ContentLength > 0 && x.operation != nil && x.operation.body == nil:
		// The handler need not read what it does not expect.
		x.requestBody([]byte{0})
	default:
		copied := *r
		copied.Body = &capture{ReadCloser: r.Body, limit: x.limit, length: r.ContentLength, done: func(k captured) {
			x.checkRequestBody(k, header)
		}}
		r = &copied
	}
	answer := &recorder{ResponseWriter: w, limit: x.limit}
	h.next.ServeHTTP(answer, r)
	if body, ok := r.Body.(*capture); ok {
		body.mu.Lock()
		body.kept.complete = body.kept.complete || body.length >= 0 && int64(len(body.kept.data)) == body.length
		body.mu.Unlock()
		body.finish()
	}
	if answer.lost {
		return
	}
	answer.begin(http.StatusOK)
	if !x.answer(answer.status, answer.sent) || r.Method == http.MethodHead {
		return
	}
	declared, err := strconv.ParseInt(answer.sent.Get("Content-Length"), 10, 64)
	answer.kept.complete = err != nil || declared == int64(len(answer.kept.data))
	x.checkAnswerBody(answer.kept, answer.sent)
}

// recorder keeps what a handler answers while it is sent.
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
