package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"go.yaml.in/yaml/v3"
)

// pageKind is one of the vendors' pages: how it is recognized, read and written.
type pageKind struct {
	name     string
	file     string // that its facts are written to
	comment  string
	document func(root string, page []byte) (*yaml.Node, error)
	texts    func(page []byte) (facts, error)
}

const ionosComment = `The facts of the IONOS Cloud API v6 documentation, page "User management": its OpenAPI fragments joined, without their prose.
Made by "go run ./internal/specgen import PAGE". DO NOT EDIT.
`

const tritonComment = `The facts of the Triton CloudAPI documentation, page "Users": its tables as OpenAPI, joined with api/triton-base.yaml.
Made by "go run ./internal/specgen import PAGE". DO NOT EDIT.
`

var ionosKind = pageKind{
	name: "IONOS", file: ionosFile, comment: ionosComment, texts: ionosTexts,
	document: func(_ string, page []byte) (*yaml.Node, error) { return importPage(page) },
}

var tritonKind = pageKind{
	name: "Triton", file: tritonFile, comment: tritonComment, texts: tritonTexts,
	document: func(root string, page []byte) (*yaml.Node, error) {
		base, err := readYAML(filepath.Join(root, tritonBaseFile))
		if err != nil {
			return nil, err
		}
		return tritonDocument(page, base)
	},
}

// kindOf finds out by its content which page it is. A page that mentions an OpenAPI document in any form is IONOS's.
func kindOf(page []byte) (pageKind, error) {
	switch {
	case tritonHeading.Match(page):
		return tritonKind, nil
	case jsonFence.Match(page), document.Match(page), directive.Match(page):
		return ionosKind, nil
	}
	return pageKind{}, errors.New("it holds neither OpenAPI fragments (fenced blocks marked json) nor the tables of the Triton users page")
}

// importOptions are the flags of import and update.
type importOptions struct {
	address, date string
	removals      bool
}

func importFlags(name string, stderr io.Writer) (*flag.FlagSet, *importOptions) {
	o := &importOptions{}
	flags := flag.NewFlagSet(name, flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.StringVar(&o.address, "address", "", "where the page was found; by default where it was found the last time")
	flags.StringVar(&o.date, "date", time.Now().UTC().Format(time.DateOnly), "when the page was found")
	flags.BoolVar(&o.removals, "removals", false, "accept a page that has fewer operations than before")
	return flags, o
}

// source is a vendor's page that is read once, for all steps that need it.
type source struct {
	path    string
	content []byte
	kind    pageKind
	texts   func() (facts, error)
}

func readSource(path string) (*source, error) {
	content, err := readPage(path)
	if err != nil {
		return nil, err
	}
	kind, err := kindOf(content)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	texts := sync.OnceValues(func() (facts, error) {
		texts, err := kind.texts(content)
		if err != nil {
			return nil, located(path, err)
		}
		return texts, nil
	})
	return &source{path, content, kind, texts}, nil
}

// importFile takes the facts of the page in a file into its file in api/.
func importFile(root, path string, o importOptions, stdout io.Writer) error {
	page, err := readSource(path)
	if err != nil {
		return err
	}
	return importSource(root, page, o, stdout)
}

// importSource is importFile for a page that was read already.
func importSource(root string, page *source, o importOptions, stdout io.Writer) error {
	kind := page.kind
	doc, err := kind.document(root, page.content)
	if err != nil {
		return located(page.path, err)
	}
	if gone := lostOperations(root, kind, doc); len(gone) > 0 && !o.removals {
		return fmt.Errorf("%s: the page has fewer operations than %s: %s are gone; if that is meant, say -removals", page.path, kind.file, strings.Join(gone, ", "))
	}
	out, err := encode(doc, kind.comment)
	if err != nil {
		return err
	}
	texts, err := page.texts()
	if err != nil {
		return err
	}
	if err := writeFile(filepath.Join(root, kind.file), out); err != nil {
		return err
	}
	if err := recordProvenance(root, kind, page.content, texts, o.address, o.date); err != nil {
		return err
	}
	fmt.Fprintf(stdout, "%s: %d operations, %d schemas\n", kind.file, countOperations(doc), countSchemas(doc))
	return nil
}

// located puts the name of the page before each of its problems.
func located(path string, err error) error {
	var all problems
	for line := range strings.Lines(err.Error()) {
		all.add("%s: %s", path, line)
	}
	return all
}

// lostOperations returns the operations that the file has and the page has no more. A file that cannot be read has none.
func lostOperations(root string, kind pageKind, doc *yaml.Node) []string {
	before, err := readYAML(filepath.Join(root, kind.file))
	if err != nil {
		return nil
	}
	now := map[string]bool{}
	for name := range operations(doc) {
		now[name] = true
	}
	var gone []string
	for name := range operations(before) {
		if !now[name] {
			gone = append(gone, name)
		}
	}
	slices.Sort(gone)
	return gone
}
