package contract

import (
	"fmt"
	"slices"
	"strings"
)

// fieldSet remembers the fields of one object: documented ones by index, others by name.
type fieldSet struct {
	bits   [2]uint64
	more   map[int]bool
	others []string
	names  map[string]bool // of others, once there are many
}

// add returns false if the field is there already.
func (f *fieldSet) add(p *property, name string) bool {
	if p == nil {
		return f.addOther(name)
	}
	if p.index < 128 {
		word, bit := p.index/64, uint64(1)<<(p.index%64)
		seen := f.bits[word]&bit != 0
		f.bits[word] |= bit
		return !seen
	}
	if f.more == nil {
		f.more = map[int]bool{}
	}
	seen := f.more[p.index]
	f.more[p.index] = true
	return !seen
}

func (f *fieldSet) addOther(name string) bool {
	if f.names == nil && len(f.others) < 32 {
		if slices.Contains(f.others, name) {
			return false
		}
		f.others = append(f.others, name)
		return true
	}
	if f.names == nil {
		f.names = map[string]bool{}
		for _, other := range f.others {
			f.names[other] = true
		}
	}
	seen := f.names[name]
	f.names[name] = true
	return !seen
}

func (f *fieldSet) has(p *property) bool {
	if p.index < 128 {
		return f.bits[p.index/64]&(1<<(p.index%64)) != 0
	}
	return f.more[p.index]
}

func (w *walker) object(s *schema) bool {
	if !w.enter() {
		return false
	}
	w.pos++
	if s != nil && !w.constraints(s, typeObject, "") {
		s = nil
	}
	var seen fieldSet
	count := uint64(0)
	for !w.take('}') {
		if count > 0 && !w.take(',') {
			return false
		}
		if !w.member(s, &seen) {
			return false
		}
		count++
	}
	if s != nil {
		w.complete(s, &seen, count)
	}
	w.depth--
	return true
}

// member reads a name and its value.
func (w *walker) member(s *schema, seen *fieldSet) bool {
	if w.peek() != '"' {
		return false
	}
	text, ok := w.text()
	if !ok {
		return false
	}
	var p *property
	if s != nil {
		p = s.properties[string(text)]
	}
	var name string
	if p != nil {
		name = p.name
	} else {
		name = string(text)
	}
	w.path = append(w.path, name)
	if !seen.add(p, name) {
		w.violate(s, RuleDuplicateField, "occurs more than once")
	}
	if !w.take(':') || !w.value(w.expected(s, p, name)) {
		return false
	}
	w.path = w.path[:len(w.path)-1]
	return true
}

// expected is the schema of a field, nil if there is none or nothing to compare.
func (w *walker) expected(s *schema, p *property, name string) *schema {
	switch {
	case s == nil:
		return nil
	case p == nil && s.open:
		return s.additional
	case p == nil:
		w.unknownField(s, name)
		return nil
	case !w.response && p.schema != nil && p.schema.readOnly:
		w.violate(p.schema, RuleReadOnlyField, "is read-only and may not be sent")
		return nil
	case w.response && p.schema != nil && p.schema.writeOnly:
		w.violate(p.schema, RuleUnknownField, "is write-only and may not be returned")
		return nil
	}
	if w.depth == 1 {
		w.topKnown++
	}
	if item := p.item[direction(w.response)]; item >= 0 && !slices.Contains(w.hits, item) {
		w.hits = append(w.hits, item)
	}
	return p.schema
}

func direction(response bool) int {
	if response {
		return 1
	}
	return 0
}

func (w *walker) unknownField(s *schema, name string) {
	kind, message := Violation, "the document has no such field"
	if w.response && !s.closed {
		kind = Drift
	}
	similar := ""
	for known := range s.properties {
		if strings.EqualFold(known, name) && (similar == "" || known < similar) {
			similar = known
		}
	}
	if similar != "" {
		message += ", but " + similar
	}
	w.add(problem{
		kind: kind, rule: RuleUnknownField, where: w.where(), exact: w.exact(), schema: s.label(), message: message,
		outside: w.depth == 1,
	})
}

// complete checks what is known when all fields are read.
func (w *walker) complete(s *schema, seen *fieldSet, count uint64) {
	for _, p := range s.required {
		if p.schema != nil && (p.schema.readOnly && !w.response || p.schema.writeOnly && w.response) || seen.has(p) {
			continue
		}
		w.path = append(w.path, p.name)
		w.violate(s, RuleMissingField, "is required")
		w.path = w.path[:len(w.path)-1]
	}
	switch {
	case count < s.limits.minFields:
		w.violate(s, RuleBounds, fmt.Sprintf("has fewer than %d fields", s.limits.minFields))
	case s.limits.maxFields != nil && count > *s.limits.maxFields:
		w.violate(s, RuleBounds, fmt.Sprintf("has more than %d fields", *s.limits.maxFields))
	}
}
