package sandbox

import (
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/cloudroster/cloudroster/gen"
	"github.com/cloudroster/cloudroster/wrapper"
	"github.com/cloudroster/cloudroster/wrapper/wrappertest"
)

func TestHealthNeedsNoCredentials(t *testing.T) {
	t.Parallel()
	s := serve(t)
	for _, name := range []string{"IONOS_API_URL", "TRITON_URL"} {
		u, err := url.Parse(s.variables[name])
		require.NoError(t, err)
		response, err := http.Get("http://" + u.Host + healthPath)
		require.NoError(t, err)
		body, err := io.ReadAll(response.Body)
		require.NoError(t, err)
		require.NoError(t, response.Body.Close())
		assert.Equal(t, "ok\n", string(body))
	}
}

// A log line holds no query, header or body.
func TestRequestsAreLogged(t *testing.T) {
	t.Parallel()
	s := serve(t, "-log=json")
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.variables["IONOS_API_URL"]+"/um/users?filter.email=secret-1", nil)
	require.NoError(t, err)
	request.Header.Set("Authorization", "Bearer secret-2")
	response, err := http.DefaultClient.Do(request)
	require.NoError(t, err)
	require.NoError(t, response.Body.Close())
	_, err = s.tritonClient(t).GetUser(t.Context(), "nobody")
	require.ErrorIs(t, err, wrapper.ErrNotFound)
	_, err = s.stop()
	require.NoError(t, err)
	assert.Contains(t, s.stderr.String(), `"cloud":"ionos","method":"GET","path":"/cloudapi/v6/um/users","status":401`)
	assert.Contains(t, s.stderr.String(), `"cloud":"triton","method":"GET","path":"/acme/users/nobody","status":404`)
	assert.NotContains(t, s.stderr.String(), "secret")
}

func TestRatesAreEnforced(t *testing.T) {
	t.Parallel()
	s := serve(t, "-rate", "2/1", "-triton-rate", "1/1")
	once := wrapper.WithRetry(wrapper.RetryPolicy{MaxAttempts: 1})
	ionos, triton := s.ionosClient(t, once), s.tritonClient(t, once)
	var lastIONOS, lastTriton error
	for range 3 {
		_, lastIONOS = ionos.GetUser(t.Context(), "11111111-1111-4111-8111-111111111111")
	}
	for n := 0; n < 100 && !errors.Is(lastTriton, wrapper.ErrRateLimited); n++ {
		_, lastTriton = triton.GetUser(t.Context(), "nobody")
	}
	assert.ErrorIs(t, lastIONOS, wrapper.ErrRateLimited)
	assert.ErrorIs(t, lastTriton, wrapper.ErrRateLimited)
}

func TestTheCloudsBehaveAsTheFlagsSay(t *testing.T) {
	t.Parallel()
	s := serve(t, "-seed", write(t, "seed.json", fullState), "-control", ":0", "-triton-list-limit", "1", "-triton-stale", "1h", "-entity-items", "-strict-depth")
	triton := s.tritonClient(t)
	_, err := triton.GetUser(t.Context(), "third") // what is read for an hour
	require.ErrorIs(t, err, wrapper.ErrNotFound)
	for _, login := range []string{"second", "third"} {
		_, err = triton.CreateUser(t.Context(), gen.TritonUserCreate{Login: login, Email: login + "@example.com", Password: "correct-horse-9"})
		require.NoError(t, err)
	}
	_, err = triton.GetUser(t.Context(), "third")
	require.ErrorIs(t, err, wrapper.ErrNotFound, "reads are stale")
	s.control(t).must("POST", "/v1/time", `{"advance": "2h"}`)
	_, err = triton.GetUser(t.Context(), "third")
	require.NoError(t, err)
	users, err := triton.ListUsers(t.Context())
	require.NoError(t, err)
	assert.Len(t, users, 1)

	get := func(path string) (int, string) {
		request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.variables["IONOS_API_URL"]+path, nil)
		require.NoError(t, err)
		request.Header.Set("Authorization", "Bearer "+wrappertest.Token)
		response, err := http.DefaultClient.Do(request)
		require.NoError(t, err)
		defer response.Body.Close()
		body, err := io.ReadAll(response.Body)
		require.NoError(t, err)
		return response.StatusCode, string(body)
	}
	status, body := get("/um/users/11111111-1111-4111-8111-111111111111?depth=1")
	assert.Equal(t, 200, status)
	assert.Contains(t, body, `"items": [`, "entities have items")
	status, _ = get("/um/users?depth=2")
	assert.Equal(t, 422, status)
}

// A response that is wrong on purpose is no finding; a request that is wrong is one all the same.
func TestFaultsAreNotHeldToTheContract(t *testing.T) {
	t.Parallel()
	s := serve(t, "-contract", "-control", ":0")
	s.control(t).must("POST", "/v1/faults", `{"cloud": "ionos", "effect": "reply", "status": 200, "body": "{\"id\": 7}", "header": {"Content-Type": ["application/json"]}}`)
	for _, path := range []string{"/um/users", "/um/users?x=1"} {
		s.getIONOS(t, path)
	}
	status, err := s.stop()
	require.NoError(t, err)
	assert.Equal(t, violated, status)
	assert.Equal(t, 1, strings.Count(s.stderr.String(), "contract: "), s.stderr.String())
	assert.Contains(t, s.stderr.String(), "request query")
}

func TestWebPagesOfNamedOriginsMayUseTheClouds(t *testing.T) {
	t.Parallel()
	const page = "http://localhost:5173"
	s := serve(t, "-cors", page, "-cors", "https://app.example.com")
	send := func(method, origin string, header ...string) *http.Response {
		request, err := http.NewRequestWithContext(t.Context(), method, s.variables["IONOS_API_URL"]+"/um/users", nil)
		require.NoError(t, err)
		request.Header.Set("Origin", origin)
		request.Header.Set("Authorization", "Bearer "+wrappertest.Token)
		for i := 0; i < len(header); i += 2 {
			request.Header.Set(header[i], header[i+1])
		}
		response, err := http.DefaultClient.Do(request)
		require.NoError(t, err)
		require.NoError(t, response.Body.Close())
		return response
	}
	preflight := send(http.MethodOptions, page, "Access-Control-Request-Method", "POST", "Access-Control-Request-Headers", "authorization,content-type")
	assert.Equal(t, http.StatusNoContent, preflight.StatusCode)
	assert.Equal(t, page, preflight.Header.Get("Access-Control-Allow-Origin"))
	assert.Contains(t, preflight.Header.Get("Access-Control-Allow-Methods"), "DELETE")
	assert.Equal(t, "authorization,content-type", preflight.Header.Get("Access-Control-Allow-Headers"))
	got := send(http.MethodGet, "https://app.example.com")
	assert.Equal(t, http.StatusOK, got.StatusCode)
	assert.Equal(t, "https://app.example.com", got.Header.Get("Access-Control-Allow-Origin"))
	assert.Contains(t, got.Header.Get("Access-Control-Expose-Headers"), "Location")
	assert.Contains(t, got.Header.Values("Vary"), "Origin")
	for _, other := range []string{"http://localhost:5174", "null", "https://localhost:5173"} {
		assert.Empty(t, send(http.MethodGet, other).Header.Get("Access-Control-Allow-Origin"), other)
	}
}

func TestViolationsOfTheContractEndInAStatus(t *testing.T) {
	t.Parallel()
	s := serve(t, "-contract")
	_, err := s.ionosClient(t).Users().Create(t.Context(), jo)
	require.NoError(t, err)
	response, err := http.Get(s.variables["TRITON_URL"] + "/--ping") // beside the document
	require.NoError(t, err)
	require.NoError(t, response.Body.Close())
	assert.Empty(t, s.stderr.String())
	for _, path := range []string{"/um/users?depht=1", "/um/userz"} {
		s.getIONOS(t, path)
	}
	status, err := s.stop()
	require.NoError(t, err)
	assert.Equal(t, violated, status)
	assert.Contains(t, s.stderr.String(), "(umUsersGet): request query (a name of 5 bytes): ")
	assert.Contains(t, s.stderr.String(), "[unknown-operation]")
	assert.Contains(t, s.stderr.String(), "2 contract violations\n")
}

// getIONOS sends a request that no client makes, whatever its response.
func (s *serving) getIONOS(t *testing.T, path string) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.variables["IONOS_API_URL"]+path, nil)
	require.NoError(t, err)
	request.Header.Set("Authorization", "Bearer "+wrappertest.Token)
	response, err := http.DefaultClient.Do(request)
	require.NoError(t, err)
	require.NoError(t, response.Body.Close())
}
