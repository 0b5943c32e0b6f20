package wrapper_test

import (
	"context"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/cloudroster/cloudroster/wrapper"
	"github.com/cloudroster/cloudroster/wrapper/wrappertest"
)

func TestWithTransportSeesEveryAttempt(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		cloud := newCloud()
		cloud.IONOS.Fault(wrappertest.Fault{OperationID: "umGroupsGet", Attempt: 1, Effect: wrappertest.Empty(503)})
		var order []string
		tracing := func(name string) wrapper.Option {
			return wrapper.WithTransport(func(next http.RoundTripper) http.RoundTripper {
				return roundTrip(func(r *http.Request) (*http.Response, error) {
					order = append(order, name)
					assert.NotEmpty(t, r.Header.Get("Authorization"))
					return next.RoundTrip(r)
				})
			})
		}
		client := ionosClient(t, cloud, tracing("inner"), tracing("outer"))
		_, err := client.ListGroups(t.Context())
		require.NoError(t, err)
		assert.Equal(t, []string{"outer", "inner", "outer", "inner"}, order)
	})
}

// Wrapping keeps the client's own transport and its connections.
func TestWithTransportKeepsConnections(t *testing.T) {
	t.Parallel()
	cloud := startCloud(t)
	var kind atomic.Value
	client, err := wrapper.NewIONOS(wrapper.TokenAuth(wrappertest.Token), wrapper.WithBaseURL(cloud.IONOS.URL()),
		wrapper.WithTransport(func(next http.RoundTripper) http.RoundTripper {
			kind.Store(next)
			return next
		}))
	require.NoError(t, err)
	_, err = client.ListGroups(t.Context())
	require.NoError(t, err)
	own, ok := kind.Load().(*http.Transport)
	require.True(t, ok)
	t.Cleanup(own.CloseIdleConnections)
	assert.NotSame(t, http.DefaultTransport, own)
	assert.GreaterOrEqual(t, own.MaxIdleConnsPerHost, 64)

	_, err = wrapper.NewIONOS(wrapper.TokenAuth("token"), wrapper.WithTransport(func(http.RoundTripper) http.RoundTripper { return nil }))
	require.ErrorIs(t, err, wrapper.ErrInvalid)
	require.ErrorContains(t, err, "transport")
}

func TestARejectedTokenIsRenewedOnce(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name     string
		next     string
		requests int
		want     error
	}{
		{"another token that works", wrappertest.Token, 2, nil},
		{"another token that does not", "revoked-as-well", 2, wrapper.ErrUnauthorized},
		{"the same token", "revoked", 1, wrapper.ErrUnauthorized},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			cloud := newCloud()
			token, asked := "revoked", 0
			client, err := wrapper.NewIONOS(wrapper.TokenSourceAuth(func(ctx context.Context) (string, error) {
				if wrapper.TokenRejected(ctx) {
					asked++
					token = test.next
				}
				return token, nil
			}), wrapper.WithHTTPClient(cloud.HTTPClient()))
			require.NoError(t, err)
			_, err = client.ListGroups(t.Context())
			require.ErrorIs(t, err, test.want)
			assert.Equal(t, 1, asked)
			assert.Len(t, cloud.IONOS.Requests(), test.requests)
		})
	}
}

func TestAListOfNothingCostsNoMemory(t *testing.T) {
	t.Parallel()
	for name, body := range map[string]string{
		"objects": `{"id":"users","items":[` + strings.Repeat("{},", 1<<20/3) + `{}]}`,
		"nulls":   `{"id":"users","items":[` + strings.Repeat("null,", 1<<20/5) + `null]}`,
	} {
		cloud := newCloud()
		cloud.IONOS.Fault(wrappertest.Fault{OperationID: "umUsersGet", Effect: wrappertest.Reply(200, nil, body)})
		_, err := ionosClient(t, cloud).ListUsers(t.Context())
		require.ErrorIs(t, err, wrapper.ErrResponseTooLarge, name)
	}
	// A list of that length with ordinary items is decoded.
	item := `{"id":"0b0b0b0b-0000-4000-8000-000000000000","type":"resource","href":"https://api.ionos.com/cloudapi/v6/um/resources/image/0b0b0b0b-0000-4000-8000-000000000000"}`
	cloud := newCloud()
	cloud.IONOS.Fault(wrappertest.Fault{OperationID: "umResourcesGet", Effect: wrappertest.Reply(200, nil, `{"id":"resources","items":[`+strings.Repeat(item+",", 9999)+item+`]}`)})
	list, err := ionosClient(t, cloud).ListResources(t.Context())
	require.NoError(t, err)
	assert.Len(t, list.Items, 10_000)
}
