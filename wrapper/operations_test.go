package wrapper_test

import (
	"context"
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/cloudroster/cloudroster/gen"
	"github.com/cloudroster/cloudroster/wrapper"
	"github.com/cloudroster/cloudroster/wrapper/wrappertest"
)

// Every operation of the document has exactly one method, and every tag names an operation.
func TestEveryOperationHasOneMethod(t *testing.T) {
	t.Parallel()
	document, err := openapi3.NewLoader().LoadFromFile("../openapi.yaml")
	require.NoError(t, err)
	served := map[string][]string{}
	for path, item := range document.Paths.Map() {
		for method := range item.Operations() {
			served[method+" "+path] = nil
		}
	}
	require.NotEmpty(t, served)
	files, err := fs.Glob(os.DirFS("."), "*.go")
	require.NoError(t, err)
	for _, name := range files {
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ParseComments)
		require.NoError(t, err)
		for _, declaration := range file.Decls {
			method, ok := declaration.(*ast.FuncDecl)
			if !ok || method.Doc == nil {
				continue
			}
			for _, comment := range method.Doc.List {
				if operation, tagged := strings.CutPrefix(comment.Text, "//meta:operation "); tagged {
					_, exists := served[operation]
					assert.True(t, exists, "%s is tagged with %q, which openapi.yaml does not have", method.Name.Name, operation)
					served[operation] = append(served[operation], method.Name.Name)
				}
			}
		}
	}
	for operation, methods := range served {
		assert.Len(t, methods, 1, "methods of %s", operation)
	}
}

// stage is what the operations below work on.
type stage struct {
	cloud               *wrappertest.Cloud
	ionos               *wrapper.IONOS
	triton              *wrapper.Triton
	user, group, member string
	resource, shared    string
	tritonUser          string
	named               names
}

func newStage(t *testing.T) *stage {
	cloud := newCloud(wrappertest.WithFullRecords())
	s := &stage{cloud: cloud}
	s.ionos, s.triton = ionosClient(t, cloud, wrapper.WithContractNumber(31), s.named.option()), tritonClient(t, cloud, s.named.option())
	s.fill()
	return s
}

// fill puts into the clouds what the operations work on.
func (s *stage) fill() {
	cloud := s.cloud
	s.user = cloud.IONOS.AddUser(wrappertest.User{FirstName: "Ann", LastName: "Lee", Email: "ann@example.com", Password: "correct-horse-2"})
	s.member = cloud.IONOS.AddUser(wrappertest.User{FirstName: "Max", LastName: "Ray", Email: "max@example.com", Password: "correct-horse-3"})
	s.group = cloud.IONOS.AddGroup(wrappertest.Group{Name: "ops"})
	cloud.IONOS.AddMember(s.group, s.member)
	s.resource = cloud.IONOS.AddResource(wrappertest.Resource{Type: "datacenter", Name: "dc", Owner: s.user})
	s.shared = cloud.IONOS.AddResource(wrappertest.Resource{Type: "snapshot", Name: "snap"})
	cloud.IONOS.AddShare(s.group, wrappertest.Share{ResourceID: s.shared, EditPrivilege: true})
	s.tritonUser = cloud.Triton.AddUser(wrappertest.SubUser{Login: "bob.ray", Email: "bob@example.com", Password: "correct-horse-4", Roles: []string{"dev"}})
}

// keyHolder gives the sub-user a key called laptop.
func (s *stage) keyHolder() string {
	s.cloud.Triton.AddUserKey("bob.ray", "laptop", s.cloud.Triton.Key().Public())
	return "bob.ray"
}

// publicKey is a key that nobody has the private key of.
const publicKey = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f"

// wireCase is an operation's id, the request it must make, and a call that checks what it
// decodes. In paths and bodies USER, GROUP ... stand for ids.
type wireCase struct {
	operation string
	request   string // method, path below the base URL, query
	body      string
	call      func(t *testing.T, ctx context.Context, s *stage) (*wrapper.Operation, error)
}

func TestEveryOperationOnTheWire(t *testing.T) {
	t.Parallel()
	depth := wrapper.WithDepth(1)
	for _, tc := range []wireCase{
		{"umUsersGet", "GET /um/users?pretty=false&depth=1&offset=1&limit=1", "",
			func(t *testing.T, ctx context.Context, s *stage) (*wrapper.Operation, error) {
				got, err := s.ionos.ListUsers(ctx, depth, wrapper.WithOffset(1), wrapper.WithLimit(1))
				require.NoError(t, err)
				require.Len(t, got.Items, 1)
				assert.Equal(t, "max@example.com", got.Items[0].Properties.Email)
				assert.NotEmpty(t, got.Items[0].Entities.Groups.ID)
				assert.Equal(t, 1, got.Offset)
				return nil, nil
			}},
		{"umUsersPost", "POST /um/users?pretty=false", `{"properties":{"firstname":"Jo","lastname":"Doe","email":"jo@example.com","password":"correct-horse-1"}}`,
			func(t *testing.T, ctx context.Context, s *stage) (*wrapper.Operation, error) {
				got, operation, err := s.ionos.CreateUser(ctx, jo())
				require.NoError(t, err)
				made, found := s.cloud.IONOS.User("jo@example.com")
				require.True(t, found)
				assert.Equal(t, made.ID, got.ID)
				assert.True(t, got.Properties.Active)
				return operation, nil
			}},
		{"umUsersFindById", "GET /um/users/USER?pretty=false", "",
			func(t *testing.T, ctx context.Context, s *stage) (*wrapper.Operation, error) {
				got, err := s.ionos.GetUser(ctx, s.user)
				require.NoError(t, err)
				assert.Equal(t, "Ann", got.Properties.FirstName)
				assert.False(t, got.Metadata.CreatedDate.IsZero())
				return nil, nil
			}},
		{"umUsersPut", "PUT /um/users/USER?pretty=false", `{"properties":{"firstname":"Anna","lastname":"Lee","email":"ann@example.com","active":false}}`,
			func(t *testing.T, ctx context.Context, s *stage) (*wrapper.Operation, error) {
				got, operation, err := s.ionos.ReplaceUser(ctx, s.user, gen.UserUpdateProperties{
					FirstName: new("Anna"), LastName: new("Lee"), Email: new("ann@example.com"), Active: new(false),
				})
				require.NoError(t, err)
				assert.Equal(t, "Anna", got.Properties.FirstName)
				assert.False(t, got.Properties.Active)
				return operation, nil
			}},
		{"umUsersDelete", "DELETE /um/users/USER?pretty=false", "",
			func(t *testing.T, ctx context.Context, s *stage) (*wrapper.Operation, error) {
				operation, err := s.ionos.DeleteUser(ctx, s.user)
				_, found := s.cloud.IONOS.User(s.user)
				assert.False(t, found)
				return operation, err
			}},
		{"umUsersGroupsGet", "GET /um/users/MEMBER/groups?pretty=false", "",
			func(t *testing.T, ctx context.Context, s *stage) (*wrapper.Operation, error) {
				got, err := s.ionos.ListUserGroups(ctx, s.member)
				require.NoError(t, err)
				require.Len(t, got.Items, 1)
				assert.Equal(t, s.group, got.Items[0].ID)
				return nil, nil
			}},
		{"umUsersOwnsGet", "GET /um/users/USER/owns?pretty=false", "",
			func(t *testing.T, ctx context.Context, s *stage) (*wrapper.Operation, error) {
				got, err := s.ionos.ListOwnedResources(ctx, s.user)
				require.NoError(t, err)
				require.Len(t, got.Items, 1)
				assert.Equal(t, s.resource, got.Items[0].ID)
				return nil, nil
			}},
		{"umGroupsGet", "GET /um/groups?pretty=false&depth=1", "",
			func(t *testing.T, ctx context.Context, s *stage) (*wrapper.Operation, error) {
				got, err := s.ionos.ListGroups(ctx, depth)
				require.NoError(t, err)
				require.Len(t, got.Items, 1)
				assert.Equal(t, "ops", *got.Items[0].Properties.Name)
				assert.NotEmpty(t, got.Items[0].Entities.Users.ID)
				return nil, nil
			}},
		{"umGroupsPost", "POST /um/groups?pretty=false", `{"properties":{"name":"dev","createDataCenter":true,"reserveIp":false}}`,
			func(t *testing.T, ctx context.Context, s *stage) (*wrapper.Operation, error) {
				got, operation, err := s.ionos.CreateGroup(ctx, gen.GroupProperties{
					Name: new("dev"), CreateDataCenter: new(true), ReserveIP: new(false),
				})
				require.NoError(t, err)
				assert.True(t, *got.Properties.CreateDataCenter)
				return operation, nil
			}},
		{"umGroupsFindById", "GET /um/groups/GROUP?pretty=false", "",
			func(t *testing.T, ctx context.Context, s *stage) (*wrapper.Operation, error) {
				got, err := s.ionos.GetGroup(ctx, s.group)
				require.NoError(t, err)
				assert.Equal(t, s.group, got.ID)
				return nil, nil
			}},
		{"umGroupsPut", "PUT /um/groups/GROUP?pretty=false", `{"properties":{"name":"ops","reserveIp":true}}`,
			func(t *testing.T, ctx context.Context, s *stage) (*wrapper.Operation, error) {
				got, operation, err := s.ionos.ReplaceGroup(ctx, s.group, gen.GroupProperties{Name: new("ops"), ReserveIP: new(true)})
				require.NoError(t, err)
				assert.True(t, *got.Properties.ReserveIP)
				return operation, nil
			}},
		{"umGroupsDelete", "DELETE /um/groups/GROUP?pretty=false", "",
			func(t *testing.T, ctx context.Context, s *stage) (*wrapper.Operation, error) {
				operation, err := s.ionos.DeleteGroup(ctx, s.group)
				assert.Empty(t, s.cloud.IONOS.Groups())
				return operation, err
			}},
		{"umGroupsResourcesGet", "GET /um/groups/GROUP/resources?pretty=false", "",
			func(t *testing.T, ctx context.Context, s *stage) (*wrapper.Operation, error) {
				got, err := s.ionos.ListGroupResources(ctx, s.group)
				require.NoError(t, err)
				require.Len(t, got.Items, 1)
				assert.Equal(t, s.shared, got.Items[0].ID)
				return nil, nil
			}},
		{"umGroupsUsersGet", "GET /um/groups/GROUP/users?pretty=false", "",
			func(t *testing.T, ctx context.Context, s *stage) (*wrapper.Operation, error) {
				got, err := s.ionos.ListGroupMembers(ctx, s.group)
				require.NoError(t, err)
				require.Len(t, got.Items, 1)
				assert.Equal(t, s.member, got.Items[0].ID)
				return nil, nil
			}},
		{"umGroupsUsersPost", "POST /um/groups/GROUP/users?pretty=false", `{"id":"USER"}`,
			func(t *testing.T, ctx context.Context, s *stage) (*wrapper.Operation, error) {
				got, operation, err := s.ionos.AddGroupMember(ctx, s.group, s.user)
				require.NoError(t, err)
				assert.Equal(t, s.user, got.ID)
				assert.Equal(t, []string{s.member, s.user}, s.cloud.IONOS.Members(s.group))
				return operation, nil
			}},
		{"umGroupsUsersDelete", "DELETE /um/groups/GROUP/users/MEMBER?pretty=false", "",
			func(t *testing.T, ctx context.Context, s *stage) (*wrapper.Operation, error) {
				operation, err := s.ionos.RemoveGroupMember(ctx, s.group, s.member)
				assert.Empty(t, s.cloud.IONOS.Members(s.group))
				return operation, err
			}},
		{"umGroupsSharesGet", "GET /um/groups/GROUP/shares?pretty=false", "",
			func(t *testing.T, ctx context.Context, s *stage) (*wrapper.Operation, error) {
				got, err := s.ionos.ListShares(ctx, s.group)
				require.NoError(t, err)
				require.Len(t, got.Items, 1)
				assert.True(t, *got.Items[0].Properties.EditPrivilege)
				return nil, nil
			}},
		{"umGroupsSharesFindByResourceId", "GET /um/groups/GROUP/shares/SHARED?pretty=false", "",
			func(t *testing.T, ctx context.Context, s *stage) (*wrapper.Operation, error) {
				got, err := s.ionos.GetShare(ctx, s.group, s.shared)
				require.NoError(t, err)
				assert.False(t, *got.Properties.SharePrivilege)
				return nil, nil
			}},
		{"umGroupsSharesPost", "POST /um/groups/GROUP/shares/RESOURCE?pretty=false", `{"properties":{"sharePrivilege":true}}`,
			func(t *testing.T, ctx context.Context, s *stage) (*wrapper.Operation, error) {
				got, operation, err := s.ionos.AddShare(ctx, s.group, s.resource, gen.ShareProperties{SharePrivilege: new(true)})
				require.NoError(t, err)
				assert.True(t, *got.Properties.SharePrivilege)
				assert.Len(t, s.cloud.IONOS.Shares(s.group), 2)
				return operation, nil
			}},
		{"umGroupsSharesPut", "PUT /um/groups/GROUP/shares/SHARED?pretty=false", `{"properties":{"editPrivilege":false,"sharePrivilege":true}}`,
			func(t *testing.T, ctx context.Context, s *stage) (*wrapper.Operation, error) {
				got, operation, err := s.ionos.ReplaceShare(ctx, s.group, s.shared, gen.ShareProperties{EditPrivilege: new(false), SharePrivilege: new(true)})
				require.NoError(t, err)
				assert.False(t, *got.Properties.EditPrivilege)
				return operation, nil
			}},
		{"umGroupsSharesPut", "PUT /um/groups/GROUP/shares/SHARED?pretty=false", "",
			func(t *testing.T, ctx context.Context, s *stage) (*wrapper.Operation, error) {
				got, operation, err := s.ionos.ReplaceShare(ctx, s.group, s.shared, gen.ShareProperties{})
				require.NoError(t, err)
				assert.True(t, *got.Properties.EditPrivilege, "the share as it is")
				assert.Empty(t, operation.ID(), "an answer of 200 is done")
				return nil, operation.Wait(ctx)
			}},
		{"umGroupsSharesDelete", "DELETE /um/groups/GROUP/shares/SHARED?pretty=false", "",
			func(t *testing.T, ctx context.Context, s *stage) (*wrapper.Operation, error) {
				operation, err := s.ionos.RemoveShare(ctx, s.group, s.shared)
				assert.Empty(t, s.cloud.IONOS.Shares(s.group))
				return operation, err
			}},
		{"umResourcesGet", "GET /um/resources?pretty=false", "",
			func(t *testing.T, ctx context.Context, s *stage) (*wrapper.Operation, error) {
				got, err := s.ionos.ListResources(ctx)
				require.NoError(t, err)
				assert.Len(t, got.Items, 2)
				return nil, nil
			}},
		{"umResourcesFindByType", "GET /um/resources/snapshot?pretty=false", "",
			func(t *testing.T, ctx context.Context, s *stage) (*wrapper.Operation, error) {
				got, err := s.ionos.ListResourcesByType(ctx, gen.ResourceTypeSnapshot)
				require.NoError(t, err)
				require.Len(t, got.Items, 1)
				assert.Equal(t, s.shared, got.Items[0].ID)
				return nil, nil
			}},
		{"umResourcesFindByTypeAndId", "GET /um/resources/datacenter/RESOURCE?pretty=false&depth=1", "",
			func(t *testing.T, ctx context.Context, s *stage) (*wrapper.Operation, error) {
				got, err := s.ionos.GetResource(ctx, gen.ResourceTypeDataCenter, s.resource, depth)
				require.NoError(t, err)
				assert.Equal(t, "dc", got.Properties.Name)
				assert.Nil(t, got.Properties.SecAuthProtection, "null: cannot be protected")
				return nil, nil
			}},
		{"ListTritonUsers", "GET /acme/users?", "",
			func(t *testing.T, ctx context.Context, s *stage) (*wrapper.Operation, error) {
				got, err := s.triton.ListUsers(ctx)
				require.NoError(t, err)
				require.Len(t, got, 1)
				assert.Equal(t, "bob.ray", got[0].Login)
				return nil, nil
			}},
		{"GetTritonUser", "GET /acme/users/bob.ray?membership=true", "",
			func(t *testing.T, ctx context.Context, s *stage) (*wrapper.Operation, error) {
				got, err := s.triton.GetUserWithRoles(ctx, "bob.ray")
				require.NoError(t, err)
				assert.Equal(t, []string{"dev"}, got.Roles)
				return nil, nil
			}},
		{"CreateTritonUser", "POST /acme/users?", `{"login":"jo.doe","email":"jo@example.com","password":"correct-horse-1","city":"Oslo"}`,
			func(t *testing.T, ctx context.Context, s *stage) (*wrapper.Operation, error) {
				user := joTriton()
				user.City, user.Phone = new("Oslo"), new("")
				got, err := s.triton.CreateUser(ctx, user)
				require.NoError(t, err)
				assert.EqualValues(t, "Oslo", got.City)
				return nil, nil
			}},
		{"UpdateTritonUser", "POST /acme/users/TRITON?", `{"firstName":"Bob","city":""}`,
			func(t *testing.T, ctx context.Context, s *stage) (*wrapper.Operation, error) {
				got, err := s.triton.UpdateUser(ctx, s.tritonUser, gen.TritonUserUpdate{FirstName: new("Bob"), City: new("")})
				require.NoError(t, err)
				assert.EqualValues(t, "Bob", got.FirstName)
				return nil, nil
			}},
		{"ChangeTritonUserPassword", "POST /acme/users/TRITON/change_password?", `{"password":"correct-horse-5","password_confirmation":"correct-horse-5"}`,
			func(t *testing.T, ctx context.Context, s *stage) (*wrapper.Operation, error) {
				_, err := s.triton.ChangeUserPassword(ctx, s.tritonUser, "correct-horse-5")
				return nil, err
			}},
		{"DeleteTritonUser", "DELETE /acme/users/bob.ray?", "",
			func(t *testing.T, ctx context.Context, s *stage) (*wrapper.Operation, error) {
				require.NoError(t, s.triton.DeleteUser(ctx, "bob.ray"))
				assert.Empty(t, s.cloud.Triton.Users())
				return nil, nil
			}},
		{"ListTritonUserKeys", "GET /acme/users/bob.ray/keys?", "",
			func(t *testing.T, ctx context.Context, s *stage) (*wrapper.Operation, error) {
				got, err := s.triton.ListUserKeys(ctx, s.keyHolder())
				require.NoError(t, err)
				require.Len(t, got, 1)
				assert.Equal(t, "laptop", got[0].Name)
				return nil, nil
			}},
		{"CreateTritonUserKey", "POST /acme/users/bob.ray/keys?", `{"key":"` + publicKey + `"}`,
			func(t *testing.T, ctx context.Context, s *stage) (*wrapper.Operation, error) {
				got, err := s.triton.CreateUserKey(ctx, "bob.ray", gen.TritonKeyCreate{Key: publicKey})
				require.NoError(t, err)
				assert.Equal(t, "0f:a2:0a:d7:38:3e:65:45:08:6b:63:84:1c:ff:dc:ba", got.Fingerprint)
				assert.Equal(t, got.Fingerprint, got.Name)
				return nil, nil
			}},
		{"GetTritonUserKey", "GET /acme/users/bob.ray/keys/laptop?", "",
			func(t *testing.T, ctx context.Context, s *stage) (*wrapper.Operation, error) {
				got, err := s.triton.GetUserKey(ctx, s.keyHolder(), "laptop")
				require.NoError(t, err)
				assert.Contains(t, got.Key, "ssh-ed25519 AAAA")
				return nil, nil
			}},
		{"DeleteTritonUserKey", "DELETE /acme/users/bob.ray/keys/laptop?", "",
			func(t *testing.T, ctx context.Context, s *stage) (*wrapper.Operation, error) {
				require.NoError(t, s.triton.DeleteUserKey(ctx, s.keyHolder(), "laptop"))
				assert.Empty(t, s.cloud.Triton.UserKeys("bob.ray"))
				return nil, nil
			}},
	} {
		t.Run(tc.operation, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) { onTheWire(t, tc) })
		})
	}
}

func onTheWire(t *testing.T, tc wireCase) {
	s := newStage(t)
	operation, err := tc.call(t, t.Context(), s)
	require.NoError(t, err)

	requests := s.cloud.IONOS.Requests()
	ionos := len(requests) > 0
	if !ionos {
		requests = s.cloud.Triton.Requests()
	}
	require.Len(t, requests, 1)
	got := requests[0]
	assert.Equal(t, tc.operation, string(got.OperationID))
	assert.Equal(t, []string{tc.operation}, s.named.seen)
	named := strings.NewReplacer("USER", s.user, "MEMBER", s.member, "GROUP", s.group,
		"RESOURCE", s.resource, "SHARED", s.shared, "TRITON", s.tritonUser)
	path := strings.TrimPrefix(got.Path, "/cloudapi/v6")
	query := got.Query
	if ionos || query != "" || strings.HasSuffix(tc.request, "?") {
		query = "?" + query
	}
	assert.Equal(t, named.Replace(tc.request), got.Method+" "+path+query)
	assert.Equal(t, "application/json", got.Header.Get("Accept"))
	assert.Regexp(t, `^cloudroster/\d+\.\d+\.\d+ \(go`, got.Header.Get("User-Agent"))
	if ionos {
		assert.Equal(t, "31", got.Header.Get("X-Contract-Number"))
		assert.Equal(t, "Bearer "+wrappertest.Token, got.Header.Get("Authorization"))
	} else {
		assert.Equal(t, "~9||~8", got.Header.Get("Accept-Version"))
		assert.NotEmpty(t, got.Header.Get("Date"))
	}
	if tc.body == "" {
		assert.Empty(t, string(got.Body))
	} else {
		assert.Equal(t, "application/json", got.Header.Get("Content-Type"))
		assert.JSONEq(t, named.Replace(tc.body), string(got.Body))
	}
	if write := ionos && got.Method != "GET"; write && tc.body+got.Method != "PUT" {
		require.NotEmpty(t, operation.ID())
		require.NoError(t, operation.Wait(t.Context()))
	}
}

func TestRequestStatusOnTheWire(t *testing.T) {
	t.Parallel()
	synctest.Test(t, requestStatusOnTheWire)
}

func requestStatusOnTheWire(t *testing.T) {
	cloud := newCloud()
	client := ionosClient(t, cloud)
	_, operation, err := client.CreateUser(t.Context(), jo())
	require.NoError(t, err)
	require.NoError(t, operation.Wait(t.Context()))
	got, err := client.GetRequestStatus(t.Context(), operation.ID())
	require.NoError(t, err)
	assert.Equal(t, gen.RequestStateDone, got.Metadata.Status)
	require.Len(t, got.Metadata.Targets, 1)
	user, _ := cloud.IONOS.User("jo@example.com")
	assert.Equal(t, user.ID, got.Metadata.Targets[0].Target.ID)
}

// What a field is not told it does not send: an explicit false is sent, nil is not.
func TestNilIsAbsentAndFalseIsSent(t *testing.T) {
	t.Parallel()
	body, err := json.Marshal(gen.GroupProperties{Name: new("x"), ReserveIP: new(false)})
	require.NoError(t, err)
	assert.JSONEq(t, `{"name":"x","reserveIp":false}`, string(body))
}
