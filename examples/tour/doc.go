// Package tour is the code of the README's tour, as tests.
package tour
