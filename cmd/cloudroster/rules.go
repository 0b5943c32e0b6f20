package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

// readDocument refuses what cannot be read as OpenAPI 3.
func readDocument(path string) (*openapi3.T, error) {
	loader := openapi3.NewLoader()
	doc, err := loader.LoadFromFile(path)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	if err := doc.Validate(loader.Context); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	if doc.Paths.Len() == 0 {
		return nil, fmt.Errorf("%s has no paths", path)
	}
	return doc, nil
}

// ownRules tells what breaks programs although oasdiff lets it pass: names that become Go names,
// numbers of another type, and headers that clients wait for.
func ownRules(before, after *openapi3.T) []change {
	r := &rules{}
	r.schemas(before, after)
	for path, item := range before.Paths.Map() {
		later := after.Paths.Value(path)
		if later == nil {
			continue // oasdiff tells
		}
		for method, operation := range item.Operations() {
			if same := later.GetOperation(method); same != nil {
				r.operation(method+" "+path, operation, same)
			}
		}
	}
	return r.changes
}

type rules struct{ changes []change }

func (r *rules) add(level severity, side, where, format string, args ...any) {
	r.changes = append(r.changes, change{level, side, where, fmt.Sprintf(format, args...)})
}

func (r *rules) operation(where string, before, after *openapi3.Operation) {
	if before.OperationID != after.OperationID {
		r.add(major, "go", where, "operationId %s became %s", before.OperationID, after.OperationID)
	}
	for _, p := range before.Parameters {
		if later := after.Parameters.GetByInAndName(p.Value.In, p.Value.Name); later != nil {
			r.types(where+" "+p.Value.In+" "+p.Value.Name, p.Value.Schema, later.Schema)
		}
	}
	for status, response := range before.Responses.Map() {
		later := after.Responses.Value(status)
		if later == nil {
			continue
		}
		for name, header := range response.Value.Headers {
			place := where + " " + status + " header " + name
			if same, ok := later.Value.Headers[name]; ok {
				r.types(place, header.Value.Schema, same.Value.Schema)
			} else {
				r.add(major, "wire", place, "was removed")
			}
		}
		for media, content := range response.Value.Content {
			if same := later.Value.Content[media]; same != nil {
				r.types(where+" "+status, content.Schema, same.Schema)
			}
		}
	}
	if before.RequestBody == nil || after.RequestBody == nil {
		return
	}
	for media, content := range before.RequestBody.Value.Content {
		if same := after.RequestBody.Value.Content[media]; same != nil {
			r.types(where+" request", content.Schema, same.Schema)
		}
	}
}

func (r *rules) schemas(before, after *openapi3.T) {
	gone, fresh := missing(before, after), missing(after, before)
	for _, name := range gone {
		renamed := slices.IndexFunc(fresh, func(other string) bool {
			return shape(before.Components.Schemas[name]) == shape(after.Components.Schemas[other])
		})
		if renamed < 0 {
			r.add(major, "go", "schema "+name, "was removed")
			continue
		}
		r.add(major, "go", "schema "+name, "was renamed to %s", fresh[renamed])
		fresh = slices.Delete(fresh, renamed, renamed+1)
	}
	for _, name := range fresh {
		r.add(minor, "go", "schema "+name, "was added")
	}
	for name, schema := range components(before) {
		if later, ok := components(after)[name]; ok {
			r.types("schema "+name, &openapi3.SchemaRef{Value: schema.Value}, &openapi3.SchemaRef{Value: later.Value})
		}
	}
}

func components(doc *openapi3.T) openapi3.Schemas {
	if doc.Components == nil {
		return nil
	}
	return doc.Components.Schemas
}

func missing(in, from *openapi3.T) []string {
	var names []string
	for name := range components(in) {
		if _, ok := components(from)[name]; !ok {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// shape is a schema without its descriptions, to find it again under another name.
func shape(ref *openapi3.SchemaRef) string {
	text, err := json.Marshal(ref.Value)
	if err != nil {
		return err.Error()
	}
	var value any
	if json.Unmarshal(text, &value) != nil {
		return string(text)
	}
	text, _ = json.Marshal(undescribed(value))
	return string(text)
}

func undescribed(value any) any {
	switch value := value.(type) {
	case map[string]any:
		if _, isText := value["description"].(string); isText {
			delete(value, "description")
		}
		for name, inner := range value {
			value[name] = undescribed(inner)
		}
	case []any:
		for i, inner := range value {
			value[i] = undescribed(inner)
		}
	}
	return value
}

// types compares types and formats down to the next named schema, which is compared by itself.
func (r *rules) types(where string, before, after *openapi3.SchemaRef) {
	if before == nil || after == nil || before.Value == nil || after.Value == nil {
		return
	}
	if was, is := typeOf(before.Value), typeOf(after.Value); was != is {
		r.add(major, "go", where, "%s became %s", was, is)
		return
	}
	if before.Ref != "" && after.Ref != "" {
		return
	}
	for _, name := range slices.Sorted(maps.Keys(before.Value.Properties)) {
		r.types(where+"."+name, before.Value.Properties[name], after.Value.Properties[name])
	}
	r.types(where+"[]", before.Value.Items, after.Value.Items)
}

func typeOf(s *openapi3.Schema) string {
	text := strings.Join(s.Type.Slice(), " or ")
	if s.Format != "" {
		text += " (" + s.Format + ")"
	}
	if text == "" {
		return "any type"
	}
	return text
}
