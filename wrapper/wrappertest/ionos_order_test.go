package wrappertest_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/cloudroster/cloudroster/wrapper/wrappertest"
)

// What belongs to a user comes in the order of the list that it is of, however it came to the user.
func TestTheListsOfAUserKeepTheOrderOfAll(t *testing.T) {
	t.Parallel()
	c := inMemory(t, wrappertest.WithEntityItems()) // not in the document
	user := c.cloud.IONOS.AddUser(wrappertest.User{Email: "a@example.com"})
	var groups, resources []any
	for range 3 {
		groups = append(groups, c.cloud.IONOS.AddGroup(wrappertest.Group{Name: "ops"}))
		resources = append(resources, c.cloud.IONOS.AddResource(wrappertest.Resource{Type: "image", Owner: user}))
	}
	for i := range groups {
		c.cloud.IONOS.AddMember(groups[len(groups)-1-i].(string), user)
	}
	c.cloud.IONOS.AddResource(wrappertest.Resource{ID: resources[0].(string), Type: "image", Owner: user})

	ids := func(items any) (ids []any) {
		for _, item := range items.([]any) {
			ids = append(ids, at(t, item, "id"))
		}
		return ids
	}
	assert.Equal(t, groups, ids(at(t, c.ionos("GET", "/um/users/"+user+"/groups", "").json(t), "items")))
	assert.Equal(t, groups, ids(at(t, c.ionos("GET", "/um/users/"+user+"?depth=1", "").json(t), "entities", "groups", "items")))
	assert.Equal(t, resources, ids(at(t, c.ionos("GET", "/um/users/"+user+"/owns", "").json(t), "items")))
}
