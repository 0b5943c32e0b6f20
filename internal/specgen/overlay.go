package main

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/speakeasy-api/openapi/overlay"
	"go.yaml.in/yaml/v3"
	// The archived module of our YAML library's code. The overlay engine, which oapi-codegen applies api/go.yaml with, takes its
	// nodes and no others; so it stays in this file alone, until the engine moves on.
	engine "gopkg.in/yaml.v3"
)

// readOverlay reads an OpenAPI Overlay 1.0 document. Every action must say why it is there when reasons is set.
func readOverlay(path string, reasons bool) (*actions, error) {
	name := filepath.Base(path)
	source, err := readYAML(path)
	if err != nil {
		return nil, err
	}
	o, err := overlay.Parse(path)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, oneLine(err))
	}
	if err := o.Validate(); err != nil {
		return nil, fmt.Errorf("%s: %w", name, oneLine(err))
	}
	if !o.UsesRFC9535() {
		return nil, fmt.Errorf("%s: x-speakeasy-jsonpath must be rfc9535, or filters mean something else", name)
	}
	for i, a := range o.Actions {
		if reasons && strings.TrimSpace(a.Description) == "" {
			return nil, fmt.Errorf("%s: action %d (%s) gives no reason: describe it", name, i+1, a.Target)
		}
	}
	all := &actions{Overlay: o}
	for _, action := range items(get(source, "actions")) {
		all.lines = append(all.lines, action.Line)
	}
	return all, nil
}

// actions are the actions of an overlay file, and the line that each of them begins on.
type actions struct {
	*overlay.Overlay
	lines []int
}

// applyOverlay applies the actions in their order. An action that matches nothing, or that changes nothing, is an error: what it was
// written for is gone. All such actions are told at once. After each action, applied (when not nil) sees the document as it then is.
func applyOverlay(doc *yaml.Node, o *actions, name string, applied func(i int, doc *yaml.Node) error) (*yaml.Node, error) {
	root := toEngine(doc)
	var wrong problems
	for i, action := range o.Actions {
		if err := applyAction(root, o.Overlay, action); err != nil {
			wrong.add("%s: action %d (%s): %v (line %d)", name, i+1, action.Target, err, o.lines[i])
			continue
		}
		if applied != nil {
			if err := applied(i, fromEngine(root)); err != nil {
				return nil, err
			}
		}
	}
	return fromEngine(root), wrong.err()
}

// applyAction has the engine apply one action to each node that its target selects, rather than to the document: for every action the
// engine writes what it is given out twice, to see whether it changed, which takes seconds for a hundred actions and a whole document.
func applyAction(root *engine.Node, o *overlay.Overlay, action overlay.Action) error {
	target, err := o.NewPath(action.Target, nil)
	if err != nil {
		return err
	}
	selected := target.Query(root)
	if len(selected) == 0 {
		return errors.New("it matches nothing")
	}
	one := *o
	one.Actions = []overlay.Action{action}
	if action.Remove {
		_, err := one.ApplyToStrict(root)
		return err
	}
	one.Actions[0].Target = "$"
	idle := 0
	for _, node := range selected {
		warnings, err := one.ApplyToStrict(node)
		if err != nil {
			return err
		}
		idle += len(warnings)
	}
	if idle == len(selected) {
		return errors.New("it changes nothing")
	}
	return nil
}

// The engine's YAML module and ours are one code base under two names: their nodes differ in nothing but the type. What a document of
// ours does not use (aliases, comments, positions) stays behind.
func toEngine(n *yaml.Node) *engine.Node {
	e := &engine.Node{Kind: engine.Kind(n.Kind), Tag: n.Tag, Value: n.Value, Anchor: n.Anchor}
	for _, child := range n.Content {
		e.Content = append(e.Content, toEngine(child))
	}
	return e
}

func fromEngine(e *engine.Node) *yaml.Node {
	n := &yaml.Node{Kind: yaml.Kind(e.Kind), Tag: e.Tag, Value: e.Value, Anchor: e.Anchor, Line: e.Line}
	for _, child := range e.Content {
		n.Content = append(n.Content, fromEngine(child))
	}
	return n
}
