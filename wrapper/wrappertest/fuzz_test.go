package wrappertest_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cloudroster/cloudroster/wrapper/wrappertest"
)

// No header that was not made with the key gets past the verifier, and none breaks it.
func FuzzAuthorizationOfTriton(f *testing.F) {
	const parts = `Signature keyId="/acme/keys/first",algorithm="ed25519-sha512",headers="(request-target) date",signature="AAAA"`
	for _, seed := range []string{
		"", "Signature", parts, strings.ToLower(parts), parts + ",", parts + parts, strings.Replace(parts, "date", "", 1),
		strings.Replace(parts, "(request-target) date", "date date date", 1), `Signature keyId="//keys/",algorithm="rsa-sha1",signature=""`,
		`Signature keyId="/acme/users/%zz/keys/x",algorithm="ecdsa-sha256",signature="MAYCAQECAQE="`, "Basic YTpi",
		strings.Replace(parts, "first", "%66irst", 1), strings.Replace(parts, "date", "date authorization", 1),
	} {
		f.Add(seed)
	}
	cloud := wrappertest.New()
	for name, key := range testKeys() {
		cloud.Triton.AddKey(name, key.Public())
	}
	f.Fuzz(func(t *testing.T, header string) {
		cloud.Triton.ForgetRequests()
		r := httptest.NewRequest("GET", "/my/users", nil)
		r.Header["Authorization"] = []string{header}
		r.Header.Set("Date", time.Now().UTC().Format(http.TimeFormat))
		answer := httptest.NewRecorder()
		cloud.Triton.ServeHTTP(answer, r)
		require.Contains(t, []int{400, 401}, answer.Code, "%q", header)
	})
}

// Whatever path is asked for, nobody without credentials gets anything, and an
// owner never gets a server error.
func FuzzPaths(f *testing.F) {
	for _, seed := range []string{"/um/users", "/um/users/..", "/um/groups/a/shares/%2f", "/requests//status", "/um/resources/", "/%", "//", "/um/users/\x00"} {
		f.Add(seed)
	}
	cloud := wrappertest.New()
	f.Fuzz(func(t *testing.T, path string) {
		cloud.IONOS.ForgetRequests()
		for _, authorization := range []string{"", "Bearer " + wrappertest.Token} {
			r := httptest.NewRequest("GET", "/", nil)
			r.URL = &url.URL{Path: "/cloudapi/v6" + path}
			r.Header.Set("Authorization", authorization)
			answer := httptest.NewRecorder()
			cloud.IONOS.ServeHTTP(answer, r)
			if authorization == "" {
				require.Equal(t, 401, answer.Code)
			} else {
				require.Less(t, answer.Code, 500)
			}
		}
	})
}

func FuzzParsePublicKey(f *testing.F) {
	for _, seed := range []string{
		"", "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAAAAQE=", "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHc=", "ecdsa-sha2-nistp256 AAAA",
		"-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=\n-----END PUBLIC KEY-----\n",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		key, err := wrappertest.ParsePublicKey([]byte(text))
		if err == nil {
			require.Len(t, wrappertest.Fingerprint(key), 47)
		}
	})
}
