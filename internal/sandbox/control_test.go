package sandbox

import (
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/cloudroster/cloudroster/contract"
	"github.com/cloudroster/cloudroster/gen"
	"github.com/cloudroster/cloudroster/wrapper"
	"github.com/cloudroster/cloudroster/wrapper/wrappertest"
)

// control is a client of the control API that knows nothing of Go. Its traffic is checked against
// control.yaml.
type control struct {
	t       *testing.T
	base    string
	client  *http.Client
	checker *contract.Checker
}

func (s *serving) control(t *testing.T) *control {
	t.Helper()
	checker, err := contract.New(controlDocument)
	require.NoError(t, err)
	report := func(f contract.Finding) { t.Errorf("%v", f) } // drift, too: it is our own document
	return &control{t, s.variables["CLOUDROSTER_CONTROL_URL"], &http.Client{Transport: checker.Transport(nil, report)}, checker}
}

func (c *control) do(method, path, body string, header ...string) (status int, text string) {
	c.t.Helper()
	var reader io.Reader
	if body != "" {
		reader = strings.NewReader(body)
	}
	request, err := http.NewRequestWithContext(c.t.Context(), method, c.base+path, reader)
	require.NoError(c.t, err)
	if body != "" {
		request.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i < len(header); i += 2 {
		request.Header.Set(header[i], header[i+1])
	}
	if host := request.Header.Get("Host"); host != "" {
		request.Host = host
	}
	response, err := c.client.Do(request)
	require.NoError(c.t, err)
	defer response.Body.Close()
	read, err := io.ReadAll(response.Body)
	require.NoError(c.t, err)
	return response.StatusCode, string(read)
}

// must is do for what succeeds.
func (c *control) must(method, path, body string) string {
	c.t.Helper()
	status, text := c.do(method, path, body)
	require.Less(c.t, status, 300, "%s %s: %s", method, path, text)
	return text
}

const fullState = `{
  "ionos": {
    "users": [{"id": "11111111-1111-4111-8111-111111111111", "firstname": "Ann", "lastname": "Lee", "email": "ann@example.com", "password": "correct-horse-9", "administrator": true}],
    "groups": [{"name": "ops", "privileges": {"createDataCenter": true}, "members": ["ann@example.com"], "shares": [{"resourceId": "22222222-2222-4222-8222-222222222222", "editPrivilege": true}]}],
    "resources": [{"id": "22222222-2222-4222-8222-222222222222", "type": "datacenter", "name": "one"}]
  },
  "triton": {
    "users": [{"login": "ann_lee", "email": "ann@example.com", "password": "correct-horse-9", "roles": ["readers"], "defaultRoles": ["readers"]}],
    "roles": [{"name": "readers", "policies": ["read"]}],
    "policies": [{"name": "read", "rules": ["CAN listusers"]}],
    "roleTags": {"/acme/users": ["readers"]}
  }
}`

// One walk through every operation. Its steps are those of a test in another language.
func TestTheControlAPI(t *testing.T) {
	t.Parallel()
	s := serve(t, "-control", ":0", "-contract", "-queued", "1h", "-running", "1h")
	c := s.control(t)
	ionos, triton := s.ionosClient(t, wrapper.WithRetry(wrapper.RetryPolicy{MaxAttempts: 1})), s.tritonClient(t)

	c.must("PUT", "/v1/state", fullState)
	user, err := ionos.GetUser(t.Context(), "11111111-1111-4111-8111-111111111111")
	require.NoError(t, err)
	assert.Equal(t, "ann@example.com", user.Properties.Email)
	snapshot := c.must("GET", "/v1/state", "")
	c.must("PUT", "/v1/state", snapshot)
	assert.JSONEq(t, snapshot, c.must("GET", "/v1/state", ""), "a snapshot is a seed")

	c.must("POST", "/v1/outcomes", `{"operationId": "umUsersPost", "failed": true, "message": "no room", "queued": "1m"}`)
	assert.JSONEq(t, `{"items":[{"operationId":"umUsersPost","failed":true,"message":"no room","queued":"1m0s"}]}`, c.must("GET", "/v1/outcomes", ""))
	_, operation, err := ionos.CreateUser(t.Context(), gen.UserCreateProperties{FirstName: "Jo", LastName: "Meier", Email: "jo@example.com", Password: "correct-horse-9"})
	require.NoError(t, err)
	status, err := operation.Status(t.Context())
	require.NoError(t, err)
	assert.EqualValues(t, "QUEUED", status.State)
	c.must("POST", "/v1/time", `{"advance": "90m"}`)
	err = operation.Wait(t.Context())
	require.ErrorIs(t, err, wrapper.ErrOperationFailed)
	var ended *wrapper.OperationError
	require.ErrorAs(t, err, &ended)
	assert.Equal(t, "no room", ended.Status.ErrorMessage)
	c.must("POST", "/v1/outcomes", `{"neverEnds": true}`)
	c.must("DELETE", "/v1/outcomes", "")
	assert.JSONEq(t, `{"items":[]}`, c.must("GET", "/v1/outcomes", ""))

	var added fault
	require.NoError(t, json.Unmarshal([]byte(c.must("POST", "/v1/faults", `{"cloud": "ionos", "operationId": "umUsersFindById", "effect": "html", "status": 502}`)), &added))
	_, err = ionos.GetUser(t.Context(), "11111111-1111-4111-8111-111111111111")
	var failed *wrapper.Error
	require.ErrorAs(t, err, &failed)
	assert.Equal(t, 502, failed.Status)
	assert.Contains(t, c.must("GET", "/v1/faults", ""), `"hits":1`)
	c.must("DELETE", "/v1/faults/ionos/1", "")
	_, err = ionos.GetUser(t.Context(), "11111111-1111-4111-8111-111111111111")
	require.NoError(t, err)
	c.must("POST", "/v1/faults", `{"cloud": "triton", "effect": "resetConnection", "times": 1}`)
	_, err = triton.GetUser(t.Context(), "ann_lee")
	require.NoError(t, err, "a lost response is retried")
	c.must("POST", "/v1/faults", `{"cloud": "triton", "effect": "hang"}`)
	c.must("DELETE", "/v1/faults", "")
	assert.JSONEq(t, `{"items":[]}`, c.must("GET", "/v1/faults", ""))

	var seen struct{ Items []seenRequest }
	require.NoError(t, json.Unmarshal([]byte(c.must("GET", "/v1/requests", "")), &seen))
	operations := []wrappertest.OperationID{}
	for _, request := range seen.Items {
		operations = append(operations, request.OperationID)
	}
	assert.Equal(t, []wrappertest.OperationID{
		"umUsersFindById", "umUsersPost", "requestsStatusGet", "requestsStatusGet", "umUsersFindById", "umUsersFindById", "GetTritonUser", "GetTritonUser",
	}, operations)
	assert.Equal(t, "triton", seen.Items[7].Cloud)
	assert.True(t, seen.Items[6].Fault)
	c.must("DELETE", "/v1/requests", "")
	assert.JSONEq(t, `{"items":[]}`, c.must("GET", "/v1/requests", ""))

	assert.JSONEq(t, `{"items":[]}`, c.must("GET", "/v1/findings", ""))
	response, err := http.Get(s.variables["IONOS_API_URL"] + "/um/users")
	require.NoError(t, err)
	require.NoError(t, response.Body.Close())
	assert.Contains(t, c.must("GET", "/v1/findings", ""), `"rule":"credentials"`)

	c.must("POST", "/v1/reset", "")
	assert.NotContains(t, c.must("GET", "/v1/state", ""), "ann")
	assert.JSONEq(t, `{"items":[]}`, c.must("GET", "/v1/requests", ""))
	assert.JSONEq(t, `{"items":[]}`, c.must("GET", "/v1/findings", ""))
	assert.NoError(t, c.checker.Coverage().Require(contract.Thresholds{Operations: 100}))
}

func TestResetGoesBackToTheSeed(t *testing.T) {
	t.Parallel()
	s := serve(t, "-control", ":0", "-seed", write(t, "seed.json", fullState))
	c := s.control(t)
	c.must("PUT", "/v1/state", "{}")
	assert.NotContains(t, c.must("GET", "/v1/state", ""), "ann_lee")
	c.must("POST", "/v1/reset", "")
	assert.Contains(t, c.must("GET", "/v1/state", ""), "ann_lee")
	_, err := s.ionosClient(t).GetUser(t.Context(), wrappertest.OwnerID)
	assert.NoError(t, err, "the contract's owner is always there")
}

func TestInvalidControlRequestsNameTheMember(t *testing.T) {
	t.Parallel()
	s := serve(t, "-control", ":0")
	c := s.control(t)
	c.client = http.DefaultClient // the requests are not those of the document
	for _, test := range []struct {
		method, path, body string
		status             int
		want               string
	}{
		{"PUT", "/v1/state", `{"ionos":{"users":[{"email":"a@b.c"},{"email":"A@B.C"}]}}`, 422, "ionos.users[1].email"},
		{"PUT", "/v1/state", `{"ionoss":{}}`, 422, `unknown field \"ionoss\"`},
		{"PUT", "/v1/state", `{`, 422, "unexpected EOF"},
		{"POST", "/v1/faults", `{"effect":"hang"}`, 422, "cloud must be"},
		{"POST", "/v1/faults", `{"cloud":"ionos","effect":"fall"}`, 422, "unknown effect"},
		{"POST", "/v1/faults", `{"cloud":"ionos","effect":"hang","operationId":"GetTritonUser"}`, 422, "GetTritonUser"},
		{"POST", "/v1/faults", `{"cloud":"ionos","effect":"hang","times":"2"}`, 422, "times"},
		{"POST", "/v1/faults", `{"cloud":"ionos","effect":"hang"} {}`, 422, "more after"},
		{"POST", "/v1/outcomes", `{"operationId":"x"}`, 422, `\"x\"`},
		{"POST", "/v1/outcomes", `{"queued":"-1s"}`, 422, "negative"},
		{"POST", "/v1/time", `{"advance":"soon"}`, 422, "advance must be"},
		{"POST", "/v1/time", `{"advance":"-1s"}`, 422, "advance must be"},
		{"DELETE", "/v1/faults/ionos/7", "", 404, "does not exist"},
		{"DELETE", "/v1/faults/ionos/x", "", 404, "does not exist"},
		{"DELETE", "/v1/faults/aws/1", "", 422, "cloud must be"},
		{"PATCH", "/v1/state", `{}`, 405, ""},
		{"GET", "/v1/users", "", 404, ""},
	} {
		status, text := c.do(test.method, test.path, test.body)
		assert.Equal(t, test.status, status, "%s %s %s: %s", test.method, test.path, test.body, text)
		assert.Contains(t, text, test.want)
	}
	status, _ := c.do("PUT", "/v1/state", "{}", "Content-Type", "text/plain")
	assert.Equal(t, http.StatusUnsupportedMediaType, status)
	assert.JSONEq(t, `{"items":[]}`, c.must("GET", "/v1/faults", ""))
}

// A page of another site can send requests, under its own origin, and can have its own host name
// lead here.
func TestOtherSitesCannotUseTheControlAPI(t *testing.T) {
	t.Parallel()
	s := serve(t, "-control", ":0", "-cors", "*", "-cors", "http://localhost:5173", "-advertise", "localhost")
	c := s.control(t)
	c.client = http.DefaultClient
	own, err := url.Parse(c.base)
	require.NoError(t, err)
	for _, test := range []struct {
		name   string
		header []string
		status int
	}{
		{"a program", nil, 204},
		{"the page itself", []string{"Origin", c.base, "Sec-Fetch-Site", "same-origin"}, 204},
		{"a page that is allowed to", []string{"Origin", "http://localhost:5173", "Sec-Fetch-Site", "same-site"}, 204},
		{"a page of another site", []string{"Origin", "https://evil.example", "Sec-Fetch-Site", "cross-site"}, 403},
		{"a page in an older browser", []string{"Origin", "https://evil.example"}, 403},
		{"another port of this machine", []string{"Origin", "http://localhost:1", "Sec-Fetch-Site", "same-site"}, 403},
		{"a sandboxed frame", []string{"Origin", "null", "Sec-Fetch-Site", "cross-site"}, 403},
		{"a host name that leads here", []string{"Host", "evil.example:" + own.Port()}, 403},
		{"its address", []string{"Host", "127.0.0.1:" + own.Port()}, 204},
		{"its IPv6 address", []string{"Host", "[::1]:" + own.Port()}, 204},
	} {
		status, text := c.do("POST", "/v1/reset", "", test.header...)
		assert.Equal(t, test.status, status, "%s: %s", test.name, text)
	}
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, c.base+"/v1/state", nil)
	require.NoError(t, err)
	request.Header.Set("Origin", "https://evil.example")
	response, err := http.DefaultClient.Do(request)
	require.NoError(t, err)
	require.NoError(t, response.Body.Close())
	assert.Empty(t, response.Header.Get("Access-Control-Allow-Origin"), "-cors '*' is about the clouds")
}

func TestThereIsNoControlUnlessAskedFor(t *testing.T) {
	t.Parallel()
	s := serve(t)
	assert.NotContains(t, s.variables, "CLOUDROSTER_CONTROL_URL")
	for _, name := range []string{"IONOS_API_URL", "TRITON_URL"} {
		u, err := url.Parse(s.variables[name])
		require.NoError(t, err)
		response, err := http.Get("http://" + u.Host + "/v1/state")
		require.NoError(t, err)
		require.NoError(t, response.Body.Close())
		assert.GreaterOrEqual(t, response.StatusCode, 400)
	}
	var c config
	_, err := parse(newFlags(&c), &c, []string{"-control", "9000", "-ionos", ":8080", "-triton", "0.0.0.0:8081"}, false)
	require.NoError(t, err)
	assert.Equal(t, []string{"127.0.0.1:9000", "127.0.0.1:8080", "0.0.0.0:8081"}, []string{c.control, c.ionos, c.triton}, "loopback unless a host is given")
}

// The memory for requests is bounded, in the lists and in the state.
func TestRequestsAreKeptInABound(t *testing.T) {
	t.Parallel()
	s := serve(t, "-control", ":0", "-history", "3", "-queued", "0s", "-running", "0s")
	ionos := s.ionosClient(t)
	group, operation, err := ionos.CreateGroup(t.Context(), gen.GroupProperties{Name: new("g")})
	require.NoError(t, err)
	require.NoError(t, operation.Wait(t.Context()))
	for n := range 10 {
		_, operation, err = ionos.UpdateGroup(t.Context(), group.ID, func(p *gen.GroupProperties) { p.Name = new(strconv.Itoa(n)) })
		require.NoError(t, err)
	}
	c := s.control(t)
	var seen struct{ Items []json.RawMessage }
	require.NoError(t, json.Unmarshal([]byte(c.must("GET", "/v1/requests", "")), &seen))
	assert.Len(t, seen.Items, 3)
	state, err := wrappertest.ParseState([]byte(c.must("GET", "/v1/state", "")))
	require.NoError(t, err)
	assert.Len(t, state.IONOS.Requests, 3)
	require.NoError(t, operation.Wait(t.Context()), "the last one can still be waited for")
}

// Many programs at once are as good as one.
func TestTheControlAPIIsSafeForConcurrentUse(t *testing.T) {
	t.Parallel()
	s := serve(t, "-control", ":0", "-contract", "-state", write(t, "state.json", "{}"))
	c := s.control(t)
	ionos := s.ionosClient(t)
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			for range 5 {
				_, _ = c.do("POST", "/v1/faults", `{"cloud":"ionos","effect":"delay","delay":"1ms","times":1}`)
				_, _ = c.do("PUT", "/v1/state", fullState)
				_, _ = ionos.GetUser(t.Context(), "11111111-1111-4111-8111-111111111111")
				_, _ = c.do("GET", "/v1/requests", "")
				_, _ = c.do("POST", "/v1/reset", "")
			}
		})
	}
	all.Wait()
	c.must("PUT", "/v1/state", fullState)
	_, err := ionos.GetUser(t.Context(), "11111111-1111-4111-8111-111111111111")
	assert.NoError(t, err)
}
