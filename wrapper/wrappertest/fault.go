package wrappertest

import (
	"net/http"
	"slices"
	"sync/atomic"
)

// Fault is a rule that makes a cloud misbehave. The first rule in force that
// applies to a request answers it, and later rules do not count that request; a
// request that no rule applies to is answered as usual.
//
//	lost := cloud.IONOS.Fault(wrappertest.Fault{
//		Operation: "umUsersPost", Attempt: 1, After: true, Effect: wrappertest.ResetConnection(),
//	})
//
// makes the first user and then loses the answer.
type Fault struct {
	// OperationID selects the requests of one operation. Empty matches every request,
	// unknown paths included.
	OperationID OperationID
	// Match narrows the rule further. Nil matches everything.
	Match func(*http.Request) bool
	// Attempt is the first matching request that is hit, counted from 1 since the
	// rule was set, and Times how many are hit from there on. Without Times an
	// Attempt means that one only; without either, every matching request is hit.
	Attempt, Times int
	// After carries the request out first: what it changes is changed, and only
	// the answer is affected. Otherwise most effects leave the state alone.
	After bool
	// Effect is what happens. It is required.
	Effect Effect
}

// Effect answers a request in place of the cloud. carryOut does what the cloud
// would have done, once, and gives the answer that it would have sent; an effect
// that does not call it leaves the cloud as it was. The cloud has read r before:
// a change of it makes no difference.
type Effect func(w http.ResponseWriter, r *http.Request, carryOut func() *Response)

// ActiveFault is a [Fault] in force.
type ActiveFault struct {
	fault   Fault
	matched atomic.Int64
	hits    atomic.Int64
	gone    atomic.Bool
}

// Hits is how many requests the fault was applied to.
func (r *ActiveFault) Hits() int { return int(r.hits.Load()) }

// Remove takes the rule out of force. Its count stays readable.
func (r *ActiveFault) Remove() { r.gone.Store(true) }

// Fault puts a rule in force, after those that are. It panics when the fault has
// no Effect or names an operation that the cloud does not have, since such a rule
// would never do anything.
func (s *side) Fault(fault Fault) *ActiveFault {
	if fault.Effect == nil {
		panic("wrappertest: fault without an effect")
	}
	s.mustKnow(fault.OperationID)
	rule := &ActiveFault{fault: fault}
	s.sideMu.Lock()
	defer s.sideMu.Unlock()
	s.rules = append(s.rules, rule)
	return rule
}

func (s *side) mustKnow(operation OperationID) {
	if operation == "" {
		return
	}
	for _, route := range s.routes {
		if route.operation == operation {
			return
		}
	}
	panic("wrappertest: unknown operation " + string(operation))
}

// hit finds the rule for a request, counting its attempt.
func (s *side) hit(c *call) *ActiveFault {
	s.sideMu.Lock()
	rules := slices.Clone(s.rules)
	s.sideMu.Unlock()
	// Without the lock: a Match may look at what the cloud has seen.
	for _, rule := range rules {
		if !rule.applies(c) {
			continue
		}
		rule.hits.Add(1)
		s.sideMu.Lock()
		defer s.sideMu.Unlock()
		c.record.Fault = true
		return rule
	}
	return nil
}

func (r *ActiveFault) applies(c *call) bool {
	f := r.fault
	if r.gone.Load() || f.OperationID != "" && f.OperationID != c.operation() || f.Match != nil && !f.Match(c.Request) {
		return false
	}
	first, times := max(f.Attempt, 1), f.Times
	if times == 0 && f.Attempt > 0 {
		times = 1
	}
	n := int(r.matched.Add(1))
	return n >= first && (times == 0 || n < first+times)
}
