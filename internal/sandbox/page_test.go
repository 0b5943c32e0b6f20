package sandbox

import (
	"image/color"
	"image/png"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/cloudroster/cloudroster/gen"
	"github.com/cloudroster/cloudroster/wrapper"
)

// busy is a sandbox in which there is something of everything that the page shows.
func busy(t *testing.T) *serving {
	t.Helper()
	s := serve(t, "-control", ":0", "-contract", "-queued", "100h", "-running", "100h")
	c := s.control(t)
	c.must("PUT", "/v1/state", `{
	  "ionos": {
	    "users": [
	      {"firstname": "Ann", "lastname": "Lee", "email": "ann@example.com", "password": "planted-secret", "administrator": true},
	      {"firstname": "Bo", "lastname": "Ek & <Sons>", "email": "bo@example.com", "inactive": true}],
	    "groups": [
	      {"name": "operators", "members": ["ann@example.com", "bo@example.com"], "shares": [{"resourceId": "22222222-2222-4222-8222-222222222222", "editPrivilege": true}]},
	      {"name": "auditors", "members": ["ann@example.com"]}],
	    "resources": [{"id": "22222222-2222-4222-8222-222222222222", "type": "datacenter", "name": "Frankfurt one"}]
	  },
	  "triton": {
	    "users": [{"login": "ann_lee", "email": "ann@example.com", "firstName": "Ann", "lastName": "Lee", "password": "planted-secret", "roles": ["readers"]}],
	    "roles": [{"name": "readers"}]
	  }
	}`)
	ionos, triton := s.ionosClient(t, wrapper.WithRetry(wrapper.RetryPolicy{MaxAttempts: 1})), s.tritonClient(t)
	c.must("POST", "/v1/outcomes", `{"failed": true, "queued": "1s", "running": "1s"}`)
	for _, name := range []string{"Jo", "Max", "Eva"} {
		_, _, err := ionos.CreateUser(t.Context(), gen.UserCreateProperties{FirstName: name, LastName: "Meier", Email: strings.ToLower(name) + "@example.com", Password: "planted-secret"})
		require.NoError(t, err)
		c.must("POST", "/v1/time", `{"advance": "5000m"}`)
	}
	c.must("POST", "/v1/faults", `{"cloud": "ionos", "operationId": "umUsersFindById", "effect": "html", "status": 502, "times": 3}`)
	c.must("POST", "/v1/faults", `{"cloud": "triton", "operationId": "CreateTritonUser", "attempt": 2, "after": true, "effect": "resetConnection"}`)
	_, err := ionos.GetUser(t.Context(), "11111111-1111-4111-8111-111111111111")
	require.Error(t, err)
	_, err = triton.Users().Create(t.Context(), jo)
	require.NoError(t, err)
	_, err = triton.GetUser(t.Context(), "nobody")
	require.ErrorIs(t, err, wrapper.ErrNotFound)
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.variables["IONOS_API_URL"]+"/um/groups?token=planted-secret", nil)
	require.NoError(t, err)
	request.Header.Set("Authorization", "Bearer planted-secret")
	response, err := http.DefaultClient.Do(request)
	require.NoError(t, err)
	require.NoError(t, response.Body.Close())
	return s
}

var (
	sections = regexp.MustCompile(`(?s)<section id="([a-z-]+)".*?</section>`)
	tags     = regexp.MustCompile(`(?s)<[^>]*>`)
	blanks   = regexp.MustCompile(`\s+`)
)

// sectionsOf returns the text of each section of a page.
func sectionsOf(html string) map[string]string {
	texts := map[string]string{}
	for _, section := range sections.FindAllStringSubmatch(html, -1) {
		texts[section[1]] = strings.TrimSpace(blanks.ReplaceAllString(tags.ReplaceAllString(section[0], " "), " "))
	}
	return texts
}

func checkPage(t *testing.T, html string) {
	t.Helper()
	texts := sectionsOf(html)
	for section, wants := range map[string][]string{
		"ionos-users":  {"IONOS users (6)", "Ann Lee ann@example.com active, administrator", "bo@example.com inactive"},
		"triton-users": {"Triton users (2)", "ann_lee Ann Lee ann@example.com readers", "jo_meier"},
		"groups":       {"Groups (2)", "operators ann@example.com, bo@example.com", "auditors ann@example.com"},
		"shares":       {"Shares (1)", "operators Frankfurt one datacenter read, edit"},
		"accepted":     {"Accepted IONOS changes (3)", "umUsersPost POST /um/users", "83% RUNNING", "41% QUEUED", "100% FAILED"},
		"faults":       {"Faults in force (2)", "ionos umUsersFindById html 502 any 3 1", "triton CreateTritonUser resetConnection, after the change 2 1 0"},
		"findings":     {"Contract findings (1)", "unknown-parameter"},
		"requests":     {"Last requests (7 of 7 kept)", "umUsersFindById fault", "GET /acme/users/nobody GetTritonUser 404", "POST /cloudapi/v6/um/users umUsersPost 202"},
	} {
		for _, want := range wants {
			assert.Contains(t, texts[section], want)
		}
	}
	assert.NotContains(t, html, "planted-secret")
	assert.Contains(t, html, "Bo Ek &amp; &lt;Sons&gt;")
}

func TestThePage(t *testing.T) {
	t.Parallel()
	s := busy(t)
	response, err := http.Get(s.variables["CLOUDROSTER_CONTROL_URL"] + "/")
	require.NoError(t, err)
	defer response.Body.Close()
	html, err := io.ReadAll(response.Body)
	require.NoError(t, err)
	assert.Equal(t, "text/html; charset=utf-8", response.Header.Get("Content-Type"))
	assert.Contains(t, response.Header.Get("Content-Security-Policy"), "default-src 'none'")
	checkPage(t, string(html))
}

// A browser renders the page, in light and dark. With CLOUDROSTER_SCREENSHOT it writes what it
// shows to that file, for docs/sandbox.png.
func TestThePageInABrowser(t *testing.T) {
	t.Parallel()
	chromium, err := exec.LookPath("chromium")
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal("chromium must be installed in continuous integration")
		}
		t.Skip("chromium is not installed")
	}
	s := busy(t)
	run := func(args ...string) string {
		args = append([]string{
			"--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--hide-scrollbars", "--disable-background-networking",
			"--disable-component-update", "--disable-sync", "--user-data-dir=" + t.TempDir(),
		}, args...)
		out, err := exec.CommandContext(t.Context(), chromium, append(args, s.variables["CLOUDROSTER_CONTROL_URL"]+"/")...).Output()
		require.NoError(t, err)
		return string(out)
	}
	checkPage(t, run("--dump-dom"))
	light, dark := filepath.Join(t.TempDir(), "light.png"), filepath.Join(t.TempDir(), "dark.png")
	if name := os.Getenv("CLOUDROSTER_SCREENSHOT"); name != "" {
		light = name
	}
	run("--screenshot="+light, "--window-size=1280,1400")
	run("--screenshot="+dark, "--window-size=1280,1400", "--force-dark-mode", "--blink-settings=preferredColorScheme=0")
	assert.Greater(t, brightness(t, light), 0.7)
	assert.Less(t, brightness(t, dark), 0.3)
}

// brightness is the mean of an image, 0 for black and 1 for white.
func brightness(t *testing.T, name string) float64 {
	t.Helper()
	file, err := os.Open(name)
	require.NoError(t, err)
	defer file.Close()
	picture, err := png.Decode(file)
	require.NoError(t, err)
	sum, n, bounds := 0.0, 0, picture.Bounds()
	for y := bounds.Min.Y; y < bounds.Max.Y; y += 4 {
		for x := bounds.Min.X; x < bounds.Max.X; x += 4 {
			gray, _, _, _ := color.Gray16Model.Convert(picture.At(x, y)).RGBA()
			sum += float64(gray) / 0xffff
			n++
		}
	}
	return sum / float64(n)
}
