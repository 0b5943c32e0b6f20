package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestCheckAcceptsTheRepository(t *testing.T) {
	t.Parallel()
	status, out, errs := spec(repository, "check")
	assert.Zero(t, status, out+errs)
	doc := parsed(t, documentFile)
	assert.Equal(t, fmt.Sprintf("openapi.yaml: %d operations, %d schemas, valid, and what merge writes\n",
		countOperations(doc), countSchemas(doc)), out)
}

func TestCheckAcceptsThePages(t *testing.T) {
	t.Parallel()
	root := project(t)
	pages := []string{write(t, root, "ionos.md", ionosPage(t)), write(t, root, "triton.txt", tritonPageText(t))}
	status, out, errs := spec(root, append([]string{"check"}, pages...)...)
	assert.Zero(t, status, out+errs)
	for name, file := range map[string]string{"IONOS": ionosFile, "Triton": tritonFile} {
		assert.Regexp(t, fmt.Sprintf(`\(%s, %d operations, \d+ facts\): 0 missing, 0 different, 0 extra, \d+ corrected by \d+ actions`,
			name, countOperations(parsed(t, file))), out)
	}
}

// The vendors' pages cannot be part of the repository. Where they are at hand, CLOUDROSTER_PAGES names their directory.
func TestCheckAcceptsTheVendorsPages(t *testing.T) {
	t.Parallel()
	dir := os.Getenv("CLOUDROSTER_PAGES")
	if dir == "" {
		t.Skip("CLOUDROSTER_PAGES is not set")
	}
	files, err := filepath.Glob(filepath.Join(dir, "*"))
	require.NoError(t, err)
	var pages []string
	for _, file := range files {
		if content, err := os.ReadFile(file); err == nil && (jsonFence.Match(content) || tritonHeading.Match(content)) {
			pages = append(pages, file)
		}
	}
	require.Len(t, pages, 2, "an IONOS page and a Triton page")
	status, out, errs := spec(repository, append([]string{"check"}, pages...)...)
	assert.Zero(t, status, out+errs)
	assert.Equal(t, 2, strings.Count(out, "0 missing, 0 different, 0 extra"), out)

	for _, page := range pages {
		content, err := os.ReadFile(page)
		require.NoError(t, err)
		kind, err := kindOf(content)
		require.NoError(t, err)
		root := project(t)
		write(t, root, provenanceFile, string(read(t, repository, provenanceFile)))
		status, _, errs := spec(root, "import", page)
		require.Zero(t, status, errs)
		for _, file := range []string{kind.file, provenanceFile} {
			assert.Equal(t, string(read(t, repository, file)), string(read(t, root, file)), "%s is what import writes", file)
		}
	}
}

// A defect is one change to a copy of a page or of openapi.yaml. Check must fail and name its place.
func TestCheckFindsEveryDefect(t *testing.T) {
	t.Parallel()
	const ionos, triton = "ionos.md", "triton.txt"
	pages := map[string]string{ionos: ionosPage(t), triton: tritonPageText(t)}
	sources, err := readHistory(repository) // none of the defects is in them
	require.NoError(t, err)

	tests := []struct {
		name     string
		file     string // the page, or openapi.yaml
		old, new string
		want     string
	}{
		// The IONOS page says something else.
		{"a property has another type", ionos, `"lastLogin":{"type":"string"`, `"lastLogin":{"type":"integer"`,
			`different: schema UserMetadata: property lastLogin, type: the page says integer, the document says string`},
		{"a property has another format", ionos, `"lastLogin":{"type":"string","format":"date-time"`, `"lastLogin":{"type":"string","format":"date"`,
			`different: schema UserMetadata: property lastLogin, format: the page says date, the document says date-time`},
		{"a maximum differs", ionos, `"maximum":100`, `"maximum":200`,
			`different: GET /um/users: parameter limit in query, schema, maximum: the page says 200, the document says 100`},
		{"a minimum is gone", ionos, `"maximum":100,"minimum":1,`, `"maximum":100,`,
			`extra: GET /um/users: parameter limit in query, schema, minimum: the document says 1`},
		{"a default differs", ionos, `"default":100`, `"default":50`,
			`different: GET /um/users: parameter limit in query, schema, default: the page says 50, the document says 100`},
		{"a default has another type", ionos, `"type":"boolean","default":true`, `"type":"boolean","default":"true"`,
			`different: GET /um/users: parameter pretty in query, schema, default: the page says "true", the document says true`},
		{"an enum has one value more", ionos, `,"gpu"]`, `,"gpu","quantum"]`,
			`missing: schema Type: enum value quantum: the page says present`},
		{"an enum has one value less", ionos, `,"UNKNOWN"]`, `]`,
			`extra: schema DatacenterElementMetadata: property state, enum value UNKNOWN: the document says present`},
		{"a property is new", ionos, `"properties":{"editPrivilege":`, `"properties":{"viewPrivilege":{"type":"boolean"},"editPrivilege":`,
			`missing: schema GroupShareProperties: property viewPrivilege, type: the page says boolean`},
		{"a property is gone", ionos, `,"sharePrivilege":{"type":"boolean"}`, ``,
			`extra: schema GroupShareProperties: property sharePrivilege, type: the document says boolean`},
		{"a property may be written", ionos, `"errorCode":{"type":"string","readOnly":true}`, `"errorCode":{"type":"string"}`,
			`extra: schema ErrorMessage: property errorCode, readOnly: the document says true`},
		{"a property is required", ionos, `"Error":{"type":"object"`, `"Error":{"required":["httpStatus"],"type":"object"`,
			`missing: schema Error: required httpStatus: the page says present`},
		{"a reference leads elsewhere", ionos, `"groups":{"$ref":"#/components/schemas/GroupUsersRef"}`, `"groups":{"$ref":"#/components/schemas/S3KeysRef"}`,
			`different: schema UsersEntities: property groups, $ref: the page says #/components/schemas/S3KeysRef`},
		{"a parameter is in another place", ionos, `"name":"offset","in":"query"`, `"name":"offset","in":"header"`,
			`missing: GET /um/users: parameter offset in header`},
		{"a parameter is required", ionos, `"name":"offset","in":"query"`, `"name":"offset","in":"query","required":true`,
			`missing: GET /um/users: parameter offset in query, required: the page says true`},
		{"a repeated parameter", ionos, `"parameters":[{"name":"userId","in":"path","required":true,"schema":{"type":"string"}},`,
			`"parameters":[{"name":"userId","in":"path","required":true,"schema":{"type":"string"}},{"name":"userId","in":"path","required":true,"schema":{"type":"string"}},`,
			`parameter userId in path (again)`},
		{"a success has another status", ionos, `"202":{"headers"`, `"201":{"headers"`,
			`missing: POST /um/users: response 201`},
		{"a header is renamed", ionos, `"X-RateLimit-Burst":`, `"X-RateLimit-Peak":`,
			`missing: GET /um/users: response 200, header X-RateLimit-Peak`},
		{"a body is optional", ionos, `{"application/json":{"schema":{"$ref":"#/components/schemas/UserPost"}}},"required":true`, `{"application/json":{"schema":{"$ref":"#/components/schemas/UserPost"}}}`,
			`extra: POST /um/users: requestBody, required: the document says true`},
		{"a body has another media type", ionos, `"content":{"application/json":{"schema":{"$ref":"#/components/schemas/UserPut"}}}`, `"content":{"application/xml":{"schema":{"$ref":"#/components/schemas/UserPut"}}}`,
			`missing: PUT /um/users/{userId}: requestBody, media type application/xml`},
		{"a deletion has a body", ionos, `"content":{}`, `"content":{"text/plain":{"schema":{"type":"string"}}}`,
			`missing: DELETE /um/users/{userId}: response 202, media type text/plain`},
		{"an operation has another id", ionos, `"operationId":"umGroupsPost"`, `"operationId":"umGroupsCreate"`,
			`different: POST /um/groups: operationId: the page says umGroupsCreate, the document says umGroupsPost`},
		{"an operation is new", ionos, `"/um/resources/{resourceType}":{"get"`, `"/um/resources/{resourceType}":{"head"`,
			`missing: HEAD /um/resources/{resourceType}: all of it`},
		{"the server moves", ionos, `https://api.ionos.com/cloudapi/v6`, `https://api.ionos.com/cloudapi/v7`,
			`missing: document: server https://api.ionos.com/cloudapi/v7`},
		{"a way to authenticate is gone", ionos, `"security":[{"BasicAuthentication":[]},`, `"security":[`,
			`extra: document: security BasicAuthentication`},
		{"the page adopts a correction", ionos, `"createDatacenter":`, `"createDataCenter":`,
			`stale: schema GroupProperties: property createDataCenter`},
		{"the page changes under a correction", ionos, `"PaginationLimitOptional":{"type":"number"}`, `"PaginationLimitOptional":{"type":"string"}`,
			`different: schema PaginationLimitOptional: type: the page says string, but action N of api/corrections.yaml was written when it said number`},

		// The Triton page says something else.
		{"a Triton field has another type", triton, "id\n\nUUID", "id\n\nString",
			`different: CreateUser: returned id, type: the page says String, the document says UUID`},
		{"a Triton input is new", triton, "membership\n\nBoolean", "membership\n\nBoolean\n\ndeep\n\nBoolean",
			`missing: GetUser: input deep, type: the page says Boolean`},
		{"a Triton input is not required", triton, "(Required) login", "login of the user",
			`extra: CreateUser: input login, required: the document says true`},
		{"a Triton error is new", triton, "InvalidArgument", "InUse",
			`missing: UpdateUser: error InUse`},
		{"a Triton operation moves", triton, "DeleteUser (DELETE /:account/users/:user)", "DeleteUser (DELETE /:account/people/:user)",
			`different: DeleteUser: request: the page says DELETE /{}/people/{}, the document says DELETE /{}/users/{}`},
		{"a Triton operation is new", triton, "DeleteUser (", "EraseUser (",
			`missing: EraseUser: all of it`},

		// The document says something else.
		{"an operation is dropped", documentFile, "    delete:\n      tags:\n        - User management\n      operationId: umUsersDelete\n", "    x-delete:\n      tags:\n        - User management\n      operationId: umUsersDelete\n",
			`missing: DELETE /um/users/{userId}: all of it: the document has none of its`},
		{"a Triton operation is dropped", documentFile, "    delete:\n      tags:\n        - Triton users\n", "    x-delete:\n      tags:\n        - Triton users\n",
			`missing: DeleteUser: all of it`},
		{"the request status is dropped", documentFile, "    get:\n      tags:\n        - Requests\n", "    x-get:\n      tags:\n        - Requests\n",
			`drift: GET /requests/{requestId}/status: operation: the files in api/ say documented, openapi.yaml says nothing`},
		{"a property is dropped", documentFile, "        lastLogin:\n", "        x-lastLogin:\n",
			`missing: schema UserMetadata: property lastLogin`},
		{"a bound is edited", documentFile, "maximum: 100\n", "maximum: 1000\n",
			`different: GET /um/users: parameter limit in query, schema, maximum: the page says 100, the document says 1000`},
		{"an enum value is dropped", documentFile, "        - gpu\n", "",
			`missing: schema Type: enum value gpu`},
		{"a request state is dropped", documentFile, "            - RUNNING\n", "",
			`drift: schema RequestStatusMetadata: property status, enum value RUNNING`},
		{"a correction is taken back", documentFile, "createDataCenter:", "createDatacenter:",
			`different: schema GroupProperties: property createDataCenter`},
		{"an operation has security of its own", documentFile, "      operationId: umResourcesGet\n", "      operationId: umResourcesGet\n      security: []\n",
			`extra: GET /um/resources: security: the document says []`},
		{"two operations have one id", documentFile, "operationId: umGroupsPost\n", "operationId: umGroupsPut\n",
			`rule: PUT /um/groups/{groupId}: its operationId "umGroupsPut" is empty or belongs to POST /um/groups already`},
		{"a description is empty", documentFile, "description: Time of the latest sign-in.", `description: ""`,
			`rule: schema UserMetadata.lastLogin has no description`},
		{"a description holds markup", documentFile, "description: Time of the latest sign-in.", "description: Time of the <b>latest</b> sign-in.",
			`rule: openapi.yaml.components.schemas.UserMetadata.properties.lastLogin.description holds markup: <b>`},
		{"a description is edited by hand", documentFile, "description: Time of the latest sign-in.", "description: Time of the last sign-in.",
			`is not what merge writes`},
		{"a reference leads nowhere", documentFile, "$ref: '#/components/schemas/GroupShares'", "$ref: '#/components/schemas/Nothing'",
			`different: GET /um/groups/{groupId}/shares: response 200, media type application/json, schema, $ref: the page says #/components/schemas/GroupShares`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			root := project(t)
			var paths []string
			for name, page := range pages {
				if test.file == name || test.file == documentFile {
					paths = append(paths, write(t, root, name, page))
				}
			}
			edit(t, root, test.file, test.old, test.new)
			var out strings.Builder
			err := check(root, sources, paths, &out)
			require.Error(t, err)
			assert.Regexp(t, `^openapi.yaml: \d+ problems$`, err.Error())
			assert.Contains(t, unnumbered(out.String()), test.want)
		})
	}
}

func TestCheckFindsCopiedSentences(t *testing.T) {
	t.Parallel()
	root := project(t)
	sentence := "The number of requests that can still be made without trouble"
	page := write(t, root, "ionos.md", ionosPage(t))
	edit(t, root, "ionos.md", "A <b>sentence</b> of the page.", sentence)
	edit(t, root, proseFile, "Allowed requests a minute, on average.", sentence+".")
	status, _, errs := spec(root, "merge")
	require.Zero(t, status, errs)

	status, out, _ := spec(root, "check", page)
	assert.Equal(t, 1, status)
	assert.Contains(t, out, `copied: openapi.yaml.paths./um/users.get.responses.200.headers.X-RateLimit-Limit.description shares "the number of requests that can still be"`)
}

func TestCheckFailsWhenItsSourcesDo(t *testing.T) {
	t.Parallel()
	root := project(t)
	edit(t, root, correctionsFile, "properties.createDatacenter~", "properties.createDatacentre~")
	status, _, errs := spec(root, "check")
	assert.Equal(t, 1, status)
	assert.Contains(t, unnumbered(errs), "action N ($.components.schemas.GroupProperties.properties.createDatacentre~): it matches nothing")
}

func TestCheckRefusesACorrectionThatChangesWordsOnly(t *testing.T) {
	t.Parallel()
	root := project(t)
	edit(t, root, correctionsFile, "      nullable: true\n", "      description: Null has a meaning.\n")
	status, _, errs := spec(root, "check")
	assert.Equal(t, 1, status)
	assert.Contains(t, unnumbered(errs), "action N ($.components.schemas.ResourceProperties.properties.secAuthProtection) changes no fact")
}

func TestCheckRefusesWhatItCannotRead(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		page func(t *testing.T, root string) string
		want string
	}{
		{"a page that is neither", func(t *testing.T, root string) string { return write(t, root, "p", "Just text.\n") }, "it holds neither OpenAPI fragments"},
		{"an empty page", func(t *testing.T, root string) string { return write(t, root, "p", "") }, "is empty"},
		{"a page that is not there", func(_ *testing.T, root string) string { return filepath.Join(root, "p") }, "no such file"},
		{"a directory", func(_ *testing.T, root string) string { return root }, "is a directory"},
		{"a Triton table that is cut", func(t *testing.T, root string) string {
			return write(t, root, "p", "ListUsers (GET /:account/users)\n\nInputs\n\nField\n\nType\n\nDescription\n\nid\n\nMystery\n\nUnique\n")
		}, `operation ListUsers, table Inputs: line 11: "id" does not begin a row with a name and a type`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			status, _, errs := spec(repository, "check", test.page(t, t.TempDir()))
			assert.Equal(t, 1, status)
			assert.Contains(t, errs, test.want)
			assert.Equal(t, 1, strings.Count(errs, "\n"), "one line")
		})
	}
}
