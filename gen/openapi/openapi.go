// Package openapi carries openapi.yaml, the document that package gen is generated from, for programs
// that check traffic or documents against it. Nothing else of the library links it.
package openapi

import _ "embed"

// The copy beside this file is made by go generate: an embedded file cannot lie in a parent directory.
//
//go:embed openapi.yaml
var document string

// YAML is the document, byte for byte as in the repository's root. Each call returns a new copy.
func YAML() []byte { return []byte(document) }
