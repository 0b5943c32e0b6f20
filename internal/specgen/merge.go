package main

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
	"go.yaml.in/yaml/v3"

	"github.com/cloudroster/cloudroster/internal/flat"
)

const (
	documentFile    = "openapi.yaml"
	ionosFile       = "api/ionos.yaml"
	statusFile      = "api/status.yaml"
	tritonFile      = "api/triton.yaml"
	tritonBaseFile  = "api/triton-base.yaml"
	tritonKeysFile  = "api/triton-keys.yaml"
	correctionsFile = "api/corrections.yaml"
	proseFile       = "api/prose.yaml"
)

const documentComment = `Made from the files in api/ by "go run ./internal/specgen merge". DO NOT EDIT.
`

// sources are the files that facts come from. The first one's servers and security are the document's own.
var sources = []string{ionosFile, statusFile, tritonFile, tritonKeysFile}

func encodeValid(doc *yaml.Node) ([]byte, error) {
	out, err := encode(doc, documentComment)
	if err != nil {
		return nil, err
	}
	return out, validate(out)
}

// buildNode makes the document with everything in its place, nothing shared.
func buildNode(root string) (*yaml.Node, error) {
	doc, wrong, err := assemble(root)
	if err == nil {
		err = wrong.err()
	}
	return doc, err
}

// assemble applies the overlays to the joined sources. An action that is wrong does not end it, so that one run names all of them.
func assemble(root string) (doc *yaml.Node, wrong problems, err error) {
	if doc, err = joinSources(root); err != nil {
		return nil, nil, err
	}
	corrections, err := readOverlay(filepath.Join(root, correctionsFile), true)
	if err != nil {
		return nil, nil, err
	}
	prose, err := readOverlay(filepath.Join(root, proseFile), false)
	if err != nil {
		return nil, nil, err
	}
	doc, failed := applyOverlay(doc, corrections, correctionsFile, nil)
	wrong.join(failed)
	facts := factsOf(doc)
	doc, failed = applyOverlay(doc, prose, proseFile, nil)
	wrong.join(failed)
	wrong.join(uselessWords(root, doc, facts))
	if len(wrong) == 0 {
		wrong.join(addExamples(root, doc))
	}
	return doc, wrong, nil
}

// uselessWords returns what api/prose.yaml says about things that the document does not have. An update of something that does not exist
// makes it, so that prose would bring back what is gone: an operation of that kind is taken out again.
func uselessWords(root string, doc *yaml.Node, facts facts) error {
	prose, err := readYAML(filepath.Join(root, proseFile))
	if err != nil {
		return err
	}
	var wrong problems
	back := map[string]bool{}
	changed := changedFacts(facts, factsOf(doc))
	for _, p := range changed {
		if _, had := facts[place{p.element, "operation"}]; !had && p.detail == "operation" {
			method, path, _ := strings.Cut(p.element, " ")
			back[p.element] = true
			remove(get(doc, "paths", path), strings.ToLower(method))
			wrong.add("%s has words about %s, which is gone%s", proseFile, p.element, lineOfKeys(prose, path, strings.ToLower(method)))
		}
	}
	for _, p := range changed {
		if !back[p.element] {
			name := p.detail[strings.LastIndex(p.detail, " ")+1:]
			wrong.add("%s may add words only, but it changes %s%s", proseFile, p, lineOfKeys(prose, strings.TrimPrefix(p.element, "schema "), name))
		}
	}
	return wrong.err()
}

// lineOfKeys names the line at which a key stands below another one, "" if there is none.
func lineOfKeys(n *yaml.Node, outer, inner string) string {
	for _, child := range items(n) {
		if at := lineOfKeys(child, outer, inner); at != "" {
			return at
		}
	}
	for k, v := range pairs(n) {
		if outer == "" && k.Value == inner {
			return fmt.Sprintf(" (line %d)", k.Line)
		}
		below := outer
		if k.Value == outer {
			below = ""
		}
		if at := lineOfKeys(v, below, inner); at != "" {
			return at
		}
	}
	return ""
}

// joinSources joins the fact files. A file that has servers or security of its own keeps them, on its paths and operations.
func joinSources(root string) (*yaml.Node, error) {
	c := newCombiner("sources")
	for _, file := range sources {
		part, err := readYAML(filepath.Join(root, file))
		if err != nil {
			return nil, err
		}
		if words := findProse(part, file); words != "" && file == ionosFile {
			return nil, fmt.Errorf("%s: it holds facts only; run import again", words)
		}
		if len(c.doc.Content) > 0 {
			pushDown(c.doc, part)
		}
		c.add(part, file)
	}
	return c.doc, c.conflicts.err()
}

// pushDown moves what a part says about itself as a whole to where it still holds in the joined document.
func pushDown(doc, part *yaml.Node) {
	servers, security := get(part, "servers"), get(part, "security")
	for _, item := range pairs(get(part, "paths")) {
		if servers != nil {
			item.Content = append([]*yaml.Node{scalar("servers"), clone(servers)}, item.Content...)
		}
		for method, operation := range pairs(item) {
			if security != nil && isMethod(method.Value) && get(operation, "security") == nil {
				set(operation, "security", clone(security))
			}
		}
	}
	for _, key := range []string{"info", "servers", "security"} {
		remove(part, key)
	}
}

func countSchemas(doc *yaml.Node) int { return len(get(doc, "components", "schemas").Content) / 2 }

func isMethod(key string) bool {
	switch key {
	case "get", "put", "post", "delete", "options", "head", "patch", "trace":
		return true
	}
	return false
}

// validate has kin-openapi, which reads the document for the rest of the project, accept it.
func validate(document []byte) error {
	loader := openapi3.NewLoader()
	doc, err := loader.LoadFromData(document)
	if err == nil {
		err = doc.Validate(context.Background())
	}
	if err != nil {
		return fmt.Errorf("the document is not valid: %w", oneLine(err))
	}
	return nil
}

// findProse returns the path of the first summary or description.
func findProse(n *yaml.Node, path string) string {
	found := ""
	walk(n, path, false, func(at, key string, value *yaml.Node) {
		if found == "" && isProse(key, value) {
			found = at
		}
	})
	return found
}

// walk visits every keyword of a document (names that the API chose are not keywords) with its path.
func walk(n *yaml.Node, path string, names bool, visit func(path, key string, value *yaml.Node)) {
	for i, child := range items(n) {
		walk(child, fmt.Sprintf("%s[%d]", path, i), false, visit)
	}
	for k, v := range pairs(n) {
		at := path + "." + k.Value
		if !names {
			visit(at, k.Value, v)
		}
		if !flat.HoldsData(names, k.Value) {
			walk(v, at, flat.HoldsNames(names, k.Value, v), visit)
		}
	}
}
