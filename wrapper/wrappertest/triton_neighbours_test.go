package wrappertest_test

import (
	"encoding/base64"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/cloudroster/cloudroster/wrapper/wrappertest"
)

func TestRolesAndPoliciesOfTheAccount(t *testing.T) {
	t.Parallel()
	c := inMemory(t)
	c.cloud.Triton.AddUser(wrappertest.SubUser{Login: "bob", Email: "bob@example.com"})
	c.cloud.Triton.AddUserKey("bob", "k", c.cloud.Triton.Key().Public())
	got := c.triton("POST", "/my/policies", `{"name":"read","rules":["CAN listusers"]}`)
	require.Equal(t, 201, got.StatusCode, "%s", got.text)
	got = c.triton("POST", "/my/roles", `{"name":"ops","policies":[{"name":"read"}],"members":[{"type":"subuser","login":"bob","default":true}]}`)
	require.Equal(t, 201, got.StatusCode, "%s", got.text)
	assert.Equal(t, "/acme/roles/"+at(t, got.json(t), "id").(string), got.Header.Get("Location"))
	assert.Equal(t, "bob", at(t, got.json(t), "members", 0, "login"))

	// The sub-user may list by its default role, and nothing else.
	as := func(method, path string) int {
		r := c.request(t.Context(), method, c.cloud.Triton.URL()+path, "")
		c.sign(r, c.cloud.Triton.Key(), "ed25519-sha512", "/acme/users/bob/keys/k")
		got, err := c.do(r)
		require.NoError(t, err)
		return got.StatusCode
	}
	assert.Equal(t, 200, as("GET", "/my/users"))
	assert.Equal(t, 403, as("DELETE", "/my/users/bob"))
	assert.Equal(t, 200, c.triton("POST", "/my/policies/read", `{"rules":["CAN getuser"]}`).StatusCode)
	assert.Equal(t, 403, as("GET", "/my/users"))

	old := c.with("Accept-Version", "~8||~7").triton("GET", "/my/roles/ops", "").json(t)
	assert.Equal(t, []any{"bob"}, old["members"])
	assert.Equal(t, []any{"read"}, old["policies"])
	got = c.triton("POST", "/my/roles/ops", `{"name":"admins","members":[]}`)
	require.Equal(t, 200, got.StatusCode, "%s", got.text)
	assert.Empty(t, got.json(t)["members"])
	assert.Equal(t, 404, c.triton("GET", "/my/roles/ops", "").StatusCode)
	assert.Equal(t, 204, c.triton("DELETE", "/my/policies/read", "").StatusCode)
	assert.Empty(t, c.triton("GET", "/my/roles/admins", "").json(t)["policies"])
	assert.Equal(t, 204, c.triton("DELETE", "/my/roles/admins", "").StatusCode)
}

func TestRoleTagsBindToTheLiteralPath(t *testing.T) {
	t.Parallel()
	c := inMemory(t)
	id := c.cloud.Triton.AddUser(wrappertest.SubUser{Login: "bob", Email: "bob@example.com"})
	c.cloud.Triton.AddRole("ops")
	got := c.triton("PUT", "/my/users/bob", `{"role-tag":["ops"]}`)
	require.Equal(t, 200, got.StatusCode, "%s", got.text)
	assert.Equal(t, "ops", c.triton("GET", "/acme/users/bob", "").Header.Get("Role-Tag"))
	assert.Empty(t, c.triton("GET", "/acme/users/"+id, "").Header.Get("Role-Tag"))
	assert.Equal(t, 409, c.triton("PUT", "/my/users/bob", `{"role-tag":["nope"]}`).StatusCode)
}

func TestKeysOfTheAccount(t *testing.T) {
	t.Parallel()
	c := inMemory(t)
	line := sshLine(t, testKeys()["rsa"].Public())
	got := c.triton("POST", "/my/keys", `{"name":"laptop","key":"`+line+`"}`)
	require.Equal(t, 201, got.StatusCode, "%s", got.text)
	assert.Equal(t, wrappertest.Fingerprint(testKeys()["rsa"].Public()), c.triton("GET", "/my/keys/laptop", "").json(t)["fingerprint"])
	assert.Equal(t, 409, c.triton("POST", "/my/keys", `{"name":"laptop","key":"`+line+`"}`).StatusCode)
	assert.Equal(t, 204, c.triton("DELETE", "/my/keys/laptop", "").StatusCode)
	assert.Equal(t, 404, c.triton("GET", "/my/keys/laptop", "").StatusCode)
	got = c.with("Authorization", "").triton("GET", "/--ping", "")
	assert.Equal(t, "pong", got.json(t)["ping"])
}

func TestHeadersOfTriton(t *testing.T) {
	t.Parallel()
	c := inMemory(t)
	got := c.triton("GET", "/my/users", "")
	for _, name := range []string{"Request-Id", "Api-Version", "Response-Time", "Content-MD5", "Access-Control-Allow-Origin", "Access-Control-Allow-Methods"} {
		assert.NotEmpty(t, got.Header.Get(name), name)
	}
	assert.Equal(t, "cloudapi/9.20.0", got.Header.Get("Server"))
	got = c.with("Accept", "text/html").triton("GET", "/my/users", "")
	assert.Equal(t, 406, got.StatusCode)
	assert.Empty(t, got.Header.Get("Request-Id"))
	got = c.with("Authorization", "").triton("GET", "/my/users", "")
	assert.Equal(t, 401, got.StatusCode)
	assert.Empty(t, got.Header.Get("WWW-Authenticate"))
}

func TestTheSignatureOfTheVendorsDocumentation(t *testing.T) {
	t.Parallel()
	c := inMemory(t)
	key := c.cloud.Triton.Key()
	date := time.Now().UTC().Format(http.TimeFormat)
	signature := base64.StdEncoding.EncodeToString(c.signature(key, "ed25519-sha512", date))
	header := `Signature keyId="/acme/keys/` + wrappertest.KeyName + `",algorithm="ed25519-sha512" ` + signature
	assert.Equal(t, 200, c.with("Date", date).with("Authorization", header).triton("GET", "/my/users", "").StatusCode)
	other := time.Now().Add(time.Second).UTC().Format(http.TimeFormat)
	assert.Equal(t, 401, c.with("Date", other).with("Authorization", header).triton("GET", "/my/users", "").StatusCode)
}

func TestTheAccountIsUpdated(t *testing.T) {
	t.Parallel()
	c := inMemory(t)
	c.cloud.Triton.AddUser(wrappertest.SubUser{Login: "bob", Email: "bob@example.com"})
	before := c.triton("GET", "/my", "").json(t)
	got := c.triton("POST", "/my", `{"givenName":"Wile","city":"Bonn","phone":"","triton_cns_enabled":true}`)
	require.Equal(t, 200, got.StatusCode, "%s", got.text)
	after := c.triton("GET", "/acme", "").json(t)
	assert.Equal(t, []any{"Wile", "Owner", "Bonn", true}, []any{after["firstName"], after["lastName"], after["city"], after["triton_cns_enabled"]})
	assert.NotContains(t, after, "phone")
	assert.Equal(t, before["created"], after["created"])

	assert.Equal(t, 409, c.triton("POST", "/my", `{"email":"bob@example.com"}`).StatusCode)
	assert.Equal(t, 409, c.triton("POST", "/my", `{"email":"nothing"}`).StatusCode)
	assert.Equal(t, "owner@acme.test", at(t, c.triton("GET", "/my", "").json(t), "email"))
	assert.Equal(t, "[]", strings.TrimSpace(string(c.triton("GET", "/my/limits", "").text)))

	// The account is part of the state.
	other := inMemory(t)
	require.NoError(t, other.cloud.SetState(c.cloud.State()))
	assert.Equal(t, "Bonn", at(t, other.triton("GET", "/my", "").json(t), "city"))
}

func TestAKeyIsReturnedAsItWasSent(t *testing.T) {
	t.Parallel()
	c := inMemory(t)
	c.cloud.Triton.AddUser(wrappertest.SubUser{Login: "bob", Email: "bob@example.com"})
	line := "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIEYhVmIIvCgxvYDFLjQHk3hcrhVsU3iSjBNFyJnZb1Xl bob@home"
	for _, keys := range []string{"/my/keys", "/my/users/bob/keys"} {
		got := c.triton("POST", keys, `{"name":"home","key":"`+line+`"}`)
		require.Equal(t, 201, got.StatusCode, "%s", got.text)
		assert.Equal(t, line, at(t, c.triton("GET", keys+"/home", "").json(t), "key"))
		again := c.triton("POST", keys, `{"name":"other","key":"`+line+`"}`)
		assert.Equal(t, 409, again.StatusCode)
		assert.Equal(t, "key already exists or is invalid", at(t, again.json(t), "message"))
		assert.Equal(t, "key is invalid", at(t, c.triton("POST", keys, `{"key":"nothing"}`).json(t), "message"))
	}
}

func TestMembersOfARole(t *testing.T) {
	t.Parallel()
	c := inMemory(t)
	var ada string
	for _, login := range []string{"bob", "ada"} {
		ada = c.cloud.Triton.AddUser(wrappertest.SubUser{Login: login, Email: login + "@example.com"})
	}
	c.cloud.Triton.AddRole("readers", "CAN listusers")
	old := c.with("Accept-Version", "~8")
	require.Equal(t, 201, old.triton("POST", "/my/roles", `{"name":"ops","members":"ada"}`).StatusCode)
	for _, step := range []struct {
		with              caller
		body              string
		members, defaults []any
	}{
		{old, `{"policies":["readers"]}`, []any{"ada"}, []any{}},
		{old, `{"members":["ada","bob"],"default_members":["bob"]}`, []any{"bob", "ada"}, []any{"bob"}},
		{old, `{"name":"ops"}`, []any{"bob", "ada"}, []any{"bob"}},
		{old, `{"members":["ada","bob"]}`, []any{"bob", "ada"}, []any{}},
		{old, `{"default_members":["ada"]}`, []any{"ada"}, []any{"ada"}},
		{c, `{"members":[{"type":"subuser","login":"bob"},{"type":"subuser","id":"` + ada + `","default":true}]}`, []any{"bob", "ada"}, []any{"ada"}},
		{c, `{"members":[]}`, []any{}, []any{}},
	} {
		got := step.with.triton("POST", "/my/roles/ops", step.body)
		require.Equal(t, 200, got.StatusCode, "%s", got.text)
		role := old.triton("GET", "/my/roles/ops", "").json(t)
		assert.Equal(t, step.members, role["members"], step.body)
		assert.Equal(t, step.defaults, role["default_members"], step.body)
		assert.Equal(t, []any{"readers"}, role["policies"])
	}
}

func TestInvalidRolesAreRejected(t *testing.T) {
	t.Parallel()
	c := inMemory(t)
	c.cloud.Triton.AddRole("ops", "CAN listusers")
	c.cloud.Triton.AddRole("administrator")
	old := c.with("Accept-Version", "~8")
	for _, test := range []struct {
		with                caller
		role, body, message string
	}{
		{old, "ops", `{"members":["eve"]}`, "Invalid subuser: eve"},
		{old, "ops", `{"default_members":["eve"]}`, "Invalid subuser: eve"},
		{old, "ops", `{"policies":["none"]}`, "Invalid policy: none"},
		{c, "ops", `{"policies":[{"name":"none"}]}`, "Invalid policy: none"},
		{c, "ops", `{"policies":["ops"]}`, `Role "policies" must be an array of objects`},
		{c, "ops", `{"policies":"ops"}`, `Role "policies" must be an array of objects`},
		{c, "ops", `{"policies":[{"title":"ops"}]}`, `Policy references may only contain "name" or "id" properties, not "title"`},
		{c, "ops", `{"members":["eve"]}`, `Role "members" must be an array of objects`},
		{c, "ops", `{"members":[{"login":"eve"}]}`, `Role "member" references must have a string "type" property`},
		{c, "ops", `{"members":[{"type":"robot","login":"eve"}]}`, `Member "type" is not supported: "robot"`},
		{c, "ops", `{"members":[{"type":"subuser","login":"eve"}]}`, "Invalid subuser: eve"},
		{c, "ops", `{"members":[{"type":"account","login":"eve"}]}`, "Invalid account: eve"},
		{c, "ops", `{"members":[{"type":"subuser","login":"eve","age":3}]}`, `Member references may only contain "type", "login", "id", or "default" properties, not "age"`},
		{c, "ops", `{"members":[{"type":"subuser","login":"eve","default":"yes"}]}`, `Member "default" property must be a boolean`},
		{c, "ops", `{"name":"true"}`, `"true" is not a valid role name`},
		{c, "administrator", `{"policies":[{"name":"ops"}]}`, "Administrator role cannot have policies"},
		{c, "ops", `{"name":"administrator","policies":[]}`, `"name" is a unique attribute`},
	} {
		before := old.triton("GET", "/my/roles/"+test.role, "").text
		got := test.with.triton("POST", "/my/roles/"+test.role, test.body)
		assert.Equal(t, 409, got.StatusCode, test.body)
		assert.Equal(t, "InvalidArgument", at(t, got.json(t), "code"), test.body)
		assert.Contains(t, at(t, got.json(t), "message"), test.message, test.body)
		assert.Equal(t, before, old.triton("GET", "/my/roles/"+test.role, "").text, test.body)
	}
}

func TestTheAdministratorRoleMayDoEverything(t *testing.T) {
	t.Parallel()
	c := inMemory(t)
	c.cloud.Triton.AddUser(wrappertest.SubUser{Login: "bob", Email: "bob@example.com"})
	c.cloud.Triton.AddUserKey("bob", "k", c.cloud.Triton.Key().Public())
	as := func() int {
		r := c.request(t.Context(), "GET", c.cloud.Triton.URL()+"/my/policies", "")
		c.sign(r, c.cloud.Triton.Key(), "ed25519-sha512", "/acme/users/bob/keys/k")
		got, err := c.do(r)
		require.NoError(t, err)
		return got.StatusCode
	}
	assert.Equal(t, 403, as())
	got := c.triton("POST", "/my/roles", `{"name":"administrator","members":[{"type":"subuser","login":"bob","default":true}]}`)
	require.Equal(t, 201, got.StatusCode, "%s", got.text)
	assert.Equal(t, 200, as())
}
