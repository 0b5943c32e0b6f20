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
	doc, err := importPage([]byte(fenced("One", `{"openapi":"3.0.3","info":{"title":"T","version":"1","description":"x"},
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
		fenced("One", `{"openapi":"3.0.3","paths":{"/z":{"post":{"b":1,"a":2}}},"components":{"schemas":{"Y":{},"B":{}}}}`) +
			fenced("Two", `{"components":{"schemas":{"A":{},"Y":{}}},"openapi":"3.0.3","paths":{"/a":{},"/z":{"get":{}}}}`)))
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
			page := write(t, root, "page.md", fenced("First", base)+fenced("Again", base)+fenced("Second", test.second))
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
		fenced("One", `{"openapi":"3.0.3","paths":{},"components":{"schemas":{"A":{"type":"string","format":"uri","description":"one"}}}}`) +
			fenced("Two", `{"openapi":"3.0.3","paths":{},"components":{"schemas":{"A":{"format":"uri","description":"two","type":"string"}}}}`)))
	assert.NoError(t, err)
}

func TestImportRefusesWhatItCannotRead(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		page func(t *testing.T, root string) string
		want string
	}{
		{"no fragments", func(t *testing.T, root string) string { return write(t, root, "p", "# Title\n\nText.\n") }, "it holds neither OpenAPI fragments"},
		{"not JSON", func(t *testing.T, root string) string { return write(t, root, "p", fenced("Bad", "{]")) }, `fragment "Bad" (line 6) is not JSON: line 6`},
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

// All that has to be decided is told at once, each conflict with both places.
func TestImportNamesEveryConflict(t *testing.T) {
	t.Parallel()
	_, err := importPage([]byte(
		fenced("One", `{"openapi":"3.0.3","info":{"title":"T"},"paths":{"/a":{"get":{"operationId":"a"}}},"components":{"schemas":{"A":{"type":"string"},"B":{}}}}`) +
			fenced("Two", `{"openapi":"3.0.3","info":{"title":"T"},"paths":{"/a":{"get":{"operationId":"b"}}},"components":{"schemas":{"B":{}}}}`) +
			fenced("Three", `{"openapi":"3.0.3","info":{"title":"U"},"paths":{},"components":{"schemas":{"A":{"type":"integer"},"B":{"type":"object"}}}}`)))
	require.Error(t, err)
	assert.Equal(t, []string{
		`fragments "One" (line 6) and "Two" (line 14) disagree at paths./a.get.operationId: a, b`,
		`fragments "One" (line 6) and "Three" (line 22) disagree at info.title: T, U`,
		`fragments "One" (line 6) and "Three" (line 22) disagree at components.schemas.A.type: string, integer`,
		`fragments "One" (line 6) and "Three" (line 22) disagree at components.schemas.B.type: nothing, object`,
	}, strings.Split(err.Error(), "\n"))
}

func TestImportJoinsTags(t *testing.T) {
	t.Parallel()
	page := func(tags ...string) []byte {
		var all string
		for i, tag := range tags {
			all += fenced(fmt.Sprint(i), `{"openapi":"3.0.3","tags":`+tag+`,"paths":{}}`)
		}
		return []byte(all)
	}
	doc, err := importPage(page(`[{"name":"a"},{"name":"b"}]`, `[{"name":"b"},{"name":"c"}]`, `[{"name":"c"},{"name":"a"}]`))
	require.NoError(t, err)
	assert.JSONEq(t, `[{"name":"a"},{"name":"b"},{"name":"c"}]`, toJSON(t, get(doc, "tags")))
	_, err = importPage(page(`[{"name":"a"}]`, `[{"name":"b","x":1}]`, `[{"name":"b","x":2}]`))
	assert.ErrorContains(t, err, `fragments "1" (line 14) and "2" (line 22) disagree at tags.b.x: 1, 2`)
}

// The statuses of errors are in a sentence of the page. They become data.
func TestImportKeepsErrorStatuses(t *testing.T) {
	t.Parallel()
	doc, err := importPage([]byte(fenced("One", `{"openapi":"3.0.3","paths":{"/a":{"get":{"responses":{
		"200":{"description":"not 404"},"default":{"description":"Errors: 503 (down), 400 (bad) or 404, in 2026 and 400 again."}}}}}}`)))
	require.NoError(t, err)
	assert.JSONEq(t, `{"200":{},"default":{"x-error-statuses":[400,404,503]}}`, toJSON(t, get(doc, "paths", "/a", "get", "responses")))
}

// largePage is a page of the size and shape of the vendor's larger ones: few fragments, each with several tags, many operations, a
// share of the schemas, and examples in the document and beside it.
func largePage(fragments, operations, properties int) []byte {
	var page strings.Builder
	for i := range fragments {
		var paths, schemas []string
		for j := range operations {
			var members []string
			for k := range properties {
				members = append(members, fmt.Sprintf(`"p%d":{"type":"string","description":"Words %d about it, as many as a page has.","example":"e"}`, k, k))
			}
			schemas = append(schemas, fmt.Sprintf(`"S%d":{"type":"object","properties":{%s}}`, j, strings.Join(members, ",")))
			paths = append(paths, fmt.Sprintf(`"/f%d/o%d":{"get":{"tags":["t%d","t%d"],"operationId":"f%do%d","responses":{"200":{"description":"d",
				"content":{"application/json":{"schema":{"$ref":"#/components/schemas/S%d"},"examples":{"one":{"value":{"description":"kept","p0":"x"}}}}}}}}}`,
				i, j, i, i+1, i, j, j))
		}
		page.WriteString(fenced(fmt.Sprint("F", i), fmt.Sprintf(`{"openapi":"3.0.3","info":{"title":"T","version":"1"},"tags":[{"name":"t%d"},{"name":"t%d"}],
			"paths":{%s},"components":{"schemas":{%s}}}`, i, i+1, strings.Join(paths, ","), strings.Join(schemas, ","))))
		page.WriteString(fenced("Example", `{"id":"an example","items":[]}`))
	}
	return []byte(page.String())
}

func TestImportTakesTheShapeOfLargerPages(t *testing.T) {
	t.Parallel()
	page := largePage(6, 40, 20)
	doc, err := importPage(page)
	require.NoError(t, err)
	assert.Equal(t, 6*40, countOperations(doc))
	assert.Equal(t, 40, countSchemas(doc))
	assert.Len(t, items(get(doc, "tags")), 7)
	assert.Equal(t, "kept", text(doc, "paths", "/f0/o0", "get", "responses", "200", "content", "application/json", "examples", "one", "value", "description"))
}

// The time for a page grows as its size does: compare the MB/s of the two sizes.
func BenchmarkImportPage(b *testing.B) {
	for _, size := range []struct {
		name                              string
		fragments, operations, properties int
	}{{"1MB", 1, 500, 20}, {"2MB", 1, 1000, 20}, {"6x2MB", 6, 1000, 20}} {
		b.Run(size.name, func(b *testing.B) {
			page := largePage(size.fragments, size.operations, size.properties)
			b.SetBytes(int64(len(page)))
			for b.Loop() {
				if _, err := importPage(page); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
