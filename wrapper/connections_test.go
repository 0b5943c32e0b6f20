package wrapper_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/cloudroster/cloudroster/wrapper"
	"github.com/cloudroster/cloudroster/wrapper/wrappertest"
)

// Whatever the answers, they are read to their end: fifty calls take one connection.
func TestFiftyCallsTakeOneConnection(t *testing.T) {
	t.Parallel()
	cloud := startCloud(t)
	ann := addAnn(cloud)
	cloud.IONOS.Fault(wrappertest.Fault{OperationID: "umGroupsGet", Effect: wrappertest.HTML(502)})
	cloud.IONOS.Fault(wrappertest.Fault{OperationID: "umResourcesGet", Effect: wrappertest.HTML(200)})
	ionos := onSockets(t, cloud, wrapper.WithRetry(wrapper.RetryPolicy{MaxAttempts: 1}))
	triton := tritonClient(t, cloud, wrapper.WithHTTPClient(nil))
	for range 10 {
		_, err := ionos.GetUser(t.Context(), ann)
		require.NoError(t, err)
		_, err = ionos.GetUser(t.Context(), "nobody")
		require.ErrorIs(t, err, wrapper.ErrNotFound)
		_, err = ionos.ListGroups(t.Context())
		require.ErrorIs(t, err, wrapper.ErrUnavailable)
		_, err = ionos.ListResources(t.Context())
		require.ErrorIs(t, err, wrapper.ErrUnexpectedResponse)
		_, _, err = ionos.ReplaceUser(t.Context(), ann, annUpdate())
		require.NoError(t, err)
		_, err = triton.ListUsers(t.Context())
		require.NoError(t, err)
	}
	assert.Len(t, cloud.IONOS.Requests(), 50)
	assert.Equal(t, 1, cloud.IONOS.Connections())
	assert.Equal(t, 1, cloud.Triton.Connections())
}

// Every request says what it takes and who asks.
func TestHeadersOfEveryRequest(t *testing.T) {
	t.Parallel()
	cloud := startCloud(t, wrappertest.WithFullRecords())
	ionos := onSockets(t, cloud, wrapper.WithUserAgent("onboarding/1.4"))
	_, err := ionos.ListUsers(t.Context())
	require.NoError(t, err)
	_, err = tritonClient(t, cloud, wrapper.WithHTTPClient(nil)).ListUsers(t.Context())
	require.NoError(t, err)
	for _, request := range append(cloud.IONOS.Requests(), cloud.Triton.Requests()...) {
		assert.Equal(t, []string{"application/json"}, request.Header["Accept"])
		assert.Regexp(t, `^(onboarding/1\.4 )?cloudroster/\d+\.\d+\.\d+ \(go`, request.Header.Get("User-Agent"))
	}
	assert.Regexp(t, `^onboarding/1\.4 cloudroster/`, cloud.IONOS.Requests()[0].Header.Get("User-Agent"))
	assert.Empty(t, cloud.IONOS.Requests()[0].Header["Accept-Version"])
	assert.Equal(t, []string{"~9||~8"}, cloud.Triton.Requests()[0].Header["Accept-Version"])
}
