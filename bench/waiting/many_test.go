package waiting

import (
	"context"
	"io"
	"log"
	"math"
	"math/rand/v2"
	"net/http"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/cloudroster/cloudroster/wrapper"
)

// pollTime is how long a poll takes.
const pollTime = 100 * time.Millisecond

// endings answers polls of operations that end at different times, and notes when each was seen
// to have ended. It announces no limit.
type endings struct {
	ends []time.Time

	mu    sync.Mutex
	late  []time.Duration
	polls int
	heap  uint64 // the most that was in use
}

func (e *endings) RoundTrip(r *http.Request) (*http.Response, error) {
	id := strings.Split(r.URL.Path, "/")[4]
	number, err := strconv.Atoi(id)
	if err != nil {
		return nil, err
	}
	time.Sleep(pollTime)
	now, state := time.Now(), "RUNNING"
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.polls++; e.polls%10_000 == 0 {
		var memory runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&memory)
		e.heap = max(e.heap, memory.HeapInuse+memory.StackInuse)
	}
	if !now.Before(e.ends[number]) {
		state = "DONE"
		e.late = append(e.late, now.Sub(e.ends[number]))
	}
	body := `{"metadata":{"status":"` + state + `"}}`
	return &http.Response{StatusCode: 200, Header: http.Header{}, ContentLength: -1, Body: io.NopCloser(strings.NewReader(body))}, nil
}

// waitForMany waits for operations whose durations are log-normal with a median of 30 s.
func waitForMany(t *testing.T, many int) (median, worst, took time.Duration, polls int, perOperation float64) {
	synctest.Test(t, func(t *testing.T) {
		cloud := &endings{ends: make([]time.Time, many)}
		client, err := wrapper.NewIONOS(wrapper.TokenAuth("token"), wrapper.WithHTTPClient(&http.Client{Transport: cloud}))
		require.NoError(t, err)
		random := rand.New(rand.NewPCG(1, 2))
		start := time.Now()
		operations := make([]*wrapper.Operation, many)
		for i := range operations {
			cloud.ends[i] = start.Add(time.Duration(30 * math.Exp(random.NormFloat64()/2) * float64(time.Second)))
			operations[i] = client.Operation(strconv.Itoa(i))
		}
		var before runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&before)
		require.NoError(t, wrapper.WaitAll(context.Background(), operations...))
		took = time.Since(start)
		slices.Sort(cloud.late)
		require.Len(t, cloud.late, many)
		median, worst, polls = cloud.late[many/2], cloud.late[many-1], cloud.polls
		perOperation = (float64(cloud.heap) - float64(before.HeapInuse+before.StackInuse)) / float64(many)
	})
	return median, worst, took, polls, perOperation
}

func TestManyAtOnce(t *testing.T) {
	for _, many := range []int{1_000, 10_000, 100_000} {
		if many > 10_000 && testing.Short() {
			continue
		}
		median, worst, took, polls, bytes := waitForMany(t, many)
		log.Printf("waiting for %d: median %s late, worst %s, %s in all, %d polls, %.0f bytes an operation", many,
			median.Round(10*time.Millisecond), worst.Round(10*time.Millisecond), took.Round(time.Second), polls, bytes)
		if many <= 10_000 {
			assert.LessOrEqual(t, median, 10*time.Second)
		}
		if many >= 10_000 {
			assert.Less(t, bytes, 2048.)
		}
	}
}
