//go:build tools

// Package tools pins the generator and holds the go:generate lines. The build tag keeps it
// out of every build, so no importer of the library ever links the generator.
package tools

//go:generate go run ./api/spec merge
//go:generate go run github.com/oapi-codegen/oapi-codegen/v2/cmd/oapi-codegen -config oapi-codegen.yaml openapi.yaml

import (
	_ "github.com/oapi-codegen/oapi-codegen/v2/cmd/oapi-codegen"
)
