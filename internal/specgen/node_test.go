package main

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"
)

func TestShowTellsTypesApart(t *testing.T) {
	t.Parallel()
	for src, want := range map[string]string{`"1"`: `"1"`, `1`: `1`, `"true"`: `"true"`, `true`: `true`, `""`: `""`, `text`: `text`, `[]`: `[]`, `{}`: `{}`, `[1]`: `a list of 1`, `{a: 1}`: `an object`} {
		var n yaml.Node
		require.NoError(t, yaml.Unmarshal([]byte(src), &n))
		assert.Equal(t, want, show(n.Content[0]), src)
	}
	assert.Equal(t, "nothing", show(nil))
}

func TestDifferenceFindsTheFirstPlace(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ a, b, where string }{
		{"a: {b: 1, c: 2}", "a: {c: 2, b: 1}", ""},
		{"a: {b: 1}", "a: {b: 2}", "doc.a.b"},
		{"a: {b: 1}", `a: {b: "1"}`, "doc.a.b"},
		{"a: {b: 1}", "a: {b: 1, c: 2}", "doc.a.c"},
		{"a: {b: 1, c: 2}", "a: {b: 1}", "doc.a.c"},
		{"a: [1, 2]", "a: [2, 1]", "doc.a[0]"},
		{"a: [1]", "a: [1, 2]", "doc.a[1]"},
		{"a: [1, 2]", "a: [1]", "doc.a[1]"},
		{"a: {}", "a: []", "doc.a"},
	} {
		a, err := parseYAML([]byte(test.a))
		require.NoError(t, err)
		b, err := parseYAML([]byte(test.b))
		require.NoError(t, err)
		where, _, _, differs := difference(a, b, "doc")
		assert.Equal(t, test.where, where, "%s and %s", test.a, test.b)
		assert.Equal(t, test.where != "", differs)
	}
}
