package main

import (
	"fmt"
	"path/filepath"

	"go.yaml.in/yaml/v3"
)

// examplesFile has the examples of bodies, by operationId, and those of schemas that errors have, by the schema's name.
const examplesFile = "api/examples.yaml"

// addExamples puts each example beside the schema of its body. Validation holds them to their schemas. An example of something that the
// document does not have is an error.
func addExamples(root string, doc *yaml.Node) error {
	examples, err := readYAML(filepath.Join(root, examplesFile))
	if err != nil {
		return err
	}
	byID := map[string]*yaml.Node{}
	for _, operation := range operations(doc) {
		byID[text(operation, "operationId")] = operation
	}
	var wrong problems
	for id, bodies := range pairs(examples) {
		for which, example := range pairs(bodies) {
			media := get(byID[id.Value], "responses", which.Value, "content", "application/json")
			if which.Value == "request" {
				media = get(byID[id.Value], "requestBody", "content", "application/json")
			}
			if which.Value == "schema" {
				media = get(doc, "components", "schemas", id.Value)
			}
			if media == nil {
				wrong.add("%s: %s %s (line %d): the document does not have that", examplesFile, id.Value, which.Value, which.Line)
				continue
			}
			set(media, "example", clone(example))
		}
	}
	return wrong.err()
}

// withoutExample returns the bodies that have no example, of their own or of their schema.
func withoutExample(doc *yaml.Node) []string {
	var missing []string
	look := func(operation *yaml.Node, which string, content *yaml.Node) {
		media := get(content, "application/json")
		if media != nil && get(media, "example") == nil && get(resolve(doc, get(media, "schema")), "example") == nil {
			missing = append(missing, fmt.Sprintf("%s %s has no example: write one in %s (%s:%d)",
				text(operation, "operationId"), which, examplesFile, documentFile, media.Line))
		}
	}
	for _, operation := range operations(doc) {
		look(operation, "request", get(operation, "requestBody", "content"))
		for status, response := range pairs(get(operation, "responses")) {
			look(operation, status.Value, get(response, "content"))
		}
	}
	return missing
}
