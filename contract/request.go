package contract

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"unicode/utf8"
)

// exchange is one request and its response.
type exchange struct {
	*checker
	method    string
	host      string
	url       *url.URL
	path      string // template
	operation *operation
	head      bool // a HEAD request for an operation that is documented as GET
	sent      framing
	page      map[string]int
	status    int // of the response, once it is there

	mu       sync.Mutex
	reported []Finding // each finding of an exchange is reported once
}

func (x *exchange) find(kind Kind, rule Rule, where, message string) {
	x.deliverOnce(Finding{Kind: kind, Rule: rule, Where: where, Message: message}, where)
}

// deliverOnce completes a finding and reports it, unless it is tolerated. exact is its place with the names that the
// other side chose.
func (x *exchange) deliverOnce(f Finding, exact string) {
	f.Method, f.Path, f.Status = x.method, x.path, x.status
	if x.operation != nil {
		f.OperationID = x.operation.id
	}
	if f.Schema == f.OperationID {
		f.Schema = "" // of a parameter or a header, which Where names
	}
	x.mu.Lock()
	repeated := slices.Contains(x.reported, f)
	if !repeated {
		x.reported = append(x.reported, f)
	}
	x.mu.Unlock()
	if !repeated && !x.tolerances.match(f.Rule, f.OperationID, exact) {
		x.deliver(f)
	}
}

func (x *exchange) violate(rule Rule, where, message string) { x.find(Violation, rule, where, message) }

// cover records what was exercised. HEAD exercises nothing that is documented.
func (x *exchange) cover(items ...int) {
	if !x.head {
		x.coverage.add(items...)
	}
}

// begin checks all of a request but its body.
func (c *checker) begin(r *http.Request) *exchange {
	x := &exchange{checker: c, method: methodName(r.Method), url: r.URL, host: r.Host, sent: framingOf(r.Header)}
	if x.host == "" {
		x.host = r.URL.Host
	}
	escaped := r.URL.EscapedPath()
	t, values := c.document.find(escaped)
	if t == nil {
		x.path = c.document.redacted(escaped)
		x.violate(RuleUnknownOperation, "request path", "the document has no such path")
		return x
	}
	x.path = t.path
	x.operation = t.operations[x.method]
	if x.operation == nil && x.method == http.MethodHead {
		x.operation = t.operations[http.MethodGet]
		x.head = x.operation != nil
	}
	if x.operation == nil {
		x.violate(RuleUnknownOperation, "request method", "the document does not have this method on this path")
		return x
	}
	var query url.Values
	if r.URL.RawQuery != "" {
		var err error
		if query, err = url.ParseQuery(r.URL.RawQuery); err != nil {
			x.violate(RuleUnknownParameter, "request query", "cannot be read")
		}
	}
	x.cover(append(x.parameters(r, values, query), x.operation.item)...)
	x.credentials(r)
	return x
}

// methodName is a method of HTTP, or how long the word is that stands in its place. "" is GET.
func methodName(method string) string {
	switch method {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete,
		http.MethodOptions, http.MethodTrace, http.MethodConnect:
		return method
	case "":
		return http.MethodGet
	}
	return fmt.Sprintf("(a method of %d bytes)", len(method))
}

// parameters returns what they exercise.
func (x *exchange) parameters(r *http.Request, path map[string]string, query url.Values) []int {
	hits := make([]int, 0, len(x.operation.parameters)+1)
	for _, p := range x.operation.parameters {
		sent, ok := x.values(p, r, path, query)
		switch {
		case !ok:
		case len(sent) == 0:
			if p.required {
				x.violate(RuleMissingParameter, "request "+p.in+" "+p.name, "is required")
			}
		default:
			hits = append(hits, p.item)
			x.parameter(p, sent)
		}
	}
	x.unknownParameters(query)
	return hits
}

// values are what was sent for a parameter. It returns false when that is unusable.
func (x *exchange) values(p *parameter, r *http.Request, path map[string]string, query url.Values) ([]string, bool) {
	switch p.in {
	case "path":
		value := path[p.name]
		if problem := unusable(value); problem != "" {
			x.violate(RulePathParameter, "request path "+p.name, problem)
			return nil, false
		}
		value, _ = url.PathUnescape(value)
		return []string{value}, true
	case "query":
		return query[p.name], true
	case "header":
		return r.Header.Values(p.name), true
	}
	if cookie, err := r.Cookie(p.name); err == nil {
		return []string{cookie.Value}, true
	}
	return nil, true
}

// unknownParameters: those of a key in the query, and of an object in its own style, are known.
func (x *exchange) unknownParameters(query url.Values) {
	for name := range query {
		if x.knows(name) {
			continue
		}
		x.deliverOnce(Finding{
			Kind: Violation, Rule: RuleUnknownParameter, Where: "request query " + printable(name, x.document.names),
			Message: "the operation has no such parameter",
		}, "request query "+name)
	}
}

func (x *exchange) knows(name string) bool {
	for _, p := range x.operation.parameters {
		if p.in == "query" && (p.name == name || p.unchecked && strings.HasPrefix(name, p.name+"[")) {
			return true
		}
	}
	return slices.ContainsFunc(x.operation.security, func(alternative []credential) bool {
		return slices.ContainsFunc(alternative, func(c credential) bool { return c.in == "query" && c.name == name })
	})
}

// parameter checks the values of one parameter against its schema.
func (x *exchange) parameter(p *parameter, sent []string) {
	where := "request " + p.in + " " + p.name
	if p.unchecked {
		x.find(Drift, RuleNotChecked, where, "is not checked: its style cannot be taken apart")
		return
	}
	s := p.schema
	switch {
	case p.list:
		if p.separator != "" {
			sent = strings.Split(strings.Join(sent, p.separator), p.separator)
		}
		s = itemsOf(s)
	case len(sent) > 1:
		x.violate(RuleRepeatedParameter, where, fmt.Sprintf("is sent %d times", len(sent)))
	}
	for _, text := range sent {
		x.text(s, text, where, false)
		if (p.name == "offset" || p.name == "limit") && x.document.status != nil {
			if n, err := strconv.Atoi(text); err == nil {
				if x.page == nil {
					x.page = map[string]int{}
				}
				x.page[p.name] = n
			}
		}
	}
}

// text checks what a parameter or a header says. It is JSON in which strings have no quotes.
func (x *exchange) text(s *schema, text, where string, response bool) {
	if s == nil {
		return
	}
	if !utf8.ValidString(text) {
		x.violate(RuleFormat, where, "is not UTF-8")
		return
	}
	w := &walker{names: x.document.names, response: response, place: where}
	if plain, kind := primitive(s, text); len(s.alternatives) == 0 && s.not == nil {
		w.constraints(s, kind, plain)
	} else {
		w.data = []byte(plain)
		if kind == typeString {
			w.data, _ = json.Marshal(plain)
		}
		w.value(s)
	}
	x.reportAll(w.problems)
}

// primitive is how a text is to be read: as what the schema asks for if possible, otherwise as a string.
func primitive(s *schema, text string) (string, typeSet) {
	types := s.types
	for _, part := range slices.Concat(s.parts, s.alternatives) {
		if part != nil {
			types |= part.types
		}
	}
	switch {
	case types&typeBoolean != 0 && (text == "true" || text == "false"):
		return text, typeBoolean
	case types&(typeNumber|typeInteger) != 0:
		read := scanner{data: []byte(text)}
		if number, whole, ok := read.number(); ok && len(number) == len(text) {
			if whole {
				return text, typeNumber | typeInteger
			}
			return text, typeNumber
		}
	}
	return text, typeString
}

func (x *exchange) reportAll(problems []problem) {
	for _, p := range problems {
		x.deliverOnce(Finding{Kind: p.kind, Rule: p.rule, Where: p.where, Schema: p.schema, Message: p.message}, p.exact)
	}
}

// unusable says what is wrong with an escaped path parameter, "" if nothing is.
func unusable(escaped string) string {
	value, err := url.PathUnescape(escaped)
	switch {
	case err != nil:
		return "is badly escaped"
	case value == "":
		return "is empty"
	case value == "." || value == "..":
		return "is a dot segment"
	case strings.ContainsFunc(value, func(r rune) bool { return r < ' ' || r == 0x7f }):
		return "holds control characters"
	}
	return ""
}

// requestBody checks a complete body; nil means that there is none.
func (x *exchange) requestBody(data []byte) {
	const where = "request body"
	switch {
	case x.operation == nil:
	case x.operation.body == nil || x.head:
		if len(data) > 0 {
			x.violate(RuleUnexpectedBody, where, "the operation takes none")
		}
	case len(data) == 0:
		if x.operation.bodyRequired {
			x.violate(RuleMissingBody, where, "is required")
		}
	default:
		x.content(x.operation.body, x.sent, data, false)
	}
}
