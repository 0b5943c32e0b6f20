package wrapper

import (
	"context"
	"fmt"
	"net/http"
	"sync"
	"time"
)

// gate lets the attempts of one client through: not while the service wants a pause, and not
// more at a time than it says (X-RateLimit-Burst). The zero gate lets everything through.
type limiter struct {
	mu     sync.Mutex
	until  time.Time // the end of the pause
	burst  int       // 0: no bound known
	inside int
	queue  []chan struct{} // those who wait for a place, in order
	last   RateLimit
	known  bool // last was told by an answer
}

// enter returns when the attempt may be made. Whoever entered must leave.
func (g *limiter) enter(ctx context.Context) error {
	if err := g.waitUntilOpen(ctx); err != nil {
		return err
	}
	g.mu.Lock()
	if g.burst == 0 || g.inside < g.burst {
		g.inside++
		g.mu.Unlock()
		return nil
	}
	place := make(chan struct{})
	g.queue = append(g.queue, place)
	g.mu.Unlock()
	select {
	case <-place:
		// A pause may have begun while waiting.
		if err := g.waitUntilOpen(ctx); err != nil {
			g.leave()
			return err
		}
		return nil
	case <-ctx.Done():
		g.abandon(place)
		return ctxErr(ctx)
	}
}

func (g *limiter) waitUntilOpen(ctx context.Context) error {
	for {
		g.mu.Lock()
		pause := time.Until(g.until)
		g.mu.Unlock()
		if pause <= 0 {
			return ctxErr(ctx)
		}
		if deadline, ok := ctx.Deadline(); ok && time.Until(deadline) < pause {
			return fmt.Errorf("%w: the service asks all requests to wait for %s, past the deadline: %w",
				ErrRateLimited, pause.Round(time.Millisecond), context.DeadlineExceeded)
		}
		if err := sleep(ctx, pause); err != nil {
			return err
		}
	}
}

// abandon gives up a place in the queue, or the place itself if it came at the same moment.
func (g *limiter) abandon(place chan struct{}) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for i, waiting := range g.queue {
		if waiting == place {
			g.queue = append(g.queue[:i], g.queue[i+1:]...)
			return
		}
	}
	g.inside--
	g.admit()
}

func (g *limiter) leave() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.inside--
	g.admit()
}

// admit passes free places to those who wait longest. The caller holds the lock.
func (g *limiter) admit() {
	for len(g.queue) > 0 && (g.burst == 0 || g.inside < g.burst) {
		g.inside++
		close(g.queue[0])
		g.queue = g.queue[1:]
	}
}

// pause keeps every attempt of the client out until then.
func (g *limiter) block(until time.Time) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if until.After(g.until) {
		g.until = until
	}
}

// learn remembers what an answer said of rate limits.
func (g *limiter) learn(header http.Header) {
	limit, told := rateLimit(header)
	if !told {
		return
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	g.last, g.known = limit, true
	if limit.Burst > 0 {
		g.burst = limit.Burst
		g.admit()
	}
}

// seen is what the newest answer with rate limits said, nil if there was none.
func (g *limiter) seen() *RateLimit {
	g.mu.Lock()
	defer g.mu.Unlock()
	if !g.known {
		return nil
	}
	last := g.last
	return &last
}
