package wrappertest

import (
	"sync/atomic"
	"time"
)

// clock is the time of both clouds: that of package time, moved ahead by Advance.
type clock struct{ ahead atomic.Int64 }

func (k *clock) now() time.Time { return time.Now().Add(time.Duration(k.ahead.Load())) }

// Advance moves the clock of both clouds ahead, in addition to the time that passes: accepted
// requests become DONE, tokens expire, windows of rate limits and stale reads end, and new dates
// are later. The Date of a signed request is still compared with the real time. A negative
// duration moves the clock back.
func (c *Cloud) Advance(by time.Duration) { c.clock.ahead.Add(int64(by)) }

// Now returns the time of both clouds.
func (c *Cloud) Now() time.Time { return c.clock.now() }
