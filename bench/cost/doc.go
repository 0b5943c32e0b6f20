// Package cost measures what a program that uses the library takes on, beside the vendors' SDKs
// and the floor: size, modules, go.sum and the CPU time of a cold build. The four programs under
// programs/ do the same: they get one user and print the email address.
package cost
