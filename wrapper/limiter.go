package wrapper

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"sync"
	"time"
)

const (
	// firstInterval is the time between two attempts after the first 429, or MinDelay of the
	// retry policy if that is shorter.
	firstInterval = 200 * time.Millisecond
	// maxInterval bounds it, as does MaxDelay of the retry policy.
	maxInterval = 2 * time.Second
	// minInterval is what is too short to matter.
	minInterval = 5 * time.Millisecond
)

// limiter lets the attempts of one client through, first come, first served: none while the
// service wants none, no more at a time than it says (X-RateLimit-Burst), and, after a 429, one by
// one, with an interval that grows with each further 429 and shrinks with each other response.
// The zero limiter lets everything through.
type limiter struct {
	mu       sync.Mutex
	until    time.Time     // no attempt starts before
	interval time.Duration // between two starts; 0 is none
	slowed   time.Time     // when interval last grew
	first    time.Duration // interval after the first 429; 0 never slows down
	longest  time.Duration // bounds interval
	burst    int           // 0: no bound known
	inside   int
	queue    []*turn
	timer    *time.Timer // admits when until has come
	last     RateLimit
	known    bool // a response has set last
}

// turn is an attempt that waits.
type turn struct {
	start    chan error // nil: go ahead
	deadline time.Time  // zero if there is none
}

// enter returns when the attempt may be made. Whoever entered must leave.
func (g *limiter) enter(ctx context.Context) error {
	if err := ctxErr(ctx); err != nil {
		return err
	}
	deadline, _ := ctx.Deadline()
	waiting := &turn{deadline: deadline}
	g.mu.Lock()
	if err := g.tooLate(waiting); err != nil {
		g.mu.Unlock()
		return err
	}
	if len(g.queue) == 0 && g.free() && !time.Now().Before(g.until) {
		g.begin()
		g.mu.Unlock()
		return nil
	}
	waiting.start = make(chan error, 1)
	g.queue = append(g.queue, waiting)
	g.admit()
	g.mu.Unlock()
	select {
	case err := <-waiting.start:
		return err
	case <-ctx.Done():
		g.abandon(waiting)
		return ctxErr(ctx)
	}
}

// tooLate is why an attempt need not wait: its deadline comes first.
func (g *limiter) tooLate(t *turn) error {
	if t.deadline.IsZero() || !t.deadline.Before(g.until) {
		return nil
	}
	wait := time.Until(g.until).Round(time.Millisecond)
	return fmt.Errorf("%w: the service wants no request for %s, past the deadline: %w", ErrRateLimited, wait, context.DeadlineExceeded)
}

// free reports whether one more attempt may be on its way.
func (g *limiter) free() bool { return g.burst == 0 || g.inside < g.burst }

// begin counts an attempt that starts now.
func (g *limiter) begin() {
	g.inside++
	if g.interval > 0 {
		g.until = time.Now().Add(g.interval)
	}
}

// abandon gives up a turn, or the place itself if it came at the same moment.
func (g *limiter) abandon(waiting *turn) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if i := slices.Index(g.queue, waiting); i >= 0 {
		g.queue = slices.Delete(g.queue, i, i+1)
	} else if err := <-waiting.start; err == nil {
		g.inside--
	}
	g.admit()
}

func (g *limiter) leave() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.inside--
	g.admit()
}

// admit starts those who wait longest, and sets the timer for the next.
func (g *limiter) admit() {
	for len(g.queue) > 0 && g.free() {
		if wait := time.Until(g.until); wait > 0 {
			if g.timer == nil {
				g.timer = time.AfterFunc(wait, g.wake)
			} else {
				g.timer.Reset(wait)
			}
			return
		}
		g.begin()
		g.queue[0].start <- nil
		g.queue[0] = nil
		g.queue = g.queue[1:]
	}
	if g.timer != nil {
		g.timer.Stop()
	}
}

func (g *limiter) wake() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.admit()
}

// block keeps every attempt of the client out until then. Those who cannot wait so long learn it now.
func (g *limiter) block(until time.Time) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if !until.After(g.until) {
		return
	}
	g.until = until
	g.queue = slices.DeleteFunc(g.queue, func(t *turn) bool {
		err := g.tooLate(t)
		if err != nil {
			t.start <- err
		}
		return err != nil
	})
	g.admit()
}

// learn takes what a response to an attempt of that time says of rate limits.
func (g *limiter) learn(resp *http.Response, started time.Time) {
	limit, told := rateLimit(resp.Header)
	limited := resp.StatusCode == http.StatusTooManyRequests || resp.StatusCode == statusEnhanceYourCalm
	g.mu.Lock()
	defer g.mu.Unlock()
	if told {
		g.last, g.known = limit, true
		if limit.Burst > 0 {
			g.burst = limit.Burst
			g.admit()
		}
	}
	switch {
	case !limited:
		g.interval -= g.interval / 16
	case started.After(g.slowed):
		// Of many that started together only the first counts: they all met the same limit.
		g.interval = min(max(2*g.interval, g.first), g.longest)
		g.slowed = time.Now()
	}
	if g.interval < minInterval {
		g.interval = 0
	}
}

// seen is what the newest response with rate limits said, nil if there was none.
func (g *limiter) seen() *RateLimit {
	g.mu.Lock()
	defer g.mu.Unlock()
	if !g.known {
		return nil
	}
	last := g.last
	return &last
}
