package main

import (
	"crypto/sha256"
	"encoding/hex"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// provenanceFile tells for each imported page where it was found, when it was imported, and digests of the page and of its sentences.
const provenanceFile = "api/provenance.yaml"

const provenanceComment = `Where the facts in api/ were imported from, and a digest of each sentence of the pages: check tells when one has changed.
Made by "go run ./internal/specgen import PAGE". DO NOT EDIT.
`

func readProvenance(root string) (*yaml.Node, error) {
	path := filepath.Join(root, provenanceFile)
	if _, err := os.Stat(path); os.IsNotExist(err) {
		return mapping(), nil
	}
	return readYAML(path)
}

// recordProvenance notes that a page was imported. A page that is imported again unchanged keeps its date, and its address as long as no
// other is given.
func recordProvenance(root string, kind pageKind, page []byte, texts facts, address, date string) error {
	doc, err := readProvenance(root)
	if err != nil {
		return err
	}
	sum := sha256.Sum256(page)
	now := hex.EncodeToString(sum[:])
	before := get(doc, kind.name)
	if text(before, "sha256") == now {
		date = text(before, "date")
	}
	if address == "" {
		address = text(before, "address")
	}
	entry := mapping()
	set(entry, "file", scalar(kind.file))
	set(entry, "address", scalar(address))
	set(entry, "date", scalar(date))
	set(entry, "sha256", scalar(now))
	words := mapping()
	for _, p := range sorted(texts) {
		set(words, p.String(), scalar(texts[p]))
	}
	set(entry, "texts", words)
	set(doc, kind.name, entry)
	out, err := encode(doc, provenanceComment)
	if err != nil {
		return err
	}
	return writeFile(filepath.Join(root, provenanceFile), out)
}

// changedTexts compares the sentences of a page with those that it had when it was imported.
func changedTexts(root string, kind pageKind, texts facts) ([]string, error) {
	doc, err := readProvenance(root)
	if err != nil {
		return nil, err
	}
	if get(doc, kind.name) == nil {
		return nil, nil // never imported: there is nothing to compare with
	}
	before, now := map[string]string{}, map[string]string{}
	for k, v := range pairs(get(doc, kind.name, "texts")) {
		before[k.Value] = v.Value
	}
	for p, value := range texts {
		now[p.String()] = value
	}
	var changed []string
	for at, value := range now {
		switch {
		case before[at] == "":
			changed = append(changed, "the text of "+at+" is new since the import")
		case before[at] != value:
			changed = append(changed, "the text of "+at+" changed since the import")
		}
	}
	for at := range before {
		if now[at] == "" {
			changed = append(changed, "the text of "+at+" is gone since the import")
		}
	}
	slices.SortFunc(changed, strings.Compare)
	return changed, nil
}
