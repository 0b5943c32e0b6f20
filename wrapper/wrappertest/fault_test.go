package wrappertest_test

import (
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/cloudroster/cloudroster/wrapper/wrappertest"
)

func TestFaultsHitTheAttemptsTheyName(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		attempt, times int
		hit            string // of six requests
	}{
		"every":           {0, 0, "xxxxxx"},
		"first two":       {0, 2, "xx...."},
		"the first":       {1, 0, "x....."},
		"the third":       {3, 0, "..x..."},
		"second to third": {2, 2, ".xx..."},
		"beyond":          {9, 0, "......"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := inMemory(t)
			rule := c.cloud.IONOS.Fault(wrappertest.Fault{
				OperationID: "umUsersGet", Attempt: test.attempt, Times: test.times, Effect: wrappertest.Empty(503),
			})
			hit := ""
			for range 6 {
				require.Equal(t, 200, c.ionos("GET", "/um/groups", "").StatusCode, "another operation")
				switch c.ionos("GET", "/um/users", "").StatusCode {
				case 503:
					hit += "x"
				case 200:
					hit += "."
				}
			}
			assert.Equal(t, test.hit, hit)
			assert.Equal(t, strings.Count(hit, "x"), rule.Hits())
		})
	}
}

func TestFaultRulesApplyInOrderAndCanBeRemoved(t *testing.T) {
	t.Parallel()
	c := inMemory(t)
	first := c.cloud.IONOS.Fault(wrappertest.Fault{Attempt: 1, Effect: wrappertest.Empty(502)})
	second := c.cloud.IONOS.Fault(wrappertest.Fault{
		Match:  func(r *http.Request) bool { return r.URL.Query().Get("limit") == "7" },
		Effect: wrappertest.Empty(503),
	})
	get := func() int { return c.ionos("GET", "/um/users?limit=7", "").StatusCode }
	assert.Equal(t, []int{502, 503, 503}, []int{get(), get(), get()})
	assert.Equal(t, 200, c.ionos("GET", "/um/users?limit=8", "").StatusCode)
	second.Remove()
	assert.Equal(t, 200, get())
	assert.Equal(t, []int{1, 2}, []int{first.Hits(), second.Hits()})
}

func TestAMatchMayLookAtTheCloud(t *testing.T) {
	t.Parallel()
	c := inMemory(t)
	c.cloud.IONOS.Fault(wrappertest.Fault{
		Match: func(*http.Request) bool {
			return c.cloud.IONOS.Count("umUsersGet") == 2 && len(c.cloud.IONOS.Users()) == 0
		},
		Effect: wrappertest.Empty(503),
	})
	get := func() int { return c.ionos("GET", "/um/users", "").StatusCode }
	assert.Equal(t, []int{200, 503, 200}, []int{get(), get(), get()})
}

func TestFaultBeforeAndAfterTheChange(t *testing.T) {
	t.Parallel()
	for _, after := range []bool{false, true} {
		c := inMemory(t)
		c.cloud.IONOS.Fault(wrappertest.Fault{OperationID: "umUsersPost", After: after, Effect: wrappertest.HTML(504)})
		c.cloud.Triton.Fault(wrappertest.Fault{OperationID: "CreateTritonUser", After: after, Effect: wrappertest.CloseConnection()})
		assert.Equal(t, 504, c.ionos("POST", "/um/users", ann).StatusCode)
		_, err := c.tryTriton(t.Context(), "POST", "/my/users", bob)
		require.Error(t, err)
		assert.Equal(t, after, len(c.cloud.IONOS.Users()) == 1)
		assert.Equal(t, after, len(c.cloud.Triton.Users()) == 1)
	}
}

func TestFaultsOfOneCloudLeaveTheOtherAlone(t *testing.T) {
	t.Parallel()
	c := inMemory(t)
	c.cloud.IONOS.Fault(wrappertest.Fault{Effect: wrappertest.Empty(500)})
	assert.Equal(t, 500, c.ionos("GET", "/um/users", "").StatusCode)
	assert.Equal(t, 500, c.ionos("GET", "/unknown", "").StatusCode, "no operation means every request")
	assert.Equal(t, 200, c.triton("GET", "/my/users", "").StatusCode)
}

func TestFaultsThatCouldNeverWorkPanic(t *testing.T) {
	t.Parallel()
	cloud := wrappertest.New()
	assert.Panics(t, func() { cloud.IONOS.Fault(wrappertest.Fault{OperationID: "umUsersGet"}) })
	assert.Panics(t, func() {
		cloud.IONOS.Fault(wrappertest.Fault{OperationID: "CreateTritonUser", Effect: wrappertest.ResetConnection()})
	})
	assert.Panics(t, func() {
		cloud.Triton.Fault(wrappertest.Fault{OperationID: "umUsersGet", Effect: wrappertest.ResetConnection()})
	})
	assert.NotPanics(t, func() {
		cloud.Triton.Fault(wrappertest.Fault{OperationID: "CreateTritonUser", Effect: wrappertest.ResetConnection()})
	})
}

func TestFaultsCountUnderConcurrency(t *testing.T) {
	t.Parallel()
	c := inMemory(t)
	rule := c.cloud.IONOS.Fault(wrappertest.Fault{OperationID: "umGroupsPost", Attempt: 5, Times: 20, Effect: wrappertest.Empty(503)})
	var failed, made sync.Map
	var wait sync.WaitGroup
	for i := range 64 {
		wait.Go(func() {
			got, err := c.tryIONOS(t.Context(), "POST", "/um/groups", `{"properties":{"name":"g"}}`)
			if assert.NoError(t, err) && got.StatusCode == 503 {
				failed.Store(i, true)
			} else {
				made.Store(i, true)
			}
		})
	}
	wait.Wait()
	count := func(m *sync.Map) (n int) {
		m.Range(func(any, any) bool { n++; return true })
		return n
	}
	assert.Equal(t, 20, count(&failed))
	assert.Equal(t, 44, count(&made))
	assert.Len(t, c.cloud.IONOS.Groups(), 44)
	assert.Equal(t, 20, rule.Hits())
	assert.Equal(t, 64, c.cloud.IONOS.Count("umGroupsPost"))
}
