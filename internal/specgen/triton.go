package main

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// The Triton page describes each operation by a heading with method and path and by three tables: inputs, returned fields and error
// codes. In the text of the page a table is one cell a line, and an empty cell is no line at all.

var (
	tritonHeading = regexp.MustCompile(`(?m)^(\w+) \((GET|POST|PUT|PATCH|DELETE|HEAD) (/:account\S*)\)\s*$`)
	fieldName     = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_]*$`)
	pathParameter = regexp.MustCompile(`:\w+|\{\w+\}`)
)

// tritonTypes are the words that the page uses for types, and the name that they are compared by.
var tritonTypes = map[string]string{
	"UUID": "UUID", "String": "String", "Boolean": "Boolean", "Array": "Array", "Number": "Number", "Integer": "Integer", "Object": "Object",
	"ISO8601 date": "date", "Date (ISO8601)": "date",
}

type cell struct {
	text string
	line int
}

// tritonPage reads the tables of the page.
func tritonPage(page []byte) (facts, error) {
	f := facts{}
	var cells []cell
	for i, line := range strings.Split(string(page), "\n") {
		if line = strings.TrimSpace(line); line != "" {
			cells = append(cells, cell{line, i + 1})
		}
	}
	operation, table := "", ""
	for len(cells) > 0 {
		c := cells[0]
		cells = cells[1:]
		m := tritonHeading.FindStringSubmatch(c.text)
		switch {
		case m != nil:
			operation, table = m[1], ""
			f.add(operation, "request", request(m[2], m[3]))
			f.add(operation, "operationId", operation)
		case operation == "":
		case c.text == "Inputs" || c.text == "Returns" || c.text == "Errors":
			table = c.text
			if table == "Returns" && len(cells) > 0 {
				f.add(operation, "returns", shape(cells[0].text))
			}
		case c.text == "CLI Command:":
			table = ""
		case c.text == "Field" && (table == "Inputs" || table == "Returns"):
			n, err := fieldRows(f, operation, table, c, cells)
			if err != nil {
				return nil, fmt.Errorf("operation %s, table %s: %w", operation, table, err)
			}
			cells = cells[n:]
		case c.text == "Error Code" && table == "Errors":
			n, err := errorRows(f, operation, c, cells)
			if err != nil {
				return nil, fmt.Errorf("operation %s, table %s: %w", operation, table, err)
			}
			cells = cells[n:]
		}
	}
	return f, nil
}

func ends(text string) bool {
	return text == "Inputs" || text == "Returns" || text == "Errors" || text == "CLI Command:" || tritonHeading.MatchString(text)
}

// fieldRows reads the rows "name, type, description" that follow the heading cell "Field", and returns how many cells they took. A row
// without a description shows by the type that stands two cells after its own.
func fieldRows(f facts, operation, table string, heading cell, cells []cell) (int, error) {
	if len(cells) < 2 || cells[0].text != "Type" || cells[1].text != "Description" {
		return 0, fmt.Errorf("line %d: expected the columns Field, Type and Description", heading.line)
	}
	word := map[string]string{"Inputs": "input", "Returns": "returned"}[table]
	i := 2
	for i < len(cells) && !ends(cells[i].text) {
		if i+1 >= len(cells) || !fieldName.MatchString(cells[i].text) || tritonTypes[cells[i+1].text] == "" {
			return 0, fmt.Errorf("line %d: %q does not begin a row with a name and a type", cells[i].line, cells[i].text)
		}
		name := word + " " + cells[i].text
		f.add(operation, name+", type", tritonTypes[cells[i+1].text])
		i += 2
		described := i < len(cells) && !ends(cells[i].text) && (i+1 >= len(cells) || tritonTypes[cells[i+1].text] == "")
		if described {
			if strings.HasPrefix(cells[i].text, "(Required)") {
				f.add(operation, name+", required", "true")
			}
			i++
		}
	}
	return i, nil
}

func errorRows(f facts, operation string, heading cell, cells []cell) (int, error) {
	if len(cells) == 0 || cells[0].text != "Description" {
		return 0, fmt.Errorf("line %d: expected the columns Error Code and Description", heading.line)
	}
	i := 1
	for i+1 < len(cells) && !ends(cells[i].text) {
		if !fieldName.MatchString(cells[i].text) {
			return 0, fmt.Errorf("line %d: %q is not an error code", cells[i].line, cells[i].text)
		}
		f.add(operation, "error "+cells[i].text, "documented")
		i += 2
	}
	return i, nil
}

func shape(returns string) string {
	switch r := strings.ToLower(returns); {
	case strings.Contains(r, "array"):
		return "array"
	case strings.Contains(r, "object"):
		return "object"
	case strings.Contains(r, "none"):
		return "nothing"
	default:
		return returns
	}
}

// request renders method and path without the names of path parameters: OpenAPI forbids two paths that differ only in them, and the
// page calls one place :user and :id.
func request(method, path string) string {
	return method + " " + pathParameter.ReplaceAllString(path, "{}")
}

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
