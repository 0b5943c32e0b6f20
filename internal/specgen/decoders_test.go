package main

import (
	"fmt"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// The decode functions of the tree are those that its document and its types make.
func TestDecodersAreThoseOfTheTree(t *testing.T) {
	t.Parallel()
	root := project(t)
	generated, err := os.ReadFile(filepath.FromSlash("../../" + genFile))
	require.NoError(t, err)
	write(t, root, genFile, string(generated))

	status, _, errs := spec(root, "decoders")
	require.Zero(t, status, errs)
	now, err := os.ReadFile(filepath.FromSlash("../../" + decoderFile))
	require.NoError(t, err)
	assert.Equal(t, string(now), string(read(t, root, decoderFile)), "run go generate ./...")

	// A type that an operation returns and that the generator did not make is an error, not a gap.
	write(t, root, genFile, strings.ReplaceAll(string(generated), "type RequestStatus struct", "type RequestStage struct"))
	status, _, errs = spec(root, "decoders")
	assert.Equal(t, 1, status)
	assert.Contains(t, errs, "no struct type RequestStatus, which a response has")
	assert.Equal(t, string(now), string(read(t, root, decoderFile)))
}

func TestDecodersOfOtherTypes(t *testing.T) {
	t.Parallel()
	source := func(fields string) ([]byte, error) {
		file, err := parser.ParseFile(token.NewFileSet(), "gen.go", "package gen\ntype Kind string\ntype Time struct{}\ntype Inner struct {\nOther string `json:\"other\"`\n}\ntype Root struct {\n"+fields+"\n}", 0)
		require.NoError(t, err)
		out, err := decoderSource(file, []string{"Root"})
		return out, err
	}
	out, err := source("A string `json:\"a\"`\nB Kind `json:\"b\"`\nC []Inner `json:\"c,omitempty\"`\nD []string `json:\"d\"`\nE Time `json:\"e\"`")
	require.NoError(t, err)
	for _, part := range []string{
		"v.A = s.String(0)", "v.B = Kind(s.String(1))", "v.C = decodeListOfInner(s)", "v.D = s.Strings(2)", "v.E.decode(s)",
		"decodeOdd(data, v, max(sizeOf[Inner](), sizeOf[string]()))", `var keysOfRoot = []string{"a", "b", "c", "d", "e"}`,
	} {
		assert.Contains(t, string(out), part)
	}
	// A type of many fields has functions for lengths of keys. Those of one length stay together.
	many := ""
	for i := range 28 {
		many += fmt.Sprintf("F%02d string `json:\"%s\"`\n", i, strings.Repeat("k", 1+i/7*3)+string(rune('a'+i)))
	}
	out, err = source(many)
	require.NoError(t, err)
	for _, part := range []string{
		"case len(key) < 5:\n\t\t\tdecodeRootPart1(s, v, key, &seen)", "case len(key) < 11:\n\t\t\tdecodeRootPart3(s, v, key, &seen)",
		"default:\n\t\t\tdecodeRootPart4(s, v, key, &seen)", "case \"kkkkh\":\n\t\ts.Once(seen, 1<<7)\n",
	} {
		assert.Contains(t, string(out), part)
	}
	for fields, want := range map[string]string{
		"A float64 `json:\"a\"`":           "no way to decode field A of Root",
		"A *Inner `json:\"a\"`":            "no way to decode field A of Root",
		"A map[string]string `json:\"a\"`": "no way to decode field A of Root",
		"A []bool `json:\"a\"`":            "no way to decode field A of Root",
		"Inner":                            "a field of Root has no name or no tag",
		strings.Repeat("A string `json:\"a\"`\n", 65) + "\n": "more than the 64 fields",
	} {
		_, err := source(fields)
		require.Error(t, err, fields)
		assert.ErrorContains(t, err, want)
	}
}
