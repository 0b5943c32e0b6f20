package main

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/cloudroster/cloudroster/wrapper/wrappertest"
)

// It sets variables of the process, so it does not run in parallel.
func TestMainCreatesTheUser(t *testing.T) {
	cloud := wrappertest.Start(t, wrappertest.WithRequestTimes(0, 0))
	t.Setenv("IONOS_API_URL", cloud.IONOS.URL())
	t.Setenv("IONOS_TOKEN", wrappertest.Token)
	t.Setenv("IONOS_CONTRACT_NUMBER", "")
	main()
	found := false
	for _, user := range cloud.IONOS.Users() {
		found = found || user.Email == "jo@example.com" && user.LastName == "Meier"
	}
	assert.True(t, found)
}
