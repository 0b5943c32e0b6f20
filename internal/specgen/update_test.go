package main

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// section returns the lines of a section of what update prints, those of its layers included.
func section(out, title string) []string {
	_, rest, _ := strings.Cut(out, title+":\n")
	var lines []string
	for line := range strings.Lines(rest) {
		if !strings.HasPrefix(line, "  ") {
			break
		}
		if text, ok := strings.CutPrefix(strings.TrimSpace(line), "- "); ok {
			lines = append(lines, text)
		}
	}
	return lines
}

// updated runs update on the page with an edit.
func updated(t *testing.T, args []string, edits ...string) (status int, out, errs string) {
	t.Helper()
	root := project(t)

	path := write(t, root, "page.md", ionosPage(t))
	status, _, errs = spec(root, "import", path)
	require.Zero(t, status, errs)
	for i := 0; i < len(edits); i += 2 {
		edit(t, root, "page.md", edits[i], edits[i+1])
	}
	return spec(root, append(append([]string{"update"}, args...), path)...)
}

func TestUpdateOfTheSamePageLeavesNothingToDo(t *testing.T) {
	t.Parallel()
	status, out, errs := updated(t, nil)
	assert.Zero(t, status, errs)
	assert.Equal(t, []string{"nothing"}, section(out, "Changed on the page"))
	assert.Equal(t, []string{"nothing"}, section(out, "To do"))
}

// The vendor's usual changes.
func TestUpdateTakesANewEnumValueAndABound(t *testing.T) {
	t.Parallel()
	status, out, errs := updated(t, nil, `,"gpu"]`, `,"gpu","quantum"]`, `"maximum":100`, `"maximum":200`, `"maximum":1,`, `"maximum":2,`)
	assert.Zero(t, status, out+errs)
	assert.Equal(t, []string{"nothing"}, section(out, "To do"))
	changed := section(out, "Changed on the page")
	require.Len(t, changed, 3, "%q", changed)
	assert.Contains(t, changed, "schema Type: enum value quantum is new")
	assert.Contains(t, changed, "GET /um/users: parameter limit in query, schema, maximum: 100 became 200")
	assert.Regexp(t, `\d+ places \(.*, \.\.\.\): parameter depth in query, schema, maximum: 1 became 2`, strings.Join(changed, "\n"))
	assert.Len(t, section(out, "For CHANGELOG.md"), 1)
}

func TestUpdateAsksForADescriptionOfANewProperty(t *testing.T) {
	t.Parallel()
	status, out, _ := updated(t, nil, `"properties":{"editPrivilege":`, `"properties":{"viewPrivilege":{"type":"boolean"},"editPrivilege":`)
	assert.Equal(t, 1, status)
	todo := section(out, "To do")
	require.Len(t, todo, 1)
	assert.Regexp(t, `^schema GroupShareProperties\.viewPrivilege has no description: write it in api/prose\.yaml \(openapi\.yaml:\d+\)$`, todo[0])
}

func TestUpdateListsWhatANewOperationNeeds(t *testing.T) {
	t.Parallel()
	operation := `"/um/resources/{resourceType}":{"head":{"operationId":"umResourcesHead","parameters":[{"name":"resourceType","in":"path","required":true,"schema":{"type":"string"}}],"responses":{"200":{"description":"d"}}},"get"`
	status, out, errs := updated(t, nil, `"/um/resources/{resourceType}":{"get"`, operation)
	assert.Equal(t, 1, status, errs)
	todo := strings.Join(section(out, "To do"), "\n")
	assert.Contains(t, todo, "HEAD /um/resources/{resourceType} has no summary: write it in api/prose.yaml")
	assert.Contains(t, todo, "HEAD /um/resources/{resourceType} (umResourcesHead): choose a Go name in api/go.yaml (openapi.yaml:")
	assert.Contains(t, todo, `add a method with the tag "//meta:operation HEAD /um/resources/{resourceType}"`)
	assert.Contains(t, errs, "decisions are left; then run make generate")
}

// Words about what is gone are useless. All of them are named, with their lines.
func TestUpdateNamesTheWordsThatAreUseless(t *testing.T) {
	t.Parallel()
	status, out, errs := updated(t, nil, `"lastLogin":`, `"latestLogin":`, `"s3CanonicalUserId":`, `"s3User":`)
	assert.Equal(t, 1, status, errs)
	todo := strings.Join(section(out, "To do"), "\n")
	assert.Contains(t, todo, "api/prose.yaml may add words only, but it changes schema UserMetadata: property lastLogin (line ")
	assert.Contains(t, todo, "schema UserProperties: property s3CanonicalUserId")

	status, out, errs = updated(t, nil, `"createDatacenter":`, `"createDatacentre":`, `"secAuthProtection":`, `"protected":`)
	assert.Equal(t, 1, status, errs)
	todo = strings.Join(section(out, "To do"), "\n")
	assert.Regexp(t, `api/corrections\.yaml: action \d+ \(\$\.components\.schemas\.GroupProperties\.properties\.createDatacenter~\): it matches nothing \(line \d+\)`, todo)
	assert.Regexp(t, `secAuthProtection\): it matches nothing \(line \d+\)`, todo)
}

// A page that cannot be taken leaves no file behind, and one that can leaves all of them as they belong together.
func TestUpdateIsAllOrNothing(t *testing.T) {
	t.Parallel()
	const renamed = `"createDatacenter":` // a correction is about it
	for name, c := range map[string]struct {
		old, new  string
		files     map[string]string
		wantError string
	}{
		"a correction that is about nothing": {old: renamed, new: `"createDatacentre":`, wantError: "nothing was changed: correct the"},
		"words that are about nothing":       {old: `"lastLogin":`, new: `"latestLogin":`, wantError: "nothing was changed: correct the"},
		"a Go name that is about nothing":    {old: `,"gpu"]`, new: `]`, wantError: "nothing was changed: correct the"},
		"a document that is not valid":       {old: `"$ref":"#/components/schemas/GroupShareProperties"`, new: `"$ref":"#/components/schemas/Nowhere"`, wantError: "is not valid"},
		"code that cannot be generated": {old: `,"gpu"]`, new: `,"gpu","quantum"]`, wantError: "go generate",
			files: map[string]string{"go.mod": "module example.com/m\n", "tools.go": "package m\n\n//go:generate cp openapi.yaml gen/gen.go\n//go:generate no-such-program\n"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			root := project(t)
			page := write(t, root, "page.md", ionosPage(t))
			status, _, errs := spec(root, "import", page)
			require.Zero(t, status, errs)
			for file, text := range c.files {
				write(t, root, file, text)
			}
			edit(t, root, "page.md", c.old, c.new)
			before := allFiles(t, root)
			status, out, errs := spec(root, "update", page)
			assert.Equal(t, 1, status)
			assert.Contains(t, errs, c.wantError, out)
			assert.Equal(t, before, allFiles(t, root))
		})
	}
	t.Run("a document that lacks words", func(t *testing.T) {
		t.Parallel()
		root := project(t)
		page := write(t, root, "page.md", ionosPage(t))
		edit(t, root, "page.md", `"properties":{"editPrivilege":`, `"properties":{"viewPrivilege":{"type":"boolean"},"editPrivilege":`)
		status, _, _ := spec(root, "update", page)
		assert.Equal(t, 1, status)
		for _, file := range []string{ionosFile, documentFile, ionosDocument} {
			assert.Contains(t, string(read(t, root, file)), "viewPrivilege", file)
		}
		assert.NotEmpty(t, read(t, root, provenanceFile))
	})
}

// allFiles are the files of a directory and what is in them.
func allFiles(t *testing.T, root string) map[string]string {
	t.Helper()
	files := map[string]string{}
	require.NoError(t, fs.WalkDir(os.DirFS(root), ".", func(path string, entry fs.DirEntry, err error) error {
		if err == nil && !entry.IsDir() {
			files[path] = string(read(t, root, path))
		}
		return err
	}))
	return files
}

// What a removed operation leaves behind is named: words, names, and its method.
func TestUpdateNamesWhatARemovedOperationLeaves(t *testing.T) {
	t.Parallel()
	root := project(t)
	page := write(t, root, "page.md", ionosPage(t))
	status, _, errs := spec(root, "import", page)
	require.Zero(t, status, errs)
	require.NoError(t, os.Mkdir(filepath.Join(root, "wrapper"), 0o755))
	write(t, root, "wrapper/methods.go", "package wrapper\n\n//meta:operation GET /um/users\n\n//meta:operation GET /um/resources\n")
	start, rest, _ := strings.Cut(ionosPage(t), "\n## Operation umResourcesGet&")
	_, rest, _ = strings.Cut(rest, "\n## Operation ")
	write(t, root, "page.md", start+"\n## Operation "+rest)

	status, _, errs = spec(root, "update", page)
	assert.Equal(t, 1, status)
	assert.Contains(t, errs, "GET /um/resources are gone; if that is meant, say -removals")
	status, out, errs := spec(root, "update", "-removals", page)
	assert.Equal(t, 1, status, errs)
	todo := strings.Join(section(out, "To do"), "\n")
	assert.Regexp(t, `api/prose\.yaml has words about GET /um/resources, which is gone \(line \d+\)`, todo)
	assert.Regexp(t, `api/go\.yaml: action \d+ \(\$\.paths\['/um/resources'\]\.get\): it matches nothing \(line \d+\)`, todo)
	assert.Contains(t, todo, "GET /um/resources: deprecate or remove its method, and its cases in tests (wrapper/methods.go:5)")
	assert.Contains(t, section(out, "Changed on the page"), "GET /um/resources is gone")
}

func TestVerdictNamesWhatIsMajor(t *testing.T) {
	t.Parallel()
	const all = "all changes: go run ./cmd/cloudroster diff -group HEAD ."
	for report, want := range map[string][]string{
		"none":                     {"none"},
		"minor  wire  a: b\nminor": {"minor", all},
		"major  go    a: b\nmajor": {"major", "major  go    a: b"},
		"major  go  a: b\nminor  go  c: d\nmajor": {"major", "major  go  a: b", all},
	} {
		assert.Equal(t, want, verdict(report))
	}
}

// A second run, after the words were written, still knows which operations have no method.
func TestUpdateAsksForMethodsUntilTheyAreThere(t *testing.T) {
	t.Parallel()
	root := project(t)
	page := write(t, root, "page.md", ionosPage(t))
	require.NoError(t, os.Mkdir(filepath.Join(root, "wrapper"), 0o755))
	var tags strings.Builder
	for name := range operations(parsed(t, ionosFile)) {
		if name != "GET /um/users/{userId}" {
			tags.WriteString("//meta:operation " + name + "\n")
		}
	}
	write(t, root, "wrapper/methods.go", tags.String())
	for range 2 {
		status, out, errs := spec(root, "update", page)
		assert.Equal(t, 1, status, errs)
		todo := section(out, "To do")
		require.NotEmpty(t, todo)
		assert.Regexp(t, `^GET /um/users/\{userId\}: add a method with the tag .* \(that of (PUT|DELETE) /um/users/\{userId\}: wrapper/methods\.go:\d+\)`, todo[0])
	}
}

func TestCheckRefusesANameThatNobodyChose(t *testing.T) {
	t.Parallel()
	root := project(t)

	edit(t, root, goFile, "$.paths['/um/users'].get", "$.paths['/um/people'].get")
	status, out, _ := spec(root, "check")
	assert.Equal(t, 1, status)
	assert.Contains(t, out, "rule: GET /um/users (umUsersGet): choose a Go name in api/go.yaml")
}
