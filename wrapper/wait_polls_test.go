package wrapper_test

import (
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

// Polls that take longer than the pause between two are not made side by side.
func TestAtMostOnePollOfAnOperationIsOnItsWay(t *testing.T) {
	t.Parallel()
	for name, wait := range map[string]func(*testing.T, *wrapper.IONOS, *wrapper.Operation) error{
		"one": func(t *testing.T, _ *wrapper.IONOS, operation *wrapper.Operation) error {
			return operation.Wait(t.Context())
		},
		"many": func(t *testing.T, client *wrapper.IONOS, operation *wrapper.Operation) error {
			return wrapper.WaitAll(t.Context(), operation, operation, client.Operation(operation.ID()))
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				var mu sync.Mutex
				polling, most := 0, 0
				count := func(n int) {
					mu.Lock()
					defer mu.Unlock()
					polling += n
					most = max(most, polling)
				}
				slow := func(next http.Handler) http.Handler {
					return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
						if r.Method == http.MethodGet {
							count(1)
							defer count(-1)
							time.Sleep(20 * time.Second) // fake time: many pauses long
						}
						next.ServeHTTP(w, r)
					})
				}
				cloud := newCloud(wrappertest.WithRequestTimes(time.Minute, 4*time.Minute), wrappertest.WithHandler(slow))
				client := ionosClient(t, cloud)
				require.NoError(t, wait(t, client, accepted(t, client)))
				assert.Equal(t, 1, most)
				assert.Greater(t, cloud.IONOS.Count(statusOperation), 5)
			})
		})
	}
}
