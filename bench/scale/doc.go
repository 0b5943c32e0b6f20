// Package scale shows that a walk over all users needs the same memory however many there are.
package scale
