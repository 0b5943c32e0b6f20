package contract

import (
	"fmt"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// response checks status and headers. It returns false when the body has nothing to be compared with.
func (x *exchange) response(status int, header http.Header, f framing) bool {
	if x.operation == nil || x.noResponses {
		return false
	}
	x.status = status
	described, exact := x.operation.response(status)
	switch {
	case x.gateway(f):
		if exact && described != nil {
			x.coverStatus(status)
		}
		return false
	case described == nil:
		x.violate(RuleUndocumentedStatus, "response status", "the document does not have it for this operation")
		return false
	case !exact:
		x.find(Drift, RuleUndocumentedStatus, "response status", "the document has no such error status")
	default:
		x.coverStatus(status)
	}
	for _, h := range described.headers {
		if header.Get(h.name) == "" && (status >= http.StatusBadRequest || h.name == "Date") {
			continue // an error has some of the headers, and net/http adds the date after a handler
		}
		x.header(h, header.Values(h.name))
	}
	if documented := slices.ContainsFunc(described.headers, func(h *responseHeader) bool { return h.name == "Location" }); !documented &&
		x.document.status != nil && header.Get("Location") != "" {
		x.find(Drift, RuleUnknownHeader, "response header Location", "the document does not have it here")
	}
	x.framed(f)
	return true
}

// gateway is whether an error is that of something in front of the service, which is overloaded or cannot
// reach it: a page for people, with nothing in it to be compared.
func (x *exchange) gateway(f framing) bool {
	return x.temporary() && (strings.HasPrefix(f.mediaType, "text/") || f.mediaType == "" && !f.malformed)
}

// temporary statuses are also those of gateways.
func (x *exchange) temporary() bool { return x.status == http.StatusTooManyRequests || x.status >= 500 }

func (x *exchange) coverStatus(status int) {
	if item, ok := x.operation.statusItems[status]; ok {
		x.cover(item)
	}
}

// framed finds a body that net/http does not show, because there may be none.
func (x *exchange) framed(f framing) {
	if x.status != http.StatusNoContent {
		return
	}
	if n, err := strconv.ParseInt(f.length, 10, 64); f.chunked || err == nil && n > 0 {
		x.violate(RuleUnexpectedBody, "response body", "the document has none for this status")
	}
}

func (x *exchange) header(h *responseHeader, sent []string) {
	where := "response header " + h.name
	switch {
	case len(sent) == 0 && (h.required || h.name == "Location"):
		x.violate(RuleMissingHeader, where, "is missing")
		return
	case len(sent) == 0:
		x.find(Drift, RuleMissingHeader, where, "is missing")
		return
	case len(sent) > 1:
		x.violate(RuleRepeatedParameter, where, fmt.Sprintf("is sent %d times", len(sent)))
	}
	x.text(h.schema, sent[0], where, true)
	if h.name == "Location" {
		x.location(sent[0], where)
	}
}

// location: that of an accepted change (202) leads to the status of a request, any other one to
// something that can be read. Credentials follow it, so that it may not weaken the connection.
func (x *exchange) location(text, where string) {
	parsed := parseURL(text)
	if parsed == nil {
		x.violate(RuleLocation, where, "is not a URL")
		return
	}
	target := x.url.ResolveReference(parsed)
	switch operation := x.document.operationAt(target.EscapedPath()); {
	case target.User != nil:
		x.violate(RuleLocation, where, "holds credentials")
	case target.Scheme != "" && target.Scheme != "https" && target.Scheme != x.url.Scheme && !loopback(target):
		x.violate(RuleLocation, where, "is not https")
	case x.document.status == nil:
	case operation == nil:
		x.violate(RuleLocation, where, "does not lead to a documented operation")
	case x.status == http.StatusAccepted && operation != x.document.status:
		x.violate(RuleLocation, where, "does not lead to the status of a request")
	}
	if parsed.Host != "" && x.host != "" && !sameHost(parsed.Host, x.host) {
		x.find(Drift, RuleLocation, where, "leads to another host than the request went to")
	}
}

// sameHost ignores ports that are those of the schemes.
func sameHost(a, b string) bool {
	trim := func(host string) string {
		return strings.ToLower(strings.TrimSuffix(strings.TrimSuffix(host, ":443"), ":80"))
	}
	return trim(a) == trim(b)
}

func loopback(u *url.URL) bool {
	ip := net.ParseIP(u.Hostname())
	return u.Hostname() == "localhost" || ip != nil && ip.IsLoopback()
}

// responseBody checks a complete body. It is called after response has returned true.
func (x *exchange) responseBody(f framing, data []byte) {
	const where = "response body"
	described, exact := x.operation.response(x.status)
	switch {
	case x.head:
		if len(data) > 0 {
			x.violate(RuleUnexpectedBody, where, "the response to HEAD has none")
		}
	case described.content == nil:
		if len(data) > 0 {
			x.violate(RuleUnexpectedBody, where, "the document has none for this status")
		}
	case x.status >= 400 && (!exact || x.temporary()) && !isJSON(f.mediaType):
		x.find(Drift, RuleMediaType, "response header Content-Type", "the error does not come from the service")
	case len(data) == 0:
		x.violate(RuleMissingBody, where, "is missing")
	default:
		x.content(described.content, f, data, true)
	}
}

// shape finds an error body that has none of the documented fields. That is drift where it may be a gateway's.
func (x *exchange) shape(w *walker, s *schema) {
	if x.status < 400 || s == nil || s.types != typeObject || len(s.properties) == 0 || w.topKnown > 0 {
		return
	}
	if slices.ContainsFunc(w.problems, func(p problem) bool { return p.rule == RuleType && p.where == w.place }) {
		return
	}
	kind := Violation
	if x.temporary() {
		kind = Drift
	}
	w.problems = slices.DeleteFunc(w.problems, func(p problem) bool { return p.outside })
	x.find(kind, RuleErrorShape, w.place, "has none of the documented fields of an error")
}

// meaning checks what a schema cannot say: that a page is the one that was requested, and that an
// error repeats its own status.
func (x *exchange) meaning(w *walker) {
	switch {
	case x.document.status == nil:
	case x.status >= 400:
		x.repeatedStatus(w)
	case x.status == http.StatusOK:
		for _, p := range x.operation.parameters {
			if p.in == "query" && (p.name == "offset" || p.name == "limit") {
				x.requestedPage(w, p)
			}
		}
	}
}

func (x *exchange) repeatedStatus(w *walker) {
	for _, field := range w.top {
		if field.name == "httpStatus" && field.text != nil && string(field.text) != strconv.Itoa(x.status) {
			x.violate(RuleStatusInBody, "response body /httpStatus", "is not the status of the response")
		}
	}
}

// requestedPage compares a page with the offset or the limit of its request.
func (x *exchange) requestedPage(w *walker, p *parameter) {
	want, sent := x.page[p.name]
	if !sent {
		want = p.fallback
	}
	for _, field := range w.top {
		switch {
		case field.name == p.name && field.text != nil && string(field.text) != strconv.Itoa(want):
			x.violate(RulePage, "response body /"+p.name, "is not what was requested")
		case field.name == "items" && field.text == nil && p.name == "limit" && field.items > want:
			x.violate(RulePage, "response body /items", "has more items than were requested")
		}
	}
}
