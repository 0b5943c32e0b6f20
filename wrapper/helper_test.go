package wrapper_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cloudroster/cloudroster/gen"
	"github.com/cloudroster/cloudroster/wrapper"
	"github.com/cloudroster/cloudroster/wrapper/wrappertest"
)

// ionosClient reaches the IONOS side in memory; WithHTTPClient(nil) lets it use sockets.
func ionosClient(t testing.TB, cloud *wrappertest.Cloud, opts ...wrapper.Option) *wrapper.IONOS {
	t.Helper()
	client, err := wrapper.NewIONOS(wrapper.TokenAuth(wrappertest.Token), append([]wrapper.Option{
		wrapper.WithBaseURL(cloud.IONOS.URL()), wrapper.WithHTTPClient(cloud.HTTPClient()),
	}, opts...)...)
	require.NoError(t, err)
	return client
}

// tritonClient is a client for the cloud's Triton side, with the account's own key.
func tritonClient(t testing.TB, cloud *wrappertest.Cloud, opts ...wrapper.Option) *wrapper.Triton {
	t.Helper()
	signer, err := wrapper.NewSigner(cloud.Triton.Key())
	require.NoError(t, err)
	auth, err := wrapper.SignatureAuth(wrappertest.Account, signer)
	require.NoError(t, err)
	client, err := wrapper.NewTriton(cloud.Triton.URL(), wrappertest.Account, auth,
		append([]wrapper.Option{wrapper.WithHTTPClient(cloud.HTTPClient())}, opts...)...)
	require.NoError(t, err)
	return client
}

// jo is a complete IONOS user.
func jo() gen.UserCreateProperties {
	return gen.UserCreateProperties{FirstName: "Jo", LastName: "Doe", Email: "jo@example.com", Password: "correct-horse-1"}
}

// joTriton is a complete Triton user.
func joTriton() gen.TritonUserCreate {
	return gen.TritonUserCreate{Login: "jo.doe", Email: "jo@example.com", Password: "correct-horse-1"}
}

// created creates jo and waits.
func created(t testing.TB, ctx context.Context, client *wrapper.IONOS) *gen.User {
	t.Helper()
	user, operation, err := client.CreateUser(ctx, jo())
	require.NoError(t, err)
	require.NoError(t, operation.Wait(ctx))
	return user
}
