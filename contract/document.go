package contract

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/cloudroster/cloudroster/gen/openapi"
)

// document is an OpenAPI document, compiled for checking requests and responses.
type document struct {
	title, version string
	operations     []*operation // by id
	templates      []*template  // longest first, literal segments before parameters
	names          map[string]bool
	// status is the operation that the Location of an accepted change leads to. Only a document that has
	// it follows the conventions of IONOS: pages repeat what was requested, errors repeat their status.
	status *operation

	items []item // what coverage counts
	index map[item]int
}

type operation struct {
	id, method, path string
	tags             []string
	parameters       []*parameter
	body             *content // nil if the operation takes none
	bodyRequired     bool
	responses        map[int]*response
	ranges           map[int]*response // of "2XX" and the like, by their first digit
	fallback         *response         // "default"
	errors           []int             // the error statuses that the default response stands for
	security         [][]credential    // alternatives; none if no credentials are needed

	item        int
	statusItems map[int]int
	properties  []int // items that its bodies can exercise
}

type parameter struct {
	in, name  string
	required  bool
	schema    *schema
	list      bool   // an array
	separator string // "" when each value is a parameter of its own
	unchecked bool   // an object, or a style that is not taken apart
	item      int
	fallback  int // the documented default, of offset and limit
}

type response struct {
	headers []*responseHeader
	content *content // nil if there is none
}

type responseHeader struct {
	name     string
	required bool
	schema   *schema
}

// statusOperation is the operation with the outcome of an accepted change of IONOS.
const statusOperation = "requestsStatusGet"

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
	if !strings.HasPrefix(source.OpenAPI, "3.0.") {
		return nil, errors.New("not an OpenAPI 3.0 document")
	}
	doc := &document{names: map[string]bool{}, index: map[item]int{}}
	if source.Info != nil {
		doc.title, doc.version = source.Info.Title, source.Info.Version
	}
	c := &compiler{document: doc, known: map[string]*schema{}}
	for _, path := range source.Paths.InMatchingOrder() {
		pathItem := source.Paths.Value(path)
		t, err := newTemplate(path, len(pathItem.Servers) > 0)
		if err != nil {
			return nil, err
		}
		for _, segment := range t.segments {
			if segment.literal != "" {
				doc.names[segment.literal] = true
			}
		}
		described := pathItem.Operations()
		for _, method := range slices.Sorted(maps.Keys(described)) {
			o, err := c.operation(method, path, pathItem, described[method], source)
			if err != nil {
				return nil, fmt.Errorf("%s %s: %w", method, path, err)
			}
			t.operations[method] = o
			doc.operations = append(doc.operations, o)
		}
		doc.templates = append(doc.templates, t)
	}
	if len(doc.operations) == 0 {
		return nil, errors.New("the document has no operations")
	}
	slices.SortFunc(doc.operations, func(a, b *operation) int { return cmp.Compare(a.id, b.id) })
	sortTemplates(doc.templates)
	for _, o := range doc.operations {
		if o.id == statusOperation {
			doc.status = o
		}
	}
	return doc, nil
}

// item is the index of something that coverage counts.
func (d *document) item(kind, name string) int {
	i := item{kind, name}
	at, ok := d.index[i]
	if !ok {
		at = len(d.items)
		d.index[i] = at
		d.items = append(d.items, i)
	}
	return at
}

// errorStatuses is the extension of a default response that lists the error statuses it stands for.
const errorStatuses = "x-error-statuses"

func (c *compiler) operation(method, path string, item *openapi3.PathItem, described *openapi3.Operation, source *openapi3.T) (*operation, error) {
	o := &operation{
		id: described.OperationID, method: method, path: path, tags: described.Tags,
		responses: map[int]*response{}, ranges: map[int]*response{}, statusItems: map[int]int{},
	}
	if o.id == "" {
		o.id = method + " " + path
	}
	o.item = c.document.item(operations, o.id)
	var err error
	if o.security, err = securityOf(described.Security, source); err != nil {
		return nil, err
	}
	if err := c.parameters(o, item.Parameters, described.Parameters); err != nil {
		return nil, err
	}
	if described.RequestBody != nil && described.RequestBody.Value != nil {
		o.bodyRequired = described.RequestBody.Value.Required
		if o.body, err = c.content(described.RequestBody.Value.Content, o.id); err != nil {
			return nil, err
		}
		if o.body == nil {
			o.body = &content{}
		}
	}
	if described.Responses != nil {
		if err := c.responses(o, described.Responses.Map()); err != nil {
			return nil, err
		}
	}
	c.reachable(o)
	return o, nil
}

// parameters of the operation replace those of its path.
func (c *compiler) parameters(o *operation, ofPath, own openapi3.Parameters) error {
	merged := map[[2]string]*openapi3.Parameter{}
	var order [][2]string
	for _, ref := range slices.Concat(ofPath, own) {
		if ref.Value == nil {
			continue
		}
		key := [2]string{ref.Value.In, ref.Value.Name}
		if _, ok := merged[key]; !ok {
			order = append(order, key)
		}
		merged[key] = ref.Value
	}
	for _, key := range order {
		p, err := c.parameter(o, merged[key])
		if err != nil {
			return err
		}
		o.parameters = append(o.parameters, p)
	}
	return nil
}

func (c *compiler) parameter(o *operation, source *openapi3.Parameter) (*parameter, error) {
	p := &parameter{in: source.In, name: source.Name, required: source.Required}
	c.document.names[p.name] = true
	p.item = c.document.item(parameters, o.id+" "+p.in+" "+p.name)
	if source.Schema == nil || source.Schema.Value == nil {
		p.unchecked = true
		return p, nil
	}
	var err error
	if p.schema, err = c.schema(source.Schema, o.id); err != nil {
		return nil, err
	}
	number, _ := source.Schema.Value.Default.(float64)
	p.fallback = int(number)
	method, err := source.SerializationMethod()
	if err != nil {
		return nil, err
	}
	switch {
	case source.Schema.Value.Type.Is("array"):
		p.list = true
		separators := map[string]string{"spaceDelimited": " ", "pipeDelimited": "|"}
		if p.separator = separators[method.Style]; p.separator == "" {
			p.separator = ","
		}
		if method.Style == "form" && method.Explode {
			p.separator = ""
		}
		p.unchecked = method.Style == "label" || method.Style == "matrix"
	case source.Schema.Value.Type.Is("object"), method.Style == "label", method.Style == "matrix":
		p.unchecked = true
	}
	return p, nil
}

func (c *compiler) responses(o *operation, described map[string]*openapi3.ResponseRef) error {
	for _, key := range slices.Sorted(maps.Keys(described)) {
		if described[key].Value == nil {
			continue
		}
		r, err := c.response(o, described[key].Value)
		if err != nil {
			return err
		}
		status, err := strconv.Atoi(key)
		switch {
		case key == "default":
			o.fallback = r
			if err := o.listErrors(described[key].Value.Extensions[errorStatuses]); err != nil {
				return err
			}
		case len(key) == 3 && strings.EqualFold(key[1:], "XX") && key[0] >= '1' && key[0] <= '5':
			o.ranges[int(key[0]-'0')] = r
		case err != nil:
			return fmt.Errorf("status %q is not a number", key)
		default:
			o.responses[status] = r
		}
	}
	for _, status := range o.statuses() {
		o.statusItems[status] = c.document.item(statuses, o.id+" "+strconv.Itoa(status))
	}
	return nil
}

func (o *operation) listErrors(extension any) error {
	listed, _ := extension.([]any)
	for _, status := range listed {
		number, ok := status.(float64)
		if !ok {
			return fmt.Errorf("%s: a status is not a number", errorStatuses)
		}
		o.errors = append(o.errors, int(number))
	}
	return nil
}

func (c *compiler) response(o *operation, source *openapi3.Response) (*response, error) {
	r := &response{}
	for _, name := range slices.Sorted(maps.Keys(source.Headers)) {
		if source.Headers[name].Value == nil || strings.EqualFold(name, "Content-Type") {
			continue
		}
		compiled, err := c.schema(source.Headers[name].Value.Schema, o.id)
		if err != nil {
			return nil, err
		}
		c.document.names[name] = true
		r.headers = append(r.headers, &responseHeader{name: name, required: source.Headers[name].Value.Required, schema: compiled})
	}
	var err error
	r.content, err = c.content(source.Content, o.id)
	return r, err
}

// response is the description of a response with this status, nil if there is none. exact is false when
// only the default response covers it, and stands for others.
func (o *operation) response(status int) (described *response, exact bool) {
	if described, ok := o.responses[status]; ok {
		return described, true
	}
	if described, ok := o.ranges[status/100]; ok {
		return described, true
	}
	// A default response is about errors, unless it is all that there is.
	if status < 400 && len(o.responses)+len(o.ranges) > 0 {
		return nil, false
	}
	return o.fallback, len(o.errors) == 0 || slices.Contains(o.errors, status)
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

// reachable notes what the bodies of an operation can exercise.
func (c *compiler) reachable(o *operation) {
	if o.body != nil {
		o.body.each(func(s *schema) { s.collect(0, &o.properties, map[*schema]bool{}) })
	}
	all := slices.Concat(slices.Collect(maps.Values(o.responses)), slices.Collect(maps.Values(o.ranges)))
	if o.fallback != nil {
		all = append(all, o.fallback)
	}
	for _, r := range all {
		if r.content != nil {
			r.content.each(func(s *schema) { s.collect(1, &o.properties, map[*schema]bool{}) })
		}
	}
	slices.Sort(o.properties)
	o.properties = slices.Compact(o.properties)
}

// operationAt is the documented GET operation that an escaped path leads to, nil if there is none.
func (d *document) operationAt(escaped string) *operation {
	t, values := d.find(escaped)
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
