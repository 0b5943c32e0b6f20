package wrappertest_test

import (
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/cloudroster/cloudroster/wrapper/wrappertest"
)

// statusPath is the path of a request's status below the base URL.
func statusPath(t *testing.T, accepted response) string {
	t.Helper()
	require.Equal(t, 202, accepted.StatusCode, "%s", accepted.text)
	location, err := url.Parse(accepted.Header.Get("Location"))
	require.NoError(t, err)
	require.True(t, location.IsAbs())
	require.Regexp(t, `^/cloudapi/v6/requests/[0-9a-f-]{36}/status$`, location.Path)
	return strings.TrimPrefix(location.Path, "/cloudapi/v6")
}

func split(request string) (method, path string) {
	method, path, _ = strings.Cut(request, " ")
	return method, path
}

func TestRequestGoesQueuedRunningDone(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := underContract(t, wrappertest.WithRequestTimes(3*time.Second, time.Hour))
		made := c.ionos("POST", "/um/users", ann)
		path := statusPath(t, made)
		status := func() string { return at(t, c.ionos("GET", path, "").json(t), "metadata", "status").(string) }
		assert.Equal(t, "QUEUED", status())
		time.Sleep(3*time.Second - time.Nanosecond)
		assert.Equal(t, "QUEUED", status())
		time.Sleep(time.Nanosecond)
		assert.Equal(t, "RUNNING", status())
		time.Sleep(time.Hour - time.Nanosecond)
		assert.Equal(t, "RUNNING", status())
		time.Sleep(time.Nanosecond)
		assert.Equal(t, "DONE", status())
		time.Sleep(365 * 24 * time.Hour)

		body := c.ionos("GET", path, "").json(t)
		id := strings.Split(path, "/")[2]
		assert.Equal(t, id+"/status", at(t, body, "id"))
		assert.Equal(t, "request-status", at(t, body, "type"))
		assert.Equal(t, c.cloud.IONOS.URL()+path, at(t, body, "href"))
		user := made.json(t)
		assert.Equal(t, map[string]any{"id": user["id"], "type": "user", "href": user["href"]}, at(t, body, "metadata", "targets", 0, "target"))
		assert.Equal(t, "DONE", at(t, body, "metadata", "targets", 0, "status"))
	})
}

func TestEveryWriteHasARequestWithItsTargets(t *testing.T) {
	t.Parallel()
	c := underContract(t)
	user := c.cloud.IONOS.AddUser(wrappertest.User{Email: "a@example.com"})
	group := c.cloud.IONOS.AddGroup(wrappertest.Group{Name: "ops"})
	resource := c.cloud.IONOS.AddResource(wrappertest.Resource{Type: "image"})
	seen := map[string]bool{}
	for _, test := range []struct {
		request, body string
		targets       []string
	}{
		{"PUT /um/users/" + user, `{"properties":{"firstname":"A","lastname":"B","email":"a@example.com"}}`, []string{user}},
		{"PUT /um/groups/" + group, `{"properties":{"name":"dev"}}`, []string{group}},
		{"POST /um/groups/" + group + "/users", `{"id":"` + user + `"}`, []string{group, user}},
		{"DELETE /um/groups/" + group + "/users/" + user, "", []string{group, user}},
		{"POST /um/groups/" + group + "/shares/" + resource, `{"properties":{}}`, []string{group, resource}},
		{"PUT /um/groups/" + group + "/shares/" + resource, `{"properties":{}}`, []string{group, resource}},
		{"DELETE /um/groups/" + group + "/shares/" + resource, "", []string{group, resource}},
		{"DELETE /um/groups/" + group, "", []string{group}},
		{"DELETE /um/users/" + user, "", []string{user}},
	} {
		method, path := split(test.request)
		got := c.ionos(method, path, test.body)
		if method == "DELETE" {
			assert.Empty(t, got.text)
			assert.Empty(t, got.Header.Get("Content-Type"))
		}
		status := statusPath(t, got)
		assert.False(t, seen[status], "each write has a request of its own")
		seen[status] = true
		var ids []string
		for _, target := range at(t, c.ionos("GET", status, "").json(t), "metadata", "targets").([]any) {
			ids = append(ids, at(t, target, "target", "id").(string))
		}
		assert.Equal(t, test.targets, ids, test.request)
	}
}

func TestOutcomes(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		outcome         wrappertest.Outcome
		status, target  string // after an hour
		message         string
		made            bool
		atOnce, at5, at bool // whether the status is known at once, after 5 s, after an hour
	}{
		"usual":          {wrappertest.Outcome{}, "DONE", "DONE", "the request has been carried out", true, true, true, true},
		"failed":         {wrappertest.Outcome{Failed: true, Message: "no quota"}, "FAILED", "FAILED", "no quota", true, true, true, true},
		"failed, unmade": {wrappertest.Outcome{Failed: true, NotApplied: true, Message: "no"}, "FAILED", "FAILED", "no", false, true, true, true},
		"failed target":  {wrappertest.Outcome{FailedTargets: true, Message: "half"}, "DONE", "FAILED", "half", true, true, true, true},
		"never":          {wrappertest.Outcome{NeverEnds: true}, "RUNNING", "RUNNING", "the request is being carried out", true, true, true, true},
		"unknown first":  {wrappertest.Outcome{NotFoundFor: 5 * time.Second}, "DONE", "DONE", "the request has been carried out", true, false, true, true},
		"slow":           {wrappertest.Outcome{Queued: 2 * time.Hour}, "QUEUED", "QUEUED", "the request waits for its turn", true, true, true, true},
		"slower":         {wrappertest.Outcome{Running: 2 * time.Hour}, "RUNNING", "RUNNING", "the request is being carried out", true, true, true, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				c := underContract(t)
				test.outcome.OperationID = "umUsersPost"
				c.cloud.IONOS.Next(test.outcome)
				require.Equal(t, 202, c.ionos("POST", "/um/groups", `{"properties":{"name":"other"}}`).StatusCode)
				path := statusPath(t, c.ionos("POST", "/um/users", ann))
				assert.Equal(t, test.made, len(c.cloud.IONOS.Users()) == 1)
				assert.Equal(t, test.atOnce, c.ionos("GET", path, "").StatusCode == 200)
				time.Sleep(5 * time.Second)
				assert.Equal(t, test.at5, c.ionos("GET", path, "").StatusCode == 200)
				time.Sleep(time.Hour)
				body := c.ionos("GET", path, "").json(t)
				assert.Equal(t, test.status, at(t, body, "metadata", "status"))
				assert.Equal(t, test.target, at(t, body, "metadata", "targets", 0, "status"))
				assert.Equal(t, test.message, at(t, body, "metadata", "message"))
			})
		})
	}
}

func TestFailNextCountsForOneAcceptedChange(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := underContract(t)
		c.cloud.IONOS.FailNext("first")
		c.cloud.IONOS.FailNext("second")
		require.Equal(t, 422, c.ionos("POST", "/um/users", `{"properties":{}}`).StatusCode, "refused changes do not count")
		var statuses []any
		for range 3 {
			path := statusPath(t, c.ionos("POST", "/um/groups", `{"properties":{"name":"ops"}}`))
			time.Sleep(time.Minute)
			statuses = append(statuses, at(t, c.ionos("GET", path, "").json(t), "metadata", "status"), at(t, c.ionos("GET", path, "").json(t), "metadata", "message"))
		}
		assert.Equal(t, []any{"FAILED", "first", "FAILED", "second", "DONE", "the request has been carried out"}, statuses)
		assert.Len(t, c.cloud.IONOS.Groups(), 1)
	})
}

func TestUnmadeChangesOfEveryKindLeaveTheStateAlone(t *testing.T) {
	t.Parallel()
	c := underContract(t)
	user := c.cloud.IONOS.AddUser(wrappertest.User{FirstName: "A", LastName: "B", Email: "a@example.com"})
	group := c.cloud.IONOS.AddGroup(wrappertest.Group{Name: "ops", Privileges: map[string]any{"reserveIp": true}})
	other := c.cloud.IONOS.AddUser(wrappertest.User{Email: "b@example.com"})
	resource := c.cloud.IONOS.AddResource(wrappertest.Resource{Type: "image", Owner: user})
	second := c.cloud.IONOS.AddResource(wrappertest.Resource{Type: "image"})
	c.cloud.IONOS.AddMember(group, user)
	c.cloud.IONOS.AddShare(group, wrappertest.Share{ResourceID: resource, EditPrivilege: true})
	state := func() []any {
		return []any{c.cloud.IONOS.Users(), c.cloud.IONOS.Groups(), c.cloud.IONOS.Members(group), c.cloud.IONOS.Shares(group),
			at(t, c.ionos("GET", "/um/users/"+user+"/owns", "").json(t), "items")}
	}
	before := state()
	for _, request := range []string{
		"POST /um/users " + ann,
		"PUT /um/users/" + user + ` {"properties":{"firstname":"X","lastname":"Y","email":"z@example.com"}}`,
		"DELETE /um/users/" + user,
		`POST /um/groups {"properties":{"name":"x"}}`,
		"PUT /um/groups/" + group + ` {"properties":{"name":"x"}}`,
		"DELETE /um/groups/" + group,
		"POST /um/groups/" + group + `/users {"id":"` + other + `"}`,
		"DELETE /um/groups/" + group + "/users/" + user,
		"POST /um/groups/" + group + "/shares/" + second + ` {"properties":{}}`,
		"PUT /um/groups/" + group + "/shares/" + resource + ` {"properties":{}}`,
		"DELETE /um/groups/" + group + "/shares/" + resource,
	} {
		parts := append(strings.SplitN(request, " ", 3), "")
		c.cloud.IONOS.FailNext("no")
		require.Equal(t, 202, c.ionos(parts[0], parts[1], parts[2]).StatusCode, request)
		require.Equal(t, before, state(), request)
	}
	_, found := c.cloud.IONOS.User("a@example.com")
	assert.True(t, found)
	_, found = c.cloud.IONOS.User("ann@example.com")
	assert.False(t, found)
}

func TestStatusOfAnUnknownRequest(t *testing.T) {
	t.Parallel()
	c := underContract(t)
	got := c.ionos("GET", "/requests/00000000-0000-4000-8000-000000000000/status", "")
	assert.Equal(t, 404, got.StatusCode)
	code, _ := c.refusal(got)
	assert.Equal(t, "309", code)
}

func TestNextPanicsForAnUnknownOperation(t *testing.T) {
	t.Parallel()
	assert.Panics(t, func() { wrappertest.New().IONOS.Next(wrappertest.Outcome{OperationID: "umUserPost"}) })
}
