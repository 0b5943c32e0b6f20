package main

import (
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const sample = `package p

import "fmt"

func f(a int, b bool) int {
	if a < 3 && b {
		fmt.Println(true)
		a = a + 0x10
	}
	c := a
	return c
}
`

func TestMutantsOfASample(t *testing.T) {
	t.Parallel()
	found, err := mutants("p.go", []byte(sample))
	require.NoError(t, err)
	var got []string
	for _, m := range found {
		changed := string(m.apply())
		_, err := parser.ParseFile(token.NewFileSet(), "p.go", changed, 0)
		require.NoError(t, err, m)
		before, after := strings.Split(sample, "\n"), strings.Split(changed, "\n")
		require.Equal(t, len(before), len(after))
		for i := range before {
			if before[i] != after[i] {
				assert.Equal(t, i+1, m.line)
				got = append(got, m.what+": "+strings.TrimSpace(after[i]))
			}
		}
	}
	assert.ElementsMatch(t, []string{
		"the condition is negated: if !(a < 3 && b) {",
		"&& becomes ||: if a < 3 || b {",
		"< becomes <=: if a <= 3 && b {",
		"3 becomes 4: if a < 4 && b {",
		"the statement is dropped: ",
		"true becomes false: fmt.Println(false)",
		"the statement is dropped: ",
		"+ becomes -: a = a - 0x10",
		"0x10 becomes 17: a = a + 17",
	}, got)
}

// Every file that is changed is there, and every equivalent mutant can be made: one whose line has changed
// has to be looked at anew.
func TestEquivalentsAreOfTheCode(t *testing.T) {
	t.Parallel()
	known, err := readEquivalents("equivalent.txt")
	require.NoError(t, err)
	possible := map[string]bool{}
	for _, name := range core {
		path := filepath.Join(directory, name+".go")
		source, err := os.ReadFile(filepath.Join("..", "..", path))
		require.NoError(t, err)
		found, err := mutants(path, source)
		require.NoError(t, err)
		assert.NotEmpty(t, found, path)
		for _, m := range found {
			possible[m.key()] = true
		}
	}
	for key := range known {
		assert.True(t, possible[key], "%s", key)
	}
}

func TestAnEquivalentNeedsAReason(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "equivalent.txt")
	require.NoError(t, os.WriteFile(path, []byte("# a reason\na\nb\n\nc\n"), 0o600))
	_, err := readEquivalents(path)
	require.ErrorContains(t, err, "equivalent.txt:5: has no reason")
	require.NoError(t, os.WriteFile(path, []byte("# a reason\na\nb\n\n# another\nc\n"), 0o600))
	known, err := readEquivalents(path)
	require.NoError(t, err)
	assert.Equal(t, map[string]bool{"a": true, "b": true, "c": true}, known)
}

// A mutant is compiled in place of the file, which stays as it is.
func TestTheOverlayHoldsTheMutant(t *testing.T) {
	t.Parallel()
	m := mutant{path: "x/p.go", source: []byte("abc"), line: 1, start: 1, end: 2, replacement: "X"}
	path, remove, err := m.overlay()
	require.NoError(t, err)
	defer remove()
	changed, err := os.ReadFile(filepath.Join(filepath.Dir(path), "p.go"))
	require.NoError(t, err)
	assert.Equal(t, "aXc", string(changed))
	overlay, err := os.ReadFile(path)
	require.NoError(t, err)
	assert.Contains(t, string(overlay), filepath.Join("x", "p.go"))
	remove()
	assert.NoFileExists(t, path)
}
