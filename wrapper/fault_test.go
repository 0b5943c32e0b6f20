package wrapper_test

import (
	"errors"
	"fmt"
	"os"
	"regexp"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/cloudroster/cloudroster/wrapper"
	"github.com/cloudroster/cloudroster/wrapper/wrappertest"
)

// faultRow is one thing that can go wrong between the library and a cloud.
type faultRow struct {
	name string
	test func(*testing.T)
}

// faults is the catalogue of faults: what can go wrong, and what the library does.
var faults = map[string][]faultRow{
	"responses": answerFaults, "bodies": bodyFaults, "hosts": hostFaults, "polls": pollFaults,
	"credentials": authFaults, "triton": tritonFaults, "input": inputFaults, "lists": listFaults,
}

// TestFault runs the catalogue: TestFault/group/name is one row.
func TestFault(t *testing.T) {
	t.Parallel()
	for group, rows := range faults {
		t.Run(group, func(t *testing.T) {
			t.Parallel()
			for _, row := range rows {
				t.Run(row.name, func(t *testing.T) {
					t.Parallel()
					row.test(t)
				})
			}
		})
	}
}

// A name is a test's for good: SECURITY.md refers to it.
func TestFaultsHaveNames(t *testing.T) {
	t.Parallel()
	known := map[string]bool{}
	for group, rows := range faults {
		known[group] = true
		for _, row := range rows {
			name := group + "/" + row.name
			assert.Regexp(t, `^[\w.-]+$`, row.name)
			assert.False(t, known[name], "%s is there twice", name)
			known[name] = true
		}
	}
	text, err := os.ReadFile("../SECURITY.md")
	require.NoError(t, err)
	named := regexp.MustCompile("`TestFault/([^`]+)`").FindAllSubmatch(text, -1)
	assert.NotEmpty(t, named)
	for _, name := range named {
		assert.True(t, known[string(name[1])], "SECURITY.md names %s", name[1])
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
