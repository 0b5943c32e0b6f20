package main

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"

	"go.yaml.in/yaml/v3"
)

// The sentences of a page are facts, too: a limit or a date often stands in them only. They do not carry over, but a digest of each is
// kept, so that a change of one is seen and somebody reads it.

// digest identifies a text. Its line breaks and blanks say nothing.
func digest(text string) string {
	sum := sha256.Sum256([]byte(strings.Join(strings.Fields(text), " ")))
	return hex.EncodeToString(sum[:6])
}

// ionosTexts returns the digest of each summary and description of a page, by what it is about. A text that fragments give differently
// counts each of its forms.
func ionosTexts(page []byte) (facts, error) {
	fragments, err := readFragments(page)
	all := facts{}
	for _, f := range fragments {
		for p, value := range textsOf(f.doc) {
			if have, known := all[p]; !known {
				all[p] = value
			} else if !strings.Contains(have, value) {
				all[p] = have + " " + value
			}
		}
	}
	return all, err
}

// textsOf returns the digests of the summaries and descriptions of a document.
func textsOf(doc *yaml.Node) facts {
	c := collector{facts: facts{}, prose: true}
	c.document(doc)
	return c.facts
}

// tritonTexts returns the digests of the sentences of the Triton page.
func tritonTexts(page []byte) (facts, error) {
	operations, err := readTriton(page)
	all := facts{}
	for _, o := range operations {
		for p, value := range o.texts {
			all[p] = value
		}
	}
	return all, err
}
