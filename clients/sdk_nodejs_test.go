package clients

import (
	"encoding/json"
	"net/http"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/cloudroster/cloudroster/wrapper/wrappertest"
)

// sdkNode runs the flows of testdata/sdk_nodejs.cjs.
func sdkNode(t *testing.T) client {
	t.Helper()
	script, err := filepath.Abs("testdata/sdk_nodejs.cjs")
	require.NoError(t, err)
	var modules string
	client := client{
		name: "sdk-nodejs", version: npmVersion(t, "@ionos-cloud/sdk-nodejs"),
		what: "users, groups, members, shares, S3 keys, requests, contracts",
		prepare: func(t *testing.T) {
			t.Helper()
			modules = filepath.Join(packages(t), "node_modules")
			list := exec.CommandContext(t.Context(), "node", script, "--list")
			list.Env = append(list.Environ(), "NODE_PATH="+modules)
			out, err := list.Output()
			require.NoError(t, err)
			var names []string
			require.NoError(t, json.Unmarshal(out, &names))
			for i, name := range names {
				require.Less(t, i, len(sdkNodeFlows), "sdkNodeFlows lacks %s", name)
				require.Equal(t, name, sdkNodeFlows[i].name)
			}
			require.Len(t, sdkNodeFlows, len(names), "the script lacks a flow")
		},
	}
	for _, one := range sdkNodeFlows {
		client.flows = append(client.flows, flow{name: one.name, fails: one.fails, because: one.because, run: func(s *session) {
			environment := []string{"NODE_PATH=" + modules}
			if one.before != nil {
				environment = append(environment, one.before(s)...)
			}
			out, err := s.execWith(environment, "", "node", script, one.name)
			require.NoError(s, err, out)
			if one.after != nil {
				one.after(s)
			}
		}})
	}
	return client
}

// sdkNodeFlows are the flows of the script, in its order.
var sdkNodeFlows = []struct {
	name           string
	before         func(*session) []string // sets the cloud up; returns variables of the script
	after          func(*session)          // what must come of it
	fails, because string
}{
	{name: "create and read a user", after: func(s *session) {
		require.Len(s, s.cloud.IONOS.Users(), 1)
		assert.Equal(s, "correct-horse-1", s.cloud.IONOS.Users()[0].Password)
	}},
	{name: "read a user at depth 5"},
	{name: "list users in pages", after: func(s *session) { assert.Len(s, s.cloud.IONOS.Users(), 3) }},
	{name: "find a user by email"},
	{name: "update a user", after: func(s *session) {
		require.Len(s, s.cloud.IONOS.Users(), 1)
		user := s.cloud.IONOS.Users()[0]
		assert.Equal(s, "Lovelace", user.LastName)
		assert.True(s, user.ForceSecAuth)
		assert.Equal(s, "correct-horse-1", user.Password)
	}},
	{name: "delete a user", after: func(s *session) { assert.Empty(s, s.cloud.IONOS.Users()) }},
	{name: "an email that is taken", after: func(s *session) { assert.Len(s, s.cloud.IONOS.Users(), 1) }},
	{name: "a user without a last name", after: func(s *session) { assert.Empty(s, s.cloud.IONOS.Users()) }},
	{name: "a user that does not exist"},
	{name: "create, read, update, list and delete a group", after: func(s *session) { assert.Empty(s, s.cloud.IONOS.Groups()) }},
	{name: "add, list and remove a member"},
	{name: "share a datacenter"},
	{name: "resources by type and by id"},
	{name: "what a user owns", before: func(s *session) []string {
		owner := s.cloud.IONOS.AddUser(wrappertest.User{FirstName: "Ada", LastName: "Byron", Email: "ada@example.test"})
		s.cloud.IONOS.AddResource(wrappertest.Resource{Type: "snapshot", Name: "hers", Owner: owner})
		return []string{"OWNER=" + owner}
	}},
	{name: "create, read, update, list and delete an S3 key"},
	{
		name: "the URL of the object storage console", fails: "404",
		because: "The in-memory cloud has no console of the object storage to send a user to.",
	},
	{name: "list, read and follow requests"},
	{name: "a request that fails", before: func(s *session) []string {
		s.cloud.IONOS.FailNext("no room left")
		return nil
	}},
	{name: "read the contract"},
	{name: "log in with a password", before: func(*session) []string {
		return []string{"LOGIN=" + wrappertest.Username, "PASSWORD=" + wrappertest.Password}
	}},
	{name: "a wrong token"},
	{name: "retry after 429", before: func(s *session) []string {
		s.cloud.IONOS.Fault(wrappertest.Fault{
			OperationID: "umUsersGet", Attempt: 1,
			Effect: wrappertest.Reply(http.StatusTooManyRequests, http.Header{"Retry-After": {"0"}}, `{"httpStatus":429,"messages":[]}`),
		})
		return nil
	}, after: func(s *session) { assert.Equal(s, 2, s.cloud.IONOS.Count("umUsersGet")) }},
}
