package wrappertest_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/cloudroster/cloudroster/wrapper/wrappertest"
)

const bob = `{"login":"bob","email":"bob@example.com","password":"secret123","phone":"1","city":"Bonn"}`

// tritonRefusal is the code and message of a refused Triton request.
func tritonRefusal(t *testing.T, got response) (code, message string) {
	t.Helper()
	body := got.json(t)
	require.Len(t, body, 2)
	return at(t, body, "code").(string), at(t, body, "message").(string)
}

func TestSubUserIsCreatedWithWhatWasSent(t *testing.T) {
	t.Parallel()
	c := underContract(t)
	made := c.triton("POST", "/acme/users", bob)
	require.Equal(t, 201, made.StatusCode, "%s", made.text)
	assert.Equal(t, "/acme/users/bob", made.Header.Get("Location"))
	body := made.json(t)
	assert.Equal(t, "bob", body["login"])
	assert.Equal(t, "Bonn", body["city"])
	assert.Regexp(t, `^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$`, body["created"])
	assert.Equal(t, body["created"], body["updated"])
	assert.Len(t, body, 7, "what has no value is left out: %s", made.text)
	assert.Equal(t, body, c.triton("GET", "/acme/users/bob", "").json(t))
	assert.Equal(t, body, c.triton("GET", "/acme/users/"+body["id"].(string), "").json(t))
	user, found := c.cloud.Triton.User("bob@example.com")
	require.True(t, found)
	assert.Equal(t, "secret123", user.Password)
}

func TestCreateSubUserRefusals(t *testing.T) {
	t.Parallel()
	replace := func(old, with string) string { return strings.Replace(bob, old, with, 1) }
	for name, test := range map[string]struct {
		body, code string
		status     int
	}{
		"no login":             {replace(`"login"`, `"x"`), "MissingParameter", 409},
		"empty email":          {replace("bob@example.com", ""), "MissingParameter", 409},
		"null password":        {replace(`"secret123"`, "null"), "MissingParameter", 409},
		"nothing":              {"", "MissingParameter", 409},
		"optional empty":       {replace(`"Bonn"`, `""`), "InternalError", 500},
		"optional null":        {replace(`"Bonn"`, `null`), "InternalError", 500},
		"login number":         {replace(`"bob"`, `1`), "InvalidArgument", 409},
		"login with hyphen":    {replace(`"bob"`, `"bo-b"`), "InvalidArgument", 409},
		"login begins 1":       {replace(`"bob"`, `"1bob"`), "InvalidArgument", 409},
		"login of two":         {replace(`"bob"`, `"bo"`), "InvalidArgument", 409},
		"login of 33":          {replace(`"bob"`, `"`+strings.Repeat("b", 33)+`"`), "InvalidArgument", 409},
		"login taken":          {replace(`"bob"`, `"ann"`), "InvalidArgument", 409},
		"email taken":          {replace("bob@example.com", "ann@example.com"), "InvalidArgument", 409},
		"email of the account": {replace("bob@example.com", "owner@acme.test"), "InvalidArgument", 409},
		"no email address":     {replace("bob@example.com", "bob"), "InvalidArgument", 409},
		"password of six":      {replace("secret123", "secr12"), "InvalidArgument", 409},
		"password, no digit":   {replace("secret123", "secretsecret"), "InvalidArgument", 409},
		"password, no letter":  {replace("secret123", "123456789"), "InvalidArgument", 409},
		"not JSON":             {"{", "InvalidContent", 400},
		"no object":            {"[]", "ResourceNotFound", 404},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := inMemory(t)
			c.cloud.Triton.AddUser(wrappertest.SubUser{Login: "ann", Email: "ann@example.com"})
			got := c.triton("POST", "/acme/users", test.body)
			assert.Equal(t, test.status, got.StatusCode, "%s", got.text)
			code, _ := tritonRefusal(t, got)
			assert.Equal(t, test.code, code)
			assert.Len(t, c.cloud.Triton.Users(), 1)
			assert.NotContains(t, string(got.text), "secr")
		})
	}
}

func TestLoginsThatTheServerTakes(t *testing.T) {
	t.Parallel()
	c := underContract(t)
	for i, login := range []string{"bob", "B_o.b@x", strings.Repeat("b", 32), "b12"} {
		body := strings.Replace(strings.Replace(bob, `"bob"`, `"`+login+`"`, 1), "bob@", fmt.Sprintf("bob%d@", i), 1)
		got := c.triton("POST", "/acme/users", body)
		require.Equal(t, 201, got.StatusCode, "%s", got.text)
		assert.Equal(t, 200, c.triton("GET", strings.ReplaceAll(got.Header.Get("Location"), "@", "%40"), "").StatusCode)
	}
}

func TestUpdateIsPartialAndClears(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := inMemory(t)
		id := c.cloud.Triton.AddUser(wrappertest.SubUser{
			Login: "bob", Email: "bob@example.com", Password: "secret123", City: "Bonn", Phone: "1", State: "NW",
			MultiValues: map[string][]string{"country": {"DE", "AT"}},
		})
		assert.Equal(t, []any{"DE", "AT"}, c.triton("GET", "/acme/users/bob", "").json(t)["country"])
		time.Sleep(time.Minute)
		got := c.triton("POST", "/acme/users/"+id, `{"city":"","state":null,"firstName":"Bob","password":"other12345"}`)
		require.Equal(t, 200, got.StatusCode, "%s", got.text)
		body := got.json(t)
		assert.NotContains(t, body, "city")
		assert.NotContains(t, body, "state")
		assert.Equal(t, "Bob", body["firstName"])
		assert.Equal(t, "1", body["phone"])
		assert.Equal(t, []any{"DE", "AT"}, body["country"])
		assert.NotEqual(t, body["created"], body["updated"])
		user, _ := c.cloud.Triton.User(id)
		assert.Equal(t, "secret123", user.Password, "a password in an update is ignored")
		assert.Equal(t, []any{"1", "2"}, c.triton("POST", "/acme/users/"+id, `{"phone":["1","2"]}`).json(t)["phone"])
		assert.Equal(t, "DE", c.triton("POST", "/acme/users/"+id, `{"country":"DE"}`).json(t)["country"])
		assert.Equal(t, 200, c.triton("POST", "/acme/users/"+id, "").StatusCode, "nothing to do")
	})
}

func TestUpdateRefusals(t *testing.T) {
	t.Parallel()
	c := inMemory(t)
	c.cloud.Triton.AddUser(wrappertest.SubUser{Login: "ann", Email: "ann@example.com"})
	id := c.cloud.Triton.AddUser(wrappertest.SubUser{Login: "bob", Email: "bob@example.com"})
	for body, want := range map[string]string{
		`{"login":""}`: "MissingParameter", `{"email":null}`: "MissingParameter", `{"login":"ann"}`: "InvalidArgument",
		`{"email":"ann@example.com"}`: "InvalidArgument", `{"login":"no-hyphen"}`: "InvalidArgument",
	} {
		got := c.triton("POST", "/acme/users/"+id, body)
		assert.Equal(t, 409, got.StatusCode, body)
		code, _ := tritonRefusal(t, got)
		assert.Equal(t, want, code, body)
	}
	assert.Equal(t, 404, c.triton("POST", "/acme/users/bob", `{}`).StatusCode, "an update takes no login")
	assert.Equal(t, 500, c.triton("POST", "/acme/users/", `{}`).StatusCode, "an empty segment")
	got := c.triton("POST", "/acme/users/"+id, `{"login":"rob","email":"bob@example.com"}`)
	assert.Equal(t, 200, got.StatusCode)
	assert.Equal(t, 404, c.triton("GET", "/acme/users/bob", "").StatusCode)
	assert.Equal(t, 200, c.triton("GET", "/acme/users/rob", "").StatusCode)
}

func TestPasswordChange(t *testing.T) {
	t.Parallel()
	c := inMemory(t)
	id := c.cloud.Triton.AddUser(wrappertest.SubUser{Login: "bob", Email: "bob@example.com", Password: "secret0000"})
	change := func(user, password, again string) (int, string, string) {
		body, err := json.Marshal(map[string]string{"password": password, "password_confirmation": again})
		require.NoError(t, err)
		got := c.triton("POST", "/acme/users/"+user+"/change_password", string(body))
		if got.StatusCode == 200 {
			return 200, "", ""
		}
		code, message := tritonRefusal(t, got)
		return got.StatusCode, code, message
	}
	for _, test := range []struct {
		user, password, again string
		status                int
		code, message         string
	}{
		{"bob", "secret0001", "secret0001", 404, "ResourceNotFound", `user with uuid "bob" does not exist`},
		{id, "secret0001", "", 409, "MissingParameter", "Request is missing required parameters: password_confirmation is required"},
		{id, "", "secret0001", 409, "MissingParameter", "Request is missing required parameters: password is required"},
		{id, "secret0001", "secret0002", 409, "InvalidArgument", "password and password_confirmation must have the same value"},
		{id, "short1", "short1", 409, "InvalidArgument", "passwordTooShort"},
		{id, "secret0000", "secret0000", 409, "InvalidArgument", "passwordInHistory"},
		{id, "secret0001", "secret0001", 200, "", ""},
		{id, "secret0001", "secret0001", 409, "InvalidArgument", "passwordInHistory"},
		{id, "secret0002", "secret0002", 200, "", ""},
		{id, "secret0003", "secret0003", 200, "", ""},
		{id, "secret0000", "secret0000", 409, "InvalidArgument", "passwordInHistory"},
		{id, "secret0004", "secret0004", 200, "", ""},
		{id, "secret0000", "secret0000", 409, "InvalidArgument", "passwordInHistory"},
		{id, "secret0005", "secret0005", 200, "", ""},
		{id, "secret0000", "secret0000", 200, "", ""},
	} {
		status, code, message := change(test.user, test.password, test.again)
		assert.Equal(t, []any{test.status, test.code, test.message}, []any{status, code, message}, "%+v", test)
	}
	user, _ := c.cloud.Triton.User(id)
	assert.Equal(t, "secret0000", user.Password)
}

func TestEmptyMembershipCountsAsNone(t *testing.T) {
	t.Parallel()
	c := inMemory(t)
	c.cloud.Triton.AddUser(wrappertest.SubUser{Login: "bob", Email: "bob@example.com", Roles: []string{"ops"}})
	assert.NotContains(t, c.triton("GET", "/acme/users/bob?membership=", "").json(t), "roles")
}

func TestMembershipShowsRoles(t *testing.T) {
	t.Parallel()
	c := underContract(t)
	c.cloud.Triton.AddUser(wrappertest.SubUser{Login: "bob", Email: "bob@example.com", Roles: []string{"ops", "dev"}, DefaultRoles: []string{"dev"}})
	c.cloud.Triton.AddUser(wrappertest.SubUser{Login: "ann", Email: "ann@example.com"})
	assert.NotContains(t, c.triton("GET", "/acme/users/bob", "").json(t), "roles")
	body := c.triton("GET", "/acme/users/bob?membership=true", "").json(t)
	assert.Equal(t, []any{"ops", "dev"}, body["roles"])
	assert.Equal(t, []any{"dev"}, body["default_roles"])
	assert.Contains(t, c.triton("GET", "/acme/users/bob?membership=false", "").json(t), "roles", "any value counts")
	assert.Equal(t, []any{}, c.triton("GET", "/acme/users/ann?membership=1", "").json(t)["roles"])
}

func TestDeleteSubUser(t *testing.T) {
	t.Parallel()
	c := underContract(t)
	id := c.cloud.Triton.AddUser(wrappertest.SubUser{Login: "bob", Email: "bob@example.com"})
	c.cloud.Triton.AddUserKey("bob", "laptop", c.cloud.Triton.Key().Public())
	got := c.triton("DELETE", "/acme/users/bob", "")
	assert.Equal(t, 409, got.StatusCode)
	code, _ := tritonRefusal(t, got)
	assert.Equal(t, "InvalidArgument", code)
	c.cloud.Triton.RemoveKeys("bob")
	got = c.triton("DELETE", "/acme/users/"+id, "")
	assert.Equal(t, 204, got.StatusCode)
	assert.Empty(t, got.text)
	assert.Equal(t, 404, c.triton("DELETE", "/acme/users/bob", "").StatusCode)
	assert.Empty(t, c.cloud.Triton.Users())
	require.Equal(t, 201, c.triton("POST", "/acme/users", bob).StatusCode, "login and email are free again")
	assert.Equal(t, 204, c.triton("DELETE", "/acme/users/bob", "").StatusCode)
}

func TestListKeepsTheOrderAndIsCutAtAThousand(t *testing.T) {
	t.Parallel()
	c := underContract(t)
	for i := range 1001 {
		c.cloud.Triton.AddUser(wrappertest.SubUser{Login: fmt.Sprintf("u%d", 2000-i), Email: fmt.Sprintf("u%d@x", i)})
	}
	var users []map[string]any
	require.NoError(t, json.Unmarshal(c.triton("GET", "/acme/users?limit=1&offset=5", "").text, &users))
	require.Len(t, users, 1000)
	assert.Equal(t, "u2000", users[0]["login"])
	assert.Equal(t, "u1001", users[999]["login"])
}

func TestAddressesAreUniqueByExactCase(t *testing.T) {
	t.Parallel()
	c := inMemory(t)
	for i, status := range []int{201, 409} {
		body := strings.Replace(strings.Replace(bob, `"bob"`, fmt.Sprintf(`"bob%d"`, i), 1), "bob@", "Bob@", 1)
		assert.Equal(t, status, c.triton("POST", "/acme/users", body).StatusCode)
	}
	assert.Equal(t, 201, c.triton("POST", "/acme/users", bob).StatusCode, "the same address in another case")
}
