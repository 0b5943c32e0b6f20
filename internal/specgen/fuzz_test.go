package main

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"
)

// A page becomes a document that is written the same way every time and reads as what was
// written, or an error on one line.
func FuzzImportPage(f *testing.F) {
	fragment := func(json string) string { return "# Users\n\n```json\n" + json + "\n```\n" }
	for _, page := range []string{
		fragment(`{"openapi":"3.0.3","info":{"title":"x","version":"1.0"},"paths":{"/um/users":{"get":{"operationId":"a","responses":{"200":{"description":"y"}}}}}}`),
		fragment(`{"openapi":"3.0.3","paths":{"/a":{}}}`) + fragment(`{"openapi":"3.0.3","paths":{"/a":{"get":{}}}}`),
		fragment(`{"openapi":"3.0.3","paths":{"/a":null,"/b":[1,1.0,1e3,-0,true,"yes","1","null","~","x: y","# z","&a","*a","<<"]}}`),
		fragment(`{"openapi":"3.0.3","paths":{},"components":{"schemas":{"A":{"description":{"type":"string"}},"B":{"enum":["no","on",""]}}}}`),
		fragment(`{"openapi":"3.0.3","paths":{"/a":1,"/a":2}}`), fragment(`{"openapi":3,"paths":[]}`), fragment(`{}`), fragment(`[`), fragment(``),
		fragment(strings.Repeat("[", 2000)), "```json\n{", "", "# Users", fragment(`{"openapi":"\u0000\u0085\u2028\ud800","paths":{"\t":"\r\n"}}`),
	} {
		f.Add([]byte(page), "1")
	}
	for _, value := range []string{
		`{"get":{"description":"prose","parameters":[{"name":"description","in":"query"}]}}`, `[1,1.0,1e3,-0,true,"yes","1","null","~","x: y","# z","&a"]`,
		`{"enum":["no","on","","0x1","1_000","2026-01-02","<<","=","!!str"]}`, `{"description":{"description":"a property"}}`, `{"<<":{"a":1}}`, `"\u0085\u2028\ufeff"`,
	} {
		f.Add([]byte(fragment(`{"openapi":"3.0.3","paths":{}}`)), value)
	}
	f.Fuzz(func(t *testing.T, page []byte, value string) {
		importsOnce(t, page)
		saysTheSame(t, value)
		importsOnce(t, []byte(fragment(`{"openapi":"3.0.3","paths":{"/a":`+value+`},"components":{"schemas":{"A":`+value+`}}}`)))
	})
}

func importsOnce(t *testing.T, page []byte) {
	doc, err := importPage(page)
	if err != nil {
		require.NotContains(t, oneLine(err).Error(), "\n")
		return
	}
	written, err := encode(doc, ionosComment)
	require.NoError(t, err)
	again, err := importPage(page)
	require.NoError(t, err)
	repeated, err := encode(again, ionosComment)
	require.NoError(t, err)
	require.Equal(t, string(written), string(repeated))

	var read yaml.Node
	require.NoError(t, yaml.Unmarshal(written, &read), "%s", written)
	require.Len(t, read.Content, 1)
	rewritten, err := encode(read.Content[0], ionosComment)
	require.NoError(t, err)
	require.Equal(t, string(written), string(rewritten))
}

// saysTheSame compares what the written YAML says with what encoding/json reads of its source.
func saysTheSame(t *testing.T, source string) {
	doc, _, err := parseJSON(source, 1)
	if err != nil {
		return
	}
	written, err := encode(doc, "")
	require.NoError(t, err)
	var want, got any
	require.NoError(t, json.Unmarshal([]byte(source), &want))
	require.NoError(t, yaml.Unmarshal(written, &got), "%s", written)
	require.Equal(t, want, numbersAsFloats(got), "%s", written)
}

// numbersAsFloats makes of YAML's numbers what encoding/json makes of its own.
func numbersAsFloats(value any) any {
	switch value := value.(type) {
	case int:
		return float64(value)
	case uint64:
		return float64(value)
	case []any:
		for i := range value {
			value[i] = numbersAsFloats(value[i])
		}
	case map[string]any:
		for name := range value {
			value[name] = numbersAsFloats(value[name])
		}
	}
	return value
}
