// Package repotest holds the checks of this repository as a whole, as tests: that the public API only
// changes on purpose, what a program that imports package wrapper gets with it, and that the code
// in README.md is code that is compiled.
package repotest
