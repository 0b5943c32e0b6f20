package contract

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/cloudroster/cloudroster/gen"
	"github.com/cloudroster/cloudroster/wrapper"
	"github.com/cloudroster/cloudroster/wrapper/wrappertest"
)

// findings collects what a Transport or Handler reports.
type findings struct {
	mu  sync.Mutex
	all []Finding
}

func (f *findings) report(finding Finding) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.all = append(f.all, finding)
}

func (f *findings) list() []Finding {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.all)
}

// walker drives every typed method against the in-memory clouds, checked on both sides.
type walk struct {
	t               *testing.T
	client, server  findings
	coverage        Coverage
	cloud           *wrappertest.Cloud
	ionos           *wrapper.IONOS
	triton          *wrapper.Triton
	user, group     string
	resource, share string
	request, login  string
	loginID         string
}

func newWalk(t *testing.T) *walk {
	w := &walk{t: t}
	w.cloud = wrappertest.New(
		wrappertest.WithRequestTimes(time.Second, time.Second),
		wrappertest.WithHandler(func(next http.Handler) http.Handler { return Handler(next, w.server.report) }))
	client := &http.Client{Transport: Transport(w.cloud.Transport(), w.client.report, WithCoverage(&w.coverage))}
	once := wrapper.WithRetry(wrapper.RetryPolicy{MaxAttempts: 1})
	var err error
	w.ionos, err = wrapper.NewIONOS(wrapper.TokenAuth(wrappertest.Token), wrapper.WithHTTPClient(client), once)
	require.NoError(t, err)
	signer, err := wrapper.NewSigner(w.cloud.Triton.Key())
	require.NoError(t, err)
	auth, err := wrapper.SignatureAuth(wrappertest.Account, signer)
	require.NoError(t, err)
	w.cloud.Triton.AddRole("admin")
	w.cloud.Triton.AddRole("reader")
	w.triton, err = wrapper.NewTriton(w.cloud.Triton.URL(), wrappertest.Account, auth,
		wrapper.WithHTTPClient(client), wrapper.WithRoles("admin", "reader"), once)
	require.NoError(t, err)

	w.user = w.cloud.IONOS.AddUser(wrappertest.User{FirstName: "Ann", LastName: "Lee", Email: "ann@example.com", S3CanonicalUserID: "s3-ann"})
	w.group = w.cloud.IONOS.AddGroup(wrappertest.Group{Name: "ops"})
	w.cloud.IONOS.AddMember(w.group, w.user)
	w.resource = w.cloud.IONOS.AddResource(wrappertest.Resource{Type: "datacenter", Name: "one", Owner: w.user, SecAuthProtection: new(true)})
	w.share = w.cloud.IONOS.AddResource(wrappertest.Resource{Type: "snapshot", Name: "two", Owner: w.user})
	w.cloud.IONOS.AddShare(w.group, wrappertest.Share{ResourceID: w.share, EditPrivilege: true})
	w.login = "jo"
	w.loginID = w.cloud.Triton.AddUser(wrappertest.SubUser{
		Login: "jones", Email: "jones@example.com", MultiValues: map[string][]string{"city": {"Bonn", "Ulm"}, "state": {}},
	})
	w.login = "jones"
	return w
}

// operationCalls is one call for every operationId, with every optional parameter. They work any
// number of times and in any order, as long as the service refuses them.
func (w *walk) operationCalls() map[string]func(context.Context) error {
	options := []wrapper.CallOption{wrapper.WithDepth(1), wrapper.WithContractNumber(31)}
	return map[string]func(context.Context) error{
		"umUsersGet": func(ctx context.Context) error {
			_, err := w.ionos.ListUsers(ctx, append(options, wrapper.WithOffset(1), wrapper.WithLimit(1))...)
			return err
		},
		"umUsersPost": func(ctx context.Context) error {
			_, operation, err := w.ionos.CreateUser(ctx, gen.UserCreateProperties{
				FirstName: "Bo", LastName: "Ek", Email: "bo@example.com", Password: "correct-horse-1",
				Administrator: new(false), ForceSecAuth: new(false), Active: new(true),
			}, options...)
			return w.wait(ctx, operation, err)
		},
		"umUsersFindById": func(ctx context.Context) error { return second(w.ionos.GetUser(ctx, w.user, options...)) },
		"umUsersPut": func(ctx context.Context) error {
			_, operation, err := w.ionos.ReplaceUser(ctx, w.user, gen.UserUpdateProperties{
				FirstName: new("Ann"), LastName: new("Lund"), Email: new("ann@example.com"), Password: new(gen.Secret("correct-horse-2")),
				Administrator: new(false), ForceSecAuth: new(false), SecAuthActive: new(false), Active: new(true),
			}, options...)
			return w.wait(ctx, operation, err)
		},
		"umUsersDelete": func(ctx context.Context) error {
			operation, err := w.ionos.DeleteUser(ctx, w.user, options...)
			return w.wait(ctx, operation, err)
		},
		"umUsersGroupsGet": func(ctx context.Context) error { return second(w.ionos.ListUserGroups(ctx, w.user, options...)) },
		"umUsersOwnsGet":   func(ctx context.Context) error { return second(w.ionos.ListOwnedResources(ctx, w.user, options...)) },
		"umGroupsGet":      func(ctx context.Context) error { return second(w.ionos.ListGroups(ctx, options...)) },
		"umGroupsPost": func(ctx context.Context) error {
			_, operation, err := w.ionos.CreateGroup(ctx, everyPrivilege("dev"), options...)
			return w.wait(ctx, operation, err)
		},
		"umGroupsFindById": func(ctx context.Context) error { return second(w.ionos.GetGroup(ctx, w.group, options...)) },
		"umGroupsPut": func(ctx context.Context) error {
			_, operation, err := w.ionos.ReplaceGroup(ctx, w.group, everyPrivilege("ops"), options...)
			return w.wait(ctx, operation, err)
		},
		"umGroupsDelete": func(ctx context.Context) error {
			operation, err := w.ionos.DeleteGroup(ctx, w.group, options...)
			return w.wait(ctx, operation, err)
		},
		"umGroupsResourcesGet": func(ctx context.Context) error {
			return second(w.ionos.ListGroupResources(ctx, w.group, options...))
		},
		"umGroupsUsersGet": func(ctx context.Context) error { return second(w.ionos.ListGroupMembers(ctx, w.group, options...)) },
		"umGroupsUsersPost": func(ctx context.Context) error {
			_, operation, err := w.ionos.AddGroupMember(ctx, w.group, w.user, options...)
			return w.wait(ctx, operation, err)
		},
		"umGroupsUsersDelete": func(ctx context.Context) error {
			operation, err := w.ionos.RemoveGroupMember(ctx, w.group, w.user, options...)
			return w.wait(ctx, operation, err)
		},
		"umGroupsSharesGet": func(ctx context.Context) error { return second(w.ionos.ListShares(ctx, w.group, options...)) },
		"umGroupsSharesFindByResourceId": func(ctx context.Context) error {
			return second(w.ionos.GetShare(ctx, w.group, w.share, options...))
		},
		"umGroupsSharesPost": func(ctx context.Context) error {
			_, operation, err := w.ionos.AddShare(ctx, w.group, w.resource, gen.ShareProperties{EditPrivilege: new(true), SharePrivilege: new(false)}, options...)
			return w.wait(ctx, operation, err)
		},
		"umGroupsSharesPut": func(ctx context.Context) error {
			_, operation, err := w.ionos.ReplaceShare(ctx, w.group, w.share, gen.ShareProperties{SharePrivilege: new(true)}, options...)
			return w.wait(ctx, operation, err)
		},
		"umGroupsSharesDelete": func(ctx context.Context) error {
			operation, err := w.ionos.RemoveShare(ctx, w.group, w.share, options...)
			return w.wait(ctx, operation, err)
		},
		"umResourcesGet": func(ctx context.Context) error { return second(w.ionos.ListResources(ctx, options...)) },
		"umResourcesFindByType": func(ctx context.Context) error {
			return second(w.ionos.ListResourcesByType(ctx, gen.ResourceTypeDataCenter, options...))
		},
		"umResourcesFindByTypeAndId": func(ctx context.Context) error {
			return second(w.ionos.GetResource(ctx, gen.ResourceTypeDataCenter, w.resource, options...))
		},
		"requestsStatusGet": func(ctx context.Context) error { return second(w.ionos.GetRequestStatus(ctx, w.request, options...)) },

		"ListTritonUsers": func(ctx context.Context) error { return second(w.triton.ListUsers(ctx)) },
		"GetTritonUser":   func(ctx context.Context) error { return second(w.triton.GetUserWithRoles(ctx, w.login)) },
		"CreateTritonUser": func(ctx context.Context) error {
			return second(w.triton.CreateUser(ctx, gen.TritonUserCreate{
				Login: "bob", Email: "bob@example.com", Password: "correct-horse-3", CompanyName: new("Acme"), FirstName: new("Bob"),
				LastName: new("Ray"), Address: new("1 Road"), PostalCode: new("10115"), City: new("Berlin"), State: new("BE"), Country: new("DE"), Phone: new("1"),
			}))
		},
		"UpdateTritonUser": func(ctx context.Context) error {
			return second(w.triton.UpdateUser(ctx, w.loginID, gen.TritonUserUpdate{
				Login: new("jones"), Email: new("jones@example.com"), CompanyName: new("Acme"), FirstName: new("Jo"),
				LastName: new("Nes"), Address: new("2 Road"), PostalCode: new("10117"), City: new("Berlin"), State: new("BE"), Country: new("DE"), Phone: new("2"),
			}))
		},
		"ChangeTritonUserPassword": func(ctx context.Context) error {
			return second(w.triton.ChangeUserPassword(ctx, w.loginID, "correct-horse-4"))
		},
		"ListTritonUserKeys": func(ctx context.Context) error { return second(w.triton.ListUserKeys(ctx, w.login)) },
		"CreateTritonUserKey": func(ctx context.Context) error {
			return second(w.triton.CreateUserKey(ctx, w.login, gen.TritonKeyCreate{Name: new("laptop"), Key: sshKey}))
		},
		"GetTritonUserKey":    func(ctx context.Context) error { return second(w.triton.GetUserKey(ctx, w.login, "laptop")) },
		"DeleteTritonUserKey": func(ctx context.Context) error { return w.triton.DeleteUserKey(ctx, w.login, "laptop") },
		"DeleteTritonUser":    func(ctx context.Context) error { return w.triton.DeleteUser(ctx, w.login) },
	}
}

// sshKey is a public key that nobody has the private key of.
const sshKey = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f"

func second[T any](_ T, err error) error { return err }

func (w *walk) wait(ctx context.Context, operation *wrapper.Operation, err error) error {
	if err != nil {
		return err
	}
	w.request = operation.ID()
	return operation.Wait(ctx)
}

func everyPrivilege(name string) gen.GroupProperties {
	yes := new(true)
	return gen.GroupProperties{
		Name: &name, AccessActivityLog: yes, AccessAndManageAIModelHub: yes, AccessAndManageAPIGateway: yes, AccessAndManageCDN: yes,
		AccessAndManageCertificates: yes, AccessAndManageDNS: yes, AccessAndManageIAMResources: yes, AccessAndManageKaaS: yes,
		AccessAndManageLogging: yes, AccessAndManageMonitoring: yes, AccessAndManageNetworkFileStorage: yes, AccessAndManageVPN: yes,
		CreateBackupUnit: yes, CreateDataCenter: yes, CreateFlowLog: yes, CreateInternetAccess: yes, CreateK8SCluster: yes,
		CreateNetworkSecurityGroups: yes, CreatePCC: yes, CreateSnapshot: yes, ManageDBaaS: yes, ManageDataplatform: yes,
		ManageRegistry: yes, ReserveIP: yes, S3Privilege: yes,
	}
}

// Reads first, then writes, then deletions.
var order = []string{
	"umUsersGet", "umUsersFindById", "umUsersGroupsGet", "umUsersOwnsGet", "umGroupsGet", "umGroupsFindById", "umGroupsResourcesGet",
	"umGroupsUsersGet", "umGroupsSharesGet", "umGroupsSharesFindByResourceId", "umResourcesGet", "umResourcesFindByType",
	"umResourcesFindByTypeAndId", "umUsersPost", "requestsStatusGet", "umUsersPut", "umGroupsPost", "umGroupsPut", "umGroupsUsersPost",
	"umGroupsSharesPost", "umGroupsSharesPut", "umGroupsUsersDelete", "umGroupsSharesDelete", "umGroupsDelete", "umUsersDelete",
	"ListTritonUsers", "GetTritonUser", "CreateTritonUser", "CreateTritonUserKey", "ListTritonUserKeys", "GetTritonUserKey",
	"UpdateTritonUser", "ChangeTritonUserPassword", "DeleteTritonUserKey", "DeleteTritonUser",
}

func (w *walk) successes(ctx context.Context) {
	calls := w.operationCalls()
	for _, name := range order {
		require.NoError(w.t, calls[name](ctx), name)
		switch name {
		case "umUsersGet":
			// A page in the middle has both neighbours.
			w.cloud.IONOS.AddUser(wrappertest.User{FirstName: "C", LastName: "D", Email: "c@example.com"})
			w.cloud.IONOS.AddUser(wrappertest.User{FirstName: "E", LastName: "F", Email: "e@example.com"})
			require.NoError(w.t, calls[name](ctx), name)
		case "umGroupsSharesPut":
			_, operation, err := w.ionos.ReplaceShare(ctx, w.group, w.share, gen.ShareProperties{})
			require.NoError(w.t, err)
			require.Empty(w.t, operation.ID())
			w.unusual(ctx)
		}
	}
	require.Len(w.t, order, len(calls))
}

// unusual sends the documented fields that no typed method sends, because they say nothing.
func (w *walk) unusual(ctx context.Context) {
	w.cloud.IONOS.Next(wrappertest.Outcome{Failed: true, Message: "out of order"})
	_, operation, err := w.ionos.UpdateUser(ctx, w.user, func(p *gen.UserUpdateProperties) { p.LastName = new("Lee") })
	require.NoError(w.t, err)
	require.ErrorIs(w.t, operation.Wait(ctx), wrapper.ErrOperationFailed)
	json := "application/json"
	for name, send := range map[string]func() (*http.Response, error){
		"user": func() (*http.Response, error) {
			return w.ionos.Raw().ReplaceUserWithBody(ctx, w.user, nil, json, strings.NewReader(
				`{"id":"`+w.user+`","properties":{"firstname":"Ann","lastname":"Lee","email":"ann@example.com"}}`))
		},
		"group": func() (*http.Response, error) {
			return w.ionos.Raw().ReplaceGroupWithBody(ctx, w.group, nil, json, strings.NewReader(
				`{"type":"group","properties":{"name":"ops"},"entities":{"users":{"type":"collection"},"resources":{"type":"collection"}}}`))
		},
		"share": func() (*http.Response, error) {
			return w.ionos.Raw().ReplaceShareWithBody(ctx, w.group, w.share, nil, json, strings.NewReader(
				`{"properties":{"editPrivilege":true}}`))
		},
	} {
		resp, err := send()
		require.NoError(w.t, err, name)
		require.NoError(w.t, resp.Body.Close())
	}
}

// failures lets every operation meet every documented error status.
func (w *walk) failures(ctx context.Context) {
	calls := w.operationCalls()
	for _, o := range embedded().operations {
		for _, status := range o.statuses() {
			if status < 400 {
				continue
			}
			header := http.Header{"Content-Type": {"application/json; charset=utf-8"}}
			side, body := w.cloud.IONOS.Fault, fmt.Sprintf(`{"httpStatus":%d,"messages":[{"errorCode":"1","message":"planned"}]}`, status)
			if strings.HasPrefix(o.path, "/{account}") {
				side, body = w.cloud.Triton.Fault, `{"code":"Planned","message":"planned"}`
			}
			rule := side(wrappertest.Fault{OperationID: wrappertest.OperationID(o.id), Times: 1, Effect: wrappertest.Reply(status, header, body)})
			err := calls[o.id](ctx)
			var failed *wrapper.Error
			if assert.ErrorAs(w.t, err, &failed, "%s %d", o.id, status) {
				assert.Equal(w.t, status, failed.Status, o.id)
			}
			assert.Equal(w.t, 1, rule.Hits(), "%s %d", o.id, status)
			rule.Remove()
		}
	}
}

func TestEveryTypedMethodKeepsTheContract(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWalk(t)
		w.request = "9a1e4c2b-7d3f-4b8a-9c61-5e0f2d4b6a78"
		w.failures(t.Context())
		w.successes(t.Context())
		assert.Empty(t, w.client.list(), "seen by the client")
		assert.Empty(t, w.server.list(), "seen by the server")

		var table strings.Builder
		require.NoError(t, w.coverage.WriteTable(&table))
		t.Log("\n" + table.String())
		t.Logf("figure: all tests of wrapper and %d requests of the walk: 0 violations", w.coverage.Requests())
		assert.NoError(t, w.coverage.Require(Thresholds{
			Operations: 100, Statuses: 100, Parameters: 100, RequestProperties: 100, ResponseProperties: 95,
		}))
		if directory := os.Getenv("CLOUDROSTER_CONTRACT"); directory != "" {
			assert.NoError(t, w.coverage.Save(directory))
		}
	})
}
