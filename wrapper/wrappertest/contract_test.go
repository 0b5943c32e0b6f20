package wrappertest_test

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/gorillamux"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/cloudroster/cloudroster/wrapper/wrappertest"
)

// document is openapi.yaml with every object closed, so that a field that is not
// documented is a violation.
var document = sync.OnceValues(func() (routers.Router, error) {
	openapi3.DefineStringFormatValidator("uri", openapi3.NewCallbackValidator(func(text string) error {
		parsed, err := url.Parse(text)
		if err == nil && !parsed.IsAbs() {
			return io.ErrUnexpectedEOF
		}
		return err
	}))
	doc, err := openapi3.NewLoader().LoadFromFile("../../openapi.yaml")
	if err != nil {
		return nil, err
	}
	for _, schema := range doc.Components.Schemas {
		if schema.Value.Type.Is("object") {
			schema.Value.AdditionalProperties = openapi3.AdditionalProperties{Has: new(false)}
		}
	}
	return gorillamux.NewRouter(doc)
})

// documented checks every request and answer of a cloud, and notes operations.
type documented struct {
	t    *testing.T
	mu   sync.Mutex
	seen map[string]bool
}

func newDocumented(t *testing.T) *documented { return &documented{t: t, seen: map[string]bool{}} }

func (d *documented) wrap(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		assert.NoError(d.t, err)
		r.Body = io.NopCloser(bytes.NewReader(body))
		answer := httptest.NewRecorder()
		next.ServeHTTP(answer, r)
		d.check(r, body, answer)
		header := w.Header()
		for name, values := range answer.Header() {
			header[name] = values
		}
		w.WriteHeader(answer.Code)
		_, _ = w.Write(answer.Body.Bytes())
	})
}

func (d *documented) check(r *http.Request, body []byte, answer *httptest.ResponseRecorder) {
	router, err := document()
	if !assert.NoError(d.t, err) {
		return
	}
	copied := r.Clone(r.Context())
	copied.Body = io.NopCloser(bytes.NewReader(body))
	// The router's server variable takes one label of a host name.
	copied.URL.Scheme, copied.URL.Host, copied.Host = "https", "triton", "triton"
	if strings.HasPrefix(r.URL.Path, "/cloudapi/v6/") {
		copied.URL.Host, copied.Host = "api.ionos.com", "api.ionos.com"
	}
	route, params, err := router.FindRoute(copied)
	if !assert.NoError(d.t, err, "%s %s", r.Method, r.URL.Path) {
		return
	}
	operation := route.Operation.OperationID
	d.mu.Lock()
	d.seen[operation] = true
	d.mu.Unlock()

	options := &openapi3filter.Options{
		AuthenticationFunc:    openapi3filter.NoopAuthenticationFunc,
		IncludeResponseStatus: true, SkipSettingDefaults: true, MultiError: true,
	}
	input := &openapi3filter.RequestValidationInput{Request: copied, PathParams: params, Route: route, Options: options}
	if answer.Code < 300 {
		assert.NoError(d.t, openapi3filter.ValidateRequest(r.Context(), input), "request of %s", operation)
		assert.NotNil(d.t, route.Operation.Responses.Value(itoa(answer.Code)), "%s answers %d, which is not documented", operation, answer.Code)
	}
	assert.NoError(d.t, openapi3filter.ValidateResponse(r.Context(), &openapi3filter.ResponseValidationInput{
		RequestValidationInput: input, Status: answer.Code, Header: answer.Header(),
		Body: io.NopCloser(bytes.NewReader(answer.Body.Bytes())), Options: options,
	}), "%d answer of %s: %s", answer.Code, operation, answer.Body)
	d.checkHeaders(route.Operation, answer)
}

// checkHeaders wants exactly the documented headers on a success.
func (d *documented) checkHeaders(operation *openapi3.Operation, answer *httptest.ResponseRecorder) {
	described := operation.Responses.Value(itoa(answer.Code))
	if described == nil {
		return
	}
	for name := range described.Value.Headers {
		if name == "Date" {
			continue // net/http adds it
		}
		assert.NotEmpty(d.t, answer.Header().Get(name), "%s: header %s", operation.OperationID, name)
	}
	for name := range answer.Header() {
		if slices.Contains([]string{
			"Content-Type", "Content-Length", "X-Request-Id", "Response-Time", "Server", "Content-Md5",
			"Access-Control-Allow-Origin", "Access-Control-Allow-Methods",
		}, name) {
			continue
		}
		known := false
		for documented := range described.Value.Headers {
			known = known || http.CanonicalHeaderKey(documented) == name
		}
		assert.True(d.t, known, "%s: header %s is not documented", operation.OperationID, name)
	}
}

func itoa(n int) string {
	return string([]byte{byte('0' + n/100), byte('0' + n/10%10), byte('0' + n%10)})
}

// underContract is a caller whose traffic is held to openapi.yaml.
func underContract(t *testing.T, options ...wrappertest.Option) caller {
	return inMemory(t, append(options, wrappertest.WithHandler(newDocumented(t).wrap))...)
}

func TestEveryOperationAnswersAsDocumented(t *testing.T) {
	t.Parallel()
	check := newDocumented(t)
	c := inMemory(t, wrappertest.WithHandler(check.wrap))
	walk(t, c)

	router, err := document()
	require.NoError(t, err)
	require.NotNil(t, router)
	doc, err := openapi3.NewLoader().LoadFromFile("../../openapi.yaml")
	require.NoError(t, err)
	for _, item := range doc.Paths.Map() {
		for _, operation := range item.Operations() {
			assert.True(t, check.seen[operation.OperationID], "%s was not called", operation.OperationID)
		}
	}
}

// walk calls every operation, with success and with the usual refusals, at both
// depths.
func walk(t *testing.T, c caller) {
	owner := c.cloud.IONOS.AddUser(wrappertest.User{FirstName: "O", LastName: "W", Email: "ow@example.com"})
	datacenter := c.cloud.IONOS.AddResource(wrappertest.Resource{Type: "datacenter", Name: "dc", Owner: owner, SecAuthProtection: new(true)})
	for _, kind := range []string{"snapshot", "image", "ipblock", "pcc", "backupunit", "k8s"} {
		c.cloud.IONOS.AddResource(wrappertest.Resource{Type: kind, Name: "one " + kind})
	}
	want := func(status int, r response) response {
		t.Helper()
		require.Equal(t, status, r.StatusCode, "%s", r.text)
		return r
	}
	user := at(t, want(202, c.ionos("POST", "/um/users", `{"properties":{"firstname":"A","lastname":"B","email":"a@example.com","password":"secret-123","administrator":true}}`)).json(t), "id").(string)
	made := want(202, c.ionos("POST", "/um/groups?depth=1", `{"properties":{"name":"ops","createDataCenter":true}}`))
	group := at(t, made.json(t), "id").(string)
	want(202, c.ionos("POST", "/um/groups/"+group+"/users", `{"id":"`+user+`"}`))
	want(202, c.ionos("POST", "/um/groups/"+group+"/shares/"+datacenter, `{"properties":{"editPrivilege":true}}`))
	for _, depth := range []string{"", "?depth=1", "?depth=1&pretty=false"} {
		for _, at := range []string{
			"/um/users", "/um/users/" + user, "/um/users/" + user + "/groups", "/um/users/" + owner + "/owns",
			"/um/groups", "/um/groups/" + group, "/um/groups/" + group + "/resources", "/um/groups/" + group + "/users",
			"/um/groups/" + group + "/shares", "/um/groups/" + group + "/shares/" + datacenter,
			"/um/resources", "/um/resources/k8s", "/um/resources/datacenter/" + datacenter,
		} {
			want(200, c.ionos("GET", at+depth, ""))
		}
	}
	want(200, c.ionos("GET", "/um/users?limit=1&offset=1", ""))
	location, err := url.Parse(made.Header.Get("Location"))
	require.NoError(t, err)
	want(200, c.ionos("GET", strings.TrimPrefix(location.Path, "/cloudapi/v6"), ""))
	want(202, c.ionos("PUT", "/um/users/"+user, `{"properties":{"firstname":"A","lastname":"C","email":"a@example.com"}}`))
	want(202, c.ionos("PUT", "/um/groups/"+group, `{"properties":{"name":"dev"}}`))
	want(202, c.ionos("PUT", "/um/groups/"+group+"/shares/"+datacenter, `{"properties":{"sharePrivilege":true}}`))
	want(202, c.ionos("DELETE", "/um/groups/"+group+"/shares/"+datacenter, ""))
	want(202, c.ionos("DELETE", "/um/groups/"+group+"/users/"+user, ""))
	want(202, c.ionos("DELETE", "/um/groups/"+group, ""))
	want(202, c.ionos("DELETE", "/um/users/"+user, ""))
	want(404, c.ionos("GET", "/um/users/"+user, ""))
	want(422, c.ionos("POST", "/um/users", `{"properties":{}}`))
	want(422, c.ionos("GET", "/um/users?limit=101", ""))
	want(401, c.with("Authorization", "Bearer wrong").ionos("GET", "/um/users", ""))

	login := want(201, c.triton("POST", "/acme/users", `{"login":"bob","email":"bob@example.com","password":"secret-123","phone":"1"}`))
	id := at(t, login.json(t), "id").(string)
	want(200, c.triton("GET", "/acme/users", ""))
	want(200, c.triton("GET", "/my/users/bob?membership=true", ""))
	want(200, c.triton("GET", "/acme/users/"+id+"?as-role=admin,dev", ""))
	want(200, c.triton("POST", "/acme/users/"+id, `{"phone":"2"}`))
	want(200, c.triton("POST", "/acme/users/"+id+"/change_password", `{"password":"secret-124","password_confirmation":"secret-124"}`))
	want(409, c.triton("POST", "/acme/users/"+id+"/change_password", `{"password":"secret-124"}`))

	const key = `"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f bob"`
	want(409, c.triton("POST", "/acme/users/bob/keys", `{}`))
	want(409, c.triton("POST", "/acme/users/bob/keys", `{"key":"ssh-ed25519 nonsense"}`))
	want(404, c.triton("POST", "/acme/users/ann/keys", `{"key":`+key+`}`))
	added := want(201, c.triton("POST", "/acme/users/bob/keys", `{"key":`+key+`}`))
	fingerprint := at(t, added.json(t), "fingerprint").(string)
	assert.Equal(t, "/acme/users/bob/keys/"+fingerprint, added.Header.Get("Location"))
	want(409, c.triton("POST", "/acme/users/bob/keys", `{"name":"again","key":`+key+`}`))
	want(200, c.triton("GET", "/acme/users/"+id+"/keys", ""))
	want(200, c.triton("GET", "/acme/users/bob/keys/"+fingerprint, ""))
	want(409, c.triton("DELETE", "/acme/users/bob", ""))
	want(204, c.triton("DELETE", "/acme/users/bob/keys/"+fingerprint, ""))
	want(404, c.triton("DELETE", "/acme/users/bob/keys/"+fingerprint, ""))
	want(404, c.triton("GET", "/acme/users/ann/keys", ""))

	want(204, c.triton("DELETE", "/acme/users/bob", ""))
	want(404, c.triton("DELETE", "/acme/users/bob", ""))
	want(404, c.triton("GET", "/other/users", ""))
}
