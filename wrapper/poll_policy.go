package wrapper

import (
	"math"
	"math/rand/v2"
	"time"
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
	return delay - jitter(delay/50)
}

// jitter is a random duration from 0 to limit.
func jitter(limit time.Duration) time.Duration {
	return time.Duration(rand.Int64N(int64(max(limit, 0)) + 1)) // #nosec G404 -- protects nothing
}
