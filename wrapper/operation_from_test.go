package wrapper_test

import (
	"net/http"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/cloudroster/cloudroster/wrapper"
	"github.com/cloudroster/cloudroster/wrapper/wrappertest"
)

// rawGroup creates a group through Raw, for the contract 31.
func rawGroup(t *testing.T, client *wrapper.IONOS) *http.Response {
	t.Helper()
	resp, err := client.Raw().CreateGroupWithBody(t.Context(), nil, "application/json", strings.NewReader(`{"properties":{"name":"ops"}}`))
	require.NoError(t, err)
	require.NoError(t, resp.Body.Close())
	return resp
}

func TestOperationFromAResponseOfRaw(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		cloud := newCloud(wrappertest.WithContracts(31, 32))
		client := ionosClient(t, cloud, wrapper.WithContractNumber(31))
		resp := rawGroup(t, client)
		operation, err := client.OperationFrom(resp)
		require.NoError(t, err)
		assert.Contains(t, resp.Header.Get("Location"), operation.ID())
		require.NoError(t, operation.Wait(t.Context()), "the polls have the contract number of the request")
	})
}

func TestOperationFromAnotherResponse(t *testing.T) {
	t.Parallel()
	client := ionosClient(t, newCloud())
	request, err := http.NewRequest(http.MethodPost, "https://api.ionos.com/cloudapi/v6/um/groups", nil)
	require.NoError(t, err)
	response := func(status int, location string) *http.Response {
		header := http.Header{}
		if location != "" {
			header.Set("Location", location)
		}
		return &http.Response{StatusCode: status, Header: header, Request: request}
	}
	operation, err := client.OperationFrom(response(http.StatusOK, ""))
	require.NoError(t, err)
	require.NoError(t, operation.Wait(t.Context()), "it is done")

	operation, err = client.OperationFrom(response(http.StatusAccepted, ""))
	require.NoError(t, err)
	require.ErrorIs(t, operation.Wait(t.Context()), wrapper.ErrOutcomeUnknown)

	_, err = client.OperationFrom(response(http.StatusAccepted, "https://evil.example.com/"))
	require.ErrorIs(t, err, wrapper.ErrUnexpectedResponse)
	require.NotContains(t, err.Error(), "evil")

	operation, err = client.OperationFrom(response(http.StatusAccepted, "https://evil.example.com/requests/abc/status"))
	require.NoError(t, err)
	assert.Equal(t, "abc", operation.ID(), "the host of a Location is never used")

	for _, none := range []*http.Response{nil, {StatusCode: http.StatusAccepted}, {StatusCode: http.StatusAccepted, Request: new(http.Request)}} {
		_, err = client.OperationFrom(none)
		require.ErrorIs(t, err, wrapper.ErrInvalid)
	}
}
