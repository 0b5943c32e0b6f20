// Package clients holds flows of the vendors' own clients: each starts the in-memory clouds of
// wrappertest, drives an unmodified client against them, and states what must come of it. The
// table of docs/clients.md is made by a run of these tests, and a run that differs fails.
package clients
