package contract

import (
	"cmp"
	"slices"
	"strings"
	"sync"
)

// The kinds of things that coverage counts.
const (
	operations         = "operations"          // every operation
	statuses           = "statuses"            // every documented status of every operation, those that a default response lists included
	parameters         = "parameters"          // every parameter of every operation
	requestProperties  = "request properties"  // every property of every schema that a request can hold, except read-only ones
	responseProperties = "response properties" // every property of every schema that a response can hold
)

var kinds = []string{operations, statuses, parameters, requestProperties, responseProperties}

// item is one thing that can be exercised, such as {statuses, "umUsersGet 404"}.
type item struct{ kind, name string }

// Coverage records which operations, statuses, parameters and properties of a document were exercised. The
// zero value is ready, for the embedded document or that of the first checker that uses it; it is safe for
// concurrent use.
//
//	var coverage contract.Coverage
//	client := &http.Client{Transport: contract.Transport(nil, contract.ReportTo(t), contract.WithCoverage(&coverage))}
//	...
//	err := coverage.Only("/um", "/requests").Require(contract.Thresholds{Operations: 100})
//
// Statuses are counted for each operation, with the codes that a default response lists. Properties
// are counted for each schema, requests and responses apart, wherever the schema is used, and once for each
// body that has them.
type Coverage struct {
	mu       sync.Mutex
	document *document
	counts   []int // by the document's items
	prefixes []string
}

// bind sets the document. It returns false if there is another one already.
func (c *Coverage) bind(d *document) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.document == nil {
		c.document, c.counts = d, make([]int, len(d.items))
	}
	return c.document == d
}

// bound is the document, the embedded one if no checker has set another.
func (c *Coverage) bound() *document {
	c.mu.Lock()
	d := c.document
	c.mu.Unlock()
	if d == nil {
		c.bind(embedded())
		return c.bound()
	}
	return d
}

func (c *Coverage) add(items ...int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, i := range items {
		c.counts[i]++
	}
}

// snapshot is what was exercised, and how often.
func (c *Coverage) snapshot() map[item]int {
	d := c.bound()
	c.mu.Lock()
	defer c.mu.Unlock()
	hits := map[item]int{}
	for i, times := range c.counts {
		if times > 0 {
			hits[d.items[i]] = times
		}
	}
	return hits
}

// Merge adds what other has recorded. Names that c's document does not have are left out.
func (c *Coverage) Merge(other *Coverage) {
	hits, d := other.snapshot(), c.bound()
	c.mu.Lock()
	defer c.mu.Unlock()
	for i, times := range hits {
		if at, ok := d.index[i]; ok {
			c.counts[at] += times
		}
	}
}

// Only returns the coverage of those operations whose path is one of these or below it, as it is now, and of
// what they use: Only("/um", "/requests") is IONOS, and Only("/{account}") is Triton. Without paths, it
// returns the coverage of everything.
func (c *Coverage) Only(paths ...string) *Coverage {
	d := c.bound()
	c.mu.Lock()
	defer c.mu.Unlock()
	return &Coverage{document: d, counts: slices.Clone(c.counts), prefixes: slices.Concat(c.prefixes, paths)}
}

// items is everything that there is to exercise, of each kind in order.
func (c *Coverage) items() map[string][]int {
	d := c.bound()
	included := map[int]bool{}
	for _, o := range d.operations {
		if !c.includes(o) {
			continue
		}
		included[o.item] = true
		for _, at := range o.statusItems {
			included[at] = true
		}
		for _, p := range o.parameters {
			included[p.item] = true
		}
		for _, at := range o.properties {
			included[at] = true
		}
	}
	all := map[string][]int{}
	for at := range included {
		kind := d.items[at].kind
		all[kind] = append(all[kind], at)
	}
	for _, list := range all {
		slices.SortFunc(list, func(a, b int) int { return cmp.Compare(d.items[a].name, d.items[b].name) })
	}
	return all
}

func (c *Coverage) includes(o *operation) bool {
	return len(c.prefixes) == 0 || slices.ContainsFunc(c.prefixes, func(prefix string) bool { return below(o.path, prefix) })
}

func below(path, prefix string) bool {
	rest, ok := strings.CutPrefix(path, strings.TrimSuffix(prefix, "/"))
	return ok && (rest == "" || rest[0] == '/')
}
