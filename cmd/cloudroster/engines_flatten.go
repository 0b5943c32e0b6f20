package main

import (
	"strings"

	"go.yaml.in/yaml/v3"
)

// flatten prepares a document for the generator, as internal/specgen does for gen: shared parameters, headers, bodies and
// responses are written out where they are used, since the generator would make a type of each, and every value of an
// enumeration gets a Go name, chosen in the overlay or else its own in camel case.
func flatten(document, overlay []byte) ([]byte, error) {
	var doc map[string]any
	if err := yaml.Unmarshal(document, &doc); err != nil {
		return nil, err
	}
	var names struct {
		Enum map[string]string `yaml:"x-enum-names"`
	}
	if err := yaml.Unmarshal(overlay, &names); err != nil {
		return nil, err
	}
	f := flattener{names.Enum, map[string]any{}}
	components, _ := doc["components"].(map[string]any)
	for _, kind := range []string{"parameters", "headers", "requestBodies", "responses"} {
		shared, _ := components[kind].(map[string]any)
		for name, component := range shared {
			f.shared["#/components/"+kind+"/"+name] = component
		}
		delete(components, kind)
	}
	return yaml.Marshal(f.value(doc, 0))
}

type flattener struct {
	chosen map[string]string
	shared map[string]any // by reference
}

// deepest bounds references that lead to themselves.
const deepest = 200

func (f flattener) value(value any, depth int) any {
	switch value := value.(type) {
	case map[string]any:
		if ref, ok := value["$ref"].(string); ok && f.shared[ref] != nil && depth < deepest {
			return f.value(f.shared[ref], depth+1)
		}
		out := make(map[string]any, len(value))
		for key, inner := range value {
			out[key] = f.value(inner, depth+1)
		}
		if values, ok := value["enum"].([]any); ok && value["x-enum-varnames"] == nil {
			out["x-enum-varnames"] = f.constants(values)
		}
		return out
	case []any:
		out := make([]any, len(value))
		for i, inner := range value {
			out[i] = f.value(inner, depth+1)
		}
		return out
	}
	return value
}

func (f flattener) constants(values []any) []any {
	var names []any
	for _, value := range values {
		text, _ := value.(string)
		name := f.chosen[text]
		for word := range strings.FieldsFuncSeq(strings.ToLower(text), func(r rune) bool { return r == '-' || r == '_' }) {
			if f.chosen[text] == "" {
				name += strings.ToUpper(word[:1]) + word[1:]
			}
		}
		names = append(names, name)
	}
	return names
}
