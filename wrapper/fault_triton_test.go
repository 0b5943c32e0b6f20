package wrapper_test

import (
	"errors"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/cloudroster/cloudroster/gen"
	"github.com/cloudroster/cloudroster/wrapper"
	"github.com/cloudroster/cloudroster/wrapper/wrappertest"
)

// What Triton answers in its own way.
var tritonFaults = []faultRow{
	{"409_is_a_bad_parameter_or_a_conflict", faked(tritonConflicts)},
	{"420_and_429_on_Triton", faked(tritonThrottled)},
	{"449", faked(tritonRetryWith)},
	{"503_with_Retry-After_weeks_ahead", faked(weeksOfMaintenance)},
	{"error_body_without_code_or_of_a_proxy", faked(tritonForeignBodies)},
}

// tritonCalls are one call of every kind; id is that of bob.ray.
var tritonCalls = []struct {
	name, method, path string
	operation          wrappertest.OperationID
	repeatable         bool
	call               func(*testing.T, *wrapper.Triton, string) error
}{
	{"get", "GET", "/acme/users/bob.ray", "GetTritonUser", true, func(t *testing.T, c *wrapper.Triton, _ string) error {
		_, err := c.GetUser(t.Context(), "bob.ray")
		return err
	}},
	{"create", "POST", "/acme/users", "CreateTritonUser", false, func(t *testing.T, c *wrapper.Triton, _ string) error {
		_, err := c.CreateUser(t.Context(), joTriton())
		return err
	}},
	{"update", "POST", "/acme/users/ID", "UpdateTritonUser", true, func(t *testing.T, c *wrapper.Triton, id string) error {
		_, err := c.UpdateUser(t.Context(), id, gen.TritonUserUpdate{City: new("Oslo")})
		return err
	}},
	{"change password", "POST", "/acme/users/ID/change_password", "ChangeTritonUserPassword", false, func(t *testing.T, c *wrapper.Triton, id string) error {
		_, err := c.ChangeUserPassword(t.Context(), id, "correct-horse-5")
		return err
	}},
	{"delete", "DELETE", "/acme/users/bob.ray", "DeleteTritonUser", true, func(t *testing.T, c *wrapper.Triton, _ string) error {
		return c.DeleteUser(t.Context(), "bob.ray")
	}},
}

func withBob() (cloud *wrappertest.Cloud, bob string) {
	cloud = newCloud()
	return cloud, cloud.Triton.AddUser(wrappertest.SubUser{Login: "bob.ray", Email: "bob@example.com", Password: "correct-horse-4"})
}

// onceRefused answers every call with this and asserts that it is asked once.
func onceRefused(t *testing.T, effect wrappertest.Effect, check func(name string, err error)) {
	t.Helper()
	for _, c := range tritonCalls {
		cloud, bob := withBob()
		cloud.Triton.Fault(wrappertest.Fault{Effect: effect})
		start := time.Now()
		err := c.call(t, tritonClient(t, cloud), bob)
		require.Error(t, err, c.name)
		check(c.name, err)
		assert.Len(t, cloud.Triton.Requests(), 1, c.name)
		assert.Zero(t, time.Since(start))
	}
}

func tritonConflicts(t *testing.T) {
	for code, want := range map[string]error{
		"InvalidArgument": wrapper.ErrInvalid, "MissingParameter": wrapper.ErrInvalid,
		"InvalidArgumentError": wrapper.ErrInvalid, "MissingParameterError": wrapper.ErrInvalid,
		"InUseError": wrapper.ErrConflict, "InUse": wrapper.ErrConflict, "": wrapper.ErrConflict,
	} {
		body := `{"code":"` + code + `","message":"login is in use"}`
		onceRefused(t, wrappertest.Reply(409, seconds(1), body), func(name string, err error) {
			require.ErrorIs(t, err, want, "%s on %s", code, name)
			for _, other := range []error{wrapper.ErrInvalid, wrapper.ErrConflict} {
				assert.Equal(t, other == want, errors.Is(err, other), "%s: %v", code, other)
			}
			assert.False(t, isUnknown(err))
			require.ErrorContains(t, err, "login is in use")
		})
	}
	// As the server itself does it.
	cloud, _ := withBob()
	client := tritonClient(t, cloud)
	_, err := client.CreateUser(t.Context(), gen.TritonUserCreate{Login: "bob.ray", Email: "other@example.com", Password: "correct-horse-4"})
	failure(t, err, "POST", "/acme/users", 409)
	require.ErrorIs(t, err, wrapper.ErrInvalid)
	cloud.Triton.AddUserKey("bob.ray", "laptop", cloud.Triton.Key().Public())
	err = client.DeleteUser(t.Context(), "bob.ray")
	failure(t, err, "DELETE", "/acme/users/bob.ray", 409)
	require.ErrorIs(t, err, wrapper.ErrConflict)
	assert.Len(t, cloud.Triton.Requests(), 2)

	// IONOS's 409 is a conflict whatever its code.
	ionos, ann := withAnn()
	ionos.IONOS.Fault(wrappertest.Fault{Effect: wrappertest.Reply(409, nil, `{"code":"InvalidArgument"}`)})
	_, err = ionosClient(t, ionos).GetUser(t.Context(), ann)
	require.ErrorIs(t, err, wrapper.ErrConflict)
}

func tritonThrottled(t *testing.T) {
	for _, status := range []int{420, 429} {
		for _, c := range tritonCalls {
			cloud, bob := withBob()
			cloud.Triton.Fault(wrappertest.Fault{OperationID: c.operation, Attempt: 1, Times: 3,
				Effect: wrappertest.Reply(status, nil, `{"code":"TooManyRequestsError","message":"throttled"}`)})
			start := time.Now()
			require.NoError(t, c.call(t, tritonClient(t, cloud), bob), "%d on %s", status, c.name)
			assert.Equal(t, 4, cloud.Triton.Count(c.operation))
			assert.GreaterOrEqual(t, time.Since(start), 1750*time.Millisecond)
			assert.LessOrEqual(t, time.Since(start), 3500*time.Millisecond)
		}
		cloud, _ := withBob()
		cloud.Triton.Fault(wrappertest.Fault{Effect: wrappertest.Reply(status, nil, `{"code":"RequestThrottled"}`)})
		_, err := tritonClient(t, cloud).ListUsers(t.Context())
		failure(t, err, "GET", "/acme/users", status)
		require.ErrorIs(t, err, wrapper.ErrRateLimited)
		assert.Len(t, cloud.Triton.Requests(), 4)
	}
}

func tritonRetryWith(t *testing.T) {
	onceRefused(t, wrappertest.Reply(449, seconds(1), `{"code":"RetryWith","message":"other input"}`), func(name string, err error) {
		var failed *wrapper.Error
		require.ErrorAs(t, err, &failed, name)
		assert.Equal(t, 449, failed.Status)
		assert.Equal(t, "RetryWith", failed.Code)
		assert.False(t, isUnknown(err))
	})
}

func weeksOfMaintenance(t *testing.T) {
	weeks := http.Header{"Retry-After": {time.Now().Add(30 * 24 * time.Hour).UTC().Format(http.TimeFormat)}}
	onceRefused(t, wrappertest.Reply(503, weeks, `{"code":"ServiceUnavailable","message":"read only"}`), func(name string, err error) {
		var failed *wrapper.Error
		require.ErrorAs(t, err, &failed, name)
		require.ErrorIs(t, err, wrapper.ErrUnavailable)
		assert.Equal(t, 30*24*time.Hour, failed.RetryAfter)
	})
	// The same from IONOS, and a limit of one's own.
	cloud, ann := withAnn()
	cloud.IONOS.Fault(wrappertest.Fault{Attempt: 1, Effect: wrappertest.Reply(503, weeks, "")})
	_, err := ionosClient(t, cloud).GetUser(t.Context(), ann)
	require.ErrorContains(t, err, "720h")
	cloud, ann = withAnn()
	cloud.IONOS.Fault(wrappertest.Fault{Attempt: 1, Effect: wrappertest.Reply(503, weeks, "")})
	_, err = ionosClient(t, cloud, wrapper.WithRetry(wrapper.RetryPolicy{MaxRetryAfter: 1000 * time.Hour})).GetUser(t.Context(), ann)
	require.NoError(t, err)
}

func tritonForeignBodies(t *testing.T) {
	bodies := map[string]wrapper.Message{
		`{"message":"no code"}`:           {Text: "no code"},
		`{"code":"ResourceNotFound"}`:     {Code: "ResourceNotFound"},
		`{"code":7,"message":"a number"}`: {Text: "a number"},
		`{"error":"nginx"}`:               {},
		`{"errors":[{"detail":"proxy"}]}`: {},
		`"text"`:                          {},
		`[]`:                              {},
		`<html>proxy</html>`:              {},
		``:                                {},
		`{"messages":[{"errorCode":"1","message":"two"}]}`: {Code: "1", Text: "two"},
	}
	statuses := map[int]error{
		400: wrapper.ErrInvalid, 401: wrapper.ErrUnauthorized, 403: wrapper.ErrForbidden, 404: wrapper.ErrNotFound,
		405: wrapper.ErrInvalid, 406: wrapper.ErrInvalid, 409: wrapper.ErrConflict, 413: wrapper.ErrInvalid, 415: wrapper.ErrInvalid,
	}
	for body, message := range bodies {
		for status, want := range statuses {
			onceRefused(t, wrappertest.Reply(status, nil, body), func(name string, err error) {
				require.ErrorIs(t, err, want, "%d %s on %s", status, body, name)
				var failed *wrapper.Error
				require.ErrorAs(t, err, &failed)
				assert.Equal(t, status, failed.Status)
				assert.Equal(t, message.Code, failed.Code)
				if message == (wrapper.Message{}) {
					assert.Empty(t, failed.Messages)
				} else {
					assert.Equal(t, []wrapper.Message{message}, failed.Messages)
				}
			})
		}
	}
}
