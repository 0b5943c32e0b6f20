package wrapper

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/cloudroster/cloudroster/gen"
)

const (
	// maxPollFailures polls in a row may fail for a reason that seldom passes: a token source, an
	// unknown status.
	maxPollFailures = 5
	// maxOutage is how long in a row polls may fail with transient errors.
	maxOutage = time.Hour
	// unknownGrace is how long the service may not know a request that it accepted.
	unknownGrace = 30 * time.Second
)

// Wait returns when the operation has ended: nil if it is done, an [*OperationError] if it, or
// one of its targets, failed, or if the wait ended before it did.
//
// ctx limits the wait; without a deadline Wait waits as long as it takes. Polls that fail with a
// transient error (429, 5xx, a lost connection, a 404 in the first 30 seconds) are repeated until the
// service responds again or ctx ends, for up to an hour without a success. After a token source that
// fails, and after an unknown status, there are up to five polls. 401, 403, a malformed response and a
// Retry-After beyond RetryPolicy.MaxRetryAfter end the wait. When ctx ends the wait, the error matches the last
// failure as well. At most one poll of an operation is on its way.
func (o *Operation) Wait(ctx context.Context) error {
	for _, err := range o.Watch(ctx) {
		if err != nil {
			return err
		}
	}
	return nil
}

// Watch waits like Wait and reports progress: it yields each status that differs from the one before, the
// last one included. An error comes once, with the newest status, and ends it.
//
//	for status, err := range operation.Watch(ctx) {
//		if err != nil {
//			return err
//		}
//		fmt.Println(status.State) // QUEUED, RUNNING, DONE
//	}
//
// After a break there are no more polls. Every range over the result starts anew.
func (o *Operation) Watch(ctx context.Context) iter.Seq2[OperationStatus, error] {
	return func(yield func(OperationStatus, error) bool) {
		w := newWaiter(o)
		for !w.ended {
			if err := w.rest(ctx); err != nil {
				yield(w.seen, w.interrupted(err))
				return
			}
			changed, err := w.poll(ctx)
			if err != nil {
				yield(w.seen, err)
				return
			}
			if changed && !yield(w.seen, nil) {
				return
			}
		}
	}
}

// waiter is the state of waiting for one operation.
type waiter struct {
	operation *Operation
	began     time.Time
	next      time.Time     // when to poll
	last      time.Time     // when the last poll ended
	told      time.Duration // the delay that the service asked for, 0 if none
	seen      OperationStatus
	failures  int       // in a row, for reasons that seldom pass
	outage    time.Time // when polls began to fail; zero while they succeed
	failed    error     // the last failure, nil after a success
	index     int       // in the list that is waited for
	ended     bool
}

func newWaiter(o *Operation) *waiter {
	w := &waiter{operation: o, began: time.Now()}
	w.next = w.began
	// An operation that was just accepted is not done yet; one that was resumed may be.
	if o != nil && !o.accepted.IsZero() {
		w.plan(o.retryAfter)
		if w.next = w.next.Add(-time.Since(o.accepted)); w.next.Before(w.began) {
			w.told = 0 // and has passed
		}
	}
	return w
}

// plan sets the time of the next poll.
func (w *waiter) plan(retryAfter time.Duration) {
	now := time.Now()
	w.told = retryAfter
	if retryAfter == 0 {
		retryAfter = w.operation.client.pace.delay(now.Sub(w.began))
	}
	w.next = now.Add(retryAfter)
}

// inTime tells that there will be no next poll when the service asks for a delay past the
// deadline, or for weeks: waiting for that would only delay the same end.
func (w *waiter) inTime(ctx context.Context) error {
	if w.told == 0 {
		return nil
	}
	if deadline, ok := ctx.Deadline(); ok && w.next.After(deadline) {
		return fmt.Errorf("the service asks to wait past the deadline: %w", context.DeadlineExceeded)
	}
	if w.told > w.operation.client.transport.retry.MaxRetryAfter {
		return fmt.Errorf("the service asks to wait %s, longer than the retry policy allows", w.told)
	}
	return nil
}

// rest waits for the next poll.
func (w *waiter) rest(ctx context.Context) error {
	if w.operation.done() {
		return nil // which no end of ctx makes undone
	}
	if err := w.inTime(ctx); err != nil {
		return err
	}
	return sleep(ctx, time.Until(w.next))
}

// poll gets the status once, when the client's schedule lets it. It reports whether the status is another than
// before; an error is final.
func (w *waiter) poll(ctx context.Context) (changed bool, err error) {
	if err := w.operation.pollable(); err != nil {
		return false, w.interrupted(err)
	}
	status, retryAfter, err := w.scheduled(ctx)
	if err != nil {
		if ctx.Err() != nil || !w.transient(err) {
			return false, w.interrupted(err)
		}
		w.failed = err
		var failed *Error
		if errors.As(err, &failed) {
			retryAfter = failed.RetryAfter
		}
		w.plan(retryAfter)
		return false, nil
	}
	w.failures, w.outage, w.failed = 0, time.Time{}, nil
	changed = status.State != w.seen.State || status.ErrorMessage != w.seen.ErrorMessage || !slices.Equal(status.Targets, w.seen.Targets)
	w.seen, w.ended = status, status.Done()
	if err := status.failure(); err != nil {
		return changed, w.interrupted(err)
	}
	if !w.ended {
		w.plan(retryAfter)
	}
	return changed, nil
}

// scheduled gets the status of an operation that is pollable when the client's schedule lets it.
func (w *waiter) scheduled(ctx context.Context) (status OperationStatus, retryAfter time.Duration, err error) {
	polls := w.operation.client.polls
	if w.operation.done() {
		return w.operation.get(ctx) // no end of ctx makes it undone
	}
	if err := polls.acquire(ctx, w.rank()); err != nil {
		return OperationStatus{}, 0, err
	}
	defer func() {
		w.last = time.Now()
		polls.release(status.Done())
	}()
	return w.operation.get(ctx)
}

// rank orders the polls of a client that are due, the earliest first. Since its last poll an operation counts
// as no older than MaxDelay then: those that take long do not keep others from being polled.
func (w *waiter) rank() time.Time {
	if bound := w.last.Add(-w.operation.client.pace.MaxDelay); !w.last.IsZero() && bound.After(w.began) {
		return bound
	}
	return w.began
}

// transient tells a poll that is worth repeating from one that is not.
func (w *waiter) transient(err error) bool {
	var failed *Error
	if !errors.As(err, &failed) {
		return false
	}
	if w.outage.IsZero() {
		w.outage = time.Now()
	}
	unsent, mayPass := notSent(err)
	unknown := errors.Is(err, errUnknownStatus)
	switch {
	case failed.RetryAfter > w.operation.client.transport.retry.MaxRetryAfter:
		return false // a wait without a deadline would sleep for weeks
	case failed.Status == http.StatusNotFound:
		return time.Since(w.began) < unknownGrace
	case untrusted(err), !unknown && (errors.Is(err, ErrUnexpectedResponse) || errors.Is(err, ErrResponseTooLarge)):
		return false
	case unknown, failed.Status == 0 && unsent && !mayPass:
		w.failures++
		return w.failures < maxPollFailures
	case failed.Status < 300, failed.Is(ErrRateLimited), failed.Is(ErrUnavailable):
		return time.Since(w.outage) < maxOutage
	}
	return false
}

// interrupted is the error that ends a wait. What failed last says more than that time is up.
func (w *waiter) interrupted(err error) error {
	if errors.Is(err, errNilOperation) || errors.Is(err, errNoLocation) {
		return err
	}
	if w.failed != nil && !errors.Is(err, w.failed) {
		err = fmt.Errorf("%w; the last poll: %w", err, w.failed)
	}
	return &OperationError{ID: w.operation.ID(), Status: w.seen, Err: err}
}

// pollable is why an operation cannot be polled, nil if it can.
func (o *Operation) pollable() error {
	switch {
	case o == nil || o.client == nil:
		return errNilOperation
	case o.done():
		return nil
	case o.unlocated:
		return errNoLocation
	case o.invalid != nil:
		return o.invalid
	}
	return checkRequestID(o.id)
}

// get gets the status of an operation that is pollable, and the delay that the service asks for, 0 if it names
// none.
func (o *Operation) get(ctx context.Context) (OperationStatus, time.Duration, error) {
	if o.done() {
		return OperationStatus{State: gen.RequestStateDone}, 0, nil
	}
	r, err := o.client.requests.GetRequestStatus(o.id, nil)
	if contract := o.contractNumber(); err == nil && contract != "" {
		r.Header.Set("X-Contract-Number", contract)
	}
	resp, err := o.client.send(ctx, call{operation: "requestsStatusGet", request: r, err: err})
	if err != nil {
		return OperationStatus{}, 0, err
	}
	defer resp.release()
	body, err := decode[gen.RequestStatus](resp, o.id)
	if err != nil {
		return OperationStatus{}, 0, err
	}
	status := OperationStatus{State: upper(body.Metadata.Status), ErrorMessage: body.Metadata.Message, Targets: body.Metadata.Targets}
	if status.ErrorMessage != "" {
		status.ErrorMessage = newRedactor(resp.Request).clip(status.ErrorMessage, maxErrorBody)
	}
	for i := range status.Targets {
		status.Targets[i].Status = upper(status.Targets[i].Status)
	}
	if !status.State.Valid() {
		return OperationStatus{}, 0, resp.unreadable(fmt.Errorf("%w%s: %w", errUnknownStatus, word(status.State), ErrUnexpectedResponse))
	}
	return status, retryAfter(resp.Header, time.Now()), nil
}

// errUnknownStatus is a status that the document does not have: the service may have a new one that is
// not final.
var errUnknownStatus = errors.New("unknown request status")

// word is an unknown state in quotes if it looks like one: it may be any text of the service, as ErrorMessage.
func word(state gen.RequestState) string {
	if len(state) > 20 || strings.Trim(string(state), "ABCDEFGHIJKLMNOPQRSTUVWXYZ_") != "" {
		return ""
	}
	return fmt.Sprintf(" %q", string(state))
}

// upper reads a state that was sent in lower case.
func upper(state gen.RequestState) gen.RequestState {
	return gen.RequestState(strings.ToUpper(string(state)))
}

func (o *Operation) contractNumber() string {
	if o.contract == nil {
		return ""
	}
	return *o.contract
}
