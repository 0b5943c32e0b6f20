// Package observe shows how to trace and measure a client: with OpenTelemetry (otelhttp) and with Prometheus (promhttp).
// The examples are tests. It is a module of its own, so that the library depends on neither.
//
// Both wrap the client's own transport, which keeps its connections, with wrapper.WithTransport, and name what they see
// by wrapper.OperationName: a path has ids in it, of which there is no end.
package observe
