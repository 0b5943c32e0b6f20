package wrapper

import (
	"context"
	"iter"
	"net/url"
	"strconv"

	"github.com/cloudroster/cloudroster/gen"
)

// pageSize is the maximum that GET /um/users returns at a time.
const pageSize = gen.LimitMax

// AllUsers returns an iterator over all users:
//
//	for user, err := range client.AllUsers(ctx) {
//		if err != nil {
//			return err
//		}
//		fmt.Println(user.Properties.Email)
//	}
//
// Pages are requested as far as the loop goes; after a break no further request is sent. An error
// comes once and ends the iteration; the users before it were delivered. Every range over the
// result starts anew. [WithOffset] starts later, so an interrupted iteration can be continued;
// [WithLimit] sets the page size; [WithPrefetch] requests several pages at a time.
//
// The service pages by position, so that each deletion moves all later users. Every page is
// therefore requested with the last user of the one before it: a user who exists from the first
// request to the last is delivered exactly once, whoever is deleted or created meanwhile. An
// iteration that cannot establish this ends with [ErrIncomplete].
func (c *IONOS) AllUsers(ctx context.Context, opts ...CallOption) iter.Seq2[gen.User, error] {
	return func(yield func(gen.User, error) bool) {
		o, err := newCallOptions(opts, givenOffset|givenLimit|givenPrefetch)
		if err != nil {
			yield(gen.User{}, err)
			return
		}
		size := pageSize
		if o.given&givenLimit != 0 {
			size = o.limit
		}
		w := walk[gen.User]{
			fetch: func(ctx context.Context, offset, size int) (page[gen.User], error) {
				return c.userPage(ctx, o, offset, size)
			},
			id:    func(user *gen.User) string { return user.ID },
			start: o.offset, size: size, ahead: max(o.prefetch, 1),
		}
		w.run(ctx, yield)
	}
}

// userPage requests one page with the depth and the contract number of o.
func (c *IONOS) userPage(ctx context.Context, o callOptions, offset, size int) (page[gen.User], error) {
	list, err := c.ListUsers(ctx, callOption(func(to *callOptions) {
		*to = o
		to.offset, to.limit = offset, size
		to.given = o.given&^givenPrefetch | givenOffset | givenLimit
	}))
	if err != nil {
		return page[gen.User]{}, err
	}
	p := page[gen.User]{items: list.Items, asked: offset, offset: list.Offset, size: size, more: list.Links.Next != "", next: nextOffset(list.Links.Next)}
	// A service that returns less than was asked for says so.
	if list.Limit > 0 && list.Limit < size {
		p.size = list.Limit
	}
	return p, nil
}

// nextOffset takes the offset from the link to the next page, and nothing else: a link names its
// own host. It returns 0 if there is none.
func nextOffset(link string) int {
	if link == "" {
		return 0
	}
	u, err := url.Parse(link)
	if err != nil {
		return 0
	}
	offset, err := strconv.Atoi(u.Query().Get("offset"))
	if err != nil {
		return 0
	}
	return max(offset, 0)
}

// AllUserGroups returns an iterator over the groups of a user, as resources. It sends one request: only users are paged.
func (c *IONOS) AllUserGroups(ctx context.Context, userID string, opts ...CallOption) iter.Seq2[gen.Resource, error] {
	return all(func() ([]gen.Resource, error) { return resources(c.ListUserGroups(ctx, userID, opts...)) })
}

// AllOwnedResources returns an iterator over the resources that a user owns.
func (c *IONOS) AllOwnedResources(ctx context.Context, userID string, opts ...CallOption) iter.Seq2[gen.Resource, error] {
	return all(func() ([]gen.Resource, error) { return resources(c.ListOwnedResources(ctx, userID, opts...)) })
}

// AllGroups returns an iterator over all groups.
func (c *IONOS) AllGroups(ctx context.Context, opts ...CallOption) iter.Seq2[gen.Group, error] {
	return all(func() ([]gen.Group, error) {
		list, err := c.ListGroups(ctx, opts...)
		if err != nil {
			return nil, err
		}
		return list.Items, nil
	})
}

// AllGroupMembers returns an iterator over the users in a group.
func (c *IONOS) AllGroupMembers(ctx context.Context, groupID string, opts ...CallOption) iter.Seq2[gen.User, error] {
	return all(func() ([]gen.User, error) {
		list, err := c.ListGroupMembers(ctx, groupID, opts...)
		if err != nil {
			return nil, err
		}
		return list.Items, nil
	})
}

// AllGroupResources returns an iterator over the resources that are assigned to a group.
func (c *IONOS) AllGroupResources(ctx context.Context, groupID string, opts ...CallOption) iter.Seq2[gen.Resource, error] {
	return all(func() ([]gen.Resource, error) { return resources(c.ListGroupResources(ctx, groupID, opts...)) })
}

// AllShares returns an iterator over the shares of a group.
func (c *IONOS) AllShares(ctx context.Context, groupID string, opts ...CallOption) iter.Seq2[gen.Share, error] {
	return all(func() ([]gen.Share, error) {
		list, err := c.ListShares(ctx, groupID, opts...)
		if err != nil {
			return nil, err
		}
		return list.Items, nil
	})
}

// AllResources returns an iterator over all resources.
func (c *IONOS) AllResources(ctx context.Context, opts ...CallOption) iter.Seq2[gen.Resource, error] {
	return all(func() ([]gen.Resource, error) { return resources(c.ListResources(ctx, opts...)) })
}

// AllResourcesByType returns an iterator over the resources of one type.
func (c *IONOS) AllResourcesByType(ctx context.Context, resourceType gen.ResourceType, opts ...CallOption) iter.Seq2[gen.Resource, error] {
	return all(func() ([]gen.Resource, error) {
		return resources(c.ListResourcesByType(ctx, resourceType, opts...))
	})
}

func resources(list *gen.ResourceList, err error) ([]gen.Resource, error) {
	if err != nil {
		return nil, err
	}
	return list.Items, nil
}

// all iterates over a list that comes in one response, and ends with the error beside it.
func all[T any](list func() ([]T, error)) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		items, err := list()
		for i := range items {
			if !yield(items[i], nil) {
				return
			}
		}
		if err != nil {
			var none T
			yield(none, err)
		}
	}
}
