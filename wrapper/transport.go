package wrapper

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"sync/atomic"
	"time"
)

// transport sends the requests of one client, those of typed methods and those of Raw, through
// these, outside in:
//
//	do         turns a failure into an *Error, and retries where that is safe (retry.go)
//	authorize  puts fresh credentials on the attempt: a signature covers its date (auth.go)
//	limiter    waits while the service wants no requests, and limits concurrency (limiter.go)
//	log        one record per attempt (log.go)
//	send       one HTTP exchange, its body read, redirects not followed (below)
//
// It is not an http.RoundTripper, because one of those may not turn a response into an error,
// and would put the credentials on redirected requests again.
type transport struct {
	next          http.RoundTripper
	jar           cookies // nil for most
	auth          Auth
	limiter       limiter
	clock         serviceClock
	retry         RetryPolicy
	logger        attemptLogger // nil for most
	responseLimit int64
	limit         time.Duration // of one attempt; 0 is none
	headers       http.Header   // of requests that do not have them; shared by all requests
	contract      string        // IONOS only; sent unless a call has another one
	vendor        *vendor
}

// Format keeps fmt from printing the transport behind Raw.
func (t *transport) Format(state fmt.State, _ rune) {
	_, _ = io.WriteString(state, "wrapper.transport")
}

// Do is the gen.HttpRequestDoer of Triton's Raw.
func (t *transport) Do(r *http.Request) (*http.Response, error) {
	resp, err := t.do(r, isRepeatable(r))
	if err != nil {
		return nil, err
	}
	return resp.raw(), nil
}

// do sends a request as often as needed and returns the response of a success, or an *Error.
// It returns both if the service accepted a write whose response could not be read to its end.
func (t *transport) do(r *http.Request, repeatable bool) (*response, error) {
	t.header(r)
	maybe, lost, renewed := false, false, false
	for attempt := 1; ; attempt++ {
		if attempt > 1 {
			// The one before may still be being written, if nobody waited for its response.
			r = r.Clone(r.Context())
		}
		resp, err := t.attempt(r, attempt)
		v := classify(r, repeatable, resp, err)
		if !v.failed {
			resp.attempts = attempt
			return resp, nil
		}
		maybe = maybe || v.ambiguous
		lost = lost || v.ambiguous && !unavailable(resp)
		failed := t.failure(r, resp, err)
		failed.Attempts, failed.outcomeUnknown, failed.responseLost = attempt, maybe, lost
		if isWrite(r) && resp != nil && resp.StatusCode >= 200 && resp.StatusCode < 300 {
			return resp, failed
		}
		fresh := t.renew(r, failed, resp, renewed)
		resp.release()
		if !t.again(r, failed, v.retry, fresh) {
			return nil, failed
		}
		renewed = renewed || fresh
	}
}

// again waits for the attempt that follows a failed one and reports whether there is one: because
// sending the request again may help (retry), or other credentials may (fresh).
func (t *transport) again(r *http.Request, failed *Error, retry, fresh bool) bool {
	if failed.Attempts >= t.retry.MaxAttempts || !rewindable(r) || r.Context().Err() != nil {
		retry, fresh = false, false
	}
	if err := t.backOff(r.Context(), failed, !retry || fresh); err != nil {
		failed.Err = joinErrors(failed.Err, err)
		return false
	}
	return retry || fresh
}

// backOff waits for the next attempt, unless it is to be made at once or not at all, or returns
// why there will be none. After a 429 everybody waits, whether this call goes on or not.
func (t *transport) backOff(ctx context.Context, failed *Error, now bool) error {
	limited := failed.Is(ErrRateLimited)
	if now {
		if limited && failed.RetryAfter <= t.retry.MaxRetryAfter {
			t.limiter.block(time.Now().Add(failed.RetryAfter))
		}
		return nil
	}
	delay, err := t.retry.delay(ctx, failed, failed.Attempts)
	if err != nil {
		return err
	}
	if failed.RetryAfter > 0 {
		delay = spread(ctx, delay)
	}
	if limited {
		t.limiter.block(time.Now().Add(delay)) // where the next attempt waits, with all others
		return nil
	}
	return sleep(ctx, delay)
}

// failure describes one failed attempt.
func (t *transport) failure(r *http.Request, resp *response, err error) *Error {
	redact := newRedactor(r)
	if resp == nil {
		return &Error{Method: r.Method, Path: r.URL.Path, Err: redactError(withCtxErr(r.Context(), err), redact), vendor: t.vendor}
	}
	failed := responseError(resp, redact)
	switch {
	case resp.err != nil:
		failed.Err = fmt.Errorf("the response could not be read: %w", redactError(withCtxErr(r.Context(), resp.err), redact))
	case resp.StatusCode < http.StatusOK:
		failed.Err = errors.New("the protocol is not switched")
	case resp.StatusCode < http.StatusBadRequest:
		failed.Err = errors.New("redirects are not followed")
	}
	return failed
}

// clockCorrector is an Auth whose signatures carry a date.
type clockCorrector interface {
	correctClock(serverDate time.Time) (offset time.Duration, corrected bool)
}

// renew reports whether other credentials can help, once a call: after a 401, another token of a source; after
// a response that rejects the date of a signature, another date. The error of the latter tells how far the
// clocks are apart.
func (t *transport) renew(r *http.Request, failed *Error, resp *response, renewed bool) bool {
	if source, ok := t.auth.(*tokenSourceAuth); ok && failed.Status == http.StatusUnauthorized {
		return !renewed && source.renewToken(r)
	}
	corrector, ok := t.auth.(clockCorrector)
	if !ok || resp == nil || failed.Status != http.StatusBadRequest || failed.Code != "InvalidHeader" {
		return false
	}
	date, err := http.ParseTime(resp.Header.Get("Date"))
	if err != nil {
		return false
	}
	offset, corrected := corrector.correctClock(date)
	if offset.Abs() >= minSkew {
		failed.Err = fmt.Errorf("this machine's clock is %s off the server's: %w", -offset, ErrClockSkew)
	}
	return corrected && !renewed
}

// header completes what the request builder has set.
func (t *transport) header(r *http.Request) {
	for name, value := range t.headers {
		if r.Header.Get(name) == "" {
			r.Header[name] = value
		}
	}
}

// attempt is everything below the retry.
func (t *transport) attempt(r *http.Request, number int) (*response, error) {
	err := t.prepare(r, number)
	if err != nil {
		if r.Body != nil {
			_ = r.Body.Close() // as an http.RoundTripper does with one that it does not send
		}
		return nil, &notSentError{err: err}
	}
	defer t.limiter.leave()
	start := time.Now()
	resp, err := t.send(r)
	if resp != nil {
		t.limiter.learn(resp.Response, start)
		t.clock.learn(resp.Header)
	}
	if t.logger != nil {
		t.logger.log(attempted{t.vendor.cloud, r, resp, err, number, time.Since(start)})
	}
	return resp, err
}

// maxCredentialAge is how long credentials may wait for their attempt. Triton rejects a signature
// after 5 minutes.
const maxCredentialAge = time.Minute

// prepare makes an attempt ready to be sent and enters the limiter. Credentials come first, so that
// a slow source of them keeps nobody else waiting.
func (t *transport) prepare(r *http.Request, number int) error {
	if number > 1 && r.GetBody != nil {
		body, err := r.GetBody()
		if err != nil {
			return err
		}
		r.Body = body
	}
	if err := t.auth.Authorize(r); err != nil {
		return err
	}
	authorized := time.Now()
	if err := t.limiter.enter(r.Context()); err != nil {
		return err
	}
	if time.Since(authorized) > maxCredentialAge {
		if err := t.auth.Authorize(r); err != nil {
			t.limiter.leave()
			return err
		}
	}
	return nil
}

// send makes one HTTP exchange. The body of the response is read here, so that the time limit,
// the size limit and the retry cover it and the connection is free for the next request.
//
// It uses the http.RoundTripper of the http.Client by itself: nothing is left of the client
// without redirects, and without its Timeout, which needs a goroutine and 20 allocations for
// what a context does.
func (t *transport) send(r *http.Request) (*response, error) {
	attempt := r
	if t.limit > 0 {
		ctx, cancel := context.WithTimeout(r.Context(), t.limit)
		defer cancel()
		attempt = r.WithContext(ctx)
	}
	if t.jar != nil {
		attempt = t.jar.add(attempt)
	}
	var trace sending
	if isWrite(r) { // what reads may be repeated, sent or not
		attempt = attempt.WithContext(trace.in(attempt.Context()))
	}
	resp, err := t.next.RoundTrip(attempt)
	if err == nil && resp == nil {
		err = errors.New("the http.RoundTripper returned neither response nor error")
	}
	if err != nil {
		// An http.Client below prints the query.
		var wrapped *url.Error
		if errors.As(err, &wrapped) {
			err = wrapped.Err
		}
		return nil, trace.mark(err)
	}
	if t.jar != nil {
		t.jar.keep(r, resp)
	}
	if resp.Body == nil {
		resp.Body = http.NoBody
	}
	resp.Request = r // whose context is still alive
	return readResponse(resp, t.vendor, t.responseLimit), nil
}

// sending is what net/http tells of an attempt.
type sending struct{ wanted, connected atomic.Bool }

func (s *sending) in(ctx context.Context) context.Context {
	return httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		GetConn: func(string) { s.wanted.Store(true) },
		GotConn: func(httptrace.GotConnInfo) { s.connected.Store(true) },
	})
}

// mark adds to the error of an attempt whether it can have been sent: not without a connection,
// which includes a dial that stalls, a proxy that refuses and a TLS handshake that fails.
func (s *sending) mark(err error) error {
	switch {
	case s.connected.Load():
		return &maybeSentError{err}
	case s.wanted.Load():
		return &notSentError{err: err, transient: !untrusted(err)}
	}
	return err
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

// ctxErr is why ctx is done, nil if it is not.
func ctxErr(ctx context.Context) error {
	if ctx.Err() == nil {
		return nil
	}
	return withCtxErr(ctx, context.Cause(ctx))
}

// withCtxErr makes the error of a call match that of its context too, if that is done. A cause
// that the caller has set, which net/http returns instead, seldom matches it.
func withCtxErr(ctx context.Context, err error) error {
	if over := ctx.Err(); over != nil && !errors.Is(err, over) {
		return fmt.Errorf("%w: %w", over, err)
	}
	return err
}
