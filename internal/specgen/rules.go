package main

import (
	"fmt"
	"regexp"
	"strings"

	"go.yaml.in/yaml/v3"
)

// houseRules returns what the document lacks of what this project asks of it: words for everything that a reader meets, no markup,
// one name for each operation, and a documented status for each error code.
func houseRules(doc *yaml.Node) []string {
	var broken []string
	say := func(format string, args ...any) { broken = append(broken, fmt.Sprintf(format, args...)) }
	described := func(place string, n *yaml.Node) {
		if strings.TrimSpace(text(n, "description")) == "" {
			say("%s has no description", place)
		}
	}

	named := map[string]string{}
	for name, operation := range operations(doc) {
		id := text(operation, "operationId")
		if other := named[id]; other != "" || id == "" {
			say("%s: its operationId %q is empty or belongs to %s already", name, id, other)
		}
		named[id] = name
		if strings.TrimSpace(text(operation, "summary")) == "" {
			say("%s has no summary", name)
		}
		described(name, operation)
		for _, p := range items(get(operation, "parameters")) {
			described(name+": parameter "+text(p, "name"), p)
		}
		if body := get(operation, "requestBody"); body != nil {
			described(name+": the request body", body)
		}
		for status, response := range pairs(get(operation, "responses")) {
			described(name+": response "+status.Value, response)
			for header, h := range pairs(get(response, "headers")) {
				described(name+": response "+status.Value+", header "+header.Value, h)
			}
		}
		for _, e := range items(get(operation, "x-errors")) {
			if get(operation, "responses", text(e, "status")) == nil {
				say("%s: error %s has status %s, for which there is no response", name, text(e, "code"), text(e, "status"))
			}
		}
	}
	for _, tag := range items(get(doc, "tags")) {
		described("tag "+text(tag, "name"), tag)
	}
	for _, kind := range []string{"schemas", "securitySchemes"} {
		for name, component := range pairs(get(doc, "components", kind)) {
			place := componentKinds[kind] + " " + name.Value
			described(place, component)
			for property, p := range pairs(get(component, "properties")) {
				// Nothing beside a $ref counts in OpenAPI 3.0: the schema that it names has the description.
				if get(p, "$ref") == nil {
					described(place+"."+property.Value, p)
				}
			}
		}
	}
	walk(doc, "openapi.yaml", false, func(path, key string, value *yaml.Node) {
		if !isProse(key, value) {
			return
		}
		if found := markup.FindString(value.Value); found != "" {
			say("%s holds markup: %s", path, found)
		}
		if strings.TrimSpace(value.Value) != value.Value || strings.Contains(value.Value, "  ") {
			say("%s holds blanks that say nothing", path)
		}
	})
	return broken
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
