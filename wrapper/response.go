package wrapper

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math"
	"net/http"
	"sync"
)

// response is a response whose body was read already, as far as it could be. Its memory is
// reused after release; nothing may touch data then.
type response struct {
	*http.Response
	data     []byte // the body
	err      error  // why data is not the whole body, nil if it is
	attempts int    // how often the request was sent
	vendor   *vendor
	reader   bytes.Reader
}

var responses = sync.Pool{New: func() any { return new(response) }}

// maxPooledBody keeps one huge response from occupying memory for ever.
const maxPooledBody = 1 << 20

// readResponse reads the body of resp and closes it: a connection is free for the next request
// if all of the body was read, and closed otherwise.
func readResponse(resp *http.Response, v *vendor, limit int64) *response {
	read := responses.Get().(*response)
	read.Response, read.vendor, read.err, read.data = resp, v, nil, read.data[:0]
	switch {
	case resp.StatusCode < http.StatusOK:
		// The body of a 101 is the connection: it has no end, and no context ends its reading.
	case resp.StatusCode < 300:
		read.fill(resp.Body, resp.ContentLength, limit)
	default:
		read.fill(resp.Body, resp.ContentLength, min(limit, maxParsedErrorBody))
		if errors.Is(read.err, ErrResponseTooLarge) {
			read.err = nil // the status is the error, and its text is bounded anyway
		}
	}
	_ = resp.Body.Close()
	resp.Body = http.NoBody
	return read
}

func (r *response) fill(from io.Reader, length, limit int64) {
	limit = min(limit, math.MaxInt64-1) // one more byte is read, to see whether there is more
	// Memory for a whole body is taken at once, unless the server only claims that there is much.
	if length > int64(cap(r.data)) && length <= min(limit, defaultResponseLimit) {
		r.data = make([]byte, 0, length+bytes.MinRead)
	}
	for {
		if int64(len(r.data)) > limit {
			r.data, r.err = r.data[:limit], ErrResponseTooLarge
			return
		}
		if len(r.data) == cap(r.data) {
			// Twice as much each time: append grows by a quarter, and copies four times as much.
			size := int64(max(2*cap(r.data), 4<<10))
			if size >= limit {
				size = limit + 1
			}
			r.data = append(make([]byte, 0, size), r.data...)
		}
		space := r.data[len(r.data):min(int64(cap(r.data)), limit+1)]
		n, err := from.Read(space)
		r.data = r.data[:len(r.data)+n]
		if err != nil {
			if err != io.EOF {
				r.err = err
			}
			return
		}
	}
}

// release gives the memory back. nil is allowed.
func (r *response) release() {
	if r == nil {
		return
	}
	r.Response = nil
	if cap(r.data) > maxPooledBody {
		r.data = nil
	}
	responses.Put(r)
}

// raw is the response for a caller of Raw, who may read its body, or close it, at any time: its
// memory is not reused.
func (r *response) raw() *http.Response {
	r.reader.Reset(r.data)
	r.Body = io.NopCloser(&r.reader)
	return r.Response
}

// unreadable is the error of a request that the service accepted with a response that makes no
// sense. What was created or changed is there even if its description is not.
func (r *response) unreadable(cause error) *Error {
	redact := newRedactor(r.Request)
	failed := newError(r, redact)
	failed.Err = redactError(cause, redact)
	failed.Attempts, failed.outcomeUnknown = r.attempts, isWrite(r.Request)
	return failed
}

// unexpected is unreadable for a response that is not what the operation documents.
func (r *response) unexpected(reason string) *Error {
	return r.unreadable(fmt.Errorf("%s: %w", reason, ErrUnexpectedResponse))
}
