package wrappertest_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/cloudroster/cloudroster/wrapper/wrappertest"
)

// testKeys are one key of each kind. Making an RSA key takes longest.
var testKeys = sync.OnceValue(func() map[string]crypto.Signer {
	must := func(key crypto.Signer, err error) crypto.Signer {
		if err != nil {
			panic(err)
		}
		return key
	}
	curve := func(curve elliptic.Curve) crypto.Signer {
		key, err := ecdsa.GenerateKey(curve, rand.Reader)
		return must(key, err)
	}
	rsaKey, err := rsa.GenerateKey(rand.Reader, 2048)
	keys := map[string]crypto.Signer{
		"rsa": must(rsaKey, err), "p256": curve(elliptic.P256()), "p384": curve(elliptic.P384()), "p521": curve(elliptic.P521()),
	}
	_, private, err := ed25519.GenerateKey(rand.Reader)
	keys["ed25519"] = must(private, err)
	return keys
})

func TestSignaturesOfEveryKeyAndAlgorithm(t *testing.T) {
	t.Parallel()
	fits := map[string]string{"rsa": "rsa-", "p256": "ecdsa-", "p384": "ecdsa-", "p521": "ecdsa-", "ed25519": "ed25519-"}
	c := inMemory(t)
	for name, key := range testKeys() {
		c.cloud.Triton.AddKey(name, key.Public())
		for _, algorithm := range []string{"rsa-sha1", "rsa-sha256", "rsa-sha512", "ecdsa-sha256", "ecdsa-sha512", "ed25519-sha512"} {
			for _, id := range []string{name, wrappertest.Fingerprint(key.Public())} {
				r := c.request(t.Context(), "GET", c.cloud.Triton.URL()+"/acme/users?as-role=a", "")
				c.sign(r, key, algorithm, "/acme/keys/"+id)
				got, err := c.do(r)
				require.NoError(t, err)
				want := 401
				if strings.HasPrefix(algorithm, fits[name]) {
					want = 200
				}
				assert.Equal(t, want, got.StatusCode, "%s %s %s", name, algorithm, got.text)
			}
		}
	}
}

func TestSignatureRefusals(t *testing.T) {
	t.Parallel()
	c := inMemory(t)
	c.cloud.Triton.AddUser(wrappertest.SubUser{Login: "bob", Email: "bob@example.com", DefaultRoles: []string{"ops"}})
	c.cloud.Triton.AddRole("ops", "CAN listusers")
	key := c.cloud.Triton.Key()
	other := testKeys()["ed25519"]
	c.cloud.Triton.AddUserKey("bob", "laptop", other.Public())
	c.cloud.Triton.AddUserKey("removed", "laptop", other.Public())
	id := "/acme/keys/" + wrappertest.KeyName
	signed := func(key crypto.Signer, keyID string) func(*http.Request) {
		return func(r *http.Request) { c.sign(r, key, "ed25519-sha512", keyID) }
	}
	edit := func(change func(header string) string) func(*http.Request) {
		return func(r *http.Request) {
			signed(key, id)(r)
			r.Header.Set("Authorization", change(r.Header.Get("Authorization")))
		}
	}
	swap := func(old, with string) func(*http.Request) {
		return edit(func(header string) string {
			require.Contains(t, header, old)
			return strings.Replace(header, old, with, 1)
		})
	}
	none := func(*http.Request) {}
	for name, test := range map[string]struct {
		sign   func(*http.Request)
		status int
		code   string
		after  func(*http.Request)
	}{
		"good":                      {signed(key, id), 200, "", none},
		"sub-user":                  {signed(other, "/acme/users/bob/keys/laptop"), 200, "", none},
		"account as uuid":           {signed(key, "/"+c.cloud.Triton.AccountID()+"/keys/"+wrappertest.KeyName), 200, "", none},
		"scheme in lower case":      {swap("Signature ", "signature "), 200, "", none},
		"none":                      {none, 401, "InvalidCredentials", none},
		"another scheme":            {swap("Signature ", "Bearer "), 400, "InvalidHeader", none},
		"malformed":                 {swap(`keyId="`, `keyId=`), 400, "InvalidHeader", none},
		"no algorithm":              {swap("algorithm=", "algo="), 400, "InvalidHeader", none},
		"unknown algorithm":         {swap("ed25519-sha512", "hmac-sha256"), 400, "InvalidHeader", none},
		"date unsigned":             {swap(`"(request-target) date"`, `"(request-target)"`), 400, "InvalidHeader", none},
		"signs a header not sent":   {swap(`date"`, `date x-other"`), 400, "InvalidHeader", none},
		"only date said to be used": {swap(`(request-target) date`, `date`), 401, "InvalidCredentials", none},
		"not base64":                {edit(func(h string) string { return h[:len(h)-1] + `*"` }), 401, "InvalidCredentials", none},
		"another key":               {signed(other, id), 401, "InvalidCredentials", none},
		"unknown key":               {signed(key, "/acme/keys/other"), 401, "InvalidCredentials", none},
		"no key":                    {signed(key, "/acme/keys/"), 401, "InvalidCredentials", none},
		"unknown account":           {signed(key, "/other/keys/"+wrappertest.KeyName), 401, "InvalidCredentials", none},
		"my in the keyId":           {signed(key, "/my/keys/"+wrappertest.KeyName), 401, "InvalidCredentials", none},
		"MD5: before fingerprint":   {signed(key, "/acme/keys/MD5:"+wrappertest.Fingerprint(key.Public())), 401, "InvalidCredentials", none},
		"no slash first":            {signed(key, strings.TrimPrefix(id, "/")), 401, "InvalidCredentials", none},
		"path of something else":    {signed(key, "/acme/roles/"+wrappertest.KeyName), 401, "InvalidCredentials", none},
		"account key as sub-user":   {signed(key, "/acme/users/bob/keys/"+wrappertest.KeyName), 401, "InvalidCredentials", none},
		"sub-user key as account":   {signed(other, "/acme/keys/laptop"), 401, "InvalidCredentials", none},
		"sub-user that is gone":     {signed(other, "/acme/users/removed/keys/laptop"), 401, "InvalidCredentials", none},
		"empty sub-user":            {signed(other, "/acme/users//keys/laptop"), 401, "InvalidCredentials", none},
		"target changed":            {signed(key, id), 401, "InvalidCredentials", func(r *http.Request) { r.URL.RawQuery = "as-role=admin" }},
		"method changed":            {signed(key, id), 401, "InvalidCredentials", func(r *http.Request) { r.Method = "HEAD" }},
		"date changed": {signed(key, id), 401, "InvalidCredentials", func(r *http.Request) {
			r.Header.Set("Date", time.Now().Add(time.Second).UTC().Format(http.TimeFormat))
		}},
		"date missing": {signed(key, id), 400, "InvalidHeader", func(r *http.Request) { r.Header.Del("Date") }},
		"date garbage": {signed(key, id), 400, "InvalidHeader", func(r *http.Request) { r.Header.Set("Date", "today") }},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := c.request(t.Context(), "GET", c.cloud.Triton.URL()+"/my/users", "")
			test.sign(r)
			test.after(r)
			got, err := c.do(r)
			require.NoError(t, err)
			assert.Equal(t, test.status, got.StatusCode, "%s", got.text)
			if test.code != "" && r.Method != "HEAD" {
				code, _ := tritonRefusal(t, got)
				assert.Equal(t, test.code, code)
			}
		})
	}
}

func TestClockSkewWindow(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := inMemory(t)
		for offset, status := range map[time.Duration]int{
			0: 200, 300 * time.Second: 200, -300 * time.Second: 200, 301 * time.Second: 400, -301 * time.Second: 400, -time.Hour: 400,
		} {
			for _, zone := range []string{"GMT", "UTC"} {
				date := strings.Replace(time.Now().Add(offset).UTC().Format(http.TimeFormat), "GMT", zone, 1)
				got := c.with("Date", date).triton("GET", "/acme/users", "")
				assert.Equal(t, status, got.StatusCode, "%v %s", offset, zone)
				if status != 200 {
					code, _ := tritonRefusal(t, got)
					assert.Equal(t, "InvalidHeader", code)
				}
				now, err := http.ParseTime(got.Header.Get("Date"))
				require.NoError(t, err, "the answer's date lets a client measure the skew")
				assert.Equal(t, time.Now().UTC().Truncate(time.Second), now.UTC())
			}
		}
	})
}

func TestKeysFollowARenamedSubUser(t *testing.T) {
	t.Parallel()
	c := inMemory(t)
	id := c.cloud.Triton.AddUser(wrappertest.SubUser{Login: "bob", Email: "bob@example.com"})
	c.cloud.Triton.AddUserKey("bob", "laptop", c.cloud.Triton.Key().Public())
	require.Equal(t, 200, c.triton("POST", "/my/users/"+id, `{"login":"rob"}`).StatusCode)
	assert.Equal(t, 409, c.triton("DELETE", "/my/users/rob", "").StatusCode)
	c.cloud.Triton.RemoveKeys("rob")
	assert.Equal(t, 204, c.triton("DELETE", "/my/users/rob", "").StatusCode)
}

func TestAccountKeysCanBeGivenAsOptions(t *testing.T) {
	t.Parallel()
	key := testKeys()["p256"]
	c := inMemory(t, wrappertest.WithAccountKey("mine", key.Public()))
	r := c.request(t.Context(), "GET", c.cloud.Triton.URL()+"/my/users", "")
	c.sign(r, key, "ecdsa-sha256", "/acme/keys/mine")
	got, err := c.do(r)
	require.NoError(t, err)
	assert.Equal(t, 200, got.StatusCode)
}

func TestOtherHeadersCanBeSigned(t *testing.T) {
	t.Parallel()
	c := inMemory(t)
	key := c.cloud.Triton.Key()
	r := c.request(t.Context(), "GET", c.cloud.Triton.URL()+"/my/users", "")
	r.Header.Set("Date", time.Now().UTC().Format(http.TimeFormat))
	r.Header["X-Two"] = []string{"a", "b"}
	text := "host: triton.test\ndate: " + r.Header.Get("Date") + "\nx-two: a, b"
	signature := c.signature(key, "ed25519-sha512", text)
	r.Header.Set("Authorization", `Signature keyId="/acme/keys/first", algorithm="ED25519-SHA512", headers="Host Date X-Two", signature="`+encode(signature)+`"`)
	got, err := c.do(r)
	require.NoError(t, err)
	assert.Equal(t, 200, got.StatusCode, "%s", got.text)
}
