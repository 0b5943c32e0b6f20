package wrappertest

import (
	"net/http"
	"time"
)

// Outcome says how an accepted IONOS change turns out. The zero value of every
// field means the usual course.
type Outcome struct {
	// OperationID is the ID of the write. Empty means any.
	OperationID OperationID
	// Failed ends the request as FAILED with Message.
	Failed  bool
	Message string
	// FailedTargets ends the request as DONE while its targets are FAILED.
	FailedTargets bool
	// Unmade does not make the change: the answer is as usual, the state is not
	// touched. Otherwise even a failed request leaves its change behind, since
	// changes are visible as soon as they are accepted.
	NotApplied bool
	// Never keeps the request RUNNING for ever.
	NeverEnds bool
	// Unknown is for how long the status answers 404 after the change was accepted.
	NotFoundFor time.Duration
	// Queued and Running take the place of [WithRequestTimes] where not zero.
	Queued, Running time.Duration
}

// Next sets the outcome of the next accepted change, or of the next one of
// Outcome.Operation. Each call counts for one change, in order. It panics when the
// operation is not one of IONOS's.
func (c *IONOS) Next(outcome Outcome) {
	c.mustKnow(outcome.OperationID)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.outcomes = append(c.outcomes, &outcome)
}

// FailNext lets the request of the next accepted change end as FAILED, without
// the change, and with this message.
func (c *IONOS) FailNext(message string) {
	c.Next(Outcome{Failed: true, NotApplied: true, Message: message})
}

// target is a thing that an accepted request changes.
type target struct{ kind, id, at string }

// acceptance is an accepted request. Its status follows from the time that has
// passed: nothing runs in the background.
type acceptance struct {
	at      time.Time
	outcome Outcome
	targets []target
	path    string
}

func (c *IONOS) outcomeFor(operation OperationID) (int, *Outcome) {
	for i, outcome := range c.outcomes {
		if outcome.OperationID == "" || outcome.OperationID == operation {
			return i, outcome
		}
	}
	return -1, nil
}

// undoFor is the state to go back to when the coming change is not to be made.
func (c *IONOS) undoFor(q *call) *ionosState {
	if q.Method == http.MethodGet {
		return nil
	}
	if _, outcome := c.outcomeFor(q.operation()); outcome != nil && outcome.NotApplied {
		return c.state.copy()
	}
	return nil
}

// accept files a request for an accepted change and returns its status URL.
func (c *IONOS) accept(q *call, targets []target) string {
	request := &acceptance{at: time.Now(), targets: targets}
	if i, outcome := c.outcomeFor(q.operation()); outcome != nil {
		request.outcome = *outcome
		c.outcomes = append(c.outcomes[:i:i], c.outcomes[i+1:]...)
	}
	if request.outcome.Queued == 0 {
		request.outcome.Queued = c.queued
	}
	if request.outcome.Running == 0 {
		request.outcome.Running = c.running
	}
	id := newID()
	request.path = "/requests/" + id + "/status"
	c.filed[id] = request
	return q.root + request.path
}

// status is the request's status, its targets' status, and its message.
func (a *acceptance) status(now time.Time) (request, target, message string) {
	o, passed := a.outcome, now.Sub(a.at)
	switch {
	case passed < o.Queued:
		return "QUEUED", "QUEUED", "the request waits for its turn"
	case o.NeverEnds, passed < o.Queued+o.Running:
		return "RUNNING", "RUNNING", "the request is being carried out"
	case o.Failed:
		return "FAILED", "FAILED", o.Message
	case o.FailedTargets:
		return "DONE", "FAILED", o.Message
	}
	return "DONE", "DONE", "the request has been carried out"
}

func (c *IONOS) requestStatus(q *call) (*result, error) {
	id := q.params[0]
	request, found := c.filed[id]
	now := time.Now()
	if !found || now.Sub(request.at) < request.outcome.NotFoundFor {
		return nil, missing("request " + id)
	}
	status, targetStatus, message := request.status(now)
	targets := []object{}
	for _, t := range request.targets {
		targets = append(targets, object{
			{"target", q.reference(t.kind, t.id, t.at)},
			{"status", targetStatus},
		})
	}
	metadata := object{{"status", status}}.with("message", message)
	metadata = append(metadata, member{"etag", etag}, member{"targets", targets})
	return ok(append(q.reference("request-status", id+"/status", request.path), member{"metadata", metadata}))
}
