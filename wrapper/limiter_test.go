package wrapper_test

import (
	"context"
	"net/http"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/cloudroster/cloudroster/wrapper"
	"github.com/cloudroster/cloudroster/wrapper/wrappertest"
)

// X-RateLimit-Burst is how many requests the service takes at a time. Once it is known, no more are sent.
func TestNoMoreRequestsAtATimeThanTheServiceTakes(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		const burst, calls = 3, 20
		var mu sync.Mutex
		inside, most := 0, 0
		count := func(n int) {
			mu.Lock()
			defer mu.Unlock()
			inside += n
			most = max(most, inside)
		}
		slow := func(next http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				count(1)
				defer count(-1)
				time.Sleep(time.Second) // fake time: requests overlap
				next.ServeHTTP(w, r)
			})
		}
		cloud := newCloud(wrappertest.WithRateLimit(1000, burst), wrappertest.WithHandler(slow))
		client := ionosClient(t, cloud)
		_, err := client.ListGroups(t.Context()) // tells the limit
		require.NoError(t, err)

		start := time.Now()
		var all sync.WaitGroup
		for range calls {
			all.Go(func() {
				_, err := client.ListGroups(t.Context())
				assert.NoError(t, err)
			})
		}
		// Who gives up in the queue has sent nothing.
		synctest.Wait()
		ctx, cancel := context.WithTimeout(t.Context(), 1500*time.Millisecond)
		defer cancel()
		_, _, err = client.CreateUser(ctx, jo())
		assert.ErrorIs(t, err, context.DeadlineExceeded)
		assert.NotErrorIs(t, err, wrapper.ErrOutcomeUnknown)
		all.Wait()
		assert.Equal(t, burst, most)
		assert.Equal(t, 7*time.Second, time.Since(start), "20 calls, 3 at a time, a second each")
		assert.Len(t, cloud.IONOS.Requests(), 1+calls, "none was refused, none was sent in vain")
	})
}
