package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// update takes a changed page as far as it goes without a decision: it imports, merges, generates, and prints what changed, what is left
// to decide, the version that the change needs, and a line for the changelog. It fails when decisions are left. When something is wrong,
// the files are as they were.
func update(root, path string, o importOptions, stdout io.Writer) error {
	page, err := readSource(path)
	if err != nil {
		return err
	}
	texts, err := page.texts()
	if err != nil {
		return err
	}
	reworded, err := changedTexts(root, page.kind, texts)
	if err != nil {
		return err
	}
	kept, err := begin(root, made)
	if err != nil {
		return err
	}
	before := sourceFacts(root, page.kind)
	if err := importSource(root, page, o, io.Discard); err != nil {
		return kept.undo(err)
	}
	after := sourceFacts(root, page.kind)
	summary := summarize(before, after)
	printSection(stdout, "Changed on the page", append(summary, summarizeTexts(reworded)...))

	left, err := takeOver(root, path, before, after, stdout)
	if err != nil {
		return kept.undo(err)
	}
	if err := printVerdict(kept, stdout); err != nil {
		return kept.undo(err)
	}
	if len(summary) > 0 {
		printSection(stdout, "For CHANGELOG.md", []string{changelogLine(page.kind, summary)})
	}
	if left > 0 {
		return fmt.Errorf("%s: %d decisions are left; then run make generate, make test and make update-api", path, left)
	}
	return nil
}

// takeOver makes the documents and the generated code of what was imported, prints what is left to do, and returns how much that is.
func takeOver(root, path string, before, after facts, stdout io.Writer) (int, error) {
	doc, wrong, err := assemble(root)
	if err != nil {
		return 0, err
	}
	names, err := uselessNames(root, doc)
	if err != nil {
		return 0, err
	}
	if wrong = append(wrong, names...); len(wrong) > 0 {
		todo{{"first, since nothing can be made before; the files are as they were", wrong}, removedMethods(root, before, after)}.print(stdout)
		return 0, fmt.Errorf("%s: nothing was changed: correct the %d lines above and run it again", path, len(wrong))
	}
	list, err := undecided(root, doc)
	if err != nil {
		return 0, err
	}
	wordless := len(list[0].lines) > 0 // a document without descriptions is not valid
	list = append(list, newMethods(root, before, after), removedMethods(root, before, after))
	list.print(stdout)
	if wordless {
		return list.count(), writeUnchecked(root)
	}
	if err := writeDocuments(root); err != nil {
		return 0, err
	}
	if err := generate(root); err != nil || list.count() > 0 {
		return list.count(), err
	}
	var report bytes.Buffer
	if err := checkCommand(root, []string{path}, &report); err != nil {
		fmt.Fprint(stdout, report.String())
		return 0, err
	}
	return 0, nil
}

func sourceFacts(root string, kind pageKind) facts {
	doc, err := readYAML(filepath.Join(root, kind.file))
	if err != nil {
		return facts{}
	}
	return factsOf(doc)
}

// writeUnchecked writes the documents, valid or not.
func writeUnchecked(root string) error {
	nodes, err := written(root)
	if err != nil {
		return err
	}
	for _, file := range slices.Sorted(maps.Keys(nodes)) {
		content, err := encode(nodes[file], documentComment)
		if err != nil {
			return err
		}
		if err := writeFile(filepath.Join(root, file), content); err != nil {
			return err
		}
	}
	return nil
}

// isRepository says whether there is code to generate and compare, which a directory with api/ alone does not have.
func isRepository(root string) bool {
	_, err := os.Stat(filepath.Join(root, "tools.go"))
	return err == nil
}

func generate(root string) error {
	if !isRepository(root) {
		return nil
	}
	if out, err := goCommand(root, "generate", "./..."); err != nil {
		return fmt.Errorf("go generate: %w\n%s", err, out)
	}
	return nil
}

// goCommand runs the go command in the repository.
func goCommand(root string, args ...string) (string, error) {
	command := exec.CommandContext(context.Background(), "go", args...) // until it ends, as the program does
	command.Dir = root
	out, err := command.CombinedOutput()
	return strings.TrimSpace(string(out)), err
}

// printVerdict prints what the change is for callers, by comparing the documents before and after.
func printVerdict(kept *transaction, stdout io.Writer) error {
	if !isRepository(kept.root) {
		return nil
	}
	old, err := os.CreateTemp("", "openapi-*.yaml")
	if err != nil {
		return err
	}
	defer os.Remove(old.Name())
	_, err = old.Write(kept.before[documentFile])
	if err := errors.Join(err, old.Close()); err != nil {
		return err
	}
	out, err := goCommand(kept.root, "run", "./cmd/cloudroster", "diff", "-group", "-max", "major", old.Name(), documentFile)
	if err != nil {
		return fmt.Errorf("cloudroster diff: %w\n%s", err, out)
	}
	printSection(stdout, "Version", verdict(out))
	return nil
}

// verdict is what diff concludes, what is major, and how to see the rest.
func verdict(report string) []string {
	lines := strings.Split(report, "\n")
	last := len(lines) - 1
	short := []string{lines[last]}
	for _, line := range lines[:last] {
		if strings.HasPrefix(line, major) {
			short = append(short, line)
		}
	}
	if len(short) <= last {
		short = append(short, "all changes: go run ./cmd/cloudroster diff -group HEAD .")
	}
	return short
}

const major = "major "

// uselessNames returns what api/go.yaml says about things that the document does not have.
func uselessNames(root string, doc *yaml.Node) (problems, error) {
	names, err := readOverlay(filepath.Join(root, goFile), false)
	if err != nil {
		return nil, err
	}
	var wrong problems
	_, failed := applyOverlay(doc, names, goFile, nil)
	wrong.join(failed)
	wrong.join(nameEnums(root, clone(doc)))
	return wrong, nil
}
