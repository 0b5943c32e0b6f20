package wrappertest

import (
	"regexp"
	"slices"
	"strings"
)

// Role is a role of the Triton account. Who has it is kept with the users.
type Role struct {
	ID       string   `json:"id,omitempty"` // created when empty
	Name     string   `json:"name"`
	Policies []string `json:"policies,omitempty"` // names
}

// Policy is a set of rules: "CAN listusers", "CAN getuser, listusers".
type Policy struct {
	ID          string   `json:"id,omitempty"` // created when empty
	Name        string   `json:"name"`
	Description string   `json:"description,omitempty"`
	Rules       []string `json:"rules,omitempty"`
}

// AddRole adds a role with a policy of these rules, for instance "CAN listusers" or "CAN *". A
// role without rules allows nothing.
func (c *Triton) AddRole(name string, rules ...string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	role := Role{ID: newID(), Name: name}
	if len(rules) > 0 {
		role.Policies = []string{name}
		c.policies.set(name, Policy{ID: newID(), Name: name, Rules: rules})
	}
	c.roles.set(name, role)
}

// action is the name of the operation in rules and messages.
func (r *route) action() string {
	return strings.ToLower(strings.Replace(string(r.operation), "Triton", "", 1))
}

// checkRoles holds a sub-user to its roles: those named in as-role, or else its default ones. One
// of them needs a policy that allows the action. The account's owner may do everything, whatever
// as-role says.
func (c *Triton) checkRoles(q *call) *tritonError {
	user, isUser := c.byLogin(q.caller)
	if !isUser || !q.subUser {
		return nil
	}
	active := user.DefaultRoles
	if sent := q.query.Get("as-role"); strings.TrimSpace(sent) != "" {
		active = nil
		for role := range strings.SplitSeq(sent, ",") {
			active = append(active, strings.TrimSpace(role))
		}
		for _, role := range active {
			if !slices.Contains(user.Roles, role) && !slices.Contains(user.DefaultRoles, role) {
				return c.forbidden(q)
			}
		}
	}
	for _, name := range active {
		if name == administrator {
			return nil
		}
		role, _ := c.roles.get(name)
		for _, policy := range role.Policies {
			held, _ := c.policies.get(policy)
			if slices.ContainsFunc(held.Rules, func(rule string) bool { return allows(rule, q.route.action()) }) {
				return nil
			}
		}
	}
	return c.forbidden(q)
}

var rulePattern = regexp.MustCompile(`(?i)^\s*(?:\S+\s+)?CAN\s+(.+?)\s*$`)

// allows reports whether a rule names the action or *. Conditions are not evaluated.
func allows(rule, action string) bool {
	found := rulePattern.FindStringSubmatch(rule)
	if found == nil {
		return false
	}
	for _, word := range strings.FieldsFunc(found[1], func(r rune) bool { return r == ' ' || r == ',' }) {
		switch {
		case strings.EqualFold(word, action), word == "*":
			return true
		case slices.Contains([]string{"to", "when", "at", "from"}, strings.ToLower(word)):
			return false
		}
	}
	return false
}
