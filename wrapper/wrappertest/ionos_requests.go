package wrappertest

import (
	"cmp"
	"encoding/json"
	"net/http"
	"strings"
	"time"
)

// Outcome says how an accepted IONOS change turns out. The zero value of every
// field means the usual course. In JSON, durations are strings such as "1.5s".
type Outcome struct {
	// OperationID is the ID of the write. Empty means any.
	OperationID OperationID `json:"operationId,omitempty"`
	// Failed ends the request as FAILED with Message.
	Failed  bool   `json:"failed,omitempty"`
	Message string `json:"message,omitempty"`
	// FailedTargets ends the request as DONE while its targets are FAILED.
	FailedTargets bool `json:"failedTargets,omitempty"`
	// NotApplied accepts the change with the usual response, but does not apply it. Otherwise
	// even a failed request leaves its change behind, since changes are visible once accepted.
	NotApplied bool `json:"notApplied,omitempty"`
	// NeverEnds keeps the request RUNNING for ever.
	NeverEnds bool `json:"neverEnds,omitempty"`
	// NotFoundFor is for how long the status is 404 after the change was accepted.
	NotFoundFor time.Duration `json:"-"`
	// Queued and Running take the place of [WithRequestTimes] where not zero.
	Queued  time.Duration `json:"-"`
	Running time.Duration `json:"-"`
}

type plainOutcome Outcome // without methods

// outcomeJSON is the JSON form of an Outcome.
type outcomeJSON struct {
	*plainOutcome
	NotFoundFor duration `json:"notFoundFor,omitzero"`
	Queued      duration `json:"queued,omitzero"`
	Running     duration `json:"running,omitzero"`
}

// MarshalJSON implements json.Marshaler.
func (o Outcome) MarshalJSON() ([]byte, error) {
	return json.Marshal(outcomeJSON{(*plainOutcome)(&o), duration(o.NotFoundFor), duration(o.Queued), duration(o.Running)})
}

// UnmarshalJSON implements json.Unmarshaler. Unknown members are an error.
func (o *Outcome) UnmarshalJSON(text []byte) error {
	var read Outcome
	form := outcomeJSON{plainOutcome: (*plainOutcome)(&read)}
	if err := strictJSON(text, &form); err != nil {
		return err
	}
	read.NotFoundFor, read.Queued, read.Running = time.Duration(form.NotFoundFor), time.Duration(form.Queued), time.Duration(form.Running)
	*o = read
	return nil
}

// AddOutcome is [IONOS.Next] with an error in place of a panic.
func (c *IONOS) AddOutcome(outcome Outcome) error {
	if err := c.checkOperation(outcome.OperationID); err != nil {
		return err
	}
	c.Next(outcome)
	return nil
}

// Outcomes returns the outcomes that wait for a change, in order.
func (c *IONOS) Outcomes() []Outcome {
	c.mu.Lock()
	defer c.mu.Unlock()
	var outcomes []Outcome
	for _, outcome := range c.outcomes {
		outcomes = append(outcomes, *outcome)
	}
	return outcomes
}

// ClearOutcomes removes the outcomes that wait for a change.
func (c *IONOS) ClearOutcomes() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.outcomes = nil
}

// Next sets the outcome of the next accepted change, or of the next one of
// Outcome.OperationID. Each call counts for one change, in order. It panics when the
// operation ID is not one of IONOS's.
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

// Target is an object that an accepted request changes.
type Target struct {
	Type string `json:"type"`
	ID   string `json:"id"`
	Path string `json:"path"` // below the base path
}

// AcceptedRequest is a change that IONOS accepted with 202. Its status follows from the time that
// has passed: nothing runs in the background.
type AcceptedRequest struct {
	ID          string      `json:"id"`
	OperationID OperationID `json:"operationId"`
	Method      string      `json:"method"`
	Path        string      `json:"path"`           // below the base path
	Body        string      `json:"body,omitempty"` // passwords included
	CreatedBy   string      `json:"createdBy"`
	Created     time.Time   `json:"created"`
	Outcome     Outcome     `json:"outcome"`
	Targets     []Target    `json:"targets"`
	// Status is QUEUED, RUNNING, DONE or FAILED at the time of the call; ignored in [Cloud.SetState].
	Status string `json:"status"`
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
func (c *IONOS) accept(q *call, targets []Target) string {
	request := AcceptedRequest{
		ID: newID(), OperationID: q.operation(), Method: q.Method, Path: "/" + strings.Join(q.segments, "/"),
		Body: string(q.body), CreatedBy: q.caller, Created: c.clock.now(), Targets: targets,
	}
	if i, outcome := c.outcomeFor(q.operation()); outcome != nil {
		request.Outcome = *outcome
		c.outcomes = append(c.outcomes[:i:i], c.outcomes[i+1:]...)
	}
	request.Outcome.Queued = cmp.Or(request.Outcome.Queued, c.queued)
	request.Outcome.Running = cmp.Or(request.Outcome.Running, c.running)
	c.state.requests.set(request.ID, request)
	if c.keepLast > 0 && c.state.requests.len() > c.keepLast {
		c.state.requests.remove(c.state.requests.blocks[0].keys[0])
	}
	return q.root + statusPath(request.ID)
}

func statusPath(id string) string { return "/requests/" + id + "/status" }

// status returns the request's status, its targets' status, and its message.
func (a *AcceptedRequest) status(now time.Time) (request, target, message string) {
	o, passed := a.Outcome, now.Sub(a.Created)
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

// AcceptedRequests returns all accepted changes, oldest first.
func (c *IONOS) AcceptedRequests() []AcceptedRequest {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.acceptedRequests()
}

func (c *IONOS) acceptedRequests() []AcceptedRequest {
	requests, now := c.state.requests.list(), c.clock.now()
	for i := range requests {
		requests[i].Status, _, _ = requests[i].status(now)
	}
	return requests
}

func (c *IONOS) findRequest(id string) (AcceptedRequest, error) {
	request, found := c.state.requests.get(id)
	if !found || c.clock.now().Sub(request.Created) < request.Outcome.NotFoundFor {
		return AcceptedRequest{}, missing("request " + id)
	}
	return request, nil
}

func (c *IONOS) requestStatus(q *call) (*result, error) {
	request, err := c.findRequest(q.params[0])
	if err != nil {
		return nil, err
	}
	return ok(c.statusOf(q, request))
}

func (c *IONOS) statusOf(q *call, request AcceptedRequest) object {
	status, targetStatus, message := request.status(c.clock.now())
	targets := []object{}
	for _, t := range request.Targets {
		targets = append(targets, object{
			{"target", q.reference(t.Type, t.ID, t.Path)},
			{"status", targetStatus},
		})
	}
	metadata := object{{"status", status}}.with("message", message)
	metadata = append(metadata, member{"etag", etag}, member{"targets", targets})
	return append(q.reference("request-status", request.ID+"/status", statusPath(request.ID)), member{"metadata", metadata})
}
