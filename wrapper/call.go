package wrapper

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"

	"github.com/cloudroster/cloudroster/gen"
)

// A CallOption is an optional parameter of one IONOS call. One that the operation does not have,
// or that is out of bounds, is [ErrInvalid] before any request. nil is ignored.
type CallOption interface{ applyCall(*callOptions) }

type callOption func(*callOptions)

func (set callOption) applyCall(o *callOptions) { set(o) }

type callOptions struct {
	depth, offset, limit, contract, prefetch int
	given                                    optionSet
}

type optionSet int

const (
	givenDepth optionSet = 1 << iota
	givenOffset
	givenLimit
	givenContract
	givenPrefetch
)

// WithDepth requests more detail: at 1 the response has the entities of a user, group or
// resource, as references. 0 (the default) or 1. Every operation accepts it.
func WithDepth(depth int) CallOption {
	return callOption(func(o *callOptions) { o.depth, o.given = depth, o.given|givenDepth })
}

// WithOffset starts at this user, counting from 0. ListUsers and AllUsers accept it.
func WithOffset(offset int) CallOption {
	return callOption(func(o *callOptions) { o.offset, o.given = offset, o.given|givenOffset })
}

// WithLimit bounds the page: 1 to 100 users, 100 by default. ListUsers and AllUsers accept it.
func WithLimit(limit int) CallOption {
	return callOption(func(o *callOptions) { o.limit, o.given = limit, o.given|givenLimit })
}

// WithPrefetch lets AllUsers fetch this many pages at a time, 1 (the default) to 16. The users
// come in the same order.
func WithPrefetch(pages int) CallOption {
	return callOption(func(o *callOptions) { o.prefetch, o.given = pages, o.given|givenPrefetch })
}

// maxPrefetch bounds the pages that are on their way at a time.
const maxPrefetch = 16

func newCallOptions(opts []CallOption, allowed optionSet) (callOptions, error) {
	if len(opts) == 0 {
		return callOptions{}, nil
	}
	return checkCallOptions(opts, allowed)
}

func checkCallOptions(opts []CallOption, allowed optionSet) (callOptions, error) {
	var o callOptions
	for _, opt := range opts {
		if opt != nil {
			opt.applyCall(&o)
		}
	}
	allowed |= givenDepth | givenContract
	for _, bound := range []struct {
		name            string
		flag            optionSet
		value, min, max int
	}{
		{"depth", givenDepth, o.depth, gen.DepthMin, gen.DepthMax},
		{"offset", givenOffset, o.offset, gen.OffsetMin, 1<<31 - 1},
		{"limit", givenLimit, o.limit, gen.LimitMin, gen.LimitMax},
		{"contract number", givenContract, o.contract, 1, 1<<31 - 1},
		{"prefetch", givenPrefetch, o.prefetch, 1, maxPrefetch},
	} {
		switch {
		case o.given&bound.flag == 0:
		case allowed&bound.flag == 0:
			return o, invalid(bound.name, "is not a parameter of this operation")
		case bound.value < bound.min || bound.value > bound.max:
			return o, invalid(bound.name, fmt.Sprintf("must be %d to %d", bound.min, bound.max))
		}
	}
	return o, nil
}

// plainQuery is on every request: the service indents by default, which costs a third more bytes.
const plainQuery = "pretty=false"

// apply puts the options on a request. The generated builders get no parameter struct, of which
// there is one for each operation.
func (o *callOptions) apply(r *http.Request) {
	if o.given == 0 {
		r.URL.RawQuery = plainQuery
		return
	}
	query := append(make([]byte, 0, 64), plainQuery...)
	number := func(flag optionSet, name string, value int) {
		if o.given&flag != 0 {
			query = append(append(append(query, '&'), name...), '=')
			query = strconv.AppendInt(query, int64(value), 10)
		}
	}
	number(givenDepth, "depth", o.depth)
	number(givenOffset, "offset", o.offset)
	number(givenLimit, "limit", o.limit)
	r.URL.RawQuery = string(query)
	if o.given&givenContract != 0 {
		r.Header.Set("X-Contract-Number", strconv.Itoa(o.contract))
	}
}

// ids are the path parameters of a call: name, value, name, value.
type ids []string

// check rejects what would address something else than the caller means. Everything else is
// escaped by the generated request builders.
func (v ids) check() error {
	for i := 0; i+1 < len(v); i += 2 {
		if err := checkID(v[i], v[i+1]); err != nil {
			return err
		}
	}
	return nil
}

func checkID(name, id string) error {
	switch id {
	case "":
		return invalid(name, "is empty")
	case ".", "..":
		return invalid(name, "is a dot segment")
	}
	for i := range len(id) {
		if id[i] < ' ' || id[i] == 0x7f {
			return invalid(name, "contains a control character")
		}
	}
	return nil
}

// required rejects empty fields that the service needs: name, value, name, value.
func required(fields ...string) error {
	for i := 0; i+1 < len(fields); i += 2 {
		if fields[i+1] == "" {
			return invalid(fields[i], "is empty")
		}
	}
	return nil
}

// call is one operation of the document on its way. Nothing is sent before all of it is checked.
type call struct {
	operation string // operationId of the document
	request   *http.Request
	err       error // why request could not be built
	path      ids
	object    string // id of the object that the response must describe, "" if any
	opts      []CallOption
	allowed   optionSet // options beside those that every operation accepts
	// repeatable marks a POST that does no harm when it is sent twice.
	repeatable bool
}

// send sends the request of an IONOS call. Like transport.do it returns a response beside an
// error if the service accepted a write whose response could not be read to its end.
func (c *IONOS) send(ctx context.Context, k call) (*response, error) {
	if err := k.path.check(); err != nil {
		return nil, err
	}
	o, err := newCallOptions(k.opts, k.allowed)
	if err != nil {
		return nil, err
	}
	if k.err != nil {
		return nil, k.err
	}
	o.apply(k.request)
	return c.transport.do(k.request.WithContext(withOperation(ctx, k.operation)), isRepeatable(k.request))
}

// read is every IONOS operation that reads.
func read[T any](ctx context.Context, c *IONOS, k call) (*T, error) {
	resp, err := c.send(ctx, k)
	if err != nil {
		return nil, err
	}
	defer resp.release()
	return decode[T](resp, k.object)
}

// write is every IONOS operation that changes something and returns it. What is known is always
// returned: the operation beside a response that cannot be read, and the response beside a
// Location that cannot.
func write[T any](ctx context.Context, c *IONOS, k call) (*T, *Operation, error) {
	resp, err := c.send(ctx, k)
	if resp == nil {
		return nil, nil, err
	}
	defer resp.release()
	var value *T
	if err == nil {
		value, err = decode[T](resp, k.object)
	}
	operation, err := c.accepted(resp, err)
	return value, operation, err
}

// remove is every IONOS DELETE.
func remove(ctx context.Context, c *IONOS, k call) (*Operation, error) {
	resp, err := c.send(ctx, k)
	if resp == nil {
		if err = notFoundIsDone(err); err == nil {
			return c.finished(), nil
		}
		return nil, err
	}
	defer resp.release()
	if err == nil {
		err = expectNoBody(resp)
	}
	return c.accepted(resp, err)
}

// notFoundIsDone judges the service's own 404 of a DELETE. After an attempt whose response was lost it
// says that the deletion was made: nil. After attempts that did nothing there was nothing to delete.
func notFoundIsDone(err error) error {
	var failed *Error
	if !errors.As(err, &failed) || failed.Status != http.StatusNotFound || failed.vendor == nil {
		return err
	}
	// Of a body that broke off (Err) the beginning must do.
	if !failed.vendor.own(failed) && (failed.Err == nil || isHTML(failed.Body)) {
		return err
	}
	if failed.responseLost {
		return nil
	}
	failed.outcomeUnknown = false
	return err
}
