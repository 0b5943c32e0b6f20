package clients

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/cloudroster/cloudroster/wrapper/wrappertest"
)

// cloudapiSuite states again what the server's own tests of users hold it to. They are no package
// and need the whole data centre, so that they cannot be run as they are: these flows make the same
// requests in the same order, signed in the same way, and ask for the same results.
func cloudapiSuite(t *testing.T) client {
	t.Helper()
	return client{
		name: "sdc-cloudapi's users suite", version: "restated", what: "users, policies, roles, role tags, keys, as `test/users.test.js` has them",
		prepare: func(*testing.T) {},
		flows:   cloudapiFlows,
	}
}

// response is what the server returned.
type response struct {
	session *session
	status  int
	header  http.Header
	body    string
}

func (r response) object() map[string]any  { return r.session.object(r.body) }
func (r response) list() []map[string]any  { return r.session.list(r.body) }
func (r response) text(name string) string { return fmt.Sprint(r.object()[name]) }

// send is sendAs of the account's owner.
func (s *session) send(method, path, body string) response {
	return s.sendAs(wrappertest.Account, method, path, body)
}

// sendAs signs a request as the suite does, over the date alone, and returns the response.
func (s *session) sendAs(account, method, path, body string) response {
	request, err := http.NewRequestWithContext(s.ctx, method, s.cloud.Triton.URL()+path, strings.NewReader(body))
	require.NoError(s, err)
	date := time.Now().UTC().Format(http.TimeFormat)
	hash := sha256.Sum256([]byte(date))
	signature, err := rsa.SignPKCS1v15(rand.Reader, sshKey(), crypto.SHA256, hash[:])
	require.NoError(s, err)
	request.Header.Set("Date", date)
	request.Header.Set("Accept-Version", "~8")
	request.Header.Set("Authorization", `Signature keyId="/`+account+`/keys/laptop",algorithm="rsa-sha256" `+base64.StdEncoding.EncodeToString(signature))
	if body != "" {
		request.Header.Set("Content-Type", "application/json")
	}
	client := &http.Client{Transport: &http.Transport{}}
	defer client.CloseIdleConnections()
	got, err := client.Do(request)
	require.NoError(s, err)
	defer func() { _ = got.Body.Close() }()
	content, err := io.ReadAll(got.Body)
	require.NoError(s, err)
	return response{session: s, status: got.StatusCode, header: got.Header, body: string(content)}
}

// succeeds sends a request that must have this status.
func (s *session) succeeds(status int, method, path, body string) response {
	got := s.send(method, path, body)
	require.Equal(s, status, got.status, "%s %s: %s", method, path, got.body)
	for _, name := range []string{"Access-Control-Allow-Origin", "Access-Control-Allow-Methods", "Date", "Request-Id", "Response-Time", "Server", "Api-Version"} {
		assert.NotEmpty(s, got.header.Get(name), name)
	}
	return got
}

// fails sends a request that must have this status and code, and a message that has this text.
func (s *session) fails(status int, code, text, method, path, body string) {
	got := s.send(method, path, body)
	require.Equal(s, status, got.status, "%s %s: %s", method, path, got.body)
	assert.Equal(s, code, got.text("code"))
	assert.Contains(s, got.text("message"), text)
}

// strangerFinds sends a request of an account that owns nothing.
func (s *session) strangerFinds(status int, method, path, body string) {
	s.cloud.Triton.AddOtherAccount("rival")
	got := s.sendAs("rival", method, path, body)
	require.Equal(s, status, got.status, "%s %s: %s", method, path, got.body)
}

// creates makes a user and returns its id.
func (s *session) creates(login string) string {
	return s.succeeds(201, "POST", "/my/users", `{"login":"`+login+`","email":"`+login+`@example.test","password":"joypass123"}`).text("id")
}

// anotherAccount is why the suite's requests of a second account fail.
const anotherAccount = "The in-memory cloud has one account, so that no other can sign a request."

// suiteRules are of the forms that the suite uses.
const suiteRules = `["Ann can read *.txt when team::string = blue and sourceip::ip = 10.0.0.0/8","Bob can read and write plan if requesttime::time > 07:30:00","Cat can ops_* *"]`

var cloudapiFlows = []flow{
	{name: "users that are invalid", run: func(s *session) {
		s.fails(409, "InvalidArgument", "login", "POST", "/my/users", `{"login":"_wrong","email":"ada@example.test","password":"joypass123"}`)
		s.fails(409, "InvalidArgument", "email", "POST", "/my/users", `{"login":"ada","email":"ada+example.test","password":"joypass123"}`)
		s.fails(409, "MissingParameter", "password", "POST", "/my/users", `{"login":"ada","email":"ada@example.test"}`)
	}},
	{name: "create, update, get and list users", run: func(s *session) {
		id := s.creates("ada")
		updated := s.succeeds(200, "POST", "/my/users/"+id, `{"phone":"+34 626 626 626"}`)
		assert.Equal(s, []string{"ada", "ada@example.test", "+34 626 626 626"}, []string{updated.text("login"), updated.text("email"), updated.text("phone")})
		assert.Equal(s, "ada", s.succeeds(200, "GET", "/my/users/"+id, "").text("login"))
		s.creates("bob")
		assert.Equal(s, []any{"ada", "bob"}, field(s.succeeds(200, "GET", "/my/users", "").list(), "login"))
	}},
	{name: "change a password", run: func(s *session) {
		path := "/my/users/" + s.creates("ada") + "/change_password"
		s.fails(409, "MissingParameter", "password", "POST", path, `{"password":"whatever"}`)
		s.fails(409, "InvalidArgument", "password", "POST", path, `{"password":"whatever","password_confirmation":"somethingelse"}`)
		assert.Equal(s, "ada", s.succeeds(200, "POST", path, `{"password":"whatever123","password_confirmation":"whatever123"}`).text("login"))
	}},
	{name: "get a user with roles", run: func(s *session) {
		id := s.creates("ada")
		with := s.succeeds(200, "GET", "/my/users/"+id+"?membership=true", "").object()
		assert.Equal(s, []any{[]any{}, []any{}}, []any{with["roles"], with["default_roles"]})
	}},
	{name: "create, get, update and list policies", run: func(s *session) {
		id := s.succeeds(201, "POST", "/my/policies", `{"name":"some","rules":`+suiteRules+`,"description":"This is optional"}`).text("id")
		assert.Equal(s, "some", s.succeeds(200, "GET", "/my/policies/"+id, "").text("name"))
		var rules []any
		require.NoError(s, json.Unmarshal([]byte(suiteRules), &rules))
		rules = append(rules, "Dan can delete *")
		more, err := json.Marshal(map[string]any{"name": "changed", "rules": rules})
		require.NoError(s, err)
		updated := s.succeeds(200, "POST", "/my/policies/"+id, string(more)).object()
		assert.Equal(s, []any{"changed", rules}, []any{updated["name"], updated["rules"]})
		assert.Equal(s, []any{"changed"}, field(s.succeeds(200, "GET", "/my/policies", "").list(), "name"))
	}},
	{
		name: "a policy with an invalid rule", fails: "expected: 409",
		because: "The in-memory cloud does not check the conditions of rules.",
		run: func(s *session) {
			id := s.succeeds(201, "POST", "/my/policies", `{"name":"some","rules":`+suiteRules+`}`).text("id")
			s.fails(409, "InvalidArgument", "baz", "POST", "/my/policies/"+id, `{"rules":["Dan can delete * when baz = bar"]}`)
		},
	},
	{name: "create, get, update and list roles", run: func(s *session) {
		s.creates("ada")
		s.creates("bob")
		id := s.succeeds(201, "POST", "/my/roles", `{"name":"some","members":"bob","default_members":"bob"}`).text("id")
		assert.Equal(s, "some", s.succeeds(200, "GET", "/my/roles/"+id, "").text("name"))
		updated := s.succeeds(200, "POST", "/my/roles/"+id, `{"name":"changed","members":["bob","ada"],"default_members":["ada"]}`).object()
		assert.Equal(s, "changed", updated["name"])
		assert.ElementsMatch(s, []any{"ada", "bob"}, updated["members"])
		assert.Equal(s, []any{"ada"}, updated["default_members"])
		updated = s.succeeds(200, "POST", "/my/roles/"+id, `{"default_members":["ada","bob"]}`).object()
		assert.ElementsMatch(s, []any{"ada", "bob"}, updated["members"])
		assert.ElementsMatch(s, []any{"ada", "bob"}, updated["default_members"])
		s.succeeds(201, "POST", "/my/roles", `{"name":"other","members":["ada","bob"]}`)
		assert.Equal(s, []any{"changed", "other"}, field(s.succeeds(200, "GET", "/my/roles", "").list(), "name"))
	}},
	{name: "policies of a role", run: func(s *session) {
		s.succeeds(201, "POST", "/my/policies", `{"name":"some","rules":`+suiteRules+`}`)
		id := s.succeeds(201, "POST", "/my/roles", `{"name":"some"}`).text("id")
		assert.Equal(s, []any{"some"}, s.succeeds(200, "POST", "/my/roles/"+id, `{"policies":["some"]}`).object()["policies"])
		s.fails(409, "InvalidArgument", "none", "POST", "/my/roles/"+id, `{"policies":["some","none"]}`)
	}},
	{name: "the administrator role", run: func(s *session) {
		s.creates("ada")
		s.succeeds(201, "POST", "/my/policies", `{"name":"some","rules":`+suiteRules+`}`)
		s.fails(409, "InvalidArgument", "Administrator", "POST", "/my/roles", `{"name":"administrator","members":["ada"],"policies":["some"]}`)
		id := s.succeeds(201, "POST", "/my/roles", `{"name":"administrator","members":["ada"]}`).text("id")
		s.fails(409, "InvalidArgument", "Administrator", "POST", "/my/roles/"+id, `{"name":"administrator","members":["ada"],"policies":["some"]}`)
		s.succeeds(204, "DELETE", "/my/roles/"+id, "")
	}},
	{name: "role tags of a user", run: func(s *session) {
		s.cloud.Triton.AddRole("some", "CAN getuser")
		path := "/my/users/" + s.creates("ada")
		s.succeeds(200, "PUT", path, `{"role-tag":["some"]}`)
		assert.Equal(s, "some", s.succeeds(200, "GET", path, "").header.Get("Role-Tag"))
		s.fails(404, "ResourceNotFound", "", "PUT", "/my/users/d26f4257-a795-4a7e-a360-e5441b39def0", `{"role-tag":["some"]}`)
	}},
	{name: "keys of a user", run: func(s *session) {
		path := "/my/users/" + s.creates("ada") + "/keys"
		assert.Empty(s, s.succeeds(200, "GET", path, "").list())
		s.fails(409, "MissingParameter", "key", "POST", path, `{}`)
		line, fingerprint := s.anotherKey("mark@foo.local")
		body, err := json.Marshal(map[string]string{"name": "id_rsa 1", "key": line})
		require.NoError(s, err)
		created := s.succeeds(201, "POST", path, string(body))
		assert.Equal(s, []string{"id_rsa 1", fingerprint}, []string{created.text("name"), created.text("fingerprint")})
		second, _ := s.anotherKey("mark@foo.local")
		body, err = json.Marshal(map[string]string{"name": "id_rsa 1", "key": second})
		require.NoError(s, err)
		s.fails(409, "InvalidArgument", "", "POST", path, string(body))
		s.fails(409, "InvalidArgument", "key", "POST", path, `{"name":"Not so valid","key":"asdf"}`)
		assert.Equal(s, []any{fingerprint}, field(s.succeeds(200, "GET", path, "").list(), "fingerprint"))
		one := path + "/" + url.QueryEscape(fingerprint)
		assert.Equal(s, line, s.succeeds(200, "GET", one, "").text("key"))
		s.succeeds(204, "DELETE", one, "")
		assert.Empty(s, s.succeeds(200, "GET", path, "").list())
	}},
	{name: "delete roles, policies and users", run: func(s *session) {
		user := s.creates("ada")
		policy := s.succeeds(201, "POST", "/my/policies", `{"name":"some","rules":`+suiteRules+`}`).text("id")
		role := s.succeeds(201, "POST", "/my/roles", `{"name":"some","members":["ada"],"policies":["some"]}`).text("id")
		for _, path := range []string{"/my/roles/" + role, "/my/policies/" + policy, "/my/users/" + user} {
			s.succeeds(204, "DELETE", path, "")
			s.fails(404, "ResourceNotFound", "", "GET", path, "")
		}
	}},
	{name: "another account's requests for users and keys", fails: "expected: 404", because: anotherAccount, run: func(s *session) {
		path := "/my/users/" + s.creates("ada")
		s.strangerFinds(404, "GET", path, "")
		s.strangerFinds(404, "POST", path, `{"phone":"1"}`)
		s.strangerFinds(404, "POST", path+"/change_password", `{"password":"whatever123","password_confirmation":"whatever123"}`)
		s.strangerFinds(404, "GET", path+"/keys", "")
		s.strangerFinds(404, "POST", path+"/keys", `{"name":"id_rsa 1","key":"ssh-rsa AAAA"}`)
		s.strangerFinds(404, "DELETE", path, "")
	}},
	{name: "another account's requests for policies, roles and role tags", fails: "expected: 404", because: anotherAccount, run: func(s *session) {
		policy := s.succeeds(201, "POST", "/my/policies", `{"name":"some","rules":`+suiteRules+`}`).text("id")
		role := s.succeeds(201, "POST", "/my/roles", `{"name":"some"}`).text("id")
		s.strangerFinds(404, "GET", "/my/policies/"+policy, "")
		s.strangerFinds(404, "DELETE", "/my/policies/"+policy, "")
		s.strangerFinds(404, "GET", "/my/roles/"+role, "")
		s.strangerFinds(409, "POST", "/my/roles/"+role, `{"policies":["some"]}`)
		s.strangerFinds(404, "DELETE", "/my/roles/"+role, "")
		s.strangerFinds(409, "PUT", "/my/users", `{"role-tag":["some"]}`)
	}},
	{
		name: "a connection that is kept is announced", fails: "Keep-Alive",
		because: "The suite wants `Connection: Keep-Alive` in every response. HTTP/1.1 keeps a connection without it, and Go's server sends none.",
		run: func(s *session) {
			assert.Equal(s, "Keep-Alive", s.succeeds(200, "GET", "/my/users", "").header.Get("Connection"))
		},
	},
}
