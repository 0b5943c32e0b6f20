package main

import (
	"context"
	"net/http"

	"github.com/cloudroster/cloudroster/gen"
	"github.com/cloudroster/cloudroster/wrapper"
)

// absentUser is the ID of a user that does not exist: a version 4 UUID that no service generates.
const absentUser = "00000000-0000-4000-8000-000000000000"

// fetch makes a request of the probe and returns its result.
func fetch[T any](p *probe, cloud, operation string, call func() (T, error)) (result T, ok bool) {
	ok = p.try(cloud, operation, 0, func() (err error) {
		result, err = call()
		return err
	})
	return result, ok
}

func first[T any](items []T, n int) []T { return items[:min(n, len(items))] }

// ionos reads users, groups, their members, shares and resources by the IDs that it finds.
func (p *probe) ionos(ctx context.Context, c *wrapper.IONOS) {
	const cloud = "IONOS"
	depth := wrapper.WithDepth(1)
	if users, ok := fetch(p, cloud, "umUsersGet", func() (*gen.UserList, error) { return c.ListUsers(ctx, depth, wrapper.WithLimit(10)) }); ok {
		fetch(p, cloud, "umUsersGet", func() (*gen.UserList, error) { return c.ListUsers(ctx, wrapper.WithOffset(1), wrapper.WithLimit(1)) })
		for _, user := range first(users.Items, p.sample) {
			fetch(p, cloud, "umUsersFindById", func() (*gen.User, error) { return c.GetUser(ctx, user.ID, depth) })
			fetch(p, cloud, "umUsersGroupsGet", func() (*gen.ResourceList, error) { return c.ListUserGroups(ctx, user.ID) })
			fetch(p, cloud, "umUsersOwnsGet", func() (*gen.ResourceList, error) { return c.ListOwnedResources(ctx, user.ID) })
		}
		p.try(cloud, "umUsersFindById", http.StatusNotFound, func() error {
			_, err := c.GetUser(ctx, absentUser)
			return err
		})
	}
	if groups, ok := fetch(p, cloud, "umGroupsGet", func() (*gen.GroupList, error) { return c.ListGroups(ctx, depth) }); ok {
		for _, group := range first(groups.Items, p.sample) {
			p.ionosGroup(ctx, c, group.ID)
		}
	}
	if resources, ok := fetch(p, cloud, "umResourcesGet", func() (*gen.ResourceList, error) { return c.ListResources(ctx, depth) }); ok {
		for _, resource := range first(resources.Items, p.sample) {
			fetch(p, cloud, "umResourcesFindByType", func() (*gen.ResourceList, error) { return c.ListResourcesByType(ctx, resource.Type) })
			fetch(p, cloud, "umResourcesFindByTypeAndId", func() (*gen.Resource, error) {
				return c.GetResource(ctx, resource.Type, resource.ID, depth)
			})
		}
	}
	if p.requestID != "" {
		fetch(p, cloud, "requestsStatusGet", func() (*gen.RequestStatus, error) { return c.GetRequestStatus(ctx, p.requestID) })
	}
	p.skip(cloud, "needs the id of a request (-request)", "requestsStatusGet")
	p.skip(cloud, "nothing was found to read", "umUsersFindById", "umUsersGroupsGet", "umUsersOwnsGet", "umGroupsFindById",
		"umGroupsUsersGet", "umGroupsResourcesGet", "umGroupsSharesGet", "umGroupsSharesFindByResourceId",
		"umResourcesFindByType", "umResourcesFindByTypeAndId")
}

func (p *probe) ionosGroup(ctx context.Context, c *wrapper.IONOS, id string) {
	const cloud = "IONOS"
	depth := wrapper.WithDepth(1)
	fetch(p, cloud, "umGroupsFindById", func() (*gen.Group, error) { return c.GetGroup(ctx, id, depth) })
	fetch(p, cloud, "umGroupsUsersGet", func() (*gen.MemberList, error) { return c.ListGroupMembers(ctx, id, depth) })
	fetch(p, cloud, "umGroupsResourcesGet", func() (*gen.ResourceList, error) { return c.ListGroupResources(ctx, id, depth) })
	shares, ok := fetch(p, cloud, "umGroupsSharesGet", func() (*gen.ShareList, error) { return c.ListShares(ctx, id, depth) })
	if !ok {
		return
	}
	for _, share := range first(shares.Items, p.sample) {
		fetch(p, cloud, "umGroupsSharesFindByResourceId", func() (*gen.Share, error) { return c.GetShare(ctx, id, share.ID, depth) })
	}
}

// triton reads the sub-users of the account.
func (p *probe) triton(ctx context.Context, c *wrapper.Triton) {
	const cloud = "Triton"
	if users, ok := fetch(p, cloud, "ListTritonUsers", func() ([]gen.TritonUser, error) { return c.ListUsers(ctx) }); ok {
		for _, user := range first(users, p.sample) {
			fetch(p, cloud, "GetTritonUser", func() (*gen.TritonUser, error) { return c.GetUser(ctx, user.Login) })
			fetch(p, cloud, "GetTritonUser", func() (*gen.TritonUser, error) { return c.GetUserWithRoles(ctx, user.ID) })
		}
		p.try(cloud, "GetTritonUser", http.StatusNotFound, func() error {
			_, err := c.GetUser(ctx, absentUser)
			return err
		})
	}
	p.skip(cloud, "nothing was found to read", "GetTritonUser")
}
