package contract

import (
	"slices"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/cloudroster/cloudroster/gen/openapi"
)

func TestEveryOperationIsFoundByItsPath(t *testing.T) {
	t.Parallel()
	doc := embedded()
	require.NotEmpty(t, doc.operations)
	for _, o := range doc.operations {
		for _, prefix := range []string{"", "/cloudapi/v6", "/a/b/c"} {
			found, values := doc.find(prefix + o.path)
			require.NotNil(t, found, o.path)
			assert.Equal(t, o.path, found.path)
			for name, value := range values {
				assert.Equal(t, "{"+name+"}", value)
			}
		}
		assert.NotEmpty(t, o.errors, "the default response of %s lists its statuses", o.id)
		assert.NotEmpty(t, o.security, o.id)
		for _, alternative := range o.security {
			require.Len(t, alternative, 1, o.id)
			assert.Contains(t, []string{"basic", "bearer", "signature"}, alternative[0].scheme, o.id)
		}
	}
}

func TestADocumentThatCannotBeUsedIsRefused(t *testing.T) {
	t.Parallel()
	_, err := load([]byte("openapi: ["))
	require.Error(t, err)
	_, err = load([]byte(`{openapi: 3.0.3, info: {title: t, version: "1"}, paths: {/a: {get: {responses: {2XY: {description: d}}}}}}`))
	require.ErrorContains(t, err, `GET /a: status "2XY" is not a number`)
}

// The walker knows the keywords that the document uses. When the document begins to use another one,
// the walker has to learn it.
func TestTheWalkerKnowsEveryKeywordOfTheDocument(t *testing.T) {
	t.Parallel()
	source, err := openapi3.NewLoader().LoadFromData(openapi.YAML())
	require.NoError(t, err)
	require.NoError(t, source.Validate(t.Context()))
	seen := 0
	for name, ref := range source.Components.Schemas {
		known(t, name, ref, &seen)
	}
	for path, item := range source.Paths.Map() {
		for method, o := range item.Operations() {
			where := method + " " + path
			for _, p := range o.Parameters {
				assert.Contains(t, []string{"path", "query", "header"}, p.Value.In, where)
				known(t, where, p.Value.Schema, &seen)
			}
			for _, response := range o.Responses.Map() {
				for _, header := range response.Value.Headers {
					known(t, where, header.Value.Schema, &seen)
				}
				for media, content := range response.Value.Content {
					assert.Equal(t, "application/json", media, where)
					known(t, where, content.Schema, &seen)
				}
			}
		}
	}
	assert.Greater(t, seen, 500)
}

func known(t *testing.T, where string, ref *openapi3.SchemaRef, seen *int) {
	t.Helper()
	*seen++
	s := ref.Value
	if s.Format != "" {
		assert.Contains(t, formats, s.Format, where)
	}
	assert.Empty(t, s.AnyOf, where)
	assert.Nil(t, s.Not, where)
	assert.Nil(t, s.MultipleOf, where)
	assert.Nil(t, s.MaxProps, where)
	assert.Zero(t, s.MinProps, where)
	assert.False(t, s.UniqueItems, where)
	assert.Nil(t, s.AdditionalProperties.Has, where)
	assert.Nil(t, s.AdditionalProperties.Schema, where)
	assert.False(t, s.ExclusiveMin.IsSet() || s.ExclusiveMax.IsSet(), where)
	if s.Type != nil {
		assert.True(t, s.Type.IsSingle(), where)
	}
	if ref.Ref != "" && where != ref.Ref {
		return // visited under its own name
	}
	for name, property := range s.Properties {
		known(t, where+"."+name, property, seen)
	}
	if s.Items != nil {
		known(t, where+"[]", s.Items, seen)
	}
	for _, part := range slices.Concat(s.AllOf, s.OneOf) {
		known(t, where, part, seen)
	}
}
