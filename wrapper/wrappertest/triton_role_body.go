package wrappertest

import (
	"fmt"
	"slices"
	"strings"
)

// administrator is the role that may do everything, and has no policies.
const administrator = "administrator"

// isVersion9 reports whether the client accepts version 9, which is the server's own.
func (q *call) isVersion9() bool {
	accepted := q.Header.Get("Accept-Version")
	return accepted == "" || accepted == "*" || strings.Contains(accepted, "9")
}

// roleBody is what a request says of a role. A list that is nil is not sent; both lists of members
// are sent or none is.
type roleBody struct {
	policies          []string // names or ids
	members, defaults []string // logins or ids
}

// roleBody reads the body in the form of the client's version: from version 9 on members and
// policies are lists of objects, before they are lists of names.
func (q *call) roleBody() (roleBody, error) {
	if !q.isVersion9() {
		return q.oldRoleBody(), nil
	}
	var body roleBody
	if q.sent.has("policies") {
		policies, err := q.sent.objects("policies")
		if err != nil {
			return body, err
		}
		body.policies = []string{}
		for _, policy := range policies {
			if other := otherThan(policy, "id", "name"); other != "" {
				return body, invalidArgument(fmt.Sprintf(`Policy references may only contain "name" or "id" properties, not %q`, other))
			}
			body.policies = append(body.policies, stringify(firstOf(policy, "name", "id")))
		}
	}
	if !q.sent.has("members") {
		return body, nil
	}
	members, err := q.sent.objects("members")
	if err != nil {
		return body, err
	}
	body.members, body.defaults = []string{}, []string{}
	for _, member := range members {
		name, isDefault, err := memberOf(member)
		if err != nil {
			return body, err
		}
		body.members = append(body.members, name)
		if isDefault {
			body.defaults = append(body.defaults, name)
		}
	}
	return body, nil
}

// oldRoleBody: the two lists are one to the server. Who is in either is a member.
func (q *call) oldRoleBody() roleBody {
	var body roleBody
	if q.sent.has("policies") {
		body.policies = orEmpty(q.sent.names("policies"))
	}
	if q.sent.has("members") || q.sent.has("default_members") {
		body.defaults = orEmpty(q.sent.names("default_members"))
		body.members = append(orEmpty(q.sent.names("members")), body.defaults...)
	}
	return body
}

// objects is a parameter that must be a list of objects.
func (p parameters) objects(parameter string) ([]map[string]any, error) {
	wrong := invalidArgument(fmt.Sprintf("Role %q must be an array of objects", parameter))
	list, isList := p[parameter].([]any)
	if !isList {
		return nil, wrong
	}
	objects := []map[string]any{}
	for _, one := range list {
		object, isObject := one.(map[string]any)
		if !isObject {
			return nil, wrong
		}
		objects = append(objects, object)
	}
	return objects, nil
}

// memberOf reads one member of version 9.
func memberOf(member map[string]any) (name string, isDefault bool, err error) {
	kind, isText := member["type"].(string)
	if !isText {
		return "", false, invalidArgument(`Role "member" references must have a string "type" property`)
	}
	if kind != "subuser" && kind != "account" {
		return "", false, invalidArgument(fmt.Sprintf(`Member "type" is not supported: %q`, kind))
	}
	if other := otherThan(member, "type", "id", "login", "default"); other != "" {
		return "", false, invalidArgument(fmt.Sprintf(`Member references may only contain "type", "login", "id", or "default" properties, not %q`, other))
	}
	if sent, found := member["default"]; found {
		if isDefault, isText = sent.(bool); !isText {
			return "", false, invalidArgument(`Member "default" property must be a boolean`)
		}
	}
	name = stringify(firstOf(member, "id", "login"))
	if kind == "account" {
		return "", false, invalidArgument("Invalid account: " + name) // there is none that could be a member
	}
	return name, isDefault, nil
}

// otherThan is a member of an object that has none of these names, or "".
func otherThan(object map[string]any, names ...string) string {
	for name := range object {
		if !slices.Contains(names, name) {
			return name
		}
	}
	return ""
}
