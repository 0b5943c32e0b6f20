// Package speed measures the library beside the vendors' SDKs and the floor. The three of a
// benchmark talk to the same server in the same process. Each is called the way its
// documentation shows; none is tuned.
package speed
