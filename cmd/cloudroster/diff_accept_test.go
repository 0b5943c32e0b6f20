package main

import (
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestAcceptedChangesMayBeGreater(t *testing.T) {
	t.Parallel()
	old, current := documents(t, func(text string) string { return text })
	env := engines(`[{"id":"a","text":"breaks","level":3,"operation":"GET","path":"/a"},{"id":"b","text":"is gone","level":3,"operation":"GET","path":"/b"}]`, nil)
	for list, want := range map[string]result{
		"wire GET /a: breaks # it never worked\n": {differs, `major  wire  GET /a: breaks (accepted: it never worked)
major  wire  GET /b: is gone
documents and their Go names: 2 major, 0 minor, 0 patch changes; semver bump: major
`, ""},
		"# Both.\n\n  wire   GET *: *   #  v2 of the service \n": {conforms, `major  wire  GET /a: breaks (accepted: v2 of the service)
major  wire  GET /b: is gone (accepted: v2 of the service)
documents and their Go names: 2 major, 0 minor, 0 patch changes; semver bump: major
`, ""},
		"go GET /a: breaks # another side\nwire GET /a: brea # a part\nwire GET .*: * # not a regular expression\n": {differs, `major  wire  GET /a: breaks
major  wire  GET /b: is gone
documents and their Go names: 2 major, 0 minor, 0 patch changes; semver bump: major
`, ""},
	} {
		file := filepath.Join(t.TempDir(), "accepted")
		put(t, file, list)
		assert.Equal(t, want, runWith(t, env, "diff", "-accept", file, old, current))
	}
}

func TestAnAcceptedChangeNeedsASideAndAReason(t *testing.T) {
	t.Parallel()
	for list, want := range map[string]string{
		"# first\nwire GET /a: breaks\n":   `line 2: write behind " # " why the change is accepted`,
		"wire GET /a: breaks # \n":         `line 1: write behind " # " why the change is accepted`,
		"GET /a: breaks # it never worked": "line 1: begin with the side of the change, wire or go",
	} {
		file := filepath.Join(t.TempDir(), "accepted")
		put(t, file, list)
		got := runWith(t, engines("[]", nil), "diff", "-accept", file, "old", "new")
		assert.Equal(t, untested, got.code)
		assert.Contains(t, got.stderr, want)
	}
	got := runWith(t, engines("[]", nil), "diff", "-accept", filepath.Join(t.TempDir(), "none"), "old", "new")
	assert.Equal(t, untested, got.code)
	assert.Contains(t, got.stderr, "no such file")
}

func TestGroupedChangesAreOneLine(t *testing.T) {
	t.Parallel()
	old, current := documents(t, func(text string) string { return text })
	env := engines(`[{"id":"a","text":"is longer: 10","level":1,"operation":"GET","path":"/a"},{"id":"a","text":"is longer: 10","level":1,"operation":"GET","path":"/b"},
		{"id":"a","text":"is longer: 10","level":1,"operation":"GET","path":"/c"},{"id":"a","text":"is longer: 10","level":1,"operation":"GET","path":"/d"},
		{"id":"a","text":"is longer: 11","level":1,"operation":"GET","path":"/a"},{"id":"a","text":"is gone","level":3,"operation":"GET","path":"/a"},
		{"id":"a","text":"is gone","level":3,"operation":"GET","path":"/b"}]`, nil)
	got := runWith(t, env, "diff", "-group", old, current)
	assert.Equal(t, result{differs, `major  wire  GET /a, GET /b: is gone
minor  wire  GET /a, GET /b and 2 more: is longer: 10
minor  wire  GET /a: is longer: 11
documents and their Go names: 2 major, 5 minor, 0 patch changes; semver bump: major
`, ""}, got)
}
