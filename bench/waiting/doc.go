// Package waiting counts how often the library and the vendor's SDK look at an accepted change
// until it is done, and how late they notice, in fake time.
package waiting
