package main

import (
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// tritonNames maps each request that a document describes to the operation's name on the page, which is its operationId as long as no
// correction has changed it.
func tritonNames(doc *yaml.Node) map[string]string {
	names := map[string]string{}
	for name, operation := range operations(doc) {
		names[name] = text(operation, "operationId")
	}
	return names
}

// tritonFacts finds in a document what the page speaks about. Operations without a name in names are not on the page.
func tritonFacts(doc *yaml.Node, names map[string]string) facts {
	f := facts{}
	for name, operation := range operations(doc) {
		id := names[name]
		if id == "" {
			continue
		}
		method, path, _ := strings.Cut(name, " ")
		f.add(id, "request", request(method, path))
		f.add(id, "operationId", text(operation, "operationId"))
		for _, p := range items(get(operation, "parameters")) {
			if text(p, "in") == "query" {
				input(f, id, text(p, "name"), get(p, "schema"), text(p, "required") == "true")
			}
		}
		body := resolve(doc, get(operation, "requestBody", "content", "application/json", "schema"))
		for property, schema := range pairs(get(body, "properties")) {
			input(f, id, property.Value, schema, slices.ContainsFunc(items(get(body, "required")), func(n *yaml.Node) bool {
				return n.Value == property.Value
			}))
		}
		returned(f, id, doc, operation)
		for _, e := range items(get(operation, "x-errors")) {
			f.add(id, "error "+text(e, "code"), "documented")
		}
	}
	return f
}

func input(f facts, operation, name string, schema *yaml.Node, required bool) {
	f.add(operation, "input "+name+", type", tritonType(schema))
	if required {
		f.add(operation, "input "+name+", required", "true")
	}
}

func returned(f facts, id string, doc, operation *yaml.Node) {
	for status, response := range pairs(get(operation, "responses")) {
		if !strings.HasPrefix(status.Value, "2") {
			continue
		}
		schema := get(response, "content", "application/json", "schema")
		is := "nothing"
		switch {
		case text(schema, "type") == "array":
			is, schema = "array", get(schema, "items")
		case schema != nil:
			is = "object"
		}
		f.add(id, "returns", is)
		for property, s := range pairs(get(resolve(doc, schema), "properties")) {
			f.add(id, "returned "+property.Value+", type", tritonType(s))
		}
	}
}

func resolve(doc, schema *yaml.Node) *yaml.Node {
	if name, ok := strings.CutPrefix(text(schema, "$ref"), "#/components/schemas/"); ok {
		return get(doc, "components", "schemas", name)
	}
	return schema
}

func tritonType(schema *yaml.Node) string {
	kind, format := text(schema, "type"), text(schema, "format")
	switch {
	case kind == "string" && format == "uuid":
		return "UUID"
	case kind == "string" && format == "date-time":
		return "date"
	case kind == "string" && format == "":
		return "String"
	case kind == "boolean":
		return "Boolean"
	case kind == "array":
		return "Array"
	}
	return strings.TrimSpace(kind + " " + format)
}
