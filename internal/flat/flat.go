// Package flat prepares a document for the code generator: nothing is shared, since the generator would make a type of
// every shared parameter, header, body and response, and each value of an enumeration has its Go name.
//
// internal/specgen does so for this version's document, and the diff command for any other one.
package flat

import (
	"bytes"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Document returns the flat form of a document. overlay is an api/go.yaml, which has the names of enumeration values
// under x-enum-names.
func Document(document, overlay []byte) ([]byte, error) {
	var root yaml.Node
	if err := yaml.Unmarshal(document, &root); err != nil {
		return nil, err
	}
	var names struct {
		Enum map[string]string `yaml:"x-enum-names"`
	}
	if err := yaml.Unmarshal(overlay, &names); err != nil {
		return nil, err
	}
	Expand(&root)
	NameEnums(&root, names.Enum)
	var out bytes.Buffer
	encoder := yaml.NewEncoder(&out)
	encoder.SetIndent(2)
	err := encoder.Encode(&root)
	return out.Bytes(), err
}

// Expand writes shared parameters, headers, request bodies and responses out where they are used, and removes them from
// the components.
func Expand(doc *yaml.Node) {
	root := doc
	if root.Kind == yaml.DocumentNode && len(root.Content) == 1 {
		root = root.Content[0]
	}
	components := value(root, "components")
	shared := map[string]*yaml.Node{}
	for _, kind := range []string{"parameters", "headers", "requestBodies", "responses"} {
		group := value(components, kind)
		for i := 0; group != nil && i+1 < len(group.Content); i += 2 {
			shared["#/components/"+kind+"/"+group.Content[i].Value] = group.Content[i+1]
		}
		remove(components, kind)
	}
	expand(root, shared, map[string]bool{})
}

// expand leaves a reference alone that leads to itself. open are those that n is a part of.
func expand(n *yaml.Node, shared map[string]*yaml.Node, open map[string]bool) {
	for i, child := range n.Content {
		ref := value(child, "$ref")
		if ref == nil || shared[ref.Value] == nil || open[ref.Value] {
			expand(child, shared, open)
			continue
		}
		open[ref.Value] = true
		// A list of one, so that what is referred to may itself be a reference.
		holder := &yaml.Node{Kind: yaml.SequenceNode, Content: []*yaml.Node{clone(shared[ref.Value])}}
		expand(holder, shared, open)
		n.Content[i] = holder.Content[0]
		delete(open, ref.Value)
	}
}

// NameEnums gives every value of an enumeration its Go name, unless the schema has names already: the chosen one, or
// else the value in camel case. It returns the values that occur.
func NameEnums(doc *yaml.Node, chosen map[string]string) (used map[string]bool) {
	used = map[string]bool{}
	eachEnum(doc, false, func(schema, values *yaml.Node) {
		names := &yaml.Node{Kind: yaml.SequenceNode, Tag: "!!seq"}
		for _, v := range values.Content {
			name := chosen[v.Value]
			if name == "" {
				name = Camel(strings.ToLower(v.Value))
			}
			used[v.Value] = true
			names.Content = append(names.Content, word(name))
		}
		if value(schema, "x-enum-varnames") == nil {
			schema.Content = append(schema.Content, word("x-enum-varnames"), names)
		}
	})
	return used
}

// eachEnum visits every schema that has an enumeration. names says whether the keys of n are names.
func eachEnum(n *yaml.Node, names bool, visit func(schema, values *yaml.Node)) {
	if n.Kind != yaml.MappingNode {
		for _, child := range n.Content {
			eachEnum(child, false, visit)
		}
		return
	}
	if values := value(n, "enum"); !names && values != nil && values.Kind == yaml.SequenceNode && len(values.Content) > 0 {
		visit(n, values)
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		if key := n.Content[i].Value; !HoldsData(names, key) {
			eachEnum(n.Content[i+1], HoldsNames(names, key, n.Content[i+1]), visit)
		}
	}
}

// Camel writes a name such as as-role or userId as AsRole and UserId.
func Camel(name string) string {
	var out strings.Builder
	for part := range strings.FieldsFuncSeq(name, func(r rune) bool { return r == '-' || r == '_' }) {
		out.WriteString(strings.ToUpper(part[:1]) + part[1:])
	}
	return out.String()
}

// namesUnder are the keys whose values map free names to objects. Below them a key is somebody's name, never a keyword: a
// schema may well have a property called "description", and the IONOS user has one called "properties".
var namesUnder = map[string]bool{
	"paths": true, "properties": true, "headers": true, "responses": true, "content": true, "schemas": true,
	"securitySchemes": true, "variables": true, "callbacks": true, "links": true, "encoding": true,
	"patternProperties": true, "requestBodies": true, "examples": true, "mapping": true, "scopes": true,
}

// HoldsNames reports whether the children of a value under key are names, given whether key itself is a name.
func HoldsNames(keyIsName bool, key string, value *yaml.Node) bool {
	if keyIsName || value.Kind != yaml.MappingNode {
		return false
	}
	// "parameters" is a list everywhere but under components.
	return namesUnder[key] || key == "parameters"
}

// HoldsData reports whether the value under a keyword is data, in which no keyword means anything.
func HoldsData(keyIsName bool, key string) bool {
	return !keyIsName && (key == "default" || key == "example" || key == "enum" || key == "value")
}

// value is that of key in a mapping, nil if there is none.
func value(n *yaml.Node, key string) *yaml.Node {
	if n == nil || n.Kind != yaml.MappingNode {
		return nil
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == key {
			return n.Content[i+1]
		}
	}
	return nil
}

func remove(n *yaml.Node, key string) {
	for i := 0; n != nil && i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == key {
			n.Content = slices.Delete(n.Content, i, i+2)
			return
		}
	}
}

func clone(n *yaml.Node) *yaml.Node {
	c := *n
	c.Content = make([]*yaml.Node, len(n.Content))
	for i, child := range n.Content {
		c.Content[i] = clone(child)
	}
	return &c
}

func word(text string) *yaml.Node {
	return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: text}
}
