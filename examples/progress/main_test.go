package main

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/cloudroster/cloudroster/wrapper"
	"github.com/cloudroster/cloudroster/wrapper/wrappertest"
)

// No goroutine may be left when all tests have ended.
func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func newCloud(t *testing.T) *wrappertest.Cloud {
	t.Helper()
	cloud := wrappertest.New(wrappertest.WithRequestTimes(5*time.Second, 10*time.Second))
	t.Cleanup(cloud.Close)
	return cloud
}

// program is a freshly started program: nothing of an earlier one is in it.
func program(t *testing.T, cloud *wrappertest.Cloud) http.Handler {
	t.Helper()
	client, err := wrapper.NewIONOS(wrapper.TokenAuth(wrappertest.Token), wrapper.WithHTTPClient(cloud.HTTPClient()))
	require.NoError(t, err)
	return newHandler(client)
}

func post(ctx context.Context, h http.Handler, email string, header http.Header) *http.Response {
	form := url.Values{"firstname": {"Jo"}, "lastname": {"Lee"}, "email": {email}, "password": {"correct-horse-9"}}
	r := httptest.NewRequestWithContext(ctx, http.MethodPost, "/users", strings.NewReader(form.Encode()))
	r.Header = header.Clone()
	if r.Header == nil {
		r.Header = http.Header{}
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w.Result()
}

func get(ctx context.Context, h http.Handler, path string) string {
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequestWithContext(ctx, http.MethodGet, path, nil))
	return w.Body.String()
}

func TestTheProgressSurvivesARestart(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		cloud := newCloud(t)
		resp := post(t.Context(), program(t, cloud), "jo@example.com", nil)
		require.Equal(t, http.StatusSeeOther, resp.StatusCode)
		place := resp.Header.Get("Location")
		require.Regexp(t, `^/operations/[0-9a-f-]{36}$`, place)

		// The first program is stopped while the request is queued.
		first, stop := context.WithTimeout(t.Context(), 4*time.Second)
		defer stop()
		assert.Equal(t, "data: {\"state\":\"QUEUED\",\"final\":false}\n\n", get(first, program(t, cloud), place+"/events"))

		events := get(t.Context(), program(t, cloud), place+"/events")
		assert.Equal(t, 1, strings.Count(events, `"state":"RUNNING"`))
		assert.True(t, strings.HasSuffix(events, "data: {\"state\":\"DONE\",\"final\":true}\n\n"), events)
		assert.Contains(t, get(t.Context(), program(t, cloud), place), "<code id=\"id\">"+strings.TrimPrefix(place, "/operations/"))
	})
}

func TestAFailureIsShown(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		cloud := newCloud(t)
		cloud.IONOS.FailNext("umUsersPost")
		h := program(t, cloud)
		place := post(t.Context(), h, "jo@example.com", nil).Header.Get("Location")
		events := get(t.Context(), h, place+"/events")
		assert.Contains(t, events, `"error":"`)
		assert.True(t, strings.HasSuffix(events, "\"final\":true}\n\n"), events)
		assert.NotContains(t, events, "correct-horse-9")
	})
}

func TestWhatCannotBeCreatedIsSaid(t *testing.T) {
	t.Parallel()
	cloud := newCloud(t)
	h := program(t, cloud)
	resp := post(t.Context(), h, "", nil)
	body, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	assert.Equal(t, http.StatusUnprocessableEntity, resp.StatusCode)
	assert.Contains(t, string(body), "email")

	resp = post(t.Context(), h, "jo@example.com", http.Header{"Sec-Fetch-Site": {"cross-site"}})
	assert.Equal(t, http.StatusForbidden, resp.StatusCode)
	assert.Empty(t, cloud.IONOS.Users())
}

func TestAnIDIsEscaped(t *testing.T) {
	t.Parallel()
	page := get(t.Context(), program(t, newCloud(t)), "/operations/"+url.PathEscape(`<script>x</script>`))
	assert.NotContains(t, page, "<script>x")
	assert.Contains(t, page, "&lt;script&gt;x")
}

// It sets variables of the process, so it does not run in parallel.
func TestACloudThatIsNamedInPartIsAnError(t *testing.T) {
	for _, variable := range os.Environ() {
		if name, _, _ := strings.Cut(variable, "="); strings.HasPrefix(name, "IONOS_") {
			t.Setenv(name, "")
		}
	}
	t.Setenv("HOME", t.TempDir())
	_, about, err := connect()
	require.NoError(t, err)
	assert.Contains(t, about, "in memory")
	t.Setenv("IONOS_CONTRACT_NUMBER", "31")
	_, _, err = connect()
	require.ErrorContains(t, err, "IONOS_TOKEN")
	t.Setenv("IONOS_TOKEN", "token")
	_, about, err = connect()
	require.NoError(t, err)
	assert.Equal(t, "Using IONOS Cloud, as named by the environment.", about)
}
