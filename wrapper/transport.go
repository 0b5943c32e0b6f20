package wrapper

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"
)

// transport sends the requests of one client. It is the gen.HttpRequestDoer under every typed
// method and under Raw, and passes a request through these, outside in:
//
//	Do         turns what failed into an *Error, and tries again where that is safe (retry.go)
//	gate       waits while the service wants a pause, and bounds concurrency (gate.go)
//	authorize  puts fresh credentials on the attempt: a signature covers its date (auth.go)
//	log        one record an attempt (below)
//	send       one HTTP exchange, its body read, redirects not followed (below)
//
// It is not an http.RoundTripper, because one of those may not turn an answer into an error,
// and would put the credentials on redirected requests again.
type transport struct {
	next          http.RoundTripper
	jar           http.CookieJar // nil for most
	auth          Auth
	limiter       limiter
	retry         RetryPolicy
	logger        *slog.Logger
	responseLimit int64
	limit         time.Duration // of one attempt; 0 is none
	headers       http.Header   // of requests that do not have them; shared by all requests
	contract      string        // IONOS only; sent unless a call has another one
	triton        bool
	// accepted makes the Operation of a write's answer; nil on Triton, which has none.
	accepted func(*http.Request, *http.Response) (*Operation, error)
}

// Format keeps fmt from looking into the transport behind Raw.
func (t *transport) Format(state fmt.State, _ rune) {
	_, _ = io.WriteString(state, "wrapper.transport")
}

// header completes what the generated client has set.
func (t *transport) header(r *http.Request) {
	for name, value := range t.headers {
		if r.Header.Get(name) == "" {
			r.Header[name] = value
		}
	}
}

// attempt is everything below the retry.
func (t *transport) attempt(r *http.Request, number int) (*http.Response, error) {
	if err := t.limiter.enter(r.Context()); err != nil {
		return nil, &notSentError{err}
	}
	defer t.limiter.leave()
	if number > 1 && r.GetBody != nil {
		body, err := r.GetBody()
		if err != nil {
			return nil, &notSentError{err}
		}
		r.Body = body
	}
	if err := t.auth.Authorize(r); err != nil {
		return nil, &notSentError{err}
	}
	start := time.Now()
	resp, err := t.send(r)
	if resp != nil {
		t.limiter.learn(resp.Header)
	}
	if t.logger != nil {
		t.log(r, resp, err, number, time.Since(start))
	}
	return resp, err
}

// notSentError marks a failure before anything was sent.
type notSentError struct{ err error }

func (e *notSentError) Error() string { return e.err.Error() }
func (e *notSentError) Unwrap() error { return e.err }

// log never writes a header, a query or a body.
func (t *transport) log(r *http.Request, resp *http.Response, err error, number int, duration time.Duration) {
	if resp != nil {
		err = bodyError(resp)
	}
	level := slog.LevelDebug
	if err != nil || resp.StatusCode >= 300 {
		level = slog.LevelWarn
	}
	// Looking for secrets reads the request's body: not for a record that nobody gets.
	if !t.logger.Enabled(r.Context(), level) {
		return
	}
	hide := redactor(r)
	attrs := make([]slog.Attr, 0, 7)
	attrs = append(attrs, slog.String("method", r.Method), slog.String("path", r.URL.Path))
	if resp != nil {
		attrs = append(attrs, slog.Int("status", resp.StatusCode))
		if id := requestID(resp.Header); id != "" {
			attrs = append(attrs, slog.String("request_id", printable(hide.Replace(id))))
		}
	}
	if err != nil {
		attrs = append(attrs, slog.String("error", printable(hide.Replace(err.Error()))))
	}
	attrs = append(attrs, slog.Int("attempt", number), slog.Duration("duration", duration))
	t.logger.LogAttrs(r.Context(), level, "cloudroster request", attrs...)
}

// send makes one HTTP exchange. The answer's body is read here, so that the time limit, the
// size limit and the retry cover it and the connection is free for the next request.
//
// It uses the http.RoundTripper of the http.Client by itself: nothing is left of the client
// without redirects, and without its Timeout, which needs a goroutine and 20 allocations for
// what a context does.
func (t *transport) send(r *http.Request) (*http.Response, error) {
	attempt := r
	if t.limit > 0 {
		ctx, cancel := context.WithTimeout(r.Context(), t.limit)
		defer cancel()
		attempt = r.WithContext(ctx)
	}
	if t.jar != nil {
		attempt = attempt.Clone(attempt.Context()) // its cookies are not those of the next attempt
		for _, cookie := range t.jar.Cookies(r.URL) {
			attempt.AddCookie(cookie)
		}
	}
	resp, err := t.next.RoundTrip(attempt)
	if err == nil && resp == nil {
		err = errors.New("the http.RoundTripper answered nothing")
	}
	if err != nil {
		// An http.Client below prints the query.
		var wrapped *url.Error
		if errors.As(err, &wrapped) {
			err = wrapped.Err
		}
		return nil, err
	}
	if t.jar != nil {
		if cookies := resp.Cookies(); len(cookies) > 0 {
			t.jar.SetCookies(r.URL, cookies)
		}
	}
	if resp.Body == nil {
		resp.Body = http.NoBody
	}
	limit := t.responseLimit
	if resp.StatusCode >= 300 {
		limit = min(limit, maxParsedErrorBody)
	}
	resp.Request = r // whose context is still alive
	body := bodies.Get().(*bufferedBody)
	body.read(resp.Body, resp.ContentLength, limit)
	if body.err != nil && resp.StatusCode >= 300 && errors.Is(body.err, ErrResponseTooLarge) {
		body.err = nil // the status is the error; its text is bounded anyway
	}
	// Closing after everything was read keeps the connection; otherwise it is given up.
	_ = resp.Body.Close()
	resp.Body = body
	return resp, nil
}

// bufferedBody is the body of an answer that has been read already.
type bufferedBody struct {
	data   []byte
	reader bytes.Reader
	err    error // why data is not all
	tries  int   // how often the request was sent
}

var bodies = sync.Pool{New: func() any { return new(bufferedBody) }}

// maxPooledBody keeps one huge answer from occupying memory for ever.
const maxPooledBody = 1 << 20

func (b *bufferedBody) read(from io.Reader, length, limit int64) {
	b.data, b.err = b.data[:0], nil
	limit = min(limit, math.MaxInt64-1) // one more is read, to see whether there is more
	// Memory for a whole answer is taken at once, unless the server only claims that there is much.
	if length > int64(cap(b.data)) && length <= min(limit, defaultResponseLimit) {
		b.data = make([]byte, 0, length+bytes.MinRead)
	}
	for {
		if int64(len(b.data)) > limit {
			b.data, b.err = b.data[:limit], ErrResponseTooLarge
			break
		}
		if len(b.data) == cap(b.data) {
			// Twice as much each time: append grows by a quarter, and copies four times as much.
			size := int64(max(2*cap(b.data), 4<<10))
			if size >= limit {
				size = limit + 1
			}
			b.data = append(make([]byte, 0, size), b.data...)
		}
		space := b.data[len(b.data):min(int64(cap(b.data)), limit+1)]
		n, err := from.Read(space)
		b.data = b.data[:len(b.data)+n]
		if err != nil {
			if err != io.EOF {
				b.err = err
			}
			break
		}
	}
	b.reader.Reset(b.data)
}

func (b *bufferedBody) Read(p []byte) (int, error) {
	n, err := b.reader.Read(p)
	if err == io.EOF && b.err != nil {
		err = b.err
	}
	return n, err
}

// Close does nothing: there is no connection behind the body any more. It is not the place to
// give the memory back, because callers of Raw may close twice; the typed methods release.
func (b *bufferedBody) Close() error { return nil }

// release gives the memory back. Nothing may touch the body afterwards.
func release(resp *http.Response) {
	body, ok := resp.Body.(*bufferedBody)
	if !ok {
		return
	}
	resp.Body = http.NoBody
	if cap(body.data) > maxPooledBody {
		body.data = nil
	}
	bodies.Put(body)
}

// bodyError tells why the body of an answer could not be read to its end, nil if it could.
func bodyError(resp *http.Response) error {
	if body, ok := resp.Body.(*bufferedBody); ok {
		return body.err
	}
	return nil
}

// bodyBytes is the body of an answer; it is gone after Close.
func bodyBytes(resp *http.Response) []byte {
	if body, ok := resp.Body.(*bufferedBody); ok {
		return body.data
	}
	return nil
}

// sleep waits as long as ctx lives.
func sleep(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return ctxErr(ctx)
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctxErr(ctx)
	case <-timer.C:
		return nil
	}
}

// ended is why ctx is over, nil if it is not.
func ctxErr(ctx context.Context) error {
	if ctx.Err() == nil {
		return nil
	}
	return withCtxErr(ctx, context.Cause(ctx))
}

// endedBy makes what came of a call match the error of its context too, if that is over. A cause
// that the caller has set, which net/http answers instead, matches it seldom.
func withCtxErr(ctx context.Context, err error) error {
	if over := ctx.Err(); over != nil && !errors.Is(err, over) {
		return fmt.Errorf("%w: %w", over, err)
	}
	return err
}

// checkBaseURL refuses what would send requests elsewhere, or in clear, or lose a part.
func checkBaseURL(base string) (string, error) {
	u, err := url.Parse(base)
	switch {
	case err != nil:
		return "", invalid("base URL", "cannot be parsed")
	case u.Scheme != "https" && u.Scheme != "http" || u.Host == "" || u.Hostname() == "" || u.Opaque != "":
		return "", invalid("base URL", "must be absolute, such as https://api.example.com/path")
	case u.User != nil:
		return "", invalid("base URL", "must not hold credentials")
	case u.RawQuery != "" || u.ForceQuery || u.Fragment != "" || strings.Contains(base, "#"):
		return "", invalid("base URL", "must have no query and no fragment")
	case u.Scheme == "http" && !isLoopback(u.Hostname()):
		return "", invalid("base URL", "must be https beyond this machine")
	}
	return strings.TrimRight(u.String(), "/"), nil
}

func isLoopback(host string) bool {
	if strings.EqualFold(host, "localhost") || host == "::1" {
		return true
	}
	parts := strings.Split(host, ".")
	if len(parts) != 4 || parts[0] != "127" {
		return false
	}
	for _, part := range parts {
		if n, err := strconv.Atoi(part); err != nil || n < 0 || n > 255 {
			return false
		}
	}
	return true
}
