package wrappertest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
)

// object is a JSON object whose members keep their order.
type object []member

type member struct {
	name  string
	value any
}

// with appends a member when it says something.
func (o object) with(name, value string) object {
	if value == "" {
		return o
	}
	return append(o, member{name, value})
}

// encoder appends JSON as encoding/json writes it, several times as fast, because bodies are made
// of a few types.
type encoder struct {
	out    []byte
	indent bool
	depth  int
}

// encode returns the JSON of what comes from JSON or from our own types.
func encode(body any) []byte { return encodeIndented(body, false) }

func encodeIndented(body any, indent bool) []byte {
	e := encoder{out: make([]byte, 0, 1024), indent: indent}
	e.value(body)
	return e.out
}

func (e *encoder) value(v any) {
	switch v := v.(type) {
	case string:
		e.text(v)
	case bool:
		e.out = strconv.AppendBool(e.out, v)
	case int:
		e.out = strconv.AppendInt(e.out, int64(v), 10)
	case object:
		e.list('{', '}', len(v), func(i int) {
			e.text(v[i].name)
			e.out = append(e.out, ':')
			if e.indent {
				e.out = append(e.out, ' ')
			}
			e.value(v[i].value)
		})
	case []object:
		e.list('[', ']', len(v), func(i int) { e.value(v[i]) })
	case []string:
		e.list('[', ']', len(v), func(i int) { e.text(v[i]) })
	default:
		e.other(v)
	}
}

// list appends n elements between brackets.
func (e *encoder) list(open, end byte, n int, element func(int)) {
	e.out = append(e.out, open)
	e.depth++
	for i := range n {
		if i > 0 {
			e.out = append(e.out, ',')
		}
		e.newLine()
		element(i)
	}
	e.depth--
	if n > 0 {
		e.newLine()
	}
	e.out = append(e.out, end)
}

func (e *encoder) newLine() {
	if !e.indent {
		return
	}
	e.out = append(e.out, '\n')
	for range e.depth {
		e.out = append(e.out, "  "...)
	}
}

// text appends a string. Whatever may need an escape is left to encoding/json.
func (e *encoder) text(s string) {
	for i := range len(s) {
		if c := s[i]; c < ' ' || c > '~' || c == '"' || c == '\\' || c == '<' || c == '>' || c == '&' {
			e.other(s)
			return
		}
	}
	e.out = append(e.out, '"')
	e.out = append(e.out, s...)
	e.out = append(e.out, '"')
}

func (e *encoder) other(v any) {
	text, err := json.Marshal(v)
	if err != nil {
		panic(fmt.Sprintf("wrappertest: encode a response: %v", err))
	}
	if !e.indent {
		e.out = append(e.out, text...)
		return
	}
	var indented bytes.Buffer
	prefix := bytes.Repeat([]byte("  "), e.depth)
	_ = json.Indent(&indented, text, string(prefix), "  ") // text is valid JSON
	e.out = append(e.out, indented.Bytes()...)
}
