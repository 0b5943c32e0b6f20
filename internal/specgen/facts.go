package main

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/cloudroster/cloudroster/internal/flat"
)

// facts is what a document says, one statement a place: {"schema User.id", "type"} is "string".
type facts map[place]string

// place names a fact the way a reader would look for it.
type place struct {
	element string // an operation as "GET /um/users", a component as "schema User", or "document"
	detail  string // where in it: "parameter depth in query, maximum"
}

func (p place) String() string { return p.element + ": " + p.detail }

func (f facts) add(element, detail, value string) {
	p := place{element, detail}
	for {
		if _, taken := f[p]; !taken {
			f[p] = value
			return
		}
		p.detail += " (again)" // a parameter or an enum value that is listed twice
	}
}

// sorted returns the places of all the given facts, each once, in one order for every run.
func sorted(all ...facts) []place {
	seen := map[place]bool{}
	for _, f := range all {
		for p := range f {
			seen[p] = true
		}
	}
	return slices.SortedFunc(maps.Keys(seen), comparePlaces)
}

func comparePlaces(a, b place) int {
	return cmp.Or(strings.Compare(a.element, b.element), strings.Compare(a.detail, b.detail))
}

// changedFacts returns the places at which two documents differ.
func changedFacts(before, after facts) []place {
	var changed []place
	for p, was := range before {
		if is, has := after[p]; !has || was != is {
			changed = append(changed, p)
		}
	}
	for p := range after {
		if _, had := before[p]; !had {
			changed = append(changed, p)
		}
	}
	slices.SortFunc(changed, comparePlaces)
	return changed
}

// factsOf takes a document apart into facts. Prose is none.
func factsOf(doc *yaml.Node) facts {
	c := collector{facts: facts{}}
	c.document(doc)
	return c.facts
}

// collector walks over a document and keeps either what it states or, with prose, the digests of its texts.
type collector struct {
	facts facts
	prose bool
}

func (c collector) state(element, detail, value string) {
	if !c.prose {
		c.facts.add(element, detail, value)
	}
}

func (c collector) document(doc *yaml.Node) {
	for k, v := range pairs(doc) {
		switch k.Value {
		case "paths":
			for path, item := range pairs(v) {
				c.path(path.Value, item)
			}
		case "components":
			for kind, group := range pairs(v) {
				for name, component := range pairs(group) {
					c.object(componentKinds[kind.Value]+" "+name.Value, "", component, false)
				}
			}
		default:
			c.value("document", k.Value, k.Value, v, false)
		}
	}
}

var componentKinds = map[string]string{
	"schemas": "schema", "securitySchemes": "security scheme", "parameters": "shared parameter", "headers": "shared header",
	"responses": "shared response", "requestBodies": "shared body",
}

func (c collector) path(path string, item *yaml.Node) {
	for k, v := range pairs(item) {
		if !isMethod(k.Value) {
			c.value("path "+path, k.Value, k.Value, v, false)
			continue
		}
		operation := strings.ToUpper(k.Value) + " " + path
		c.state(operation, "operation", "documented")
		c.object(operation, "", v, false)
	}
}

func (c collector) object(element, detail string, n *yaml.Node, names bool) {
	empty := true
	for k, v := range pairs(n) {
		at := k.Value
		if detail != "" {
			at = detail + ", " + k.Value
		}
		if !names && isProse(k.Value, v) {
			if c.prose {
				c.facts.add(element, at, digest(v.Value))
			}
			continue
		}
		if !names && k.Value == "example" {
			continue // an example states nothing that its schema does not
		}
		empty = false
		c.value(element, k.Value, at, v, names)
	}
	if _, named := c.facts[place{element, detail}]; empty && !named {
		c.state(element, cmp.Or(detail, "whole"), "{}")
	}
}

// groups are the keys that read better as a word before each of the names under them.
var groups = map[string]string{
	"properties": "property", "responses": "response", "headers": "header", "content": "media type", "parameters": "parameter",
	"variables": "variable",
}

func (c collector) value(element, key, detail string, n *yaml.Node, isName bool) {
	if word := groups[key]; word != "" && flat.HoldsNames(isName, key, n) && len(n.Content) > 0 {
		for name, v := range pairs(n) {
			c.value(element, name.Value, strings.TrimSuffix(detail, key)+word+" "+name.Value, v, true)
		}
		return
	}
	switch n.Kind {
	case yaml.ScalarNode:
		c.state(element, detail, show(n))
	case yaml.SequenceNode:
		c.list(element, key, detail, n, isName)
	default:
		if isName {
			c.state(element, detail, "present")
		}
		c.object(element, detail, n, flat.HoldsNames(isName, key, n))
	}
}

func (c collector) list(element, key, detail string, n *yaml.Node, isName bool) {
	if len(n.Content) == 0 {
		c.state(element, detail, "[]")
	}
	for i, child := range n.Content {
		name, identified := identity(key, child, isName)
		if !identified {
			name = fmt.Sprintf("%s[%d]", detail, i)
		} else {
			name = strings.TrimSuffix(detail, key) + name
		}
		c.state(element, name, "present")
		if child.Kind == yaml.MappingNode && len(child.Content) > 0 {
			c.object(element, name, child, false)
		}
	}
}

// identity names a member of a list by what it is rather than by where it stands, so that two orders of one list are the same facts.
func identity(key string, n *yaml.Node, isName bool) (string, bool) {
	if isName {
		return "", false
	}
	switch key {
	case "parameters":
		if name := text(n, "name"); name != "" {
			return "parameter " + name + " in " + text(n, "in"), true
		}
	case "enum":
		return "enum value " + show(n), n.Kind == yaml.ScalarNode
	case "required":
		return "required " + show(n), n.Kind == yaml.ScalarNode
	case "tags":
		if n.Kind == yaml.ScalarNode {
			return "tag " + n.Value, true
		}
		return "tag " + text(n, "name"), true
	case "servers":
		return "server " + text(n, "url"), true
	case "security":
		var schemes []string
		for scheme := range pairs(n) {
			schemes = append(schemes, scheme.Value)
		}
		return "security " + strings.Join(schemes, " and "), true
	case "x-errors":
		return "error " + text(n, "code"), true
	case errorStatuses:
		return "error status " + show(n), true
	}
	return "", false
}
