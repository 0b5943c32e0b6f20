package speed

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/cloudroster/cloudroster/bench/canned"
)

// BenchmarkCallers gets a user with many callers at a time, which share a client. dials is how many connections the
// client opened for all of it. The floor's transport is told how many callers there are, which the standard one is
// not made for; ours is the default.
func BenchmarkCallers(b *testing.B) {
	for _, callers := range []int{8, 64, 512} {
		b.Run(fmt.Sprint(callers), func(b *testing.B) {
			for _, name := range []string{"floor", "ours"} {
				b.Run(name, func(b *testing.B) { manyCallers(b, name, callers) })
			}
		})
	}
}

func manyCallers(b *testing.B, name string, callers int) {
	b.Helper()
	var dials atomic.Int64
	server := httptest.NewUnstartedServer(&canned.Service{})
	server.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			dials.Add(1)
		}
	}
	server.Start()
	defer server.Close()
	c := newClients(b, server.URL, nil)
	standard := c.floor.HTTP.Transport.(*http.Transport)
	standard.MaxIdleConns, standard.MaxIdleConnsPerHost = callers, callers
	get := func() error {
		_, err := c.ours.GetUser(context.Background(), canned.UserID)
		return err
	}
	if name == "floor" {
		get = func() error {
			_, err := c.floor.GetUser(context.Background(), canned.UserID)
			return err
		}
	}
	together(b, callers, 2*callers, get) // dials, and grows the stacks
	b.ReportAllocs()
	b.ResetTimer()
	start := processorTime(b)
	together(b, callers, b.N, get)
	b.ReportMetric((processorTime(b)-start)/float64(b.N), "cpu-ns/op")
	b.ReportMetric(float64(dials.Load()), "dials")
}

// together has callers make calls, n in all.
func together(b *testing.B, callers, n int, call func() error) {
	b.Helper()
	var left atomic.Int64
	left.Store(int64(n))
	var running sync.WaitGroup
	for range callers {
		running.Go(func() {
			for left.Add(-1) >= 0 {
				if err := call(); err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	running.Wait()
}
