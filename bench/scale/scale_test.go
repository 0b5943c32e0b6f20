package scale

import (
	"flag"
	"log"
	"net/http/httptest"
	"runtime"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/cloudroster/cloudroster/bench/canned"
	"github.com/cloudroster/cloudroster/wrapper"
)

var users = flag.Int("users", 20_000, "how many users to walk")

// live is the memory in use once everything that can be freed is.
func live() uint64 {
	runtime.GC()
	runtime.GC() // what was pooled lives for two
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	return stats.HeapAlloc
}

func TestAWalkNeedsTheSameMemoryHoweverManyUsersThereAre(t *testing.T) {
	for name, prefetch := range map[string]int{"one page at a time": 1, "prefetch 8": 8} {
		t.Run(name, func(t *testing.T) {
			server := httptest.NewServer(&canned.Service{Users: *users})
			defer server.Close()
			client, err := wrapper.NewIONOS(wrapper.TokenAuth("token"), wrapper.WithBaseURL(server.URL+canned.IONOSPath))
			require.NoError(t, err)
			seen, first, most := 0, uint64(0), uint64(0)
			for _, err := range client.AllUsers(t.Context(), wrapper.WithDepth(1), wrapper.WithPrefetch(prefetch)) {
				require.NoError(t, err)
				seen++
				switch {
				case seen == *users/20:
					first = live()
				case seen%(*users/20) == 0:
					most = max(most, live())
				}
			}
			require.Equal(t, *users, seen)
			// Read by bench/report.
			log.Printf("scale %s: %d users, %.2f MB in use after 5 %%, at most %.2f MB later", name, seen, mega(first), mega(most))
			// A page is 0.2 MB decoded; eight of them may be on their way or not.
			assert.Less(t, mega(most), mega(first)+4)
		})
	}
}

func mega(bytes uint64) float64 { return float64(bytes) / 1e6 }
