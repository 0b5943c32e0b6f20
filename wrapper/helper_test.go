package wrapper_test

import (
	"iter"
	"net/http"
	"strconv"
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

// firsts are the values of an iterator that must not fail.
func firsts[T any](t testing.TB, all iter.Seq2[T, error]) iter.Seq[T] {
	return func(yield func(T) bool) {
		for value, err := range all {
			require.NoError(t, err)
			if !yield(value) {
				return
			}
		}
	}
}

// capped lets the user list answer at most size users a page, and say so.
func capped(size int) wrappertest.Effect {
	return func(w http.ResponseWriter, r *http.Request, carryOut func() *wrappertest.Answer) {
		query := r.URL.Query()
		query.Set("limit", strconv.Itoa(size))
		r.URL.RawQuery = query.Encode()
		answer := carryOut()
		for name, values := range answer.Header {
			w.Header()[name] = values
		}
		w.WriteHeader(answer.Status)
		_, _ = w.Write(answer.Body)
	}
}
