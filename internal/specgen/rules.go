package main

import (
	"fmt"
	"regexp"
	"strings"

	"go.yaml.in/yaml/v3"
)

// A rule says what the document lacks of what this project asks of it, at one place. It returns "" when nothing is wrong there.
type rule func(at spot) string

// spot is a part of the document that rules look at.
type spot struct {
	kind  string // operation, parameter, body, response, header, tag, component, property or prose
	place string // what a reader would call it
	node  *yaml.Node
}

// rules are applied to every spot of the document.
var rules = []rule{hasDescription, hasSummary, isPlainText, doesNotStutter, errorsHaveResponses}

// houseRules returns all that is wrong with the document.
func houseRules(doc *yaml.Node) []string {
	var broken []string
	named := map[string]string{}
	for at := range spots(doc) {
		for _, check := range rules {
			if problem := check(at); problem != "" {
				broken = append(broken, problem)
			}
		}
		if at.kind != "operation" {
			continue
		}
		id := text(at.node, "operationId")
		if other := named[id]; other != "" || id == "" {
			broken = append(broken, fmt.Sprintf("%s: its operationId %q is empty or belongs to %s already", at.place, id, other))
		}
		named[id] = at.place
	}
	return broken
}

// spots iterates over all that rules look at, in the document's order.
func spots(doc *yaml.Node) func(yield func(spot) bool) {
	return func(yield func(spot) bool) {
		going := true
		visit := func(kind, place string, n *yaml.Node) { going = going && yield(spot{kind, place, n}) }
		for name, operation := range operations(doc) {
			operationSpots(name, operation, visit)
		}
		for _, tag := range items(get(doc, "tags")) {
			visit("tag", "tag "+text(tag, "name"), tag)
		}
		for _, kind := range []string{"schemas", "securitySchemes"} {
			for name, component := range pairs(get(doc, "components", kind)) {
				place := componentKinds[kind] + " " + name.Value
				visit("component", place, component)
				for property, p := range pairs(get(component, "properties")) {
					// Nothing beside a $ref counts in OpenAPI 3.0: the schema that it names has the description.
					if get(p, "$ref") == nil {
						visit("property", place+"."+property.Value, p)
					}
				}
			}
		}
		walk(doc, documentFile, false, func(path, key string, value *yaml.Node) {
			if isProse(key, value) {
				visit("prose", path, value)
			}
		})
	}
}

func operationSpots(name string, operation *yaml.Node, visit func(kind, place string, n *yaml.Node)) {
	visit("operation", name, operation)
	for _, p := range items(get(operation, "parameters")) {
		visit("parameter", name+": parameter "+text(p, "name"), p)
	}
	if body := get(operation, "requestBody"); body != nil {
		visit("body", name+": the request body", body)
	}
	for status, response := range pairs(get(operation, "responses")) {
		place := name + ": response " + status.Value
		visit("response", place, response)
		for header, h := range pairs(get(response, "headers")) {
			visit("header", place+", header "+header.Value, h)
		}
	}
}

func hasDescription(at spot) string {
	if at.kind != "prose" && strings.TrimSpace(text(at.node, "description")) == "" {
		return fmt.Sprintf("%s has no description: write it in %s (%s:%d)", at.place, proseFile, documentFile, at.node.Line)
	}
	return ""
}

func hasSummary(at spot) string {
	if at.kind == "operation" && strings.TrimSpace(text(at.node, "summary")) == "" {
		return fmt.Sprintf("%s has no summary: write it in %s (%s:%d)", at.place, proseFile, documentFile, at.node.Line)
	}
	return ""
}

func isPlainText(at spot) string {
	if at.kind != "prose" {
		return ""
	}
	if found := markup.FindString(at.node.Value); found != "" {
		return fmt.Sprintf("%s holds markup: %s", at.place, found)
	}
	if strings.TrimSpace(at.node.Value) != at.node.Value || strings.Contains(at.node.Value, "  ") {
		return at.place + " holds blanks that say nothing"
	}
	return ""
}

// doesNotStutter wants a description that does not begin with the name: the generator puts the name before it.
func doesNotStutter(at spot) string {
	if at.kind != "component" && at.kind != "property" {
		return ""
	}
	name := at.place[strings.LastIndexAny(at.place, " .")+1:]
	first, _, _ := strings.Cut(text(at.node, "description"), " ")
	if strings.EqualFold(strings.TrimRight(first, ".,:"), name) {
		return fmt.Sprintf("%s: its description begins with the name (%s:%d)", at.place, documentFile, at.node.Line)
	}
	return ""
}

func errorsHaveResponses(at spot) string {
	if at.kind != "operation" {
		return ""
	}
	for _, e := range items(get(at.node, "x-errors")) {
		if get(at.node, "responses", text(e, "status")) == nil {
			return fmt.Sprintf("%s: error %s has status %s, for which there is no response", at.place, text(e, "code"), text(e, "status"))
		}
	}
	return ""
}

var markup = regexp.MustCompile(`<[a-zA-Z/!][^>]*>|&#?[a-zA-Z0-9]+;`)

// sharedWords is how many words in a row two independent texts may share by chance.
const sharedWords = 7

var word = regexp.MustCompile(`[a-z0-9]+`)

// copiedWords returns the descriptions that share a run of more than sharedWords words with a page.
func copiedWords(doc *yaml.Node, page []byte) []string {
	runs := map[string]bool{}
	for run := range runsOf(string(page)) {
		runs[run] = true
	}
	var copied []string
	walk(doc, "openapi.yaml", false, func(path, key string, value *yaml.Node) {
		if !isProse(key, value) {
			return
		}
		for run := range runsOf(value.Value) {
			if runs[run] {
				copied = append(copied, fmt.Sprintf("%s shares %q with the page", path, run))
				return
			}
		}
	})
	return copied
}

// runsOf iterates over the runs of words in a text that are just too long to be shared by chance.
func runsOf(s string) func(yield func(string) bool) {
	s = strings.NewReplacer(`\n`, " ", `\"`, " ", `'`, "").Replace(strings.ToLower(s))
	words := word.FindAllString(markup.ReplaceAllString(s, " "), -1)
	return func(yield func(string) bool) {
		for i := 0; i+sharedWords < len(words); i++ {
			if !yield(strings.Join(words[i:i+sharedWords+1], " ")) {
				return
			}
		}
	}
}
