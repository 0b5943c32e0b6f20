package contract

import (
	"errors"
	"fmt"
	"net/http"
	"sync"
)

// DefaultBodyLimit is how much of a body is kept for the check: 16 MiB.
const DefaultBodyLimit = 16 << 20

// Checker checks traffic against one document. It is immutable and safe for concurrent use; create it with
// [New]. The zero value is not usable.
type Checker struct {
	document    *document
	coverage    *Coverage
	limit       int64
	noResponses bool
	tolerances  *Tolerances
}

// New returns a checker for an OpenAPI 3.0 document in YAML or JSON. A nil document is the embedded
// openapi.yaml, of the IONOS and Triton user management APIs.
//
//	checker, err := contract.New(document)
//	client := &http.Client{Transport: checker.Transport(nil, contract.ReportTo(t))}
//	...
//	err = checker.Coverage().Require(contract.Thresholds{Operations: 100})
//
// It returns an error if the document cannot be read, refers to something that is not there, or is not of
// version 3.0. References to other files are not followed. What OpenAPI allows and a check cannot use is left
// out: discriminators, and parameters in the styles label, matrix and deepObject. Traffic that uses the latter
// is reported as not checked.
func New(document []byte, options ...Option) (*Checker, error) {
	c := &Checker{limit: DefaultBodyLimit}
	if document == nil {
		c.document = embedded()
	} else {
		loaded, err := load(document)
		if err != nil {
			return nil, fmt.Errorf("contract: %w", err)
		}
		c.document = loaded
	}
	for _, option := range options {
		if option != nil {
			option(c)
		}
	}
	if c.coverage == nil {
		c.coverage = &Coverage{}
	}
	if !c.coverage.bind(c.document) {
		return nil, errors.New("contract: the coverage belongs to another document")
	}
	return c, nil
}

// Coverage is what the traffic of this checker has exercised: that of [WithCoverage], or its own.
func (c *Checker) Coverage() *Coverage { return c.coverage }

// Document returns title and version of the document.
func (c *Checker) Document() (title, version string) { return c.document.title, c.document.version }

// Transport is [Transport] for the checker's document.
func (c *Checker) Transport(next http.RoundTripper, report func(Finding)) http.RoundTripper {
	if next == nil {
		next = http.DefaultTransport
	}
	return &transport{next: next, checker: c.reportTo(report)}
}

// Handler is [Handler] for the checker's document.
func (c *Checker) Handler(next http.Handler, report func(Finding)) http.Handler {
	return &handler{next: next, checker: c.reportTo(report)}
}

// Option changes what a checker does.
type Option func(*Checker)

// WithCoverage records in coverage what is exercised. Many checkers of one document may share one.
func WithCoverage(coverage *Coverage) Option {
	return func(c *Checker) { c.coverage = coverage }
}

// WithBodyLimit checks bodies up to this many bytes, after decompression. 0 or less is
// [DefaultBodyLimit].
func WithBodyLimit(bytes int64) Option {
	return func(c *Checker) {
		c.limit = bytes
		if bytes <= 0 {
			c.limit = DefaultBodyLimit
		}
	}
}

// WithoutResponses leaves responses unchecked: for tests whose server misbehaves on purpose, while the
// client must not.
func WithoutResponses() Option {
	return func(c *Checker) { c.noResponses = true }
}

// checker is what all exchanges of one Transport or Handler share.
type checker struct {
	*Checker

	mu     sync.Mutex // one report at a time
	report func(Finding)
}

func (c *Checker) reportTo(report func(Finding)) *checker {
	if report == nil {
		report = func(Finding) {}
	}
	return &checker{Checker: c, report: report}
}

// newChecker is a checker for the embedded document. Only a coverage of another document can make it panic.
func newChecker(options []Option) *Checker {
	c, err := New(nil, options...)
	if err != nil {
		panic(err)
	}
	return c
}

func (c *checker) deliver(f Finding) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.report(f)
}
