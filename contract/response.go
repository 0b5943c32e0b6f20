package contract

import (
	"encoding/json"
	"fmt"
	"maps"
	"mime"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"github.com/getkin/kin-openapi/openapi3"
)

const statusOperation = "requestsStatusGet"

// answer checks status and headers. It returns false when the body has nothing to be compared with.
func (x *exchange) answer(status int, header http.Header) bool {
	if x.operation == nil || x.requestsOnly {
		return false
	}
	x.status = status
	described, exact := x.operation.response(status)
	switch {
	case described == nil:
		x.violate(RuleUndocumentedStatus, "answer status", "the document does not have it for this operation")
		return false
	case !exact:
		x.find(Drift, RuleUndocumentedStatus, "answer status", "the document has no such error status")
	default:
		x.cover(item{statuses, x.operation.id + " " + strconv.Itoa(status)})
	}
	for _, name := range slices.Sorted(maps.Keys(described.Headers)) {
		if exact := x.operation.responses[status] != nil; !exact && header.Get(name) == "" {
			continue // the default response stands for many errors, each with some of its headers
		}
		x.header(name, described.Headers[name].Value, header.Values(name))
	}
	if _, documented := described.Headers["Location"]; !documented && header.Get("Location") != "" {
		x.find(Drift, RuleUnknownHeader, "answer header Location", "the document does not have it here")
	}
	return true
}

func (x *exchange) header(name string, described *openapi3.Header, sent []string) {
	where := "answer header " + name
	switch {
	case len(sent) == 0 && (described.Required || name == "Location"):
		x.violate(RuleMissingHeader, where, "is missing")
		return
	case len(sent) == 0:
		x.find(Drift, RuleMissingHeader, where, "is missing")
		return
	case len(sent) > 1:
		x.violate(RuleRepeatedParameter, where, fmt.Sprintf("is sent %d times", len(sent)))
	}
	w := &walker{answer: true, report: x.find, place: where}
	w.constraints(described.Schema.Value, primitive(described.Schema.Value, sent[0]), "")
	if name == "Location" {
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
	operation := x.document.operationAt(target)
	switch {
	case target.User != nil:
		x.violate(RuleLocation, where, "holds credentials")
	case target.Scheme != "" && target.Scheme != "https" && target.Scheme != x.url.Scheme && !loopback(target):
		x.violate(RuleLocation, where, "is not https")
	case operation == nil:
		x.violate(RuleLocation, where, "does not lead to a documented operation")
	case x.status == http.StatusAccepted && operation.id != statusOperation:
		x.violate(RuleLocation, where, "does not lead to the status of a request")
	}
}

func loopback(u *url.URL) bool {
	ip := net.ParseIP(u.Hostname())
	return u.Hostname() == "localhost" || ip != nil && ip.IsLoopback()
}

// answerBody checks a complete body. It is called after answer has returned true.
func (x *exchange) answerBody(header http.Header, data []byte) {
	const where = "answer body"
	described, exact := x.operation.response(x.status)
	switch {
	case len(described.Content) == 0:
		if len(data) > 0 {
			x.violate(RuleUnexpectedBody, where, "the document has none for this status")
		}
	case x.status >= 400 && (!exact || x.status >= 500) && !isJSON(header):
		x.find(Drift, RuleMediaType, "answer header Content-Type", "the error does not come from the service")
	case len(data) == 0:
		x.violate(RuleMissingBody, where, "is missing")
	default:
		x.content(described.Content, header.Get("Content-Type"), data, true)
	}
}

func isJSON(header http.Header) bool {
	sent, _, err := mime.ParseMediaType(header.Get("Content-Type"))
	return err == nil && sent == "application/json"
}

// meaning checks what a schema cannot say: that a page is the one that was asked for, and that an
// error repeats its own status.
func (x *exchange) meaning(value any) {
	body, ok := value.(map[string]any)
	if !ok {
		return
	}
	if status, ok := body["httpStatus"].(json.Number); ok && x.status >= 400 && status.String() != strconv.Itoa(x.status) {
		x.violate(RuleStatusInBody, "answer body /httpStatus", "is not the status of the answer")
	}
	if x.status != http.StatusOK {
		return
	}
	for _, p := range x.operation.parameters {
		if p.In != openapi3.ParameterInQuery || p.Name != "offset" && p.Name != "limit" {
			continue
		}
		want, asked := x.page[p.Name]
		if !asked {
			want = defaultOf(p)
		}
		if have, ok := body[p.Name].(json.Number); ok && have.String() != strconv.Itoa(want) {
			x.violate(RulePage, "answer body /"+p.Name, "is not what was asked for")
		}
		if items, ok := body["items"].([]any); ok && p.Name == "limit" && len(items) > want {
			x.violate(RulePage, "answer body /items", "has more items than were asked for")
		}
	}
}

func defaultOf(p *openapi3.Parameter) int {
	number, _ := p.Schema.Value.Default.(float64)
	return int(number)
}
