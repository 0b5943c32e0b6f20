package main

import (
	"context"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"
)

func TestShareAndExpandAreInverse(t *testing.T) {
	t.Parallel()
	flat, err := buildNode(repository)
	require.NoError(t, err)
	shared := share(flat)
	where, left, right, differs := difference(flat, expand(shared), "document")
	assert.False(t, differs, "%s: %s, %s", where, left, right)

	// What is left in place is there once.
	for _, kind := range sharedKinds {
		seen := map[string]bool{}
		sharer{kind: kind}.each(shared, func(id string, key, n *yaml.Node) *yaml.Node {
			if get(n, "$ref") == nil {
				form := canonical(n)
				assert.False(t, seen[form], "%s %s of %s", kind, key.Value, id)
				seen[form] = true
			}
			return n
		})
	}
	before, err := encode(flat, "")
	require.NoError(t, err)
	after, err := encode(shared, "")
	require.NoError(t, err)
	assert.Less(t, len(after), len(before)*2/3)
}

func TestShareTellsVariantsApart(t *testing.T) {
	t.Parallel()
	doc, err := parseYAML([]byte(`
paths:
  /a: {get: {operationId: a, parameters: [{name: user-id, in: path}], responses: {"204": {description: x}, "418": {description: y}}}}
  /b: {get: {operationId: b, parameters: [{name: user-id, in: path}], responses: {"204": {description: x}, "418": {description: y}}}}
  /c: {get: {operationId: c, parameters: [{name: user-id, in: query}], responses: {"204": {description: z}}}}
  /d: {get: {operationId: d, parameters: [{name: user-id, in: query}, {name: one, in: query}], responses: {"204": {description: z}}}}
components: {schemas: {}}
`))
	require.NoError(t, err)
	assert.JSONEq(t, `{"schemas":{},
		"parameters":{"UserId":{"name":"user-id","in":"path"},"UserIdOfC":{"name":"user-id","in":"query"}},
		"responses":{"NoContent":{"description":"x"},"Imateapot":{"description":"y"},"NoContentOfC":{"description":"z"}}}`, toJSON(t, get(share(doc), "components")))
	assert.Equal(t, "one", text(items(get(share(doc), "paths", "/d", "get", "parameters"))[1], "name"))
}

// Each cloud's document stands alone: its own server and security, and nothing of the other cloud.
func TestEachCloudHasADocument(t *testing.T) {
	t.Parallel()
	merged := parsed(t, documentFile)
	count := 0
	for file, server := range map[string]string{ionosDocument: "https://api.ionos.com/cloudapi/v6", tritonDocFile: "https://{cloud}"} {
		doc := parsed(t, file)
		count += countOperations(doc)
		assert.Equal(t, server, text(items(get(doc, "servers"))[0], "url"))
		for path, item := range pairs(get(doc, "paths")) {
			assert.Equal(t, file == tritonDocFile, strings.HasPrefix(path.Value, tritonPathRoot), path.Value)
			assert.Nil(t, get(item, "servers"), path.Value)
			for method, operation := range pairs(item) {
				assert.Nil(t, get(operation, "security"), method.Value+" "+path.Value)
			}
		}
		for name := range pairs(get(doc, "components", "schemas")) {
			assert.Equal(t, file == tritonDocFile, strings.HasPrefix(name.Value, "Triton"), name.Value)
		}
		loaded, err := openapi3.NewLoader().LoadFromFile(repository + "/" + file)
		require.NoError(t, err)
		assert.NoError(t, loaded.Validate(context.Background()))
	}
	assert.Equal(t, countOperations(merged), count)
}

// A new value of an enumeration, a new property, a default or a bound needs no line in api/go.yaml.
func TestFlattenNamesEveryEnumValue(t *testing.T) {
	t.Parallel()
	root := project(t)

	edit(t, root, ionosFile, "        - gpu\n", "        - quantum-computer\n        - gpu\n")
	edit(t, root, ionosFile, "            maximum: 100\n", "            maximum: 500\n")
	status, _, errs := spec(root, "flatten", root+"/flat.yaml")
	require.Zero(t, status, errs)
	flat, err := parseYAML(read(t, root, "flat.yaml"))
	require.NoError(t, err)
	schema := get(flat, "components", "schemas", "Type")
	names := get(schema, "x-enum-varnames")
	require.Len(t, names.Content, len(get(schema, "enum").Content))
	for i, value := range items(get(schema, "enum")) {
		switch value.Value {
		case "quantum-computer":
			assert.Equal(t, "QuantumComputer", names.Content[i].Value)
		case "gpu":
			assert.Equal(t, "GPU", names.Content[i].Value)
		}
	}
	assert.Regexp(t, `LimitMax += 500\n`, string(read(t, root, boundsFile)))
	assert.Nil(t, get(flat, "components", "parameters"))

	edit(t, root, goFile, "  gpu: GPU\n", "  gpus: GPU\n")
	status, _, errs = spec(root, "flatten", root+"/flat.yaml")
	assert.Equal(t, 1, status)
	assert.Contains(t, errs, `x-enum-names names the value "gpus", which no enumeration has`)
}
