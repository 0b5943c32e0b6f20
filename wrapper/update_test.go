package wrapper_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/cloudroster/cloudroster/gen"
	"github.com/cloudroster/cloudroster/wrapper"
	"github.com/cloudroster/cloudroster/wrapper/wrappertest"
)

func TestUpdateUserKeepsWhatIsNotMentioned(t *testing.T) {
	t.Parallel()
	cloud := wrappertest.New(wrappertest.WithFullRecords())
	id := cloud.IONOS.AddUser(wrappertest.User{
		Firstname: "Ann", Lastname: "Lee", Email: "ann@example.com", Password: "correct-horse-2",
		Administrator: true, ForceSecAuth: true, SecAuthActive: true, Inactive: true, S3CanonicalUserID: "s3",
	})
	want, _ := cloud.IONOS.User(id)
	user, operation, err := ionosClient(t, cloud).UpdateUser(t.Context(), id, func(p *gen.UserUpdateProperties) {
		assert.Equal(t, "Ann", *p.FirstName)
		assert.Nil(t, p.Password)
		p.LastName = new("Ray")
		p.ForceSecAuth = new(false)
		p.Email = nil // nil keeps
	})
	require.NoError(t, err)
	require.NotEmpty(t, operation.ID())
	assert.Equal(t, "Ray", user.Properties.LastName)
	got, _ := cloud.IONOS.User(id)
	want.Lastname, want.ForceSecAuth, want.Modified = "Ray", false, got.Modified
	assert.Equal(t, want, got)
}

func TestUpdateGroupKeepsPrivilegesOfTheFuture(t *testing.T) {
	t.Parallel()
	cloud := wrappertest.New()
	id := cloud.IONOS.AddGroup(wrappertest.Group{Name: "ops", Privileges: map[string]any{
		"createDataCenter": true, "reserveIp": true, "accessAndManageTeleporter": true, "teleporterQuota": json.Number("7"),
	}})
	group, _, err := ionosClient(t, cloud).UpdateGroup(t.Context(), id, func(p *gen.GroupProperties) {
		p.ReserveIP = new(false)
		p.CreateSnapshot = new(true)
	})
	require.NoError(t, err)
	assert.True(t, *group.Properties.CreateDataCenter)
	got := cloud.IONOS.Groups()[0].Privileges
	assert.Equal(t, true, got["createDataCenter"])
	assert.Equal(t, false, got["reserveIp"])
	assert.Equal(t, true, got["createSnapshot"])
	assert.Equal(t, true, got["accessAndManageTeleporter"], "a privilege that this version does not know")
	assert.EqualValues(t, "7", toText(t, got["teleporterQuota"]))
}

func toText(t *testing.T, value any) string {
	t.Helper()
	text, err := json.Marshal(value)
	require.NoError(t, err)
	return string(text)
}

func TestUpdateShareKeepsTheOtherPrivilege(t *testing.T) {
	t.Parallel()
	cloud := wrappertest.New()
	group := cloud.IONOS.AddGroup(wrappertest.Group{Name: "ops"})
	resource := cloud.IONOS.AddResource(wrappertest.Resource{Type: "snapshot", Name: "snap"})
	cloud.IONOS.AddShare(group, wrappertest.Share{ResourceID: resource, EditPrivilege: true})
	_, _, err := ionosClient(t, cloud).UpdateShare(t.Context(), group, resource, func(p *gen.ShareProperties) { p.SharePrivilege = new(true) })
	require.NoError(t, err)
	assert.Equal(t, []wrappertest.Share{{ResourceID: resource, EditPrivilege: true, SharePrivilege: true}}, cloud.IONOS.Shares(group))
}

func TestUpdateThatChangesNothingWritesNothing(t *testing.T) {
	t.Parallel()
	cloud := wrappertest.New()
	id := cloud.IONOS.AddGroup(wrappertest.Group{Name: "ops"})
	group, operation, err := ionosClient(t, cloud).UpdateGroup(t.Context(), id, func(p *gen.GroupProperties) { p.Name = new("ops") })
	require.NoError(t, err)
	assert.Equal(t, "ops", *group.Properties.Name)
	assert.Empty(t, operation.ID())
	assert.Zero(t, cloud.IONOS.Count("umGroupsPut"))
}

// The replacing PUT does what it says.
func TestReplaceGroupResetsWhatIsNotMentioned(t *testing.T) {
	t.Parallel()
	cloud := wrappertest.New()
	id := cloud.IONOS.AddGroup(wrappertest.Group{Name: "ops", Privileges: map[string]any{"reserveIp": true}})
	_, _, err := ionosClient(t, cloud).ReplaceGroup(t.Context(), id, gen.GroupProperties{Name: new("ops")})
	require.NoError(t, err)
	group, err := ionosClient(t, cloud).GetGroup(t.Context(), id)
	require.NoError(t, err)
	assert.False(t, *group.Properties.ReserveIP)
}

func TestUpdateOfNothing(t *testing.T) {
	t.Parallel()
	cloud := wrappertest.New()
	_, _, err := ionosClient(t, cloud).UpdateUser(t.Context(), "id", nil)
	require.ErrorIs(t, err, wrapper.ErrInvalid)
	require.ErrorContains(t, err, "change")
	assert.Empty(t, cloud.IONOS.Requests())
}
