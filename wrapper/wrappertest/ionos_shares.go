package wrappertest

import (
	"bytes"
	"net/url"
)

func sharePath(group, resource string) string {
	return groupPath(group) + "/shares/" + url.PathEscape(resource)
}

func (q *call) share(group string, share Share) object {
	return append(q.reference("resource", share.ResourceID, sharePath(group, share.ResourceID)),
		member{"properties", object{
			{"editPrivilege", share.EditPrivilege},
			{"sharePrivilege", share.SharePrivilege},
		}})
}

func shareTargets(group, resource string) []Target {
	return []Target{groupTarget(group), {"resource", resource, sharePath(group, resource)}}
}

// findShare finds a group's share of a resource.
func (c *IONOS) findShare(q *call) (Group, Share, error) {
	group, err := c.findGroup(q.params[0])
	if err != nil {
		return Group{}, Share{}, err
	}
	share, found := c.state.shares[group.ID].get(q.params[1])
	if !found {
		return Group{}, Share{}, missing("share " + q.params[1])
	}
	return group, share, nil
}

func (c *IONOS) listShares(q *call) (*result, error) {
	group, err := c.findGroup(q.params[0])
	if err != nil {
		return nil, err
	}
	var items []object
	for _, share := range filtered(c.state.shares[group.ID], q.filters, Share.property) {
		items = append(items, q.share(group.ID, share))
	}
	return ok(q.collection(group.ID+"/shares", groupPath(group.ID)+"/shares", items))
}

func (c *IONOS) getShare(q *call) (*result, error) {
	group, share, err := c.findShare(q)
	if err != nil {
		return nil, err
	}
	return ok(q.share(group.ID, share))
}

func (c *IONOS) createShare(q *call) (*result, error) {
	group, err := c.findGroup(q.params[0])
	if err != nil {
		return nil, err
	}
	resource, found := c.state.resources.get(q.params[1])
	if !found {
		return nil, missing("resource " + q.params[1])
	}
	if c.state.shares[group.ID].has(resource.ID) {
		return nil, reject(422, "439", "the group has a share of this resource")
	}
	return c.setShare(q, group.ID, resource.ID)
}

// replaceShare with an empty body changes nothing and gives the share as it is.
func (c *IONOS) replaceShare(q *call) (*result, error) {
	group, share, err := c.findShare(q)
	if err != nil {
		return nil, err
	}
	if body := bytes.TrimSpace(q.body); len(body) == 0 || string(body) == "{}" {
		return ok(q.share(group.ID, share))
	}
	return c.setShare(q, group.ID, share.ResourceID)
}

func (c *IONOS) setShare(q *call, group, resource string) (*result, error) {
	p, err := q.properties()
	if err != nil {
		return nil, err
	}
	share := Share{ResourceID: resource}
	p.flag("editPrivilege", &share.EditPrivilege)
	p.flag("sharePrivilege", &share.SharePrivilege)
	if err := p.err(); err != nil {
		return nil, err
	}
	c.state.shares.set(group, resource, share)
	return accepted(q.share(group, share), shareTargets(group, resource)...)
}

func (c *IONOS) deleteShare(q *call) (*result, error) {
	group, share, err := c.findShare(q)
	if err != nil {
		return nil, err
	}
	c.state.shares.remove(group.ID, share.ResourceID)
	return accepted(nil, shareTargets(group.ID, share.ResourceID)...)
}
