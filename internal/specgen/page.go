package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"

	"go.yaml.in/yaml/v3"
)

// fragment is one OpenAPI document found on a page.
type fragment struct {
	heading string // the heading that it stands under
	line    int    // the line of the page that it begins on
	doc     *yaml.Node
}

func (f fragment) String() string { return fmt.Sprintf("%q (line %d)", f.heading, f.line) }

var (
	fence    = regexp.MustCompile("^\\s*```\\s*json\\s*$")
	anyFence = regexp.MustCompile("(?m)" + fence.String())
	heading  = regexp.MustCompile(`^#{1,6}\s+(.*)$`)
)

// readFragments takes every fenced JSON block out of a page. A block that is not JSON, or that is JSON but not an OpenAPI document,
// is an error: a page that is read in part would look like a page that says less.
func readFragments(page []byte) ([]fragment, error) {
	var found []fragment
	title := "before the first heading"
	lines := strings.Split(strings.ReplaceAll(string(page), "\r\n", "\n"), "\n")
	for i := 0; i < len(lines); i++ {
		if m := heading.FindStringSubmatch(lines[i]); m != nil {
			title = strings.TrimSpace(strings.ReplaceAll(m[1], "&#x20;", " "))
			continue
		}
		if !fence.MatchString(lines[i]) {
			continue
		}
		f := fragment{heading: title, line: i + 2}
		start := i + 1
		for i++; i < len(lines) && strings.TrimSpace(lines[i]) != "```"; i++ {
		}
		if i == len(lines) {
			return nil, fmt.Errorf("fragment %v is never closed", f)
		}
		doc, line, err := parseJSON(strings.Join(lines[start:i], "\n"), f.line)
		if err != nil {
			return nil, fmt.Errorf("fragment %q is not JSON: line %d: %w", f.heading, line, err)
		}
		if get(doc, "openapi") == nil || get(doc, "paths") == nil {
			return nil, fmt.Errorf("fragment %v is not an OpenAPI document: it has no openapi or no paths", f)
		}
		f.doc = doc
		found = append(found, f)
	}
	return found, nil
}

// parseJSON reads one JSON value, keeping the order of its keys. Lines are counted from first; when it fails, line is where.
func parseJSON(src string, first int) (doc *yaml.Node, line int, err error) {
	dec := json.NewDecoder(strings.NewReader(src))
	dec.UseNumber()
	lineAt := func() int {
		return first + bytes.Count([]byte(src[:min(dec.InputOffset(), int64(len(src)))]), []byte("\n"))
	}
	doc, err = jsonValue(dec, lineAt, 0)
	if err == nil {
		if _, next := dec.Token(); next != io.EOF {
			err = errors.New("more than one value")
		}
	}
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		err = errors.New("it ends too early")
	}
	return doc, lineAt(), err
}

// maxDepth is many times what a document of an API needs, and little enough for whatever walks over one.
const maxDepth = 500

func jsonValue(dec *json.Decoder, lineAt func() int, depth int) (*yaml.Node, error) {
	if depth > maxDepth {
		return nil, fmt.Errorf("it is more than %d values deep", maxDepth)
	}
	token, err := dec.Token()
	if err != nil {
		return nil, err
	}
	n := &yaml.Node{Kind: yaml.ScalarNode, Line: lineAt()}
	switch t := token.(type) {
	case nil:
		n.Tag, n.Value = "!!null", "null"
	case bool:
		n.Tag, n.Value = "!!bool", fmt.Sprint(t)
	case json.Number:
		n.Value = t.String()
		n.Tag = n.ShortTag()
	case string:
		n.Tag, n.Value = "!!str", t
	case json.Delim:
		n.Kind, n.Tag = yaml.SequenceNode, "!!seq"
		if t == '{' {
			n.Kind, n.Tag = yaml.MappingNode, "!!map"
		}
		for dec.More() {
			if n.Kind == yaml.MappingNode {
				key, err := jsonValue(dec, lineAt, depth+1)
				if err != nil {
					return nil, err
				}
				if get(n, key.Value) != nil {
					return nil, fmt.Errorf("the key %q stands twice in one object", key.Value)
				}
				n.Content = append(n.Content, key)
			}
			value, err := jsonValue(dec, lineAt, depth+1)
			if err != nil {
				return nil, err
			}
			n.Content = append(n.Content, value)
		}
		if _, err := dec.Token(); err != nil {
			return nil, err
		}
	}
	return n, nil
}
