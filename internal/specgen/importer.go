package main

import (
	"errors"
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/cloudroster/cloudroster/internal/flat"
)

// importPage makes one document from the fragments of a page: facts only, in the order in which the page gives them.
func importPage(page []byte) (*yaml.Node, error) {
	fragments, err := readFragments(page)
	if err != nil {
		return nil, err
	}
	if len(fragments) == 0 {
		return nil, errors.New("the page holds no OpenAPI fragments (fenced blocks marked json)")
	}
	c := newCombiner("fragments")
	for _, f := range fragments {
		keepErrorStatuses(f.doc)
		stripProse(f.doc, false)
		c.add(f.doc, f.String())
	}
	return c.doc, c.conflicts.err()
}

// errorStatuses is the extension that lists the error statuses of an operation's default response, which the page gives in a sentence.
const errorStatuses = "x-error-statuses"

var errorStatus = regexp.MustCompile(`\b[45]\d\d\b`)

// keepErrorStatuses turns the statuses that the description of a default response names into data, before the description goes.
func keepErrorStatuses(doc *yaml.Node) {
	for _, operation := range operations(doc) {
		response := get(operation, "responses", "default")
		if response == nil || get(response, errorStatuses) != nil {
			continue
		}
		statuses := errorStatus.FindAllString(text(response, "description"), -1)
		slices.Sort(statuses)
		list := &yaml.Node{Kind: yaml.SequenceNode, Tag: "!!seq"}
		for _, status := range slices.Compact(statuses) {
			list.Content = append(list.Content, &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!int", Value: status})
		}
		if len(list.Content) > 0 {
			set(response, errorStatuses, list)
		}
	}
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
		if !flat.HoldsData(names, k.Value) {
			stripProse(v, flat.HoldsNames(names, k.Value, v))
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
	what      string // what the parts are called in a conflict
	doc       *yaml.Node
	defined   map[string]definition // by path
	conflicts problems
}

// definition is a value of the joined document and the part that brought it.
type definition struct {
	value *yaml.Node
	part  string
}

func newCombiner(what string) *combiner {
	return &combiner{what: what, doc: mapping(), defined: map[string]definition{}}
}

func (c *combiner) add(part *yaml.Node, name string) { c.join(c.doc, part, nil, name) }

func (c *combiner) join(into, from *yaml.Node, path []string, name string) {
	for k, v := range pairs(from) {
		at := append(path[:len(path):len(path)], k.Value)
		collects := isContainer(at) && v.Kind == yaml.MappingNode
		have, known := c.define(into, at, v, collects, name)
		switch {
		case collects && have.value.Kind == yaml.MappingNode:
			c.join(have.value, v, at, name)
		case known && len(at) == 1 && k.Value == "tags":
			c.joinTags(have.value, v, name)
		case known:
			c.compare(have, v, strings.Join(at, "."), name)
		}
	}
}

// define returns what the joined document has at a path, and whether it was there already. An empty container is filled key by key, so
// that each definition knows the part that brought it.
func (c *combiner) define(into *yaml.Node, at []string, v *yaml.Node, collects bool, name string) (definition, bool) {
	key := strings.Join(at, "\x00")
	have, known := c.defined[key]
	if !known {
		have = definition{v, name}
		if collects {
			have.value = mapping()
		}
		into.Content = append(into.Content, scalar(at[len(at)-1]), have.value)
		c.defined[key] = have
	}
	return have, known
}

func (c *combiner) compare(have definition, v *yaml.Node, place, name string) {
	if where, left, right, differs := difference(have.value, v, place); differs {
		c.conflicts.add("%s %s and %s disagree at %s: %s, %s", c.what, have.part, name, where, left, right)
	}
}

// joinTags adds the tags that are new: each part lists those of its own operations only.
func (c *combiner) joinTags(have, tags *yaml.Node, name string) {
	for _, tag := range items(tags) {
		key := "tags\x00" + text(tag, "name")
		known, found := c.defined[key]
		if !found {
			for _, old := range items(have) {
				if text(old, "name") == text(tag, "name") {
					known, found = definition{old, "the first"}, true
				}
			}
		}
		if found {
			c.compare(known, tag, "tags."+text(tag, "name"), name)
			continue
		}
		have.Content = append(have.Content, tag)
		c.defined[key] = definition{tag, name}
	}
}

// isContainer says whether a path of the document collects definitions: a part adds to it, and need not repeat all of it.
func isContainer(path []string) bool {
	switch path[0] {
	case "paths", "components":
		return len(path) <= 2
	}
	return false
}
