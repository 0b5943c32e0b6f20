package main

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/cloudroster/cloudroster/internal/flat"
)

// The sources repeat the parameters, headers and responses that operations have in common. The written document has each of them once,
// under components, which is what other people's tools make one type or one constant of. All stages before, and all comparisons, work on
// the expanded form.

// sharedKinds are the components that are shared, in the order in which they are looked for: a response is the same as another one only
// after its headers are.
var sharedKinds = []string{"parameters", "headers", "responses"}

// share moves whatever is the same in two places or more to components.
func share(doc *yaml.Node) *yaml.Node {
	doc = clone(doc)
	for _, kind := range sharedKinds {
		s := sharer{kind: kind, uses: map[string]int{}, names: map[string]string{}, taken: map[string]bool{}, group: mapping()}
		s.each(doc, func(_ string, _, n *yaml.Node) *yaml.Node {
			s.uses[canonical(n)]++
			return n
		})
		s.each(doc, s.replace)
		if len(s.group.Content) > 0 {
			set(get(doc, "components"), kind, s.group)
		}
	}
	return doc
}

type sharer struct {
	kind  string
	uses  map[string]int    // how often a value occurs
	names map[string]string // the component that a value became
	taken map[string]bool
	group *yaml.Node
}

// each calls visit for every place that a component of this kind can stand at, and puts there what it returns.
func (s sharer) each(doc *yaml.Node, visit func(operationID string, key, n *yaml.Node) *yaml.Node) {
	for _, operation := range operations(doc) {
		id := text(operation, "operationId")
		if s.kind == "parameters" {
			for i, p := range items(get(operation, "parameters")) {
				get(operation, "parameters").Content[i] = visit(id, get(p, "name"), p)
			}
			continue
		}
		responses := get(operation, "responses")
		for status, response := range pairs(responses) {
			if s.kind == "responses" {
				set(responses, status.Value, visit(id, status, response))
				continue
			}
			headers := get(response, "headers")
			for name, header := range pairs(headers) {
				set(headers, name.Value, visit(id, name, header))
			}
		}
	}
}

func (s sharer) replace(operationID string, key, n *yaml.Node) *yaml.Node {
	form := canonical(n)
	if s.uses[form] < 2 {
		return n
	}
	if s.names[form] == "" {
		name := s.name(key.Value, n)
		if s.taken[name] {
			name += "Of" + strings.ToUpper(operationID[:1]) + operationID[1:] // the first operation that differs
		}
		s.names[form], s.taken[name] = name, true
		set(s.group, name, n)
	}
	ref := mapping()
	set(ref, "$ref", scalar("#/components/"+s.kind+"/"+s.names[form]))
	return ref
}

// name makes a component's name of the parameter's or the header's name, or of the response's status and schema.
func (s sharer) name(key string, n *yaml.Node) string {
	if s.kind != "responses" {
		return flat.Camel(strings.TrimPrefix(key, "X-"))
	}
	status := "Default"
	if number, err := strconv.Atoi(key); err == nil {
		status = strings.Join(slices.DeleteFunc(strings.FieldsFunc(http.StatusText(number), func(r rune) bool { return r < 'A' }), func(s string) bool { return s == "" }), "")
		if status == "" {
			status = "Status" + key
		}
	}
	schema := get(n, "content", "application/json", "schema")
	name := text(schema, "$ref")
	if name == "" {
		name = text(schema, "items", "$ref")
	}
	return status + name[strings.LastIndex(name, "/")+1:]
}

// canonical renders a value so that two of them are the same if and only if they say the same.
func canonical(n *yaml.Node) string {
	var out strings.Builder
	writeForm(&out, n)
	return out.String()
}

func writeForm(out *strings.Builder, n *yaml.Node) {
	out.WriteString(n.ShortTag() + strconv.Quote(n.Value) + "(")
	for _, child := range n.Content {
		writeForm(out, child)
	}
	out.WriteString(")")
}

// expand undoes share.
func expand(doc *yaml.Node) *yaml.Node {
	doc = clone(doc)
	flat.Expand(doc)
	return doc
}
