package sandbox

import (
	"encoding/json"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/cloudroster/cloudroster/gen"
	"github.com/cloudroster/cloudroster/wrapper/wrappertest"
)

// ionosSteps call every documented operation of IONOS, and some errors. U is a user, G a group, R
// and S resources, S shared with G; L is the path that the last Location led to.
var ionosSteps = []struct {
	method, path, body string
	status             int
}{
	{"GET", "/um/users?depth=1&offset=0&limit=2&pretty=false", "", 200},
	{"POST", "/um/users?depth=1", `{"properties":{"firstname":"Bo","lastname":"Ek","email":"bo@example.com","password":"correct-horse-1"}}`, 202},
	{"GET", "L", "", 200},
	{"GET", "/um/users/U", "", 200},
	{"PUT", "/um/users/U", `{"properties":{"firstname":"Ann","lastname":"Lund","email":"ann@example.com","administrator":false,"forceSecAuth":false,"active":true}}`, 202},
	{"GET", "/um/users/U/groups", "", 200},
	{"GET", "/um/users/U/owns", "", 200},
	{"GET", "/um/groups", "", 200},
	{"POST", "/um/groups", `{"properties":{"name":"dev","createDataCenter":true}}`, 202},
	{"GET", "/um/groups/G?depth=1", "", 200},
	{"PUT", "/um/groups/G", `{"properties":{"name":"ops","reserveIp":true}}`, 202},
	{"GET", "/um/groups/G/users", "", 200},
	{"POST", "/um/groups/G/users", `{"id":"U"}`, 202},
	{"GET", "/um/groups/G/resources", "", 200},
	{"GET", "/um/groups/G/shares", "", 200},
	{"GET", "/um/groups/G/shares/S", "", 200},
	{"POST", "/um/groups/G/shares/R", `{"properties":{"editPrivilege":true,"sharePrivilege":false}}`, 202},
	{"PUT", "/um/groups/G/shares/R", `{"properties":{"editPrivilege":false,"sharePrivilege":true}}`, 202},
	{"DELETE", "/um/groups/G/shares/R", "", 202},
	{"DELETE", "/um/groups/G/users/U", "", 202},
	{"GET", "/um/resources?depth=1", "", 200},
	{"GET", "/um/resources/datacenter", "", 200},
	{"GET", "/um/resources/datacenter/R", "", 200},
	{"DELETE", "/um/groups/G", "", 202},
	{"DELETE", "/um/users/U", "", 202},
	{"GET", "/um/users/U", "", 404},
	{"GET", "/requests/11111111-1111-4111-8111-111111111111/status", "", 404},
	{"POST", "/um/users", `{"properties":{"firstname":"Bo","lastname":"Ek","email":"bo@example.com","password":"correct-horse-1"}}`, 422},
}

var contractNames = strings.NewReplacer("U", "11111111-1111-4111-8111-111111111111", "G", "33333333-3333-4333-8333-333333333333",
	"R", "22222222-2222-4222-8222-222222222222", "S", "44444444-4444-4444-8444-444444444444")

const contractState = `{"ionos": {
	"users": [{"id": "11111111-1111-4111-8111-111111111111", "firstname": "Ann", "lastname": "Lee", "email": "ann@example.com"}],
	"groups": [{"id": "33333333-3333-4333-8333-333333333333", "name": "ops", "shares": [{"resourceId": "44444444-4444-4444-8444-444444444444"}]}],
	"resources": [
		{"id": "22222222-2222-4222-8222-222222222222", "type": "datacenter", "name": "one", "owner": "ann@example.com"},
		{"id": "44444444-4444-4444-8444-444444444444", "type": "snapshot", "name": "two", "owner": "ann@example.com"}]}}`

// The sandbox keeps to the document: every documented operation is called behind the check, and
// nothing is found. What it serves beside them is called, too.
func TestTheSandboxBehindTheContractCheck(t *testing.T) {
	t.Parallel()
	s := serve(t, "-contract", "-control", ":0", "-seed", write(t, "seed.json", contractState), "-queued", "0s", "-running", "0s")
	location := ""
	send := func(method, path, body string) int {
		address := s.variables["IONOS_API_URL"] + path
		if path == "L" {
			address = location
		}
		request, err := http.NewRequestWithContext(t.Context(), method, address, strings.NewReader(body))
		require.NoError(t, err)
		request.Header.Set("Authorization", "Bearer "+s.variables["IONOS_TOKEN"])
		request.Header.Set("X-Contract-Number", "31")
		if body != "" {
			request.Header.Set("Content-Type", "application/json")
		}
		response, err := http.DefaultClient.Do(request)
		require.NoError(t, err)
		defer response.Body.Close()
		_, err = io.Copy(io.Discard, response.Body)
		require.NoError(t, err)
		location = response.Header.Get("Location")
		return response.StatusCode
	}
	for _, step := range ionosSteps {
		path, query, _ := strings.Cut(step.path, "?")
		if path != "L" {
			path = "/" + strings.Join(names(strings.Split(path, "/")[1:]), "/") + "?" + query
		}
		body := strings.Replace(step.body, `"U"`, `"`+contractNames.Replace("U")+`"`, 1)
		require.Equal(t, step.status, send(step.method, strings.TrimSuffix(path, "?"), body), "%s %s", step.method, step.path)
	}
	require.Equal(t, 202, send("POST", "/datacenters", `{"properties":{"name":"x","location":"de/fra"}}`), "a neighbour")

	ctx, triton := t.Context(), s.tritonClient(t)
	user, err := triton.CreateUser(ctx, gen.TritonUserCreate{Login: "jo_meier", Email: "jo@example.com", Password: "correct-horse-9", City: new("Bonn")})
	require.NoError(t, err)
	_, err = triton.CreateUserKey(ctx, "jo_meier", gen.TritonKeyCreate{Name: new("laptop"), Key: publicKey(t)})
	require.NoError(t, err)
	for _, call := range []func() error{
		func() error { _, err := triton.ListUsers(ctx); return err },
		func() error { _, err := triton.GetUserWithRoles(ctx, "jo_meier"); return err },
		func() error {
			_, err := triton.UpdateUser(ctx, user.ID, gen.TritonUserUpdate{City: new("Ulm")})
			return err
		},
		func() error { _, err := triton.ChangeUserPassword(ctx, user.ID, "correct-horse-8"); return err },
		func() error { _, err := triton.ListUserKeys(ctx, "jo_meier"); return err },
		func() error { _, err := triton.GetUserKey(ctx, "jo_meier", "laptop"); return err },
		func() error { return triton.DeleteUserKey(ctx, "jo_meier", "laptop") },
		func() error { return triton.DeleteUser(ctx, "jo_meier") },
	} {
		require.NoError(t, call())
	}

	var seen struct{ Items []seenRequest }
	require.NoError(t, json.Unmarshal([]byte(s.control(t).must("GET", "/v1/requests", "")), &seen))
	cloud := wrappertest.New()
	for _, id := range slices.Concat(cloud.IONOS.OperationIDs(), cloud.Triton.OperationIDs()) {
		assert.True(t, slices.ContainsFunc(seen.Items, func(r seenRequest) bool { return r.OperationID == id }), "%s was not called", id)
	}
	status, err := s.stop()
	require.NoError(t, err)
	assert.Equal(t, success, status)
	assert.Empty(t, s.stderr.String())
}

// names replaces the segments of a path that stand for an id.
func names(segments []string) []string {
	for i, segment := range segments {
		if len(segment) == 1 {
			segments[i] = contractNames.Replace(segment)
		}
	}
	return segments
}
