package wrapper

import (
	"container/heap"
	"context"
	"errors"
	"fmt"
	"iter"
	"math"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/cloudroster/cloudroster/gen"
)

// PollPolicy sets the delay between two polls of an operation. The zero value is the default.
//
// A Retry-After of the service, on the 202 or on a poll, replaces the delay once. The waits of one client
// share the rate that the service announces, so a poll may start later than its delay; see [WaitAll].
type PollPolicy struct {
	// MinDelay is the shortest delay. 0 means 500 ms.
	MinDelay time.Duration
	// MaxDelay is the longest delay. 0 means 15 s.
	MaxDelay time.Duration
	// Growth is the next delay as a fraction of the elapsed time. 0 means 0.2.
	//
	// No delays can notice the end of every operation within 0.5 s or 15 % of its duration (15 s
	// at most) with fewer than 65 polls in 10 minutes. These need 60, and stay within that
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
		return invalid("poll policy", "is negative")
	}
	if math.IsNaN(p.Growth) || math.IsInf(p.Growth, 0) {
		return invalid("poll policy", "Growth must be a finite number")
	}
	return nil
}

// delay is the time until the next poll. It is shortened by up to 2 %, so that the waits of
// many programs that began together drift apart.
func (p PollPolicy) delay(elapsed time.Duration) time.Duration {
	delay := p.MaxDelay
	// A product beyond what a Duration can hold would turn negative, and the wait into a hot loop.
	if grown := float64(elapsed) * p.Growth; grown < float64(p.MaxDelay) {
		delay = max(time.Duration(grown), min(p.MinDelay, p.MaxDelay))
	}
	return delay - time.Duration(rand.Int64N(int64(delay)/50+1))
}

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

// WaitAll waits for many operations. It returns when all have ended, with the errors of those that did not
// succeed joined; each is an [*OperationError]. The same operation given twice is polled once; a nil one is
// an error. Errors are in the order of the operations.
//
// All waits of a client share one schedule, those of Wait and Watch included. Where the service announces a
// rate (X-RateLimit-Limit), polls that find nothing new use at most a fifth of it, and at most half while few
// requests remain, so that the program's other calls are not held up; the operation that was waited for
// longest is polled first. At most half of the announced burst, and 256, polls are on their way. Writing
// first and waiting for everything together takes the fewest polls: about one an operation.
func WaitAll(ctx context.Context, operations ...*Operation) error {
	var (
		errs    = make([]error, len(operations))
		known   = map[operationKey]bool{}
		clients = map[*IONOS]*groupWait{}
		order   []*groupWait
	)
	for i, o := range operations {
		key := o.key()
		if known[key] || o.done() {
			continue
		}
		known[key] = true
		if o == nil || o.client == nil {
			errs[i] = errNilOperation
			continue
		}
		g := clients[o.client]
		if g == nil {
			g = &groupWait{errs: errs, results: make(chan pollResult)}
			clients[o.client] = g
			order = append(order, g)
		}
		w := newWaiter(o)
		w.index = i
		g.queue(ctx, w)
	}
	var running sync.WaitGroup
	for _, g := range order {
		running.Go(func() { g.run(ctx) })
	}
	running.Wait()
	for _, g := range order {
		if g.panicked != nil {
			panic(g.panicked)
		}
	}
	return errors.Join(errs...)
}

// groupWait waits for the operations of one client.
type groupWait struct {
	waiting  waitQueue
	polling  int
	results  chan pollResult
	errs     []error // of all operations; each waiter has its own place
	panicked any     // what a poll panicked with: user code runs in it
}

type pollResult struct {
	w        *waiter
	err      error
	panicked any
}

// queue plans the next poll of an operation, or ends its wait.
func (g *groupWait) queue(ctx context.Context, w *waiter) {
	if err := w.inTime(ctx); err != nil {
		g.errs[w.index] = w.interrupted(err)
		return
	}
	heap.Push(&g.waiting, w)
}

func (g *groupWait) run(ctx context.Context) {
	for {
		if ctx.Err() != nil || g.panicked != nil {
			for _, w := range g.waiting {
				g.errs[w.index] = w.interrupted(ctxErr(ctx))
			}
			g.waiting = nil
		}
		if len(g.waiting) == 0 && g.polling == 0 {
			return
		}
		for g.polling < maxPolls && len(g.waiting) > 0 && !g.waiting[0].next.After(time.Now()) {
			g.polling++
			go g.poll(ctx, heap.Pop(&g.waiting).(*waiter))
		}
		select {
		case r := <-g.results:
			g.polling--
			switch {
			case r.panicked != nil:
				g.panicked = r.panicked
			case r.err != nil:
				g.errs[r.w.index] = r.err
			case !r.w.ended:
				g.queue(ctx, r.w)
			}
		case <-g.waiting.due(g.polling < maxPolls):
		case <-g.waiting.interrupted(ctx):
		}
	}
}

// errPollExit is the end of a poll in which the caller's code, a token source or an http.RoundTripper,
// has called runtime.Goexit.
var errPollExit = errors.New("the poll ended its goroutine")

func (g *groupWait) poll(ctx context.Context, w *waiter) {
	result := pollResult{w: w, err: w.interrupted(errPollExit)}
	defer func() {
		result.panicked = recover()
		g.results <- result
	}()
	_, result.err = w.poll(ctx)
}

// operationKey tells operations apart.
type operationKey struct {
	client       *IONOS
	id, contract string
	itself       *Operation // one that has no id is like no other
}

func (o *Operation) key() operationKey {
	if o == nil {
		return operationKey{}
	}
	key := operationKey{client: o.client, id: o.id, contract: o.contractNumber()}
	if o.id == "" || o.invalid != nil {
		key.itself = o
	}
	return key
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

func (w *waiter) scheduled(ctx context.Context) (status OperationStatus, retryAfter time.Duration, err error) {
	client := w.operation.client
	if w.operation.done() {
		return w.operation.ask(ctx) // no end of ctx makes it undone
	}
	if err := client.polls.acquire(ctx, w.rank(), client.RateLimit()); err != nil {
		return OperationStatus{}, 0, err
	}
	defer func() {
		w.last = time.Now()
		client.polls.release(status.Done(), client.RateLimit())
	}()
	return w.operation.ask(ctx)
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

// ask is Status with the delay that the service asks for, 0 if it names none.
func (o *Operation) ask(ctx context.Context) (OperationStatus, time.Duration, error) {
	if err := o.pollable(); err != nil {
		return OperationStatus{}, 0, err
	}
	if o.done() {
		return OperationStatus{State: gen.RequestStateDone}, 0, nil
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
	body, err := decode[gen.RequestStatus](resp, o.id)
	if err != nil {
		return OperationStatus{}, 0, err
	}
	status := OperationStatus{State: upper(body.Metadata.Status), ErrorMessage: body.Metadata.Message, Targets: body.Metadata.Targets}
	if status.ErrorMessage != "" {
		status.ErrorMessage = redactor(resp.Request).Replace(status.ErrorMessage)
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
