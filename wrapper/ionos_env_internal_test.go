package wrapper

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// lastRequest answers every request with an empty user list and keeps the last one.
type lastRequest struct{ last *http.Request }

func (r *lastRequest) RoundTrip(request *http.Request) (*http.Response, error) {
	r.last = request
	return &http.Response{
		StatusCode: http.StatusOK, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(`{"items":[]}`)), Request: request,
	}, nil
}

func TestIONOSFromTheEnvironment(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		env                          map[string]string
		url, authorization, contract string
	}{
		"a token": {
			map[string]string{"IONOS_TOKEN": "tok"},
			"https://api.ionos.com/cloudapi/v6/um/users", "Bearer tok", "",
		},
		"a token beats a password": {
			map[string]string{"IONOS_TOKEN": "tok", "IONOS_USERNAME": "u", "IONOS_PASSWORD": "p"},
			"https://api.ionos.com/cloudapi/v6/um/users", "Bearer tok", "",
		},
		"an empty token is none": {
			map[string]string{"IONOS_TOKEN": "", "IONOS_USERNAME": "u", "IONOS_PASSWORD": "p"},
			"https://api.ionos.com/cloudapi/v6/um/users", "Basic dTpw", "",
		},
		"another host gets the path": {
			map[string]string{"IONOS_TOKEN": "tok", "IONOS_API_URL": "https://gateway.example.com"},
			"https://gateway.example.com/cloudapi/v6/um/users", "Bearer tok", "",
		},
		"a path that is there is not doubled": {
			map[string]string{"IONOS_TOKEN": "tok", "IONOS_API_URL": "https://gateway.example.com/x/cloudapi/v6/"},
			"https://gateway.example.com/x/cloudapi/v6/um/users", "Bearer tok", "",
		},
		"a contract number": {
			map[string]string{"IONOS_TOKEN": "tok", "IONOS_CONTRACT_NUMBER": "31884391"},
			"https://api.ionos.com/cloudapi/v6/um/users", "Bearer tok", "31884391",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			seen := &lastRequest{}
			client, err := newIONOSFromEnv(func(name string) string { return tc.env[name] }, WithHTTPClient(&http.Client{Transport: seen}))
			require.NoError(t, err)
			_, err = client.ListUsers(t.Context())
			require.NoError(t, err)
			url := *seen.last.URL
			url.RawQuery = ""
			assert.Equal(t, tc.url, url.String())
			assert.Equal(t, tc.authorization, seen.last.Header.Get("Authorization"))
			assert.Equal(t, tc.contract, seen.last.Header.Get("X-Contract-Number"))
		})
	}
}

func TestIncompleteEnvironmentIsNamed(t *testing.T) {
	t.Parallel()
	for want, env := range map[string]map[string]string{
		"IONOS_TOKEN":           {},
		"IONOS_PASSWORD":        {"IONOS_USERNAME": "u"},
		"IONOS_USERNAME":        {"IONOS_PASSWORD": "hunter-2-secret"},
		"IONOS_CONTRACT_NUMBER": {"IONOS_TOKEN": "t", "IONOS_CONTRACT_NUMBER": "x31"},
		"contract number":       {"IONOS_TOKEN": "t", "IONOS_CONTRACT_NUMBER": "0"},
		"base URL":              {"IONOS_TOKEN": "t", "IONOS_API_URL": "http://gateway.example.com"},
	} {
		_, err := newIONOSFromEnv(func(name string) string { return env[name] })
		require.ErrorIs(t, err, ErrInvalid, want)
		require.ErrorContains(t, err, want)
		assert.NotContains(t, err.Error(), "hunter-2-secret")
	}
}
