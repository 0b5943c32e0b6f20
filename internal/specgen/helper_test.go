package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"
)

// repository is where the real openapi.yaml and api/ are, seen from the tests.
const repository = "../.."

// spec runs the command on a directory and returns what it printed.
func spec(root string, args ...string) (status int, stdout, stderr string) {
	var out, errs bytes.Buffer
	status = run(append([]string{"-root", root}, args...), &out, &errs)
	return status, out.String(), errs.String()
}

var actionNumber = regexp.MustCompile(`action \d+`)

// unnumbered takes the numbers of actions out of a message: they change with every correction that is added.
func unnumbered(message string) string { return actionNumber.ReplaceAllString(message, "action N") }

// project copies openapi.yaml and the files that it is made from, so that a test can spoil them.
func project(t *testing.T) string {
	t.Helper()
	root := t.TempDir()
	for _, directory := range []string{"api", "gen"} {
		require.NoError(t, os.Mkdir(filepath.Join(root, directory), 0o755))
	}
	for _, file := range append([]string{documentFile, ionosDocument, tritonDocFile, goFile, examplesFile, correctionsFile, proseFile, tritonBaseFile}, sources...) {
		require.NoError(t, os.WriteFile(filepath.Join(root, file), read(t, repository, file), 0o644))
	}
	return root
}

func read(t *testing.T, root, file string) []byte {
	t.Helper()
	content, err := os.ReadFile(filepath.Join(root, file))
	require.NoError(t, err)
	return content
}

func parsed(t *testing.T, file string) *yaml.Node {
	t.Helper()
	doc, err := parseYAML(read(t, repository, file))
	require.NoError(t, err)
	return doc
}

func filesIn(t *testing.T, root string) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(root, "api", "*"))
	require.NoError(t, err)
	hidden, err := filepath.Glob(filepath.Join(root, "api", ".*"))
	require.NoError(t, err)
	return append(files, hidden...)
}

func write(t *testing.T, root, file, content string) string {
	t.Helper()
	path := filepath.Join(root, file)
	require.NoError(t, os.WriteFile(path, []byte(content), 0o644))
	return path
}

// edit replaces old by new in a file, wherever it stands, and fails when it does not stand there.
func edit(t *testing.T, root, file, old, new string) {
	t.Helper()
	content := string(read(t, root, file))
	require.Contains(t, content, old)
	write(t, root, file, strings.ReplaceAll(content, old, new))
}

// ionosPage renders api/ionos.yaml as the vendor's page does: one fragment an operation, each with the components that it needs, with
// prose in the places where the page has some.
func ionosPage(t *testing.T) string {
	t.Helper()
	doc, err := parseYAML(read(t, repository, ionosFile))
	require.NoError(t, err)
	var page strings.Builder
	page.WriteString("# User management\n")
	for path, item := range pairs(get(doc, "paths")) {
		for method, operation := range pairs(item) {
			f := mapping()
			for _, key := range []string{"openapi", "info", "tags", "servers", "security"} {
				set(f, key, get(doc, key))
			}
			schemas := mapping()
			reach(doc, operation, schemas)
			components := mapping()
			set(components, "securitySchemes", get(doc, "components", "securitySchemes"))
			set(components, "schemas", schemas)
			set(f, "components", components)
			described := clone(operation)
			set(described, "summary", scalar("A heading of the page "))
			set(described, "description", scalar("A <b>sentence</b> of the page."))
			one := mapping()
			set(one, method.Value, described)
			paths := mapping()
			set(paths, path.Value, one)
			set(f, "paths", paths)
			fmt.Fprintf(&page, "\n## Operation %s&#x20;\n\n> A sentence of the page.\n\n```json\n%s\n```\n", text(operation, "operationId"), toJSON(t, f))
		}
	}
	return page.String()
}

// reach collects the schemas that n refers to, and those that they refer to.
func reach(doc, n, schemas *yaml.Node) {
	if name, ok := strings.CutPrefix(text(n, "$ref"), "#/components/schemas/"); ok && get(schemas, name) == nil {
		schema := get(doc, "components", "schemas", name)
		set(schemas, name, schema)
		reach(doc, schema, schemas)
	}
	for _, child := range n.Content {
		reach(doc, child, schemas)
	}
}

// toJSON renders a node as compact JSON, keys in their order.
func toJSON(t *testing.T, n *yaml.Node) string {
	t.Helper()
	var parts []string
	switch n.Kind {
	case yaml.MappingNode:
		for k, v := range pairs(n) {
			parts = append(parts, fmt.Sprintf("%q:%s", k.Value, toJSON(t, v)))
		}
		return "{" + strings.Join(parts, ",") + "}"
	case yaml.SequenceNode:
		for _, v := range n.Content {
			parts = append(parts, toJSON(t, v))
		}
		return "[" + strings.Join(parts, ",") + "]"
	}
	if n.ShortTag() == "!!str" {
		var b strings.Builder
		enc := json.NewEncoder(&b)
		enc.SetEscapeHTML(false) // as the page does
		require.NoError(t, enc.Encode(n.Value))
		return strings.TrimSpace(b.String())
	}
	return n.Value
}

// tritonPageText renders api/triton.yaml as the text of the vendor's page: one cell a line, nothing for an empty cell.
func tritonPageText(t *testing.T) string {
	t.Helper()
	doc, err := parseYAML(read(t, repository, tritonFile))
	require.NoError(t, err)
	f := tritonFacts(doc, tritonNames(doc))
	var page strings.Builder
	line := func(cells ...string) {
		for _, c := range cells {
			page.WriteString(c + "\n\n")
		}
	}
	types := map[string]string{"date": "ISO8601 date"}
	rows := func(id, word string) {
		heading := false
		for _, p := range sorted(f) {
			name, isType := strings.CutSuffix(p.detail, ", type")
			name, isRow := strings.CutPrefix(name, word+" ")
			if p.element != id || !isType || !isRow {
				continue
			}
			if !heading {
				line("Field", "Type", "Description")
				heading = true
			}
			kind := f[p]
			if long := types[kind]; long != "" {
				kind = long
			}
			line(name, kind)
			if f[place{id, word + " " + name + ", required"}] == "true" {
				line("(Required) " + name)
			} else if word == "returned" {
				line("...")
			}
		}
		if !heading {
			line("• None")
		}
	}
	line("Users", "These are users.")
	for name, operation := range operations(doc) {
		id := text(operation, "operationId")
		method, path, _ := strings.Cut(name, " ")
		path = strings.NewReplacer("{", ":", "}", "").Replace(path)
		if id == "UpdateUser" {
			path = "/:account/users/:id"
		}
		line(fmt.Sprintf("%s (%s %s)", id, method, path), "A sentence of the page.", "Inputs")
		rows(id, "input")
		line("Returns")
		if sentence := map[string]string{"array": "An array of users:", "object": "User object:"}[f[place{id, "returns"}]]; sentence != "" {
			line(sentence)
		}
		rows(id, "returned")
		line("Errors", "Other errors have a page of their own.", "Error Code", "Description")
		for _, e := range items(get(operation, "x-errors")) {
			line(text(e, "code"), "If something is wrong")
		}
		line("CLI Command:", "Example Request", "Example Response")
	}
	return page.String()
}
