package wrappertest

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/cloudroster/cloudroster/gen"
)

// etag is the same everywhere: the service's etags are no versions either.
const etag = "37a6259cc0c1dae299a7866489dff0bd"

func userPath(id string) string { return "/um/users/" + url.PathEscape(id) }

func (c *IONOS) userJSON(q *call, user User, depth int) object {
	at := userPath(user.ID)
	out := append(q.reference("user", user.ID, at),
		member{"metadata", object{
			{"etag", etag},
			{"createdDate", stamp(user.Created)},
			{"createdBy", user.CreatedBy},
			{"lastModifiedDate", stamp(user.Modified)},
			{"lastModifiedBy", user.ModifiedBy},
		}},
		member{"properties", object{
			{"firstname", user.FirstName},
			{"lastname", user.LastName},
			{"email", user.Email},
			{"administrator", user.Administrator},
			{"forceSecAuth", user.ForceSecAuth},
			{"secAuthActive", user.SecAuthActive},
			{"s3CanonicalUserId", user.S3CanonicalUserID},
			{"active", !user.Inactive},
		}})
	if depth > 0 {
		out = append(out, member{"entities", object{
			{"owns", q.reference("collection", user.ID+"/owns", at+"/owns")},
			{"groups", c.entity(q, user.ID+"/groups", at+"/groups", "group", groupPath, func() []string { return c.state.groupsOfUser(user.ID) })},
			{"s3Keys", q.reference("collection", user.ID+"/s3keys", at+"/s3keys")},
		}})
	}
	return out
}

func userTarget(id string) Target { return Target{"user", id, userPath(id)} }

// listUsers is the one list that has pages.
func (c *IONOS) listUsers(q *call) (*result, error) {
	offset, _ := q.number("offset", gen.OffsetDefault, gen.OffsetMin, 1<<31-1) // both are checked on the way in
	limit, _ := q.number("limit", gen.LimitDefault, gen.LimitMin, gen.LimitMax)
	total, users := c.state.users.len(), []User(nil)
	if q.filters == nil {
		users = c.state.users.page(offset, limit)
	} else {
		users = filtered(&c.state.users, q.filters, User.property)
		total = len(users)
		users = users[min(offset, total):min(offset+limit, total)]
	}
	var items []object
	for _, user := range users {
		items = append(items, c.userJSON(q, user, q.depth()))
	}
	link := func(offset int) string {
		return fmt.Sprintf("%s/um/users?offset=%d&limit=%d", q.root, offset, limit)
	}
	links := object{}
	if offset > 0 {
		links = links.with("prev", link(max(offset-limit, 0)))
	}
	links = links.with("self", link(offset))
	if offset+limit < total {
		links = links.with("next", link(offset+limit))
	}
	return ok(append(q.collection("users", "/um/users", items),
		member{"offset", offset}, member{"limit", limit}, member{"_links", links}))
}

func (c *IONOS) getUser(q *call) (*result, error) {
	user, err := c.findUser(q.params[0])
	if err != nil {
		return nil, err
	}
	return ok(c.userJSON(q, user, q.depth()))
}

func (c *IONOS) findUser(id string) (User, error) {
	user, found := c.state.users.get(id)
	if !found {
		return User{}, missing("user " + id)
	}
	return user, nil
}

func (c *IONOS) createUser(q *call) (*result, error) {
	p, err := q.properties()
	if err != nil {
		return nil, err
	}
	if p.has("secAuthActive") {
		return nil, invalid("secAuthActive", "Attribute is not allowed in create requests")
	}
	user := User{Created: c.clock.now()}
	if err := c.readUser(p, &user, true); err != nil {
		return nil, err
	}
	id := c.state.addUser(user, q.caller, c.clock.now())
	user, _ = c.state.users.get(id)
	return accepted(c.userJSON(q, user, q.depth()), userTarget(id))
}

// replaceUser sets every property: what the body leaves out goes back to its
// default, except for the password, which nobody could send again.
func (c *IONOS) replaceUser(q *call) (*result, error) {
	before, err := c.findUser(q.params[0])
	if err != nil {
		return nil, err
	}
	p, err := q.properties()
	if err != nil {
		return nil, err
	}
	user := User{
		ID: before.ID, Password: before.Password, S3CanonicalUserID: before.S3CanonicalUserID,
		Created: before.Created, CreatedBy: before.CreatedBy, Modified: c.clock.now(), ModifiedBy: q.caller,
	}
	if err := c.readUser(p, &user, false); err != nil {
		return nil, err
	}
	c.state.users.set(user.ID, user)
	return accepted(c.userJSON(q, user, q.depth()), userTarget(user.ID))
}

// readUser takes a user's properties from a body.
func (c *IONOS) readUser(p properties, user *User, create bool) error {
	if p.has("s3CanonicalUserId") {
		return invalid("s3CanonicalUserId", "Attribute is read-only")
	}
	active := true
	p.text("firstname", &user.FirstName, true)
	p.text("lastname", &user.LastName, true)
	p.text("email", &user.Email, true)
	p.text("password", &user.Password, create)
	p.flag("administrator", &user.Administrator)
	p.flag("forceSecAuth", &user.ForceSecAuth)
	p.flag("secAuthActive", &user.SecAuthActive)
	p.flag("active", &active)
	user.Inactive = !active
	if !strings.Contains(user.Email, "@") {
		p.reject("email", "Attribute is not an email address")
	}
	if err := p.err(); err != nil {
		return err
	}
	if other, taken := c.state.userByEmail(user.Email); taken && other.ID != user.ID || c.logins[user.Email] != "" {
		return invalid("email", "Attribute is already in use")
	}
	return nil
}

func (c *IONOS) deleteUser(q *call) (*result, error) {
	user, err := c.findUser(q.params[0])
	if err != nil {
		return nil, err
	}
	if user.ID == OwnerID {
		return nil, reject(http.StatusForbidden, "318", "the contract's owner cannot be deleted")
	}
	c.state.removeUser(user.ID)
	return accepted(nil, userTarget(user.ID))
}

func (c *IONOS) listGroupsOfUser(q *call) (*result, error) {
	user, err := c.findUser(q.params[0])
	if err != nil {
		return nil, err
	}
	var items []object
	for _, id := range c.state.groupsOfUser(user.ID) {
		group, _ := c.state.groups.get(id)
		if !q.filters.match(group.property) {
			continue
		}
		items = append(items, append(q.reference("group", id, groupPath(id)), member{"properties", object{{"name", group.Name}}}))
	}
	return ok(q.collection(user.ID+"/groups", userPath(user.ID)+"/groups", items))
}

func (c *IONOS) listOwned(q *call) (*result, error) {
	user, err := c.findUser(q.params[0])
	if err != nil {
		return nil, err
	}
	var items []object
	for _, id := range c.state.ownedBy(user.ID) {
		resource, _ := c.state.resources.get(id)
		if !q.filters.match(resource.property) {
			continue
		}
		items = append(items, q.resource(resource))
	}
	return ok(q.collection(user.ID+"/owns", userPath(user.ID)+"/owns", items))
}

func without(ids []string, id string) []string {
	return slices.DeleteFunc(slices.Clone(ids), func(other string) bool { return other == id })
}
