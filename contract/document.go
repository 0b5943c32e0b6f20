package contract

import (
	"cmp"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/cloudroster/cloudroster/gen/openapi"
)

// document is openapi.yaml, arranged for looking up requests.
type document struct {
	operations []*operation // by id
	templates  []*template  // longest first, literal segments before parameters
	roots      []string     // literal first segments of templates
}

type template struct {
	path       string
	segments   []string // "{name}" for a parameter
	operations map[string]*operation
}

type operation struct {
	id, method, path string
	parameters       []*openapi3.Parameter
	body             *openapi3.RequestBody
	responses        map[int]*openapi3.Response
	fallback         *openapi3.Response // "default"
	errors           []int              // the error statuses that the default response stands for
	credentials      []string           // how the Authorization header may begin
}

// schemes is how the Authorization header begins under each security scheme of the document.
var schemes = map[string]string{
	"BasicAuthentication": "Basic ",
	"TokenAuthentication": "Bearer ",
	"TritonSignature":     "Signature ",
}

// embedded is the document of package openapi. A test loads it, so that it cannot fail later.
var embedded = sync.OnceValue(func() *document {
	doc, err := load(openapi.YAML())
	if err != nil {
		panic(fmt.Sprintf("contract: the embedded document: %v", err))
	}
	return doc
})

func load(yaml []byte) (*document, error) {
	source, err := openapi3.NewLoader().LoadFromData(yaml)
	if err != nil {
		return nil, err
	}
	doc := &document{}
	for _, path := range source.Paths.InMatchingOrder() {
		item := source.Paths.Value(path)
		t := &template{path: path, segments: strings.Split(path, "/")[1:], operations: map[string]*operation{}}
		for method, described := range item.Operations() {
			o, err := newOperation(method, path, item, described)
			if err != nil {
				return nil, fmt.Errorf("%s %s: %w", method, path, err)
			}
			security := described.Security
			if security == nil {
				security = &source.Security
			}
			for _, alternative := range *security {
				for name := range alternative {
					o.credentials = append(o.credentials, schemes[name])
				}
			}
			slices.Sort(o.credentials)
			t.operations[method] = o
			doc.operations = append(doc.operations, o)
		}
		doc.templates = append(doc.templates, t)
		if !t.parameter(0) {
			doc.roots = append(doc.roots, t.segments[0])
		}
	}
	slices.SortFunc(doc.operations, func(a, b *operation) int { return cmp.Compare(a.id, b.id) })
	slices.SortStableFunc(doc.templates, func(a, b *template) int {
		return cmp.Or(len(b.segments)-len(a.segments), a.parameters()-b.parameters())
	})
	return doc, nil
}

// errorStatuses is the extension of a default response that lists the error statuses it stands for.
const errorStatuses = "x-error-statuses"

func newOperation(method, path string, item *openapi3.PathItem, described *openapi3.Operation) (*operation, error) {
	o := &operation{id: described.OperationID, method: method, path: path, responses: map[int]*openapi3.Response{}}
	for _, parameter := range slices.Concat(item.Parameters, described.Parameters) {
		o.parameters = append(o.parameters, parameter.Value)
	}
	if described.RequestBody != nil {
		o.body = described.RequestBody.Value
	}
	for key, response := range described.Responses.Map() {
		if key == "default" {
			o.fallback = response.Value
			continue
		}
		status, err := strconv.Atoi(key)
		if err != nil {
			return nil, fmt.Errorf("status %q is not a number", key)
		}
		o.responses[status] = response.Value
	}
	if o.fallback != nil {
		listed, _ := o.fallback.Extensions[errorStatuses].([]any)
		for _, status := range listed {
			number, ok := status.(float64)
			if !ok {
				return nil, fmt.Errorf("%s: status %v is not a number", errorStatuses, status)
			}
			o.errors = append(o.errors, int(number))
		}
	}
	return o, nil
}

func (t *template) parameter(i int) bool { return strings.HasPrefix(t.segments[i], "{") }

func (t *template) parameters() int {
	n := 0
	for i := range t.segments {
		if t.parameter(i) {
			n++
		}
	}
	return n
}

// find looks for the template that the end of an escaped path matches. Whatever comes before it is
// the prefix of some base URL. The values of the parameters are still escaped.
func (d *document) find(escaped string) (*template, map[string]string) {
	segments := strings.Split(strings.TrimPrefix(escaped, "/"), "/")
	for _, t := range d.templates {
		n := len(segments) - len(t.segments)
		if n < 0 {
			continue
		}
		// Triton's paths begin with a parameter, so that the end of a wrong IONOS path could look
		// like one of them.
		if t.parameter(0) && slices.ContainsFunc(segments[:n+1], func(s string) bool { return slices.Contains(d.roots, s) }) {
			continue
		}
		if values, ok := t.match(segments[n:]); ok {
			return t, values
		}
	}
	return nil, nil
}

func (t *template) match(segments []string) (map[string]string, bool) {
	values := map[string]string{}
	for i, want := range t.segments {
		switch {
		case t.parameter(i):
			values[strings.Trim(want, "{}")] = segments[i]
		case want != segments[i]:
			return nil, false
		}
	}
	return values, true
}

// operationAt is the documented GET operation that a URL leads to, nil if there is none.
func (d *document) operationAt(u *url.URL) *operation {
	t, values := d.find(u.EscapedPath())
	if t == nil {
		return nil
	}
	for _, value := range values {
		if unusable(value) != "" {
			return nil
		}
	}
	return t.operations[http.MethodGet]
}

// response is the description of an answer with this status, nil if there is none. exact is false
// when only the default response covers it.
func (o *operation) response(status int) (described *openapi3.Response, exact bool) {
	if described, ok := o.responses[status]; ok {
		return described, true
	}
	if status < 400 {
		return nil, false
	}
	return o.fallback, slices.Contains(o.errors, status)
}

// statuses are all that the document names for the operation, in order.
func (o *operation) statuses() []int {
	all := slices.Clone(o.errors)
	for status := range o.responses {
		all = append(all, status)
	}
	slices.Sort(all)
	return slices.Compact(all)
}
