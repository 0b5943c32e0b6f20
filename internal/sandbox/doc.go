// Package sandbox is the program behind "cloudroster sandbox": both in-memory clouds as servers, for
// clients in any language. docs/sandbox.md describes it for its users.
//
// Command parses the flags into a config, start turns that into running servers, and the program
// then waits for a signal or for the command that it runs. All behaviour of the clouds is that of
// package wrappertest.
package sandbox
