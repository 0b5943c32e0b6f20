package wrappertest_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/cloudroster/cloudroster/wrapper/wrappertest"
)

func tritonList(t *testing.T, c caller) []map[string]any {
	t.Helper()
	var users []map[string]any
	got := c.triton("GET", "/my/users", "")
	require.NoError(t, json.Unmarshal(got.text, &users), "%s", got.text)
	return users
}

func TestListsOfTritonAreCut(t *testing.T) {
	t.Parallel()
	for want, options := range map[int][]wrappertest.Option{
		1000: nil, 1001: {wrappertest.WithListLimit(0)}, 3: {wrappertest.WithListLimit(3)},
	} {
		c := inMemory(t, options...)
		for i := range 1001 {
			c.cloud.Triton.AddUser(wrappertest.SubUser{Login: fmt.Sprintf("u%04d", i), Email: fmt.Sprintf("u%d@example.com", i)})
		}
		users := tritonList(t, c)
		assert.Len(t, users, want)
		assert.Equal(t, "u0000", users[0]["login"])
		assert.Equal(t, 200, c.triton("GET", "/my/users/u1000", "").StatusCode, "a user who is cut off exists")
	}
}

func TestStaleReads(t *testing.T) {
	t.Parallel()
	c := inMemory(t, wrappertest.WithStaleReads(time.Minute))
	bob := c.cloud.Triton.AddUser(wrappertest.SubUser{Login: "bob", Email: "bob@example.com"})
	require.Len(t, tritonList(t, c), 1)

	require.Equal(t, 201, c.triton("POST", "/my/users", `{"login":"kim","email":"kim@example.com","password":"secret-12"}`).StatusCode)
	assert.Len(t, tritonList(t, c), 1)
	assert.Equal(t, 404, c.triton("GET", "/my/users/kim", "").StatusCode)
	assert.Equal(t, 409, c.triton("POST", "/my/users", `{"login":"kim","email":"kim@example.com","password":"secret-12"}`).StatusCode)
	require.Equal(t, 200, c.triton("POST", "/my/users/"+bob, `{"city":"Bonn"}`).StatusCode)
	assert.NotContains(t, c.triton("GET", "/my/users/bob", "").json(t), "city")

	c.cloud.Advance(time.Minute)
	assert.Len(t, tritonList(t, c), 2)
	assert.Equal(t, "Bonn", c.triton("GET", "/my/users/"+bob, "").json(t)["city"])
	require.Equal(t, 204, c.triton("DELETE", "/my/users/bob", "").StatusCode)
	assert.Len(t, tritonList(t, c), 2)
	gone := c.triton("GET", "/my/users/bob", "")
	assert.Equal(t, 500, gone.StatusCode)
	assert.NotContains(t, gone.json(t), "code")

	c.cloud.Advance(time.Minute)
	assert.Equal(t, 404, c.triton("GET", "/my/users/bob", "").StatusCode)
	c.cloud.Reset()
	assert.Empty(t, tritonList(t, c))
}

func TestAReadOnlyTritonRejectsWrites(t *testing.T) {
	t.Parallel()
	c := inMemory(t)
	until := time.Now().Add(14 * 24 * time.Hour)
	c.cloud.Triton.SetReadOnly(until)
	create := `{"login":"kim","email":"kim@example.com","password":"secret-12"}`
	got := c.triton("POST", "/my/users", create)
	assert.Equal(t, 503, got.StatusCode)
	assert.Equal(t, "ServiceUnavailableError", got.json(t)["code"])
	assert.Equal(t, until.UTC().Format(http.TimeFormat), got.Header.Get("Retry-After"))
	assert.Empty(t, c.cloud.Triton.Users())
	assert.Equal(t, 200, c.triton("GET", "/my/users", "").StatusCode)
	assert.Equal(t, 200, c.triton("HEAD", "/my/users", "").StatusCode)
	c.cloud.Advance(15 * 24 * time.Hour)
	assert.Equal(t, 201, c.triton("POST", "/my/users", create).StatusCode)
	c.cloud.Reset()
	assert.Equal(t, 503, c.triton("POST", "/my/users", create).StatusCode, "the clock is back")
	c.cloud.Triton.SetReadOnly(time.Time{})
	assert.Equal(t, 201, c.triton("POST", "/my/users", create).StatusCode)
}

func TestDatacentersOfTriton(t *testing.T) {
	t.Parallel()
	c := onSockets(t)
	var urls map[string]string
	got := c.triton("GET", "/my/datacenters", "")
	require.NoError(t, json.Unmarshal(got.text, &urls), "%s", got.text)
	assert.Equal(t, map[string]string{"test-1": c.cloud.Triton.URL()}, urls, "a client that follows the list reaches this cloud")
	assert.Equal(t, 401, c.with("Authorization", "").triton("GET", "/my/datacenters", "").StatusCode)
}

func TestRoleTagsOfEveryKindOfPath(t *testing.T) {
	t.Parallel()
	c := inMemory(t)
	c.cloud.Triton.AddUser(wrappertest.SubUser{Login: "bob", Email: "bob@example.com"})
	c.cloud.Triton.AddUserKey("bob", "k", c.cloud.Triton.Key().Public())
	c.cloud.Triton.AddRole("ops", "CAN getuser")
	c.cloud.Triton.AddRole("dev")
	for _, path := range []string{"", "/users", "/users/bob", "/keys", "/keys/first", "/roles", "/roles/ops", "/policies", "/policies/ops", "/users/bob/keys"} {
		set := c.triton("PUT", "/my"+path, `{"role-tag":["ops","dev"]}`)
		require.Equal(t, 200, set.StatusCode, "%s: %s", path, set.text)
		assert.Equal(t, []any{"ops", "dev"}, set.json(t)["role-tag"], path)
		assert.Equal(t, "ops,dev", c.triton("GET", "/acme"+path, "").Header.Get("Role-Tag"), path)
		require.Equal(t, 200, c.triton("PUT", "/acme"+path, `{"role-tag":[]}`).StatusCode, path)
		assert.Empty(t, c.triton("GET", "/my"+path, "").Header.Get("Role-Tag"), path)
	}
	assert.Equal(t, 404, c.triton("PUT", "/my/users/nobody", `{"role-tag":["ops"]}`).StatusCode)
}

// The server looks for a login as a regular expression in any case; whoever is deleted or renamed
// no longer counts, whichever arrangement of dots was looked for first.
func TestLoginsAreFreedInEveryArrangementOfDots(t *testing.T) {
	t.Parallel()
	c := inMemory(t)
	create := func(login string) int {
		body := fmt.Sprintf(`{"login":%q,"email":"%s@example.com","password":"secret-12"}`, login, login)
		return c.triton("POST", "/my/users", body).StatusCode
	}
	require.Equal(t, 201, create("axb"))
	assert.Equal(t, 409, create("AXB"))
	assert.Equal(t, 409, create("a.b"))
	assert.Equal(t, 409, create("a.B"))
	assert.Equal(t, 201, create("a.c"))
	assert.Equal(t, 201, create("ayb"), "a dot that is taken stands for itself")
	require.Equal(t, 204, c.triton("DELETE", "/my/users/axb", "").StatusCode)
	assert.Equal(t, 409, create("a.b"), "ayb is left")
	user, _ := c.cloud.Triton.User("ayb")
	require.Equal(t, 200, c.triton("POST", "/my/users/"+user.ID, `{"login":"other"}`).StatusCode)
	assert.Equal(t, 201, create("a.b"))
	assert.Equal(t, 201, create("axb"))
	assert.Equal(t, 409, create("oTh.r"))
}
