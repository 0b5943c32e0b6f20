package sandbox

import (
	"io"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/cloudroster/cloudroster/wrapper/wrappertest"
)

func controlSchema(t *testing.T) *openapi3.T {
	t.Helper()
	document, err := openapi3.NewLoader().LoadFromData(controlDocument)
	require.NoError(t, err)
	require.NoError(t, document.Validate(t.Context()))
	return document
}

func TestTheDocumentHasTheRoutesAndIsServed(t *testing.T) {
	t.Parallel()
	document := controlSchema(t)
	var documented, served []string
	for path, item := range document.Paths.Map() {
		for method := range item.Operations() {
			documented = append(documented, method+" "+path)
		}
	}
	for _, route := range (&sandbox{}).routes() {
		served = append(served, route.pattern)
	}
	assert.ElementsMatch(t, documented, served)

	s := serve(t, "-control", ":0")
	response, err := http.Get(s.variables["CLOUDROSTER_CONTROL_URL"] + "/openapi.yaml")
	require.NoError(t, err)
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	require.NoError(t, err)
	assert.Equal(t, string(controlDocument), string(text))
}

// Go tests and the control API use one model: each schema has the members of its Go type.
func TestTheDocumentHasTheMembersOfTheTypes(t *testing.T) {
	t.Parallel()
	document := controlSchema(t)
	seen := map[string]bool{}
	var compare func(name string, of reflect.Type)
	compare = func(name string, of reflect.Type) {
		if seen[name] {
			return
		}
		seen[name] = true
		schema := document.Components.Schemas[name]
		require.NotNil(t, schema, "control.yaml lacks the schema %s", name)
		members := map[string]reflect.Type{}
		jsonMembers(of, members)
		var documented, held []string
		for member, property := range schema.Value.Properties {
			documented = append(documented, member)
			inner := members[member]
			for inner != nil && (inner.Kind() == reflect.Slice || inner.Kind() == reflect.Pointer) {
				inner = inner.Elem()
			}
			reference := property.Ref
			if reference == "" && property.Value.Items != nil {
				reference = property.Value.Items.Ref
			}
			if reference != "" && inner != nil && inner.Kind() == reflect.Struct {
				compare(reference[strings.LastIndexByte(reference, '/')+1:], inner)
			}
		}
		for member := range members {
			held = append(held, member)
		}
		slices.Sort(documented)
		slices.Sort(held)
		assert.Equal(t, held, documented, "control.yaml: %s", name)
	}
	compare("State", reflect.TypeFor[wrappertest.State]())
	compare("ActiveFault", reflect.TypeFor[fault]())
	compare("Request", reflect.TypeFor[seenRequest]())
	assert.Greater(t, len(seen), 10)

	fields := document.Components.Schemas["Fault"].Value.Properties
	assert.ElementsMatch(t, wrappertest.EffectNames(), fields["effect"].Value.Enum)
	for member := range document.Components.Schemas["ActiveFault"].Value.Properties {
		assert.True(t, fields[member] != nil || member == "id" || member == "hits", member)
	}
}

// jsonMembers collects the members of a type's JSON form. Those that are never sent by the control
// API are left out.
func jsonMembers(of reflect.Type, into map[string]reflect.Type) {
	if of == reflect.TypeFor[wrappertest.Outcome]() { // has a form of its own
		into["notFoundFor"], into["queued"], into["running"] = reflect.TypeFor[time.Duration](), reflect.TypeFor[time.Duration](), reflect.TypeFor[time.Duration]()
	}
	for field := range of.Fields() {
		name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		switch {
		case field.Anonymous:
			jsonMembers(field.Type, into)
		case name == "-" || !field.IsExported():
		case of == reflect.TypeFor[wrappertest.Request]() && (name == "header" || name == "body"): // WithFullRecords
		default:
			into[name] = field.Type
		}
	}
}
