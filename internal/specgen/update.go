package main

import (
	"fmt"
	"io"
	"maps"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// update takes a changed page as far as it goes without a decision, and lists the decisions that are left. It fails when there are any.
func update(root, path string, o importOptions, stdout io.Writer) error {
	page, err := readSource(path)
	if err != nil {
		return err
	}
	kind := page.kind
	before := sourceFacts(root, kind)
	texts, err := page.texts()
	if err != nil {
		return err
	}
	reworded, err := changedTexts(root, kind, texts)
	if err != nil {
		return err
	}
	if err := importSource(root, page, o, stdout); err != nil {
		return err
	}
	after := sourceFacts(root, kind)
	summary := summarize(before, after)
	printSection(stdout, "Changed on the page", append(summary, reworded...))

	var left problems
	flat, err := buildNode(root)
	if err == nil {
		if left, err = undecided(root, flat); err == nil {
			err = writeDocuments(root)
		}
	}
	if err != nil {
		for line := range strings.Lines(err.Error()) {
			left.add("correct: %s", line)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(newOperations(before, after))) {
		left.add(`add a method tagged "//meta:operation %s" in wrapper, and its cases in the tests that ask for it; run make update-api`, name)
	}
	printSection(stdout, "To do", left)
	if len(summary) > 0 {
		printSection(stdout, "For CHANGELOG.md", []string{changelogLine(kind, summary)})
	}
	if len(left) > 0 {
		return fmt.Errorf("%s: %d decisions are left", path, len(left))
	}
	return nil
}

func printSection(out io.Writer, title string, lines []string) {
	fmt.Fprintf(out, "%s:\n", title)
	if len(lines) == 0 {
		lines = []string{"nothing"}
	}
	for _, line := range lines {
		fmt.Fprintf(out, "  - %s\n", line)
	}
}

func sourceFacts(root string, kind pageKind) facts {
	doc, err := readYAML(filepath.Join(root, kind.file))
	if err != nil {
		return facts{}
	}
	return factsOf(doc)
}

// undecided returns what the document lacks: words and names. It writes the document first, valid or not, so that the lines that it
// names can be looked up.
func undecided(root string, flat *yaml.Node) (problems, error) {
	out, err := encode(share(flat), documentComment)
	if err != nil {
		return nil, err
	}
	if err := writeFile(filepath.Join(root, documentFile), out); err != nil {
		return nil, err
	}
	doc, err := parseYAML(out)
	if err != nil {
		return nil, err
	}
	return slices.Concat(houseRules(expand(doc)), unnamed(root, doc), withoutExample(expand(doc))), nil
}

// unnamed returns the operations for which api/go.yaml chooses no Go name. Triton's operationIds are Go names by a correction.
func unnamed(root string, doc *yaml.Node) []string {
	goNames, err := readYAML(filepath.Join(root, goFile))
	if err != nil {
		return []string{err.Error()}
	}
	chosen := map[string]bool{}
	for _, action := range items(get(goNames, "actions")) {
		if text(action, "update", "operationId") != "" {
			if m := operationTarget.FindStringSubmatch(text(action, "target")); m != nil {
				chosen[strings.ToUpper(m[2])+" "+m[1]] = true
			}
		}
	}
	var missing []string
	for name, operation := range operations(doc) {
		id := text(operation, "operationId")
		if !chosen[name] && !goName.MatchString(id) {
			missing = append(missing, fmt.Sprintf("%s (%s): choose a Go name in %s (%s:%d)", name, id, goFile, documentFile, operation.Line))
		}
	}
	return missing
}

var (
	operationTarget = regexp.MustCompile(`^\$\.paths\['([^']+)'\]\.(\w+)$`)
	goName          = regexp.MustCompile(`^[A-Z]\w*Triton\w*$`)
)

// summarize groups what changed: a change that many elements share is one line.
func summarize(before, after facts) []string {
	gone, added := absent(before, after), absent(after, before)
	var lines []string
	for _, element := range slices.Sorted(maps.Keys(added)) {
		lines = append(lines, fmt.Sprintf("%s is new", element))
	}
	for _, element := range slices.Sorted(maps.Keys(gone)) {
		lines = append(lines, fmt.Sprintf("%s is gone", element))
	}
	where := map[string][]string{}
	for _, p := range changedFacts(before, after) {
		if gone[p.element] > 0 || added[p.element] > 0 {
			continue
		}
		change := fmt.Sprintf("%s: %s became %s", p.detail, value(before, p), value(after, p))
		where[change] = append(where[change], p.element)
	}
	for _, change := range slices.Sorted(maps.Keys(where)) {
		elements := where[change]
		if len(elements) > 3 {
			lines = append(lines, fmt.Sprintf("%s, in %d places: %s, ...", change, len(elements), strings.Join(elements[:2], ", ")))
			continue
		}
		lines = append(lines, fmt.Sprintf("%s: %s", strings.Join(elements, ", "), change))
	}
	return lines
}

func newOperations(before, after facts) map[string]bool {
	fresh := map[string]bool{}
	for p := range after {
		if _, had := before[p]; !had && p.detail == "operation" {
			fresh[p.element] = true
		}
	}
	return fresh
}

// changelogLine is a draft: whoever releases says it better.
func changelogLine(kind pageKind, summary []string) string {
	short := summary[:min(3, len(summary))]
	line := kind.name + " documents changes: " + strings.Join(short, "; ")
	if more := len(summary) - len(short); more > 0 {
		line += fmt.Sprintf("; and %d more", more)
	}
	return line + "."
}
