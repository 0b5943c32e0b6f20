package wrapper_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/cloudroster/cloudroster/wrapper"
	"github.com/cloudroster/cloudroster/wrapper/wrappertest"
)

// A later option wins, nil is ignored, and options that are shared count like those that are not.
func TestOptionsAreAppliedInOrder(t *testing.T) {
	t.Parallel()
	cloud := newCloud(wrappertest.WithFullRecords())
	shared := wrapper.WithOptions(nil, wrapper.WithHTTPClient(cloud.HTTPClient()), wrapper.WithUserAgent("first/1"))
	client, err := wrapper.NewIONOS(wrapper.TokenAuth(wrappertest.Token), nil, shared, wrapper.WithBaseURL(cloud.IONOS.URL()), wrapper.WithUserAgent("second/2"))
	require.NoError(t, err)
	triton, err := wrapper.NewTriton(cloud.Triton.URL(), wrappertest.Account, tritonAuth(t, cloud), nil, shared)
	require.NoError(t, err)
	_, err = client.ListGroups(t.Context(), nil, wrapper.WithContractNumber(7))
	require.NoError(t, err)
	_, err = triton.ListUsers(t.Context())
	require.NoError(t, err)
	sent := cloud.IONOS.Requests()[0].Header
	assert.Regexp(t, `^second/2 `, sent.Get("User-Agent"))
	assert.Equal(t, "7", sent.Get("X-Contract-Number"))
	assert.Regexp(t, `^first/1 `, cloud.Triton.Requests()[0].Header.Get("User-Agent"))
}
