package wrappertest

import (
	"net/http"
	"time"
)

// WithListLimit sets where Triton cuts the list of users, without a word. The default is the
// server's, 1000. 0 does not cut.
func WithListLimit(n int) Option {
	return func(c *Cloud) { c.Triton.listLimit = n }
}

// WithStaleReads makes Triton list and return users as they were up to this long ago, as a server
// does whose users are changed through another front end: there, up to a minute. A user who is
// deleted meanwhile is still listed, and getting it is a 500 without a code.
func WithStaleReads(age time.Duration) Option {
	return func(c *Cloud) { c.Triton.staleFor = age }
}

// SetReadOnly makes Triton reject every write until this time with 503 and a Retry-After that
// names the time, before anything is done. The zero time ends that.
func (c *Triton) SetReadOnly(until time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.readOnly = until
}

func (c *Triton) checkWritable(q *call) *tritonError {
	if q.Method == http.MethodGet || q.Method == http.MethodHead || !c.clock.now().Before(c.readOnly) {
		return nil
	}
	return &tritonError{http.StatusServiceUnavailable, "ServiceUnavailableError", "the service is read-only"}
}

// readable returns the users that reads see.
func (c *Triton) readable() *ordered[SubUser] {
	if c.staleFor == 0 {
		return &c.users
	}
	now := c.clock.now()
	if c.seen == nil || now.Sub(c.seenAt).Abs() >= c.staleFor {
		c.seen, c.seenAt = c.users.copy(), now
	}
	return c.seen
}
