package contract

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/getkin/kin-openapi/openapi3"
)

// exchange is one request and its answer.
type exchange struct {
	*checker
	method    string
	url       *url.URL
	path      string // template
	operation *operation
	mediaType string // of the request
	page      map[string]int
	status    int // of the answer, once it is there

	reported sync.Map // findings of an exchange are told once: a list has many items
}

func (x *exchange) find(kind Kind, rule Rule, where, message string) {
	f := Finding{Kind: kind, Rule: rule, Method: x.method, Path: x.path, Status: x.status, Where: where, Message: message}
	if x.operation != nil {
		f.OperationID = x.operation.id
	}
	if _, told := x.reported.LoadOrStore(f, true); !told {
		x.deliver(f)
	}
}

func (x *exchange) violate(rule Rule, where, message string) { x.find(Violation, rule, where, message) }

// begin checks all of a request but its body.
func (c *checker) begin(r *http.Request) *exchange {
	x := &exchange{checker: c, method: methodName(r.Method), url: r.URL, mediaType: r.Header.Get("Content-Type")}
	t, values := c.document.find(r.URL.EscapedPath())
	if t == nil {
		x.violate(RuleUnknownOperation, "request path", "the document has no such path")
		return x
	}
	x.path = t.path
	x.operation = t.operations[x.method]
	if x.operation == nil {
		x.violate(RuleUnknownOperation, "request method", "the document does not have this method on this path")
		return x
	}
	c.cover(item{operations, x.operation.id})
	query, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		x.violate(RuleUnknownParameter, "request query", "cannot be read")
	}
	x.parameters(values, query, r.Header)
	x.credentials(r.Header.Values("Authorization"))
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

func (x *exchange) parameters(path map[string]string, query url.Values, header http.Header) {
	known := map[string]bool{}
	for _, p := range x.operation.parameters {
		where := "request " + p.In + " " + p.Name
		var sent []string
		switch p.In {
		case openapi3.ParameterInPath:
			value := path[p.Name]
			if problem := unusable(value); problem != "" {
				x.violate(RulePathParameter, where, problem)
				continue
			}
			value, _ = url.PathUnescape(value)
			sent = []string{value}
		case openapi3.ParameterInQuery:
			known[p.Name] = true
			sent = query[p.Name]
		case openapi3.ParameterInHeader:
			sent = header.Values(p.Name)
		}
		if len(sent) == 0 {
			if p.Required {
				x.violate(RuleMissingParameter, where, "is required")
			}
			continue
		}
		x.cover(item{parameters, x.operation.id + " " + p.In + " " + p.Name})
		x.parameter(p, sent, where)
	}
	for name := range query {
		if !known[name] {
			x.violate(RuleUnknownParameter, "request query "+printable(name), "the document has no such parameter")
		}
	}
}

// parameter checks the values of one parameter against its schema.
func (x *exchange) parameter(p *openapi3.Parameter, sent []string, where string) {
	schema := p.Schema
	if p.Schema.Value.Type.Is("array") {
		if p.Explode == nil || !*p.Explode {
			sent = strings.Split(strings.Join(sent, ","), ",")
		}
		schema = p.Schema.Value.Items
	} else if len(sent) > 1 {
		x.violate(RuleRepeatedParameter, where, fmt.Sprintf("is sent %d times", len(sent)))
	}
	w := &walker{report: x.find, place: where}
	for _, text := range sent {
		value := primitive(schema.Value, text)
		w.constraints(schema.Value, value, "")
		if number, ok := value.(json.Number); ok && x.method == http.MethodGet && (p.Name == "offset" || p.Name == "limit") {
			if n, err := strconv.Atoi(number.String()); err == nil {
				if x.page == nil {
					x.page = map[string]int{}
				}
				x.page[p.Name] = n
			}
		}
	}
}

// primitive is the JSON value that a parameter's text stands for, or the text itself.
func primitive(schema *openapi3.Schema, text string) any {
	switch {
	case schema.Type.Is("boolean") && (text == "true" || text == "false"):
		return text == "true"
	case schema.Type.Is("integer") && wholeNumber.MatchString(text):
		return json.Number(text)
	}
	return text
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

func (x *exchange) credentials(sent []string) {
	const where = "request header Authorization"
	switch {
	case len(x.operation.credentials) == 0:
	case len(sent) == 0:
		x.violate(RuleCredentials, where, "is missing")
	case len(sent) > 1:
		x.violate(RuleRepeatedParameter, where, fmt.Sprintf("is sent %d times", len(sent)))
	case !slices.ContainsFunc(x.operation.credentials, func(begin string) bool { return strings.HasPrefix(sent[0], begin) }):
		x.violate(RuleCredentials, where, "is of a kind that the operation does not take")
	}
}

// requestBody checks a complete body; nil means that there is none.
func (x *exchange) requestBody(data []byte) {
	const where = "request body"
	switch {
	case x.operation == nil:
	case x.operation.body == nil:
		if len(data) > 0 {
			x.violate(RuleUnexpectedBody, where, "the operation takes none")
		}
	case len(data) == 0:
		if x.operation.body.Required {
			x.violate(RuleMissingBody, where, "is required")
		}
	default:
		x.content(x.operation.body.Content, x.mediaType, data, false)
	}
}

// content checks a body against the one media type that the document gives.
func (x *exchange) content(content openapi3.Content, mediaType string, data []byte, answer bool) {
	where, kind := "request", requestProperties
	if answer {
		where, kind = "answer", responseProperties
	}
	sent, _, err := mime.ParseMediaType(mediaType)
	described := content[sent]
	if err != nil || described == nil {
		x.violate(RuleMediaType, where+" header Content-Type", "is not a documented media type")
		return
	}
	value, err := decode(data)
	if err != nil {
		x.violate(RuleMalformedBody, where+" body", err.Error())
		return
	}
	w := &walker{answer: answer, report: x.find, place: where + " body", property: func(schema, field string) {
		x.cover(item{kind, schema + "." + field})
	}}
	w.value(described.Schema, value, "", x.operation.id)
	if answer {
		x.meaning(value)
	}
}

// decode reads one JSON value. Its errors tell no value.
func decode(data []byte) (any, error) {
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.UseNumber()
	var value any
	if err := decoder.Decode(&value); err != nil {
		return nil, fmt.Errorf("is not JSON, from byte %d on", decoder.InputOffset())
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("is followed by something else")
	}
	return value, nil
}
