package wrapper

import (
	"container/heap"
	"context"
	"errors"
	"fmt"
	"iter"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/cloudroster/cloudroster/gen"
)

// PollPolicy says how often Wait and Watch look at an operation. The zero value is the default.
// A Retry-After of the service, on the 202 or on a poll, wins over it once.
type PollPolicy struct {
	// Min is the shortest pause. 0 is 500 ms.
	MinDelay time.Duration
	// Max is the longest pause. 0 is 15 s.
	MaxDelay time.Duration
	// Share makes the pause grow: it is this part of the time waited so far. 0 is 0.2.
	//
	// No pace can notice the end of every operation within 0.5 s or 15 % of its duration (15 s
	// at most) with fewer than 65 polls in 10 minutes. This one needs 60, and is within that
	// bound on average; the worst case between 2.5 s and 75 s is 20 %.
	Growth float64
}

func (p PollPolicy) withDefaults() PollPolicy {
	if p.MinDelay == 0 {
		p.MinDelay = 500 * time.Millisecond
	}
	if p.MaxDelay == 0 {
		p.MaxDelay = 15 * time.Second
	}
	if p.Growth == 0 {
		p.Growth = 0.2
	}
	return p
}

func (p PollPolicy) check() error {
	if p.MinDelay < 0 || p.MaxDelay < 0 || p.Growth < 0 {
		return invalid("poll pace", "is negative")
	}
	return nil
}

// pause is the time until the next poll. It is shortened by up to 2 %, so that the waits of
// many programs that began together drift apart.
func (p PollPolicy) pause(waited time.Duration) time.Duration {
	pause := min(max(time.Duration(float64(waited)*p.Growth), p.MinDelay), p.MaxDelay)
	return pause - time.Duration(rand.Int64N(int64(pause)/50+1))
}

const (
	// maxPollFailures polls in a row may fail for a passing reason, each after its own retries.
	maxPollFailures = 5
	// unknownGrace is how long the service may not know a request that it accepted.
	unknownGrace = 30 * time.Second
	// concurrentPolls bounds the polls of one Wait that are on their way at the same time.
	concurrentPolls = 8
)

// Wait returns when the operation has ended: nil if it is done, an [*OperationError] if it, or
// one of its targets, failed, or if the wait ended before it did.
//
// ctx is the only clock: without a deadline Wait waits as long as it takes. Polls that fail for
// a passing reason (429, 5xx, a lost connection, a 404 in the first 30 seconds) are made again;
// 401, 403, a Retry-After beyond RetryPolicy.MaxRetryAfter and answers that make no sense end
// the wait. At most one poll is on its way.
func (o *Operation) Wait(ctx context.Context) error {
	for _, err := range o.Watch(ctx) {
		if err != nil {
			return err
		}
	}
	return nil
}

// Watch is Wait with its progress: it yields each status that differs from the one before, the
// last one included. An error comes once, with the newest status, and ends it.
//
//	for status, err := range operation.Watch(ctx) {
//		if err != nil {
//			return err
//		}
//		fmt.Println(status.State) // QUEUED, RUNNING, DONE
//	}
//
// After a break nothing more is asked. Every range over the result asks anew.
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

// Wait waits for many operations with a few requests at a time and no goroutine each. It
// returns when all have ended, with the errors of those that did not succeed joined; each is an
// [*OperationError]. The same operation given twice is asked for once; a nil one is an error.
func WaitAll(ctx context.Context, operations ...*Operation) error {
	var (
		waiting waitQueue
		errs    []error
		polling int
		results = make(chan pollResult)
		known   = map[operationKey]bool{}
	)
	queue := func(w *waiter) {
		if err := w.inTime(ctx); err != nil {
			errs = append(errs, w.interrupted(err))
			return
		}
		heap.Push(&waiting, w)
	}
	for _, o := range operations {
		if key := o.key(); !known[key] && !o.done() {
			known[key] = true
			queue(newWaiter(o))
		}
	}
	for {
		if ctx.Err() != nil {
			for _, w := range waiting {
				errs = append(errs, w.interrupted(ctxErr(ctx)))
			}
			waiting = nil
		}
		if len(waiting) == 0 && polling == 0 {
			return errors.Join(errs...)
		}
		for polling < concurrentPolls && len(waiting) > 0 && !waiting[0].next.After(time.Now()) {
			w := heap.Pop(&waiting).(*waiter)
			polling++
			go func() {
				_, err := w.poll(ctx)
				results <- pollResult{w, err}
			}()
		}
		select {
		case r := <-results:
			polling--
			switch {
			case r.err != nil:
				errs = append(errs, r.err)
			case !r.w.ended:
				queue(r.w)
			}
		case <-waiting.due(polling < concurrentPolls):
		case <-waiting.interrupted(ctx):
		}
	}
}

type pollResult struct {
	w   *waiter
	err error
}

// operationKey tells operations apart.
type operationKey struct {
	client       *IONOS
	id, contract string
}

func (o *Operation) key() operationKey {
	if o == nil {
		return operationKey{}
	}
	return operationKey{o.client, o.id, o.contractNumber()}
}

// waitQueue is a heap: whoever is due first comes first.
type waitQueue []*waiter

func (q waitQueue) Len() int           { return len(q) }
func (q waitQueue) Less(i, j int) bool { return q[i].next.Before(q[j].next) }
func (q waitQueue) Swap(i, j int)      { q[i], q[j] = q[j], q[i] }
func (q *waitQueue) Push(w any)        { *q = append(*q, w.(*waiter)) }
func (q *waitQueue) Pop() any {
	last := len(*q) - 1
	w := (*q)[last]
	(*q)[last] = nil
	*q = (*q)[:last]
	return w
}

// due fires when the first may be polled; never if there is no room for it.
func (q waitQueue) due(room bool) <-chan time.Time {
	if !room || len(q) == 0 {
		return nil
	}
	return time.After(time.Until(q[0].next))
}

// interrupted fires when ctx ends while somebody waits for a turn.
func (q waitQueue) interrupted(ctx context.Context) <-chan struct{} {
	if len(q) == 0 {
		return nil
	}
	return ctx.Done()
}

// waiter is the state of waiting for one operation.
type waiter struct {
	operation *Operation
	began     time.Time
	next      time.Time     // when to poll
	told      time.Duration // the pause that the service asked for, 0 if none
	seen      OperationStatus
	failures  int // in a row
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
		retryAfter = w.operation.client.pace.pause(now.Sub(w.began))
	}
	w.next = now.Add(retryAfter)
}

// inTime tells that there will be no next poll when the service asks for a pause past the
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

// poll asks once. It reports whether the status is another than before; an error is final.
func (w *waiter) poll(ctx context.Context) (changed bool, err error) {
	status, retryAfter, err := w.operation.ask(ctx)
	if err != nil {
		if ctx.Err() != nil || !w.transient(err) {
			return false, w.interrupted(err)
		}
		var failed *Error
		if errors.As(err, &failed) {
			retryAfter = failed.RetryAfter
		}
		w.plan(retryAfter)
		return false, nil
	}
	w.failures = 0
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

// passing tells a poll that is worth repeating from one that is not.
func (w *waiter) transient(err error) bool {
	var failed *Error
	if !errors.As(err, &failed) {
		return false
	}
	unsent, mayPass := notSent(err)
	switch {
	case failed.RetryAfter > w.operation.client.transport.retry.MaxRetryAfter:
		return false // a wait without a deadline would sleep for weeks
	case failed.Status == http.StatusNotFound:
		return time.Since(w.began) < unknownGrace
	case failed.Status == 0 && unsent && !mayPass,
		failed.Status >= 200 && failed.Status < 300 && (errors.Is(err, ErrUnexpectedResponse) || errors.Is(err, ErrResponseTooLarge)):
		return false
	case failed.Status == 0, failed.Status < 300, failed.Is(ErrRateLimited), failed.Is(ErrUnavailable):
		w.failures++
		return w.failures <= maxPollFailures
	}
	return false
}

// interrupted is the error that ends a wait.
func (w *waiter) interrupted(err error) error {
	if errors.Is(err, errNilOperation) || errors.Is(err, errNoLocation) {
		return err
	}
	return &OperationError{ID: w.operation.ID(), Status: w.seen, Err: err}
}

// ask is Status with the pause that the service asks for, 0 if it names none.
func (o *Operation) ask(ctx context.Context) (OperationStatus, time.Duration, error) {
	switch {
	case o == nil || o.client == nil:
		return OperationStatus{}, 0, errNilOperation
	case o.done():
		return OperationStatus{State: gen.RequestStateDone}, 0, nil
	case o.unlocated:
		return OperationStatus{}, 0, errNoLocation
	}
	if err := checkRequestID(o.id); err != nil {
		return OperationStatus{}, 0, err
	}
	r, err := gen.NewGetRequestStatusRequest(o.client.server, o.id, nil)
	if contract := o.contractNumber(); err == nil && contract != "" {
		r.Header.Set("X-Contract-Number", contract)
	}
	resp, err := o.client.send(ctx, call{operation: "requestsStatusGet", request: r, err: err})
	if err != nil {
		return OperationStatus{}, 0, err
	}
	defer resp.release()
	answer, err := decode[gen.RequestStatus](resp, o.id)
	if err != nil {
		return OperationStatus{}, 0, err
	}
	status := OperationStatus{State: upper(answer.Metadata.Status), ErrorMessage: answer.Metadata.Message, Targets: answer.Metadata.Targets}
	if status.ErrorMessage != "" {
		status.ErrorMessage = redactor(resp.Request).Replace(status.ErrorMessage)
	}
	for i := range status.Targets {
		status.Targets[i].Status = upper(status.Targets[i].Status)
	}
	if !status.State.Valid() {
		return OperationStatus{}, 0, resp.unexpected(fmt.Sprintf("unknown request status %q", printable(string(answer.Metadata.Status))))
	}
	return status, retryAfter(resp.Header, time.Now()), nil
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
