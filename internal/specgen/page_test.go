package main

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// block puts JSON on a page under a heading.
func block(heading, json string) string {
	return "## " + heading + "\n\n> A sentence.\n\n```json\n" + json + "\n```\n\n"
}

func TestReadFragments(t *testing.T) {
	t.Parallel()
	page := "# Title\r\n\r\n```json\r\n{\"openapi\":\"3.0.3\",\"paths\":{}}\r\n```\r\n" +
		"```go\nnot JSON\n```\n" + block("Two&#x20;", "{\n \"paths\": {},\n \"openapi\": \"3.0.3\"\n}")
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
	good := block("Good", `{"openapi":"3.0.3","paths":{}}`)
	tests := []struct {
		name, page, want string
	}{
		{"a fragment is not JSON", good + block("Bad", "{\"openapi\":\"3.0.3\",\n\"paths\":{,}}"), `fragment "Bad" is not JSON: line 15: `},
		{"a fragment is YAML", good + block("Bad", "openapi: 3.0.3"), `fragment "Bad" is not JSON: line 14: `},
		{"a fragment is cut", good + block("Bad", `{"openapi":"3.0.3","paths":{`), `fragment "Bad" is not JSON: line 14: it ends too early`},
		{"a fragment is empty", good + block("Bad", ""), `fragment "Bad" is not JSON: line 14: it ends too early`},
		{"a fragment goes on", good + block("Bad", `{"openapi":"3.0.3","paths":{}} {}`), `fragment "Bad" is not JSON: line 14: more than one value`},
		{"a key stands twice", good + block("Bad", `{"openapi":"3.0.3","paths":{},"paths":{}}`), `the key "paths" stands twice in one object`},
		{"a fragment is too deep", good + block("Bad", strings.Repeat("[", 1_000_000)), `fragment "Bad" is not JSON: line 14: it is more than 500 values deep`},
		{"a fragment is no document", good + block("Bad", `{"paths":{}}`), `fragment "Bad" (line 14) is not an OpenAPI document`},
		{"a fragment is a list", good + block("Bad", `[1,2]`), `fragment "Bad" (line 14) is not an OpenAPI document`},
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
