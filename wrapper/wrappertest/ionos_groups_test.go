package wrappertest_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/cloudroster/cloudroster/wrapper/wrappertest"
)

func TestGroupShowsEveryPrivilege(t *testing.T) {
	t.Parallel()
	c := underContract(t)
	made := c.ionos("POST", "/um/groups", `{"properties":{"name":"ops","createDataCenter":true,"reserveIp":true}}`)
	require.Equal(t, 202, made.StatusCode)
	properties := at(t, made.json(t), "properties").(map[string]any)
	assert.Len(t, properties, 26, "a name and 25 privileges")
	assert.Equal(t, true, properties["createDataCenter"])
	assert.Equal(t, true, properties["reserveIp"])
	assert.Equal(t, false, properties["createPcc"])
	assert.Equal(t, false, properties["createNetworkSecurityGroups"])
}

func TestThePagesSpellingOfAPrivilegeDoesNothing(t *testing.T) {
	t.Parallel()
	c := inMemory(t)
	made := c.ionos("POST", "/um/groups", `{"properties":{"name":"ops","createDatacenter":true}}`)
	require.Equal(t, 202, made.StatusCode)
	properties := at(t, made.json(t), "properties").(map[string]any)
	assert.Equal(t, false, properties["createDataCenter"])
	assert.NotContains(t, properties, "createDatacenter")
}

func TestUnknownPrivilegesComeBackAndPutReplacesThem(t *testing.T) {
	t.Parallel()
	c := inMemory(t)
	made := c.ionos("POST", "/um/groups", `{"properties":{"name":"ops","reserveIp":true,"manageQuantum":true,"quota":{"cores":4}}}`)
	id := at(t, made.json(t), "id").(string)
	got := c.ionos("GET", "/um/groups/"+id, "").json(t)
	assert.Equal(t, true, at(t, got, "properties", "manageQuantum"))
	assert.EqualValues(t, 4, at(t, got, "properties", "quota", "cores"))

	require.Equal(t, 202, c.ionos("PUT", "/um/groups/"+id, `{"properties":{"name":"dev"}}`).StatusCode)
	properties := at(t, c.ionos("GET", "/um/groups/"+id, "").json(t), "properties").(map[string]any)
	assert.Equal(t, "dev", properties["name"])
	assert.Equal(t, false, properties["reserveIp"])
	assert.NotContains(t, properties, "manageQuantum")
}

func TestGroupRefusals(t *testing.T) {
	t.Parallel()
	c := inMemory(t)
	id := c.cloud.IONOS.AddGroup(wrappertest.Group{Name: "ops"})
	for body, status := range map[string]int{
		`{"properties":{}}`: 422, `{"properties":{"name":""}}`: 422, `{}`: 422, `[]`: 400,
		`{"properties":{"name":"x","reserveIp":"yes"}}`: 422,
	} {
		assert.Equal(t, status, c.ionos("POST", "/um/groups", body).StatusCode, body)
		assert.Equal(t, status, c.ionos("PUT", "/um/groups/"+id, body).StatusCode, body)
	}
	assert.Equal(t, "ops", c.cloud.IONOS.Groups()[0].Name)
	for _, request := range []string{
		"GET /um/groups/none", "PUT /um/groups/none", "DELETE /um/groups/none", "GET /um/groups/none/users",
		"POST /um/groups/none/users", "DELETE /um/groups/none/users/x", "GET /um/groups/none/resources",
		"GET /um/groups/none/shares", "GET /um/groups/none/shares/x", "POST /um/groups/none/shares/x",
		"PUT /um/groups/none/shares/x", "DELETE /um/groups/none/shares/x",
	} {
		method, path := split(request)
		body := ""
		if method == "PUT" || method == "POST" {
			body = `{"properties":{"name":"x"},"id":"x"}`
		}
		assert.Equal(t, 404, c.ionos(method, path, body).StatusCode, request)
	}
}

func TestMembersComeAndGo(t *testing.T) {
	t.Parallel()
	c := underContract(t)
	group := c.cloud.IONOS.AddGroup(wrappertest.Group{Name: "ops"})
	a := c.cloud.IONOS.AddUser(wrappertest.User{Email: "a@example.com"})
	b := c.cloud.IONOS.AddUser(wrappertest.User{Email: "b@example.com"})
	for _, id := range []string{b, a, b} {
		got := c.ionos("POST", "/um/groups/"+group+"/users", `{"id":"`+id+`"}`)
		require.Equal(t, 202, got.StatusCode)
		assert.Equal(t, id, at(t, got.json(t), "id"))
	}
	assert.Equal(t, []string{b, a}, c.cloud.IONOS.Members(group))
	list := c.ionos("GET", "/um/groups/"+group+"/users", "").json(t)
	assert.Equal(t, group+"/users", at(t, list, "id"))
	assert.Len(t, at(t, list, "items"), 2)
	assert.Equal(t, "b@example.com", at(t, list, "items", 0, "properties", "email"))

	assert.Equal(t, 202, c.ionos("DELETE", "/um/groups/"+group+"/users/"+b, "").StatusCode)
	assert.Equal(t, 404, c.ionos("DELETE", "/um/groups/"+group+"/users/"+b, "").StatusCode)
	assert.Equal(t, []string{a}, c.cloud.IONOS.Members(group))
	assert.Equal(t, 404, c.ionos("POST", "/um/groups/"+group+"/users", `{"id":"nobody"}`).StatusCode)
	assert.Equal(t, 422, c.ionos("POST", "/um/groups/"+group+"/users", `{"id":""}`).StatusCode)
}

func TestDeletedGroupTakesItsSharesAndMembershipsAlong(t *testing.T) {
	t.Parallel()
	c := underContract(t)
	group := c.cloud.IONOS.AddGroup(wrappertest.Group{Name: "ops"})
	user := c.cloud.IONOS.AddUser(wrappertest.User{Email: "a@example.com"})
	resource := c.cloud.IONOS.AddResource(wrappertest.Resource{Type: "image"})
	c.cloud.IONOS.AddMember(group, user)
	c.cloud.IONOS.AddShare(group, wrappertest.Share{ResourceID: resource})
	require.Equal(t, 202, c.ionos("DELETE", "/um/groups/"+group, "").StatusCode)
	assert.Empty(t, c.cloud.IONOS.Groups())
	assert.Empty(t, c.cloud.IONOS.Members(group))
	assert.Empty(t, c.cloud.IONOS.Shares(group))
	assert.Empty(t, at(t, c.ionos("GET", "/um/users/"+user+"/groups", "").json(t), "items"))
}

func TestInspectedGroupsAreCopies(t *testing.T) {
	t.Parallel()
	cloud := wrappertest.New()
	privileges := map[string]any{"reserveIp": true}
	cloud.IONOS.AddGroup(wrappertest.Group{Name: "ops", Privileges: privileges})
	privileges["reserveIp"] = false
	cloud.IONOS.Groups()[0].Privileges["reserveIp"] = false
	assert.Equal(t, true, cloud.IONOS.Groups()[0].Privileges["reserveIp"])
}
