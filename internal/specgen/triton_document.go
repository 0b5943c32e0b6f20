package main

import (
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// tritonWriter makes an OpenAPI document of the page's tables and of what api/triton-base.yaml says beyond them.
type tritonWriter struct {
	doc, plan *yaml.Node
	paths     map[string]*yaml.Node // path items by the shape of their path
	spelled   map[string]string     // the first spelling of each shape: OpenAPI knows one name for a path parameter
	schemas   *yaml.Node
	wrong     problems
}

// tritonDocument returns the document, and as an error all that the page says and the base does not know how to write.
func tritonDocument(page []byte, base *yaml.Node) (*yaml.Node, error) {
	operations, err := readTriton(page)
	if err != nil {
		return nil, err
	}
	w := tritonWriter{doc: clone(base), plan: get(base, "x-import"), paths: map[string]*yaml.Node{}, spelled: map[string]string{}, schemas: mapping()}
	components := get(w.doc, "components")
	for _, key := range []string{"x-import", "components"} {
		remove(w.doc, key)
	}
	paths := mapping()
	set(w.doc, "paths", paths)
	for _, o := range operations {
		w.operation(paths, o)
	}
	for name, schema := range pairs(get(components, "schemas")) {
		set(w.schemas, name.Value, schema)
	}
	set(components, "schemas", w.schemas)
	set(w.doc, "components", components)
	return w.doc, w.wrong.err()
}

func (w *tritonWriter) operation(paths *yaml.Node, o tritonOperation) {
	plan := get(w.plan, "operations", o.name)
	if plan == nil {
		w.wrong.add("%s: the page has the operation %s (%s %s): say its status and the names of its schemas under x-import.operations", tritonBaseFile, o.name, o.method, o.path)
		return
	}
	shape := pathParameter.ReplaceAllString(o.path, "{}")
	if w.paths[shape] == nil {
		w.paths[shape] = mapping()
		w.spelled[shape] = bracedPath(o.path)
		set(paths, w.spelled[shape], w.paths[shape])
	}
	operation := mapping()
	set(operation, "tags", list(text(items(get(w.doc, "tags"))[0], "name")))
	set(operation, "operationId", scalar(o.name))
	set(operation, "parameters", w.parameters(w.spelled[shape], o))
	if len(o.inputs) > 0 && o.method != "GET" {
		body := mapping()
		set(body, "required", typed("!!bool", "true"))
		set(body, "content", content(reference(text(plan, "takes"))))
		set(operation, "requestBody", body)
		w.schema(text(plan, "takes"), o.name, o.inputs)
	}
	set(operation, "responses", w.responses(plan, o))
	set(operation, "x-errors", w.errors(o))
	set(w.paths[shape], strings.ToLower(o.method), operation)
}

// bracedPath writes /:account/users as /{account}/users.
func bracedPath(path string) string {
	return pathParameter.ReplaceAllStringFunc(strings.Replace(path, ":login/", ":account/", 1), func(name string) string { return "{" + name[1:] + "}" })
}

func (w *tritonWriter) parameters(path string, o tritonOperation) *yaml.Node {
	all := list()
	for _, name := range pathParameter.FindAllString(path, -1) {
		all.Content = append(all.Content, parameter(strings.Trim(name, "{}"), "path", true, "String"))
	}
	if o.method == "GET" {
		for _, field := range o.inputs {
			all.Content = append(all.Content, parameter(field.name, "query", field.required, field.kind))
		}
	}
	return all
}

func parameter(name, in string, required bool, kind string) *yaml.Node {
	p := mapping()
	set(p, "name", scalar(name))
	set(p, "in", scalar(in))
	if required {
		set(p, "required", typed("!!bool", "true"))
	}
	set(p, "schema", schemaOf(kind))
	return p
}

// schemaOf is the schema of one of the page's types. The elements of its arrays are strings.
func schemaOf(kind string) *yaml.Node {
	schema := mapping()
	set(schema, "type", scalar(strings.ToLower(kind)))
	switch kind {
	case "UUID", "date":
		set(schema, "type", scalar("string"))
		set(schema, "format", scalar(map[string]string{"UUID": "uuid", "date": "date-time"}[kind]))
	case "Array":
		items := mapping()
		set(items, "type", scalar("string"))
		set(schema, "items", items)
	}
	return schema
}

// schema defines a schema by the fields of a table. Tables of one name must have the same fields.
func (w *tritonWriter) schema(name, operation string, fields []tritonField) {
	schema, required, properties := mapping(), list(), mapping()
	for _, field := range fields {
		set(properties, field.name, schemaOf(field.kind))
		if field.required {
			required.Content = append(required.Content, scalar(field.name))
		}
	}
	set(schema, "type", scalar("object"))
	if len(required.Content) > 0 {
		set(schema, "required", required)
	}
	set(schema, "properties", properties)
	have := get(w.schemas, name)
	if have == nil {
		set(w.schemas, name, schema)
		return
	}
	if where, left, right, differs := difference(have, schema, name); differs {
		w.wrong.add("the table of %s and an earlier one, both %s by %s, disagree at %s: %s, %s", operation, name, tritonBaseFile, where, left, right)
	}
}

func (w *tritonWriter) responses(plan *yaml.Node, o tritonOperation) *yaml.Node {
	failure := func() *yaml.Node {
		response := mapping()
		set(response, "content", content(reference(text(w.plan, "error"))))
		return response
	}
	success := mapping()
	if text(plan, "location") == "true" {
		location, schema, headers := mapping(), mapping(), mapping()
		set(schema, "type", scalar("string"))
		set(schema, "format", scalar("uri-reference"))
		set(location, "schema", schema)
		set(headers, "Location", location)
		set(success, "headers", headers)
	}
	if len(o.returned) > 0 {
		name := text(plan, "returns")
		w.schema(name, o.name, o.returned)
		schema := reference(name)
		if o.shape == "array" {
			schema = mapping()
			set(schema, "type", scalar("array"))
			set(schema, "items", reference(name))
		}
		set(success, "content", content(schema))
	}
	responses := mapping()
	set(responses, text(plan, "status"), success)
	for _, status := range w.statuses(o) {
		set(responses, status, failure())
	}
	other := failure()
	set(other, errorStatuses, clone(get(w.plan, "statuses")))
	set(responses, "default", other)
	return responses
}

// statuses returns the statuses of the operation's error codes, each once, in their order.
func (w *tritonWriter) statuses(o tritonOperation) []string {
	var all []string
	for _, code := range o.errors {
		all = append(all, text(w.plan, "codes", code))
	}
	slices.Sort(all)
	return slices.Compact(all)
}

func (w *tritonWriter) errors(o tritonOperation) *yaml.Node {
	all := list()
	for _, code := range o.errors {
		status := get(w.plan, "codes", code)
		if status == nil {
			w.wrong.add("%s: %s has the error %s: say its status under x-import.codes", tritonBaseFile, o.name, code)
			continue
		}
		row := mapping()
		set(row, "code", scalar(code))
		set(row, "status", clone(status))
		all.Content = append(all.Content, row)
	}
	return all
}

func content(schema *yaml.Node) *yaml.Node {
	media, all := mapping(), mapping()
	set(media, "schema", schema)
	set(all, "application/json", media)
	return all
}

func reference(name string) *yaml.Node {
	n := mapping()
	set(n, "$ref", scalar("#/components/schemas/"+name))
	return n
}

func typed(tag, value string) *yaml.Node {
	return &yaml.Node{Kind: yaml.ScalarNode, Tag: tag, Value: value}
}

func list(values ...string) *yaml.Node {
	n := &yaml.Node{Kind: yaml.SequenceNode, Tag: "!!seq"}
	for _, value := range values {
		n.Content = append(n.Content, scalar(value))
	}
	return n
}
