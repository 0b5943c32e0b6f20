package main

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestParseYAMLRefusesAnchorsAndRepeatedKeys(t *testing.T) {
	t.Parallel()
	tests := map[string]string{
		"a: &x 1\n":       "anchors and aliases are not used here",
		"a: 1\na: 2\n":    `the key "a" is used twice`,
		"- 1\n":           "not a YAML mapping",
		"a: [\n":          "did not find expected",
		"# only words\n":  "not a YAML mapping",
		"":                "not a YAML mapping",
		"a: b\n---\nc: d": "more than one YAML document",
		"a: b\n---\n[":    "more than one YAML document",
	}
	for src, want := range tests {
		_, err := parseYAML([]byte(src))
		assert.ErrorContains(t, err, want, src)
	}
}
