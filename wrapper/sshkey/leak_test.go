package sshkey

import (
	"crypto/rand"
	"testing"

	"go.uber.org/goleak"
)

// No goroutine may be left when all tests have ended.
func TestMain(m *testing.M) {
	_, _ = rand.Read(make([]byte, 1)) // under FIPS 140 the first random byte needs a clock that runs
	goleak.VerifyTestMain(m)
}
