package contract

import (
	"io"
	"net/http"
)

// Transport checks all traffic that goes through next against the embedded document and hands what it finds
// to report. A nil next is [http.DefaultTransport]; a nil report is fine with [WithCoverage].
//
// A finding about a request is reported before the request is sent if the body can be read again
// (as those of http.NewRequest can), and otherwise when it has been sent. A finding about a response's
// body is reported when the caller has read it to the end or closes it.
//
// The transport is as safe for concurrent use as next is. report is called from the goroutines of
// the callers, one call at a time, and must not use the transport itself.
//
// It panics if the coverage of an option belongs to another document; [New] returns an error.
func Transport(next http.RoundTripper, report func(Finding), options ...Option) http.RoundTripper {
	return newChecker(options).Transport(next, report)
}

type transport struct {
	next    http.RoundTripper
	checker *checker
}

func (t *transport) RoundTrip(r *http.Request) (*http.Response, error) {
	x := t.checker.begin(r)
	resp, err := t.next.RoundTrip(x.watchRequest(r))
	if err != nil || resp == nil {
		return resp, err
	}
	resp.Request = r
	f := framingOf(resp.Header)
	f.chunked = f.chunked || len(resp.TransferEncoding) > 0 // where net/http puts the header
	if resp.StatusCode == http.StatusSwitchingProtocols || !x.response(resp.StatusCode, resp.Header, f) {
		return resp, nil
	}
	if resp.Body == nil || resp.Body == http.NoBody {
		x.checkResponseBody(captured{complete: true}, f)
		return resp, nil
	}
	length := resp.ContentLength
	if x.head {
		length = 0
	}
	resp.Body = &capture{ReadCloser: resp.Body, limit: x.limit, length: length, done: func(k captured) {
		x.checkResponseBody(k, f)
	}}
	return resp, nil
}

// watchRequest checks the body, or returns a request whose body is checked while it is sent.
func (x *exchange) watchRequest(r *http.Request) *http.Request {
	switch {
	case r.Body == nil || r.Body == http.NoBody:
		x.requestBody(nil)
		return r
	case r.GetBody != nil:
		body, err := r.GetBody()
		if err != nil {
			return r
		}
		defer body.Close()
		var k captured
		data, err := io.ReadAll(io.LimitReader(body, x.limit+1))
		k.keep(data, x.limit)
		k.complete = err == nil
		x.checkRequestBody(k)
		return r
	}
	copied := *r
	length := int64(-1)
	if r.ContentLength > 0 {
		length = r.ContentLength
	}
	copied.Body = &capture{ReadCloser: r.Body, limit: x.limit, length: length, done: x.checkRequestBody}
	return &copied
}
