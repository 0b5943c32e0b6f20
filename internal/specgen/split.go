package main

import (
	"path/filepath"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Other people's generators ignore the servers of a path, and a router holds either IONOS's paths or Triton's at its root, not both. So
// each cloud has a document of its own, too.

const (
	ionosDocument  = "openapi-ionos.yaml"
	tritonDocFile  = "openapi-triton.yaml"
	tritonPathRoot = "/{account}/"
)

// written are the documents that merge writes, by file.
func written(root string) (map[string]*yaml.Node, error) {
	flat, err := buildNode(root)
	if err != nil {
		return nil, err
	}
	isTriton := func(path string) bool { return strings.HasPrefix(path, tritonPathRoot) }
	return map[string]*yaml.Node{
		documentFile:  share(flat),
		ionosDocument: share(only(flat, func(path string) bool { return !isTriton(path) })),
		tritonDocFile: share(only(flat, isTriton)),
	}, nil
}

// only returns the part of a document that some of its paths need. Servers and security that all of these paths share become the
// document's own.
func only(flat *yaml.Node, wanted func(path string) bool) *yaml.Node {
	doc := clone(flat)
	paths := mapping()
	var servers, security *yaml.Node
	tags := map[string]bool{}
	for path, item := range pairs(get(doc, "paths")) {
		if !wanted(path.Value) {
			continue
		}
		paths.Content = append(paths.Content, path, item)
		if own := get(item, "servers"); own != nil {
			servers = own
			remove(item, "servers")
		}
		for method, operation := range pairs(item) {
			if !isMethod(method.Value) {
				continue
			}
			if own := get(operation, "security"); own != nil {
				security = own
				remove(operation, "security")
			}
			for _, tag := range items(get(operation, "tags")) {
				tags[tag.Value] = true
			}
		}
	}
	set(doc, "paths", paths)
	for key, own := range map[string]*yaml.Node{"servers": servers, "security": security} {
		if own != nil {
			set(doc, key, own)
		}
	}
	set(doc, "tags", filterItems(get(doc, "tags"), func(tag *yaml.Node) bool { return tags[text(tag, "name")] }))
	keepReachable(doc)
	return doc
}

func filterItems(n *yaml.Node, keep func(*yaml.Node) bool) *yaml.Node {
	kept := list()
	for _, item := range items(n) {
		if keep(item) {
			kept.Content = append(kept.Content, item)
		}
	}
	return kept
}

// keepReachable drops the schemas and security schemes that nothing refers to.
func keepReachable(doc *yaml.Node) {
	reached := map[string]bool{}
	var visit func(n *yaml.Node)
	visit = func(n *yaml.Node) {
		if n == nil {
			return // a reference that leads nowhere: validation says so
		}
		if name, isRef := strings.CutPrefix(text(n, "$ref"), "#/components/schemas/"); isRef && !reached["schemas "+name] {
			reached["schemas "+name] = true
			visit(get(doc, "components", "schemas", name))
		}
		for _, child := range n.Content {
			visit(child)
		}
	}
	visit(get(doc, "paths"))
	for _, requirement := range items(get(doc, "security")) {
		for scheme := range pairs(requirement) {
			reached["securitySchemes "+scheme.Value] = true
		}
	}
	for _, kind := range []string{"schemas", "securitySchemes"} {
		group := get(doc, "components", kind)
		kept := mapping()
		for name, component := range pairs(group) {
			if reached[kind+" "+name.Value] {
				kept.Content = append(kept.Content, name, component)
			}
		}
		set(get(doc, "components"), kind, kept)
	}
}

// encodedDocuments returns every document that merge writes. All of them are valid.
func encodedDocuments(root string) (map[string][]byte, error) {
	nodes, err := written(root)
	if err != nil {
		return nil, err
	}
	encoded := map[string][]byte{}
	for file, doc := range nodes {
		if encoded[file], err = encodeValid(doc); err != nil {
			return nil, err
		}
	}
	return encoded, nil
}

func writeDocuments(root string) error {
	documents, err := encodedDocuments(root)
	if err != nil {
		return err
	}
	for file, content := range documents {
		if err := writeFile(filepath.Join(root, file), content); err != nil {
			return err
		}
	}
	return nil
}
