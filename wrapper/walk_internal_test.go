package wrapper

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// shifting is a paged list that others change before each of its pages.
type shifting struct {
	mu       sync.Mutex
	random   *rand.Rand
	items    []string
	created  int
	calm     int  // out of 10: how often nothing happens before a page
	anywhere bool // items are created at any position, not at the end only
	smallest int  // the service's limit of a page
}

func (s *shifting) fetch(_ context.Context, offset, size int) (page[string], error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.random.IntN(10) >= s.calm {
		for range 1 + s.random.IntN(3) {
			switch at := s.random.IntN(len(s.items) + 1); {
			case s.random.IntN(3) == 0: // created, at the end or anywhere
				s.created++
				if !s.anywhere {
					at = len(s.items)
				}
				s.items = slices.Insert(s.items, at, fmt.Sprintf("new%d", s.created))
			case at < len(s.items):
				s.items = slices.Delete(s.items, at, at+1)
			}
		}
	}
	p := page[string]{asked: offset, offset: offset, size: min(size, s.smallest)}
	p.items = slices.Clone(s.items[min(offset, len(s.items)):min(offset+p.size, len(s.items))])
	if end := offset + len(p.items); end < len(s.items) {
		p.more, p.next = true, end
	}
	return p, nil
}

// Whoever is there all the time is delivered exactly once, and if that cannot be established
// the walk says so.
func TestWalkMissesNobodyWhileTheListChanges(t *testing.T) {
	t.Parallel()
	whole, incomplete := 0, 0
	for seed := range uint64(3000) {
		random := rand.New(rand.NewPCG(seed, 1))
		list := &shifting{random: random, calm: random.IntN(11), smallest: 2 + random.IntN(40), anywhere: seed%2 == 0}
		for i := range random.IntN(120) {
			list.items = append(list.items, fmt.Sprint("old", i))
		}
		before := slices.Clone(list.items)
		w := walk[string]{
			fetch: list.fetch, id: func(item *string) string { return *item },
			size: 1 + random.IntN(30), ahead: 1 + random.IntN(4),
		}
		got := map[string]int{}
		var failed error
		w.run(t.Context(), func(item string, err error) bool {
			require.NoError(t, failed, "nothing comes after an error")
			if failed = err; err == nil {
				got[item]++
			}
			return true
		})
		for item, times := range got {
			require.Equal(t, 1, times, "seed %d: %s", seed, item)
		}
		if failed != nil {
			require.ErrorIs(t, failed, ErrIncomplete)
			if !list.anywhere {
				incomplete++
			}
			continue
		}
		whole++
		for _, item := range before {
			if slices.Contains(list.items, item) && got[item] == 0 {
				t.Fatalf("seed %d: %s is missing", seed, item)
			}
		}
	}
	assert.Less(t, incomplete, whole/50, "an error is the exception")
	assert.Greater(t, whole, 2000)
}

// script is a list whose pages are given.
func script(pages ...page[string]) func(context.Context, int, int) (page[string], error) {
	return func(_ context.Context, offset, _ int) (page[string], error) {
		if len(pages) == 0 {
			return page[string]{}, errors.New("no page is left")
		}
		p := pages[0]
		p.asked = offset
		pages = pages[1:]
		return p, nil
	}
}

func TestWalkOfPagesThatDoNotFitTogether(t *testing.T) {
	t.Parallel()
	endless := func(_ context.Context, offset, size int) (page[string], error) {
		p := page[string]{asked: offset, size: size}
		for i := range size {
			p.items = append(p.items, fmt.Sprint(i)) // the same ones whatever the offset
		}
		return p, nil
	}
	for name, c := range map[string]struct {
		fetch func(context.Context, int, int) (page[string], error)
		want  []string
		says  string // of the error, "" for none
	}{
		"one page":   {script(page[string]{items: []string{"a"}, size: 2}), []string{"a"}, ""},
		"no page":    {script(page[string]{size: 2}), nil, ""},
		"two pages":  {script(page[string]{items: []string{"a", "b"}, size: 2}, page[string]{items: []string{"b", "c"}, size: 3}), []string{"a", "b", "c"}, ""},
		"short page": {script(page[string]{items: []string{"a", "b"}, size: 3, more: true, next: 2}, page[string]{items: []string{"b", "c"}, size: 4}), []string{"a", "b", "c"}, ""},
		"a link that leads nowhere": {script(page[string]{items: []string{"a"}, size: 3, more: true},
			page[string]{items: []string{"b"}, size: 3, more: true}, page[string]{size: 3, more: true}), []string{"a", "b"}, ""},
		"a page of another offset": {script(page[string]{items: []string{"a", "b"}, size: 2}, page[string]{items: []string{"b", "c"}, offset: 7, size: 2}),
			[]string{"a", "b"}, "offset 1 says that it is at offset 7"},
		"offset ignored": {endless, []string{"0", "1", "2"}, "same"},
		"two orders": {script(page[string]{items: []string{"a", "b"}, size: 2}, page[string]{items: []string{"b", "c", "a"}, size: 3}),
			[]string{"a", "b"}, "different orders"},
		"everything else": {script(page[string]{items: []string{"a", "b"}, size: 2}, page[string]{items: []string{"x", "y", "z"}, size: 3},
			page[string]{items: []string{"x", "y", "z"}, size: 3}, page[string]{items: []string{"z"}, size: 3}), []string{"a", "b", "x", "y", "z"}, ""},
	} {
		w := walk[string]{fetch: c.fetch, id: func(item *string) string { return *item }, size: 2, ahead: 1}
		var got []string
		var failed error
		w.run(t.Context(), func(item string, err error) bool {
			if failed = err; err == nil {
				got = append(got, item)
			}
			return true
		})
		assert.Equal(t, c.want, got, name)
		if c.says == "" {
			assert.NoError(t, failed, name)
			continue
		}
		require.ErrorIs(t, failed, ErrIncomplete, name)
		assert.NotErrorIs(t, failed, ErrNotFound)
		assert.ErrorContains(t, failed, c.says, name)
	}
}

// A list that never ends, or never fits, costs a bounded number of requests.
func TestWalkEndsInBoundedTime(t *testing.T) {
	t.Parallel()
	for name, fetch := range map[string]func(offset, n int) page[string]{
		"always others": func(offset, n int) page[string] {
			return page[string]{items: []string{fmt.Sprint(n), fmt.Sprint(-n)}, asked: offset, size: 2}
		},
		"pages of one": func(offset, _ int) page[string] {
			return page[string]{items: []string{"a"}, asked: offset, size: 1}
		},
		"empty with a link": func(offset, _ int) page[string] {
			return page[string]{asked: offset, size: 2, more: true, next: offset + 2}
		},
	} {
		requests := 0
		w := walk[string]{id: func(item *string) string { return *item }, size: 2, ahead: 1, start: 1_000}
		w.fetch = func(_ context.Context, offset, _ int) (page[string], error) {
			requests++
			require.Less(t, requests, 100, name)
			return fetch(offset, requests), nil
		}
		var failed error
		w.run(t.Context(), func(_ string, err error) bool { failed = err; return true })
		assert.ErrorIs(t, failed, ErrIncomplete, name)
	}
}

func TestNextOffsetTakesANumberOnly(t *testing.T) {
	t.Parallel()
	for link, want := range map[string]int{
		"": 0, "https://elsewhere.test/um/users?offset=200&limit=100": 200, "?offset=-5": 0, "?offset=x": 0, "://": 0, "?limit=3": 0,
	} {
		assert.Equal(t, want, nextOffset(link), link)
	}
}
