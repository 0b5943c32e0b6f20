package main

import (
	"bufio"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// todo is what is left to decide, by layer, in the order in which it is best done.
type todo []layer

type layer struct {
	where string
	lines []string
}

func (t todo) count() int {
	n := 0
	for _, l := range t {
		n += len(l.lines)
	}
	return n
}

func (t todo) print(out io.Writer) {
	if t.count() == 0 {
		printSection(out, "To do", nil)
		return
	}
	fmt.Fprintln(out, "To do:")
	for _, l := range t {
		if len(l.lines) == 0 {
			continue
		}
		fmt.Fprintf(out, "  %s:\n", l.where)
		for _, line := range l.lines {
			fmt.Fprintf(out, "    - %s\n", line)
		}
	}
}

// undecided returns what the document lacks: words, names and examples, with the lines that they belong to.
func undecided(root string, flat *yaml.Node) (todo, error) {
	out, err := encode(share(flat), documentComment)
	if err != nil {
		return nil, err
	}
	doc, err := parseYAML(out)
	if err != nil {
		return nil, err
	}
	return todo{
		{"words, in " + proseFile, houseRules(expand(doc))},
		{"Go names, in " + goFile, unnamed(root, doc)},
		{"examples, in " + examplesFile, withoutExample(expand(doc))},
	}, nil
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
	methodTag       = regexp.MustCompile(`^//meta:operation (\w+ \S+)$`)
)

// newMethods asks for a method of each operation that has none, and for what its tests need, and says where those of a similar operation
// stand.
func newMethods(root string, before, after facts) layer {
	l := layer{where: "methods, in wrapper"}
	tags := methodTags(root)
	missing := newOperations(before, after)
	for p := range after {
		if p.detail == "operation" && len(tags) > 0 && tags[p.element] == "" {
			missing[p.element] = true
		}
	}
	for _, name := range slices.Sorted(maps.Keys(missing)) {
		near := nearest(name, tags)
		l.lines = append(l.lines, fmt.Sprintf(`%s: add a method with the tag "//meta:operation %s"%s`, name, name, like(tags[near], near)))
		id := before[place{near, "operationId"}]
		for _, step := range []struct{ what, file string }{
			{"add a row to the test of every method", "wrapper/operations_test.go"},
			{"add its ID, and serve it, in the in-memory cloud", "wrapper/wrappertest/operation_id.go"},
			{"call it in the walk over every method", "contract/walk_test.go"},
		} {
			l.lines = append(l.lines, fmt.Sprintf("%s: %s%s", name, step.what, like(lineOf(root, step.file, `"`+id+`"`), near)))
		}
	}
	return l
}

func like(at, name string) string {
	if at == "" {
		return ""
	}
	return fmt.Sprintf(" (that of %s: %s)", name, at)
}

// removedMethods names the methods whose operations are gone.
func removedMethods(root string, before, after facts) layer {
	l := layer{where: "methods of operations that are gone"}
	tags := methodTags(root)
	for _, name := range slices.Sorted(maps.Keys(newOperations(after, before))) {
		l.lines = append(l.lines, fmt.Sprintf("%s: deprecate or remove its method, and its cases in tests (%s)", name, tags[name]))
	}
	return l
}

// methodTags maps each operation to the place of its method's tag.
func methodTags(root string) map[string]string {
	tags := map[string]string{}
	files, _ := filepath.Glob(filepath.Join(root, "wrapper", "*.go")) // the pattern is well-formed
	for _, file := range files {
		eachLine(file, func(n int, line string) bool {
			if m := methodTag.FindStringSubmatch(line); m != nil {
				tags[m[1]] = fmt.Sprintf("wrapper/%s:%d", filepath.Base(file), n)
			}
			return true
		})
	}
	return tags
}

// nearest returns the operation with a method whose path has the most in common with that of name.
func nearest(name string, tags map[string]string) string {
	best, most := "", -1
	for _, other := range slices.Sorted(maps.Keys(tags)) {
		if common := commonPrefix(pathOf(name), pathOf(other)); common > most {
			best, most = other, common
		}
	}
	return best
}

func pathOf(operation string) string {
	_, path, _ := strings.Cut(operation, " ")
	return path
}

func commonPrefix(a, b string) int {
	n := 0
	for n < min(len(a), len(b)) && a[n] == b[n] {
		n++
	}
	return n
}

// lineOf returns the place of the first line of a file that has a text, "" if there is none.
func lineOf(root, file, text string) string {
	found := ""
	eachLine(filepath.Join(root, file), func(n int, line string) bool {
		if strings.Contains(line, text) {
			found = fmt.Sprintf("%s:%d", file, n)
		}
		return found == ""
	})
	return found
}

// eachLine calls visit for the lines of a file, as long as it returns true. A file that cannot be read has none.
func eachLine(file string, visit func(n int, line string) bool) {
	opened, err := os.Open(file)
	if err != nil {
		return
	}
	defer opened.Close()
	lines := bufio.NewScanner(opened)
	for n := 1; lines.Scan() && visit(n, lines.Text()); n++ {
	}
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
