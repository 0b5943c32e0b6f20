package main

import (
	"fmt"
	"path/filepath"

	"go.yaml.in/yaml/v3"
)

// history is what the sources say, before the corrections and after each of them. From it follows which facts a correction changes,
// so that nobody has to list them.
type history struct {
	targets []string          // the target of each action
	ionos   []facts           // what the sources say of the IONOS page's subject: before the actions, then after each of them
	triton  []facts           // the same for the Triton page
	all     facts             // all that the sources say after the last action
	others  facts             // what the sources other than the IONOS page say before the first
	names   map[string]string // the Triton page's name of each request
}

func readHistory(root string) (*history, error) {
	doc, err := joinSources(root)
	if err != nil {
		return nil, err
	}
	ionos, err := readYAML(filepath.Join(root, ionosFile))
	if err != nil {
		return nil, err
	}
	triton, err := readYAML(filepath.Join(root, tritonFile))
	if err != nil {
		return nil, err
	}
	corrections, err := readOverlay(filepath.Join(root, correctionsFile), true)
	if err != nil {
		return nil, err
	}
	h := &history{all: factsOf(doc), others: factsOf(doc), names: tritonNames(triton)}
	for p := range factsOf(ionos) {
		delete(h.others, p)
	}
	record := func(doc *yaml.Node) {
		h.ionos = append(h.ionos, withoutOthers(h.all, h.others))
		h.triton = append(h.triton, tritonFacts(doc, h.names))
	}
	record(doc)
	_, err = applyOverlay(doc, corrections, correctionsFile, func(i int, now *yaml.Node) error {
		target := corrections.Actions[i].Target
		before := h.all
		h.all = factsOf(now)
		if len(changedFacts(before, h.all)) == 0 {
			return fmt.Errorf("%s: action %d (%s) changes no fact", correctionsFile, i+1, target)
		}
		h.targets = append(h.targets, target)
		record(now)
		return nil
	})
	return h, err
}

// view is what one page speaks about, and how its statements are found in a document.
type view struct {
	kind   pageKind
	facts  func(doc *yaml.Node) facts
	stages []facts // what the sources say about it, as in history
}

// recognize finds out by its content which page it is, and reads it.
func recognize(page []byte, h *history) (view, facts, error) {
	kind, err := kindOf(page)
	if err != nil {
		return view{}, nil, err
	}
	if kind.name == tritonKind.name {
		said, err := tritonPage(page)
		return view{kind, func(doc *yaml.Node) facts { return tritonFacts(doc, h.names) }, h.triton}, said, err
	}
	doc, err := importPage(page)
	if err != nil {
		return view{}, nil, err
	}
	return view{kind, func(doc *yaml.Node) facts { return withoutOthers(factsOf(doc), h.others) }, h.ionos}, factsOf(doc), nil
}

// withoutOthers leaves out what the page is silent about because another source speaks about it.
func withoutOthers(f, others facts) facts {
	elements := map[string]bool{}
	for p := range others {
		elements[p.element] = p.element != "document"
	}
	kept := facts{}
	for p, v := range f {
		if _, other := others[p]; !other && !elements[p.element] {
			kept[p] = v
		}
	}
	return kept
}

// finding is one difference between a page and the document that no correction accounts for.
type finding struct {
	kind  string // missing, different, extra or stale
	place place
	says  string
}

func (f finding) String() string { return f.place.String() + ": " + f.says }

// comparison is what came out of comparing one page.
type comparison struct {
	operations int
	findings   []finding
	counts     map[string]int
	corrected  int
	actions    map[int]int // action -> how many facts it corrects
}

func (c comparison) String() string {
	s := fmt.Sprintf("%d missing, %d different, %d extra, %d corrected by %d actions of %s",
		c.counts["missing"], c.counts["different"], c.counts["extra"], c.corrected, len(c.actions), correctionsFile)
	if n := c.counts["stale"]; n > 0 {
		s += fmt.Sprintf(", %d stale", n)
	}
	return s
}

// compare holds what a page says against the document. A difference must be one that the corrections make, and a correction must
// still make a difference.
func compare(page facts, v view, h *history, document *yaml.Node) comparison {
	m := matcher{page: page, doc: v.facts(document), before: v.stages[0], after: v.stages[len(v.stages)-1], by: map[place]int{}, told: map[string]bool{}}
	for i := range h.targets {
		for _, p := range changedFacts(v.stages[i], v.stages[i+1]) {
			m.by[p] = i + 1
		}
	}
	m.onlyPage, m.onlyDocument = absent(m.page, m.doc), absent(m.doc, m.page)
	m.result = comparison{operations: countRequests(page), counts: map[string]int{}, actions: map[int]int{}}
	for _, p := range sorted(m.page, m.doc, m.before, m.after) {
		if !m.whole(p) {
			m.fact(p)
		}
	}
	return m.result
}

// matcher compares fact by fact.
type matcher struct {
	page, doc, before, after facts
	by                       map[place]int  // the action that changed a fact last
	onlyPage, onlyDocument   map[string]int // elements that one of the two does not speak about
	told                     map[string]bool
	result                   comparison
}

func (m *matcher) add(kind string, p place, format string, args ...any) {
	m.result.counts[kind]++
	m.result.findings = append(m.result.findings, finding{kind, p, fmt.Sprintf(format, args...)})
}

// whole reports an element of which the other side says nothing: once, not once a fact.
func (m *matcher) whole(p place) bool {
	gone, added := m.onlyPage[p.element], m.onlyDocument[p.element]
	if m.by[p] != 0 || gone == 0 && added == 0 {
		return false
	}
	if !m.told[p.element] && gone > 0 {
		m.add("missing", place{p.element, "all of it"}, "the document has none of its %d facts", gone)
	} else if !m.told[p.element] {
		m.add("extra", place{p.element, "all of it"}, "the page has none of its %d facts", added)
	}
	m.told[p.element] = true
	return true
}

func (m *matcher) fact(p place) {
	said, onPage := m.page[p]
	is, inDocument := m.doc[p]
	if action := m.by[p]; action > 0 && value(m.before, p) != value(m.after, p) {
		m.corrected(p, action)
		return
	}
	switch {
	case onPage == inDocument && said == is:
	case !inDocument:
		m.add("missing", p, "the page says %s", said)
	case !onPage:
		m.add("extra", p, "the document says %s", is)
	default:
		m.add("different", p, "the page says %s, the document says %s", said, is)
	}
}

// corrected checks a fact that a correction changes.
func (m *matcher) corrected(p place, action int) {
	said, is, was, becomes := value(m.page, p), value(m.doc, p), value(m.before, p), value(m.after, p)
	switch {
	case said == is && was != said:
		m.add("stale", p, "the page says %s now, so action %d of %s corrects nothing", said, action, correctionsFile)
	case said == was && is == becomes:
		m.result.corrected++
		m.result.actions[action]++
	case said != was:
		m.add("different", p, "the page says %s, but action %d of %s was written when it said %s", said, action, correctionsFile, was)
	default:
		m.add("different", p, "the page says %s and action %d of %s makes it %s, but the document says %s", said, action, correctionsFile, becomes, is)
	}
}

// absent returns the elements of which a speaks and b does not, each with the number of its facts.
func absent(a, b facts) map[string]int {
	n := map[string]int{}
	for p := range a {
		n[p.element]++
	}
	for p := range b {
		delete(n, p.element)
	}
	return n
}

func countRequests(f facts) int {
	n := 0
	for p := range f {
		if p.detail == "operation" || p.detail == "request" {
			n++
		}
	}
	return n
}
