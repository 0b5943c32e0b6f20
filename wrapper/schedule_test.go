package wrapper_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/cloudroster/cloudroster/gen"
	"github.com/cloudroster/cloudroster/wrapper"
	"github.com/cloudroster/cloudroster/wrapper/wrappertest"
)

func person(i int) gen.UserCreateProperties {
	return gen.UserCreateProperties{FirstName: "U", LastName: "U", Email: fmt.Sprintf("p%d@example.com", i), Password: "correct-horse-1"}
}

func TestAGetBesideAThousandWaits(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		cloud := newCloud(wrappertest.WithRequestTimes(5*time.Minute, 5*time.Minute), wrappertest.WithRateLimit(600, 10))
		client := ionosClient(t, cloud)
		operations := make([]*wrapper.Operation, 1000)
		for i := range operations {
			_, operation, err := client.CreateUser(t.Context(), person(i))
			require.NoError(t, err)
			operations[i] = operation
		}
		time.Sleep(2 * time.Minute)
		ctx, cancel := context.WithCancel(t.Context())
		var waits sync.WaitGroup
		for _, o := range operations {
			waits.Go(func() { _ = o.Wait(ctx) })
		}
		var longest time.Duration
		for range 30 {
			time.Sleep(2 * time.Second)
			start := time.Now()
			_, err := client.ListGroups(t.Context())
			require.NoError(t, err)
			longest = max(longest, time.Since(start))
		}
		cancel()
		waits.Wait()
		assert.Less(t, longest, time.Second)
		t.Logf("figure: the slowest of 30 calls beside 1,000 waits took %s", longest)
	})
}

func TestFiveHundredCreatesAtTwoHundredRequestsAMinute(t *testing.T) {
	t.Parallel()
	const users = 500
	synctest.Test(t, func(t *testing.T) {
		cloud := newCloud(wrappertest.WithRequestTimes(6*time.Second, 6*time.Second), wrappertest.WithRateLimit(200, 10))
		client := ionosClient(t, cloud)
		start := time.Now()
		operations := make([]*wrapper.Operation, users)
		for i := range operations {
			_, operation, err := client.CreateUser(t.Context(), person(i))
			require.NoError(t, err)
			operations[i] = operation
		}
		require.NoError(t, wrapper.WaitAll(t.Context(), operations...))
		polls := cloud.IONOS.Count(statusOperation)
		assert.LessOrEqual(t, polls, 520)
		assert.LessOrEqual(t, time.Since(start), 5*time.Minute)
		t.Logf("figure: written first, waited for together: %d polls, %s", polls, time.Since(start))
	})
	synctest.Test(t, func(t *testing.T) {
		cloud := newCloud(wrappertest.WithRequestTimes(6*time.Second, 6*time.Second), wrappertest.WithRateLimit(200, 10))
		client := ionosClient(t, cloud)
		start := time.Now()
		queue := make(chan int, users)
		for i := range users {
			queue <- i
		}
		close(queue)
		var workers sync.WaitGroup
		for range 8 {
			workers.Go(func() {
				for i := range queue {
					p := person(i)
					_, err := client.Users().Create(t.Context(), wrapper.UserCreate{FirstName: p.FirstName, LastName: p.LastName, Email: p.Email, Password: p.Password})
					assert.NoError(t, err)
				}
			})
		}
		workers.Wait()
		polls := cloud.IONOS.Count(statusOperation)
		assert.LessOrEqual(t, polls, 1000)
		// Eight workers that each wait for 12 s need 500/8*12 s = 12.5 minutes, however they poll.
		assert.LessOrEqual(t, time.Since(start), 13*time.Minute)
		t.Logf("figure: eight workers that each wait: %d polls, %s", polls, time.Since(start))
	})
}

func TestThousandsOfWaitsWhereNoLimitIsAnnounced(t *testing.T) {
	t.Parallel()
	const waits = 2_000
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		var mu sync.Mutex
		late := make([]time.Duration, 0, waits)
		client := clientOf(t, &http.Client{Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
			time.Sleep(100 * time.Millisecond)
			var n int
			_, err := fmt.Sscanf(strings.Split(r.URL.Path, "/")[4], "r%d", &n)
			assert.NoError(t, err)
			ends := time.Duration(10+n%41) * time.Second // the median is 30 s
			state := "RUNNING"
			if time.Since(began) >= ends {
				state = "DONE"
				mu.Lock()
				late = append(late, time.Since(began)-ends)
				mu.Unlock()
			}
			return jsonResponse(r, `{"metadata":{"status":"`+state+`"}}`), nil
		})})
		operations := make([]*wrapper.Operation, waits)
		for i := range operations {
			operations[i] = client.Operation(fmt.Sprintf("r%d", i))
		}
		require.NoError(t, wrapper.WaitAll(t.Context(), operations...))
		slices.Sort(late)
		require.Len(t, late, waits)
		assert.Less(t, late[waits/2], 10*time.Second)
		t.Logf("figure: %d waits are %s late at the median, %s at most", waits, late[waits/2], late[waits-1])
	})
}

// User code runs in a poll: what it does to its goroutine must not block the others.
func TestAPollThatLeavesItsGoroutine(t *testing.T) {
	t.Parallel()
	newClient := func(t *testing.T, leave func()) *wrapper.IONOS {
		return clientOf(t, &http.Client{Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
			if strings.Contains(r.URL.Path, "bad") {
				leave()
			}
			return jsonResponse(r, `{"metadata":{"status":"DONE"}}`), nil
		})})
	}
	synctest.Test(t, func(t *testing.T) {
		client := newClient(t, runtime.Goexit)
		err := wrapper.WaitAll(t.Context(), client.Operation("good"), client.Operation("bad"))
		var waited *wrapper.OperationError
		require.ErrorAs(t, err, &waited)
		assert.Equal(t, "bad", waited.ID)
	})
	synctest.Test(t, func(t *testing.T) {
		client := newClient(t, func() { panic("a token source") })
		assert.PanicsWithValue(t, "a token source", func() {
			_ = wrapper.WaitAll(t.Context(), client.Operation("good"), client.Operation("bad"))
		})
		require.NoError(t, client.Operation("good").Wait(t.Context()), "the schedule goes on")
	})
}

func TestResumedOperations(t *testing.T) {
	t.Parallel()
	cloud := newCloud(wrappertest.WithContracts(31, 32), wrappertest.WithRequestTimes(0, 0))
	client := ionosClient(t, cloud)
	_, operation, err := client.CreateUser(t.Context(), person(1), wrapper.WithContractNumber(31))
	require.NoError(t, err)
	require.NoError(t, client.Operation(operation.ID(), wrapper.WithContractNumber(31)).Wait(t.Context()))
	require.ErrorIs(t, client.Operation(operation.ID()).Wait(t.Context()), wrapper.ErrInvalid, "the service wants a contract number")

	before := len(cloud.IONOS.Requests())
	for name, resumed := range map[string]*wrapper.Operation{
		"request id": client.Operation(""), "contract number": client.Operation("x", wrapper.WithContractNumber(0)),
		"depth": client.Operation("x", wrapper.WithDepth(1)), "limit": client.Operation("x", wrapper.WithLimit(1)),
	} {
		for _, err := range []error{resumed.Wait(t.Context()), wrapper.WaitAll(t.Context(), resumed)} {
			require.ErrorIs(t, err, wrapper.ErrInvalid)
			require.ErrorContains(t, err, name)
		}
	}
	assert.Len(t, cloud.IONOS.Requests(), before)
}

func TestATokenSourceThatFailsOnceDoesNotEndAWait(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		cloud := newCloud()
		calls := 0
		client, err := wrapper.NewIONOS(wrapper.TokenSourceAuth(func(context.Context) (string, error) {
			if calls++; calls == 2 { // the first poll
				return "", errors.New("the vault is sealed")
			}
			return wrappertest.Token, nil
		}), wrapper.WithHTTPClient(cloud.HTTPClient()))
		require.NoError(t, err)
		_, operation, err := client.CreateUser(t.Context(), person(1))
		require.NoError(t, err)
		require.NoError(t, operation.Wait(t.Context()))
		assert.Greater(t, calls, 2)
	})
}

func TestAGrowthThatOverflows(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		cloud := newCloud(wrappertest.WithRequestTimes(time.Minute, time.Minute))
		client := ionosClient(t, cloud, wrapper.WithPollPolicy(wrapper.PollPolicy{Growth: 1e300, MaxDelay: 10 * time.Second}))
		_, operation, err := client.CreateUser(t.Context(), person(1))
		require.NoError(t, err)
		require.NoError(t, operation.Wait(t.Context()))
		assert.Less(t, cloud.IONOS.Count(statusOperation), 16)
	})
}

func jsonResponse(r *http.Request, body string) *http.Response {
	return &http.Response{
		StatusCode: http.StatusOK, Header: http.Header{"Content-Type": {"application/json"}}, Request: r,
		Body: io.NopCloser(strings.NewReader(body)), ContentLength: int64(len(body)),
	}
}
