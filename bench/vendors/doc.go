// Package vendors holds the tests that the vendors' own clients work unchanged against the
// in-memory clouds of wrappertest: sdk-go for IONOS, triton-go and the triton command for Triton.
package vendors
