package wrappertest_test

import (
	"encoding/base64"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/cloudroster/cloudroster/wrapper/wrappertest"
)

func TestOwnerIsAUserByOption(t *testing.T) {
	t.Parallel()
	c := inMemory(t, wrappertest.WithOwner())
	owner := c.ionos("GET", "/um/users/"+wrappertest.OwnerID, "").json(t)
	assert.Equal(t, wrappertest.Username, at(t, owner, "properties", "email"))
	assert.Len(t, at(t, c.ionos("GET", "/um/users", "").json(t), "items"), 1)
	assert.Equal(t, 403, c.ionos("DELETE", "/um/users/"+wrappertest.OwnerID, "").StatusCode)
	change := `{"properties":{"firstname":"Kim","lastname":"Park","email":"` + wrappertest.Username + `","administrator":true,"password":"changed-12"}}`
	require.Equal(t, 202, c.ionos("PUT", "/um/users/"+wrappertest.OwnerID, change).StatusCode)
	assert.Equal(t, 401, c.with("Authorization", basic(wrappertest.Username, wrappertest.Password)).ionos("GET", "/um/users", "").StatusCode)
	assert.Equal(t, 200, c.with("Authorization", basic(wrappertest.Username, "changed-12")).ionos("GET", "/um/users", "").StatusCode)

	before := c.cloud.State()
	require.NoError(t, c.cloud.SetState(before))
	assert.Equal(t, before, c.cloud.State())
	c.cloud.Reset()
	require.Len(t, c.cloud.IONOS.Users(), 1)
	assert.Equal(t, "Contract", c.cloud.IONOS.Users()[0].FirstName)
}

func TestAUserWithoutRightsSeesHimself(t *testing.T) {
	t.Parallel()
	c := inMemory(t)
	kim := c.cloud.IONOS.AddUser(wrappertest.User{Email: "kim@example.com", Password: "secret-12"})
	bo := c.cloud.IONOS.AddUser(wrappertest.User{Email: "bo@example.com"})
	as := c.with("Authorization", basic("kim@example.com", "secret-12"))
	for request, status := range map[string]int{
		"GET /um/users/" + kim:              200,
		"GET /um/users/" + kim + "/groups":  200,
		"GET /um/users/" + kim + "/owns":    200,
		"POST /um/users/" + kim + "/s3keys": 201,
		"GET /contracts":                    200,
		"GET /um/users/" + bo:               403,
		"GET /um/users/" + bo + "/groups":   403,
		"POST /um/users/" + bo + "/s3keys":  403,
		"GET /um/users":                     403,
		"GET /um/groups":                    403,
		"GET /um/resources":                 403,
		"GET /requests":                     403,
		"GET /datacenters":                  403,
		"DELETE /um/users/" + kim:           403,
		"PUT /um/users/" + kim:              403,
		"GET /um/groups/x/users/" + kim:     403,
		"GET /auth/v1/tokens":               200,
	} {
		method, path, _ := strings.Cut(request, " ")
		assert.Equal(t, status, as.ionos(method, path, "").StatusCode, request)
	}
}

// claims reads a JSON Web Token as the vendor's programs do.
func claims(t *testing.T, token string) (header, payload map[string]any) {
	t.Helper()
	parts := strings.Split(token, ".")
	require.Len(t, parts, 3)
	for i, into := range []*map[string]any{&header, &payload} {
		text, err := base64.RawURLEncoding.DecodeString(parts[i])
		require.NoError(t, err)
		require.NoError(t, json.Unmarshal(text, into))
	}
	return header, payload
}

func TestTheOwnersTokenNamesTheOwner(t *testing.T) {
	t.Parallel()
	header, payload := claims(t, wrappertest.Token)
	assert.NotEmpty(t, header["kid"])
	assert.Equal(t, wrappertest.OwnerID, at(t, payload, "identity", "uuid"))
	assert.Equal(t, "owner", at(t, payload, "identity", "role"))
	assert.EqualValues(t, 31000000, at(t, payload, "identity", "contractNumber"))
	c := inMemory(t)
	assert.EqualValues(t, 31000000, at(t, c.ionos("GET", "/contracts", "").json(t), "items", 0, "properties", "contractNumber"))
}

func TestTokensAreGeneratedListedAndDeleted(t *testing.T) {
	t.Parallel()
	c := inMemory(t, wrappertest.WithContracts(4711))
	kim := c.cloud.IONOS.AddUser(wrappertest.User{Email: "kim@example.com", Password: "secret-12"})
	login := c.with("Authorization", basic("kim@example.com", "secret-12"))
	generate := func(query string) string {
		got := login.ionos("GET", "/auth/v1/tokens/generate"+query, "")
		require.Equal(t, 200, got.StatusCode, "%s", got.text)
		return got.json(t)["token"].(string)
	}
	token := generate("?ttl=3600")
	header, payload := claims(t, token)
	assert.Equal(t, kim, at(t, payload, "identity", "uuid"))
	assert.Equal(t, "user", at(t, payload, "identity", "role"))
	assert.EqualValues(t, 4711, at(t, payload, "identity", "contractNumber"))
	bearer := c.with("Authorization", "Bearer "+token)
	assert.Equal(t, 200, bearer.ionos("GET", "/um/users/"+kim, "").StatusCode)
	assert.Equal(t, 403, bearer.ionos("GET", "/um/users", "").StatusCode)

	list := login.ionos("GET", "/auth/v1/tokens", "").json(t)["tokens"].([]any)
	require.Len(t, list, 1)
	assert.Equal(t, header["kid"], at(t, list, 0, "id"))
	id := header["kid"].(string)
	assert.Equal(t, 200, login.ionos("GET", "/auth/v1/tokens/"+id, "").StatusCode)
	assert.Equal(t, 404, c.ionos("GET", "/auth/v1/tokens/"+id, "").StatusCode, "another's token")
	require.NoError(t, c.cloud.SetState(c.cloud.State()))
	assert.Equal(t, 200, bearer.ionos("GET", "/um/users/"+kim, "").StatusCode, "tokens are part of the state")

	c.cloud.Advance(time.Hour)
	assert.Equal(t, 401, bearer.ionos("GET", "/um/users/"+kim, "").StatusCode, "expired")
	other := generate("")
	assert.Equal(t, true, login.ionos("DELETE", "/auth/v1/tokens?criteria=EXPIRED", "").json(t)["success"])
	assert.Len(t, login.ionos("GET", "/auth/v1/tokens", "").json(t)["tokens"], 1)
	bearer = c.with("Authorization", "Bearer "+other)
	require.Equal(t, 200, bearer.ionos("DELETE", "/auth/v1/tokens?criteria=CURRENT", "").StatusCode)
	assert.Equal(t, 401, bearer.ionos("GET", "/um/users/"+kim, "").StatusCode)
	third := generate("")
	header, _ = claims(t, third)
	require.Equal(t, 200, login.ionos("DELETE", "/auth/v1/tokens/"+header["kid"].(string), "").StatusCode)
	assert.Equal(t, 404, login.ionos("DELETE", "/auth/v1/tokens/"+header["kid"].(string), "").StatusCode)
	assert.Equal(t, 422, login.ionos("DELETE", "/auth/v1/tokens?criteria=SOME", "").StatusCode)
	assert.Equal(t, 422, login.ionos("GET", "/auth/v1/tokens/generate?ttl=59", "").StatusCode)
	assert.Equal(t, "owner", func() any {
		_, payload := claims(t, c.ionos("GET", "/auth/v1/tokens/generate", "").json(t)["token"].(string))
		return at(t, payload, "identity", "role")
	}())
}

// The authentication API lies beside the base path of the others.
func TestTokensAreServedOnTheHostToo(t *testing.T) {
	t.Parallel()
	c := inMemory(t)
	host := strings.TrimSuffix(c.cloud.IONOS.URL(), "/cloudapi/v6")
	for path, status := range map[string]int{"/auth/v1/tokens": 200, "/um/users": 404, "/contracts": 404} {
		r := c.request(t.Context(), "GET", host+path, "")
		r.Header.Set("Authorization", "Bearer "+wrappertest.Token)
		got, err := c.do(r)
		require.NoError(t, err)
		assert.Equal(t, status, got.StatusCode, path)
	}
}

func TestARemovedMemberIsNotFound(t *testing.T) {
	t.Parallel()
	c := inMemory(t)
	user := c.cloud.IONOS.AddUser(wrappertest.User{Email: "a@example.com"})
	group := c.cloud.IONOS.AddGroup(wrappertest.Group{Name: "ops"})
	c.cloud.IONOS.AddMember(group, user)
	at := "/um/groups/" + group + "/users/" + user
	assert.Equal(t, 200, c.ionos("GET", at, "").StatusCode)
	require.Equal(t, 202, c.ionos("DELETE", at, "").StatusCode)
	assert.Equal(t, 404, c.ionos("GET", at, "").StatusCode)
	assert.Empty(t, c.ionos("GET", "/um/users/"+user+"/groups", "").json(t)["items"])
}

func TestS3Keys(t *testing.T) {
	t.Parallel()
	c := inMemory(t)
	user := c.cloud.IONOS.AddUser(wrappertest.User{Email: "a@example.com"})
	keys := "/um/users/" + user + "/s3keys"
	made := c.ionos("POST", keys, "")
	require.Equal(t, 201, made.StatusCode)
	key := at(t, made.json(t), "id").(string)
	assert.NotEmpty(t, at(t, made.json(t), "properties", "secretKey"))
	assert.Equal(t, true, at(t, made.json(t), "properties", "active"))
	assert.Len(t, at(t, c.ionos("GET", keys, "").json(t), "items"), 1)
	assert.Equal(t, 200, c.ionos("PUT", keys+"/"+key, `{"properties":{"active":false}}`).StatusCode)
	require.NoError(t, c.cloud.SetState(c.cloud.State()))
	assert.Equal(t, false, at(t, c.ionos("GET", keys+"/"+key, "").json(t), "properties", "active"))
	assert.Equal(t, 200, c.ionos("DELETE", keys+"/"+key, "").StatusCode)
	assert.Equal(t, 404, c.ionos("GET", keys+"/"+key, "").StatusCode)
	assert.Equal(t, 404, c.ionos("GET", "/um/users/x/s3keys", "").StatusCode)

	require.Equal(t, 201, c.ionos("POST", keys, "").StatusCode)
	require.Equal(t, 202, c.ionos("DELETE", "/um/users/"+user, "").StatusCode)
	c.cloud.IONOS.AddUser(wrappertest.User{ID: user, Email: "b@example.com"})
	assert.Empty(t, at(t, c.ionos("GET", keys, "").json(t), "items"), "keys go with their user")
}

func TestDatacentersAreResources(t *testing.T) {
	t.Parallel()
	c := inMemory(t, wrappertest.WithRequestTimes(0, 0))
	made := c.ionos("POST", "/datacenters", `{"properties":{"name":"Main","location":"de/txl","description":"d"}}`)
	require.Equal(t, 202, made.StatusCode, "%s", made.text)
	id := at(t, made.json(t), "id").(string)
	_, status, _ := strings.Cut(made.Header.Get("Location"), "/cloudapi/v6")
	assert.Equal(t, id, at(t, c.ionos("GET", status, "").json(t), "metadata", "targets", 0, "target", "id"))
	one := c.ionos("GET", "/datacenters/"+id+"?depth=3", "").json(t)
	assert.Equal(t, "Main", at(t, one, "properties", "name"))
	assert.NotEmpty(t, at(t, one, "properties", "cpuArchitecture"))
	assert.Equal(t, 200, c.ionos("GET", "/um/resources/datacenter/"+id, "").StatusCode)
	assert.NotContains(t, at(t, c.ionos("GET", "/datacenters", "").json(t), "items", 0), "properties")
	assert.Equal(t, "Main", at(t, c.ionos("GET", "/datacenters?depth=1", "").json(t), "items", 0, "properties", "name"))

	group := c.cloud.IONOS.AddGroup(wrappertest.Group{Name: "ops"})
	require.Equal(t, 202, c.ionos("POST", "/um/groups/"+group+"/shares/"+id, `{"properties":{}}`).StatusCode)
	require.Equal(t, 202, c.ionos("DELETE", "/datacenters/"+id, "").StatusCode)
	assert.Empty(t, c.cloud.IONOS.Shares(group))
	for _, path := range []string{"/datacenters/" + id, "/um/resources/datacenter/" + id} {
		assert.Equal(t, 404, c.ionos("GET", path, "").StatusCode)
	}
	assert.Equal(t, 422, c.ionos("POST", "/datacenters", `{"properties":{"name":"x"}}`).StatusCode)
}

func TestRequestsAreListedAndShown(t *testing.T) {
	t.Parallel()
	c := inMemory(t, wrappertest.WithRequestTimes(time.Hour, time.Hour))
	require.Equal(t, 202, c.ionos("POST", "/um/users", ann).StatusCode)
	c.cloud.Advance(90 * time.Minute)
	middle := time.Now().Add(30 * time.Minute).UTC()
	require.Equal(t, 202, c.ionos("POST", "/um/groups", `{"properties":{"name":"g"}}`).StatusCode)
	for query, want := range map[string]int{
		"":                             2,
		"?limit=1":                     1,
		"?offset=5":                    0,
		"?filter.status=RUNNING":       1,
		"?filter.status=QUEUED":        1,
		"?filter.status=DONE":          0,
		"?filter.method=post":          2,
		"?filter.url=/um/groups":       1,
		"?filter.body=ann@example.com": 1,
		"?filter.createdBy=nobody":     0,
		"?filter.createdAfter=" + middle.Format("2006-01-02T15:04:05Z"): 1,
		"?filter.createdBefore=" + middle.Format("2006-01-02+15:04:05"): 1,
	} {
		got := c.ionos("GET", "/requests"+query, "")
		require.Equal(t, 200, got.StatusCode, "%s: %s", query, got.text)
		assert.Len(t, at(t, got.json(t), "items"), want, query)
	}
	for query, path := range map[string]string{"createdAfter": "/um/groups", "createdBefore": "/um/users"} {
		got := c.ionos("GET", "/requests?depth=1&filter."+query+"="+middle.Format("2006-01-02T15:04:05Z"), "")
		assert.Contains(t, at(t, got.json(t), "items", 0, "properties", "url"), path, query)
	}
	assert.Equal(t, 422, c.ionos("GET", "/requests?filter.colour=red", "").StatusCode)
	assert.NotContains(t, string(c.ionos("GET", "/requests", "").text), "secret-123", "depth 0 has references only")
	list := c.ionos("GET", "/requests?depth=2", "").json(t)
	assert.Contains(t, at(t, list, "items", 0, "properties", "url"), "/um/groups", "the latest first")
	assert.Equal(t, "QUEUED", at(t, list, "items", 0, "metadata", "requestStatus", "metadata", "status"))
	id := at(t, list, "items", 1, "id").(string)
	one := c.ionos("GET", "/requests/"+id, "").json(t)
	assert.Equal(t, "POST", at(t, one, "properties", "method"))
	assert.Equal(t, ann, at(t, one, "properties", "body"), "as in the service, passwords included")
	assert.Equal(t, 404, c.ionos("GET", "/requests/x", "").StatusCode)
}
