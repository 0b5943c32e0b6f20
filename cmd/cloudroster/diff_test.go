package main

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func swap(old, changed string) func(string) string {
	return func(text string) string {
		if !strings.Contains(text, old) {
			panic("no " + old)
		}
		return strings.Replace(text, old, changed, 1)
	}
}

const location = `            Location:
              description: Absolute URL of the request's status. Its last segment but one is the request id.
              schema:
                type: string
                format: uri
`

// seeded changes of the document. engine tells that oasdiff finds them; the others are our own rules,
// which need no tool.
var seeded = []struct {
	name   string
	change func(string) string
	level  severity
	want   string
	engine bool
}{
	{"a renamed operationId", swap("operationId: umUsersGet\n", "operationId: umUsersList\n"), major,
		"go    GET /um/users: operationId umUsersGet became umUsersList", false},
	{"a lost Location", swap(location, ""), major, "wire  POST /um/users 202 header Location: was removed", false},
	{"an integer that became a number", swap("PaginationLimitOptional:\n      description: Limit of the page, as it was asked for.\n      type: integer\n      format: int32",
		"PaginationLimitOptional:\n      description: Limit of the page, as it was asked for.\n      type: number"), major,
		"go    schema PaginationLimitOptional: integer (int32) became number", false},
	{"an int32 that became an int64", swap("            type: integer\n            format: int32", "            type: integer\n            format: int64"), major,
		"query depth: integer (int32) became integer (int64)", false},
	{"a date that became a text", swap("          description: Time of creation.\n          type: string\n          format: date-time",
		"          description: Time of creation.\n          type: string"), major,
		"go    schema UserMetadata.createdDate: string (date-time) became string", false},
	{"a renamed schema", func(text string) string {
		return strings.ReplaceAll(strings.Replace(text, "\n    UserPropertiesPut:\n", "\n    UserUpdate:\n", 1), "schemas/UserPropertiesPut'", "schemas/UserUpdate'")
	}, major, "go    schema UserPropertiesPut: was renamed to UserUpdate", false},
	{"a header of another type", swap("            X-RateLimit-Burst:\n              description: How many requests may be under way at once.\n              schema:\n                type: integer\n                format: int32",
		"            X-RateLimit-Burst:\n              description: How many requests may be under way at once.\n              schema:\n                type: string"), major,
		"200 header X-RateLimit-Burst: integer (int32) became string", false},
	{"a new schema", swap("\n    PaginationLinks:\n", "\n    Fresh:\n      type: object\n    PaginationLinks:\n"), minor, "go    schema Fresh: was added", false},

	{"a dropped operation", swap("    delete:\n", "    x-gone:\n"), major, "wire  DELETE /um/users/{userId}: api ", true},
	{"a dropped path", swap("\n  /um/resources:\n", "\n  x-gone:\n"), major, "wire  GET /um/resources: api ", true},
	{"a flipped type", swap("        administrator:\n          description: Whether the user may do everything in the contract.\n          type: boolean",
		"        administrator:\n          description: Whether the user may do everything in the contract.\n          type: string"), major, "go    schema UserProperties.administrator: boolean became string", false},
	{"a wrong status", swap("        \"202\":\n", "        \"201\":\n"), major, "wire  POST /um/users: ", true},
	{"a new required parameter", swap("        - name: offset\n          in: query\n", "        - name: offset\n          in: query\n          required: true\n"), major, "wire  GET /um/users: ", true},
	{"a narrower bound", swap("            minimum: 1\n", "            minimum: 2\n"), major, "wire  GET /um/users: ", true},
	{"a renamed property", swap("        s3CanonicalUserId:\n", "        s3UserId:\n"), minor, "s3CanonicalUserId", true},
	{"a new required field", swap("      required:\n        - firstname\n", "      required:\n        - active\n        - firstname\n"), major, "wire  POST /um/users: ", true},
	{"a lost enum value of a request", swap("        - security-group\n", ""), major, "wire  ", true},
	{"another media type", swap("          application/json:\n            schema:\n              $ref: '#/components/schemas/UserPost'",
		"          application/xml:\n            schema:\n              $ref: '#/components/schemas/UserPost'"), major, "wire  POST /um/users: ", true},
	{"a body that became required", swap("        required: false\n", "        required: true\n"), major, "wire  PUT /um/groups/{groupId}/shares/{resourceId}: ", true},
	{"a dropped parameter", swap("        - name: membership\n          in: query\n", "        - name: member\n          in: query\n"), major, "wire  GET /{account}/users/{user}: ", true},
	{"other credentials", swap("      security:\n        - TritonSignature: []\n", "      security:\n        - BasicAuthentication: []\n"), minor, "wire  GET /{account}/users: ", true},
	{"a new operation", swap("\n    put:\n", "\n    patch:\n      operationId: umUsersPatch\n      parameters:\n        - {name: userId, in: path, required: true, schema: {type: string}}\n      responses:\n        \"200\":\n          description: ok\n    put:\n"), minor, "wire  PATCH /um/users/{userId}: ", true},
}

func TestSeededChangesOfTheDocumentAreToldWithTheirSeverity(t *testing.T) {
	t.Parallel()
	require.GreaterOrEqual(t, len(seeded), 20)
	t.Logf("figure: %d seeded changes of the document", len(seeded))
	engines := os.Getenv("CLOUDROSTER_TOOLS") != ""
	for _, seed := range seeded {
		t.Run(seed.name, func(t *testing.T) {
			t.Parallel()
			env := answers("[]", nil)
			if engines {
				env = environment{command: runProgram}
			} else if seed.engine {
				t.Skip("needs oasdiff; make contract runs it")
			}
			old, current := documents(t, seed.change)
			got := runWith(t, env, "diff", "-max", "patch", old, current)
			assert.Empty(t, got.stderr)
			assert.Equal(t, differs, got.code, got.stdout)
			found := false
			for line := range strings.Lines(got.stdout) {
				found = found || strings.HasPrefix(line, seed.level.String()+" ") && strings.Contains(line, seed.want)
			}
			assert.True(t, found, "no %v line with %q in\n%s", seed.level, seed.want, got.stdout)
		})
	}
}

func TestTheSameDocumentHasNoChanges(t *testing.T) {
	t.Parallel()
	old, current := documents(t, func(text string) string { return text })
	got := runWith(t, answers("[]", nil), "diff", "-max", "patch", old, current)
	assert.Equal(t, result{conforms, "documents: 0 major, 0 minor, 0 patch changes; semver bump: none\n", ""}, got)
}

func TestTheLevelsOfOasdiff(t *testing.T) {
	t.Parallel()
	old, current := documents(t, func(text string) string { return text })
	got := runWith(t, answers(`[
		{"id":"a","text":"breaks","level":3,"operation":"GET","path":"/a"},
		{"id":"b","text":"may break","level":2,"operation":"GET","path":"/b"},
		{"id":"c","text":"is new","level":1,"section":"components"},
		{"id":"api-version-not-bumped","text":"version","level":1,"section":"info"},
		{"id":"optional-response-header-removed","text":"told by our own rule","level":1}]`, nil), "diff", "-max", "minor", old, current)
	assert.Equal(t, differs, got.code)
	assert.Equal(t, `major  wire  GET /a: breaks
major  wire  GET /b: may break
minor  wire  components: is new
patch  wire  info: version
documents: 2 major, 1 minor, 1 patch changes; semver bump: major
`, got.stdout)
}

func TestDiffFailsClosed(t *testing.T) {
	t.Parallel()
	old, current := documents(t, func(text string) string { return text })
	directory := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(directory, name)
		require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
		return path
	}
	checkout := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(checkout, documentFile), must(os.ReadFile(old)), 0o600))
	working := answers("[]", nil)
	for name, c := range map[string]struct {
		env          environment
		old, current string
		message      string
	}{
		"no such file":                {working, old, filepath.Join(directory, "none"), "no such file"},
		"an empty file":               {working, write("empty.yaml", ""), current, "is empty"},
		"not YAML":                    {working, old, write("broken.yaml", "a: ["), "broken.yaml"},
		"not OpenAPI":                 {working, write("other.yaml", "a: 1\n"), current, "other.yaml"},
		"a document without paths":    {working, old, write("bare.yaml", "openapi: 3.0.3\ninfo: {title: t, version: '1'}\npaths: {}\n"), "has no paths"},
		"a directory without one":     {working, t.TempDir(), current, "no such file"},
		"a document and a checkout":   {working, old, checkout, "give two of a kind"},
		"oasdiff that cannot run":     {answers("", errors.New("no network")), old, current, "oasdiff: no network"},
		"oasdiff that says nothing":   {answers("", nil), old, current, "oasdiff: no answer"},
		"oasdiff that says no JSON":   {answers("Usage:", nil), old, current, "oasdiff: invalid"},
		"apidiff that writes nothing": {answers("[]", nil), checkout, checkout, "apidiff: no export data"},
	} {
		got := runWith(t, c.env, "diff", c.old, c.current)
		assert.Equal(t, untested, got.code, "%s: %s", name, got.stdout)
		assert.Contains(t, got.stderr, c.message, name)
		assert.Empty(t, got.stdout, name)
	}
}

func must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}

func TestTheListsOfApidiff(t *testing.T) {
	t.Parallel()
	changes, err := parseApidiff("Incompatible changes:\n- ./gen.User.Href: removed\n- ./internal/specgen.Old: removed\n"+
		"Compatible changes:\n- package example.com/m/internal/specgen: added\n- ./gen.New: added\n", []string{"example.com/m/internal/specgen", "./internal/specgen"})
	require.NoError(t, err)
	assert.Equal(t, []change{{major, "go", "./gen.User.Href", "removed"}, {minor, "go", "./gen.New", "added"}}, changes)
	for _, text := range []string{"- ./gen.User: removed", "Incompatible changes:\nwhat is this"} {
		_, err := parseApidiff(text, nil)
		assert.ErrorContains(t, err, "not understood")
	}
}

// Two checkouts, with the real apidiff.
func TestCheckoutsAreComparedAsGoPackages(t *testing.T) {
	t.Parallel()
	if os.Getenv("CLOUDROSTER_TOOLS") == "" {
		t.Skip("needs oasdiff and apidiff; make contract runs it")
	}
	checkout := func(source string) string {
		directory := t.TempDir()
		for name, text := range map[string]string{
			documentFile: string(must(os.ReadFile("../../openapi.yaml"))), "go.mod": "module example.com/m\n\ngo 1.26\n",
			"gen/gen.go": "package gen\n" + source, "tool/main.go": "package main\nfunc main() {}\n" + source,
		} {
			require.NoError(t, os.MkdirAll(filepath.Dir(filepath.Join(directory, name)), 0o700))
			require.NoError(t, os.WriteFile(filepath.Join(directory, name), []byte(text), 0o600))
		}
		return directory
	}
	old, current := checkout("type User struct{ ID int32 }\n"), checkout("type User struct{ ID int64 }\nfunc New() {}\n")
	got := runWith(t, environment{command: runProgram}, "diff", "-max", "minor", old, current)
	assert.Empty(t, got.stderr)
	assert.Equal(t, differs, got.code)
	assert.Contains(t, got.stdout, "major  go    ./gen.User.ID: changed from int32 to int64\n")
	assert.Contains(t, got.stdout, "minor  go    ./gen.New: added\n")
	assert.NotContains(t, got.stdout, "tool")

	require.NoError(t, os.WriteFile(filepath.Join(current, "gen/gen.go"), []byte("package gen\nbroken"), 0o600))
	got = runWith(t, environment{command: runProgram}, "diff", old, current)
	assert.Equal(t, untested, got.code)
	assert.Contains(t, got.stderr, "apidiff: ")
}

func TestAProgramThatFailsTellsItsLastLine(t *testing.T) {
	t.Parallel()
	_, err := runProgram(exec.CommandContext(t.Context(), "go", "no-such-command"))
	assert.ErrorContains(t, err, "exit status")
	_, err = runProgram(exec.CommandContext(t.Context(), "no-such-program"))
	assert.ErrorIs(t, err, exec.ErrNotFound)
}
