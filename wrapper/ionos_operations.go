package wrapper

import (
	"context"
	"net/http"

	"github.com/cloudroster/cloudroster/gen"
)

// The operations of the IONOS page, in its order, and the request status that a 202 points to.
// A test compares the meta:operation tags with openapi.yaml.

// ListUsers answers one page of users. [WithOffset] and [WithLimit] choose it; AllUsers walks all.
//
//meta:operation GET /um/users
func (c *IONOS) ListUsers(ctx context.Context, opts ...CallOption) (*gen.UserList, error) {
	return read[gen.UserList](opts, givenOffset|givenLimit, nil, func(edit gen.RequestEditorFn) (*http.Response, error) {
		return c.raw.ListUsers(ctx, nil, edit)
	})
}

// CreateUser creates a user. Email, FirstName, LastName and Password are needed.
//
//meta:operation POST /um/users
func (c *IONOS) CreateUser(ctx context.Context, properties gen.UserCreateProperties, opts ...CallOption) (*gen.User, *Operation, error) {
	if err := required("email", properties.Email, "firstname", properties.FirstName,
		"lastname", properties.LastName, "password", string(properties.Password)); err != nil {
		return nil, nil, err
	}
	return write[gen.User](c, opts, nil, func(edit gen.RequestEditorFn) (*http.Response, error) {
		return c.raw.CreateUser(ctx, nil, gen.UserCreate{Properties: properties}, edit)
	})
}

// GetUser answers one user.
//
//meta:operation GET /um/users/{userId}
func (c *IONOS) GetUser(ctx context.Context, userID string, opts ...CallOption) (*gen.User, error) {
	return read[gen.User](opts, 0, ids{"userID", userID}, func(edit gen.RequestEditorFn) (*http.Response, error) {
		return c.raw.GetUser(ctx, userID, nil, edit)
	})
}

// ReplaceUser replaces a user's properties: what properties leaves out may be reset by the service.
// UpdateUser keeps it.
//
//meta:operation PUT /um/users/{userId}
func (c *IONOS) ReplaceUser(ctx context.Context, userID string, properties gen.UserUpdateProperties, opts ...CallOption) (*gen.User, *Operation, error) {
	return write[gen.User](c, opts, ids{"userID", userID}, func(edit gen.RequestEditorFn) (*http.Response, error) {
		return c.raw.ReplaceUser(ctx, userID, nil, gen.UserUpdate{Properties: properties}, edit)
	})
}

// DeleteUser deletes a user. One who is not there is [ErrNotFound].
//
//meta:operation DELETE /um/users/{userId}
func (c *IONOS) DeleteUser(ctx context.Context, userID string, opts ...CallOption) (*Operation, error) {
	return remove(c, opts, ids{"userID", userID}, func(edit gen.RequestEditorFn) (*http.Response, error) {
		return c.raw.DeleteUser(ctx, userID, nil, edit)
	})
}

// ListUserGroups lists the groups of a user, as resources.
//
//meta:operation GET /um/users/{userId}/groups
func (c *IONOS) ListUserGroups(ctx context.Context, userID string, opts ...CallOption) (*gen.ResourceList, error) {
	return read[gen.ResourceList](opts, 0, ids{"userID", userID}, func(edit gen.RequestEditorFn) (*http.Response, error) {
		return c.raw.ListUserGroups(ctx, userID, nil, edit)
	})
}

// ListOwnedResources lists the resources that a user owns.
//
//meta:operation GET /um/users/{userId}/owns
func (c *IONOS) ListOwnedResources(ctx context.Context, userID string, opts ...CallOption) (*gen.ResourceList, error) {
	return read[gen.ResourceList](opts, 0, ids{"userID", userID}, func(edit gen.RequestEditorFn) (*http.Response, error) {
		return c.raw.ListOwnedResources(ctx, userID, nil, edit)
	})
}

// ListGroups lists all groups. The service does not page them.
//
//meta:operation GET /um/groups
func (c *IONOS) ListGroups(ctx context.Context, opts ...CallOption) (*gen.GroupList, error) {
	return read[gen.GroupList](opts, 0, nil, func(edit gen.RequestEditorFn) (*http.Response, error) {
		return c.raw.ListGroups(ctx, nil, edit)
	})
}

// CreateGroup creates a group. Name is needed; a privilege that is left out is not granted.
//
//meta:operation POST /um/groups
func (c *IONOS) CreateGroup(ctx context.Context, properties gen.GroupProperties, opts ...CallOption) (*gen.Group, *Operation, error) {
	if properties.Name == nil || *properties.Name == "" {
		return nil, nil, invalid("name", "is empty")
	}
	return write[gen.Group](c, opts, nil, func(edit gen.RequestEditorFn) (*http.Response, error) {
		return c.raw.CreateGroup(ctx, nil, gen.Group{Properties: properties}, edit)
	})
}

// GetGroup answers one group.
//
//meta:operation GET /um/groups/{groupId}
func (c *IONOS) GetGroup(ctx context.Context, groupID string, opts ...CallOption) (*gen.Group, error) {
	return read[gen.Group](opts, 0, ids{"groupID", groupID}, func(edit gen.RequestEditorFn) (*http.Response, error) {
		return c.raw.GetGroup(ctx, groupID, nil, edit)
	})
}

// ReplaceGroup replaces a group's name and privileges: what properties leaves out may be reset by
// the service, privileges that this version does not know included. UpdateGroup keeps them.
//
//meta:operation PUT /um/groups/{groupId}
func (c *IONOS) ReplaceGroup(ctx context.Context, groupID string, properties gen.GroupProperties, opts ...CallOption) (*gen.Group, *Operation, error) {
	return write[gen.Group](c, opts, ids{"groupID", groupID}, func(edit gen.RequestEditorFn) (*http.Response, error) {
		return c.raw.ReplaceGroup(ctx, groupID, nil, gen.Group{Properties: properties}, edit)
	})
}

// DeleteGroup deletes a group. One that is not there is [ErrNotFound].
//
//meta:operation DELETE /um/groups/{groupId}
func (c *IONOS) DeleteGroup(ctx context.Context, groupID string, opts ...CallOption) (*Operation, error) {
	return remove(c, opts, ids{"groupID", groupID}, func(edit gen.RequestEditorFn) (*http.Response, error) {
		return c.raw.DeleteGroup(ctx, groupID, nil, edit)
	})
}

// ListGroupResources lists the resources that are assigned to a group.
//
//meta:operation GET /um/groups/{groupId}/resources
func (c *IONOS) ListGroupResources(ctx context.Context, groupID string, opts ...CallOption) (*gen.ResourceList, error) {
	return read[gen.ResourceList](opts, 0, ids{"groupID", groupID}, func(edit gen.RequestEditorFn) (*http.Response, error) {
		return c.raw.ListGroupResources(ctx, groupID, nil, edit)
	})
}

// ListGroupMembers lists the users in a group.
//
//meta:operation GET /um/groups/{groupId}/users
func (c *IONOS) ListGroupMembers(ctx context.Context, groupID string, opts ...CallOption) (*gen.MemberList, error) {
	return read[gen.MemberList](opts, 0, ids{"groupID", groupID}, func(edit gen.RequestEditorFn) (*http.Response, error) {
		return c.raw.ListGroupMembers(ctx, groupID, nil, edit)
	})
}

// AddGroupMember adds a user to a group.
//
//meta:operation POST /um/groups/{groupId}/users
func (c *IONOS) AddGroupMember(ctx context.Context, groupID, userID string, opts ...CallOption) (*gen.User, *Operation, error) {
	return write[gen.User](c, opts, ids{"groupID", groupID, "userID", userID}, func(edit gen.RequestEditorFn) (*http.Response, error) {
		return c.raw.AddGroupMember(ctx, groupID, nil, gen.GroupMember{ID: userID}, edit)
	})
}

// RemoveGroupMember removes a user from a group.
//
//meta:operation DELETE /um/groups/{groupId}/users/{userId}
func (c *IONOS) RemoveGroupMember(ctx context.Context, groupID, userID string, opts ...CallOption) (*Operation, error) {
	return remove(c, opts, ids{"groupID", groupID, "userID", userID}, func(edit gen.RequestEditorFn) (*http.Response, error) {
		return c.raw.RemoveGroupMember(ctx, groupID, userID, nil, edit)
	})
}

// ListShares lists the shares of a group: the resources it may use, with its privileges.
//
//meta:operation GET /um/groups/{groupId}/shares
func (c *IONOS) ListShares(ctx context.Context, groupID string, opts ...CallOption) (*gen.ShareList, error) {
	return read[gen.ShareList](opts, 0, ids{"groupID", groupID}, func(edit gen.RequestEditorFn) (*http.Response, error) {
		return c.raw.ListShares(ctx, groupID, nil, edit)
	})
}

// GetShare answers one share of a group.
//
//meta:operation GET /um/groups/{groupId}/shares/{resourceId}
func (c *IONOS) GetShare(ctx context.Context, groupID, resourceID string, opts ...CallOption) (*gen.Share, error) {
	return read[gen.Share](opts, 0, ids{"groupID", groupID, "resourceID", resourceID}, func(edit gen.RequestEditorFn) (*http.Response, error) {
		return c.raw.GetShare(ctx, groupID, resourceID, nil, edit)
	})
}

// AddShare shares a resource with a group. A privilege that is left out is not granted.
//
//meta:operation POST /um/groups/{groupId}/shares/{resourceId}
func (c *IONOS) AddShare(ctx context.Context, groupID, resourceID string, properties gen.ShareProperties, opts ...CallOption) (*gen.Share, *Operation, error) {
	return write[gen.Share](c, opts, ids{"groupID", groupID, "resourceID", resourceID}, func(edit gen.RequestEditorFn) (*http.Response, error) {
		return c.raw.AddShare(ctx, groupID, resourceID, nil, gen.Share{Properties: properties}, edit)
	})
}

// ReplaceShare replaces the privileges of a share. Zero properties send an empty body, to which
// the service answers the share as it is (200) and changes nothing; the operation is done then.
//
//meta:operation PUT /um/groups/{groupId}/shares/{resourceId}
func (c *IONOS) ReplaceShare(ctx context.Context, groupID, resourceID string, properties gen.ShareProperties, opts ...CallOption) (*gen.Share, *Operation, error) {
	return write[gen.Share](c, opts, ids{"groupID", groupID, "resourceID", resourceID}, func(edit gen.RequestEditorFn) (*http.Response, error) {
		if properties == (gen.ShareProperties{}) {
			return c.raw.ReplaceShareWithBody(ctx, groupID, resourceID, nil, "application/json", nil, edit)
		}
		return c.raw.ReplaceShare(ctx, groupID, resourceID, nil, gen.Share{Properties: properties}, edit)
	})
}

// RemoveShare takes a resource from a group.
//
//meta:operation DELETE /um/groups/{groupId}/shares/{resourceId}
func (c *IONOS) RemoveShare(ctx context.Context, groupID, resourceID string, opts ...CallOption) (*Operation, error) {
	return remove(c, opts, ids{"groupID", groupID, "resourceID", resourceID}, func(edit gen.RequestEditorFn) (*http.Response, error) {
		return c.raw.RemoveShare(ctx, groupID, resourceID, nil, edit)
	})
}

// ListResources lists all resources. The service does not page them.
//
//meta:operation GET /um/resources
func (c *IONOS) ListResources(ctx context.Context, opts ...CallOption) (*gen.ResourceList, error) {
	return read[gen.ResourceList](opts, 0, nil, func(edit gen.RequestEditorFn) (*http.Response, error) {
		return c.raw.ListResources(ctx, nil, edit)
	})
}

// ListResourcesByType lists the resources of one type. The service knows datacenter, snapshot,
// image, ipblock, pcc, backupunit and k8s here; a type that this version has no constant for
// is sent all the same.
//
//meta:operation GET /um/resources/{resourceType}
func (c *IONOS) ListResourcesByType(ctx context.Context, resourceType gen.ResourceType, opts ...CallOption) (*gen.ResourceList, error) {
	return read[gen.ResourceList](opts, 0, ids{"resourceType", string(resourceType)}, func(edit gen.RequestEditorFn) (*http.Response, error) {
		return c.raw.ListResourcesByType(ctx, string(resourceType), nil, edit)
	})
}

// GetResource answers one resource of a type that ListResourcesByType takes.
//
//meta:operation GET /um/resources/{resourceType}/{resourceId}
func (c *IONOS) GetResource(ctx context.Context, resourceType gen.ResourceType, resourceID string, opts ...CallOption) (*gen.Resource, error) {
	path := ids{"resourceType", string(resourceType), "resourceID", resourceID}
	return read[gen.Resource](opts, 0, path, func(edit gen.RequestEditorFn) (*http.Response, error) {
		return c.raw.GetResource(ctx, string(resourceType), resourceID, nil, edit)
	})
}

// GetRequestStatus answers how far an accepted write is. [Operation] does this for you.
//
//meta:operation GET /requests/{requestId}/status
func (c *IONOS) GetRequestStatus(ctx context.Context, requestID string, opts ...CallOption) (*gen.RequestStatus, error) {
	return read[gen.RequestStatus](opts, 0, ids{"requestID", requestID}, func(edit gen.RequestEditorFn) (*http.Response, error) {
		return c.raw.GetRequestStatus(ctx, requestID, nil, edit)
	})
}
