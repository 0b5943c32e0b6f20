package vendors

import (
	"net/http"
	"strings"
	"testing"
	"time"

	ionoscloud "github.com/ionos-cloud/sdk-go/v6"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/cloudroster/cloudroster/wrapper/wrappertest"
)

// ionosOperations are all that the in-memory IONOS answers.
var ionosOperations = []string{
	"umUsersGet", "umUsersPost", "umUsersFindById", "umUsersPut", "umUsersDelete", "umUsersGroupsGet", "umUsersOwnsGet",
	"umGroupsGet", "umGroupsPost", "umGroupsFindById", "umGroupsPut", "umGroupsDelete", "umGroupsResourcesGet",
	"umGroupsUsersGet", "umGroupsUsersPost", "umGroupsUsersDelete",
	"umGroupsSharesGet", "umGroupsSharesPost", "umGroupsSharesFindByResourceId", "umGroupsSharesPut", "umGroupsSharesDelete",
	"umResourcesGet", "umResourcesFindByType", "umResourcesFindByTypeAndId",
	"requestsStatusGet",
}

// sdk is a client of the vendor's, made as its documentation says. Only the pause between two
// looks at a request is shorter.
func sdk(cloud *wrappertest.Cloud) *ionoscloud.APIClient {
	configuration := ionoscloud.NewConfiguration("", "", wrappertest.Token, cloud.IONOS.URL())
	configuration.PollInterval = 5 * time.Millisecond
	return ionoscloud.NewAPIClient(configuration)
}

func value[T any](t *testing.T, pointer *T) T {
	t.Helper()
	require.NotNil(t, pointer)
	return *pointer
}

func TestSDKGoManagesUsersGroupsMembersAndShares(t *testing.T) {
	t.Parallel()
	cloud := wrappertest.Start(t)
	owner := cloud.IONOS.AddUser(wrappertest.User{FirstName: "Olga", LastName: "Owner", Email: "olga@example.test"})
	datacenter := cloud.IONOS.AddResource(wrappertest.Resource{Type: "datacenter", Name: "dc", Owner: owner})
	client, ctx := sdk(cloud), t.Context()
	api := client.UserManagementApi

	// accepted waits for a change with the vendor's own loop.
	accepted := func(response *ionoscloud.APIResponse, err error) {
		t.Helper()
		require.NoError(t, err)
		assert.Equal(t, http.StatusAccepted, response.StatusCode)
		location := response.Header.Get("Location")
		_, err = client.WaitForRequest(ctx, location)
		require.NoError(t, err)
		status, _, err := client.GetRequestStatus(ctx, location)
		require.NoError(t, err)
		assert.Equal(t, ionoscloud.RequestStatusDone, value(t, status.Metadata.Status))
		assert.NotEmpty(t, value(t, status.Metadata.Targets))
	}

	// Users.
	user, response, err := api.UmUsersPost(ctx).User(ionoscloud.UserPost{Properties: &ionoscloud.UserPropertiesPost{
		Firstname: new("Ada"), Lastname: new("Byron"), Email: new("ada@example.test"),
		Password: new("correct-horse-1"), Administrator: new(false), ForceSecAuth: new(false), Active: new(true),
	}}).Execute()
	accepted(response, err)
	userID := value(t, user.Id)
	user, _, err = api.UmUsersFindById(ctx, userID).Depth(1).Execute()
	require.NoError(t, err)
	assert.Equal(t, "Byron", value(t, user.Properties.Lastname))
	assert.NotNil(t, user.Metadata.CreatedDate)
	assert.NotNil(t, user.Entities.Groups)
	_, response, err = api.UmUsersPut(ctx, userID).User(ionoscloud.UserPut{Properties: &ionoscloud.UserPropertiesPut{
		Firstname: new("Ada"), Lastname: new("Lovelace"), Email: new("ada@example.test"),
		Administrator: new(false), ForceSecAuth: new(true), Active: new(true),
	}}).Execute()
	accepted(response, err)
	held, found := cloud.IONOS.User(userID)
	require.True(t, found)
	assert.Equal(t, "Lovelace", held.LastName)
	assert.True(t, held.ForceSecAuth)
	assert.Equal(t, "correct-horse-1", held.Password)

	list, _, err := api.UmUsersGet(ctx).Depth(1).Limit(1).Offset(1).Execute()
	require.NoError(t, err)
	require.Len(t, value(t, list.Items), 1)
	assert.Equal(t, userID, value(t, (*list.Items)[0].Id))
	assert.Equal(t, "Lovelace", value(t, (*list.Items)[0].Properties.Lastname))
	assert.InDelta(t, 1, value(t, list.Offset), 0)

	// Groups and members.
	group, response, err := api.UmGroupsPost(ctx).Group(ionoscloud.Group{Properties: &ionoscloud.GroupProperties{
		Name: new("engineers"), CreateDataCenter: new(true), ReserveIp: new(false),
	}}).Execute()
	accepted(response, err)
	groupID := value(t, group.Id)
	_, response, err = api.UmGroupsPut(ctx, groupID).Group(ionoscloud.Group{Properties: &ionoscloud.GroupProperties{
		Name: new("engineering"), CreateDataCenter: new(true), ReserveIp: new(true),
	}}).Execute()
	accepted(response, err)
	group, _, err = api.UmGroupsFindById(ctx, groupID).Execute()
	require.NoError(t, err)
	assert.Equal(t, "engineering", value(t, group.Properties.Name))
	assert.True(t, value(t, group.Properties.CreateDataCenter))
	assert.True(t, value(t, group.Properties.ReserveIp))
	groups, _, err := api.UmGroupsGet(ctx).Depth(1).Execute()
	require.NoError(t, err)
	require.Len(t, value(t, groups.Items), 1)

	_, response, err = api.UmGroupsUsersPost(ctx, groupID).User(ionoscloud.UserGroupPost{Id: &userID}).Execute()
	accepted(response, err)
	members, _, err := api.UmGroupsUsersGet(ctx, groupID).Depth(1).Execute()
	require.NoError(t, err)
	require.Len(t, value(t, members.Items), 1)
	assert.Equal(t, userID, value(t, (*members.Items)[0].Id))
	of, _, err := api.UmUsersGroupsGet(ctx, userID).Depth(1).Execute()
	require.NoError(t, err)
	require.Len(t, value(t, of.Items), 1)

	// Shares and resources.
	_, response, err = api.UmGroupsSharesPost(ctx, groupID, datacenter).Resource(ionoscloud.GroupShare{
		Properties: &ionoscloud.GroupShareProperties{EditPrivilege: new(true), SharePrivilege: new(false)},
	}).Execute()
	accepted(response, err)
	_, response, err = api.UmGroupsSharesPut(ctx, groupID, datacenter).Resource(ionoscloud.GroupShare{
		Properties: &ionoscloud.GroupShareProperties{EditPrivilege: new(true), SharePrivilege: new(true)},
	}).Execute()
	accepted(response, err)
	share, _, err := api.UmGroupsSharesFindByResourceId(ctx, groupID, datacenter).Execute()
	require.NoError(t, err)
	assert.True(t, value(t, share.Properties.EditPrivilege))
	assert.True(t, value(t, share.Properties.SharePrivilege))
	shares, _, err := api.UmGroupsSharesGet(ctx, groupID).Depth(1).Execute()
	require.NoError(t, err)
	require.Len(t, value(t, shares.Items), 1)
	shared, _, err := api.UmGroupsResourcesGet(ctx, groupID).Depth(1).Execute()
	require.NoError(t, err)
	require.Len(t, value(t, shared.Items), 1)
	owned, _, err := api.UmUsersOwnsGet(ctx, owner).Depth(1).Execute()
	require.NoError(t, err)
	require.Len(t, value(t, owned.Items), 1)
	all, _, err := api.UmResourcesGet(ctx).Depth(1).Execute()
	require.NoError(t, err)
	require.NotEmpty(t, value(t, all.Items))
	typed, _, err := api.UmResourcesFindByType(ctx, "datacenter").Depth(1).Execute()
	require.NoError(t, err)
	require.Len(t, value(t, typed.Items), 1)
	one, _, err := api.UmResourcesFindByTypeAndId(ctx, "datacenter", datacenter).Execute()
	require.NoError(t, err)
	assert.Equal(t, "dc", value(t, one.Properties.Name))

	// And back.
	accepted(api.UmGroupsSharesDelete(ctx, groupID, datacenter).Execute())
	accepted(api.UmGroupsUsersDelete(ctx, groupID, userID).Execute())
	accepted(api.UmGroupsDelete(ctx, groupID).Execute())
	accepted(api.UmUsersDelete(ctx, userID).Execute())
	assert.Empty(t, cloud.IONOS.Groups())
	assert.Len(t, cloud.IONOS.Users(), 1)

	for _, operation := range ionosOperations {
		assert.Positive(t, cloud.IONOS.Count(wrappertest.OperationID(operation)), operation)
	}
	for _, request := range cloud.IONOS.Requests() {
		assert.NotEmpty(t, request.OperationID, request.Path)
		assert.Less(t, request.Status, 300, request.Path)
	}
}

func TestSDKGoUnderstandsErrors(t *testing.T) {
	t.Parallel()
	cloud := wrappertest.Start(t)
	client, ctx := sdk(cloud), t.Context()
	api := client.UserManagementApi
	properties := ionoscloud.UserPropertiesPost{
		Firstname: new("Ada"), Lastname: new("Byron"), Email: new("ada@example.test"), Password: new("correct-horse-1"),
	}

	_, _, err := api.UmUsersFindById(ctx, "00000000-0000-4000-8000-000000000000").Execute()
	var failed ionoscloud.GenericOpenAPIError
	require.ErrorAs(t, err, &failed)
	assert.Equal(t, http.StatusNotFound, failed.StatusCode())
	model, isError := failed.Model().(ionoscloud.Error)
	require.True(t, isError, "%T", failed.Model())
	assert.EqualValues(t, http.StatusNotFound, value(t, model.HttpStatus))
	assert.NotEmpty(t, value(t, model.Messages))

	_, _, err = api.UmUsersPost(ctx).User(ionoscloud.UserPost{Properties: &ionoscloud.UserPropertiesPost{Firstname: new("Ada")}}).Execute()
	require.ErrorAs(t, err, &failed)
	assert.Equal(t, http.StatusUnprocessableEntity, failed.StatusCode())

	stranger := ionoscloud.NewAPIClient(ionoscloud.NewConfiguration("", "", "another-token", cloud.IONOS.URL()))
	_, _, err = stranger.UserManagementApi.UmUsersGet(ctx).Execute()
	require.ErrorAs(t, err, &failed)
	assert.Equal(t, http.StatusUnauthorized, failed.StatusCode())

	cloud.IONOS.FailNext("no room left")
	_, response, err := api.UmUsersPost(ctx).User(ionoscloud.UserPost{Properties: &properties}).Execute()
	require.NoError(t, err)
	_, err = client.WaitForRequest(ctx, response.Header.Get("Location"))
	require.Error(t, err)
	assert.True(t, strings.HasSuffix(err.Error(), "failed: no room left"), err.Error())
}

func TestSDKGoLogsInWithAPasswordAndRetriesRateLimits(t *testing.T) {
	t.Parallel()
	cloud := wrappertest.Start(t)
	configuration := ionoscloud.NewConfiguration(wrappertest.Username, wrappertest.Password, "", cloud.IONOS.URL())
	client := ionoscloud.NewAPIClient(configuration)
	limited := cloud.IONOS.Fault(wrappertest.Fault{
		OperationID: "umUsersGet", Attempt: 1,
		Effect: wrappertest.Reply(http.StatusTooManyRequests, http.Header{"Retry-After": {"0"}}, `{"httpStatus":429,"messages":[]}`),
	})
	list, _, err := client.UserManagementApi.UmUsersGet(t.Context()).Execute()
	require.NoError(t, err)
	assert.Empty(t, value(t, list.Items))
	assert.Equal(t, 1, limited.Hits())
	assert.Equal(t, 2, cloud.IONOS.Count("umUsersGet"))
}
