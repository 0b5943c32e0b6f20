package contract

import (
	"fmt"
	"slices"
)

// choose compares a value with each alternative and keeps the problems of the best one.
func (w *walker) choose(s *schema) bool {
	start := w.pos
	if s.not != nil {
		inner := w.attempt(s.not, start)
		if inner.syntax == "" && !inner.violated() {
			w.violate(s, RuleType, "is what the document excludes")
		}
	}
	if len(s.alternatives) == 0 || w.peek() == 'n' {
		return w.plain(s)
	}
	var best *walker
	clean := 0
	for _, alternative := range s.alternatives {
		attempt := w.attempt(alternative, start)
		if attempt.syntax != "" {
			w.pos, w.syntax = attempt.pos, attempt.syntax
			return false
		}
		if len(attempt.problems) == 0 {
			clean++
		}
		if best == nil || attempt.cost() < best.cost() {
			best = attempt
		}
	}
	switch {
	case s.exclusive && clean > 1:
		w.violate(s, RuleType, fmt.Sprintf("is %d of the alternatives at once, of which it must be one", clean))
	case best.mistyped(len(w.path)):
		w.violate(s, RuleType, fmt.Sprintf("is none of the %d alternatives", len(s.alternatives)))
	default:
		w.problems = append(w.problems, best.problems...)
		w.topKnown += best.topKnown
		w.top = append(w.top, best.top...)
	}
	w.hits = append(w.hits, best.hits...)
	w.pos = best.pos
	return true
}

func (w *walker) attempt(s *schema, start int) *walker {
	attempt := &walker{
		scanner: scanner{w.data, start}, copied: w.source(), names: w.names, response: w.response, place: w.place,
		path: slices.Clone(w.path), depth: w.depth,
	}
	if !attempt.value(s) && attempt.syntax == "" {
		attempt.syntax = fmt.Sprintf("is not JSON, from byte %d on", attempt.pos)
	}
	return attempt
}

func (w *walker) violated() bool {
	return slices.ContainsFunc(w.problems, func(p problem) bool { return p.kind == Violation })
}

// cost is the smaller the better a value fits: another type is worst, then violations, then drift.
func (w *walker) cost() int {
	cost := 0
	for _, p := range w.problems {
		switch {
		case p.rule == RuleType && p.where == w.where():
			cost += 1 << 20
		case p.kind == Violation:
			cost += 1 << 10
		default:
			cost++
		}
	}
	return cost
}

// mistyped is whether the value itself, at this depth, is of another type.
func (w *walker) mistyped(depth int) bool {
	where := w.whereAt(w.path[:min(depth, len(w.path))])
	return slices.ContainsFunc(w.problems, func(p problem) bool { return p.rule == RuleType && p.where == where })
}
