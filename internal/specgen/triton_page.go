package main

import (
	"regexp"
	"strings"
)

// The Triton page describes each operation by a heading with method and path and by three tables: inputs, returned fields and error
// codes. It comes as the text of the rendered page, in which a table is one cell a line and an empty cell is no line at all, and as
// Markdown. Both are read as one list of cells.

// tritonOperation is an operation as the page describes it.
type tritonOperation struct {
	name, method, path string
	shape              string // of what it returns: array, object, nothing, or the page's words
	inputs, returned   []tritonField
	errors             []string
	texts              facts // digests of its sentences, by what they are about
}

type tritonField struct {
	name, kind string
	required   bool
}

var (
	tritonHeading = regexp.MustCompile(`(?m)^(?:#+\s*)?(\w+) \((GET|POST|PUT|PATCH|DELETE|HEAD) (/:(?:account|login)\S*)\)\s*$`)
	fieldName     = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_]*$`)
	pathParameter = regexp.MustCompile(`:\w+|\{\w+\}`)
	ruler         = regexp.MustCompile(`^[\s|:+-]*--[\s|:+-]*$`)
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

// cellsOf splits a page, text or Markdown, into cells.
func cellsOf(page []byte) []cell {
	var cells []cell
	for i, line := range strings.Split(string(page), "\n") {
		if ruler.MatchString(line) {
			continue
		}
		parts := []string{line}
		if strings.Contains(line, "|") {
			parts = strings.Split(line, "|")
		}
		for _, part := range parts {
			part = strings.TrimSpace(strings.TrimLeft(strings.TrimSpace(part), "#"))
			part = strings.NewReplacer("**", "", "`", "", `\_`, "_").Replace(part)
			if part != "" {
				cells = append(cells, cell{part, i + 1})
			}
		}
	}
	return cells
}

// tritonReader goes over the cells of a page.
type tritonReader struct {
	cells []cell
	found []tritonOperation
	table string // the heading that the cells stand under: Inputs, Returns, Errors, or "" before the first
	wrong problems
}

// readTriton reads the tables of the page. All that is wrong with them is told at once.
func readTriton(page []byte) ([]tritonOperation, error) {
	r := tritonReader{cells: cellsOf(page)}
	for len(r.cells) > 0 {
		r.step()
	}
	return r.found, r.wrong.err()
}

func (r *tritonReader) step() {
	c := r.next()
	if m := tritonHeading.FindStringSubmatch(c.text); m != nil {
		r.table = ""
		r.found = append(r.found, tritonOperation{name: m[1], method: m[2], path: m[3], texts: facts{}})
		return
	}
	if len(r.found) == 0 {
		return
	}
	o := &r.found[len(r.found)-1]
	switch {
	case c.text == "CLI Command:":
		r.table = "CLI Command"
	case isTable(c.text):
		r.table = c.text
		if r.table == "Returns" && len(r.cells) > 0 {
			o.shape = shape(r.cells[0].text)
		}
	case c.text == "Field" && r.table == "Inputs":
		o.inputs = append(o.inputs, r.fields(o, "input", c)...)
	case c.text == "Field" && r.table == "Returns":
		o.returned = append(o.returned, r.fields(o, "returned", c)...)
	case c.text == "Error Code" && r.table == "Errors":
		r.errorCodes(o, c)
	case r.table == "":
		o.texts.add(o.name, "text", digest(c.text))
	}
}

func (r *tritonReader) next() cell {
	c := r.cells[0]
	r.cells = r.cells[1:]
	return c
}

func (r *tritonReader) refuse(o *tritonOperation, line int, format string, args ...any) {
	r.wrong.add("operation %s, table %s: line %d: "+format, append([]any{o.name, r.table, line}, args...)...)
}

func isTable(text string) bool { return text == "Inputs" || text == "Returns" || text == "Errors" }

// ended says whether the rows of a table are over.
func (r *tritonReader) ended() bool {
	return len(r.cells) == 0 || isTable(r.cells[0].text) || r.cells[0].text == "CLI Command:" || tritonHeading.MatchString(r.cells[0].text)
}

// columns takes the headings of the columns that follow the first one.
func (r *tritonReader) columns(o *tritonOperation, first cell, rest ...string) bool {
	for _, name := range rest {
		if len(r.cells) == 0 || r.cells[0].text != name {
			columns := strings.Join(append([]string{first.text}, rest[:len(rest)-1]...), ", ")
			r.refuse(o, first.line, "expected the columns %s and %s", columns, rest[len(rest)-1])
			return false
		}
		r.next()
	}
	return true
}

// fields reads the rows "name, type, description" that follow the heading cell "Field". A row without a description shows by the type
// that stands two cells after its own.
func (r *tritonReader) fields(o *tritonOperation, word string, heading cell) []tritonField {
	if !r.columns(o, heading, "Type", "Description") {
		return nil
	}
	var fields []tritonField
	for !r.ended() {
		name := r.next()
		if len(r.cells) == 0 || !fieldName.MatchString(name.text) || tritonTypes[r.cells[0].text] == "" {
			r.refuse(o, name.line, "%q does not begin a row with a name and a type", name.text)
			return fields
		}
		field := tritonField{name: name.text, kind: tritonTypes[r.next().text]}
		if described := !r.ended() && (len(r.cells) < 2 || tritonTypes[r.cells[1].text] == ""); described {
			description := r.next().text
			field.required = strings.HasPrefix(description, "(Required)")
			o.texts.add(o.name, word+" "+field.name, digest(description))
		}
		fields = append(fields, field)
	}
	return fields
}

func (r *tritonReader) errorCodes(o *tritonOperation, heading cell) {
	if !r.columns(o, heading, "Description") {
		return
	}
	for !r.ended() {
		code := r.next()
		if !fieldName.MatchString(code.text) {
			r.refuse(o, code.line, "%q is not an error code", code.text)
			return
		}
		o.errors = append(o.errors, code.text)
		if !r.ended() {
			o.texts.add(o.name, "error "+code.text, digest(r.next().text))
		}
	}
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

// tritonPage returns what the page says as facts.
func tritonPage(page []byte) (facts, error) {
	operations, err := readTriton(page)
	f := facts{}
	for _, o := range operations {
		f.add(o.name, "request", request(o.method, o.path))
		f.add(o.name, "operationId", o.name)
		if o.shape != "" {
			f.add(o.name, "returns", o.shape)
		}
		for word, fields := range map[string][]tritonField{"input ": o.inputs, "returned ": o.returned} {
			for _, field := range fields {
				f.add(o.name, word+field.name+", type", field.kind)
				if field.required {
					f.add(o.name, word+field.name+", required", "true")
				}
			}
		}
		for _, code := range o.errors {
			f.add(o.name, "error "+code, "documented")
		}
	}
	return f, err
}

// request renders method and path without the names of path parameters: OpenAPI forbids two paths that differ only in them, and the
// page calls one place :user and :id.
func request(method, path string) string {
	return method + " " + pathParameter.ReplaceAllString(path, "{}")
}
