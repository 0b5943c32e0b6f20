package main

import (
	"bytes"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/cloudroster/cloudroster/internal/atomicfile"
	"github.com/cloudroster/cloudroster/internal/flat"
)

// encode writes a document as YAML that every reader takes the same way: no anchors, no flow style but for empty collections, strings
// that an older reader would take for something else in quotes.
func encode(doc *yaml.Node, comment string) ([]byte, error) {
	doc = clone(doc)
	settle(doc, false)
	var out bytes.Buffer
	for line := range strings.Lines(comment) {
		out.WriteString("# " + line)
	}
	out.WriteString("\n")
	enc := yaml.NewEncoder(&out)
	enc.SetIndent(2)
	if err := enc.Encode(doc); err != nil {
		return nil, fmt.Errorf("encode: %w", err)
	}
	return out.Bytes(), enc.Close()
}

// leading are the keywords that stand before everything else in an object, in this order.
var leading = []string{"openapi", "info", "name", "in", "tags", "operationId", "summary", "description"}

// settle brings a node into its one written form.
func settle(n *yaml.Node, names bool) {
	n.Anchor, n.HeadComment, n.LineComment, n.FootComment, n.Style = "", "", "", "", 0
	switch n.Kind {
	case yaml.ScalarNode:
		if n.ShortTag() == "!!str" && ambiguous(n.Value) {
			n.Style = yaml.DoubleQuotedStyle
		}
	case yaml.SequenceNode:
		for _, child := range n.Content {
			settle(child, false)
		}
	case yaml.MappingNode:
		for k, v := range pairs(n) {
			settle(k, false)
			if !names && k.Value == "responses" {
				// A status that a correction adds belongs among its neighbours, not after "default".
				sortKeys(v, func(key string) int {
					status, err := strconv.Atoi(key)
					if err != nil {
						return 1000
					}
					return status
				})
			}
			if flat.HoldsData(names, k.Value) {
				settle(v, true)
			} else {
				settle(v, flat.HoldsNames(names, k.Value, v))
			}
		}
		if !names {
			sortKeys(n, func(key string) int {
				if i := slices.Index(leading, key); i >= 0 {
					return i
				}
				return len(leading)
			})
		}
	}
}

// sortKeys orders the keys of a mapping by rank, and leaves keys of one rank as they are.
func sortKeys(n *yaml.Node, rank func(key string) int) {
	type pair struct{ key, value *yaml.Node }
	var all []pair
	for k, v := range pairs(n) {
		all = append(all, pair{k, v})
	}
	slices.SortStableFunc(all, func(a, b pair) int { return rank(a.key.Value) - rank(b.key.Value) })
	n.Content = n.Content[:0]
	for _, p := range all {
		n.Content = append(n.Content, p.key, p.value)
	}
}

// YAML 1.1 reads more words as booleans and more digits as numbers, sexagesimals and dates than YAML 1.2 does.
var older = regexp.MustCompile(`^(?i:y|n|yes|no|on|off|true|false|null|nan|inf|~|=|<<|)$|^[-+.0-9]`)

func ambiguous(s string) bool { return older.MatchString(s) }

// writeFile replaces path in one step, and leaves alone a file that is as it should be.
func writeFile(path string, content []byte) error {
	if old, err := os.ReadFile(path); err == nil && bytes.Equal(old, content) {
		return nil
	}
	return atomicfile.Replace(path, content, 0o644)
}
