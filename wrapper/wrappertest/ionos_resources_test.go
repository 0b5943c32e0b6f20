package wrappertest_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/cloudroster/cloudroster/wrapper/wrappertest"
)

func TestResourcesByTypeAndID(t *testing.T) {
	t.Parallel()
	c := underContract(t)
	kinds := []string{"datacenter", "snapshot", "image", "ipblock", "pcc", "backupunit", "k8s"}
	for _, kind := range kinds {
		path := "/um/resources/" + kind
		require.Empty(t, at(t, c.ionos("GET", path, "").json(t), "items"), "documented types are known without any resource")
		id := c.cloud.IONOS.AddResource(wrappertest.Resource{Type: kind, Name: "my " + kind})
		list := c.ionos("GET", path, "").json(t)
		require.Len(t, at(t, list, "items"), 1)
		one := c.ionos("GET", path+"/"+id, "").json(t)
		assert.Equal(t, at(t, list, "items", 0), one)
		assert.Equal(t, kind, at(t, one, "type"))
		assert.Nil(t, at(t, one, "properties", "secAuthProtection"), "null: it cannot be protected")
		assert.NotContains(t, one, "entities")
	}
	assert.Len(t, at(t, c.ionos("GET", "/um/resources", "").json(t), "items"), len(kinds))
}

func TestResourceDetails(t *testing.T) {
	t.Parallel()
	c := underContract(t)
	id := c.cloud.IONOS.AddResource(wrappertest.Resource{Type: "datacenter", SecAuthProtection: new(false)})
	one := c.ionos("GET", "/um/resources/datacenter/"+id+"?depth=1", "").json(t)
	assert.Equal(t, false, at(t, one, "properties", "secAuthProtection"))
	assert.Equal(t, "AVAILABLE", at(t, one, "metadata", "state"))
	assert.Equal(t, id+"/groups", at(t, one, "entities", "groups", "id"))
	assert.Equal(t, 404, c.ionos("GET", "/um/resources/image/"+id, "").StatusCode, "the type has to fit the id")
	assert.Equal(t, 404, c.ionos("GET", "/um/resources/datacenter/none", "").StatusCode)
}

func TestUnknownResourceTypes(t *testing.T) {
	t.Parallel()
	c := inMemory(t)
	assert.Equal(t, 404, c.ionos("GET", "/um/resources/quantum", "").StatusCode)
	c.cloud.IONOS.AddResource(wrappertest.Resource{Type: "quantum"})
	assert.Equal(t, "quantum", at(t, c.ionos("GET", "/um/resources/quantum", "").json(t), "items", 0, "type"))
}

func TestAResourceHasOneOwner(t *testing.T) {
	t.Parallel()
	c := inMemory(t)
	kim := c.cloud.IONOS.AddUser(wrappertest.User{Email: "kim@example.com"})
	bo := c.cloud.IONOS.AddUser(wrappertest.User{Email: "bo@example.com"})
	id := c.cloud.IONOS.AddResource(wrappertest.Resource{Type: "image", Owner: kim})
	c.cloud.IONOS.AddResource(wrappertest.Resource{ID: id, Type: "image", Owner: bo})
	assert.Empty(t, at(t, c.ionos("GET", "/um/users/"+kim+"/owns", "").json(t), "items"))
	assert.Len(t, at(t, c.ionos("GET", "/um/users/"+bo+"/owns", "").json(t), "items"), 1)
}
