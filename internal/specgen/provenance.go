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

// textChange is a sentence of a page that is not what it was when the page was imported.
type textChange struct {
	at, element string
	what        string // "are new", "changed" or "are gone"
}

func (c textChange) String() string {
	return "the text of " + c.at + map[string]string{"are new": " is new", "are gone": " is gone", "changed": " changed"}[c.what] + " since the import"
}

// changedTexts compares the sentences of a page with those that it had when it was imported.
func changedTexts(root string, kind pageKind, texts facts) ([]textChange, error) {
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
	var changed []textChange
	add := func(at, what string) {
		element, _, _ := strings.Cut(at, ": ")
		changed = append(changed, textChange{at, element, what})
	}
	for at, value := range now {
		switch {
		case before[at] == "":
			add(at, "are new")
		case before[at] != value:
			add(at, "changed")
		}
	}
	for at := range before {
		if now[at] == "" {
			add(at, "are gone")
		}
	}
	slices.SortFunc(changed, func(a, b textChange) int { return strings.Compare(a.at, b.at) })
	return changed, nil
}
