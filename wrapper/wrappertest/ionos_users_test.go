package wrappertest_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/cloudroster/cloudroster/wrapper/wrappertest"
)

const ann = `{"properties":{"firstname":"Ann","lastname":"Lee","email":"ann@example.com","password":"secret-123"}}`

func TestCreatedUserIsThereAtOnceWithItsDefaults(t *testing.T) {
	t.Parallel()
	c := underContract(t)
	made := c.ionos("POST", "/um/users", ann)
	require.Equal(t, 202, made.StatusCode)
	body := made.json(t)
	id := at(t, body, "id").(string)
	assert.Equal(t, "user", at(t, body, "type"))
	assert.Equal(t, "https://ionos.test/cloudapi/v6/um/users/"+id, at(t, body, "href"))
	assert.Equal(t, true, at(t, body, "properties", "active"))
	assert.Equal(t, false, at(t, body, "properties", "administrator"))
	assert.NotContains(t, string(made.text), "secret-123")
	assert.NotContains(t, body, "entities")
	assert.Regexp(t, `^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$`, at(t, body, "metadata", "createdDate"))
	assert.Equal(t, wrappertest.Username, at(t, body, "metadata", "createdBy"))

	assert.Equal(t, body, c.ionos("GET", "/um/users/"+id, "").json(t))
	user, found := c.cloud.IONOS.User("ANN@example.com")
	require.True(t, found)
	assert.Equal(t, id, user.ID)
	assert.Equal(t, "secret-123", user.Password)
}

func TestUserEntitiesAreReferencesAtDepthOne(t *testing.T) {
	t.Parallel()
	c := underContract(t)
	id := c.cloud.IONOS.AddUser(wrappertest.User{Email: "a@example.com"})
	groups := at(t, c.ionos("GET", "/um/users/"+id+"?depth=1", "").json(t), "entities", "groups")
	assert.Equal(t, map[string]any{
		"id": id + "/groups", "type": "collection", "href": c.cloud.IONOS.URL() + "/um/users/" + id + "/groups",
	}, groups)
}

func TestCreateUserRefusals(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		body, message string
		status        int
	}{
		"no properties":       {`{}`, "[(root).properties] Attribute is required", 422},
		"not JSON":            {`{"properties":`, "the body is not the JSON that is expected here", 400},
		"two values":          {ann + `{}`, "the body goes on after its JSON value", 400},
		"empty body":          {``, "the body is not the JSON that is expected here", 400},
		"without a password":  {strings.Replace(ann, "password", "passwort", 1), "[(root).properties.password] Attribute is required", 422},
		"without a firstname": {strings.Replace(ann, "firstname", "first", 1), "[(root).properties.firstname] Attribute is required", 422},
		"with null":           {strings.Replace(ann, `"Lee"`, "null", 1), "[(root).properties.lastname] Attribute is required", 422},
		"with secAuthActive":  {strings.Replace(ann, `"email"`, `"secAuthActive":false,"email"`, 1), "[(root).properties.secAuthActive] Attribute is not allowed in create requests", 422},
		"read-only property":  {strings.Replace(ann, `"email"`, `"s3CanonicalUserId":"x","email"`, 1), "[(root).properties.s3CanonicalUserId] Attribute is read-only", 422},
		"a number for a name": {strings.Replace(ann, `"Ann"`, "1", 1), "[(root).properties.firstname] Attribute must be a string", 422},
		"a text for a flag":   {strings.Replace(ann, `"email"`, `"active":"yes","email"`, 1), "[(root).properties.active] Attribute must be true or false", 422},
		"no email address":    {strings.Replace(ann, "ann@example.com", "ann", 1), "[(root).properties.email] Attribute is not an email address", 422},
		"email taken":         {strings.Replace(ann, "ann@", "TAKEN@", 1), "[(root).properties.email] Attribute is already in use", 422},
		"the owner's email":   {strings.Replace(ann, "ann@example.com", wrappertest.Username, 1), "[(root).properties.email] Attribute is already in use", 422},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := inMemory(t)
			c.cloud.IONOS.AddUser(wrappertest.User{Email: "taken@example.com"})
			got := c.ionos("POST", "/um/users", test.body)
			assert.Equal(t, test.status, got.StatusCode)
			_, message := c.refusal(got)
			assert.Equal(t, test.message, message)
			assert.Empty(t, got.Header.Get("Location"))
			assert.Len(t, c.cloud.IONOS.Users(), 1)
		})
	}
}

func TestAllProblemsOfABodyAreNamed(t *testing.T) {
	t.Parallel()
	c := inMemory(t)
	messages := at(t, c.ionos("POST", "/um/users", `{"properties":{"firstname":"A","email":"a@b"}}`).json(t), "messages").([]any)
	require.Len(t, messages, 2)
	assert.Equal(t, "[(root).properties.lastname] Attribute is required", at(t, messages, 0, "message"))
	assert.Equal(t, "[(root).properties.password] Attribute is required", at(t, messages, 1, "message"))
}

func TestReplacedUserLosesWhatWasLeftOut(t *testing.T) {
	t.Parallel()
	c := underContract(t)
	id := c.cloud.IONOS.AddUser(wrappertest.User{
		FirstName: "Ann", LastName: "Lee", Email: "ann@example.com", Password: "old-secret-1",
		Administrator: true, ForceSecAuth: true, SecAuthActive: true, Inactive: true,
	})
	before, _ := c.cloud.IONOS.User(id)
	got := c.ionos("PUT", "/um/users/"+id, `{"id":"ignored","properties":{"firstname":"Ann","lastname":"Bee","email":"ann@example.com"}}`)
	require.Equal(t, 202, got.StatusCode, "%s", got.text)
	after, _ := c.cloud.IONOS.User(id)
	assert.Equal(t, "Bee", after.LastName)
	assert.False(t, after.Administrator || after.ForceSecAuth || after.SecAuthActive || after.Inactive)
	assert.Equal(t, "old-secret-1", after.Password, "a password cannot be read, so leaving it out keeps it")
	assert.Equal(t, before.S3CanonicalUserID, after.S3CanonicalUserID)
	assert.Equal(t, before.Created, after.Created)

	all := `{"properties":{"firstname":"A","lastname":"B","email":"new@example.com","password":"new-secret-1",` +
		`"administrator":true,"forceSecAuth":true,"secAuthActive":true,"active":false}}`
	require.Equal(t, 202, c.ionos("PUT", "/um/users/"+id, all).StatusCode)
	after, found := c.cloud.IONOS.User("new@example.com")
	require.True(t, found)
	assert.True(t, after.Administrator && after.ForceSecAuth && after.SecAuthActive && after.Inactive)
	assert.Equal(t, "new-secret-1", after.Password)
	_, found = c.cloud.IONOS.User("ann@example.com")
	assert.False(t, found)
}

func TestReplaceUserRefusesAnotherUsersEmailAndReadOnlyProperties(t *testing.T) {
	t.Parallel()
	c := inMemory(t)
	c.cloud.IONOS.AddUser(wrappertest.User{Email: "bob@example.com"})
	id := c.cloud.IONOS.AddUser(wrappertest.User{Email: "ann@example.com"})
	for _, body := range []string{
		strings.Replace(ann, "ann@", "bob@", 1),
		strings.Replace(ann, `"password"`, `"s3CanonicalUserId":"x","password"`, 1),
		`{"properties":{"firstname":"A","email":"ann@example.com"}}`,
	} {
		assert.Equal(t, 422, c.ionos("PUT", "/um/users/"+id, body).StatusCode, body)
	}
}

func TestOnlyTheUserListHasPages(t *testing.T) {
	t.Parallel()
	c := underContract(t)
	for i := range 230 {
		c.cloud.IONOS.AddUser(wrappertest.User{Email: fmt.Sprintf("u%03d@example.com", i)})
	}
	for query, want := range map[string]struct {
		first, n   int
		prev, next string
	}{
		"":                     {0, 100, "", "offset=100&limit=100"},
		"?offset=100":          {100, 100, "offset=0&limit=100", "offset=200&limit=100"},
		"?offset=200":          {200, 30, "offset=100&limit=100", ""},
		"?offset=230":          {-1, 0, "offset=130&limit=100", ""},
		"?offset=9999":         {-1, 0, "offset=9899&limit=100", ""},
		"?offset=5&limit=10":   {5, 10, "offset=0&limit=10", "offset=15&limit=10"},
		"?offset=229&limit=1":  {229, 1, "offset=228&limit=1", ""},
		"?limit=100&offset=0":  {0, 100, "", "offset=100&limit=100"},
		"?filter.email=u001@x": {-1, 0, "", ""},
	} {
		page := c.ionos("GET", "/um/users"+query, "").json(t)
		items := at(t, page, "items").([]any)
		assert.Len(t, items, want.n, query)
		if want.n > 0 {
			assert.Equal(t, fmt.Sprintf("u%03d@example.com", want.first), at(t, items, 0, "properties", "email"), query)
		}
		links := at(t, page, "_links").(map[string]any)
		for name, wanted := range map[string]string{"prev": want.prev, "next": want.next} {
			if wanted == "" {
				assert.NotContains(t, links, name, query)
				continue
			}
			assert.Equal(t, "https://ionos.test/cloudapi/v6/um/users?"+wanted, links[name], query)
		}
		assert.Contains(t, links, "self", query)
	}
}

func TestParametersAreHeldToTheirBounds(t *testing.T) {
	t.Parallel()
	c := inMemory(t)
	for query, status := range map[string]int{
		"limit=0": 422, "limit=101": 422, "limit=x": 400, "offset=-1": 422, "offset=1.5": 400, "offset=3000000000": 400,
		"depth=2": 200, "depth=10": 200, "depth=11": 422, "depth=-1": 422, "depth=x": 400, "pretty=maybe": 400, "pretty=1": 400, "unknown=1": 200, "depth=1": 200,
	} {
		assert.Equal(t, status, c.ionos("GET", "/um/users?"+query, "").StatusCode, query)
	}
	assert.Equal(t, 200, c.ionos("GET", "/um/groups?limit=0", "").StatusCode, "groups have no pages, so the parameter is unknown there")
}

func TestAnswersArePrettyUnlessToldOtherwise(t *testing.T) {
	t.Parallel()
	c := underContract(t)
	assert.Contains(t, string(c.ionos("GET", "/um/users", "").text), "\n  \"id\"")
	assert.Contains(t, string(c.ionos("GET", "/um/users?pretty=true", "").text), "\n  \"id\"")
	assert.NotContains(t, string(c.ionos("GET", "/um/users?pretty=false", "").text), "\n")
}

func TestDeletedUserLeavesGroupsAndResources(t *testing.T) {
	t.Parallel()
	c := underContract(t)
	user := c.cloud.IONOS.AddUser(wrappertest.User{Email: "a@example.com"})
	other := c.cloud.IONOS.AddUser(wrappertest.User{Email: "b@example.com"})
	group := c.cloud.IONOS.AddGroup(wrappertest.Group{Name: "ops"})
	c.cloud.IONOS.AddMember(group, user)
	c.cloud.IONOS.AddMember(group, other)
	resource := c.cloud.IONOS.AddResource(wrappertest.Resource{Type: "image", Name: "i", Owner: user})

	groups := at(t, c.ionos("GET", "/um/users/"+user+"/groups", "").json(t), "items").([]any)
	require.Len(t, groups, 1)
	assert.Equal(t, "ops", at(t, groups, 0, "properties", "name"))
	assert.Equal(t, "group", at(t, groups, 0, "type"))
	owned := at(t, c.ionos("GET", "/um/users/"+user+"/owns", "").json(t), "items").([]any)
	require.Len(t, owned, 1)
	assert.Equal(t, resource, at(t, owned, 0, "id"))
	assert.Empty(t, at(t, c.ionos("GET", "/um/users/"+other+"/owns", "").json(t), "items"))

	require.Equal(t, 202, c.ionos("DELETE", "/um/users/"+user, "").StatusCode)
	assert.Equal(t, []string{other}, c.cloud.IONOS.Members(group))
	for _, gone := range []string{"", "/groups", "/owns"} {
		assert.Equal(t, 404, c.ionos("GET", "/um/users/"+user+gone, "").StatusCode)
	}
	assert.Equal(t, 404, c.ionos("DELETE", "/um/users/"+user, "").StatusCode)
	assert.Equal(t, 200, c.ionos("GET", "/um/resources/image/"+resource, "").StatusCode)
}
