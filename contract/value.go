package contract

import (
	"bytes"
	"fmt"
	"math"
	"slices"
	"strconv"
	"unicode/utf8"
)

// walker compares one JSON value with a schema while it reads it. Its problems never repeat the value.
type walker struct {
	scanner
	names    map[string]bool // that the document has
	response bool            // what is unknown is drift, and read-only fields are fine
	place    string          // what comes before the pointer in Finding.Where

	copied   string   // of source
	path     []string // field names, and "*" for an index
	depth    int
	problems []problem
	hits     []int // items for coverage, each once
	syntax   string
	top      []topField // scalars and lists of the outermost object
	topKnown int        // how many fields of it are documented
}

// problem is a finding before it is reported. exact is the place with the names as they were sent, for
// tolerances only.
type problem struct {
	kind         Kind
	rule         Rule
	where, exact string
	schema       string
	message      string
	outside      bool // about an unknown field of the outermost object
}

// topField is what the meaning of a body is checked by.
type topField struct {
	name  string
	text  []byte // of a number
	items int    // of a list
}

// body checks a complete body. When it returns a text, the body is malformed, and nothing else is to be
// said about it.
func (w *walker) body(s *schema) (malformed string) {
	if bytes.HasPrefix(w.data, []byte("\xef\xbb\xbf")) {
		return "begins with a byte order mark"
	}
	if at := invalidUTF8(w.data); at >= 0 {
		return fmt.Sprintf("is not UTF-8, from byte %d on", at)
	}
	if !w.value(s) {
		if w.syntax == "" {
			w.syntax = fmt.Sprintf("is not JSON, from byte %d on", w.pos)
		}
		return w.syntax
	}
	if w.peek() != 0 || w.pos < len(w.data) {
		return "is followed by something else"
	}
	return ""
}

// value reads one value. It returns false when that is not JSON. A nil schema allows everything.
func (w *walker) value(s *schema) bool {
	if s != nil && (len(s.alternatives) > 0 || s.not != nil) {
		return w.choose(s)
	}
	return w.plain(s)
}

func (w *walker) plain(s *schema) bool {
	switch b := w.peek(); {
	case b == '{':
		return w.object(s)
	case b == '[':
		return w.list(s)
	case b == '"':
		return w.string(s)
	case b == 't':
		return w.word("true") && w.scalar(s, typeBoolean, "true")
	case b == 'f':
		return w.word("false") && w.scalar(s, typeBoolean, "false")
	case b == 'n':
		if !w.word("null") {
			return false
		}
		if s != nil && !s.nullable {
			w.violate(s, RuleNull, "is null")
		}
		return true
	case b == '-' || b >= '0' && b <= '9':
		return w.numeral(s)
	}
	return false
}

func (w *walker) string(s *schema) bool {
	start := w.pos + 1
	text, ok := w.text()
	if !ok {
		return false
	}
	if s == nil {
		return true
	}
	if end := w.pos - 1; len(text) == end-start { // no escapes: a part of the source
		return w.scalar(s, typeString, w.source()[start:end])
	}
	return w.scalar(s, typeString, string(text))
}

// source is the data as one string, of which the texts of a body are parts: that saves an allocation for each.
func (w *walker) source() string {
	if w.copied == "" {
		w.copied = string(w.data)
	}
	return w.copied
}

func (w *walker) numeral(s *schema) bool {
	text, whole, ok := w.number()
	if !ok {
		return false
	}
	if w.depth == 1 {
		w.top = append(w.top, topField{name: w.path[0], text: text})
	}
	if s == nil {
		return true
	}
	kind := typeNumber
	if whole {
		kind |= typeInteger
	}
	return w.scalar(s, kind, string(text))
}

// scalar checks a value that holds no others. It returns true, since the value has been read.
func (w *walker) scalar(s *schema, kind typeSet, text string) bool {
	if s != nil {
		w.constraints(s, kind, text)
	}
	return true
}

// constraints checks type, enum, format and bounds, those of an allOf included. It returns false when the
// type is another one, because nothing more can be said then.
func (w *walker) constraints(s *schema, kind typeSet, text string) bool {
	if s.types != 0 && s.types&kind == 0 {
		w.violate(s, RuleType, "is not of type "+s.typeName)
		return false
	}
	if len(s.enum) > 0 && kind&(typeObject|typeArray) == 0 && !slices.Contains(s.enum, text) {
		if w.response {
			w.problem(s, Drift, RuleEnum, "the document has no such value")
		} else {
			w.violate(s, RuleEnum, "the document has no such value")
		}
	}
	if s.check != nil && kind&(typeString|typeNumber) != 0 && !s.check(text) {
		w.violate(s, RuleFormat, "is not of format "+s.format)
	}
	switch {
	case kind&typeString != 0:
		w.length(s, text)
	case kind&typeNumber != 0:
		w.size(s, text)
	}
	for _, part := range s.parts {
		if part != nil && !w.constraints(part, kind, text) {
			return false
		}
	}
	return true
}

func (w *walker) length(s *schema, text string) {
	if s.limits.minLength == 0 && s.limits.maxLength == nil && s.pattern == nil {
		return
	}
	length := uint64(utf8.RuneCountInString(text))
	switch {
	case length < s.limits.minLength:
		w.violate(s, RuleBounds, fmt.Sprintf("is shorter than %d characters", s.limits.minLength))
	case s.limits.maxLength != nil && length > *s.limits.maxLength:
		w.violate(s, RuleBounds, fmt.Sprintf("is longer than %d characters", *s.limits.maxLength))
	case s.pattern != nil && !s.pattern.MatchString(text):
		w.violate(s, RuleBounds, "does not match the documented pattern")
	}
}

func (w *walker) size(s *schema, text string) {
	number, err := strconv.ParseFloat(text, 64)
	l := &s.limits
	switch {
	case err != nil:
		w.violate(s, RuleBounds, "is too great for a number")
	case l.min != nil && number < *l.min:
		w.violate(s, RuleBounds, fmt.Sprintf("is less than %v", *l.min))
	case l.min != nil && l.minExclusive && number == *l.min:
		w.violate(s, RuleBounds, fmt.Sprintf("is not greater than %v", *l.min))
	case l.max != nil && number > *l.max:
		w.violate(s, RuleBounds, fmt.Sprintf("is greater than %v", *l.max))
	case l.max != nil && l.maxExclusive && number == *l.max:
		w.violate(s, RuleBounds, fmt.Sprintf("is not less than %v", *l.max))
	case l.multiple != nil && !isMultiple(number, *l.multiple):
		w.violate(s, RuleBounds, fmt.Sprintf("is not a multiple of %v", *l.multiple))
	}
}

func isMultiple(number, of float64) bool {
	if of == 0 {
		return true
	}
	quotient := number / of
	return math.Abs(quotient-math.Round(quotient)) < 1e-9*math.Max(1, math.Abs(quotient))
}

// enter counts how deep values are nested.
func (w *walker) enter() bool {
	w.depth++
	if w.depth > maxDepth {
		w.syntax = fmt.Sprintf("is nested deeper than %d levels", maxDepth)
		return false
	}
	return true
}

// violate notes a problem with a value. s is what the document has for it; nil if it has nothing.
func (w *walker) violate(s *schema, rule Rule, message string) {
	w.problem(s, Violation, rule, message)
}

func (w *walker) problem(s *schema, kind Kind, rule Rule, message string) {
	w.add(problem{kind: kind, rule: rule, where: w.where(), exact: w.exact(), schema: s.label(), message: message})
}

// add notes a problem once: a list has many items.
func (w *walker) add(p problem) {
	if !slices.Contains(w.problems, p) {
		w.problems = append(w.problems, p)
	}
}
