package wrapper_test

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/cloudroster/cloudroster/gen"
	"github.com/cloudroster/cloudroster/wrapper"
	"github.com/cloudroster/cloudroster/wrapper/wrappertest"
)

// inWorkers calls do with 0 to n-1 in eight goroutines.
func inWorkers(n int, do func(int)) {
	var all sync.WaitGroup
	for worker := range 8 {
		all.Go(func() {
			for i := worker; i < n; i += 8 {
				do(i)
			}
		})
	}
	all.Wait()
}

// beside starts a thousand waits that do not end, and returns when they have been going on for a
// minute. They end with the test.
func beside(t *testing.T, wait func(context.Context, []*wrapper.Operation)) *wrapper.IONOS {
	cloud := newCloud(wrappertest.WithRequestTimes(time.Hour, time.Hour), wrappertest.WithRateLimit(600, 20))
	client := ionosClient(t, cloud)
	group, user := cloud.IONOS.AddGroup(wrappertest.Group{Name: "ops"}), addAnn(cloud)
	operations := make([]*wrapper.Operation, 1000)
	inWorkers(len(operations), func(i int) {
		_, operation, err := client.AddGroupMember(t.Context(), group, user)
		assert.NoError(t, err)
		operations[i] = operation
	})
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		wait(ctx, operations)
	}()
	t.Cleanup(func() {
		cancel()
		<-ended
		assert.Greater(t, cloud.IONOS.Count(statusOperation), 200, "the waits went on")
	})
	time.Sleep(time.Minute)
	return client
}

// Other calls of a client do not queue behind its waits, at whatever time of the quota's minute
// they come.
func TestCallsBesideAThousandWaitsAreNotKeptWaiting(t *testing.T) {
	t.Parallel()
	for name, wait := range map[string]func(context.Context, []*wrapper.Operation){
		"together": func(ctx context.Context, operations []*wrapper.Operation) { _ = wrapper.WaitAll(ctx, operations...) },
		"each in a goroutine": func(ctx context.Context, operations []*wrapper.Operation) {
			var all sync.WaitGroup
			for _, operation := range operations {
				all.Go(func() { _ = operation.Wait(ctx) })
			}
			all.Wait()
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				client := beside(t, wait)
				var slowest time.Duration
				get := func() {
					start := time.Now()
					_, err := client.ListGroups(t.Context())
					assert.NoError(t, err)
					slowest = max(slowest, time.Since(start))
				}
				for range 7 { // now and then, so that the polls have the quota to themselves
					time.Sleep(47 * time.Second)
					get()
				}
				assert.Less(t, slowest, time.Second, "now and then")
				slowest = 0
				for range 90 { // and every second
					time.Sleep(time.Second)
					get()
				}
				assert.Less(t, slowest, time.Second, "every second")
			})
		})
	}
}

// Operations that go on for long do not keep the end of others from being seen.
func TestLongOperationsDoNotStarveOthers(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		cloud := newCloud(wrappertest.WithRequestTimes(time.Second, time.Minute), wrappertest.WithRateLimit(100, 20))
		client := ionosClient(t, cloud)
		group, user := cloud.IONOS.AddGroup(wrappertest.Group{Name: "ops"}), addAnn(cloud)
		add := func(outcome wrappertest.Outcome) *wrapper.Operation {
			cloud.IONOS.Next(outcome)
			_, operation, err := client.AddGroupMember(t.Context(), group, user)
			require.NoError(t, err)
			return operation
		}
		var long []*wrapper.Operation
		for range 60 {
			long = append(long, add(wrappertest.Outcome{Queued: 24 * time.Hour}))
		}
		ctx, cancel := context.WithTimeout(t.Context(), 15*time.Minute)
		defer cancel()
		ended := make(chan error, 1)
		go func() { ended <- wrapper.WaitAll(ctx, long...) }()
		time.Sleep(5 * time.Minute)
		var short []*wrapper.Operation
		for range 15 {
			short = append(short, add(wrappertest.Outcome{}))
		}
		start := time.Now()
		require.NoError(t, wrapper.WaitAll(t.Context(), short...))
		// 75 polls in turn, at a fifth of 100 a minute, are 3.75 minutes.
		assert.Less(t, time.Since(start), 6*time.Minute)
		require.ErrorIs(t, <-ended, context.DeadlineExceeded)
	})
}

// statusOf answers polls without a cloud, after as long as a real one takes.
func statusOf(latency time.Duration, state func(id string) string) roundTrip {
	return func(r *http.Request) (*http.Response, error) {
		id := strings.Split(r.URL.Path, "/")[4]
		body := `{"id":"` + id + `","metadata":{"status":"` + state(id) + `"}}`
		select {
		case <-time.After(latency):
		case <-r.Context().Done():
			return nil, r.Context().Err()
		}
		return jsonResponse(r, body), nil
	}
}

// The errors come in the order of the operations, not in that of their ends.
func TestErrorsOfWaitAllKeepTheOrder(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var random atomic.Int64
		client := clientOf(t, &http.Client{Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
			latency := time.Duration(random.Add(7919)%97) * time.Millisecond
			return statusOf(latency, func(string) string { return string(gen.RequestStateFailed) })(r)
		})})
		var want []string
		var operations []*wrapper.Operation
		for i := range 50 {
			want = append(want, fmt.Sprint(i))
			operations = append(operations, client.Operation(fmt.Sprint(i)))
		}
		err := wrapper.WaitAll(t.Context(), operations...)
		joined, ok := err.(interface{ Unwrap() []error })
		require.True(t, ok)
		var got []string
		for _, err := range joined.Unwrap() {
			var failed *wrapper.OperationError
			require.ErrorAs(t, err, &failed)
			got = append(got, failed.ID)
		}
		assert.True(t, slices.Equal(want, got), "%v", got)
	})
}
