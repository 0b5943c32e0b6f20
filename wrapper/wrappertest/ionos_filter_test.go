package wrappertest_test

import (
	"net/url"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/cloudroster/cloudroster/wrapper/wrappertest"
)

func TestListsAreFiltered(t *testing.T) {
	t.Parallel()
	c := inMemory(t)
	cloud := c.cloud.IONOS
	kim := cloud.AddUser(wrappertest.User{FirstName: "Kim", Email: "a+b@example.com", Administrator: true})
	cloud.AddUser(wrappertest.User{FirstName: "Bo", Email: "b@example.com", Inactive: true})
	group := cloud.AddGroup(wrappertest.Group{Name: "Ops", Privileges: map[string]any{"reserveIp": true}})
	cloud.AddGroup(wrappertest.Group{Name: "Dev"})
	cloud.AddMember(group, kim)
	image := cloud.AddResource(wrappertest.Resource{Type: "image", Name: "Linux", Owner: kim})
	center := cloud.AddResource(wrappertest.Resource{Type: "datacenter", Name: "Main", Location: "de/txl", SecAuthProtection: new(true)})
	cloud.AddShare(group, wrappertest.Share{ResourceID: image, EditPrivilege: true})
	cloud.AddShare(group, wrappertest.Share{ResourceID: center})
	for path, want := range map[string]int{
		"/um/users?filter.email=" + url.QueryEscape("A+B@example.com"): 1,
		"/um/users?filter.email=example":                               2,
		"/um/users?filter.email=c@example.com":                         0,
		"/um/users?filter.email=example&filter.firstname=bo":           1,
		"/um/users?filter.administrator=true":                          1,
		"/um/users?filter.active=false":                                1,
		"/um/users?filter.active=no":                                   0,
		"/um/users?filter.createdBy=owner":                             2,
		"/um/groups?filter.name=op":                                    1,
		"/um/groups?filter.reserveIp=true":                             1,
		"/um/groups?filter.createSnapshot=false":                       2,
		"/um/groups/" + group + "/users?filter.firstname=kim":          1,
		"/um/groups/" + group + "/users?filter.firstname=bo":           0,
		"/um/groups/" + group + "/shares?filter.editPrivilege=true":    1,
		"/um/groups/" + group + "/resources?filter.name=linux":         1,
		"/um/users/" + kim + "/groups?filter.name=ops":                 1,
		"/um/users/" + kim + "/groups?filter.name=dev":                 0,
		"/um/users/" + kim + "/owns?filter.name=linux":                 1,
		"/um/users/" + kim + "/owns?filter.name=main":                  0,
		"/um/resources?filter.name=main":                               1,
		"/um/resources/image?filter.name=main":                         0,
		"/um/resources?filter.secAuthProtection=true":                  1,
		"/datacenters?filter.location=de":                              1,
		"/datacenters?filter.name=linux":                               0,
	} {
		got := c.ionos("GET", path, "")
		require.Equal(t, 200, got.StatusCode, "%s: %s", path, got.text)
		assert.Len(t, at(t, got.json(t), "items"), want, path)
		unknown := c.ionos("GET", path+"&filter.colour=red", "")
		assert.Equal(t, 422, unknown.StatusCode, "an unknown filter must not mean everything: %s", path)
	}
}

func TestFilteredUsersHavePages(t *testing.T) {
	t.Parallel()
	c := inMemory(t)
	for _, name := range []string{"a1", "b1", "a2", "b2", "a3"} {
		c.cloud.IONOS.AddUser(wrappertest.User{FirstName: name, Email: name + "@example.com"})
	}
	page := c.ionos("GET", "/um/users?filter.firstname=a&offset=1&limit=1", "").json(t)
	require.Len(t, at(t, page, "items"), 1)
	assert.Equal(t, "a2", at(t, page, "items", 0, "properties", "firstname"))
	assert.Contains(t, at(t, page, "_links", "next"), "offset=2")
	page = c.ionos("GET", "/um/users?filter.firstname=a&offset=9&limit=1", "").json(t)
	assert.Empty(t, at(t, page, "items"))
}

func TestDepthAboveOneIsOneUnlessStrict(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		options []wrappertest.Option
		status  int
	}{{nil, 200}, {[]wrappertest.Option{wrappertest.WithStrictDepth()}, 422}} {
		c := inMemory(t, test.options...)
		id := c.cloud.IONOS.AddUser(wrappertest.User{Email: "a@example.com"})
		got := c.ionos("GET", "/um/users/"+id+"?depth=5", "")
		require.Equal(t, test.status, got.StatusCode)
		if test.status == 200 {
			assert.Equal(t, c.ionos("GET", "/um/users/"+id+"?depth=1", "").json(t), got.json(t))
		}
	}
}

func TestEntitiesHaveReferencesByOption(t *testing.T) {
	t.Parallel()
	c := inMemory(t, wrappertest.WithEntityItems()) // not in the document
	user := c.cloud.IONOS.AddUser(wrappertest.User{Email: "a@example.com"})
	group := c.cloud.IONOS.AddGroup(wrappertest.Group{Name: "ops"})
	c.cloud.IONOS.AddMember(group, user)
	got := c.ionos("GET", "/um/users/"+user+"?depth=1", "").json(t)
	assert.Equal(t, map[string]any{
		"id": group, "type": "group", "href": c.cloud.IONOS.URL() + "/um/groups/" + group,
	}, at(t, got, "entities", "groups", "items", 0))
	got = c.ionos("GET", "/um/groups/"+group+"?depth=1", "").json(t)
	assert.Equal(t, user, at(t, got, "entities", "users", "items", 0, "id"))
}
