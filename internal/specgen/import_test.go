package main

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// markdown writes the text of the Triton page as Markdown tables.
func markdown(page string) string {
	rows := map[string]int{"Field": 3, "Error Code": 2}
	cells := strings.FieldsFunc(page, func(r rune) bool { return r == '\n' })
	var out strings.Builder
	for i := 0; i < len(cells); i++ {
		width, starts := rows[cells[i]]
		switch {
		case starts:
			for row := 0; i+width <= len(cells) && !isTable(cells[i]) && cells[i] != "CLI Command:" && !tritonHeading.MatchString(cells[i]); row++ {
				description := cells[i+width-1]
				next := i + width
				if width == 3 && (isTable(description) || tritonTypes[cells[min(i+3, len(cells)-1)]] != "" && row > 0) { // an empty cell
					description, next = "", i+2
				}
				fmt.Fprintf(&out, "| `%s` | %s | %s |\n", cells[i], strings.Join(cells[i+1:i+width-1], " | "), description)
				if row == 0 {
					out.WriteString("|---|" + strings.Repeat(" --- |", width-1) + "\n")
				}
				i = next
			}
			i--
		case tritonHeading.MatchString(cells[i]):
			out.WriteString("\n## " + cells[i] + "\n\n")
		case isTable(cells[i]):
			out.WriteString("\n### " + cells[i] + "\n\n")
		default:
			out.WriteString(strings.ReplaceAll(cells[i], "_", `\_`) + "\n\n")
		}
	}
	return out.String()
}

func TestImportRebuildsTritonsFacts(t *testing.T) {
	t.Parallel()
	text := tritonPageText(t)
	for form, page := range map[string]string{"text": text, "Markdown": markdown(text)} {
		t.Run(form, func(t *testing.T) {
			t.Parallel()
			root := project(t)
			write(t, root, tritonFile, "openapi: 3.0.3\n")
			status, out, errs := spec(root, "import", write(t, root, "page", page))
			require.Zero(t, status, errs)
			doc := parsed(t, tritonFile)
			assert.Equal(t, fmt.Sprintf("api/triton.yaml: %d operations, %d schemas\n", countOperations(doc), countSchemas(doc)), out)
			got, err := parseYAML(read(t, root, tritonFile))
			require.NoError(t, err)
			// The test renders required inputs first and fields in another order than the vendor.
			assert.Empty(t, changedFacts(factsOf(doc), factsOf(got)))
		})
	}
}

func TestImportOfTritonSaysWhatIsToBeDecided(t *testing.T) {
	t.Parallel()
	root := project(t)
	page := strings.NewReplacer("DeleteUser (DELETE", "EraseUser (DELETE", "MissingParameter", "Teapot").Replace(tritonPageText(t))
	status, _, errs := spec(root, "import", "-removals", write(t, root, "page", page))
	assert.Equal(t, 1, status)
	assert.Contains(t, errs, "the page has the operation EraseUser (DELETE /:account/users/:user): say its status and the names of its schemas under x-import.operations")
	assert.Contains(t, errs, "CreateUser has the error Teapot: say its status under x-import.codes")
}

func TestImportOfFewerOperationsNeedsAFlag(t *testing.T) {
	t.Parallel()
	root := project(t)
	before := string(read(t, root, ionosFile))
	page := ionosPage(t)
	fragment := regexp.MustCompile("(?s)## Operation umGroupsDelete.*?\n```\n").FindString(page)
	require.NotEmpty(t, fragment)
	path := write(t, root, "page.md", strings.Replace(page, fragment, "", 1))

	status, _, errs := spec(root, "import", path)
	assert.Equal(t, 1, status)
	assert.Equal(t, "spec: "+path+": the page has fewer operations than api/ionos.yaml: DELETE /um/groups/{groupId} are gone; if that is meant, say -removals\n", errs)
	assert.Equal(t, before, string(read(t, root, ionosFile)))

	status, _, errs = spec(root, "import", "-removals", path)
	assert.Zero(t, status, errs)
	assert.NotContains(t, string(read(t, root, ionosFile)), "umGroupsDelete")
}

func TestProvenance(t *testing.T) {
	t.Parallel()
	root := project(t)
	page := ionosPage(t)
	path := write(t, root, "page.md", page)
	load := func() string { return string(read(t, root, provenanceFile)) }
	must := func(args ...string) {
		t.Helper()
		status, _, errs := spec(root, args...)
		require.Zero(t, status, errs)
	}
	must("import", "-date", "2026-01-02", "-address", "https://example.com/a.md", path)
	first := load()
	assert.Contains(t, first, "IONOS:\n  file: api/ionos.yaml\n  address: https://example.com/a.md\n  date: \"2026-01-02\"\n")
	must("import", "-date", "2026-03-04", path)
	assert.Equal(t, first, load(), "the same page keeps its address and its date")
	must("check", path)

	write(t, root, "page.md", strings.Replace(page, "A <b>sentence</b> of the page.", "Another sentence.", 1))
	status, out, _ := spec(root, "check", path)
	assert.Equal(t, 1, status)
	assert.Contains(t, out, "text: the text of GET /um/users: description changed since the import: read it, and import the page again")
	must("import", "-date", "2026-03-04", path)
	assert.Contains(t, load(), "  address: https://example.com/a.md\n  date: \"2026-03-04\"\n")
	must("check", path)
}

func TestTextsOfTriton(t *testing.T) {
	t.Parallel()
	page := tritonPageText(t)
	before, err := tritonTexts([]byte(page))
	require.NoError(t, err)
	after, err := tritonTexts([]byte(strings.Replace(page, "If something is wrong", "If something is not right", 1)))
	require.NoError(t, err)
	assert.Equal(t, []place{{"ListUsers", "error ResourceNotFound"}}, changedFacts(before, after))
	same, err := tritonTexts([]byte(markdown(page)))
	require.NoError(t, err)
	assert.Empty(t, changedFacts(before, same), "the form of the page says nothing")
}
