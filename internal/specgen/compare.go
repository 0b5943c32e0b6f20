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
	doc := v.facts(document)
	before, after := v.stages[0], v.stages[len(v.stages)-1]
	by := map[place]int{} // which action changed a fact last
	for i := range h.targets {
		for _, p := range changedFacts(v.stages[i], v.stages[i+1]) {
			by[p] = i + 1
		}
	}

	c := comparison{counts: map[string]int{}, actions: map[int]int{}}
	c.operations = countRequests(page)
	onlyPage, onlyDocument := absent(page, doc), absent(doc, page)
	whole := map[string]bool{}
	add := func(kind string, p place, format string, args ...any) {
		c.counts[kind]++
		c.findings = append(c.findings, finding{kind, p, fmt.Sprintf(format, args...)})
	}
	for _, p := range sorted(page, doc, before, after) {
		said, onPage := page[p]
		is, inDocument := doc[p]
		action := by[p]
		if gone, added := onlyPage[p.element], onlyDocument[p.element]; action == 0 && (gone > 0 || added > 0) {
			// Said once, not once a fact.
			if !whole[p.element] && gone > 0 {
				add("missing", place{p.element, "all of it"}, "the document has none of its %d facts", gone)
			} else if !whole[p.element] {
				add("extra", place{p.element, "all of it"}, "the page has none of its %d facts", added)
			}
			whole[p.element] = true
			continue
		}
		corrected := action > 0 && value(before, p) != value(after, p)
		same := onPage == inDocument && said == is
		switch {
		case same && !corrected:
		case same && value(before, p) != value(page, p):
			add("stale", p, "the page says %s now, so action %d of %s corrects nothing", value(page, p), action, correctionsFile)
		case corrected && value(page, p) == value(before, p) && value(doc, p) == value(after, p):
			c.corrected++
			c.actions[action]++
		case corrected && value(page, p) != value(before, p):
			add("different", p, "the page says %s, but action %d of %s was written when it said %s",
				value(page, p), action, correctionsFile, value(before, p))
		case corrected:
			add("different", p, "the page says %s and action %d of %s makes it %s, but the document says %s",
				value(page, p), action, correctionsFile, value(after, p), value(doc, p))
		case !inDocument:
			add("missing", p, "the page says %s", said)
		case !onPage:
			add("extra", p, "the document says %s", is)
		default:
			add("different", p, "the page says %s, the document says %s", said, is)
		}
	}
	return c
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
