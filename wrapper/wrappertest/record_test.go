package wrappertest_test

import (
	"encoding/json"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/cloudroster/cloudroster/wrapper/wrappertest"
)

func TestRequestsAreRecordedInOrder(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := inMemory(t)
		c.cloud.IONOS.Fault(wrappertest.Fault{OperationID: "umGroupsGet", Effect: wrappertest.Empty(503)})
		c.cloud.IONOS.Fault(wrappertest.Fault{OperationID: "umGroupsPost", After: true, Effect: wrappertest.Empty(503)})
		c.ionos("POST", "/um/users?depth=1", ann)
		time.Sleep(time.Second)
		c.with("X-Contract-Number", "7").ionos("GET", "/um/users/a%2Fb", "")
		c.ionos("GET", "/um/groups", "")
		c.ionos("POST", "/um/groups", `{"properties":{"name":"x"}}`)
		c.ionos("GET", "/nothing", "")
		seen := c.cloud.IONOS.Requests()
		require.Len(t, seen, 5)
		assert.Equal(t, time.Second, seen[1].Time.Sub(seen[0].Time))
		for i := range seen {
			seen[i].Time = time.Time{}
		}
		const host = "ionos.test"
		post := []string{"Accept-Encoding", "Authorization", "Content-Length", "Content-Type", "User-Agent"}
		get := []string{"Accept-Encoding", "Authorization", "User-Agent"}
		contract := append(get[:len(get):len(get)], "X-Contract-Number")
		assert.Equal(t, []wrappertest.Request{
			{OperationID: "umUsersPost", Method: "POST", Path: "/cloudapi/v6/um/users", Query: "depth=1", Host: host, Headers: post, Length: len(ann), Status: 202},
			{OperationID: "umUsersFindById", Method: "GET", Path: "/cloudapi/v6/um/users/a%2Fb", Host: host, Headers: contract, Status: 404},
			{OperationID: "umGroupsGet", Method: "GET", Path: "/cloudapi/v6/um/groups", Host: host, Headers: get, Fault: true},
			{OperationID: "umGroupsPost", Method: "POST", Path: "/cloudapi/v6/um/groups", Host: host, Headers: post, Length: 27, Status: 202, Fault: true},
			{Method: "GET", Path: "/cloudapi/v6/nothing", Host: host, Headers: get, Status: 404},
		}, seen)
		assert.Empty(t, c.cloud.Triton.Requests())
		assert.Equal(t, 1, c.cloud.IONOS.Count("umUsersPost"))
		c.cloud.IONOS.ForgetRequests()
		assert.Equal(t, 0, c.cloud.IONOS.Count("umUsersPost"))
	})
}

func TestRecordsHoldNoSecretUnlessAsked(t *testing.T) {
	t.Parallel()
	for _, full := range []bool{false, true} {
		var options []wrappertest.Option
		if full {
			options = append(options, wrappertest.WithFullRecords())
		}
		c := inMemory(t, options...)
		c.ionos("POST", "/um/users", ann)
		c.with("Authorization", basic(wrappertest.Username, wrappertest.Password)).ionos("GET", "/um/users", "")
		c.triton("POST", "/my/users", bob)
		requests := append(c.cloud.IONOS.Requests(), c.cloud.Triton.Requests()...)
		require.Len(t, requests, 3)
		text, err := json.Marshal(requests)
		require.NoError(t, err)
		printed := fmt.Sprintf("%s%+v", text, requests)
		for _, secret := range []string{wrappertest.Token, basic(wrappertest.Username, wrappertest.Password), "signature="} {
			if full {
				assert.Contains(t, printed, secret)
			} else {
				assert.NotContains(t, printed, secret)
			}
		}
		assert.Equal(t, full, string(requests[0].Body) == ann)
		assert.Equal(t, full, string(requests[2].Body) == bob)
	}
}
