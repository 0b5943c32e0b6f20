package wrappertest_test

import (
	"crypto/md5"
	"encoding/base64"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/cloudroster/cloudroster/wrapper/wrappertest"
)

func TestAccountMayBeLoginIDOrMy(t *testing.T) {
	t.Parallel()
	c := underContract(t)
	c.cloud.Triton.AddOtherAccount("theirs")
	for account, status := range map[string]int{"acme": 200, c.cloud.Triton.AccountID(): 200, "my": 200, "other": 404, "theirs": 403} {
		assert.Equal(t, status, c.triton("GET", "/"+account+"/users", "").StatusCode, account)
	}
}

func TestTritonRoutes(t *testing.T) {
	t.Parallel()
	c := inMemory(t)
	c.cloud.Triton.AddUser(wrappertest.SubUser{Login: "bob", Email: "bob@example.com"})
	for request, status := range map[string]int{
		"GET /": 500, "GET /acme": 200, "GET /acme/keys": 200, "GET /acme/packages": 405, "GET /acme/a/b": 404, "GET /acme/users/bob/keys": 200, "GET /acme/users/ann/keys": 404, "GET /acme/users/bob/keys/a/b": 404, "GET /cloudapi/v6/um/users": 404,
		"DELETE /acme/users": 405, "PATCH /acme/users/bob": 405, "GET /acme/users/bob/change_password": 405,
		"HEAD /acme/users": 200, "HEAD /acme/users/bob": 200, "HEAD /acme/users/ann": 404, "GET /acme/users/": 500,
	} {
		method, path := split(request)
		got := c.triton(method, path, "")
		assert.Equal(t, status, got.StatusCode, request)
		if method == "HEAD" {
			assert.Empty(t, got.text)
			assert.Positive(t, got.ContentLength)
		}
	}
	assert.Equal(t, "GET, POST, PUT", c.triton("DELETE", "/acme/users", "").Header.Get("Allow"))
}

func TestAcceptVersion(t *testing.T) {
	t.Parallel()
	c := inMemory(t)
	for version, status := range map[string]int{
		"~9||~8": 200, "~8": 200, "9.0.0": 200, "*": 200, "7": 200, "~6.5": 400, "10": 400, "nine": 200,
	} {
		got := c.with("Accept-Version", version).triton("GET", "/acme/users", "")
		assert.Equal(t, status, got.StatusCode, version)
		if status != 200 {
			code, _ := tritonRefusal(t, got)
			assert.Equal(t, "InvalidVersion", code)
		}
	}
	assert.Equal(t, 406, c.with("Accept", "text/html").triton("GET", "/acme/users", "").StatusCode)
	assert.Equal(t, 200, c.with("Accept", "text/html, application/json;q=0.5").triton("GET", "/acme/users", "").StatusCode)
}

func TestTritonBodies(t *testing.T) {
	t.Parallel()
	c := inMemory(t)
	for _, media := range []string{"application/x-www-form-urlencoded", "text/json", "application/xml"} {
		got := c.with("Content-Type", media).triton("POST", "/acme/users", bob)
		assert.Equal(t, 415, got.StatusCode, media)
	}
	got := c.triton("POST", "/acme/users", bob+strings.Repeat(" ", 100_001-len(bob)))
	assert.Equal(t, 413, got.StatusCode)
	got = c.with("Content-MD5", "AAAA").triton("POST", "/acme/users", bob)
	assert.Equal(t, 400, got.StatusCode)
	code, _ := tritonRefusal(t, got)
	assert.Equal(t, "BadDigest", code)
	assert.Empty(t, c.cloud.Triton.Users())

	sum := md5.Sum([]byte(bob))
	good := c.with("Content-MD5", base64.StdEncoding.EncodeToString(sum[:]))
	assert.Equal(t, 201, good.triton("POST", "/acme/users", bob).StatusCode)
	longest := strings.Replace(bob, "bob", "rob", 2)
	assert.Equal(t, 201, c.triton("POST", "/acme/users", longest+strings.Repeat(" ", 100_000-len(longest))).StatusCode)
}

func TestThrottle(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := underContract(t, wrappertest.WithThrottle(10, 30))
		for range 30 {
			require.Equal(t, 200, c.triton("GET", "/acme/users", "").StatusCode)
		}
		got := c.triton("POST", "/acme/users", bob)
		require.Equal(t, 429, got.StatusCode)
		code, _ := tritonRefusal(t, got)
		assert.Equal(t, "TooManyRequestsError", code)
		assert.Empty(t, got.Header.Get("Retry-After"))
		assert.Empty(t, c.cloud.Triton.Users())
		time.Sleep(100 * time.Millisecond)
		assert.Equal(t, 201, c.triton("POST", "/acme/users", bob).StatusCode)
		assert.Equal(t, 429, c.triton("GET", "/acme/users", "").StatusCode)
		time.Sleep(time.Hour)
		for range 30 {
			require.Equal(t, 200, c.triton("GET", "/acme/users", "").StatusCode)
		}
		assert.Equal(t, 429, c.triton("GET", "/acme/users", "").StatusCode, "the reserve has a bound")
	})
}

func TestRoles(t *testing.T) {
	t.Parallel()
	c := inMemory(t)
	key := c.cloud.Triton.Key()
	for _, user := range []wrappertest.SubUser{
		{Login: "none"}, {Login: "default", DefaultRoles: []string{"ops"}}, {Login: "asked", Roles: []string{"ops", "dev", "idle"}},
	} {
		user.Email = user.Login + "@example.com"
		c.cloud.Triton.AddUser(user)
		c.cloud.Triton.AddUserKey(user.Login, "k", key.Public())
	}
	get := func(login, query string) int {
		r := c.request(t.Context(), "GET", c.cloud.Triton.URL()+"/my/users"+query, "")
		keyID := "/acme/users/" + login + "/keys/k"
		if login == "" {
			keyID = "/acme/keys/" + wrappertest.KeyName
		}
		c.sign(r, key, "ed25519-sha512", keyID)
		got, err := c.do(r)
		require.NoError(t, err)
		return got.StatusCode
	}
	c.cloud.Triton.AddRole("ops", "CAN getuser, listusers")
	c.cloud.Triton.AddRole("dev", "CAN createuser")
	c.cloud.Triton.AddRole("idle")
	for request, status := range map[string]int{
		"": 200, "?as-role=ops": 200, "?as-role=quantum": 200, "?as-role=*": 200,
		"none": 403, "none?as-role=ops": 403, "none?as-role=*": 403,
		"default": 200, "default?as-role=ops": 200, "default?as-role=dev": 403,
		"asked": 403, "asked?as-role=ops": 200, "asked?as-role=dev": 403, "asked?as-role=ops,dev": 200, "asked?as-role=idle": 403,
		"asked?as-role=quantum": 403, "asked?as-role=*": 403,
	} {
		login, query, _ := strings.Cut(request, "?")
		if query != "" {
			query = "?" + query
		}
		assert.Equal(t, status, get(login, query), request)
	}
}
