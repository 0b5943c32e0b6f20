package contract

import (
	"sync"
)

// DefaultBodyLimit is how much of a body is kept for the check: 16 MiB.
const DefaultBodyLimit = 16 << 20

// Option changes what Transport and Handler do.
type Option func(*checker)

// WithCoverage notes in coverage what is exercised. Many transports and handlers may share one.
func WithCoverage(coverage *Coverage) Option {
	return func(c *checker) { c.coverage = coverage }
}

// WithBodyLimit checks bodies up to this many bytes, after decompression. 0 or less is
// [DefaultBodyLimit].
func WithBodyLimit(bytes int64) Option {
	return func(c *checker) {
		c.limit = bytes
		if bytes <= 0 {
			c.limit = DefaultBodyLimit
		}
	}
}

// RequestsOnly leaves the answers unchecked: for tests whose server misbehaves on purpose, while the
// client must not.
func WithoutResponses() Option {
	return func(c *checker) { c.requestsOnly = true }
}

// checker is what all exchanges of one Transport or Handler share.
type checker struct {
	document     *document
	coverage     *Coverage
	limit        int64
	requestsOnly bool

	mu     sync.Mutex // one report at a time
	report func(Finding)
}

func newChecker(report func(Finding), options []Option) *checker {
	c := &checker{document: embedded(), limit: DefaultBodyLimit, report: report}
	if report == nil {
		c.report = func(Finding) {}
	}
	for _, option := range options {
		if option != nil {
			option(c)
		}
	}
	return c
}

func (c *checker) deliver(f Finding) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.report(f)
}

func (c *checker) cover(i item) {
	if c.coverage != nil {
		c.coverage.add(i)
	}
}
