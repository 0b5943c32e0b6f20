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
// Where no limit is announced, only maxPolls bounds them.
type pollSchedule struct {
	limiter *limiter // knows what the service announced last

	mu     sync.Mutex
	next   time.Time // no poll starts before
	flying int
	ends   int // polls in a row that found the end of an operation
	queue  turnQueue
	timer  *time.Timer
}

// pollTurn is a poll that is due.
type pollTurn struct {
	rank  time.Time // the earliest comes first
	ready chan struct{}
	index int // in the queue; -1 when it has left it
}

// acquire returns when a poll may start. Whoever acquired must release.
func (s *pollSchedule) acquire(ctx context.Context, rank time.Time) error {
	if err := ctxErr(ctx); err != nil {
		return err
	}
	turn := &pollTurn{rank: rank, ready: make(chan struct{})}
	s.mu.Lock()
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

// release ends a poll; ended is whether its operation has ended.
func (s *pollSchedule) release(ended bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.flying--
	if s.ends++; !ended {
		s.ends = 0
	}
	if s.ends >= 2 && !isLow(s.limiter.seen()) {
		s.next = time.Time{}
	}
	s.admit()
}

// isLow reports whether few requests are left for the program's other calls. A nil limit is not known.
func isLow(limit *RateLimit) bool {
	return limit != nil && limit.Limit > 0 && limit.Remaining >= 0 && limit.Remaining*10 < limit.Limit
}

// pollGap is the time between the starts of two polls.
func pollGap(limit *RateLimit) time.Duration {
	switch {
	case limit == nil || limit.Limit <= 0:
		return 0
	case isLow(limit):
		return 2 * time.Minute / time.Duration(limit.Limit)
	}
	return 5 * time.Minute / time.Duration(limit.Limit)
}

// pollBound is how many polls may be on their way.
func pollBound(limit *RateLimit) int {
	if limit != nil && limit.Burst > 0 {
		return min(max(limit.Burst/2, 1), maxPolls)
	}
	return maxPolls
}

// admit starts what may start now, and sets the timer for the next.
func (s *pollSchedule) admit() {
	limit := s.limiter.seen()
	for len(s.queue) > 0 && s.flying < pollBound(limit) {
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
		s.next = time.Now().Add(pollGap(limit))
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
