package flat

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"
)

const shared = `paths:
  /a:
    get:
      parameters:
        - $ref: '#/components/parameters/Depth'
        - $ref: '#/components/parameters/Other'
      responses:
        "200":
          $ref: '#/components/responses/OK'
components:
  schemas:
    enum:
      type: string
      example: {enum: [data]}
      enum: [gpu, pair-of_things]
    Named:
      enum: [a]
      x-enum-varnames: [Mine]
    Object:
      properties:
        enum: {type: array, items: {$ref: '#/components/schemas/enum'}}
  parameters:
    Depth: {name: depth, in: query}
    Other: {$ref: '#/components/parameters/Depth'}
    Loop: {$ref: '#/components/parameters/Loop'}
  headers:
    Limit: {schema: {type: integer}}
  responses:
    OK:
      headers:
        X-Limit: {$ref: '#/components/headers/Limit'}
`

func TestADocumentIsFlat(t *testing.T) {
	t.Parallel()
	flat, err := Document([]byte(shared), []byte("x-enum-names: {gpu: GPU}"))
	require.NoError(t, err)
	assert.YAMLEq(t, `paths:
  /a:
    get:
      parameters: [{name: depth, in: query}, {name: depth, in: query}]
      responses: {"200": {headers: {X-Limit: {schema: {type: integer}}}}}
components:
  schemas:
    enum:
      type: string
      example: {enum: [data]}
      enum: [gpu, pair-of_things]
      x-enum-varnames: [GPU, PairOfThings]
    Named: {enum: [a], x-enum-varnames: [Mine]}
    Object: {properties: {enum: {type: array, items: {$ref: '#/components/schemas/enum'}}}}
`, string(flat))
}

func TestTheValuesThatOccurAreReturned(t *testing.T) {
	t.Parallel()
	var doc yaml.Node
	require.NoError(t, yaml.Unmarshal([]byte(shared), &doc))
	assert.Equal(t, map[string]bool{"gpu": true, "pair-of_things": true, "a": true}, NameEnums(&doc, nil))
}

func TestAReferenceToItselfEnds(t *testing.T) {
	t.Parallel()
	var doc yaml.Node
	require.NoError(t, yaml.Unmarshal([]byte("components: {parameters: {A: {$ref: '#/components/parameters/B'}, B: {$ref: '#/components/parameters/A'}}}\nx: {$ref: '#/components/parameters/A'}"), &doc))
	Expand(&doc)
	_, err := yaml.Marshal(&doc)
	assert.NoError(t, err)
}

func TestWhatIsNotYAML(t *testing.T) {
	t.Parallel()
	_, err := Document([]byte("a: ["), nil)
	assert.Error(t, err)
	_, err = Document([]byte("a: b"), []byte("x-enum-names: ["))
	assert.Error(t, err)
}
