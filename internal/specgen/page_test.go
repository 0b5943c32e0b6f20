package main

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// fenced puts JSON on a page under a heading.
func fenced(heading, json string) string {
	return "## " + heading + "\n\n> A sentence.\n\n```json\n" + json + "\n```\n\n"
}

func TestReadFragments(t *testing.T) {
	t.Parallel()
	page := "# Title\r\n\r\n```json\r\n{\"openapi\":\"3.0.3\",\"paths\":{}}\r\n```\r\n" +
		"```go\nnot JSON\n```\n" + fenced("Two&#x20;", "{\n \"paths\": {},\n \"openapi\": \"3.0.3\"\n}")
	fragments, err := readFragments([]byte(page))
	require.NoError(t, err)
	require.Len(t, fragments, 2)
	assert.Equal(t, `"Title" (line 4)`, fragments[0].String())
	assert.Equal(t, `"Two" (line 14)`, fragments[1].String())
	assert.Equal(t, "paths", fragments[1].doc.Content[0].Value, "keys keep their order")
	assert.Equal(t, 15, fragments[1].doc.Content[0].Line, "and know their line")
}

func TestReadFragmentsRefusesAPageThatIsReadInPart(t *testing.T) {
	t.Parallel()
	good := fenced("Good", `{"openapi":"3.0.3","paths":{}}`)
	tests := []struct {
		name, page, want string
	}{
		{"a fragment is not JSON", good + fenced("Bad", "{\"openapi\":\"3.0.3\",\n\"paths\":{,}}"), `fragment "Bad" (line 14) is not JSON: line 15: `},
		{"a fragment is YAML", good + fenced("Bad", "openapi: 3.0.3"), `fragment "Bad" (line 14) is not JSON: line 14: `},
		{"a fragment is cut", good + fenced("Bad", `{"openapi":"3.0.3","paths":{`), `fragment "Bad" (line 14) is not JSON: line 14: it ends too early`},
		{"a fragment is empty", good + fenced("Bad", ""), `fragment "Bad" (line 14) is not JSON: line 14: it ends too early`},
		{"a fragment goes on", good + fenced("Bad", `{"openapi":"3.0.3","paths":{}} {}`), `fragment "Bad" (line 14) is not JSON: line 14: more than one value`},
		{"a repeated key", good + fenced("Bad", `{"openapi":"3.0.3","paths":{},"paths":{}}`), `the key "paths" is used twice in one object`},
		{"a fragment is too deep", good + fenced("Bad", strings.Repeat("[", 1_000_000)), `fragment "Bad" (line 14) is not JSON: line 14: it is more than 500 values deep`},
		{"a fragment is no document", good + fenced("Bad", `{"paths":{}}`), `fragment "Bad" (line 14) is not an OpenAPI document`},
		{"a fragment has no paths", good + fenced("Bad", `{"openapi":"3.0.3"}`), `fragment "Bad" (line 14) is not an OpenAPI document`},
		{"a fragment is OpenAPI 3.1", good + fenced("Bad", `{"openapi":"3.1.0","paths":{}}`), `fragment "Bad" (line 14) is OpenAPI 3.1.0, and the code generator reads OpenAPI 3.0: convert the fragments`},
		{"a fragment is Swagger", good + fenced("Bad", `{"swagger":"2.0","paths":{}}`), `fragment "Bad" (line 14) is Swagger 2.0`},
		{"a fence is marked yaml", good + "## Bad\n```yaml\nopenapi: 3.0.3\npaths: {}\n```\n", `fragment "Bad" (line 11) holds an OpenAPI document as ` + "```yaml, and only JSON"},
		{"a fence is bare", good + "## Bad\n```\n{\"openapi\":\"3.0.3\",\"paths\":{}}\n```\n", `fragment "Bad" (line 11) holds an OpenAPI document as ` + "```, and"},
		{"a fence has tildes and another word", good + "## Bad\n~~~ javascript\n{\"openapi\" : '3.0.3'}\n~~~\n", `fragment "Bad" (line 11) holds an OpenAPI document as ` + "```javascript"},
		{"a document stands in the text", good + "## Bad\n    openapi: 3.0.3\n    paths: {}\n", `fragment "Bad" (line 10) holds an OpenAPI document as plain text`},
		{"a block is one of GitBook's", good + "## Bad\n{% openapi src=\"a.json\" path=\"/a\" %}\n[a](a)\n{% endopenapi %}\n", `fragment "Bad" (line 10) holds an OpenAPI document as {% openapi %}`},
		{"a fragment is never closed", good + "## Bad\n```json\n{}", `fragment "Bad" (line 11) is never closed`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			_, err := readFragments([]byte(test.page))
			require.ErrorContains(t, err, test.want)
			assert.NotContains(t, err.Error(), "\n")
		})
	}
}

func TestParseJSONKeepsTypes(t *testing.T) {
	t.Parallel()
	doc, _, err := parseJSON(`{"a":"1","b":1,"c":1.50,"d":true,"e":null,"f":"true","g":"\u00e4\n","h":[],"i":{}}`, 1)
	require.NoError(t, err)
	out, err := encode(doc, "")
	require.NoError(t, err)
	assert.Equal(t, strings.Join([]string{
		``, `a: "1"`, `b: 1`, `c: 1.50`, `d: true`, `e: null`, `f: "true"`, `g: |`, `  ä`, `h: []`, `i: {}`, ``,
	}, "\n"), string(out))
}

// The word json may be spelled and followed by anything, and JSON that is no document is left alone.
func TestReadFragmentsKnowsTheFormsOfAFence(t *testing.T) {
	t.Parallel()
	const doc = `{"openapi":"3.0.3","paths":{}}`
	page := "```JSON\n" + doc + "\n```\n" + "```json title=\"a\" overflow=\"wrap\"\n" + doc + "\n```\n" + "  ````json\n" + doc + "\n````\n~~~json\n" + doc + "\n~~~\n" +
		"```json\n[1,2]\n```\n```json\n{\"id\":\"an example\"}\n```\nThe openapi document: 3 pages.\n"
	fragments, err := readFragments([]byte(page))
	require.NoError(t, err)
	assert.Len(t, fragments, 4)
}

func TestReadFragmentsNamesAllThatIsWrong(t *testing.T) {
	t.Parallel()
	_, err := readFragments([]byte(fenced("A", "{]") + fenced("B", `{"openapi":"3.0.3","paths":{}}`) + fenced("C", `{"paths":{}}`)))
	require.Error(t, err)
	assert.Equal(t, 2, len(strings.Split(err.Error(), "\n")), err)
}
