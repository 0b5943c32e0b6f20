package wrappertest

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// The operations in this file are not documented in openapi.yaml. They are what clients call on
// their way to users, and no larger than those clients need.

func (c *Triton) neighbours() []route {
	routes := []route{
		path("GET", "/--ping", "Ping", func(*call) (*result, error) {
			return ok(object{{"ping", "pong"}, {"pid", 1}, {"status", "OK"}})
		}),
		path("GET", "/*", "GetAccount", func(*call) (*result, error) { return ok(c.account()) }),
		path("POST", "/*", "UpdateAccount", c.updateAccount),
		path("GET", "/*/limits", "ListLimits", func(*call) (*result, error) { return ok([]object{}) }), // none are set
		path("GET", "/*/datacenters", "ListDatacenters", func(q *call) (*result, error) { return ok(map[string]string{"test-1": q.root}) }),
		path("GET", "/*/keys", "ListKeys", c.listKeys),
		path("POST", "/*/keys", "CreateKey", c.createKey),
		path("GET", "/*/keys/*", "GetKey", c.getKey),
		path("DELETE", "/*/keys/*", "DeleteKey", c.deleteKey),
		path("GET", "/*/policies", "ListPolicies", c.listPolicies),
		path("POST", "/*/policies", "CreatePolicy", c.setPolicy),
		path("GET", "/*/policies/*", "GetPolicy", c.getPolicy),
		path("POST", "/*/policies/*", "UpdatePolicy", c.setPolicy),
		path("DELETE", "/*/policies/*", "DeletePolicy", c.deletePolicy),
		path("GET", "/*/roles", "ListRoles", c.listRoles),
		path("POST", "/*/roles", "CreateRole", c.setRole),
		path("GET", "/*/roles/*", "GetRole", c.getRole),
		path("POST", "/*/roles/*", "UpdateRole", c.setRole),
		path("DELETE", "/*/roles/*", "DeleteRole", c.deleteRole),
	}
	for _, tagged := range []string{"/*", "/*/users", "/*/users/*", "/*/keys", "/*/keys/*", "/*/roles", "/*/roles/*", "/*/policies", "/*/policies/*", "/*/users/*/keys"} {
		routes = append(routes, path("PUT", tagged, "SetRoleTags", c.setRoleTags))
	}
	return routes
}

func notFound(kind, name string) error {
	return &tritonError{http.StatusNotFound, "ResourceNotFound", kind + " " + name + " does not exist"}
}

// setRoleTags tags the literal path of the request. It is seen on that path alone.
func (c *Triton) setRoleTags(q *call) (*result, error) {
	if len(q.params) == 2 && q.segments[1] == "users" {
		if _, err := c.find(q); err != nil {
			return nil, err
		}
	}
	tags := orEmpty(q.sent.names("role-tag"))
	for _, tag := range tags {
		if _, found := c.roles.get(tag); !found {
			return nil, &tritonError{http.StatusConflict, "InvalidArgument", "Role(s) " + tag + " not found"}
		}
	}
	c.tags[c.tagged(q)] = tags
	return ok(object{{"name", q.URL.Path}, {"role-tag", tags}})
}

// tagged is the path that role tags bind to.
func (c *Triton) tagged(q *call) string {
	return "/" + Account + "/" + strings.Join(q.segments[1:], "/")
}

// names reads a list of names: of strings, of objects with a name or login, or one string with commas.
func (p parameters) names(parameter string) []string {
	list, isList := p[parameter].([]any)
	if !isList {
		return strings.FieldsFunc(p.text(parameter), func(r rune) bool { return r == ',' })
	}
	var names []string
	for _, one := range list {
		if named, ok := one.(map[string]any); ok {
			one = firstOf(named, "name", "login", "id")
		}
		names = append(names, stringify(one))
	}
	return names
}

func firstOf(named map[string]any, keys ...string) any {
	for _, key := range keys {
		if value, ok := named[key]; ok {
			return value
		}
	}
	return nil
}

func named[V any](all *ordered[V], kind, nameOrID string) (V, error) {
	value, found := all.get(nameOrID)
	if !found {
		value, found = all.find(nameOrID)
	}
	if !found {
		return value, notFound(kind, nameOrID)
	}
	return value, nil
}

func (c *Triton) policy(name string) (Policy, error) { return named(&c.policies, "policy", name) }

func (p Policy) json() object {
	return object{{"name", p.Name}, {"id", p.ID}, {"rules", orEmpty(p.Rules)}}.with("description", p.Description)
}

func (c *Triton) listPolicies(*call) (*result, error) {
	items := []object{}
	for _, policy := range c.policies.list() {
		items = append(items, policy.json())
	}
	return ok(items)
}

func (c *Triton) getPolicy(q *call) (*result, error) {
	policy, err := c.policy(q.params[1])
	if err != nil {
		return nil, err
	}
	return ok(policy.json())
}

// setPolicy creates a policy, or changes the one that the path names.
func (c *Triton) setPolicy(q *call) (*result, error) {
	policy, status := Policy{ID: newID()}, http.StatusCreated
	if len(q.params) > 1 {
		before, err := c.policy(q.params[1])
		if err != nil {
			return nil, err
		}
		policy, status = before, http.StatusOK
	} else if err := q.sent.need("name", "rules"); err != nil {
		return nil, err
	}
	before := policy.Name
	if q.sent.has("name") {
		policy.Name = q.sent.text("name")
	}
	if _, taken := c.policies.get(policy.Name); taken && policy.Name != before {
		return nil, alreadyExists("name", policy.Name)
	}
	if q.sent.has("rules") {
		policy.Rules = nil
		list, isList := q.sent["rules"].([]any)
		if !isList {
			list = []any{q.sent["rules"]}
		}
		for _, rule := range list {
			policy.Rules = append(policy.Rules, stringify(rule))
		}
	}
	if q.sent.has("description") {
		policy.Description = q.sent.text("description")
	}
	if before != "" && before != policy.Name {
		c.policies.remove(before)
		for _, role := range c.roles.list() {
			role.Policies = replaced(role.Policies, before, policy.Name)
			c.roles.set(role.Name, role)
		}
	}
	c.policies.set(policy.Name, policy)
	return &result{status: status, body: policy.json(), location: locationOf(status, "policies", policy.Name)}, nil
}

func locationOf(status int, kind, name string) string {
	if status != http.StatusCreated {
		return ""
	}
	return "/" + Account + "/" + kind + "/" + url.PathEscape(name)
}

func replaced(names []string, before, after string) []string {
	names = slices.Clone(names)
	if i := slices.Index(names, before); i >= 0 {
		names[i] = after
	}
	return names
}

func (c *Triton) deletePolicy(q *call) (*result, error) {
	policy, err := c.policy(q.params[1])
	if err != nil {
		return nil, err
	}
	for _, role := range c.roles.list() {
		role.Policies = without(role.Policies, policy.Name)
		c.roles.set(role.Name, role)
	}
	c.policies.remove(policy.Name)
	return &result{status: http.StatusNoContent}, nil
}

func (c *Triton) role(name string) (Role, error) { return named(&c.roles, "role", name) }

// roleJSON follows the version that the client accepts: 9 has objects, earlier ones have names.
func (c *Triton) roleJSON(q *call, role Role) object {
	members, defaults, nested := []string{}, []string{}, []object{}
	for _, user := range c.users.list() {
		isDefault := slices.Contains(user.DefaultRoles, role.Name)
		if !isDefault && !slices.Contains(user.Roles, role.Name) {
			continue
		}
		members = append(members, user.Login)
		if isDefault {
			defaults = append(defaults, user.Login)
		}
		nested = append(nested, object{{"type", "subuser"}, {"id", user.ID}, {"login", user.Login}, {"default", isDefault}})
	}
	if !q.isVersion9() {
		return object{
			{"name", role.Name}, {"id", role.ID}, {"policies", orEmpty(role.Policies)}, {"members", members}, {"default_members", defaults},
		}
	}
	policies := []object{}
	for _, name := range role.Policies {
		policy, _ := c.policies.get(name)
		policies = append(policies, object{{"id", policy.ID}, {"name", name}})
	}
	return object{{"name", role.Name}, {"id", role.ID}, {"policies", policies}, {"members", nested}}
}

func (c *Triton) listRoles(q *call) (*result, error) {
	items := []object{}
	for _, role := range c.roles.list() {
		items = append(items, c.roleJSON(q, role))
	}
	return ok(items)
}

func (c *Triton) getRole(q *call) (*result, error) {
	role, err := c.role(q.params[1])
	if err != nil {
		return nil, err
	}
	return ok(c.roleJSON(q, role))
}

// setRole creates a role, or changes the one that the path names.
func (c *Triton) setRole(q *call) (*result, error) {
	role, status := Role{ID: newID()}, http.StatusCreated
	if len(q.params) > 1 {
		before, err := c.role(q.params[1])
		if err != nil {
			return nil, err
		}
		role, status = before, http.StatusOK
	} else if err := q.sent.need("name"); err != nil {
		return nil, err
	}
	body, err := q.roleBody()
	if err != nil {
		return nil, err
	}
	before := role.Name
	if q.sent.has("name") {
		role.Name = q.sent.text("name")
	}
	if role.Name == "true" {
		return nil, invalidArgument(`"true" is not a valid role name`)
	}
	if _, taken := c.roles.get(role.Name); taken && role.Name != before {
		return nil, alreadyExists("name", role.Name)
	}
	if err := c.setRolePolicies(&role, before, body.policies); err != nil {
		return nil, err
	}
	if err := c.setMembers(body, before, role.Name); err != nil {
		return nil, err
	}
	if before != "" && before != role.Name {
		c.roles.remove(before)
	}
	c.roles.set(role.Name, role)
	return &result{status: status, body: c.roleJSON(q, role), location: locationOf(status, "roles", role.ID)}, nil
}

func (c *Triton) setRolePolicies(role *Role, before string, policies []string) error {
	if policies == nil {
		return nil
	}
	if before == administrator || role.Name == administrator {
		return invalidArgument("Administrator role cannot have policies")
	}
	role.Policies = nil
	for _, name := range policies {
		policy, err := c.policy(name)
		if err != nil {
			return invalidArgument("Invalid policy: " + name)
		}
		role.Policies = append(role.Policies, policy.Name)
	}
	return nil
}

// setMembers moves a role's members to its new name, and replaces them where the body names some.
func (c *Triton) setMembers(body roleBody, before, after string) error {
	for _, name := range body.members {
		_, isLogin := c.byLogin(name)
		if !isLogin && !c.users.has(name) {
			return invalidArgument("Invalid subuser: " + name)
		}
	}
	is := func(names []string, user SubUser) bool {
		return slices.Contains(names, user.Login) || slices.Contains(names, user.ID)
	}
	for _, user := range c.users.list() {
		member, isDefault := slices.Contains(user.Roles, before), slices.Contains(user.DefaultRoles, before)
		if body.members != nil {
			member, isDefault = is(body.members, user), is(body.defaults, user)
		}
		user.Roles, user.DefaultRoles = without(user.Roles, before), without(user.DefaultRoles, before)
		if member || isDefault {
			user.Roles = append(user.Roles, after)
		}
		if isDefault {
			user.DefaultRoles = append(user.DefaultRoles, after)
		}
		c.setUser(user)
	}
	return nil
}

func (c *Triton) deleteRole(q *call) (*result, error) {
	role, err := c.role(q.params[1])
	if err != nil {
		return nil, err
	}
	for _, user := range c.users.list() {
		user.Roles, user.DefaultRoles = without(user.Roles, role.Name), without(user.DefaultRoles, role.Name)
		c.setUser(user)
	}
	c.roles.remove(role.Name)
	return &result{status: http.StatusNoContent}, nil
}
