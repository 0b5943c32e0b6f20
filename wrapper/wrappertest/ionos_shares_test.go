package wrappertest_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/cloudroster/cloudroster/wrapper/wrappertest"
)

func TestShareIsGivenChangedAndWithdrawn(t *testing.T) {
	t.Parallel()
	c := underContract(t)
	group := c.cloud.IONOS.AddGroup(wrappertest.Group{Name: "ops"})
	resource := c.cloud.IONOS.AddResource(wrappertest.Resource{Type: "datacenter", Name: "dc"})
	at1 := "/um/groups/" + group + "/shares/" + resource

	made := c.ionos("POST", at1, `{"properties":{"editPrivilege":true}}`)
	require.Equal(t, 202, made.StatusCode)
	assert.Equal(t, resource, at(t, made.json(t), "id"))
	assert.Equal(t, "resource", at(t, made.json(t), "type"))
	assert.Equal(t, []wrappertest.Share{{ResourceID: resource, EditPrivilege: true}}, c.cloud.IONOS.Shares(group))
	assert.Equal(t, made.json(t), c.ionos("GET", at1, "").json(t))
	assert.Equal(t, resource, at(t, c.ionos("GET", "/um/groups/"+group+"/shares", "").json(t), "items", 0, "id"))
	assert.Equal(t, "dc", at(t, c.ionos("GET", "/um/groups/"+group+"/resources", "").json(t), "items", 0, "properties", "name"))

	require.Equal(t, 202, c.ionos("PUT", at1, `{"properties":{"sharePrivilege":true}}`).StatusCode)
	assert.Equal(t, []wrappertest.Share{{ResourceID: resource, SharePrivilege: true}}, c.cloud.IONOS.Shares(group), "what was left out is withdrawn")
	require.Equal(t, 202, c.ionos("DELETE", at1, "").StatusCode)
	assert.Equal(t, 404, c.ionos("GET", at1, "").StatusCode)
	assert.Equal(t, 404, c.ionos("DELETE", at1, "").StatusCode)
}

func TestPutShareWithAnEmptyBodyAnswersTheCurrentShare(t *testing.T) {
	t.Parallel()
	c := inMemory(t)
	group := c.cloud.IONOS.AddGroup(wrappertest.Group{Name: "ops"})
	resource := c.cloud.IONOS.AddResource(wrappertest.Resource{Type: "datacenter"})
	share := wrappertest.Share{ResourceID: resource, EditPrivilege: true}
	c.cloud.IONOS.AddShare(group, share)
	for _, body := range []string{"", "{}", " {} "} {
		got := c.ionos("PUT", "/um/groups/"+group+"/shares/"+resource, body)
		require.Equal(t, 200, got.StatusCode, "%q", body)
		assert.Empty(t, got.Header.Get("Location"))
		assert.Equal(t, true, at(t, got.json(t), "properties", "editPrivilege"))
	}
	assert.Equal(t, []wrappertest.Share{share}, c.cloud.IONOS.Shares(group))
}

func TestShareRefusals(t *testing.T) {
	t.Parallel()
	c := inMemory(t)
	group := c.cloud.IONOS.AddGroup(wrappertest.Group{Name: "ops"})
	resource := c.cloud.IONOS.AddResource(wrappertest.Resource{Type: "datacenter"})
	at1 := "/um/groups/" + group + "/shares/" + resource
	const good = `{"properties":{"editPrivilege":true}}`
	assert.Equal(t, 415, c.with("Content-Type", "text/plain").ionos("POST", at1, good).StatusCode)
	assert.Equal(t, 415, c.with("Content-Type", "").ionos("POST", at1, good).StatusCode)
	assert.Equal(t, 400, c.ionos("POST", at1, "").StatusCode)
	assert.Equal(t, 422, c.ionos("POST", at1, `{"properties":{"editPrivilege":"yes"}}`).StatusCode)
	assert.Equal(t, 404, c.ionos("POST", "/um/groups/"+group+"/shares/none", good).StatusCode)
	assert.Equal(t, 404, c.ionos("PUT", at1, good).StatusCode)
	assert.Equal(t, 202, c.with("Content-Type", "application/json; charset=utf-8").ionos("POST", at1, good).StatusCode)
	assert.Equal(t, 422, c.ionos("POST", at1, good).StatusCode, "a second share of the same resource")
}
