package main

import (
	"regexp"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestHouseRulesNameEveryPlaceWithoutWords(t *testing.T) {
	t.Parallel()
	doc, err := parseYAML([]byte(`
tags: [{name: T}]
paths:
  /a:
    post:
      operationId: a
      parameters: [{name: p, in: query}]
      requestBody: {content: {}}
      responses: {"200": {headers: {H: {schema: {type: string}}}}}
      x-errors: [{code: Gone, status: 410}]
    get:
      operationId: a
      summary: List
      description: Lists a&nbsp;thing.
      responses: {"200": {description: "Two  blanks."}}
components:
  securitySchemes: {S: {type: http}}
  schemas:
    A:
      properties:
        one: {type: string, description: " "}
        two: {$ref: '#/components/schemas/B'}
    B: {description: See <a href="x">this</a>.}
`))
	require.NoError(t, err)
	assert.ElementsMatch(t, []string{
		"tag T has no description",
		"POST /a has no summary",
		"POST /a has no description",
		"POST /a: parameter p has no description",
		"POST /a: the request body has no description",
		"POST /a: response 200 has no description",
		"POST /a: response 200, header H has no description",
		"POST /a: error Gone has status 410, for which there is no response",
		`GET /a: its operationId "a" is empty or belongs to POST /a already`,
		"openapi.yaml.paths./a.get.description holds markup: &nbsp;",
		"openapi.yaml.paths./a.get.responses.200.description holds blanks that say nothing",
		"security scheme S has no description",
		"schema A has no description",
		"schema A.one has no description",
		"openapi.yaml.components.schemas.A.properties.one.description holds blanks that say nothing",
		`openapi.yaml.components.schemas.B.description holds markup: <a href="x">`,
	}, withoutAdvice(houseRules(doc)))
}

func TestCopiedWords(t *testing.T) {
	t.Parallel()
	doc, err := parseYAML([]byte("info: {title: one two three four five six seven eight, description: 'One, two; three-four five SIX: seven eight!'}"))
	require.NoError(t, err)
	for page, copied := range map[string]bool{
		"zero one two three four five six seven eight nine":               true,
		`"description":"one <b>two</b>\nthree four five six seven eight"`: true,
		"one two three four five six seven":                               false, // seven words in a row may be chance
		"one two three four 5 five six seven eight":                       false,
		"": false,
	} {
		found := copiedWords(doc, []byte(page))
		if !copied {
			assert.Empty(t, found, page)
			continue
		}
		assert.Equal(t, []string{`openapi.yaml.info.description shares "one two three four five six seven eight" with the page`}, found, page)
	}
}

// withoutAdvice leaves out where to write what is missing.
func withoutAdvice(broken []string) []string {
	advice := regexp.MustCompile(`(: write it in api/prose\.yaml)? \(openapi\.yaml:\d+\)$`)
	for i := range broken {
		broken[i] = advice.ReplaceAllString(broken[i], "")
	}
	return broken
}

func TestDescriptionsDoNotRepeatTheName(t *testing.T) {
	t.Parallel()
	doc, err := parseYAML([]byte(`
components:
  schemas:
    User: {description: User of a contract., properties: {name: {description: "Name: of it."}, id: {description: Identifier.}}}
    Users: {description: User list.}
`))
	require.NoError(t, err)
	assert.Equal(t, []string{
		"schema User: its description begins with the name",
		"schema User.name: its description begins with the name",
	}, withoutAdvice(houseRules(doc)))
}
