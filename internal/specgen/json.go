package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"go.yaml.in/yaml/v3"
)

// parseJSON reads one JSON value, keeping the order of its keys. Lines are counted from first; when it fails, line is where.
func parseJSON(src string, first int) (doc *yaml.Node, line int, err error) {
	p := jsonParser{src: src, dec: json.NewDecoder(strings.NewReader(src)), line: first}
	p.dec.UseNumber()
	doc, err = p.value(0)
	if err == nil {
		if _, next := p.dec.Token(); next != io.EOF {
			err = errors.New("more than one value")
		}
	}
	if endsEarly(err) {
		err = errors.New("it ends too early")
	}
	return doc, p.here(), err
}

// endsEarly says whether an error means that the input is over. From Go 1.27 on, the decoder returns a SyntaxError for it, with the text
// that Unmarshal always had.
func endsEarly(err error) bool {
	var syntax *json.SyntaxError
	return errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) ||
		errors.As(err, &syntax) && syntax.Error() == "unexpected end of JSON input"
}

// maxDepth is many times what a document of an API needs, and little enough for whatever walks over one.
const maxDepth = 500

type jsonParser struct {
	src  string
	dec  *json.Decoder
	line int // of the byte at seen
	seen int
}

// here returns the line that the decoder has reached. It counts each line break once, however often it is called.
func (p *jsonParser) here() int {
	at := min(int(p.dec.InputOffset()), len(p.src))
	p.line += strings.Count(p.src[p.seen:at], "\n")
	p.seen = at
	return p.line
}

func (p *jsonParser) value(depth int) (*yaml.Node, error) {
	if depth > maxDepth {
		return nil, fmt.Errorf("it is more than %d values deep", maxDepth)
	}
	token, err := p.dec.Token()
	if err != nil {
		return nil, err
	}
	n := &yaml.Node{Kind: yaml.ScalarNode, Line: p.here()}
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
		return n, p.container(n, t == '{', depth)
	}
	return n, nil
}

func (p *jsonParser) container(n *yaml.Node, object bool, depth int) error {
	n.Kind, n.Tag = yaml.SequenceNode, "!!seq"
	if object {
		n.Kind, n.Tag = yaml.MappingNode, "!!map"
	}
	keys := map[string]bool{}
	for p.dec.More() {
		if object {
			key, err := p.value(depth + 1)
			if err != nil {
				return err
			}
			if keys[key.Value] {
				return fmt.Errorf("the key %q is used twice in one object", key.Value)
			}
			keys[key.Value] = true
			n.Content = append(n.Content, key)
		}
		value, err := p.value(depth + 1)
		if err != nil {
			return err
		}
		n.Content = append(n.Content, value)
	}
	_, err := p.dec.Token()
	return err
}
