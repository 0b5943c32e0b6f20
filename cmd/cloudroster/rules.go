package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

// readDocument rejects what cannot be read as OpenAPI 3.
func readDocument(path string) (*openapi3.T, error) {
	loader := openapi3.NewLoader()
	doc, err := loader.LoadFromFile(path)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	// A wrong example is no reason not to compare.
	if err := doc.Validate(loader.Context, openapi3.DisableExamplesValidation()); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	if doc.Paths.Len() == 0 {
		return nil, fmt.Errorf("%s has no paths", path)
	}
	return doc, nil
}

// ownRules finds what oasdiff leaves out: where requests go, with which credentials, how parameters are written,
// the default response, and headers that clients wait for.
func ownRules(before, after *openapi3.T) []change {
	r := &rules{}
	for _, path := range slices.Sorted(maps.Keys(before.Paths.Map())) {
		item, later := before.Paths.Value(path), after.Paths.Value(path)
		if later == nil {
			continue // oasdiff reports it
		}
		operations := item.Operations()
		for _, method := range slices.Sorted(maps.Keys(operations)) {
			if same := later.GetOperation(method); same != nil {
				r.operation(method+" "+path, scope{before, item, operations[method]}, scope{after, later, same})
			}
		}
	}
	r.schemes(before, after)
	return r.changes
}

type rules struct{ changes []change }

func (r *rules) add(level severity, where, format string, args ...any) {
	r.changes = append(r.changes, change{level, "wire", where, fmt.Sprintf(format, args...)})
}

// scope is an operation with what it inherits from.
type scope struct {
	doc       *openapi3.T
	item      *openapi3.PathItem
	operation *openapi3.Operation
}

func (r *rules) operation(where string, before, after scope) {
	if was, is := before.operation.OperationID, after.operation.OperationID; was != is {
		r.add(patch, where, "operationId %s became %s", was, is) // a Go name that changes is reported as such
	}
	r.servers(where, before.servers(), after.servers())
	r.security(where, before.security(), after.security())
	r.parameters(where, before.parameters(), after.parameters())
	r.responses(where, before.operation.Responses, after.operation.Responses)
}

// servers are those of the operation, of its path or of the document.
func (s scope) servers() openapi3.Servers {
	switch {
	case s.operation.Servers != nil && len(*s.operation.Servers) > 0:
		return *s.operation.Servers
	case len(s.item.Servers) > 0:
		return s.item.Servers
	}
	return s.doc.Servers
}

func (s scope) security() openapi3.SecurityRequirements {
	if s.operation.Security != nil {
		return *s.operation.Security
	}
	return s.doc.Security
}

// parameters are those of the path, and those of the operation, which win.
func (s scope) parameters() map[string]*openapi3.Parameter {
	all := map[string]*openapi3.Parameter{}
	for _, list := range []openapi3.Parameters{s.item.Parameters, s.operation.Parameters} {
		for _, p := range list {
			all[p.Value.In+" "+p.Value.Name] = p.Value
		}
	}
	return all
}

// servers: the first is where clients send requests to, unless told otherwise.
func (r *rules) servers(where string, before, after openapi3.Servers) {
	if len(before) > 0 && len(after) > 0 && before[0].URL != after[0].URL {
		r.add(major, where, "the first server %s became %s", before[0].URL, after[0].URL)
	}
	if len(before) > 0 && len(after) == 0 {
		r.add(major, where, "the servers were removed")
	}
	for _, server := range before {
		same := slices.IndexFunc(after, func(other *openapi3.Server) bool { return other.URL == server.URL })
		if same < 0 {
			r.add(major, where, "the server %s was removed", server.URL)
			continue
		}
		r.variables(where, server, after[same])
	}
	for _, server := range after {
		if !slices.ContainsFunc(before, func(other *openapi3.Server) bool { return other.URL == server.URL }) {
			r.add(minor, where, "the server %s was added", server.URL)
		}
	}
}

func (r *rules) variables(where string, before, after *openapi3.Server) {
	for _, name := range slices.Sorted(maps.Keys(before.Variables)) {
		was, is := before.Variables[name], after.Variables[name]
		if is == nil {
			r.add(major, where, "the server variable %s was removed", name)
			continue
		}
		if was.Default != is.Default {
			r.add(major, where, "the server variable %s is %s by default, and was %s", name, is.Default, was.Default)
		}
		for _, value := range was.Enum {
			if len(is.Enum) > 0 && !slices.Contains(is.Enum, value) {
				r.add(major, where, "the server variable %s lost its value %s", name, value)
			}
		}
	}
}

// security: one more alternative is minor. An alternative that is gone, or a requirement where there was none,
// keeps callers out.
func (r *rules) security(where string, before, after openapi3.SecurityRequirements) {
	was, is := alternatives(before), alternatives(after)
	for _, alternative := range was {
		if !slices.Contains(is, alternative) {
			r.add(major, where, "the credentials %s are no longer accepted", alternative)
		}
	}
	for _, alternative := range is {
		if slices.Contains(was, alternative) {
			continue
		}
		if level := minor; len(was) > 0 {
			r.add(level, where, "the credentials %s are accepted", alternative)
		} else {
			r.add(major, where, "the credentials %s are required", alternative)
		}
	}
}

func alternatives(requirements openapi3.SecurityRequirements) []string {
	var all []string
	for _, requirement := range requirements {
		var schemes []string
		for _, name := range slices.Sorted(maps.Keys(requirement)) {
			schemes = append(schemes, strings.TrimSpace(name+" "+strings.Join(requirement[name], " ")))
		}
		if len(schemes) == 0 {
			schemes = []string{"none"}
		}
		all = append(all, strings.Join(schemes, " and "))
	}
	return all
}

// schemes: how credentials are sent.
func (r *rules) schemes(before, after *openapi3.T) {
	if before.Components == nil || after.Components == nil {
		return
	}
	for _, name := range slices.Sorted(maps.Keys(before.Components.SecuritySchemes)) {
		later, ok := after.Components.SecuritySchemes[name]
		if !ok {
			r.add(major, "security scheme "+name, "was removed")
			continue
		}
		if was, is := schemeText(before.Components.SecuritySchemes[name].Value), schemeText(later.Value); was != is {
			r.add(major, "security scheme "+name, "%s became %s", was, is)
		}
	}
}

func schemeText(s *openapi3.SecurityScheme) string {
	text := strings.TrimSpace(strings.Join([]string{s.Type, s.In, s.Name, strings.ToLower(s.Scheme), s.OpenIdConnectUrl}, " "))
	if s.Flows != nil {
		flows, err := json.Marshal(s.Flows)
		if err != nil {
			return err.Error()
		}
		text += " " + string(flows)
	}
	return text
}

// parameters: how a value is written. What may be written is oasdiff's part.
func (r *rules) parameters(where string, before, after map[string]*openapi3.Parameter) {
	for _, name := range slices.Sorted(maps.Keys(before)) {
		later, ok := after[name]
		if !ok {
			continue // oasdiff reports it
		}
		if was, is := serialization(before[name]), serialization(later); was != is {
			r.add(major, where+" "+name, "is written in another way: %s became %s", was, is)
		}
	}
}

func serialization(p *openapi3.Parameter) string {
	method, err := p.SerializationMethod()
	if err != nil {
		return err.Error()
	}
	return fmt.Sprintf("%s, explode %t, allowReserved %t", method.Style, method.Explode, p.AllowReserved)
}

func (r *rules) responses(where string, before, after *openapi3.Responses) {
	for _, status := range slices.Sorted(maps.Keys(before.Map())) {
		response, later := before.Value(status), after.Value(status)
		if later == nil {
			if status == "default" {
				r.add(major, where, "the default response was removed")
			}
			continue // oasdiff reports the other statuses, and what is in a response
		}
		for _, name := range slices.Sorted(maps.Keys(response.Value.Headers)) {
			if _, ok := later.Value.Headers[name]; !ok {
				r.add(major, where+" "+status+" header "+name, "was removed")
			}
		}
	}
	if before.Value("default") == nil && after.Value("default") != nil {
		r.add(minor, where, "a default response was added")
	}
}
