package main

import (
	"fmt"
	"strings"

	"go.yaml.in/yaml/v3"
)

// importPage makes one document from the fragments of a page: facts only, in the order in which the page gives them.
func importPage(page []byte) (*yaml.Node, error) {
	fragments, err := readFragments(page)
	if err != nil {
		return nil, err
	}
	if len(fragments) == 0 {
		return nil, fmt.Errorf("the page holds no OpenAPI fragments (fenced blocks marked json)")
	}
	c := newCombiner("fragments")
	for _, f := range fragments {
		stripProse(f.doc, false)
		if err := c.add(f.doc, f.String()); err != nil {
			return nil, err
		}
	}
	return c.doc, nil
}

// stripProse drops every summary and description: the facts of a page carry over, its sentences do not. A property that is called
// "description" is a fact and stays.
func stripProse(n *yaml.Node, names bool) {
	for _, child := range items(n) {
		stripProse(child, false)
	}
	if n.Kind != yaml.MappingNode {
		return
	}
	var kept []*yaml.Node
	for k, v := range pairs(n) {
		if !names && isProse(k.Value, v) {
			continue
		}
		if !holdsData(names, k.Value) {
			stripProse(v, holdsNames(names, k.Value, v))
		}
		kept = append(kept, k, v)
	}
	n.Content = kept
}

func isProse(key string, value *yaml.Node) bool {
	return (key == "description" || key == "summary") && value.Kind == yaml.ScalarNode
}

// combiner joins documents that describe parts of one API. What two of them define must be the same in both.
type combiner struct {
	what   string // what the parts are called in an error
	doc    *yaml.Node
	origin map[string]string // path of a definition -> the part that brought it
}

func newCombiner(what string) *combiner {
	return &combiner{what: what, doc: mapping(), origin: map[string]string{}}
}

func (c *combiner) add(part *yaml.Node, name string) error {
	return c.join(c.doc, part, nil, name)
}

func (c *combiner) join(into, from *yaml.Node, path []string, name string) error {
	for k, v := range pairs(from) {
		at := append(path[:len(path):len(path)], k.Value)
		place := strings.Join(at, ".")
		have := get(into, k.Value)
		if have == nil {
			// An empty container is filled key by key, so that each definition has its own origin.
			if isContainer(at) && v.Kind == yaml.MappingNode {
				have = mapping()
				set(into, k.Value, have)
			} else {
				set(into, k.Value, v)
				c.origin[place] = name
				continue
			}
		}
		if isContainer(at) && v.Kind == yaml.MappingNode && have.Kind == yaml.MappingNode {
			if err := c.join(have, v, at, name); err != nil {
				return err
			}
			continue
		}
		if where, left, right, differs := difference(have, v, place); differs {
			return fmt.Errorf("%s %s and %s disagree at %s: %s, %s", c.what, c.origin[place], name, where, left, right)
		}
	}
	return nil
}

// isContainer says whether a path of the document collects definitions: a part adds to it, and need not repeat all of it.
func isContainer(path []string) bool {
	switch path[0] {
	case "paths", "components":
		return len(path) <= 2
	}
	return false
}
