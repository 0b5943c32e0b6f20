//go:build generate

// Package tools pins the generator and holds the go:generate lines. Only go generate sets the
// build tag, so no importer of the library ever links the generator.
package tools

//go:generate go run ./internal/specgen merge
//go:generate cp openapi.yaml gen/openapi/openapi.yaml
//go:generate go run ./internal/specgen flatten .openapi-flat.yaml
//go:generate go run github.com/oapi-codegen/oapi-codegen/v2/cmd/oapi-codegen -config oapi-codegen.yaml .openapi-flat.yaml
//go:generate rm .openapi-flat.yaml
//go:generate go run ./internal/specgen decoders
//go:generate cp api/go.yaml oapi-codegen.yaml cmd/cloudroster/generator/

import (
	_ "github.com/oapi-codegen/oapi-codegen/v2/cmd/oapi-codegen"
)
