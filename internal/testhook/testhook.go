// Package testhook lets the tests of this project look at the traffic of every in-memory cloud.
package testhook

import "net/http"

// Handler, if not nil, is put around the handlers of every cloud that wrappertest makes. Set it
// before the first test runs.
var Handler func(http.Handler) http.Handler
