// Package gen holds the types and the raw client that oapi-codegen makes from openapi.yaml.
//
// Programs usually import package wrapper, whose typed methods take and return these types.
// The raw client is for what the wrapper does not do; wrapper's Raw methods return one that
// authenticates, retries and reports errors. A [RequestBuilder] builds the requests alone.
//
// gen.go is generated: change openapi.yaml's inputs, api/go.yaml or oapi-codegen.yaml, then run
// go generate ./... Time, Secret, TritonAttribute and RequestBuilder are written by hand, because a
// document cannot say what they do.
//
// # Pointers
//
// Fields that a service returns are plain values; an absent field is the zero value. Fields
// that a request may leave out are pointers: nil leaves the field out, new(false) sends false.
package gen
