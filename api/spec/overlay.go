package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/speakeasy-api/openapi-overlay/pkg/overlay"
	"go.yaml.in/yaml/v3"
	engine "gopkg.in/yaml.v3" // the overlay engine's node type
)

// readOverlay reads an OpenAPI Overlay 1.0 document. Every action must say why it is there when reasons is set.
func readOverlay(path string, reasons bool) (*overlay.Overlay, error) {
	name := filepath.Base(path)
	if _, err := readYAML(path); err != nil {
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
	return o, nil
}

// applyOverlay applies the actions in their order. An action that matches nothing, or that changes nothing, is an error: what it was
// written for is gone. After each action, applied (when not nil) sees the document as it then is.
func applyOverlay(doc *yaml.Node, o *overlay.Overlay, name string, applied func(i int, doc *yaml.Node) error) (*yaml.Node, error) {
	root := toEngine(doc)
	for i, action := range o.Actions {
		if err := applyAction(root, o, action); err != nil {
			return nil, fmt.Errorf("%s: action %d (%s): %w", name, i+1, action.Target, oneLine(err))
		}
		if applied != nil {
			if err := applied(i, fromEngine(root)); err != nil {
				return nil, err
			}
		}
	}
	return fromEngine(root), nil
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
		err, _ := one.ApplyToStrict(root)
		return err
	}
	one.Actions[0].Target = "$"
	idle := 0
	for _, node := range selected {
		err, warnings := one.ApplyToStrict(node)
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

// parseYAML reads one YAML document that is a mapping and uses no anchors.
func parseYAML(b []byte) (*yaml.Node, error) {
	var root, more yaml.Node
	dec := yaml.NewDecoder(bytes.NewReader(b))
	if err := dec.Decode(&root); err != nil && err != io.EOF {
		return nil, oneLine(err)
	}
	if dec.Decode(&more) != io.EOF {
		return nil, errors.New("more than one YAML document")
	}
	if len(root.Content) != 1 || root.Content[0].Kind != yaml.MappingNode {
		return nil, errors.New("not a YAML mapping")
	}
	return root.Content[0], plain(root.Content[0])
}

// plain refuses what a document of ours does not use: anchors and aliases, which some tools misread, and repeated keys.
func plain(n *yaml.Node) error {
	if n.Anchor != "" || n.Kind == yaml.AliasNode {
		return fmt.Errorf("line %d: anchors and aliases are not used here", n.Line)
	}
	seen := map[string]bool{}
	for k := range pairs(n) {
		if seen[k.Value] {
			return fmt.Errorf("line %d: the key %q stands twice", k.Line, k.Value)
		}
		seen[k.Value] = true
	}
	for _, child := range n.Content {
		if err := plain(child); err != nil {
			return err
		}
	}
	return nil
}

func readYAML(path string) (*yaml.Node, error) {
	if err := notEmpty(path); err != nil {
		return nil, err
	}
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	doc, err := parseYAML(b)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", filepath.Base(path), err)
	}
	return doc, nil
}

func notEmpty(path string) error {
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return err
	case info.IsDir():
		return fmt.Errorf("%s is a directory", path)
	case info.Size() == 0:
		return fmt.Errorf("%s is empty", path)
	}
	return nil
}

// oneLine keeps an error of a library on one line.
func oneLine(err error) error {
	if err == nil || !strings.Contains(err.Error(), "\n") {
		return err
	}
	return errors.New(strings.Join(strings.Fields(err.Error()), " "))
}
