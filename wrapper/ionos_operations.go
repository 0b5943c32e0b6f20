package wrapper

import (
	"context"

	"github.com/cloudroster/cloudroster/gen"
)

// The operations of the IONOS page, in its order, and the request status that a 202 points to.
// A test compares the meta:operation tags with openapi.yaml.

// ListUsers returns a page of users, which [WithOffset] and [WithLimit] select. AllUsers returns all
// users.
//
//meta:operation GET /um/users
func (c *IONOS) ListUsers(ctx context.Context, opts ...CallOption) (*gen.UserList, error) {
	r, err := c.requests.ListUsers(nil)
	return read[gen.UserList](ctx, c, call{operation: "umUsersGet", request: r, err: err, opts: opts, allowed: givenOffset | givenLimit})
}

// CreateUser creates a user. Email, FirstName, LastName and Password are required. It returns
// [ErrExists] if the email address is taken.
//
//meta:operation POST /um/users
func (c *IONOS) CreateUser(ctx context.Context, properties gen.UserCreateProperties, opts ...CallOption) (*gen.User, *Operation, error) {
	if err := required("email", properties.Email, "firstname", properties.FirstName,
		"lastname", properties.LastName, "password", string(properties.Password)); err != nil {
		return nil, nil, err
	}
	r, err := c.requests.CreateUser(nil, gen.UserCreate{Properties: properties})
	return write[gen.User](ctx, c, call{operation: "umUsersPost", request: r, err: err, opts: opts})
}

// GetUser returns a user. It returns [ErrNotFound] if the user does not exist.
//
//meta:operation GET /um/users/{userId}
func (c *IONOS) GetUser(ctx context.Context, userID string, opts ...CallOption) (*gen.User, error) {
	r, err := c.requests.GetUser(userID, nil)
	return read[gen.User](ctx, c, call{operation: "umUsersFindById", request: r, err: err, path: ids{"userID", userID}, object: userID, opts: opts})
}

// ReplaceUser replaces the properties of a user. The service may reset those that properties leaves
// out; UpdateUser keeps them.
//
//meta:operation PUT /um/users/{userId}
func (c *IONOS) ReplaceUser(ctx context.Context, userID string, properties gen.UserUpdateProperties, opts ...CallOption) (*gen.User, *Operation, error) {
	r, err := c.requests.ReplaceUser(userID, nil, gen.UserUpdate{Properties: properties})
	return write[gen.User](ctx, c, call{operation: "umUsersPut", request: r, err: err, path: ids{"userID", userID}, object: userID, opts: opts})
}

// DeleteUser deletes a user. It returns [ErrNotFound] if the user does not exist.
//
//meta:operation DELETE /um/users/{userId}
func (c *IONOS) DeleteUser(ctx context.Context, userID string, opts ...CallOption) (*Operation, error) {
	r, err := c.requests.DeleteUser(userID, nil)
	return remove(ctx, c, call{operation: "umUsersDelete", request: r, err: err, path: ids{"userID", userID}, opts: opts})
}

// ListUserGroups returns the groups of a user, as resources.
//
//meta:operation GET /um/users/{userId}/groups
func (c *IONOS) ListUserGroups(ctx context.Context, userID string, opts ...CallOption) (*gen.ResourceList, error) {
	r, err := c.requests.ListUserGroups(userID, nil)
	return read[gen.ResourceList](ctx, c, call{operation: "umUsersGroupsGet", request: r, err: err, path: ids{"userID", userID}, opts: opts})
}

// ListOwnedResources returns the resources that a user owns.
//
//meta:operation GET /um/users/{userId}/owns
func (c *IONOS) ListOwnedResources(ctx context.Context, userID string, opts ...CallOption) (*gen.ResourceList, error) {
	r, err := c.requests.ListOwnedResources(userID, nil)
	return read[gen.ResourceList](ctx, c, call{operation: "umUsersOwnsGet", request: r, err: err, path: ids{"userID", userID}, opts: opts})
}

// ListGroups returns all groups. The service does not page them.
//
//meta:operation GET /um/groups
func (c *IONOS) ListGroups(ctx context.Context, opts ...CallOption) (*gen.GroupList, error) {
	r, err := c.requests.ListGroups(nil)
	return read[gen.GroupList](ctx, c, call{operation: "umGroupsGet", request: r, err: err, opts: opts})
}

// CreateGroup creates a group. Name is required; a privilege that is left out is not granted.
//
//meta:operation POST /um/groups
func (c *IONOS) CreateGroup(ctx context.Context, properties gen.GroupProperties, opts ...CallOption) (*gen.Group, *Operation, error) {
	if properties.Name == nil || *properties.Name == "" {
		return nil, nil, invalid("name", "is empty")
	}
	r, err := c.requests.CreateGroup(nil, gen.Group{Properties: properties})
	return write[gen.Group](ctx, c, call{operation: "umGroupsPost", request: r, err: err, opts: opts})
}

// GetGroup returns a group. It returns [ErrNotFound] if the group does not exist.
//
//meta:operation GET /um/groups/{groupId}
func (c *IONOS) GetGroup(ctx context.Context, groupID string, opts ...CallOption) (*gen.Group, error) {
	r, err := c.requests.GetGroup(groupID, nil)
	return read[gen.Group](ctx, c, call{operation: "umGroupsFindById", request: r, err: err, path: ids{"groupID", groupID}, object: groupID, opts: opts})
}

// ReplaceGroup replaces the name and privileges of a group. The service may reset those that
// properties leaves out, including privileges that this version does not know; UpdateGroup keeps them.
//
//meta:operation PUT /um/groups/{groupId}
func (c *IONOS) ReplaceGroup(ctx context.Context, groupID string, properties gen.GroupProperties, opts ...CallOption) (*gen.Group, *Operation, error) {
	r, err := c.requests.ReplaceGroup(groupID, nil, gen.Group{Properties: properties})
	return write[gen.Group](ctx, c, call{operation: "umGroupsPut", request: r, err: err, path: ids{"groupID", groupID}, object: groupID, opts: opts})
}

// DeleteGroup deletes a group. It returns [ErrNotFound] if the group does not exist.
//
//meta:operation DELETE /um/groups/{groupId}
func (c *IONOS) DeleteGroup(ctx context.Context, groupID string, opts ...CallOption) (*Operation, error) {
	r, err := c.requests.DeleteGroup(groupID, nil)
	return remove(ctx, c, call{operation: "umGroupsDelete", request: r, err: err, path: ids{"groupID", groupID}, opts: opts})
}

// ListGroupResources returns the resources that are assigned to a group.
//
//meta:operation GET /um/groups/{groupId}/resources
func (c *IONOS) ListGroupResources(ctx context.Context, groupID string, opts ...CallOption) (*gen.ResourceList, error) {
	r, err := c.requests.ListGroupResources(groupID, nil)
	return read[gen.ResourceList](ctx, c, call{operation: "umGroupsResourcesGet", request: r, err: err, path: ids{"groupID", groupID}, opts: opts})
}

// ListGroupMembers returns the users in a group.
//
//meta:operation GET /um/groups/{groupId}/users
func (c *IONOS) ListGroupMembers(ctx context.Context, groupID string, opts ...CallOption) (*gen.MemberList, error) {
	r, err := c.requests.ListGroupMembers(groupID, nil)
	return read[gen.MemberList](ctx, c, call{operation: "umGroupsUsersGet", request: r, err: err, path: ids{"groupID", groupID}, opts: opts})
}

// AddGroupMember adds a user to a group.
//
//meta:operation POST /um/groups/{groupId}/users
func (c *IONOS) AddGroupMember(ctx context.Context, groupID, userID string, opts ...CallOption) (*gen.User, *Operation, error) {
	r, err := c.requests.AddGroupMember(groupID, nil, gen.GroupMember{ID: userID})
	return write[gen.User](ctx, c, call{operation: "umGroupsUsersPost", request: r, err: err, path: ids{"groupID", groupID, "userID", userID}, object: userID, opts: opts})
}

// RemoveGroupMember removes a user from a group.
//
//meta:operation DELETE /um/groups/{groupId}/users/{userId}
func (c *IONOS) RemoveGroupMember(ctx context.Context, groupID, userID string, opts ...CallOption) (*Operation, error) {
	r, err := c.requests.RemoveGroupMember(groupID, userID, nil)
	return remove(ctx, c, call{operation: "umGroupsUsersDelete", request: r, err: err, path: ids{"groupID", groupID, "userID", userID}, opts: opts})
}

// ListShares returns the shares of a group: the resources that it may use, with its privileges.
//
//meta:operation GET /um/groups/{groupId}/shares
func (c *IONOS) ListShares(ctx context.Context, groupID string, opts ...CallOption) (*gen.ShareList, error) {
	r, err := c.requests.ListShares(groupID, nil)
	return read[gen.ShareList](ctx, c, call{operation: "umGroupsSharesGet", request: r, err: err, path: ids{"groupID", groupID}, opts: opts})
}

// GetShare returns a share of a group. It returns [ErrNotFound] if the resource is not shared with it.
//
//meta:operation GET /um/groups/{groupId}/shares/{resourceId}
func (c *IONOS) GetShare(ctx context.Context, groupID, resourceID string, opts ...CallOption) (*gen.Share, error) {
	r, err := c.requests.GetShare(groupID, resourceID, nil)
	return read[gen.Share](ctx, c, call{operation: "umGroupsSharesFindByResourceId", request: r, err: err, path: ids{"groupID", groupID, "resourceID", resourceID}, opts: opts})
}

// AddShare shares a resource with a group. A privilege that is left out is not granted.
//
//meta:operation POST /um/groups/{groupId}/shares/{resourceId}
func (c *IONOS) AddShare(ctx context.Context, groupID, resourceID string, properties gen.ShareProperties, opts ...CallOption) (*gen.Share, *Operation, error) {
	r, err := c.requests.AddShare(groupID, resourceID, nil, gen.Share{Properties: properties})
	return write[gen.Share](ctx, c, call{operation: "umGroupsSharesPost", request: r, err: err, path: ids{"groupID", groupID, "resourceID", resourceID}, opts: opts})
}

// ReplaceShare replaces the privileges of a share. Zero properties send an empty body, for which the
// service returns the share as it is (200) and changes nothing; the operation is done then.
//
//meta:operation PUT /um/groups/{groupId}/shares/{resourceId}
func (c *IONOS) ReplaceShare(ctx context.Context, groupID, resourceID string, properties gen.ShareProperties, opts ...CallOption) (*gen.Share, *Operation, error) {
	r, err := c.requests.ReplaceShare(groupID, resourceID, nil, gen.Share{Properties: properties})
	if properties == (gen.ShareProperties{}) {
		r, err = c.requests.ReplaceShareWithBody(groupID, resourceID, nil, "application/json", nil)
	}
	return write[gen.Share](ctx, c, call{operation: "umGroupsSharesPut", request: r, err: err, path: ids{"groupID", groupID, "resourceID", resourceID}, opts: opts})
}

// RemoveShare stops sharing a resource with a group.
//
//meta:operation DELETE /um/groups/{groupId}/shares/{resourceId}
func (c *IONOS) RemoveShare(ctx context.Context, groupID, resourceID string, opts ...CallOption) (*Operation, error) {
	r, err := c.requests.RemoveShare(groupID, resourceID, nil)
	return remove(ctx, c, call{operation: "umGroupsSharesDelete", request: r, err: err, path: ids{"groupID", groupID, "resourceID", resourceID}, opts: opts})
}

// ListResources returns all resources. The service does not page them.
//
//meta:operation GET /um/resources
func (c *IONOS) ListResources(ctx context.Context, opts ...CallOption) (*gen.ResourceList, error) {
	r, err := c.requests.ListResources(nil)
	return read[gen.ResourceList](ctx, c, call{operation: "umResourcesGet", request: r, err: err, opts: opts})
}

// ListResourcesByType returns the resources of one type. The service knows datacenter, snapshot,
// image, ipblock, pcc, backupunit and k8s here; a type without a constant in package gen is sent
// all the same.
//
//meta:operation GET /um/resources/{resourceType}
func (c *IONOS) ListResourcesByType(ctx context.Context, resourceType gen.ResourceType, opts ...CallOption) (*gen.ResourceList, error) {
	r, err := c.requests.ListResourcesByType(string(resourceType), nil)
	return read[gen.ResourceList](ctx, c, call{operation: "umResourcesFindByType", request: r, err: err, path: ids{"resourceType", string(resourceType)}, opts: opts})
}

// GetResource returns a resource of a type that ListResourcesByType accepts. It returns [ErrNotFound]
// if the resource does not exist.
//
//meta:operation GET /um/resources/{resourceType}/{resourceId}
func (c *IONOS) GetResource(ctx context.Context, resourceType gen.ResourceType, resourceID string, opts ...CallOption) (*gen.Resource, error) {
	r, err := c.requests.GetResource(string(resourceType), resourceID, nil)
	return read[gen.Resource](ctx, c, call{operation: "umResourcesFindByTypeAndId", request: r, err: err, path: ids{"resourceType", string(resourceType), "resourceID", resourceID}, object: resourceID, opts: opts})
}

// GetRequestStatus returns the status of an accepted write. [Operation] calls it for you.
//
//meta:operation GET /requests/{requestId}/status
func (c *IONOS) GetRequestStatus(ctx context.Context, requestID string, opts ...CallOption) (*gen.RequestStatus, error) {
	r, err := c.requests.GetRequestStatus(requestID, nil)
	return read[gen.RequestStatus](ctx, c, call{operation: "requestsStatusGet", request: r, err: err, path: ids{"requestID", requestID}, object: requestID, opts: opts})
}
