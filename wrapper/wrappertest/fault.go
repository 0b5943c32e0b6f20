package wrappertest

import (
	"fmt"
	"net/http"
	"slices"
	"sync/atomic"
)

// Fault is a rule that makes a cloud misbehave. The first rule in force that
// applies to a request responds to it, and later rules do not count that request; a
// request that no rule applies to is served as usual.
//
//	lost := cloud.IONOS.Fault(wrappertest.Fault{
//		OperationID: wrappertest.UmUsersPost, Attempt: 1, After: true, Effect: wrappertest.ResetConnection(),
//	})
//
// creates the first user and then loses the response.
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
	// the response is affected. Otherwise most effects leave the state alone.
	After bool
	// Effect is what happens. It is required.
	Effect Effect
}

// Effect responds to a request in place of the cloud. carryOut does what the cloud
// would have done, once, and returns the response that it would have sent; an effect
// that does not call it leaves the cloud as it was. The cloud has read r before:
// a change of it makes no difference.
type Effect func(w http.ResponseWriter, r *http.Request, carryOut func() *Response)

// ActiveFault is a [Fault] in force.
type ActiveFault struct {
	side    *side
	id      int
	fault   Fault
	spec    FaultSpec
	matched atomic.Int64
	hits    atomic.Int64
}

// ID returns the number of the fault, which no other fault of its cloud has.
func (r *ActiveFault) ID() int { return r.id }

// Spec returns the fault in its JSON form. The Effect of a fault that was not added by
// [IONOS.AddFault] or [Triton.AddFault] is "custom".
func (r *ActiveFault) Spec() FaultSpec { return r.spec }

// Hits returns how many requests the fault was applied to.
func (r *ActiveFault) Hits() int { return int(r.hits.Load()) }

// Remove takes the fault out of force. Its count stays readable. A second call does nothing.
func (r *ActiveFault) Remove() {
	r.side.sideMu.Lock()
	defer r.side.sideMu.Unlock()
	r.side.rules = slices.DeleteFunc(slices.Clone(r.side.rules), func(other *ActiveFault) bool { return other == r })
}

// Fault puts a rule in force, after those that are. It panics if the fault has
// no Effect or an operation ID that the cloud does not have, since such a rule
// would never do anything.
func (s *side) Fault(fault Fault) *ActiveFault {
	return s.addFault(fault, FaultSpec{
		OperationID: fault.OperationID, Attempt: fault.Attempt, Times: fault.Times, After: fault.After, Effect: "custom",
	})
}

func (s *side) addFault(fault Fault, spec FaultSpec) *ActiveFault {
	if fault.Effect == nil {
		panic("wrappertest: fault without an effect")
	}
	s.mustKnow(fault.OperationID)
	s.sideMu.Lock()
	defer s.sideMu.Unlock()
	s.faults++
	rule := &ActiveFault{side: s, id: s.faults, fault: fault, spec: spec}
	s.rules = append(slices.Clone(s.rules), rule)
	return rule
}

// Faults returns the faults in force, in the order in which they are tried.
func (s *side) Faults() []*ActiveFault {
	s.sideMu.Lock()
	defer s.sideMu.Unlock()
	return slices.Clone(s.rules)
}

// ClearFaults takes all faults out of force.
func (s *side) ClearFaults() {
	s.sideMu.Lock()
	defer s.sideMu.Unlock()
	s.rules = nil
}

// OperationIDs returns the IDs of the documented operations that the cloud serves.
func (s *side) OperationIDs() []OperationID {
	var ids []OperationID
	for _, route := range s.routes {
		if !route.neighbour {
			ids = append(ids, route.operation)
		}
	}
	return ids
}

func (s *side) checkOperation(operation OperationID) error {
	known := func(route route) bool { return route.operation == operation }
	if operation == "" || slices.ContainsFunc(s.routes, known) {
		return nil
	}
	return fmt.Errorf("unknown operation ID %q", operation)
}

func (s *side) mustKnow(operation OperationID) {
	if err := s.checkOperation(operation); err != nil {
		panic("wrappertest: " + err.Error())
	}
}

// hit finds the rule for a request, counting its attempt.
func (s *side) hit(c *call) *ActiveFault {
	s.sideMu.Lock()
	rules := s.rules // replaced, never changed
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
	if f.OperationID != "" && f.OperationID != c.operation() || f.Match != nil && !f.Match(c.Request) {
		return false
	}
	first, times := max(f.Attempt, 1), f.Times
	if times == 0 && f.Attempt > 0 {
		times = 1
	}
	n := int(r.matched.Add(1))
	return n >= first && (times == 0 || n < first+times)
}
