package main

import (
	"bytes"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// checkCommand compares openapi.yaml with the files that it is made from, and with each page.
func checkCommand(root string, pages []string, stdout io.Writer) error {
	h, err := readHistory(root)
	if err != nil {
		return err
	}
	return check(root, h, pages, stdout)
}

func check(root string, h *history, pages []string, stdout io.Writer) error {
	doc, err := readYAML(filepath.Join(root, documentFile))
	if err != nil {
		return err
	}
	c := checker{root: root, history: h, doc: expand(doc), out: stdout, told: map[place]bool{}}
	for _, path := range pages {
		if err := c.page(path); err != nil {
			return err
		}
	}
	c.sources()
	for _, broken := range slices.Concat(houseRules(c.doc), unnamed(root, c.doc), withoutExample(c.doc)) {
		c.report("rule", "%s", broken)
	}
	if c.problems == 0 {
		// Facts and rules are in order; what can still differ is words and form. Merge writes valid documents only, so that the one
		// that it would write is valid, too.
		differing, err := drift(root)
		if err != nil {
			return err
		}
		for _, difference := range differing {
			c.report("drift", "%s", difference)
		}
	}
	if c.problems > 0 {
		return fmt.Errorf("%s: %d problems", documentFile, c.problems)
	}
	fmt.Fprintf(stdout, "%s: %d operations, %d schemas, valid, and what merge writes\n", documentFile, countOperations(c.doc), countSchemas(c.doc))
	return nil
}

// checker reports what is wrong with the document.
type checker struct {
	root     string
	history  *history
	doc      *yaml.Node
	out      io.Writer
	told     map[place]bool // a fact that a page has been found to contradict is not told again
	problems int
}

func (c *checker) report(kind, format string, args ...any) {
	c.problems++
	fmt.Fprintf(c.out, "%s: %s\n", kind, fmt.Sprintf(format, args...))
}

// page compares the document with a page.
func (c *checker) page(path string) error {
	content, err := readPage(path)
	if err != nil {
		return err
	}
	v, said, err := recognize(content, c.history)
	if err != nil {
		return located(path, err)
	}
	result := compare(said, v, c.history, c.doc)
	for _, finding := range result.findings {
		c.told[finding.place] = true
		c.report(finding.kind, "%v", finding)
	}
	if err := c.texts(path, v.kind, content); err != nil {
		return err
	}
	fmt.Fprintf(c.out, "%s (%s, %d operations, %d facts): %v\n", path, v.kind.name, result.operations, len(said), result)
	for i, target := range c.history.targets {
		if n := result.actions[i+1]; n > 0 {
			fmt.Fprintf(c.out, "  action %d corrects %d: %s\n", i+1, n, target)
		}
	}
	return nil
}

// texts reports the sentences of a page that have changed, and those that the document has taken over.
func (c *checker) texts(path string, kind pageKind, content []byte) error {
	digests, err := kind.texts(content)
	if err != nil {
		return located(path, err)
	}
	changed, err := changedTexts(c.root, kind, digests)
	if err != nil {
		return err
	}
	for _, change := range changed {
		c.report("text", "%s: read it, and import the page again when nothing is left to do", change)
	}
	for _, copied := range copiedWords(c.doc, content) {
		c.report("copied", "%s", copied)
	}
	return nil
}

// sources compares the facts of the document with those of the files in api/.
func (c *checker) sources() {
	has := factsOf(c.doc)
	for _, p := range changedFacts(c.history.all, has) {
		if !c.told[p] && !c.told[place{p.element, "all of it"}] {
			c.report("drift", "%v: the files in api/ say %s, %s says %s", p, value(c.history.all, p), documentFile, value(has, p))
		}
	}
}

// drift compares every written document with what merge would write.
func drift(root string) ([]string, error) {
	documents, err := encodedDocuments(root)
	if err != nil {
		return nil, err
	}
	var differing []string
	for _, file := range slices.Sorted(maps.Keys(documents)) {
		have, err := os.ReadFile(filepath.Join(root, file))
		if err != nil {
			return nil, err
		}
		if line := firstDifference(have, documents[file]); line > 0 {
			differing = append(differing, fmt.Sprintf("line %d of %s is not what merge writes", line, file))
		}
	}
	return differing, nil
}

func countOperations(doc *yaml.Node) int {
	n := 0
	for range operations(doc) {
		n++
	}
	return n
}

// operations iterates over the operations of a document, each with its name, for example "GET /um/users".
func operations(doc *yaml.Node) func(yield func(name string, operation *yaml.Node) bool) {
	return func(yield func(name string, operation *yaml.Node) bool) {
		for path, item := range pairs(get(doc, "paths")) {
			for method, operation := range pairs(item) {
				if isMethod(method.Value) && !yield(strings.ToUpper(method.Value)+" "+path.Value, operation) {
					return
				}
			}
		}
	}
}

func value(f facts, p place) string {
	if v, ok := f[p]; ok {
		return v
	}
	return "nothing"
}

// firstDifference returns the number of the first line in which two texts differ, 0 when there is none.
func firstDifference(a, b []byte) int {
	if bytes.Equal(a, b) {
		return 0
	}
	left, right := bytes.Split(a, []byte("\n")), bytes.Split(b, []byte("\n"))
	for i := range min(len(left), len(right)) {
		if !bytes.Equal(left[i], right[i]) {
			return i + 1
		}
	}
	return min(len(left), len(right)) + 1
}
