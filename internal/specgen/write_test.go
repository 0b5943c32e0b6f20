package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestEncodeQuotesWhatOlderReadersMistake(t *testing.T) {
	t.Parallel()
	for _, s := range []string{"y", "N", "yes", "No", "on", "OFF", "true", "null", "~", "", "=", "<<", "12:30:45", "0o17", "017", "1_000", "2026-04-30", ".inf", "NaN", "+1", "1e3"} {
		doc := mapping()
		set(doc, s, scalar(s))
		out, err := encode(doc, "")
		require.NoError(t, err)
		assert.Equal(t, "\n\""+s+"\": \""+s+"\"\n", string(out))
	}
	doc := mapping()
	set(doc, "x-plain", scalar("yes, indeed"))
	out, err := encode(doc, "")
	require.NoError(t, err)
	assert.Equal(t, "\nx-plain: yes, indeed\n", string(out))
}

func TestEncodeWritesOneForm(t *testing.T) {
	t.Parallel()
	doc, err := parseYAML([]byte("# comment\npaths: {/a: {get: {responses: {default: {description: d}, '404': {}, \"200\": {content: {}}}, description: d, summary: s, tags: [t]}}}\ninfo: {description: d, title: t}\nopenapi: 3.0.3\n"))
	require.NoError(t, err)
	out, err := encode(doc, "Made.\n")
	require.NoError(t, err)
	assert.Equal(t, `# Made.

openapi: "3.0.3"
info:
  description: d
  title: t
paths:
  /a:
    get:
      tags:
        - t
      summary: s
      description: d
      responses:
        "200":
          content: {}
        "404": {}
        default:
          description: d
`, string(out))
	again, err := parseYAML(out)
	require.NoError(t, err)
	twice, err := encode(again, "Made.\n")
	require.NoError(t, err)
	assert.Equal(t, string(out), string(twice))
}

func TestWriteFileReplacesInOneStep(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path := filepath.Join(dir, "out")
	require.NoError(t, writeFile(path, []byte("one")))
	require.NoError(t, writeFile(path, []byte("two")))
	content, err := os.ReadFile(path)
	require.NoError(t, err)
	assert.Equal(t, "two", string(content))
	info, err := os.Stat(path)
	require.NoError(t, err)
	assert.Equal(t, os.FileMode(0o644), info.Mode().Perm())

	// What stands in the way is not a file: nothing is written, and nothing is left aside.
	blocked := filepath.Join(dir, "blocked")
	require.NoError(t, os.MkdirAll(filepath.Join(blocked, "inside"), 0o755))
	require.Error(t, writeFile(blocked, []byte("three")))
	require.Error(t, writeFile(filepath.Join(dir, "missing", "out"), []byte("three")))
	left, err := os.ReadDir(dir)
	require.NoError(t, err)
	assert.Len(t, left, 2)
}

func TestWriteFileLeavesAnEqualFileAlone(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "out")
	require.NoError(t, writeFile(path, []byte("one")))
	before, err := os.Stat(path)
	require.NoError(t, err)
	require.NoError(t, writeFile(path, []byte("one")))
	after, err := os.Stat(path)
	require.NoError(t, err)
	assert.True(t, os.SameFile(before, after))
}
