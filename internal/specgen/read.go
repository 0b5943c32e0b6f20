package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"go.yaml.in/yaml/v3"
)

// parseYAML reads one YAML document that is a mapping and uses no anchors.
func parseYAML(b []byte) (*yaml.Node, error) {
	var root, more yaml.Node
	dec := yaml.NewDecoder(bytes.NewReader(b))
	if err := dec.Decode(&root); err != nil && !errors.Is(err, io.EOF) {
		return nil, oneLine(err)
	}
	if err := dec.Decode(&more); !errors.Is(err, io.EOF) {
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
			return fmt.Errorf("line %d: the key %q is used twice", k.Line, k.Value)
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

func readPage(path string) ([]byte, error) {
	if err := notEmpty(path); err != nil {
		return nil, err
	}
	return os.ReadFile(path)
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
