package wrapper

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strconv"
	"time"

	"github.com/cloudroster/cloudroster/gen"
)

// Operation is an accepted write of IONOS, identified by the id of its request. Operations are immutable and
// safe for concurrent use. The id is all that is needed to go on waiting, in another process as well:
//
//	id := operation.ID() // keep it
//	...
//	err := client.Operation(id).Wait(ctx)
//
// A write of a call with [WithContractNumber] needs it again: client.Operation(id, WithContractNumber(n)).
//
// An operation that was done when the write returned has no id; Status and Wait return at once, without a
// request. Waiting on a nil Operation returns an error.
type Operation struct {
	client     *IONOS
	id         string
	ended      bool          // done when the write returned: there is nothing to poll, and no id
	contract   *string       // sent with polls, as with the write; fmt does not look behind it
	unlocated  bool          // accepted without an id: how it ends cannot be determined
	retryAfter time.Duration // what the 202 asked for
	accepted   time.Time     // when it came; zero for an operation that is resumed
	invalid    error         // what is wrong with the options of an operation that is resumed
}

// Operation returns the operation with this request id, to resume a wait that began elsewhere. It sends no
// request. [WithContractNumber] is the option that it takes. The first Status or Wait returns an error that
// matches [ErrInvalid] if id cannot be one, "" included, or if an option is invalid.
func (c *IONOS) Operation(id string, opts ...CallOption) *Operation {
	o := &Operation{client: c, id: id, contract: &c.transport.contract}
	options, err := newCallOptions(opts, 0)
	switch {
	case err != nil:
		o.invalid = err
	case options.given&givenDepth != 0:
		o.invalid = invalid("depth", "is not a parameter of an operation")
	case options.given&givenContract != 0:
		o.contract = new(strconv.Itoa(options.contract))
	}
	return o
}

// ID returns the request id, or "" for an operation that was done when the write returned.
func (o *Operation) ID() string {
	if o == nil {
		return ""
	}
	return o.id
}

// String returns "operation ID".
func (o *Operation) String() string {
	switch {
	case o == nil:
		return "operation <nil>"
	case o.ended:
		return "operation done"
	case o.unlocated, o.id == "":
		return "operation without id"
	}
	return "operation " + printable(o.ID())
}

// GoString returns String().
func (o *Operation) GoString() string { return o.String() }

// LogValue returns String().
func (o *Operation) LogValue() slog.Value { return slog.StringValue(o.String()) }

// MarshalText returns String(): the client behind an operation is printed nowhere.
func (o *Operation) MarshalText() ([]byte, error) { return []byte(o.String()), nil }

// OperationStatus is the progress of an operation.
type OperationStatus struct {
	// State is QUEUED, RUNNING, DONE or FAILED.
	State gen.RequestState
	// ErrorMessage is the service's text, often "". It may repeat what was written, a password included:
	// nothing prints or encodes it. Show it only to those who may see what was written.
	ErrorMessage string
	// Targets are what the operation changes; Target.ID is the id of the user, group or share.
	Targets []gen.RequestTarget
}

// String returns the state and the number of targets.
func (s OperationStatus) String() string {
	return fmt.Sprintf("%s, %d targets", cmp.Or(printable(string(s.State)), "no state"), len(s.Targets))
}

// Format prints String() for every verb.
func (s OperationStatus) Format(state fmt.State, _ rune) { _, _ = io.WriteString(state, s.String()) }

// LogValue groups what is safe to log.
func (s OperationStatus) LogValue() slog.Value {
	return slog.GroupValue(slog.String("state", string(s.State)), slog.Int("targets", len(s.Targets)))
}

// MarshalText returns String().
func (s OperationStatus) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// MarshalJSON writes the state and the targets.
func (s OperationStatus) MarshalJSON() ([]byte, error) {
	return json.Marshal(struct {
		State   gen.RequestState    `json:"state"`
		Targets []gen.RequestTarget `json:"targets,omitempty"`
	}{s.State, s.Targets})
}

// Done reports whether the state is final: DONE or FAILED.
func (s OperationStatus) Done() bool {
	return s.State == gen.RequestStateDone || s.State == gen.RequestStateFailed
}

// failure is nil unless the operation, or one of its targets, failed.
func (s OperationStatus) failure() error {
	if s.State == gen.RequestStateFailed {
		return ErrOperationFailed
	}
	if s.State != gen.RequestStateDone {
		return nil
	}
	for _, target := range s.Targets {
		if target.Status == gen.RequestStateFailed {
			return fmt.Errorf("target %s: %w", printable(string(target.Target.Type)+" "+target.Target.ID), ErrOperationFailed)
		}
	}
	return nil
}

// errNilOperation is what a nil Operation says: there is nothing to wait for, and silence
// would read as success.
var errNilOperation = errors.New("operation is nil: the write returned none")

// done tells an operation that was done at once.
func (o *Operation) done() bool { return o != nil && o.client != nil && o.ended }

// finished is an operation that is done already.
func (c *IONOS) finished() *Operation { return &Operation{client: c, ended: true} }

// Status gets the status once. A failed operation is a status, not an error; a state that the
// service does not document is an error, never a success.
func (o *Operation) Status(ctx context.Context) (OperationStatus, error) {
	if err := o.pollable(); err != nil {
		return OperationStatus{}, err
	}
	status, _, err := o.get(ctx)
	return status, err
}

// OperationError is the error of a wait: the operation failed, or the wait ended before it
// did. It always carries the id, so nothing that was accepted is lost.
//
//	var waited *wrapper.OperationError
//	if errors.As(err, &waited) && !errors.Is(err, wrapper.ErrOperationFailed) {
//		save(waited.ID) // go on later: client.Operation(id).Wait(ctx)
//	}
//
// It matches [ErrOperationFailed] if the operation failed, and whatever ended the wait otherwise: the
// context's error, or an [*Error] with its own matches.
type OperationError struct {
	// ID is the request id.
	ID string
	// Status is the newest that was seen; its State is "" if none was.
	Status OperationStatus
	// Err is what ended the wait.
	Err error
}

// Error reads like "operation ID is FAILED: operation failed". The service's text is in Status.ErrorMessage.
func (e *OperationError) Error() string {
	if e == nil {
		return "<nil>"
	}
	text := "operation " + printable(e.ID)
	if e.Status.State != "" {
		text += " is " + string(e.Status.State)
	}
	if e.Err != nil {
		text += ": " + e.Err.Error()
	}
	return text
}

// Unwrap returns what ended the wait.
func (e *OperationError) Unwrap() error { return e.Err }

// Format prints Error() for every verb.
func (e *OperationError) Format(state fmt.State, _ rune) { _, _ = io.WriteString(state, e.Error()) }

// LogValue groups what is safe to log.
func (e *OperationError) LogValue() slog.Value {
	return slog.GroupValue(slog.String("operation", e.ID),
		slog.String("state", string(e.Status.State)), slog.String("error", e.Error()))
}

// MarshalText returns Error(): encoding/xml would write the service's text.
func (e *OperationError) MarshalText() ([]byte, error) { return []byte(e.Error()), nil }

// MarshalJSON writes what LogValue groups.
func (e *OperationError) MarshalJSON() ([]byte, error) {
	return json.Marshal(map[string]string{
		"operation": e.ID, "state": string(e.Status.State), "error": e.Error(),
	})
}
