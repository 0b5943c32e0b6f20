package wrappertest

import (
	"cmp"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

// The operations in this file and in ionos_tokens.go are not documented in openapi.yaml. They are
// what clients call on their way to users, and no larger than those clients need.

func (c *IONOS) neighbours() []route {
	return []route{
		path("GET", "/um/groups/*/users/*", "umGroupsUsersFindById", c.getMember),
		path("GET", "/um/users/*/s3keys", "umUsersS3keysGet", c.listS3Keys).allow(self),
		path("POST", "/um/users/*/s3keys", "umUsersS3keysPost", c.createS3Key).allow(self),
		path("GET", "/um/users/*/s3keys/*", "umUsersS3keysFindByKeyId", c.getS3Key).allow(self),
		path("PUT", "/um/users/*/s3keys/*", "umUsersS3keysPut", c.replaceS3Key).allow(self),
		path("DELETE", "/um/users/*/s3keys/*", "umUsersS3keysDelete", c.deleteS3Key).allow(self),
		path("GET", "/datacenters", "datacentersGet", c.listDatacenters).filters(Resource{}.property),
		path("POST", "/datacenters", "datacentersPost", c.createDatacenter),
		path("GET", "/datacenters/*", "datacentersFindById", c.getDatacenter),
		path("DELETE", "/datacenters/*", "datacentersDelete", c.deleteDatacenter),
		path("GET", "/requests", "requestsGet", c.listRequests).filters(c.requestFilter(AcceptedRequest{})),
		path("GET", "/requests/*", "requestsFindById", c.getRequest),
		path("GET", "/contracts", "contractsGet", c.listContracts).allow(everyone),
		path("GET", "/auth/v1/tokens/generate", "tokensGenerate", c.generateToken).allow(everyone),
		path("GET", "/auth/v1/tokens", "tokensGet", c.listTokens).allow(everyone),
		path("DELETE", "/auth/v1/tokens", "tokensDeleteByCriteria", c.deleteTokens).allow(everyone),
		path("GET", "/auth/v1/tokens/*", "tokensFindById", c.getToken).allow(everyone),
		path("DELETE", "/auth/v1/tokens/*", "tokensDeleteById", c.deleteToken).allow(everyone),
	}
}

// getMember is what clients poll after a removal, until it is 404.
func (c *IONOS) getMember(q *call) (*result, error) {
	user, found := c.state.users.get(q.params[1])
	if !found || !c.state.members[q.params[0]].has(user.ID) {
		return nil, missing("member " + q.params[1])
	}
	return ok(c.userJSON(q, user, q.depth()))
}

// S3Key is a key of a user for the object storage.
type S3Key struct {
	ID       string `json:"id"`
	UserID   string `json:"userId"`
	Secret   string `json:"secret"`
	Inactive bool   `json:"inactive,omitempty"`
}

func (q *call) s3Key(key S3Key) object {
	return append(q.reference("s3key", key.ID, userPath(key.UserID)+"/s3keys/"+key.ID),
		member{"metadata", object{{"etag", etag}}},
		member{"properties", object{{"secretKey", key.Secret}, {"active", !key.Inactive}}})
}

func (c *IONOS) listS3Keys(q *call) (*result, error) {
	user, err := c.findUser(q.params[0])
	if err != nil {
		return nil, err
	}
	var items []object
	for _, key := range c.state.s3Keys[user.ID].all(0) {
		items = append(items, q.s3Key(key))
	}
	return ok(q.collection(user.ID+"/s3keys", userPath(user.ID)+"/s3keys", items))
}

func (c *IONOS) createS3Key(q *call) (*result, error) {
	user, err := c.findUser(q.params[0])
	if err != nil {
		return nil, err
	}
	key := S3Key{ID: newID(), UserID: user.ID, Secret: newID()}
	c.state.s3Keys.set(user.ID, key.ID, key)
	return &result{status: http.StatusCreated, body: q.s3Key(key)}, nil
}

func (c *IONOS) findS3Key(q *call) (S3Key, error) {
	key, found := c.state.s3Keys[q.params[0]].get(q.params[1])
	if !found {
		return S3Key{}, missing("key " + q.params[1])
	}
	return key, nil
}

func (c *IONOS) getS3Key(q *call) (*result, error) {
	key, err := c.findS3Key(q)
	if err != nil {
		return nil, err
	}
	return ok(q.s3Key(key))
}

func (c *IONOS) replaceS3Key(q *call) (*result, error) {
	key, err := c.findS3Key(q)
	if err != nil {
		return nil, err
	}
	p, err := q.properties()
	if err != nil {
		return nil, err
	}
	active := true
	p.flag("active", &active)
	if err := p.err(); err != nil {
		return nil, err
	}
	key.Inactive = !active
	c.state.s3Keys.set(key.UserID, key.ID, key)
	return ok(q.s3Key(key))
}

func (c *IONOS) deleteS3Key(q *call) (*result, error) {
	key, err := c.findS3Key(q)
	if err != nil {
		return nil, err
	}
	c.state.s3Keys.remove(key.UserID, key.ID)
	return ok(nil)
}

func datacenterPath(id string) string { return "/datacenters/" + url.PathEscape(id) }

func (c *IONOS) datacenter(q *call, resource Resource) object {
	at := datacenterPath(resource.ID)
	out := append(q.reference("datacenter", resource.ID, at),
		member{"metadata", object{
			{"etag", etag},
			{"createdDate", stamp(resource.Created)},
			{"createdBy", Username},
			{"createdByUserId", cmp.Or(resource.Owner, OwnerID)},
			{"lastModifiedDate", stamp(resource.Modified)},
			{"state", "AVAILABLE"},
		}},
		member{"properties", object{
			{"name", resource.Name},
			{"description", resource.Description},
			{"location", cmp.Or(resource.Location, "de/txl")},
			{"version", 1},
			{"features", []string{}},
			{"secAuthProtection", resource.SecAuthProtection != nil && *resource.SecAuthProtection},
			{"cpuArchitecture", []object{{{"cpuFamily", "INTEL_SKYLAKE"}, {"maxCores", 51}, {"maxRam", 239616}, {"vendor", "GenuineIntel"}}}},
		}})
	if q.anyDepth() == 0 {
		return out
	}
	entities := object{}
	for _, name := range []string{"servers", "volumes", "loadbalancers", "lans"} {
		entities = append(entities, member{name, q.reference("collection", resource.ID+"/"+name, at+"/"+name)})
	}
	return append(out, member{"entities", entities})
}

func (c *IONOS) listDatacenters(q *call) (*result, error) {
	var items []object
	for _, resource := range filtered(&c.state.resources, q.filters, Resource.property) {
		if resource.Type != "datacenter" {
			continue
		}
		if q.anyDepth() == 0 {
			items = append(items, q.reference("datacenter", resource.ID, datacenterPath(resource.ID)))
		} else {
			items = append(items, c.datacenter(q, resource))
		}
	}
	return q.pageOf("datacenters", "/datacenters", items)
}

// pageOf returns the page of a list that the request asks for.
func (q *call) pageOf(id, at string, items []object) (*result, error) {
	offset, err := q.number("offset", 0, 0, 1<<31-1)
	if err != nil {
		return nil, err
	}
	limit, err := q.number("limit", 1000, 1, 10000)
	if err != nil {
		return nil, err
	}
	page := items[min(offset, len(items)):min(offset+limit, len(items))]
	return ok(append(q.collection(id, at, page), member{"offset", offset}, member{"limit", limit}, member{"_links", object{}}))
}

func (c *IONOS) findDatacenter(q *call) (Resource, error) {
	resource, found := c.state.resources.get(q.params[0])
	if !found || resource.Type != "datacenter" {
		return Resource{}, missing("data center " + q.params[0])
	}
	return resource, nil
}

func (c *IONOS) getDatacenter(q *call) (*result, error) {
	resource, err := c.findDatacenter(q)
	if err != nil {
		return nil, err
	}
	return ok(c.datacenter(q, resource))
}

func (c *IONOS) createDatacenter(q *call) (*result, error) {
	p, err := q.properties()
	if err != nil {
		return nil, err
	}
	resource := Resource{Type: "datacenter", SecAuthProtection: new(false)}
	p.text("name", &resource.Name, false)
	p.text("description", &resource.Description, false)
	p.text("location", &resource.Location, true)
	p.flag("secAuthProtection", resource.SecAuthProtection)
	if err := p.err(); err != nil {
		return nil, err
	}
	if q.callerID != OwnerID {
		resource.Owner = q.callerID
	}
	id := c.state.addResource(resource, c.clock.now())
	resource, _ = c.state.resources.get(id)
	return accepted(c.datacenter(q, resource), Target{"datacenter", id, datacenterPath(id)})
}

func (c *IONOS) deleteDatacenter(q *call) (*result, error) {
	resource, err := c.findDatacenter(q)
	if err != nil {
		return nil, err
	}
	c.state.removeResource(resource)
	return accepted(nil, Target{"datacenter", resource.ID, datacenterPath(resource.ID)})
}

// requestJSON shows a request as the service does from depth 1 on: with the body that was sent,
// passwords included.
func (c *IONOS) requestJSON(q *call, request AcceptedRequest, depth int) object {
	at := "/requests/" + request.ID
	status := q.reference("request-status", request.ID+"/status", at+"/status")
	if depth > 0 {
		status = c.statusOf(q, request)
	}
	return append(q.reference("request", request.ID, at),
		member{"metadata", object{
			{"createdDate", stamp(request.Created)}, {"createdBy", request.CreatedBy}, {"etag", etag}, {"requestStatus", status},
		}},
		member{"properties", object{
			{"method", request.Method}, {"headers", object{}}, {"body", request.Body}, {"url", q.root + request.Path},
		}})
}

// requestFilter returns what a list of requests is filtered by.
func (c *IONOS) requestFilter(request AcceptedRequest) func(string) (any, bool) {
	return func(name string) (any, bool) {
		switch name {
		case "status", "requestStatus":
			status, _, _ := request.status(c.clock.now())
			return status, true
		case "createdBy":
			return request.CreatedBy, true
		case "createdDate":
			return stamp(request.Created), true
		case "method":
			return request.Method, true
		case "url":
			return c.base + request.Path, true
		case "body":
			return request.Body, true
		case "createdAfter", "createdBefore":
			return nil, true // compared by listRequests
		}
		return nil, false
	}
}

// listRequests lists requests, the latest first.
func (c *IONOS) listRequests(q *call) (*result, error) {
	after, before := plainTime(q.filters["createdAfter"]), plainTime(q.filters["createdBefore"])
	delete(q.filters, "createdAfter")
	delete(q.filters, "createdBefore")
	var items []object
	for _, request := range c.state.requests.all(0) {
		created := request.Created.UTC().Format(time.DateTime)
		if !q.filters.match(c.requestFilter(request)) || after != "" && created <= after || before != "" && created >= before {
			continue
		}
		if q.anyDepth() == 0 {
			items = append(items, q.reference("request", request.ID, "/requests/"+request.ID))
		} else {
			items = append(items, c.requestJSON(q, request, q.anyDepth()-1))
		}
	}
	slices.Reverse(items)
	return q.pageOf("requests", "/requests", items)
}

// plainTime returns a time as the service writes it in filters, 2021-01-01 09:00:00. Clients send
// 2021-01-01T09:00:00Z, too.
func plainTime(text string) string {
	text = strings.Replace(text, "T", " ", 1)
	return text[:min(len(text), len(time.DateTime))]
}

func (c *IONOS) getRequest(q *call) (*result, error) {
	request, err := c.findRequest(q.params[0])
	if err != nil {
		return nil, err
	}
	return ok(c.requestJSON(q, request, q.anyDepth()))
}

// contractNumbers are those of the login; without WithContracts there is one that nobody checks.
func (c *IONOS) contractNumbers() []int32 {
	if len(c.contracts) == 0 {
		return []int32{31_000_000}
	}
	return c.contracts
}

// limits are the names of a contract's resource limits, which clients need to have a number.
var limits = []string{
	"coresPerServer", "coresPerContract", "coresProvisioned", "ramPerServer", "ramPerContract", "ramProvisioned",
	"hddLimitPerVolume", "hddLimitPerContract", "hddVolumeProvisioned", "ssdLimitPerVolume", "ssdLimitPerContract",
	"ssdVolumeProvisioned", "dasVolumeProvisioned", "reservableIps", "reservedIpsOnContract", "reservedIpsInUse",
	"k8sClusterLimitTotal", "k8sClustersProvisioned", "nlbLimitTotal", "nlbProvisioned", "natGatewayLimitTotal",
	"natGatewayProvisioned", "securityGroupsPerVdc", "securityGroupsPerResource", "rulesPerSecurityGroup",
}

func (c *IONOS) listContracts(q *call) (*result, error) {
	values := object{}
	for _, name := range limits {
		values = append(values, member{name, 0})
	}
	var items []object
	for _, number := range c.contractNumbers() {
		items = append(items, object{{"type", "contract"}, {"properties", object{
			{"contractNumber", number}, {"owner", c.owner().Email}, {"status", "BILLABLE"}, {"regDomain", "ionos.com"}, {"resourceLimits", values},
		}}})
	}
	return ok(q.collection("contracts", "/contracts", items))
}
