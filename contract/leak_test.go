package contract

import (
	"testing"

	"go.uber.org/goleak"
)

// No goroutine may be left when all tests have ended.
func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }
