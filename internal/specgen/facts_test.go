package main

import (
	"maps"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func factsFrom(t *testing.T, src string) map[string]string {
	t.Helper()
	doc, err := parseYAML([]byte(src))
	require.NoError(t, err)
	named := map[string]string{}
	for p, v := range factsOf(doc) {
		named[p.String()] = v
	}
	return named
}

func TestFactsOf(t *testing.T) {
	t.Parallel()
	assert.Equal(t, map[string]string{
		"document: openapi":                                                    "3.0.3",
		"document: info, title":                                                "T",
		"document: server https://a":                                           "present",
		"document: server https://a, url":                                      "https://a",
		"document: security Basic and Token":                                   "present",
		"document: security Basic and Token, Basic":                            "[]",
		"document: security Basic and Token, Token":                            "[]",
		"security scheme Basic: type":                                          "http",
		"GET /a: operation":                                                    "documented",
		"GET /a: operationId":                                                  "list",
		"GET /a: parameter limit in query":                                     "present",
		"GET /a: parameter limit in query, name":                               "limit",
		"GET /a: parameter limit in query, in":                                 "query",
		"GET /a: parameter limit in query, schema, maximum":                    "100",
		"GET /a: parameter limit in query, schema, default":                    `"10"`,
		"GET /a: response 200":                                                 "present",
		"GET /a: response 200, header Location":                                "present",
		"GET /a: response 200, header Location, schema, type":                  "string",
		"GET /a: response 200, media type application/json":                    "present",
		"GET /a: response 200, media type application/json, schema, $ref":      "#/components/schemas/A",
		"GET /a: response 202":                                                 "present",
		"GET /a: response 202, content":                                        "{}",
		"GET /a: response 204":                                                 "present",
		"GET /a: error Gone":                                                   "present",
		"GET /a: error Gone, code":                                             "Gone",
		"GET /a: error Gone, status":                                           "410",
		"schema A: type":                                                       "object",
		"schema A: required description":                                       "present",
		"schema A: property description":                                       "present",
		"schema A: property description, type":                                 "string",
		"schema A: property description, enum value a":                         "present",
		`schema A: property description, enum value "1"`:                       "present",
		"schema A: property properties":                                        "present",
		"schema A: property properties, property properties":                   "present",
		"schema A: property properties, property properties, allOf[0]":         "present",
		"schema A: property properties, property properties, allOf[0], $ref":   "#/components/schemas/B",
		"schema A: property properties, property properties, allOf[0], x-list": "[]",
	}, factsFrom(t, `
openapi: "3.0.3"
info: {title: T, description: words}
servers: [{url: https://a, description: words}]
security: [{Basic: [], Token: []}]
paths:
  /a:
    get:
      operationId: list
      summary: words
      description: words
      parameters: [{name: limit, in: query, description: words, schema: {maximum: 100, default: "10"}}]
      responses:
        "200":
          description: words
          headers: {Location: {description: words, schema: {type: string}}}
          content: {application/json: {schema: {$ref: '#/components/schemas/A'}}}
        "202": {description: words, content: {}}
        "204": {description: words}
      x-errors: [{code: Gone, status: 410}]
components:
  securitySchemes: {Basic: {type: http, description: words}}
  schemas:
    A:
      type: object
      description: words
      required: [description]
      properties:
        description: {type: string, description: words, enum: [a, "1"]}
        properties: {properties: {properties: {allOf: [{$ref: '#/components/schemas/B', x-list: []}]}}}
`))
}

func TestFactsDoNotDependOnOrderOrWords(t *testing.T) {
	t.Parallel()
	a := factsFrom(t, "components: {schemas: {A: {type: string, enum: [a, b]}, B: {required: [x, y], description: words}}}")
	b := factsFrom(t, "components: {schemas: {B: {required: [y, x]}, A: {enum: [b, a], type: string}}}")
	assert.Equal(t, a, b)
}

func TestFactsCountRepetition(t *testing.T) {
	t.Parallel()
	once := factsFrom(t, "components: {schemas: {A: {enum: [a, b]}}}")
	twice := factsFrom(t, "components: {schemas: {A: {enum: [a, b, a]}}}")
	assert.NotEqual(t, once, twice)
	assert.Contains(t, twice, "schema A: enum value a (again)")
}

func TestChangedFacts(t *testing.T) {
	t.Parallel()
	before := facts{{"schema B", "type"}: "string", {"schema A", "type"}: "string", {"schema A", "format"}: ""}
	after := maps.Clone(before)
	assert.Empty(t, changedFacts(before, after))
	after[place{"schema B", "type"}] = "integer"
	after[place{"schema A", "nullable"}] = "true"
	delete(after, place{"schema A", "format"})
	assert.Equal(t, []place{{"schema A", "format"}, {"schema A", "nullable"}, {"schema B", "type"}}, changedFacts(before, after))
}
