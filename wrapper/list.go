package wrapper

import (
	"context"
	"fmt"
	"iter"
	"sync"

	"github.com/cloudroster/cloudroster/gen"
)

// pageSize is the most that GET /um/users answers at a time.
const pageSize = 100

// AllUsers walks all users, page by page, as far as the loop goes:
//
//	for user, err := range client.AllUsers(ctx) {
//		if err != nil {
//			return err
//		}
//		fmt.Println(user.Properties.Email)
//	}
//
// An error comes once and ends the walk; the users before it were delivered. After a break no
// further request is made. [WithOffset] starts later, so an interrupted walk can go on where it
// was; [WithLimit] sets the page size; [WithPrefetch] fetches several pages at a time. Every range
// over the result starts anew. Users that are added or deleted meanwhile may be missed or
// come twice: the service pages by position.
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
		fetch := func(ctx context.Context, offset int) (page[gen.User], error) {
			options := []CallOption{WithOffset(offset), WithLimit(size)}
			if o.given&givenDepth != 0 {
				options = append(options, WithDepth(o.depth))
			}
			if o.given&givenContract != 0 {
				options = append(options, WithContractNumber(o.contract))
			}
			list, err := c.ListUsers(ctx, options...)
			if err != nil {
				return page[gen.User]{}, err
			}
			// A service that gives less than was asked for says so.
			served := size
			if list.Limit > 0 && list.Limit < size {
				served = list.Limit
			}
			return page[gen.User]{items: list.Items, size: served}, nil
		}
		id := func(user *gen.User) string { return user.ID }
		paginate(ctx, o.offset, max(o.prefetch, 1), fetch, id, yield)
	}
}

// AllUserGroups walks the groups of a user, as resources. One request: only users are paged.
func (c *IONOS) AllUserGroups(ctx context.Context, userID string, opts ...CallOption) iter.Seq2[gen.Resource, error] {
	return all(func() ([]gen.Resource, error) { return resources(c.ListUserGroups(ctx, userID, opts...)) })
}

// AllOwnedResources walks the resources that a user owns.
func (c *IONOS) AllOwnedResources(ctx context.Context, userID string, opts ...CallOption) iter.Seq2[gen.Resource, error] {
	return all(func() ([]gen.Resource, error) { return resources(c.ListOwnedResources(ctx, userID, opts...)) })
}

// AllGroups walks all groups.
func (c *IONOS) AllGroups(ctx context.Context, opts ...CallOption) iter.Seq2[gen.Group, error] {
	return all(func() ([]gen.Group, error) {
		list, err := c.ListGroups(ctx, opts...)
		if err != nil {
			return nil, err
		}
		return list.Items, nil
	})
}

// AllGroupMembers walks the users in a group.
func (c *IONOS) AllGroupMembers(ctx context.Context, groupID string, opts ...CallOption) iter.Seq2[gen.User, error] {
	return all(func() ([]gen.User, error) {
		list, err := c.ListGroupMembers(ctx, groupID, opts...)
		if err != nil {
			return nil, err
		}
		return list.Items, nil
	})
}

// AllGroupResources walks the resources that are assigned to a group.
func (c *IONOS) AllGroupResources(ctx context.Context, groupID string, opts ...CallOption) iter.Seq2[gen.Resource, error] {
	return all(func() ([]gen.Resource, error) { return resources(c.ListGroupResources(ctx, groupID, opts...)) })
}

// AllShares walks the shares of a group.
func (c *IONOS) AllShares(ctx context.Context, groupID string, opts ...CallOption) iter.Seq2[gen.Share, error] {
	return all(func() ([]gen.Share, error) {
		list, err := c.ListShares(ctx, groupID, opts...)
		if err != nil {
			return nil, err
		}
		return list.Items, nil
	})
}

// AllResources walks all resources.
func (c *IONOS) AllResources(ctx context.Context, opts ...CallOption) iter.Seq2[gen.Resource, error] {
	return all(func() ([]gen.Resource, error) { return resources(c.ListResources(ctx, opts...)) })
}

// AllResourcesByType walks the resources of one type.
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

// all is a list that comes in one answer.
func all[T any](list func() ([]T, error)) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		items, err := list()
		if err != nil {
			var none T
			yield(none, err)
			return
		}
		for i := range items {
			if !yield(items[i], nil) {
				return
			}
		}
	}
}

// page is one answer of a paged list; size is how many a full one holds.
type page[T any] struct {
	items []T
	size  int
}

func (p page[T]) last() bool { return len(p.items) < p.size }

// walk yields page after page until a short one. The offset is computed from what arrived;
// links of the answer are never followed, since they name their own host.
func paginate[T any](ctx context.Context, offset, ahead int,
	fetch func(context.Context, int) (page[T], error), id func(*T) string, yield func(T, error) bool,
) {
	var (
		none    T
		fetcher *prefetcher[T]
		next    = fetch
	)
	first, seen := "", false
	defer func() { fetcher.stop() }()
	for {
		got, err := next(ctx, offset)
		if err != nil {
			yield(none, err)
			return
		}
		if len(got.items) > 0 {
			if again := id(&got.items[0]); again == first && seen {
				yield(none, fmt.Errorf("offset %d answers the same page as before: %w", offset, ErrUnexpectedResponse))
				return
			}
			first, seen = id(&got.items[0]), true
		}
		for i := range got.items {
			if !yield(got.items[i], nil) {
				return
			}
		}
		if got.last() {
			return
		}
		offset += len(got.items)
		if fetcher != nil && len(got.items) != fetcher.size {
			// What is on its way does not begin where this page ends.
			fetcher.stop()
			fetcher, next = nil, fetch
		}
		if fetcher == nil && ahead > 1 && len(got.items) == got.size {
			// The first page is fetched alone: most lists have no second.
			fetcher = newPrefetcher(ctx, fetch, offset, got.size, ahead)
			next = fetcher.next
		}
	}
}

// prefetcher keeps up to window pages on their way and hands them out in order.
type prefetcher[T any] struct {
	fetch   func(context.Context, int) (page[T], error)
	cancel  context.CancelFunc
	ctx     context.Context
	running sync.WaitGroup
	started int // the offset of the next page to start
	size    int
	coming  []chan fetched[T]
}

type fetched[T any] struct {
	page page[T]
	err  error
}

func newPrefetcher[T any](ctx context.Context, fetch func(context.Context, int) (page[T], error), offset, size, window int) *prefetcher[T] {
	p := &prefetcher[T]{fetch: fetch, started: offset, size: size}
	p.ctx, p.cancel = context.WithCancel(ctx)
	for range window {
		p.start()
	}
	return p
}

func (p *prefetcher[T]) start() {
	result, offset := make(chan fetched[T], 1), p.started
	p.started += p.size
	p.coming = append(p.coming, result)
	p.running.Go(func() {
		got, err := p.fetch(p.ctx, offset)
		result <- fetched[T]{got, err}
	})
}

// next is the page after the last one; the offset follows from that. After a page of another
// size, or an error, there is none.
func (p *prefetcher[T]) next(_ context.Context, _ int) (page[T], error) {
	got := <-p.coming[0]
	p.coming = p.coming[1:]
	if got.err == nil && len(got.page.items) == p.size {
		p.start()
	}
	return got.page, got.err
}

// stop ends what is on its way and waits until it has.
func (p *prefetcher[T]) stop() {
	if p != nil {
		p.cancel()
		p.running.Wait()
	}
}
