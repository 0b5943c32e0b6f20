package wrapper_test

import (
	"errors"
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/cloudroster/cloudroster/wrapper"
	"github.com/cloudroster/cloudroster/wrapper/wrappertest"
)

// What is taken can be told from what is malformed, and from what cannot be deleted.
func TestErrorsOfTakenNames(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		triton      bool
		body, field string
		is, not     error
	}{
		{true, `{"code":"InvalidArgument","message":"Login is already taken"}`, "login", wrapper.ErrExists, wrapper.ErrConflict},
		{true, `{"code":"InvalidArgument","message":"\"email\" is a unique attribute; value \"a@b.c\" already exists"}`, "email", wrapper.ErrExists, wrapper.ErrConflict},
		{true, `{"code":"InvalidArgument","message":"The resource in question has \"child\" elements or is immutable and cannot be destroyed"}`, "", wrapper.ErrConflict, wrapper.ErrExists},
		{true, `{"code":"InvalidArgument","message":"passwordInHistory"}`, "", wrapper.ErrInvalid, wrapper.ErrConflict},
		{false, `{"httpStatus":422,"messages":[{"errorCode":"439","message":"[(root).properties.email] Attribute is already in use"}]}`, "email", wrapper.ErrExists, wrapper.ErrConflict},
		{false, `{"httpStatus":422,"messages":[{"errorCode":"439","message":"[(root).properties.password] is too weak"}]}`, "password", wrapper.ErrInvalid, wrapper.ErrExists},
	} {
		cloud := newCloud()
		cloud.Triton.Fault(wrappertest.Fault{Effect: wrappertest.Reply(409, nil, c.body)})
		cloud.IONOS.Fault(wrappertest.Fault{Effect: wrappertest.Reply(422, nil, c.body)})
		_, _, err := ionosClient(t, cloud).CreateUser(t.Context(), jo())
		if c.triton {
			_, err = tritonClient(t, cloud).CreateUser(t.Context(), joTriton())
		}
		require.ErrorIs(t, err, c.is, c.body)
		require.NotErrorIs(t, err, c.not, c.body)
		var failed *wrapper.Error
		require.ErrorAs(t, err, &failed)
		assert.Equal(t, c.field, failed.Field)
	}
}

// Only the service's own 404 says that an earlier attempt of a DELETE was carried out.
func TestNotFoundAfterARepeatedDelete(t *testing.T) {
	t.Parallel()
	const own = `{"httpStatus":404,"messages":[{"errorCode":"309","message":"Resource does not exist"}]}`
	for name, c := range map[string]struct {
		first   wrappertest.Effect
		second  string
		deleted bool
	}{
		"own after a lost response":  {wrappertest.HTML(504), own, true},
		"page after a lost response": {wrappertest.HTML(504), "<html>no such route</html>", false},
		"other JSON":                 {wrappertest.HTML(504), `{"message":"no Route matched"}`, false},
		"own after a gateway's 503":  {wrappertest.HTML(503), own, true},
		"own after a plain 503":      {wrappertest.Empty(503), own, false},
		"own after the service's 503": {wrappertest.Reply(503, http.Header{"Content-Type": {"application/json"}},
			`{"httpStatus":503,"messages":[{"errorCode":"503","message":"maintenance"}]}`), own, false},
	} {
		cloud := newCloud()
		cloud.IONOS.Fault(wrappertest.Fault{Attempt: 1, Times: 1, Effect: c.first})
		cloud.IONOS.Fault(wrappertest.Fault{Effect: wrappertest.Reply(404, http.Header{"Content-Type": {"application/json"}}, c.second)})
		_, err := ionosClient(t, cloud, wrapper.WithRetry(impatient)).DeleteUser(t.Context(), "u1")
		if c.deleted {
			assert.NoError(t, err, name)
		} else {
			assert.ErrorIs(t, err, wrapper.ErrNotFound, name)
			assert.Equal(t, c.second != own, errors.Is(err, wrapper.ErrOutcomeUnknown), name)
		}
		assert.Len(t, cloud.IONOS.Requests(), 2, name)
	}
}

// A base URL that only looks like this machine is not taken for it, nor a header for a token.
func TestAddressesAndTokensThatOnlyLookRight(t *testing.T) {
	t.Parallel()
	for _, base := range []string{"http://127.0.0.01", "http://127.0.0.-0", "http://127.0.0.+1", "http://127.1"} {
		_, err := wrapper.NewIONOS(wrapper.TokenAuth("token"), wrapper.WithBaseURL(base))
		require.ErrorIs(t, err, wrapper.ErrInvalid, base)
	}
	for _, base := range []string{"http://127.0.0.1:8080", "http://[::1]:8080", "http://LOCALHOST"} {
		_, err := wrapper.NewIONOS(wrapper.TokenAuth("token"), wrapper.WithBaseURL(base))
		require.NoError(t, err, base)
	}
	_, err := wrapper.NewIONOS(wrapper.TokenAuth("Bearer token"))
	require.ErrorIs(t, err, wrapper.ErrInvalid)
}
