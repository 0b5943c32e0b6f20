package main

import (
	"slices"
	"strconv"

	"go.yaml.in/yaml/v3"
)

// get returns the value of key in the mapping n, or nil.
func get(n *yaml.Node, keys ...string) *yaml.Node {
	for _, key := range keys {
		if n == nil || n.Kind != yaml.MappingNode {
			return nil
		}
		var next *yaml.Node
		for k, v := range pairs(n) {
			if k.Value == key {
				next = v
				break
			}
		}
		n = next
	}
	return n
}

// text returns the scalar at keys, or "".
func text(n *yaml.Node, keys ...string) string {
	if v := get(n, keys...); v != nil && v.Kind == yaml.ScalarNode {
		return v.Value
	}
	return ""
}

// pairs iterates over the keys and values of a mapping in their order, and over nothing for any other node.
func pairs(n *yaml.Node) func(yield func(key, value *yaml.Node) bool) {
	return func(yield func(key, value *yaml.Node) bool) {
		if n == nil || n.Kind != yaml.MappingNode {
			return
		}
		for i := 0; i+1 < len(n.Content); i += 2 {
			if !yield(n.Content[i], n.Content[i+1]) {
				return
			}
		}
	}
}

// items returns the elements of a sequence, and nil for any other node.
func items(n *yaml.Node) []*yaml.Node {
	if n == nil || n.Kind != yaml.SequenceNode {
		return nil
	}
	return n.Content
}

func mapping() *yaml.Node { return &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map"} }

func scalar(value string) *yaml.Node {
	return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: value}
}

// set gives key a value in the mapping n, in place when the key exists, at the end otherwise.
func set(n *yaml.Node, key string, value *yaml.Node) {
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == key {
			n.Content[i+1] = value
			return
		}
	}
	n.Content = append(n.Content, scalar(key), value)
}

// remove takes key out of the mapping n.
func remove(n *yaml.Node, key string) {
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == key {
			n.Content = slices.Delete(n.Content, i, i+2)
			return
		}
	}
}

func clone(n *yaml.Node) *yaml.Node {
	if n == nil {
		return nil
	}
	c := *n
	c.Content = make([]*yaml.Node, len(n.Content))
	for i, child := range n.Content {
		c.Content[i] = clone(child)
	}
	return &c
}

// show renders a value on one line, so that "1" and 1 differ.
func show(n *yaml.Node) string {
	switch {
	case n == nil:
		return "nothing"
	case n.Kind == yaml.MappingNode && len(n.Content) == 0:
		return "{}"
	case n.Kind == yaml.MappingNode:
		return "an object"
	case n.Kind == yaml.SequenceNode && len(n.Content) == 0:
		return "[]"
	case n.Kind == yaml.SequenceNode:
		return "a list of " + strconv.Itoa(len(n.Content))
	case n.ShortTag() == "!!str" && (n.Value == "" || (&yaml.Node{Kind: yaml.ScalarNode, Value: n.Value}).ShortTag() != "!!str"):
		return strconv.Quote(n.Value)
	default:
		return n.Value
	}
}

// difference returns the path and the values of the first place where a and b say different things. The order of keys says
// nothing; the order of a list does.
func difference(a, b *yaml.Node, path string) (where, left, right string, differs bool) {
	if a == nil || b == nil || a.Kind != b.Kind || (a.Kind == yaml.ScalarNode && show(a) != show(b)) {
		return path, show(a), show(b), true
	}
	switch a.Kind {
	case yaml.MappingNode:
		return mappingDifference(a, b, path)
	case yaml.SequenceNode:
		return listDifference(a.Content, b.Content, path)
	}
	return "", "", "", false
}

func mappingDifference(a, b *yaml.Node, path string) (where, left, right string, differs bool) {
	for k, v := range pairs(a) {
		if where, left, right, differs = difference(v, get(b, k.Value), path+"."+k.Value); differs {
			return where, left, right, true
		}
	}
	for k, v := range pairs(b) {
		if get(a, k.Value) == nil {
			return path + "." + k.Value, show(nil), show(v), true
		}
	}
	return "", "", "", false
}

func listDifference(a, b []*yaml.Node, path string) (where, left, right string, differs bool) {
	at := func(list []*yaml.Node, i int) *yaml.Node {
		if i < len(list) {
			return list[i]
		}
		return nil
	}
	for i := range max(len(a), len(b)) {
		if where, left, right, differs = difference(at(a, i), at(b, i), path+"["+strconv.Itoa(i)+"]"); differs {
			return where, left, right, true
		}
	}
	return "", "", "", false
}
