package main

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestImportRebuildsTheRepositorysFacts(t *testing.T) {
	t.Parallel()
	root := project(t)
	want := string(read(t, root, ionosFile))
	write(t, root, ionosFile, "openapi: 3.0.3\n")
	status, out, errs := spec(root, "import", write(t, root, "page.md", ionosPage(t)))
	require.Zero(t, status, errs)
	doc := parsed(t, ionosFile)
	assert.Equal(t, fmt.Sprintf("api/ionos.yaml: %d operations, %d schemas\n", countOperations(doc), countSchemas(doc)), out)

	// The page that the test renders lists schemas in another order than the vendor's: the facts are the same, the order is not.
	got, err := parseYAML(read(t, root, ionosFile))
	require.NoError(t, err)
	wanted, err := parseYAML([]byte(want))
	require.NoError(t, err)
	where, left, right, differs := difference(wanted, got, "")
	assert.False(t, differs, "%s: %s, %s", where, left, right)

	first := string(read(t, root, ionosFile))
	status, _, _ = spec(root, "import", filepath.Join(root, "page.md"))
	assert.Zero(t, status)
	assert.Equal(t, first, string(read(t, root, ionosFile)), "the same on every run")
}

func TestImportStripsProseAndNothingElse(t *testing.T) {
	t.Parallel()
	doc, err := importPage([]byte(block("One", `{"openapi":"3.0.3","info":{"title":"T","version":"1","description":"x"},
		"components":{"schemas":{
			"description":{"type":"object","description":"x","properties":{
				"description":{"type":"string","description":"x"},
				"summary":{"type":"string","default":"summary"},
				"any":{"discriminator":{"propertyName":"summary","mapping":{"summary":"#/components/schemas/description"}}},
				"properties":{"type":"object","description":"x","properties":{"description":{"type":"string"}}},
				"default":{"type":"object","description":"x","default":{"description":"kept"}}},
				"example":{"description":"kept"}}}},
		"paths":{"/a":{"summary":"x","get":{"summary":"x","description":"x","responses":{"default":{"description":"x","headers":{
			"description":{"description":"x","schema":{"type":"string"}}}}}}}}}`)))
	require.NoError(t, err)
	assert.JSONEq(t, `{"openapi":"3.0.3","info":{"title":"T","version":"1"},
		"components":{"schemas":{
			"description":{"type":"object","properties":{
				"description":{"type":"string"},
				"summary":{"type":"string","default":"summary"},
				"any":{"discriminator":{"propertyName":"summary","mapping":{"summary":"#/components/schemas/description"}}},
				"properties":{"type":"object","properties":{"description":{"type":"string"}}},
				"default":{"type":"object","default":{"description":"kept"}}},
				"example":{"description":"kept"}}}},
		"paths":{"/a":{"get":{"responses":{"default":{"headers":{"description":{"schema":{"type":"string"}}}}}}}}}`, toJSON(t, doc))
}

func TestImportKeepsTheOrderOfThePage(t *testing.T) {
	t.Parallel()
	doc, err := importPage([]byte(
		block("One", `{"openapi":"3.0.3","paths":{"/z":{"post":{"b":1,"a":2}}},"components":{"schemas":{"Y":{},"B":{}}}}`) +
			block("Two", `{"components":{"schemas":{"A":{},"Y":{}}},"openapi":"3.0.3","paths":{"/a":{},"/z":{"get":{}}}}`)))
	require.NoError(t, err)
	assert.Equal(t, `{"openapi":"3.0.3","paths":{"/z":{"post":{"b":1,"a":2},"get":{}},"/a":{}},"components":{"schemas":{"Y":{},"B":{},"A":{}}}}`,
		toJSON(t, doc))
}

func TestImportNamesBothFragmentsThatDisagree(t *testing.T) {
	t.Parallel()
	fragment := func(servers, user, operation string) string {
		return fmt.Sprintf(`{"openapi":"3.0.3","info":{"title":"T","version":"1"},"servers":%s,"components":{"schemas":{"User":%s},
			"securitySchemes":{"Basic":{"type":"http","scheme":"basic"}}},"paths":{"/users":{"get":%s}}}`, servers, user, operation)
	}
	const servers, user, operation = `[{"url":"https://a"}]`, `{"type":"object","required":["id"]}`, `{"operationId":"list","parameters":[{"name":"limit","in":"query","schema":{"maximum":100}}]}`
	base := fragment(servers, user, operation)
	tests := []struct {
		name, second, want string
	}{
		{"on a schema", strings.Replace(base, `"type":"object"`, `"type":"array"`, 1), `components.schemas.User.type: object, array`},
		{"on what a schema has", strings.Replace(base, `"type":"object"`, `"type":"object","nullable":true`, 1), `components.schemas.User.nullable: nothing, true`},
		{"on the order of a list", strings.Replace(base, `["id"]`, `["name","id"]`, 1), `components.schemas.User.required[0]: id, name`},
		{"on a parameter", strings.Replace(base, `100`, `50`, 1), `paths./users.get.parameters[0].schema.maximum: 100, 50`},
		{"on the type of a value", strings.Replace(base, `100`, `"100"`, 1), `paths./users.get.parameters[0].schema.maximum: 100, "100"`},
		{"on an operation", strings.Replace(base, `"list"`, `"all"`, 1), `paths./users.get.operationId: list, all`},
		{"on a security scheme", strings.Replace(base, `"basic"`, `"bearer"`, 1), `components.securitySchemes.Basic.scheme: basic, bearer`},
		{"on the server", strings.Replace(base, `https://a`, `https://b`, 1), `servers[0].url: https://a, https://b`},
		{"on the title", strings.Replace(base, `"T"`, `"U"`, 1), `info.title: T, U`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			root := project(t)
			before := string(read(t, root, ionosFile))
			page := write(t, root, "page.md", block("First", base)+block("Again", base)+block("Second", test.second))
			status, out, errs := spec(root, "import", page)
			assert.Equal(t, 1, status)
			assert.Empty(t, out)
			assert.Equal(t, "spec: "+page+`: fragments "First" (line 6) and "Second" (line 24) disagree at `+test.want+"\n", errs)
			assert.Equal(t, before, string(read(t, root, ionosFile)), "the facts that were there stay")
		})
	}
}

func TestImportTakesTheSameFactInAnotherOrderOrInOtherWords(t *testing.T) {
	t.Parallel()
	_, err := importPage([]byte(
		block("One", `{"openapi":"3.0.3","paths":{},"components":{"schemas":{"A":{"type":"string","format":"uri","description":"one"}}}}`) +
			block("Two", `{"openapi":"3.0.3","paths":{},"components":{"schemas":{"A":{"format":"uri","description":"two","type":"string"}}}}`)))
	assert.NoError(t, err)
}

func TestImportRefusesWhatItCannotRead(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		page func(t *testing.T, root string) string
		want string
	}{
		{"no fragments", func(t *testing.T, root string) string { return write(t, root, "p", "# Title\n\nText.\n") }, "the page holds no OpenAPI fragments"},
		{"not JSON", func(t *testing.T, root string) string { return write(t, root, "p", block("Bad", "{]")) }, `fragment "Bad" is not JSON: line 6`},
		{"empty", func(t *testing.T, root string) string { return write(t, root, "p", "") }, "is empty"},
		{"not there", func(_ *testing.T, root string) string { return filepath.Join(root, "p") }, "no such file"},
		{"a directory", func(_ *testing.T, root string) string { return root }, "is a directory"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			root := project(t)
			before := string(read(t, root, ionosFile))
			files := filesIn(t, root)
			status, _, errs := spec(root, "import", test.page(t, root))
			assert.Equal(t, 1, status)
			assert.Contains(t, errs, test.want)
			assert.Equal(t, 1, strings.Count(errs, "\n"), "one line")
			assert.Equal(t, before, string(read(t, root, ionosFile)))
			assert.Equal(t, files, filesIn(t, root), "nothing is left aside")
		})
	}
}
