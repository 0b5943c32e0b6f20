package wrapper

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"sync/atomic"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// As many pages are on their way as were asked for, until one is not full or fails.
func TestPrefetchKeepsItsWindow(t *testing.T) {
	t.Parallel()
	const window, size, lastFull = 3, 10, 7
	for name, end := range map[string]func(page[int]) (page[int], error){
		"a page that is not full": func(p page[int]) (page[int], error) { p.items = p.items[:size-1]; return p, nil },
		"a page that fails":       func(page[int]) (page[int], error) { return page[int]{}, errors.New("no") },
	} {
		synctest.Test(t, func(t *testing.T) {
			var fetched atomic.Int64
			p := newPrefetcher(t.Context(), func(_ context.Context, offset, _ int) (page[int], error) {
				fetched.Add(1)
				got := page[int]{asked: offset, size: size, items: make([]int, size)}
				if offset >= lastFull*(size-1) {
					return end(got)
				}
				return got, nil
			}, 0, size, window)
			for taken := 0; ; taken++ {
				synctest.Wait()
				assert.Equal(t, int64(min(taken, lastFull-window+1)+window), fetched.Load(), "%s: after %d pages", name, taken)
				got, err := p.next()
				if err != nil || !got.full() {
					assert.Equal(t, lastFull, taken, name)
					break
				}
			}
			require.NoError(t, p.ctx.Err())
			p.stop(true)
			assert.ErrorIs(t, p.ctx.Err(), context.Canceled, "nothing is left behind")
		})
	}
}

// A request that was not made by http.NewRequest has its host in the URL only.
func TestTheSignedHostIsTheOneThatIsSent(t *testing.T) {
	t.Parallel()
	r := &http.Request{URL: &url.URL{Scheme: "https", Host: "cloud.example:8443", Path: "/acme/users"}}
	assert.Equal(t, "host: cloud.example:8443\n(request-target): get /acme/users", string(signedString(r, "", "host (request-target)")))
	r.Host = "other.example"
	assert.Equal(t, "host: other.example", string(signedString(r, "", "host")))
}

func TestAnErrorNamesTheServicesRequestID(t *testing.T) {
	t.Parallel()
	failed := &Error{Method: "GET", Path: "/um/users", Status: 500, RequestID: "r-1\x1b", Attempts: 2}
	assert.EqualError(t, failed, "GET /um/users: 500 Internal Server Error (after 2 attempts) (request id r-1 )")
}
