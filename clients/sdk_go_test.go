package clients

import (
	"net/http"
	"testing"
	"time"

	ionoscloud "github.com/ionos-cloud/sdk-go/v6"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/cloudroster/cloudroster/wrapper/wrappertest"
)

func sdkGo(t *testing.T) client {
	t.Helper()
	return client{
		name: "sdk-go", version: goVersion(t, "github.com/ionos-cloud/sdk-go/v6"), what: "users, groups, members, shares, S3 keys, requests, contracts",
		prepare: func(*testing.T) {},
		flows:   sdkGoFlows,
	}
}

// sdk is a session with a client of sdk-go.
type sdk struct {
	*session
	*ionoscloud.APIClient
}

// sdk makes a client as the vendor's documentation says. Only its polls are closer together.
func (s *session) sdk() sdk {
	configuration := ionoscloud.NewConfiguration("", "", wrappertest.Token, s.cloud.IONOS.URL())
	configuration.PollInterval = 5 * time.Millisecond
	return sdk{s, ionoscloud.NewAPIClient(configuration)}
}

// value is what a pointer of the vendor's structs points to.
func value[T any](s *session, pointer *T) T {
	require.NotNil(s, pointer)
	return *pointer
}

// accepted waits for a change with the vendor's own loop.
func (s sdk) accepted(response *ionoscloud.APIResponse, err error) {
	require.NoError(s, err)
	assert.Equal(s, http.StatusAccepted, response.StatusCode)
	_, err = s.WaitForRequest(s.ctx, response.Header.Get("Location"))
	require.NoError(s, err)
}

// failed holds an error of sdk-go to a status.
func (s sdk) failed(err error, status int) {
	var failed ionoscloud.GenericOpenAPIError
	require.ErrorAs(s, err, &failed)
	assert.Equal(s, status, failed.StatusCode())
	model, isError := failed.Model().(ionoscloud.Error)
	require.True(s, isError, "%T", failed.Model())
	assert.EqualValues(s, status, value(s.session, model.HttpStatus))
	assert.NotEmpty(s, value(s.session, model.Messages))
}

func (s sdk) createUser(email string) string {
	user, response, err := s.UserManagementApi.UmUsersPost(s.ctx).User(ionoscloud.UserPost{Properties: &ionoscloud.UserPropertiesPost{
		Firstname: new("Ada"), Lastname: new("Byron"), Email: &email,
		Password: new("correct-horse-1"), Administrator: new(false), ForceSecAuth: new(false), Active: new(true),
	}}).Execute()
	s.accepted(response, err)
	return value(s.session, user.Id)
}

func (s sdk) createGroup(name string) string {
	group, response, err := s.UserManagementApi.UmGroupsPost(s.ctx).Group(ionoscloud.Group{Properties: &ionoscloud.GroupProperties{
		Name: &name, CreateDataCenter: new(true), ReserveIp: new(false),
	}}).Execute()
	s.accepted(response, err)
	return value(s.session, group.Id)
}

func (s sdk) createDatacenter() string {
	datacenter, response, err := s.DataCentersApi.DatacentersPost(s.ctx).Datacenter(ionoscloud.DatacenterPost{
		Properties: &ionoscloud.DatacenterPropertiesPost{Name: new("dc"), Location: new("de/txl")},
	}).Execute()
	s.accepted(response, err)
	return value(s.session, datacenter.Id)
}

var sdkGoFlows = []flow{
	{name: "create, read, update and delete a user", run: func(session *session) {
		s := session.sdk()
		api, id := s.UserManagementApi, s.createUser("ada@example.test")
		user, _, err := api.UmUsersFindById(s.ctx, id).Depth(1).Execute()
		require.NoError(s, err)
		assert.Equal(s, "Byron", value(session, user.Properties.Lastname))
		assert.NotNil(s, user.Metadata.CreatedDate)
		assert.NotNil(s, user.Entities.Groups)
		_, response, err := api.UmUsersPut(s.ctx, id).User(ionoscloud.UserPut{Properties: &ionoscloud.UserPropertiesPut{
			Firstname: new("Ada"), Lastname: new("Lovelace"), Email: new("ada@example.test"),
			Administrator: new(false), ForceSecAuth: new(true), Active: new(true),
		}}).Execute()
		s.accepted(response, err)
		held, found := s.cloud.IONOS.User(id)
		require.True(s, found)
		assert.Equal(s, []any{"Lovelace", true, "correct-horse-1"}, []any{held.LastName, held.ForceSecAuth, held.Password})
		s.accepted(api.UmUsersDelete(s.ctx, id).Execute())
		_, _, err = api.UmUsersFindById(s.ctx, id).Execute()
		s.failed(err, http.StatusNotFound)
	}},
	{name: "list users in pages", run: func(session *session) {
		s := session.sdk()
		first, second := s.createUser("ada@example.test"), s.createUser("bob@example.test")
		var seen []string
		for offset := range int32(3) {
			list, _, err := s.UserManagementApi.UmUsersGet(s.ctx).Depth(1).Limit(1).Offset(offset).Execute()
			require.NoError(s, err)
			assert.InDelta(s, offset, value(session, list.Offset), 0)
			for _, user := range value(session, list.Items) {
				seen = append(seen, value(session, user.Id))
			}
		}
		assert.ElementsMatch(s, []string{first, second}, seen)
	}},
	{name: "find a user by email", run: func(session *session) {
		s := session.sdk()
		s.createUser("ada@example.test")
		bob := s.createUser("bob@example.test")
		list, _, err := s.UserManagementApi.UmUsersGet(s.ctx).Depth(1).Filter("email", "bob@example.test").Execute()
		require.NoError(s, err)
		require.Len(s, value(session, list.Items), 1)
		assert.Equal(s, bob, value(session, (*list.Items)[0].Id))
	}},
	{name: "read at depth 5", run: func(session *session) {
		s := session.sdk()
		user, _, err := s.UserManagementApi.UmUsersFindById(s.ctx, s.createUser("ada@example.test")).Depth(5).Execute()
		require.NoError(s, err)
		assert.Equal(s, "Byron", value(session, user.Properties.Lastname))
	}},
	{name: "an invalid user, and an email that is taken", run: func(session *session) {
		s := session.sdk()
		s.createUser("ada@example.test")
		for _, properties := range []ionoscloud.UserPropertiesPost{
			{Firstname: new("Ada")},
			{Firstname: new("Ada"), Lastname: new("Byron"), Email: new("ada@example.test"), Password: new("correct-horse-1")},
		} {
			_, _, err := s.UserManagementApi.UmUsersPost(s.ctx).User(ionoscloud.UserPost{Properties: &properties}).Execute()
			s.failed(err, http.StatusUnprocessableEntity)
		}
		assert.Len(s, s.cloud.IONOS.Users(), 1)
	}},
	{name: "create, read, update, list and delete a group", run: func(session *session) {
		s := session.sdk()
		api, id := s.UserManagementApi, s.createGroup("engineers")
		_, response, err := api.UmGroupsPut(s.ctx, id).Group(ionoscloud.Group{Properties: &ionoscloud.GroupProperties{
			Name: new("engineering"), CreateDataCenter: new(true), ReserveIp: new(true),
		}}).Execute()
		s.accepted(response, err)
		group, _, err := api.UmGroupsFindById(s.ctx, id).Execute()
		require.NoError(s, err)
		assert.Equal(s, "engineering", value(session, group.Properties.Name))
		assert.True(s, value(session, group.Properties.CreateDataCenter))
		assert.True(s, value(session, group.Properties.ReserveIp))
		groups, _, err := api.UmGroupsGet(s.ctx).Depth(1).Execute()
		require.NoError(s, err)
		require.Len(s, value(session, groups.Items), 1)
		s.accepted(api.UmGroupsDelete(s.ctx, id).Execute())
		assert.Empty(s, s.cloud.IONOS.Groups())
	}},
	{name: "add, list and remove a member", run: func(session *session) {
		s := session.sdk()
		api, user, group := s.UserManagementApi, s.createUser("ada@example.test"), s.createGroup("engineers")
		_, response, err := api.UmGroupsUsersPost(s.ctx, group).User(ionoscloud.UserGroupPost{Id: &user}).Execute()
		s.accepted(response, err)
		members, _, err := api.UmGroupsUsersGet(s.ctx, group).Depth(1).Execute()
		require.NoError(s, err)
		require.Len(s, value(session, members.Items), 1)
		assert.Equal(s, user, value(session, (*members.Items)[0].Id))
		of, _, err := api.UmUsersGroupsGet(s.ctx, user).Depth(1).Execute()
		require.NoError(s, err)
		require.Len(s, value(session, of.Items), 1)
		s.accepted(api.UmGroupsUsersDelete(s.ctx, group, user).Execute())
		members, _, err = api.UmGroupsUsersGet(s.ctx, group).Depth(1).Execute()
		require.NoError(s, err)
		assert.Empty(s, value(session, members.Items))
	}},
	{name: "share a datacenter", run: func(session *session) {
		s := session.sdk()
		api, datacenter, group := s.UserManagementApi, s.createDatacenter(), s.createGroup("engineers")
		share := func(edit, reshare bool) ionoscloud.GroupShare {
			return ionoscloud.GroupShare{Properties: &ionoscloud.GroupShareProperties{EditPrivilege: &edit, SharePrivilege: &reshare}}
		}
		_, response, err := api.UmGroupsSharesPost(s.ctx, group, datacenter).Resource(share(true, false)).Execute()
		s.accepted(response, err)
		_, response, err = api.UmGroupsSharesPut(s.ctx, group, datacenter).Resource(share(true, true)).Execute()
		s.accepted(response, err)
		held, _, err := api.UmGroupsSharesFindByResourceId(s.ctx, group, datacenter).Execute()
		require.NoError(s, err)
		assert.True(s, value(session, held.Properties.EditPrivilege))
		assert.True(s, value(session, held.Properties.SharePrivilege))
		shares, _, err := api.UmGroupsSharesGet(s.ctx, group).Depth(1).Execute()
		require.NoError(s, err)
		require.Len(s, value(session, shares.Items), 1)
		shared, _, err := api.UmGroupsResourcesGet(s.ctx, group).Depth(1).Execute()
		require.NoError(s, err)
		require.Len(s, value(session, shared.Items), 1)
		s.accepted(api.UmGroupsSharesDelete(s.ctx, group, datacenter).Execute())
		_, _, err = api.UmGroupsSharesFindByResourceId(s.ctx, group, datacenter).Execute()
		s.failed(err, http.StatusNotFound)
	}},
	{name: "resources by type, by id and by owner", run: func(session *session) {
		s := session.sdk()
		owner := s.createUser("ada@example.test")
		datacenter := s.cloud.IONOS.AddResource(wrappertest.Resource{Type: "datacenter", Name: "hers", Owner: owner})
		api := s.UserManagementApi
		all, _, err := api.UmResourcesGet(s.ctx).Depth(1).Execute()
		require.NoError(s, err)
		require.NotEmpty(s, value(session, all.Items))
		typed, _, err := api.UmResourcesFindByType(s.ctx, "datacenter").Depth(1).Execute()
		require.NoError(s, err)
		require.Len(s, value(session, typed.Items), 1)
		one, _, err := api.UmResourcesFindByTypeAndId(s.ctx, "datacenter", datacenter).Execute()
		require.NoError(s, err)
		assert.Equal(s, "hers", value(session, one.Properties.Name))
		owned, _, err := api.UmUsersOwnsGet(s.ctx, owner).Depth(1).Execute()
		require.NoError(s, err)
		require.Len(s, value(session, owned.Items), 1)
	}},
	{name: "create, read, update, list and delete an S3 key", run: func(session *session) {
		s := session.sdk()
		api, user := s.UserS3KeysApi, s.createUser("ada@example.test")
		created, _, err := api.UmUsersS3keysPost(s.ctx, user).Execute()
		require.NoError(s, err)
		id := value(session, created.Id)
		assert.NotEmpty(s, value(session, created.Properties.SecretKey))
		_, _, err = api.UmUsersS3keysPut(s.ctx, user, id).S3Key(ionoscloud.S3Key{Properties: &ionoscloud.S3KeyProperties{Active: new(false)}}).Execute()
		require.NoError(s, err)
		key, _, err := api.UmUsersS3keysFindByKeyId(s.ctx, user, id).Execute()
		require.NoError(s, err)
		assert.False(s, value(session, key.Properties.Active))
		list, _, err := api.UmUsersS3keysGet(s.ctx, user).Depth(1).Execute()
		require.NoError(s, err)
		require.Len(s, value(session, list.Items), 1)
		_, err = api.UmUsersS3keysDelete(s.ctx, user, id).Execute()
		require.NoError(s, err)
		_, _, err = api.UmUsersS3keysFindByKeyId(s.ctx, user, id).Execute()
		s.failed(err, http.StatusNotFound)
	}},
	{name: "list, read and follow requests", run: func(session *session) {
		s := session.sdk()
		_, response, err := s.UserManagementApi.UmGroupsPost(s.ctx).Group(ionoscloud.Group{Properties: &ionoscloud.GroupProperties{Name: new("engineers")}}).Execute()
		s.accepted(response, err)
		location := response.Header.Get("Location")
		status, _, err := s.GetRequestStatus(s.ctx, location)
		require.NoError(s, err)
		assert.Equal(s, ionoscloud.RequestStatusDone, value(session, status.Metadata.Status))
		assert.NotEmpty(s, value(session, status.Metadata.Targets))
		list, _, err := s.RequestsApi.RequestsGet(s.ctx).Depth(1).Execute()
		require.NoError(s, err)
		require.Len(s, value(session, list.Items), 1)
		id := value(session, (*list.Items)[0].Id)
		assert.Contains(s, location, id)
		request, _, err := s.RequestsApi.RequestsFindById(s.ctx, id).Execute()
		require.NoError(s, err)
		assert.Equal(s, http.MethodPost, value(session, request.Properties.Method))
	}},
	{name: "a request that fails", run: func(session *session) {
		s := session.sdk()
		s.cloud.IONOS.FailNext("no room left")
		_, response, err := s.UserManagementApi.UmGroupsPost(s.ctx).Group(ionoscloud.Group{Properties: &ionoscloud.GroupProperties{Name: new("engineers")}}).Execute()
		require.NoError(s, err)
		_, err = s.WaitForRequest(s.ctx, response.Header.Get("Location"))
		require.ErrorContains(s, err, "failed: no room left")
	}},
	{name: "read the contract", run: func(session *session) {
		s := session.sdk()
		contracts, _, err := s.ContractResourcesApi.ContractsGet(s.ctx).Depth(1).Execute()
		require.NoError(s, err)
		require.Len(s, value(session, contracts.Items), 1)
		contract := (*contracts.Items)[0]
		assert.Positive(s, value(session, contract.Properties.ContractNumber))
		assert.NotEmpty(s, value(session, contract.Properties.Owner))
	}},
	{name: "log in with a password", run: func(s *session) {
		client := ionoscloud.NewAPIClient(ionoscloud.NewConfiguration(wrappertest.Username, wrappertest.Password, "", s.cloud.IONOS.URL()))
		_, _, err := client.UserManagementApi.UmUsersGet(s.ctx).Execute()
		require.NoError(s, err)
	}},
	{name: "a wrong token", run: func(session *session) {
		s := session.sdk()
		s.APIClient = ionoscloud.NewAPIClient(ionoscloud.NewConfiguration("", "", "another-token", s.cloud.IONOS.URL()))
		_, _, err := s.UserManagementApi.UmUsersGet(s.ctx).Execute()
		s.failed(err, http.StatusUnauthorized)
	}},
	{name: "retry after 429", run: func(session *session) {
		s := session.sdk()
		limited := s.cloud.IONOS.Fault(wrappertest.Fault{
			OperationID: "umUsersGet", Attempt: 1,
			Effect: wrappertest.Reply(http.StatusTooManyRequests, http.Header{"Retry-After": {"0"}}, `{"httpStatus":429,"messages":[]}`),
		})
		_, _, err := s.UserManagementApi.UmUsersGet(s.ctx).Execute()
		require.NoError(s, err)
		assert.Equal(s, 1, limited.Hits())
		assert.Equal(s, 2, s.cloud.IONOS.Count("umUsersGet"))
	}},
}
