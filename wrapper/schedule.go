package wrapper

import (
	"container/heap"
	"context"
	"sync"
	"time"
)

// maxPolls bounds the polls of one client that are on their way at the same time, where the service
// announces no burst. 10,000 operations of 30 s with 100 ms a poll need 170.
const maxPolls = 256

// pollSchedule is shared by all waits of one client, so that waiting leaves the announced rate to the
// program's other calls:
//
//   - A poll that found nothing new is followed by a gap: polls that only ask use at most a fifth of
//     X-RateLimit-Limit. After two in a row that each found the end of an operation there is none: many have
//     ended, and each poll is worth its request.
//   - While X-RateLimit-Remaining is below a tenth of the limit, polls use at most half of the rate, so
//     that it recovers.
//   - At most half of X-RateLimit-Burst are on their way.
//   - Of those that are due, the operation that was waited for longest comes first: it is the next to end.
//     One that was polled after PollPolicy.MaxDelay comes in turn with all others.
//
// Where no limit is announced, only maxPolls bounds them. The zero value is ready to use.
type pollSchedule struct {
	mu     sync.Mutex
	next   time.Time // no poll starts before
	flying int
	ends   int // polls in a row that found the end of an operation
	queue  turnQueue
	timer  *time.Timer
	limit  RateLimit // what the service announced last
	known  bool
}

// pollTurn is a poll that is due.
type pollTurn struct {
	rank  time.Time // the earliest comes first
	ready chan struct{}
	index int // in the queue; -1 when it has left it
}

// acquire returns when a poll may start. Whoever acquired must release.
func (s *pollSchedule) acquire(ctx context.Context, rank time.Time, limit *RateLimit) error {
	if err := ctxErr(ctx); err != nil {
		return err
	}
	turn := &pollTurn{rank: rank, ready: make(chan struct{})}
	s.mu.Lock()
	if limit != nil {
		s.limit, s.known = *limit, true
	}
	heap.Push(&s.queue, turn)
	s.admit()
	s.mu.Unlock()
	select {
	case <-turn.ready:
		return nil
	case <-ctx.Done():
		s.mu.Lock()
		defer s.mu.Unlock()
		if turn.index >= 0 {
			heap.Remove(&s.queue, turn.index)
		} else {
			s.flying--
		}
		s.admit()
		return ctxErr(ctx)
	}
}

// release ends a poll; ended is whether its operation has ended, and limit what its response announced.
func (s *pollSchedule) release(ended bool, limit *RateLimit) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.flying--
	if limit != nil {
		s.limit, s.known = *limit, true
	}
	if s.ends++; !ended {
		s.ends = 0
	}
	if s.ends >= 2 && !s.low() {
		s.next = time.Time{}
	}
	s.admit()
}

// low reports whether few requests are left for the program's other calls.
func (s *pollSchedule) low() bool {
	return s.known && s.limit.Limit > 0 && s.limit.Remaining >= 0 && s.limit.Remaining*10 < s.limit.Limit
}

// gap is the time between the starts of two polls.
func (s *pollSchedule) gap() time.Duration {
	switch {
	case !s.known || s.limit.Limit <= 0:
		return 0
	case s.low():
		return 2 * time.Minute / time.Duration(s.limit.Limit)
	}
	return 5 * time.Minute / time.Duration(s.limit.Limit)
}

func (s *pollSchedule) bound() int {
	if s.known && s.limit.Burst > 0 {
		return min(max(s.limit.Burst/2, 1), maxPolls)
	}
	return maxPolls
}

// admit starts what may start now, and sets the timer for the next.
func (s *pollSchedule) admit() {
	for len(s.queue) > 0 && s.flying < s.bound() {
		if wait := time.Until(s.next); wait > 0 {
			if s.timer == nil {
				s.timer = time.AfterFunc(wait, s.wake)
			} else {
				s.timer.Reset(wait)
			}
			return
		}
		turn := heap.Pop(&s.queue).(*pollTurn)
		s.flying++
		s.next = time.Now().Add(s.gap())
		close(turn.ready)
	}
	if s.timer != nil {
		s.timer.Stop()
	}
}

func (s *pollSchedule) wake() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.admit()
}

// turnQueue is a heap: whoever ranks first comes first.
type turnQueue []*pollTurn

func (q turnQueue) Len() int           { return len(q) }
func (q turnQueue) Less(i, j int) bool { return q[i].rank.Before(q[j].rank) }
func (q turnQueue) Swap(i, j int) {
	q[i], q[j] = q[j], q[i]
	q[i].index, q[j].index = i, j
}

func (q *turnQueue) Push(t any) {
	turn := t.(*pollTurn)
	turn.index = len(*q)
	*q = append(*q, turn)
}

func (q *turnQueue) Pop() any {
	last := len(*q) - 1
	turn := (*q)[last]
	(*q)[last] = nil
	*q = (*q)[:last]
	turn.index = -1
	return turn
}
