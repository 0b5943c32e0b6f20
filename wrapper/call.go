package wrapper

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"reflect"
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

// WithOffset starts at this user, counted from 0. ListUsers and AllUsers accept it.
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
		{"depth", givenDepth, o.depth, 0, 1},
		{"offset", givenOffset, o.offset, 0, 1<<31 - 1},
		{"limit", givenLimit, o.limit, 1, 100},
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

// edit puts the options on the request. All generated IONOS methods are called without their
// parameter struct, of which there is one an operation.
func (o *callOptions) edit(_ context.Context, r *http.Request) error {
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
	return nil
}

// plainQuery is on every request: the server indents by default, which costs a third more bytes.
const plainQuery = "pretty=false"

// editPlain is edit without options.
func editPlain(_ context.Context, r *http.Request) error {
	r.URL.RawQuery = plainQuery
	return nil
}

// ids are the path parameters of a call: name, value, name, value.
type ids []string

// check refuses what would address something else than the caller means. Everything else is
// escaped by the generated client.
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

// required refuses empty fields that the service needs: name, value, name, value.
func required(fields ...string) error {
	for i := 0; i+1 < len(fields); i += 2 {
		if fields[i+1] == "" {
			return invalid(fields[i], "is empty")
		}
	}
	return nil
}

// sender calls one generated method.
type sender func(edit gen.RequestEditorFn) (*http.Response, error)

// send checks the input of one IONOS operation and sends its request.
func send(opts []CallOption, allowed optionSet, path ids, call sender) (*http.Response, error) {
	if err := path.check(); err != nil {
		return nil, err
	}
	o, err := newCallOptions(opts, allowed)
	if err != nil {
		return nil, err
	}
	if o.given == 0 {
		return call(editPlain)
	}
	given := o
	return call(given.edit)
}

// read is every operation that reads.
func read[T any](opts []CallOption, allowed optionSet, path ids, call sender) (*T, error) {
	resp, err := send(opts, allowed, path, call)
	if err != nil {
		return nil, err
	}
	defer release(resp)
	return decode[T](resp)
}

// write is every IONOS operation that changes something and answers with it. What is known is
// always returned: the operation beside an answer that cannot be read, and the answer beside a
// Location that cannot.
func write[T any](c *IONOS, opts []CallOption, path ids, call sender) (*T, *Operation, error) {
	resp, err := send(opts, 0, path, call)
	if err != nil {
		return nil, operationOf(err), err
	}
	defer release(resp)
	operation, err := c.accepted(resp.Request, resp)
	if err != nil {
		err = unreadable(resp, err)
	}
	value, problem := decode[T](resp)
	if problem != nil {
		operation, err = withOperation(problem, operation)
	}
	return value, operation, err
}

// remove is every IONOS DELETE. That there is nothing to delete any more, after an attempt
// whose answer was lost, is what was asked for.
func remove(c *IONOS, opts []CallOption, path ids, call sender) (*Operation, error) {
	resp, err := send(opts, 0, path, call)
	if err != nil {
		if alreadyDeleted(err) {
			return &Operation{client: c}, nil
		}
		return operationOf(err), err
	}
	defer release(resp)
	operation, err := c.accepted(resp.Request, resp)
	if err != nil {
		return nil, unreadable(resp, err)
	}
	if err := expectNoBody(resp); err != nil {
		return withOperation(err, operation)
	}
	return operation, nil
}

// withOperation is an unreadable answer of a write. One that names no request says nothing of
// what was done.
func withOperation(err error, operation *Operation) (*Operation, error) {
	var failed *Error
	if operation.ID() == "" || !errors.As(err, &failed) {
		return nil, err
	}
	failed.Operation = operation
	return operation, err
}

// goneBefore recognises the 404 of a repeated DELETE.
func alreadyDeleted(err error) bool {
	var failed *Error
	return errors.As(err, &failed) && failed.Status == http.StatusNotFound && failed.outcomeUnknown
}

// operationOf is the accepted operation that an error carries, nil if none.
func operationOf(err error) *Operation {
	var failed *Error
	if errors.As(err, &failed) {
		return failed.Operation
	}
	return nil
}

// decode reads the answer's one JSON value. An empty body, null, HTML and every other kind of
// value is an error, never a zero T.
func decode[T any](resp *http.Response) (*T, error) {
	value := new(T)
	data := bytes.TrimLeft(bodyBytes(resp), " \t\r\n")
	switch {
	case len(data) == 0:
		return nil, unreadable(resp, fmt.Errorf("the body is empty: %w", ErrUnexpectedResponse))
	case data[0] == '<':
		return nil, unreadable(resp, fmt.Errorf("the body is HTML: %w", ErrUnexpectedResponse))
	case data[0] != '{' && data[0] != '[':
		return nil, unreadable(resp, fmt.Errorf("the body is not what the operation documents: %w", ErrUnexpectedResponse))
	}
	var err error
	if list, ok := any(value).(*gen.UserList); ok {
		err = unmarshalUsers(data, list)
	} else {
		err = unmarshal(data, value)
	}
	if err != nil {
		return nil, unreadable(resp, fmt.Errorf("%w: %w", ErrUnexpectedResponse, err))
	}
	if reflect.ValueOf(value).Elem().IsZero() {
		return nil, unreadable(resp, fmt.Errorf("the body has nothing that the operation documents: %w", ErrUnexpectedResponse))
	}
	return value, nil
}

// unmarshalUsers makes room for a page at once. A full one would grow to its size in eight
// steps, each a copy, which are half of the memory that a list needs.
func unmarshalUsers(data []byte, list *gen.UserList) error {
	const userBytes = 600 // about what one has without entities
	if users := min(len(data)/userBytes, pageSize); users > 1 {
		list.Items = make([]gen.User, 0, users)
		if err := unmarshal(data, list); err != nil || len(list.Items) > 0 {
			return err
		}
		*list = gen.UserList{} // no users at all: that there was room must not show
	}
	return unmarshal(data, list)
}

// nothing checks the answer of a DELETE, which has no body or one that says nothing. HTML is
// the answer of somebody else: a login page, for example.
func expectNoBody(resp *http.Response) error {
	if data := bytes.TrimLeft(bodyBytes(resp), " \t\r\n"); len(data) > 0 && data[0] == '<' {
		return unreadable(resp, fmt.Errorf("the body is HTML: %w", ErrUnexpectedResponse))
	}
	return nil
}

// unreadable is the error of a call that succeeded with an answer that did not.
func unreadable(resp *http.Response, cause error) *Error {
	hide := redactor(resp.Request)
	failed := responseError(resp.Request, resp, nil, false, hide)
	failed.Err = redactError(cause, hide)
	if body, ok := resp.Body.(*bufferedBody); ok {
		failed.Attempts = body.tries
	}
	// A created or changed object is there even if its description is not.
	failed.outcomeUnknown = resp.Request.Method != http.MethodGet && resp.Request.Method != http.MethodHead
	return failed
}
