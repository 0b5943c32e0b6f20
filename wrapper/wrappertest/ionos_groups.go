package wrappertest

import (
	"encoding/json"
	"maps"
	"net/url"
	"slices"
)

// privileges are the names on the wire, in the page's order. The page spells the
// first one createDatacenter; every client of the vendor sends and reads this.
var privileges = []string{
	"createDataCenter", "createSnapshot", "reserveIp", "accessActivityLog", "createPcc",
	"s3Privilege", "createBackupUnit", "createInternetAccess", "createK8sCluster",
	"createFlowLog", "accessAndManageMonitoring", "accessAndManageCertificates",
	"manageDBaaS", "accessAndManageDns", "manageRegistry", "manageDataplatform",
	"accessAndManageLogging", "accessAndManageCdn", "accessAndManageVpn",
	"accessAndManageApiGateway", "accessAndManageKaas", "accessAndManageNetworkFileStorage",
	"accessAndManageAiModelHub", "accessAndManageIamResources", "createNetworkSecurityGroups",
}

// pageSpelling is ignored where it is sent: the change seems to work, and nothing
// happens.
const pageSpelling = "createDatacenter"

func groupPath(id string) string { return "/um/groups/" + url.PathEscape(id) }

func groupTarget(id string) Target { return Target{"group", id, groupPath(id)} }

func (c *IONOS) groupJSON(q *call, group Group, depth int) object {
	at := groupPath(group.ID)
	values := object{{"name", group.Name}}
	for _, name := range privileges {
		granted, _ := group.Privileges[name].(bool)
		values = append(values, member{name, granted})
	}
	for _, name := range slices.Sorted(maps.Keys(group.Privileges)) {
		if !slices.Contains(privileges, name) {
			values = append(values, member{name, group.Privileges[name]})
		}
	}
	out := append(q.reference("group", group.ID, at), member{"properties", values})
	if depth > 0 {
		out = append(out, member{"entities", object{
			{"users", c.entity(q, group.ID+"/users", at+"/users", "user", userPath, c.state.members[group.ID].keys)},
			{"resources", q.reference("collection", group.ID+"/resources", at+"/resources")},
		}})
	}
	return out
}

func (c *IONOS) findGroup(id string) (Group, error) {
	group, found := c.state.groups.get(id)
	if !found {
		return Group{}, missing("group " + id)
	}
	return group, nil
}

func (c *IONOS) listGroups(q *call) (*result, error) {
	var items []object
	for _, group := range filtered(&c.state.groups, q.filters, Group.property) {
		items = append(items, c.groupJSON(q, group, q.depth()))
	}
	return ok(q.collection("groups", "/um/groups", items))
}

func (c *IONOS) getGroup(q *call) (*result, error) {
	group, err := c.findGroup(q.params[0])
	if err != nil {
		return nil, err
	}
	return ok(c.groupJSON(q, group, q.depth()))
}

func (c *IONOS) createGroup(q *call) (*result, error) {
	group, err := q.readGroup()
	if err != nil {
		return nil, err
	}
	group.ID = c.state.addGroup(group)
	return accepted(c.groupJSON(q, group, q.depth()), groupTarget(group.ID))
}

// replaceGroup sets every property: a privilege that is left out is withdrawn.
func (c *IONOS) replaceGroup(q *call) (*result, error) {
	before, err := c.findGroup(q.params[0])
	if err != nil {
		return nil, err
	}
	group, err := q.readGroup()
	if err != nil {
		return nil, err
	}
	group.ID = before.ID
	c.state.groups.set(group.ID, group)
	return accepted(c.groupJSON(q, group, q.depth()), groupTarget(group.ID))
}

// readGroup takes a group's properties from a body. Privileges that the page does
// not know are kept: the service is older and newer than any client.
func (q *call) readGroup() (Group, error) {
	p, err := q.properties()
	if err != nil {
		return Group{}, err
	}
	group := Group{Privileges: map[string]any{}}
	p.text("name", &group.Name, true)
	for name := range p.values {
		if name == "name" || name == pageSpelling {
			continue
		}
		if slices.Contains(privileges, name) {
			granted := false
			p.flag(name, &granted)
			group.Privileges[name] = granted
			continue
		}
		if value, sent := p.sent(name); sent {
			var unknown any
			_ = json.Unmarshal(value, &unknown) // part of a body that was decoded
			group.Privileges[name] = unknown
		}
	}
	slices.Sort(*p.problems) // the members of an object come in no order
	return group, p.err()
}

func (c *IONOS) deleteGroup(q *call) (*result, error) {
	group, err := c.findGroup(q.params[0])
	if err != nil {
		return nil, err
	}
	c.state.removeGroup(group.ID)
	return accepted(nil, groupTarget(group.ID))
}

func (c *IONOS) listMembers(q *call) (*result, error) {
	group, err := c.findGroup(q.params[0])
	if err != nil {
		return nil, err
	}
	var items []object
	for id := range c.state.members[group.ID].all(0) {
		if user, found := c.state.users.get(id); found && q.filters.match(user.property) {
			items = append(items, c.userJSON(q, user, q.depth()))
		}
	}
	return ok(q.collection(group.ID+"/users", groupPath(group.ID)+"/users", items))
}

// addMember may be repeated: a member stays one.
func (c *IONOS) addMember(q *call) (*result, error) {
	group, err := c.findGroup(q.params[0])
	if err != nil {
		return nil, err
	}
	var body struct {
		ID string `json:"id"`
	}
	if err := q.decode(&body); err != nil {
		return nil, err
	}
	if body.ID == "" {
		return nil, reject(422, "439", "[(root).id] Attribute is required")
	}
	user, err := c.findUser(body.ID)
	if err != nil {
		return nil, err
	}
	c.state.addMember(group.ID, user.ID)
	return accepted(c.userJSON(q, user, q.depth()), groupTarget(group.ID), userTarget(user.ID))
}

func (c *IONOS) removeMember(q *call) (*result, error) {
	group, err := c.findGroup(q.params[0])
	if err != nil {
		return nil, err
	}
	if !c.state.members[group.ID].has(q.params[1]) {
		return nil, missing("member " + q.params[1])
	}
	c.state.removeMember(group.ID, q.params[1])
	return accepted(nil, groupTarget(group.ID), userTarget(q.params[1]))
}
