package wrapper

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"
)

// RetryPolicy limits how often and after which delays a request is sent again. Which failures
// are retried is not configurable; the package documentation has the table.
type RetryPolicy struct {
	// MaxAttempts is the maximum number of attempts; 1 disables retries, 0 is 4.
	MaxAttempts int
	// MinDelay is the longest delay before the second attempt when the service names none; it
	// doubles for each further one. The delay is random, between half and the full value. 0 is
	// 500 ms.
	MinDelay time.Duration
	// MaxDelay limits those delays. 0 is 30 s.
	MaxDelay time.Duration
	// MaxRetryAfter is the longest Retry-After that is waited for; a longer one ends the call
	// at once with an error that has it. 0 is 2 minutes.
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

// backoff is the delay after a failed attempt for which the service named none.
func (p RetryPolicy) backoff(attempt int) time.Duration {
	longest := min(p.MinDelay, p.MaxDelay)
	for ; attempt > 1 && longest < p.MaxDelay; attempt-- {
		if longest > p.MaxDelay/2 {
			longest = p.MaxDelay // doubled it might not fit
		} else {
			longest *= 2
		}
	}
	return longest/2 + jitter(longest/2)
}

// verdict is what one attempt means.
type verdict struct {
	failed    bool
	retry     bool // sending the request once more is safe and may help
	ambiguous bool // the service may have done what a write asked for
}

// classify decides by method and result, and by nothing else: this is the table in the package
// documentation, and a test compares the two. repeatable: sending the request twice does no harm.
func classify(r *http.Request, repeatable bool, resp *response, err error) verdict {
	write := isWrite(r)
	if err != nil {
		if unsent, transient := notSent(err); unsent {
			return verdict{failed: true, retry: transient}
		}
		return verdict{failed: true, retry: repeatable, ambiguous: write}
	}
	switch status := resp.StatusCode; {
	case status < http.StatusOK:
		return verdict{failed: true, ambiguous: write}
	case status < 300:
		if resp.err == nil {
			return verdict{}
		}
		// Too large a response is no smaller the second time, and a write was accepted.
		return verdict{failed: true, retry: !write && !errors.Is(resp.err, ErrResponseTooLarge), ambiguous: write}
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

// unavailable recognizes the 503 of a service that did nothing, by the body that is no gateway's page.
func unavailable(resp *response) bool {
	return resp != nil && resp.StatusCode == http.StatusServiceUnavailable && !isHTML(resp.data)
}

// isHTML recognizes the pages of gateways and proxies.
func isHTML(body []byte) bool { return bytes.HasPrefix(bytes.TrimSpace(body), []byte("<")) }

func isWrite(r *http.Request) bool {
	return r.Method != http.MethodGet && r.Method != http.MethodHead
}

// isRepeatable reports whether a request may be sent twice by what HTTP says of its method.
func isRepeatable(r *http.Request) bool {
	switch r.Method {
	case http.MethodGet, http.MethodHead, http.MethodPut, http.MethodDelete:
		return true
	}
	return false
}

// rewindable reports whether the body can be sent once more. Only callers of Raw can bring one
// that cannot.
func rewindable(r *http.Request) bool {
	return r.Body == nil || r.Body == http.NoBody || r.GetBody != nil
}

// notSentError marks a failure before anything was sent.
type notSentError struct {
	err       error
	transient bool // another attempt may get further
}

func (e *notSentError) Error() string { return e.err.Error() }
func (e *notSentError) Unwrap() error { return e.err }

// maybeSentError marks a failure after a connection was there, whatever its causes are.
type maybeSentError struct{ err error }

func (e *maybeSentError) Error() string { return e.err.Error() }
func (e *maybeSentError) Unwrap() error { return e.err }

// notSent reports whether an attempt failed before anything was sent, and whether another one
// may get further. transport.send has marked what it knows; the error of an http.RoundTripper
// that traces nothing is judged by its type. When in doubt a write is of unknown outcome.
func notSent(err error) (unsent, transient bool) {
	var (
		before *notSentError
		after  *maybeSentError
		dial   *net.OpError
		name   *net.DNSError
	)
	switch {
	case errors.As(err, &after):
		return false, false
	case errors.As(err, &before):
		return true, before.transient
	case untrusted(err):
		return true, false
	case isJoined(err):
		return false, false // one of several tries may have sent it
	case errors.As(err, &name):
		return true, true
	case errors.As(err, &dial):
		made := dial.Op != "dial" && dial.Op != "proxyconnect"
		return !made, !made
	}
	return false, false
}

// untrusted recognizes a server that another attempt does not make a better one.
func untrusted(err error) bool {
	var (
		certificate *tls.CertificateVerificationError
		plain       tls.RecordHeaderError
	)
	return errors.As(err, &certificate) || errors.As(err, &plain)
}

func isJoined(err error) bool {
	for ; err != nil; err = errors.Unwrap(err) {
		if _, ok := err.(interface{ Unwrap() []error }); ok {
			return true
		}
	}
	return false
}

// delay is how long to wait before the attempt after this one, or why there will be none:
// waiting past the deadline, or for weeks, only delays the same response.
func (p RetryPolicy) delay(ctx context.Context, failed *Error, attempt int) (time.Duration, error) {
	delay := failed.RetryAfter
	if delay == 0 {
		delay = p.backoff(attempt)
	} else if delay > p.MaxRetryAfter {
		return 0, fmt.Errorf("the service asks to wait %s, longer than the retry policy allows", delay)
	}
	if deadline, ok := ctx.Deadline(); ok && time.Until(deadline) <= delay {
		return 0, fmt.Errorf("the next attempt would be in %s, after the deadline: %w", delay.Round(time.Millisecond), context.DeadlineExceeded)
	}
	return delay, nil
}

// spread lengthens a delay that the service named by up to an eighth, 5 s at most, and not past
// the deadline: those who were all told the same do not come back at the same moment.
func spread(ctx context.Context, delay time.Duration) time.Duration {
	more := min(delay/8, 5*time.Second)
	if deadline, ok := ctx.Deadline(); ok {
		more = min(more, (time.Until(deadline)-delay)/2)
	}
	return delay + jitter(more)
}
