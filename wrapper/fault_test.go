package wrapper_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/cloudroster/cloudroster/wrapper"
	"github.com/cloudroster/cloudroster/wrapper/wrappertest"
)

// faultRow is one thing that can go wrong between the library and a cloud.
type faultRow struct {
	number int
	name   string
	test   func(*testing.T)
}

// TestFault is the catalogue of faults: what can go wrong, and what the library does.
func TestFault(t *testing.T) {
	t.Parallel()
	rows := slices.Concat(answerFaults, bodyFaults, hostFaults, pollFaults, authFaults, tritonFaults, inputFaults, listFaults)
	require.Len(t, rows, 75)
	for i, row := range rows {
		require.Equal(t, i+1, row.number, row.name)
		t.Run(fmt.Sprintf("%02d_%s", row.number, row.name), func(t *testing.T) {
			t.Parallel()
			row.test(t)
		})
	}
}

// faked runs a test on fake time. Such a test also fails when a goroutine is left.
func faked(test func(*testing.T)) func(*testing.T) {
	return func(t *testing.T) { synctest.Test(t, test) }
}

// onSockets is a client for a cloud of wrappertest.Start that does not wait long.
func onSockets(t *testing.T, cloud *wrappertest.Cloud, opts ...wrapper.IONOSOption) *wrapper.IONOS {
	t.Helper()
	return ionosClient(t, cloud, append([]wrapper.IONOSOption{
		wrapper.WithHTTPClient(nil), wrapper.WithRetry(impatient), wrapper.WithPollPolicy(wrapper.PollPolicy{MinDelay: 1, MaxDelay: 1}),
	}, opts...)...)
}

// impatient retries as often as the default, without pauses worth a mention.
var impatient = wrapper.RetryPolicy{MinDelay: 1, MaxDelay: 1}

// failure is err as the *wrapper.Error that names this method, path and status.
func failure(t *testing.T, err error, method, path string, status int) *wrapper.Error {
	t.Helper()
	var failed *wrapper.Error
	require.Error(t, err)
	require.True(t, errors.As(err, &failed), "%v", err)
	assert.Equal(t, method, failed.Method)
	assert.Equal(t, path, failed.Path)
	assert.Equal(t, status, failed.Status)
	assert.Contains(t, err.Error(), method+" "+path)
	if status != 0 {
		assert.Contains(t, err.Error(), fmt.Sprintf("%s: %d", path, status))
	}
	assert.NotContains(t, err.Error(), wrappertest.Token)
	assert.Less(t, len(err.Error()), 2000)
	assert.LessOrEqual(t, len(failed.Body), 4096)
	return failed
}

// waitFailure is err as the *wrapper.OperationError that names this operation.
func waitFailure(t *testing.T, err error, id string) *wrapper.OperationError {
	t.Helper()
	var failed *wrapper.OperationError
	require.Error(t, err)
	require.True(t, errors.As(err, &failed), "%v", err)
	assert.Equal(t, id, failed.ID)
	assert.Contains(t, err.Error(), id)
	return failed
}

const usersPath = "/cloudapi/v6/um/users"

// everyCall is one call of every method, by name, on a cloud where ann exists.
type everyCall struct {
	name       string
	operation  wrappertest.OperationID
	method     string
	repeatable bool
	call       func(*testing.T, *wrapper.IONOS, string) (*wrapper.Operation, error)
}
