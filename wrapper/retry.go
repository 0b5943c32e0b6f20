package wrapper

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"time"
)

// RetryPolicy says how often and how patiently a request is sent again.
//
// Tried again are: 429 (and Triton's 420) for every method; 502, 503, 504, connections that
// break and answers that never come, for methods that can be repeated (GET, PUT, DELETE, and
// Triton's user update); 500 for GET; and for every method a connection that could not be
// made. A POST that may have arrived is never sent again: it ends with [ErrOutcomeUnknown].
type RetryPolicy struct {
	// MaxAttempts is how often a request is sent at the most. 1 never tries again; 0 is 4.
	MaxAttempts int
	// MinDelay is the longest first pause when the service names none; each further one may
	// be twice as long. The pause is drawn between half of that and all of it. 0 is 500 ms.
	MinDelay time.Duration
	// MaxDelay bounds those pauses. 0 is 30 s.
	MaxDelay time.Duration
	// MaxRetryAfter is the longest Retry-After that is waited for; a longer one ends the call
	// at once with an error that tells it. 0 is 2 minutes.
	MaxRetryAfter time.Duration
}

func (p RetryPolicy) withDefaults() RetryPolicy {
	if p.MaxAttempts == 0 {
		p.MaxAttempts = 4
	}
	if p.MinDelay == 0 {
		p.MinDelay = 500 * time.Millisecond
	}
	if p.MaxDelay == 0 {
		p.MaxDelay = 30 * time.Second
	}
	if p.MaxRetryAfter == 0 {
		p.MaxRetryAfter = 2 * time.Minute
	}
	return p
}

func (p RetryPolicy) check() error {
	switch {
	case p.MaxAttempts < 0:
		return invalid("retry MaxAttempts", "is negative")
	case p.MinDelay < 0 || p.MaxDelay < 0 || p.MaxRetryAfter < 0:
		return invalid("retry delays", "are negative")
	}
	return nil
}

// backoff is the pause after a failed attempt for which the service named none.
func (p RetryPolicy) backoff(attempt int) time.Duration {
	longest := min(p.MinDelay, p.MaxDelay)
	for ; attempt > 1 && longest < p.MaxDelay; attempt-- {
		if longest > p.MaxDelay/2 {
			longest = p.MaxDelay // doubled it might not fit
		} else {
			longest *= 2
		}
	}
	return longest/2 + time.Duration(rand.Int64N(int64(longest/2)+1))
}

// verdict is what one attempt means.
type verdict struct {
	failed    bool
	retry     bool // sending the request once more is safe and may help
	ambiguous bool // the service may have done what a write asked for
}

// judge decides by method and result, and by nothing else: this is the table in the package
// documentation, and a test compares the two.
func classify(r *http.Request, resp *http.Response, err error) verdict {
	repeatable := isRepeatable(r)
	write := r.Method != http.MethodGet && r.Method != http.MethodHead
	if err != nil {
		if unsent, passing := notSent(err); unsent {
			return verdict{failed: true, retry: passing}
		}
		return verdict{failed: true, retry: repeatable, ambiguous: write}
	}
	switch status := resp.StatusCode; {
	case status >= 200 && status < 300:
		if bodyError(resp) == nil {
			return verdict{}
		}
		// Too large an answer is no better the second time, and a write was accepted.
		return verdict{failed: true, retry: !write && !errors.Is(bodyError(resp), ErrResponseTooLarge), ambiguous: write}
	case status == http.StatusTooManyRequests, status == statusEnhanceYourCalm:
		return verdict{failed: true, retry: true}
	case status == http.StatusBadGateway, status == http.StatusServiceUnavailable, status == http.StatusGatewayTimeout:
		return verdict{failed: true, retry: repeatable, ambiguous: write}
	case status == http.StatusInternalServerError:
		return verdict{failed: true, retry: !write, ambiguous: write}
	case status > http.StatusInternalServerError:
		return verdict{failed: true, ambiguous: write}
	}
	return verdict{failed: true}
}

type repeatableKey struct{}

// repeatable marks the requests of a POST that may be sent twice.
func repeatable(ctx context.Context) context.Context {
	return context.WithValue(ctx, repeatableKey{}, true)
}

func isRepeatable(r *http.Request) bool {
	switch r.Method {
	case http.MethodGet, http.MethodHead, http.MethodPut, http.MethodDelete:
		return true
	}
	return r.Context().Value(repeatableKey{}) != nil
}

// rewindable tells whether the body can be sent once more. Only callers of Raw can bring one
// that cannot.
func rewindable(r *http.Request) bool {
	return r.Body == nil || r.Body == http.NoBody || r.GetBody != nil
}

// notSent tells a connection that could not be made from one that broke, and whether another
// attempt may make it. When in doubt it says no: a write is then of unknown outcome.
func notSent(err error) (unsent, passing bool) {
	var (
		before      *notSentError
		dial        *net.OpError
		name        *net.DNSError
		certificate *tls.CertificateVerificationError
		plain       tls.RecordHeaderError
	)
	switch {
	case errors.As(err, &before), errors.As(err, &certificate), errors.As(err, &plain):
		return true, false
	case errors.As(err, &name):
		return true, true
	case errors.As(err, &dial):
		made := dial.Op != "dial" && dial.Op != "proxyconnect"
		return !made, !made
	}
	return false, false
}

// Do sends a request as often as needed and answers a success, or an *Error.
func (t *transport) Do(r *http.Request) (*http.Response, error) {
	t.header(r)
	maybe, resigned := false, false
	for attempt := 1; ; attempt++ {
		if attempt > 1 {
			// The one before may still be being written, if nobody waited for its answer.
			r = r.Clone(r.Context())
		}
		resp, err := t.attempt(r, attempt)
		v := classify(r, resp, err)
		if !v.failed {
			resp.Body.(*bufferedBody).tries = attempt
			return resp, nil
		}
		maybe = maybe || v.ambiguous
		failed := t.failure(r, resp, err, v)
		failed.Attempts, failed.outcomeUnknown = attempt, maybe
		if failed.Is(ErrRateLimited) && failed.RetryAfter <= t.retry.MaxRetryAfter {
			// Everybody waits, whether this call goes on or not.
			t.limiter.block(time.Now().Add(failed.RetryAfter))
		}
		corrected := t.correctClock(failed, resp) && !resigned
		if !(v.retry || corrected) || attempt >= t.retry.MaxAttempts || !rewindable(r) || r.Context().Err() != nil {
			return nil, failed
		}
		if corrected {
			resigned = true
			continue
		}
		delay, stop := t.retryDelay(r.Context(), failed, attempt)
		if stop != nil {
			failed.Err = joinErrors(failed.Err, stop)
			return nil, failed
		}
		if failed.Is(ErrRateLimited) {
			t.limiter.block(time.Now().Add(delay))
		}
		if err := sleep(r.Context(), delay); err != nil {
			failed.Err = joinErrors(failed.Err, err)
			return nil, failed
		}
	}
}

// pause is how long to wait before the next attempt, or why there will be none: waiting past
// the deadline, or for weeks, only delays the same answer.
func (t *transport) retryDelay(ctx context.Context, failed *Error, attempt int) (time.Duration, error) {
	delay := failed.RetryAfter
	if delay == 0 {
		delay = t.retry.backoff(attempt)
	} else if delay > t.retry.MaxRetryAfter {
		return 0, fmt.Errorf("the service asks to wait %s, longer than the retry policy allows", delay)
	}
	if deadline, ok := ctx.Deadline(); ok && time.Until(deadline) <= delay {
		return 0, fmt.Errorf("the next attempt would be in %s, after the deadline: %w", delay.Round(time.Millisecond), context.DeadlineExceeded)
	}
	return delay, nil
}

// failure describes one failed attempt.
func (t *transport) failure(r *http.Request, resp *http.Response, err error, v verdict) *Error {
	hide := redactor(r)
	if resp == nil {
		return &Error{Method: r.Method, Path: r.URL.Path, Err: redactError(withCtxErr(r.Context(), err), hide), triton: t.triton}
	}
	failed := responseError(r, resp, bodyBytes(resp), t.triton, hide)
	if cut := bodyError(resp); cut != nil {
		failed.Err = fmt.Errorf("the answer could not be read: %w", redactError(withCtxErr(r.Context(), cut), hide))
		if t.accepted != nil && v.ambiguous && resp.StatusCode < 300 {
			// What was accepted can still be waited for.
			if operation, _ := t.accepted(r, resp); operation.ID() != "" {
				failed.Operation = operation
			}
		}
	} else if resp.StatusCode < 400 {
		failed.Err = errors.New("redirects are not followed")
	}
	return failed
}

// clockCorrector is an Auth whose signatures carry a date.
type clockCorrector interface {
	correctClock(serverDate time.Time) (offset time.Duration, corrected bool)
}

// correctClock handles Triton's refusal of a date: it names how far the clocks are apart, and
// says whether signing again can help.
func (t *transport) correctClock(failed *Error, resp *http.Response) bool {
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
	return corrected
}
