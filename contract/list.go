package contract

import "fmt"

func (w *walker) list(s *schema) bool {
	if !w.enter() {
		return false
	}
	w.pos++
	if s != nil && !w.constraints(s, typeArray, "") {
		s = nil
	}
	seen := itemSet{}
	w.path = append(w.path, "*")
	count, ok := w.items(s, seen)
	if !ok {
		return false
	}
	w.path = w.path[:len(w.path)-1]
	w.depth--
	if w.depth == 1 {
		w.top = append(w.top, topField{name: w.path[0], items: int(count)})
	}
	if s == nil {
		return true
	}
	switch {
	case count < s.limits.minItems:
		w.violate(s, RuleBounds, fmt.Sprintf("has fewer than %d items", s.limits.minItems))
	case s.limits.maxItems != nil && count > *s.limits.maxItems:
		w.violate(s, RuleBounds, fmt.Sprintf("has more than %d items", *s.limits.maxItems))
	case s.limits.unique && uint64(len(seen)) < count:
		w.violate(s, RuleBounds, "has an item twice")
	}
	return true
}

// itemSet holds the texts of items that must be unique.
type itemSet map[string]bool

// items reads the items of an array and the bracket at its end.
func (w *walker) items(s *schema, seen itemSet) (count uint64, ok bool) {
	expected := itemsOf(s)
	for !w.take(']') {
		if count > 0 && !w.take(',') {
			return count, false
		}
		w.space()
		from := w.pos
		if !w.value(expected) {
			return count, false
		}
		count++
		if s != nil && s.limits.unique {
			seen[string(w.data[from:w.pos])] = true
		}
	}
	return count, true
}

// itemsOf is the schema of the items of an array: its own, or that of a part.
func itemsOf(s *schema) *schema {
	if s == nil || s.items != nil {
		return s.itemsOrNil()
	}
	for _, part := range s.parts {
		if items := itemsOf(part); items != nil {
			return items
		}
	}
	return nil
}

func (s *schema) itemsOrNil() *schema {
	if s == nil {
		return nil
	}
	return s.items
}
