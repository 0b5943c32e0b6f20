package wrappertest

import (
	"net/url"
	"slices"
)

// resourceTypes are the ones that the page names.
var resourceTypes = []string{"datacenter", "snapshot", "image", "ipblock", "pcc", "backupunit", "k8s"}

func resourcePath(kind, id string) string {
	return "/um/resources/" + url.PathEscape(kind) + "/" + url.PathEscape(id)
}

func (q *call) resource(resource Resource) object {
	at := resourcePath(resource.Type, resource.ID)
	state := "AVAILABLE"
	if resource.Type == "k8s" {
		state = "ACTIVE"
	}
	out := append(q.reference(resource.Type, resource.ID, at),
		member{"metadata", object{
			{"etag", etag},
			{"createdDate", stamp(resource.Created)},
			{"createdBy", Username},
			{"lastModifiedDate", stamp(resource.Modified)},
			{"lastModifiedBy", Username},
			{"state", state},
		}},
		member{"properties", object{
			{"name", resource.Name},
			{"secAuthProtection", resource.SecAuthProtection},
		}})
	if q.depth() > 0 {
		out = append(out, member{"entities", object{
			{"groups", q.reference("collection", resource.ID+"/groups", at+"/groups")},
		}})
	}
	return out
}

func (c *IONOS) listResources(q *call) (*result, error) {
	items, err := c.resourcesOf(q, "")
	if err != nil {
		return nil, err
	}
	return ok(q.collection("resources", "/um/resources", items))
}

func (c *IONOS) listResourcesByType(q *call) (*result, error) {
	kind := q.params[0]
	items, err := c.resourcesOf(q, kind)
	if err != nil {
		return nil, err
	}
	if items == nil && !slices.Contains(resourceTypes, kind) {
		return nil, missing("resource type " + kind)
	}
	return ok(q.collection("resources/"+kind, "/um/resources/"+url.PathEscape(kind), items))
}

func (c *IONOS) resourcesOf(q *call, kind string) ([]object, error) {
	var items []object
	for _, resource := range filtered(&c.state.resources, q.filters, Resource.property) {
		if kind == "" || kind == resource.Type {
			items = append(items, q.resource(resource))
		}
	}
	return items, nil
}

func (c *IONOS) getResource(q *call) (*result, error) {
	resource, found := c.state.resources.get(q.params[1])
	if !found || resource.Type != q.params[0] {
		return nil, missing("resource " + q.params[1])
	}
	return ok(q.resource(resource))
}

// listResourcesOfGroup lists what a group has shares of.
func (c *IONOS) listResourcesOfGroup(q *call) (*result, error) {
	group, err := c.findGroup(q.params[0])
	if err != nil {
		return nil, err
	}
	var items []object
	for _, share := range c.state.shares[group.ID].all(0) {
		if resource, found := c.state.resources.get(share.ResourceID); found && q.filters.match(resource.property) {
			items = append(items, q.resource(resource))
		}
	}
	return ok(q.collection(group.ID+"/resources", groupPath(group.ID)+"/resources", items))
}
