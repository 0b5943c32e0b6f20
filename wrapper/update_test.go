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
	cloud := newCloud(wrappertest.WithFullRecords())
	id := cloud.IONOS.AddUser(wrappertest.User{
		FirstName: "Ann", LastName: "Lee", Email: "ann@example.com", Password: "correct-horse-2",
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
	want.LastName, want.ForceSecAuth, want.Modified = "Ray", false, got.Modified
	assert.Equal(t, want, got)
}

func TestUpdateGroupKeepsPrivilegesOfTheFuture(t *testing.T) {
	t.Parallel()
	cloud := newCloud()
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
	cloud := newCloud()
	group := cloud.IONOS.AddGroup(wrappertest.Group{Name: "ops"})
	resource := cloud.IONOS.AddResource(wrappertest.Resource{Type: "snapshot", Name: "snap"})
	cloud.IONOS.AddShare(group, wrappertest.Share{ResourceID: resource, EditPrivilege: true})
	_, _, err := ionosClient(t, cloud).UpdateShare(t.Context(), group, resource, func(p *gen.ShareProperties) { p.SharePrivilege = new(true) })
	require.NoError(t, err)
	assert.Equal(t, []wrappertest.Share{{ResourceID: resource, EditPrivilege: true, SharePrivilege: true}}, cloud.IONOS.Shares(group))
}

func TestUpdateThatChangesNothingWritesNothing(t *testing.T) {
	t.Parallel()
	cloud := newCloud()
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
	cloud := newCloud()
	id := cloud.IONOS.AddGroup(wrappertest.Group{Name: "ops", Privileges: map[string]any{"reserveIp": true}})
	_, _, err := ionosClient(t, cloud).ReplaceGroup(t.Context(), id, gen.GroupProperties{Name: new("ops")})
	require.NoError(t, err)
	group, err := ionosClient(t, cloud).GetGroup(t.Context(), id)
	require.NoError(t, err)
	assert.False(t, *group.Properties.ReserveIP)
}

func TestUpdateOfNothing(t *testing.T) {
	t.Parallel()
	cloud := newCloud()
	_, _, err := ionosClient(t, cloud).UpdateUser(t.Context(), "id", nil)
	require.ErrorIs(t, err, wrapper.ErrInvalid)
	require.ErrorContains(t, err, "change")
	assert.Empty(t, cloud.IONOS.Requests())
}

// What an update reads is not always what it may write.
func TestUpdateWritesWhatTheServiceTakes(t *testing.T) {
	t.Parallel()
	// written is the body of the PUT after a GET that answered properties.
	written := func(t *testing.T, kind, properties string, update func(*wrapper.IONOS) error) string {
		cloud := newCloud(wrappertest.WithFullRecords())
		cloud.IONOS.Fault(wrappertest.Fault{Effect: wrappertest.Reply(200, nil, `{"id":"id","properties":`+properties+`}`)})
		require.NoError(t, update(ionosClient(t, cloud)))
		for _, request := range cloud.IONOS.Requests() {
			if string(request.OperationID) == "um"+kind+"Put" {
				return string(request.Body)
			}
		}
		return ""
	}
	group := func(change func(*gen.GroupProperties)) func(*wrapper.IONOS) error {
		return func(client *wrapper.IONOS) error {
			_, _, err := client.UpdateGroup(t.Context(), "id", change)
			return err
		}
	}
	user := func(change func(*gen.UserUpdateProperties)) func(*wrapper.IONOS) error {
		return func(client *wrapper.IONOS) error {
			_, _, err := client.UpdateUser(t.Context(), "id", change)
			return err
		}
	}
	rename := func(p *gen.GroupProperties) { p.Name = new("ops") }

	// A schema that wants a boolean refuses null.
	assert.JSONEq(t, `{"properties":{"name":"ops","reserveIp":true}}`,
		written(t, "Groups", `{"name":"dev","createPcc":null,"reserveIp":true,"teleport":null}`, group(rename)))
	// Both spellings, as while a service changes from one to the other, must not contradict each other.
	for range 20 {
		assert.JSONEq(t, `{"properties":{"name":"dev","createDataCenter":true,"createDatacenter":true}}`,
			written(t, "Groups", `{"name":"dev","createDataCenter":false,"createDatacenter":false}`,
				group(func(p *gen.GroupProperties) { p.CreateDataCenter = new(true) })))
	}
	// In whatever case the service returns a name, nothing is lost.
	assert.JSONEq(t, `{"properties":{"firstname":"Ann","lastname":"Lee","email":"a@example.com","active":false}}`,
		written(t, "Users", `{"firstName":"Ann","LastName":"Lee","email":"a@example.com","active":true,"s3CanonicalUserId":"x"}`, user(func(p *gen.UserUpdateProperties) {
			assert.Equal(t, "Ann", *p.FirstName)
			p.Active = new(false)
		})))
	assert.JSONEq(t, `{"properties":{"firstname":"Eve"}}`,
		written(t, "Users", `{"firstName":"Ann"}`, user(func(p *gen.UserUpdateProperties) { p.FirstName = new("Eve") })))
	// Asterisks or null for a password would become the password.
	for _, password := range []string{`"****"`, "null"} {
		assert.JSONEq(t, `{"properties":{"firstname":"Ann","active":false}}`,
			written(t, "Users", `{"firstname":"Ann","active":true,"password":`+password+`}`, user(func(p *gen.UserUpdateProperties) {
				assert.Nil(t, p.Password)
				p.Active = new(false)
			})))
	}
	assert.JSONEq(t, `{"properties":{"firstname":"Ann","password":"correct-horse-3"}}`,
		written(t, "Users", `{"firstname":"Ann","s3CanonicalUserId":"s3"}`, user(func(p *gen.UserUpdateProperties) { p.Password = new(wrapper.Secret("correct-horse-3")) })))
}
