package contract

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// FuzzTraffic: whatever is sent and returned passes unchanged, and nothing makes the check panic.
func FuzzTraffic(f *testing.F) {
	for _, made := range talks {
		k := made()
		f.Add(k.method, strings.TrimPrefix(strings.TrimPrefix(k.url, ionosURL), tritonURL), k.body, k.status, k.returnedHeader.Get("Location"), k.response)
	}
	f.Add("GET", "/um/users?limit=%zz", "", 200, "%zz", `{"items":[null],"offset":1e999,"_links":[]}`)
	f.Add("PUT", "/um/groups//shares/..", "{", 99, "", "")
	f.Fuzz(func(t *testing.T, method, path, body string, status int, location, response string) {
		url := parseURL("https://host" + path)
		if url == nil {
			t.Skip()
		}
		k := &talk{body: body, status: status, response: response, returnedHeader: http.Header{"Content-Type": {"application/json"}, "Location": {location}}}
		r := &http.Request{
			Method: method, URL: url, Header: http.Header{"Content-Type": {"application/json"}},
			Body: io.NopCloser(strings.NewReader(body)),
		}
		var coverage Coverage
		transport := Transport(roundTripper(func(r *http.Request) (*http.Response, error) {
			arrived, err := io.ReadAll(r.Body)
			require.NoError(t, err)
			require.Equal(t, body, string(arrived))
			return k.respond(r)
		}), func(finding Finding) { require.NotEmpty(t, finding.Rule) }, WithCoverage(&coverage), WithBodyLimit(1<<10))
		resp, err := transport.RoundTrip(r)
		require.NoError(t, err)
		data, err := io.ReadAll(resp.Body)
		require.NoError(t, err)
		require.NoError(t, resp.Body.Close())
		require.Equal(t, response, string(data))
	})
}
