package wrapper

import (
	"container/heap"
	"context"
	"errors"
	"sync"
	"time"
)

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
			g.ended(ctx, r)
		case <-g.waiting.due(g.polling < maxPolls):
		case <-g.waiting.interrupted(ctx):
		}
	}
}

// ended takes the result of a poll.
func (g *groupWait) ended(ctx context.Context, r pollResult) {
	g.polling--
	switch {
	case r.panicked != nil:
		g.panicked = r.panicked
	case r.err != nil:
		g.errs[r.w.index] = r.err
	case !r.w.ended:
		g.queue(ctx, r.w)
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
