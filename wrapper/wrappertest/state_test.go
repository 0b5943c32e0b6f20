package wrappertest_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/cloudroster/cloudroster/wrapper/wrappertest"
)

const seed = `{
  "ionos": {
    "users": [
      {"id": "u1", "firstname": "Kim", "lastname": "Park", "email": "kim@example.com", "password": "kim-secret-1", "administrator": true},
      {"firstname": "Bo", "lastname": "Ek", "email": "bo@example.com", "inactive": true}
    ],
    "groups": [
      {"id": "g1", "name": "Ops", "privileges": {"reserveIp": true, "newPrivilege": "x"}, "members": ["bo@example.com", "u1"],
       "shares": [{"resourceId": "r1", "editPrivilege": true}]}
    ],
    "resources": [{"id": "r1", "type": "datacenter", "name": "dc", "secAuthProtection": false, "owner": "kim@example.com"}]
  },
  "triton": {
    "accountId": "930896af-bf8c-48d4-885c-6573a94b1853",
    "users": [
      {"id": "t1", "login": "bob", "email": "bob@example.com", "password": "bob-secret-1", "phone": "1",
       "multiValues": {"city": ["A", "B"]}, "roles": ["read"], "defaultRoles": ["read"],
       "keys": [{"name": "laptop", "key": "KEY"}], "pastPasswords": ["bob-secret-1", "bob-secret-0"]}
    ],
    "keys": [{"name": "second", "key": "KEY"}],
    "roles": [{"name": "read", "policies": ["read"]}],
    "policies": [{"name": "read", "rules": ["CAN listusers"], "description": "may read"}],
    "roleTags": {"/acme/users/bob": ["read"]}
  }
}`

// seeded is the seed with a real key.
func seeded(t *testing.T) wrappertest.State {
	t.Helper()
	text := strings.ReplaceAll(seed, "KEY", sshLine(t, wrappertest.New().Triton.Key().Public()))
	state, err := wrappertest.ParseState([]byte(text))
	require.NoError(t, err)
	return state
}

func TestStateFillsBothClouds(t *testing.T) {
	t.Parallel()
	c := inMemory(t)
	require.NoError(t, c.cloud.SetState(seeded(t)))

	user := c.ionos("GET", "/um/users/u1", "").json(t)
	assert.Equal(t, true, at(t, user, "properties", "administrator"))
	assert.Len(t, at(t, c.ionos("GET", "/um/groups/g1/users", "").json(t), "items"), 2)
	assert.Equal(t, "x", at(t, c.ionos("GET", "/um/groups/g1", "").json(t), "properties", "newPrivilege"))
	assert.Equal(t, true, at(t, c.ionos("GET", "/um/groups/g1/shares/r1", "").json(t), "properties", "editPrivilege"))
	assert.Len(t, at(t, c.ionos("GET", "/um/users/u1/owns", "").json(t), "items"), 1)
	assert.Len(t, at(t, c.ionos("GET", "/um/users/u1/groups", "").json(t), "items"), 1)

	bob := c.triton("GET", "/930896af-bf8c-48d4-885c-6573a94b1853/users/bob?membership=true", "").json(t)
	assert.Equal(t, []any{"A", "B"}, bob["city"])
	assert.Equal(t, []any{"read"}, bob["default_roles"])
	assert.Equal(t, "laptop", c.triton("GET", "/my/users/bob/keys/laptop", "").json(t)["name"])
	assert.Equal(t, "second", c.triton("GET", "/my/keys/second", "").json(t)["name"])
	assert.Equal(t, "read", c.triton("GET", "/my/users/bob", "").Header.Get("Role-Tag"))
	past := `{"password":"bob-secret-0","password_confirmation":"bob-secret-0"}`
	assert.Contains(t, string(c.triton("POST", "/my/users/t1/change_password", past).text), "passwordInHistory")
}

func TestStateSurvivesItsJSON(t *testing.T) {
	t.Parallel()
	first := inMemory(t, wrappertest.WithRequestTimes(time.Hour, time.Hour))
	require.NoError(t, first.cloud.SetState(seeded(t)))
	first.cloud.IONOS.Next(wrappertest.Outcome{Failed: true, Message: "no", NotFoundFor: time.Millisecond, Running: 2 * time.Hour})
	status := first.ionos("DELETE", "/um/groups/g1/users/u1", "").Header.Get("Location")
	require.NotEmpty(t, status)
	text, err := json.Marshal(first.cloud.State())
	require.NoError(t, err)

	second := inMemory(t)
	state, err := wrappertest.ParseState(text)
	require.NoError(t, err)
	require.NoError(t, second.cloud.SetState(state))
	again, err := json.Marshal(second.cloud.State())
	require.NoError(t, err)
	assert.JSONEq(t, string(text), string(again))

	second.cloud.Advance(90 * time.Minute)
	_, path, _ := strings.Cut(status, "/cloudapi/v6")
	assert.Equal(t, "RUNNING", at(t, second.ionos("GET", path, "").json(t), "metadata", "status"))
	second.cloud.Advance(2 * time.Hour)
	assert.Equal(t, "FAILED", at(t, second.ionos("GET", path, "").json(t), "metadata", "status"))
}

func TestStateThatContradictsItselfChangesNothing(t *testing.T) {
	t.Parallel()
	for text, place := range map[string]string{
		`{"ionos":{"users":[{"email":"a@x"},{"email":"A@x"}]}}`:                                            "ionos.users[1].email: A@x is taken",
		`{"ionos":{"users":[{"firstname":"a"}]}}`:                                                          "ionos.users[0].email: must not be empty",
		`{"ionos":{"users":[{"id":"1","email":"a@x"},{"id":"1","email":"b@x"}]}}`:                          "ionos.users[1].id: 1 is taken",
		`{"ionos":{"groups":[{"name":"g","members":["x"]}]}}`:                                              "ionos.groups[0].members[0]: user x does not exist",
		`{"ionos":{"groups":[{"name":"g","shares":[{"resourceId":"x"}]}]}}`:                                "ionos.groups[0].shares[0].resourceId: resource x does not exist",
		`{"ionos":{"groups":[{}]}}`:                                                                        "ionos.groups[0].name: must not be empty",
		`{"ionos":{"groups":[{"name":"g","id":"1"},{"name":"g","id":"1"}]}}`:                               "ionos.groups[1].id: 1 is taken",
		`{"ionos":{"resources":[{"name":"x"}]}}`:                                                           "ionos.resources[0].type: must not be empty",
		`{"ionos":{"resources":[{"type":"k8s","owner":"x"}]}}`:                                             "ionos.resources[0].owner: user x does not exist",
		`{"ionos":{"resources":[{"type":"k8s","id":"x"},{"type":"k8s","id":"x"}]}}`:                        "ionos.resources[1].id: x is taken",
		`{"ionos":{"requests":[{}]}}`:                                                                      "ionos.requests[0].id: must not be empty",
		`{"triton":{"users":[{"login":"bob"}]}}`:                                                           "triton.users[0].login: login and email must be set",
		`{"triton":{"users":[{"login":"bob","email":"a@x"},{"login":"bob","email":"b@x"}]}}`:               "triton.users[1].login: bob is taken",
		`{"triton":{"users":[{"login":"bob","email":"a@x"},{"login":"bo2","email":"a@x"}]}}`:               "triton.users[1].email: a@x is taken",
		`{"triton":{"users":[{"id":"1","login":"bob","email":"a@x"},{"id":"1","login":"b","email":"b"}]}}`: "triton.users[1].id: 1 is taken",
		`{"triton":{"users":[{"login":"bob","email":"a@x","roles":["x"]}]}}`:                               "triton.users[0].roles[0]: role x does not exist",
		`{"triton":{"users":[{"login":"bob","email":"a@x","keys":[{"key":"x"}]}]}}`:                        "triton.users[0].keys[0].key: parse public key",
		`{"triton":{"keys":[{"key":"x"}]}}`:                                                                "triton.keys[0].key: parse public key",
		`{"triton":{"roles":[{"name":"a","policies":["x"]}]}}`:                                             "triton.roles[0].policies[0]: policy x does not exist",
		`{"triton":{"roles":[{"name":"a"},{"name":"a"}]}}`:                                                 "triton.roles[1].name: must be set and unique",
		`{"triton":{"policies":[{}]}}`:                                                                     "triton.policies[0].name: must be set and unique",
	} {
		cloud := wrappertest.New()
		require.NoError(t, cloud.SetState(seeded(t)))
		before := cloud.State()
		state, err := wrappertest.ParseState([]byte(text))
		require.NoError(t, err, text)
		assert.ErrorContains(t, cloud.SetState(state), "state: "+place, text)
		assert.Equal(t, before, cloud.State(), text)
	}
	for _, text := range []string{`{"ionos":{"user":[]}}`, `{}}`, `{`, `{"ionos":{"requests":[{"outcome":{"queued":"-1s"}}]}}`, `{"ionos":{"requests":[{"outcome":{"x":1}}]}}`} {
		_, err := wrappertest.ParseState([]byte(text))
		assert.ErrorContains(t, err, "parse state: ", text)
	}
}

func TestResetKeepsCredentials(t *testing.T) {
	t.Parallel()
	c := inMemory(t)
	c.cloud.IONOS.AddToken("another")
	empty := c.cloud.State()
	require.NoError(t, c.cloud.SetState(seeded(t)))
	c.ionos("GET", "/um/users", "")
	c.triton("GET", "/my/users", "")
	c.cloud.IONOS.Fault(wrappertest.Fault{Effect: wrappertest.Empty(503)})
	c.cloud.IONOS.FailNext("no")
	c.cloud.Advance(time.Hour)
	c.cloud.Reset()
	empty.Triton.AccountID = c.cloud.Triton.AccountID()
	assert.Equal(t, empty, c.cloud.State())
	assert.Empty(t, c.cloud.IONOS.Outcomes())
	assert.Empty(t, c.cloud.IONOS.Requests())
	assert.Empty(t, c.cloud.Triton.Requests())
	assert.Zero(t, c.cloud.IONOS.Count(wrappertest.UmUsersGet))
	got := c.with("Authorization", "Bearer another").ionos("POST", "/um/groups", `{"properties":{"name":"g"}}`)
	require.Equal(t, 202, got.StatusCode, "%s", got.text)
	assert.Less(t, time.Since(c.cloud.IONOS.AcceptedRequests()[0].Created).Abs(), time.Minute)
	assert.Equal(t, 200, c.triton("GET", "/acme/users", "").StatusCode)
}

func TestAcceptedRequestsTellTheirProgress(t *testing.T) {
	t.Parallel()
	c := inMemory(t, wrappertest.WithRequestTimes(time.Hour, time.Hour))
	c.ionos("POST", "/um/groups", `{"properties":{"name":"g"}}`)
	var statuses []string
	for range 3 {
		requests := c.cloud.IONOS.AcceptedRequests()
		require.Len(t, requests, 1)
		statuses = append(statuses, requests[0].Status)
		c.cloud.Advance(time.Hour)
	}
	assert.Equal(t, []string{"QUEUED", "RUNNING", "DONE"}, statuses)
	request := c.cloud.IONOS.AcceptedRequests()[0]
	assert.Equal(t, wrappertest.UmGroupsPost, request.OperationID)
	assert.Equal(t, "/um/groups", request.Path)
	assert.Equal(t, c.cloud.IONOS.Groups()[0].ID, request.Targets[0].ID)
}

func TestOutcomeIsReadFromJSON(t *testing.T) {
	t.Parallel()
	var outcome wrappertest.Outcome
	text := `{"operationId":"umUsersPost","failed":true,"message":"no","notFoundFor":"1.5s","queued":"2s","running":"3s"}`
	require.NoError(t, json.Unmarshal([]byte(text), &outcome))
	assert.Equal(t, wrappertest.Outcome{
		OperationID: wrappertest.UmUsersPost, Failed: true, Message: "no",
		NotFoundFor: 1500 * time.Millisecond, Queued: 2 * time.Second, Running: 3 * time.Second,
	}, outcome)
	back, err := json.Marshal(outcome)
	require.NoError(t, err)
	assert.JSONEq(t, text, string(back))
	cloud := wrappertest.New()
	require.NoError(t, cloud.IONOS.AddOutcome(outcome))
	assert.Equal(t, []wrappertest.Outcome{outcome}, cloud.IONOS.Outcomes())
	cloud.IONOS.ClearOutcomes()
	assert.Empty(t, cloud.IONOS.Outcomes())
	assert.EqualError(t, cloud.IONOS.AddOutcome(wrappertest.Outcome{OperationID: "x"}), `unknown operation ID "x"`)
}

func TestOrderSurvivesRemovals(t *testing.T) {
	t.Parallel()
	c := inMemory(t)
	var kept []string
	for i := range 2000 {
		id := c.cloud.IONOS.AddUser(wrappertest.User{ID: fmt.Sprintf("u%d", i), Email: fmt.Sprintf("u%d@example.com", i)})
		if i%3 == 1 || i > 1200 && i < 1900 {
			continue
		}
		kept = append(kept, id)
	}
	for i := range 2000 {
		if i%3 == 1 || i > 1200 && i < 1900 {
			require.Equal(t, 202, c.ionos("DELETE", fmt.Sprintf("/um/users/u%d", i), "").StatusCode)
		}
	}
	var read []string
	for offset := 0; ; offset += 100 {
		items := at(t, c.ionos("GET", fmt.Sprintf("/um/users?offset=%d", offset), "").json(t), "items").([]any)
		for _, item := range items {
			read = append(read, at(t, item, "id").(string))
		}
		if len(items) < 100 {
			break
		}
	}
	assert.Equal(t, kept, read)
}
