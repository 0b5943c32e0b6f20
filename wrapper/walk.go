package wrapper

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"
)

// ErrIncomplete: a list is not known to have everything. The service cut it, or its pages do not
// fit together. Whoever is not in it may still exist.
var ErrIncomplete = errors.New("incomplete list")

// page is one page of a list.
type page[T any] struct {
	items  []T
	asked  int  // the offset that was requested
	offset int  // the offset that the response names, 0 if none
	size   int  // how many items a full page has
	more   bool // whether it links to a next page
	next   int  // the offset in that link, 0 if it has none
}

func (p page[T]) full() bool { return len(p.items) >= p.size }

// walk reads a list that is paged by position while others change it.
//
// Each page is requested so that it begins with the last item that was delivered. As long as a
// page contains an item that was delivered, nothing is missing between the two, because the
// service keeps the order of the items: what is deleted or created meanwhile only shifts them.
// If a page contains none, items have moved to positions before it, and the walk steps back.
// Pages may be fetched in any order for the same reason.
type walk[T any] struct {
	fetch func(ctx context.Context, offset, size int) (page[T], error)
	id    func(*T) string
	start int // the offset of the first page
	size  int // of the first page; all others have room for the overlap
	ahead int // how many pages are fetched at a time

	served    int                 // the size that the service limits pages to, 0 if not known
	delivered map[string]struct{} // by id; nil until a second page is needed
	pages     *prefetcher[T]      // nil if none are on their way
	idle      int                 // pages in a row without a new item
	blind     bool                // the next page cannot overlap
}

// maxIdle is the maximum number of pages in a row without a new item.
const maxIdle = 20

// run yields each item once, and at most one error at the end.
func (w *walk[T]) run(ctx context.Context, yield func(T, error) bool) {
	whole := false
	defer func() { w.pages.stop(whole) }()
	var none T
	before := page[T]{asked: -1}
	for at, back := w.start, 0; ; {
		p, fresh, fits, err := w.read(ctx, at, before)
		if err != nil {
			yield(none, err)
			return
		}
		if !fits {
			back = max(2*back, w.step()/2, 1)
			at = max(at-back, 0)
			continue
		}
		for i := range fresh {
			if !yield(fresh[i], nil) {
				return
			}
		}
		following, more := w.following(p, len(fresh))
		if !more {
			whole = true
			return
		}
		w.keep(fresh)
		before, at, back = p, following, 0
	}
}

// step is how many new items a page has that begins with a delivered one.
func (w *walk[T]) step() int { return max(w.pageSize()-1, 1) }

// pageSize is the size of all pages but the first: one more, for the overlap, if the service
// allows that.
func (w *walk[T]) pageSize() int {
	if w.served > 0 {
		return w.served
	}
	return min(w.size+1, pageSize)
}

// read gets the page at an offset and what it brings. A page that was fetched ahead, before others
// that were delivered already, may not fit because of its age: it is fetched once more.
func (w *walk[T]) read(ctx context.Context, at int, before page[T]) (p page[T], fresh []T, fits bool, err error) {
	if p, err = w.get(ctx, at); err != nil {
		return p, nil, false, err
	}
	fresh, fits, err = w.accept(p, before)
	if w.pages == nil || fits && err == nil {
		return p, fresh, fits, err
	}
	w.restart()
	if p, err = w.fetch(ctx, at, w.pageSize()); err != nil {
		return p, nil, false, err
	}
	fresh, fits, err = w.accept(p, before)
	return p, fresh, fits, err
}

// get gets the page at an offset, and learns how large the service lets pages be.
func (w *walk[T]) get(ctx context.Context, at int) (page[T], error) {
	size := w.pageSize()
	if w.delivered == nil {
		size = w.size
	}
	p, err := w.take(ctx, at, size)
	if err == nil && p.size < size {
		w.served = p.size
	}
	return p, err
}

// take fetches the page at an offset, or takes it from those that are on their way.
func (w *walk[T]) take(ctx context.Context, at, size int) (page[T], error) {
	// Most lists have no second page, and pages of one have no room for an overlap.
	if w.ahead == 1 || w.delivered == nil || size == 1 {
		return w.fetch(ctx, at, size)
	}
	if w.pages != nil && w.pages.offset != at {
		w.restart()
	}
	if w.pages == nil {
		w.pages = newPrefetcher(ctx, w.fetch, at, size, w.ahead)
	}
	return w.pages.next()
}

// restart gives up the pages that are on their way: they do not follow on what was read.
func (w *walk[T]) restart() {
	w.pages.stop(false)
	w.pages = nil
}

// accept is fit for a page that is the one that was requested and brings the walk forward.
func (w *walk[T]) accept(p, before page[T]) (fresh []T, fits bool, err error) {
	if p.offset != 0 && p.offset != p.asked {
		return nil, false, fmt.Errorf("the page at offset %d says that it is at offset %d: %w: %w", p.asked, p.offset, ErrIncomplete, ErrUnexpectedResponse)
	}
	fresh, fits, err = w.fit(p)
	switch {
	case err != nil:
		return nil, false, err
	case len(fresh) > 0:
		w.idle = 0
		return fresh, fits, nil
	}
	if w.idle++; w.idle > maxIdle {
		return nil, false, fmt.Errorf("users move faster than their pages can be read: %w", ErrIncomplete)
	}
	return nil, fits, w.checkMoved(p, before)
}

// checkMoved rejects pages without new items, at higher and higher offsets, that begin alike.
func (w *walk[T]) checkMoved(p, before page[T]) error {
	if w.idle > 1 && p.asked > before.asked && len(p.items) > 1 && len(before.items) > 0 && w.id(&p.items[0]) == w.id(&before.items[0]) {
		return fmt.Errorf("the page at offset %d is the same as the one at offset %d: %w: %w", p.asked, before.asked, ErrIncomplete, ErrUnexpectedResponse)
	}
	return nil
}

// fit returns the items of a page that were not delivered yet. fits is false if there may be
// items between those that were delivered and the page.
func (w *walk[T]) fit(p page[T]) (fresh []T, fits bool, err error) {
	items := p.items
	if w.delivered == nil {
		return items, true, w.distinct(items)
	}
	skip := 0
	if p.asked < w.start {
		// These were before the first page, unless the page does not reach what was delivered.
		for skip < len(items) && !w.isDelivered(&items[skip]) {
			skip++
		}
	}
	known := skip
	for known < len(items) && w.isDelivered(&items[known]) {
		known++
	}
	fits = known > skip || p.asked == 0 && w.start == 0 || w.blind
	w.blind = false
	if !fits {
		if p.asked == 0 {
			return nil, false, fmt.Errorf("nothing is left of what was read before: %w", ErrIncomplete)
		}
		return nil, false, nil
	}
	return items[known:], true, w.distinct(items[known:])
}

func (w *walk[T]) isDelivered(item *T) bool {
	_, delivered := w.delivered[w.id(item)]
	return delivered
}

// distinct rejects items whose order is not that of the pages before: where it changes, items
// may be missing.
func (w *walk[T]) distinct(items []T) error {
	for i := range items {
		if w.isDelivered(&items[i]) {
			return fmt.Errorf("two pages have their items in different orders: %w", ErrIncomplete)
		}
	}
	return nil
}

// keep remembers what was delivered. It is called once another page is needed, so that a list
// of one page costs nothing.
func (w *walk[T]) keep(fresh []T) {
	if w.delivered == nil {
		w.delivered = make(map[string]struct{}, 2*len(fresh))
	}
	for i := range fresh {
		w.delivered[w.id(&fresh[i])] = struct{}{}
	}
}

// following returns the offset to go on with after a page that fits, and whether there is more.
func (w *walk[T]) following(p page[T], fresh int) (offset int, more bool) {
	end := p.asked + len(p.items)
	switch {
	case p.full():
	case p.next > end:
		end = p.next // the page is shorter than the part of the list that it stands for
	case !p.more, fresh == 0:
		return 0, false
	}
	if end-1 > p.asked || w.delivered == nil && w.pageSize() > 1 {
		return end - 1, true
	}
	// A page of one item has no room for an overlap.
	w.blind = true
	return end, true
}

// prefetcher keeps several pages on their way and hands them out in order. A nil prefetcher can
// be stopped.
type prefetcher[T any] struct {
	fetch   func(ctx context.Context, offset, size int) (page[T], error)
	cancel  context.CancelFunc
	ctx     context.Context
	running sync.WaitGroup
	offset  int // of the page that next returns
	started int // the offset of the next page to start
	size    int
	over    atomic.Bool // no further page is started
	coming  []chan fetched[T]
}

type fetched[T any] struct {
	page page[T]
	err  error
}

func newPrefetcher[T any](ctx context.Context, fetch func(context.Context, int, int) (page[T], error), offset, size, window int) *prefetcher[T] {
	p := &prefetcher[T]{fetch: fetch, offset: offset, started: offset, size: size}
	p.ctx, p.cancel = context.WithCancel(ctx) // #nosec G118 -- stop calls it
	for range window {
		p.start()
	}
	return p
}

func (p *prefetcher[T]) start() {
	result, offset := make(chan fetched[T], 1), p.started
	p.started += p.size - 1
	p.coming = append(p.coming, result)
	p.running.Go(func() {
		got, err := p.fetch(p.ctx, offset, p.size)
		if err != nil || !got.full() {
			p.over.Store(true)
		}
		result <- fetched[T]{got, err}
	})
}

// next returns the page at p.offset. Each one that is taken starts another, until a page came
// that is likely to be the last.
func (p *prefetcher[T]) next() (page[T], error) {
	got := <-p.coming[0]
	p.coming = p.coming[1:]
	p.offset += p.size - 1
	if got.page.size == p.size && !p.over.Load() {
		p.start()
	}
	if len(p.coming) == 0 {
		p.offset = -1
	}
	return got.page, got.err
}

// grace is how long the end of a walk waits for pages that are on their way. Cancelling a request
// closes its connection, which costs the next walk more than an empty page.
const grace = time.Second

// stop waits until no page is on its way. After a whole walk they have some time to arrive.
func (p *prefetcher[T]) stop(whole bool) {
	if p == nil {
		return
	}
	if whole {
		timer := time.AfterFunc(grace, p.cancel)
		defer timer.Stop()
	} else {
		p.cancel()
	}
	p.running.Wait()
	p.cancel()
}
