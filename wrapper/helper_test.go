package wrapper_test

import (
	"encoding/json"
	"iter"
	"net/http"
	"strconv"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/cloudroster/cloudroster/gen"
	"github.com/cloudroster/cloudroster/wrapper"
	"github.com/cloudroster/cloudroster/wrapper/wrappertest"
)

// ionosClient reaches the IONOS side in memory; WithHTTPClient(nil) lets it use sockets.
func ionosClient(t testing.TB, cloud *wrappertest.Cloud, opts ...wrapper.IONOSOption) *wrapper.IONOS {
	t.Helper()
	client, err := wrapper.NewIONOS(wrapper.TokenAuth(wrappertest.Token), append([]wrapper.IONOSOption{
		wrapper.WithBaseURL(cloud.IONOS.URL()), wrapper.WithHTTPClient(cloud.HTTPClient()),
	}, opts...)...)
	require.NoError(t, err)
	return client
}

// tritonClient is a client for the cloud's Triton side, with the account's own key.
func tritonClient(t testing.TB, cloud *wrappertest.Cloud, opts ...wrapper.TritonOption) *wrapper.Triton {
	t.Helper()
	signer, err := wrapper.NewSigner(cloud.Triton.Key())
	require.NoError(t, err)
	auth, err := wrapper.SignatureAuth(wrappertest.Account, signer)
	require.NoError(t, err)
	client, err := wrapper.NewTriton(cloud.Triton.URL(), wrappertest.Account, auth,
		append([]wrapper.TritonOption{wrapper.WithHTTPClient(cloud.HTTPClient())}, opts...)...)
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

// paged lets the user list answer size users a page, whatever was asked for, and say so.
func paged(t testing.TB, cloud *wrappertest.Cloud, size int) wrappertest.Effect {
	return func(w http.ResponseWriter, r *http.Request, _ func() *wrappertest.Response) {
		offset, err := strconv.Atoi(r.URL.Query().Get("offset"))
		assert.NoError(t, err)
		list := gen.UserList{ID: "users", Offset: offset, Limit: size}
		items := []gen.User{}
		all := cloud.IONOS.Users()
		for _, user := range all[min(offset, len(all)):min(offset+size, len(all))] {
			items = append(items, gen.User{ID: user.ID, Properties: gen.UserProperties{Email: user.Email}})
		}
		body, err := json.Marshal(struct {
			gen.UserList
			Items []gen.User `json:"items"`
		}{list, items})
		assert.NoError(t, err)
		_, _ = w.Write(body) // a prefetch that is not needed any more does not read it
	}
}
