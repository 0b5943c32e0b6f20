package main

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// section returns the lines of a section of what update prints.
func section(out, title string) []string {
	_, rest, _ := strings.Cut(out, title+":\n")
	var lines []string
	for line := range strings.Lines(rest) {
		text, ok := strings.CutPrefix(line, "  - ")
		if !ok {
			break
		}
		lines = append(lines, strings.TrimSpace(text))
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
	assert.Contains(t, changed, "schema Type: enum value quantum: nothing became present")
	assert.Contains(t, changed, "GET /um/users: parameter limit in query, schema, maximum: 100 became 200")
	assert.Regexp(t, `parameter depth in query, schema, maximum: 1 became 2, in \d+ places: `, strings.Join(changed, "\n"))
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
	assert.Contains(t, todo, `add a method tagged "//meta:operation HEAD /um/resources/{resourceType}" in wrapper`)
}

// Words about what is gone are useless. All of them are named, with their lines.
func TestUpdateNamesTheWordsThatAreUseless(t *testing.T) {
	t.Parallel()
	status, out, errs := updated(t, nil, `"lastLogin":`, `"latestLogin":`, `"s3CanonicalUserId":`, `"s3User":`)
	assert.Equal(t, 1, status, errs)
	todo := strings.Join(section(out, "To do"), "\n")
	assert.Contains(t, todo, "api/prose.yaml may add words only, but it changes schema UserMetadata: property lastLogin")
	assert.Contains(t, todo, "schema UserProperties: property s3CanonicalUserId")

	status, out, errs = updated(t, nil, `"createDatacenter":`, `"createDatacentre":`, `"secAuthProtection":`, `"protected":`)
	assert.Equal(t, 1, status, errs)
	todo = strings.Join(section(out, "To do"), "\n")
	assert.Regexp(t, `api/corrections\.yaml: action \d+ \(\$\.components\.schemas\.GroupProperties\.properties\.createDatacenter~\): it matches nothing \(line \d+\)`, todo)
	assert.Regexp(t, `secAuthProtection\): it matches nothing \(line \d+\)`, todo)
}

func TestCheckRefusesANameThatNobodyChose(t *testing.T) {
	t.Parallel()
	root := project(t)

	edit(t, root, goFile, "$.paths['/um/users'].get", "$.paths['/um/people'].get")
	status, out, _ := spec(root, "check")
	assert.Equal(t, 1, status)
	assert.Contains(t, out, "rule: GET /um/users (umUsersGet): choose a Go name in api/go.yaml")
}
