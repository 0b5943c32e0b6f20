package wrapper_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/cloudroster/cloudroster/wrapper"
	"github.com/cloudroster/cloudroster/wrapper/wrappertest"
)

func TestGroupsHaveThePrivilegesThatThisVersionDoesNotKnow(t *testing.T) {
	t.Parallel()
	cloud := newCloud()
	id := cloud.IONOS.AddGroup(wrappertest.Group{Name: "Operators", Privileges: map[string]any{"reserveIp": true, "createQuantum": true, "createTea": false, "quota": 7}})
	client := ionosClient(t, cloud)
	check := func(group *wrapper.Group) {
		assert.Equal(t, id, group.ID)
		assert.Equal(t, "Operators", group.Name)
		assert.Equal(t, []string{"createQuantum", "reserveIp"}, group.Granted())
		for name, granted := range map[string]bool{"createTea": false, "createSnapshot": false, "createQuantum": true} {
			value, found := group.Privileges[name]
			assert.True(t, found, name)
			assert.Equal(t, granted, value, name)
		}
		assert.NotContains(t, group.Privileges, "name")
		assert.NotContains(t, group.Privileges, "quota")
	}
	for _, key := range []string{id, "Operators"} {
		group, err := client.Groups().Get(t.Context(), key)
		require.NoError(t, err)
		check(group)
	}
	for group := range firsts(t, client.Groups().All(t.Context())) {
		check(&group)
	}
	assert.Len(t, cloud.IONOS.Requests(), 3)
}

func TestGroupsAreLookedUpByNameAsUsersAreByAddress(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name   string
		groups []string
		key    string
		want   int // the index of the group
		err    error
	}{
		{"an exact name wins", []string{"OPS", "ops"}, "ops", 1, nil},
		{"another case counts if there is one", []string{"OPS", "dev"}, "ops", 0, nil},
		{"several in another case", []string{"OPS", "Ops"}, "ops", 0, wrapper.ErrAmbiguous},
		{"several with this name", []string{"ops", "ops"}, "ops", 0, wrapper.ErrAmbiguous},
		{"none", []string{"dev"}, "ops", 0, wrapper.ErrNotFound},
		{"no group at all", nil, "ops", 0, wrapper.ErrNotFound},
		{"an id that does not exist", []string{"ops"}, "0fd7a5ac-5a7a-4b4b-9d1a-6a3a0e0a4e4f", 0, wrapper.ErrNotFound},
		{"an empty name", []string{"ops"}, "", 0, wrapper.ErrInvalid},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			cloud := newCloud()
			var ids []string
			for _, name := range test.groups {
				ids = append(ids, cloud.IONOS.AddGroup(wrappertest.Group{Name: name}))
			}
			group, err := ionosClient(t, cloud).Groups().Get(t.Context(), test.key)
			require.ErrorIs(t, err, test.err)
			if test.err == nil {
				assert.Equal(t, ids[test.want], group.ID)
				return
			}
			assert.Nil(t, group)
			for _, other := range []error{wrapper.ErrAmbiguous, wrapper.ErrNotFound, wrapper.ErrInvalid, wrapper.ErrIncomplete} {
				assert.Equal(t, errors.Is(test.err, other), errors.Is(err, other), "%v is %v", err, other)
			}
		})
	}
}

// A list that the service cuts says nothing about who is not in it, and a second group may have the same name.
func TestAGroupIsNotFoundInACutList(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		body string
		want error
	}{
		"a link to the next page": {`{"id":"groups","items":[{"id":"1","properties":{"name":"ops"}}],"_links":{"next":"https://api.ionos.com/x"}}`, wrapper.ErrIncomplete},
		"no properties":           {`{"id":"groups","items":[{"id":"1"}]}`, wrapper.ErrUnexpectedResponse},
		"null properties":         {`{"id":"groups","items":[{"id":"1","properties":null}]}`, wrapper.ErrUnexpectedResponse},
		"no items":                {`{"id":"groups"}`, wrapper.ErrUnexpectedResponse},
		"an item without an id":   {`{"id":"groups","items":[{"properties":{"name":"ops"}}]}`, wrapper.ErrUnexpectedResponse},
		"a name that is no text":  {`{"id":"groups","items":[{"id":"1","properties":{"name":7}}]}`, wrapper.ErrNotFound},
		"a name in another case":  {`{"id":"groups","items":[{"id":"1","properties":{"NAME":"ops"}}]}`, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cloud := newCloud()
			cloud.IONOS.Fault(wrappertest.Fault{OperationID: "umGroupsGet", Effect: wrappertest.Reply(200, nil, test.body)})
			_, err := ionosClient(t, cloud).Groups().Get(t.Context(), "ops")
			require.ErrorIs(t, err, test.want)
		})
	}
}

func TestSharesHaveTheIDOfTheirResource(t *testing.T) {
	t.Parallel()
	cloud := newCloud()
	group := cloud.IONOS.AddGroup(wrappertest.Group{Name: "ops"})
	image := cloud.IONOS.AddResource(wrappertest.Resource{Type: "image", Name: "debian"})
	cloud.IONOS.AddShare(group, wrappertest.Share{ResourceID: image, EditPrivilege: true})
	// The service may give a share an id of its own.
	cloud.IONOS.Fault(wrappertest.Fault{OperationID: "umGroupsSharesGet", Effect: wrappertest.EditResponse(func(r *wrappertest.Response) {
		r.Body = []byte(strings.ReplaceAll(string(r.Body), `"id":"`+image, `"id":"another`))
		r.Body = []byte(strings.ReplaceAll(string(r.Body), `"sharePrivilege":false`, `"sharePrivilege":false,"viewPrivilege":true`))
	})})
	for _, key := range []string{group, "ops"} {
		var shares []wrapper.Share
		for share := range firsts(t, ionosClient(t, cloud).Groups().Shares(t.Context(), key)) {
			shares = append(shares, share)
		}
		require.Len(t, shares, 1)
		assert.Equal(t, wrapper.Share{
			ResourceID: image, CanEdit: true,
			Privileges: map[string]bool{"editPrivilege": true, "sharePrivilege": false, "viewPrivilege": true},
		}, shares[0])
		assert.Equal(t, []string{"editPrivilege", "viewPrivilege"}, shares[0].Granted())
	}
	for _, err := range ionosClient(t, cloud).Groups().Shares(t.Context(), "dev") {
		require.ErrorIs(t, err, wrapper.ErrNotFound)
	}
	for _, err := range ionosClient(t, cloud).Groups(wrapper.WithPrefetch(2)).Shares(t.Context(), group) {
		require.ErrorIs(t, err, wrapper.ErrInvalid)
	}
}
