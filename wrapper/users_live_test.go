package wrapper_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/cloudroster/cloudroster/wrapper"
	"github.com/cloudroster/cloudroster/wrapper/wrappertest"
)

// The conformance suite against servers, of which it sees no more than of a real service.
func TestUsersLiveLeavesEverybodyElse(t *testing.T) {
	t.Parallel()
	cloud := startCloud(t)
	ann := cloud.IONOS.AddUser(wrappertest.User{FirstName: "Ann", LastName: "Lee", Email: "ann@example.com"})
	bob := cloud.Triton.AddUser(wrappertest.SubUser{Login: "bob.old", Email: "bob@example.com"})
	run := func(name string, config wrappertest.ConformanceConfig) {
		t.Run(name, func(t *testing.T) {
			config.Password, config.Requests, config.LoseCreate, config.LoseDelete, config.CutList = nil, nil, nil, nil, nil
			wrappertest.TestUsersLive(t, config)
		})
	}
	quick := wrapper.WithPollPolicy(wrapper.PollPolicy{MinDelay: 5 * time.Millisecond, MaxDelay: 20 * time.Millisecond})
	run("IONOS", wrappertest.IONOSConformance(cloud, cloud.IONOSClient(t, quick).Users()))
	run("Triton", wrappertest.TritonConformance(cloud, cloud.TritonClient(t).Users()))

	var left []string
	for user, err := range cloud.IONOSClient(t).Users().All(t.Context()) {
		require.NoError(t, err)
		left = append(left, user.ID)
	}
	for user, err := range cloud.TritonClient(t).Users().All(t.Context()) {
		require.NoError(t, err)
		left = append(left, user.ID)
	}
	assert.Equal(t, []string{ann, bob}, left)
}
