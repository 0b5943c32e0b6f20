package wrapper_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/cloudroster/cloudroster/wrapper"
	"github.com/cloudroster/cloudroster/wrapper/wrappertest"
)

// names collects the operation names that a client's transport sees.
type names struct {
	mu   sync.Mutex
	seen []string
}

func (n *names) option() wrapper.Option {
	return wrapper.WithTransport(func(next http.RoundTripper) http.RoundTripper {
		return roundTrip(func(r *http.Request) (*http.Response, error) {
			n.mu.Lock()
			n.seen = append(n.seen, wrapper.OperationName(r.Context()))
			n.mu.Unlock()
			return next.RoundTrip(r)
		})
	})
}

// TestEveryOperationOnTheWire compares the names of all operations with what the clouds recognize.
func TestTheOperationNameIsThatOfEachRequest(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		cloud := newCloud()
		ann := cloud.IONOS.AddUser(wrappertest.User{FirstName: "Ann", LastName: "Lee", Email: "ann@example.com"})
		cloud.IONOS.Fault(wrappertest.Fault{OperationID: "umUsersPut", Attempt: 1, Effect: wrappertest.Empty(503)})
		var seen names
		client := ionosClient(t, cloud, seen.option())
		_, err := client.Users().Update(t.Context(), ann, wrapper.UserUpdate{LastName: new("Ray")})
		require.NoError(t, err)
		require.Greater(t, len(seen.seen), 3)
		assert.Equal(t, []string{"umUsersFindById", "umUsersPut", "umUsersPut", "requestsStatusGet"}, seen.seen[:4])
	})
}

func TestRawRequestsHaveNoOperationName(t *testing.T) {
	t.Parallel()
	cloud := newCloud()
	var seen names
	resp, err := ionosClient(t, cloud, seen.option()).Raw().ListGroups(t.Context(), nil)
	require.NoError(t, err)
	require.NoError(t, resp.Body.Close())
	assert.Equal(t, []string{""}, seen.seen)
	assert.Empty(t, wrapper.OperationName(t.Context()))
	var none context.Context
	assert.Empty(t, wrapper.OperationName(none))
}

// An Auth learns the name too; values, deadline and cancellation of the caller's context stay.
func TestTheOperationNameKeepsTheContext(t *testing.T) {
	t.Parallel()
	type key struct{}
	cloud := newCloud()
	ctx, cancel := context.WithCancel(context.WithValue(t.Context(), key{}, "PLANTED"))
	client, err := wrapper.NewIONOS(wrapper.TokenSourceAuth(func(ctx context.Context) (string, error) {
		assert.Equal(t, "umGroupsGet", wrapper.OperationName(ctx))
		assert.Equal(t, "PLANTED", ctx.Value(key{}))
		assert.NotContains(t, fmt.Sprintf("%v %+v", ctx, ctx), "PLANTED")
		cancel()
		assert.ErrorIs(t, ctx.Err(), context.Canceled)
		return "", ctx.Err()
	}), wrapper.WithBaseURL(cloud.IONOS.URL()), wrapper.WithHTTPClient(cloud.HTTPClient()))
	require.NoError(t, err)
	_, err = client.ListGroups(ctx)
	require.ErrorIs(t, err, context.Canceled)
}

// logged decodes the records of a JSON log.
func logged(t *testing.T, log io.Reader) (records []map[string]any) {
	t.Helper()
	for decoder := json.NewDecoder(log); ; {
		var record map[string]any
		err := decoder.Decode(&record)
		if err == io.EOF {
			return records
		}
		require.NoError(t, err)
		records = append(records, record)
	}
}

func TestLogRecordsNameOperationCloudAndHost(t *testing.T) {
	t.Parallel()
	cloud := newCloud()
	var out bytes.Buffer
	logger := wrapper.WithLogger(slog.New(slog.NewJSONHandler(&out, &slog.HandlerOptions{Level: slog.LevelDebug})))
	ionos, triton := ionosClient(t, cloud, logger), tritonClient(t, cloud, logger)
	_, err := ionos.ListUsers(t.Context())
	require.NoError(t, err)
	_, err = triton.GetUser(t.Context(), "nobody")
	require.ErrorIs(t, err, wrapper.ErrNotFound)
	resp, err := ionos.Raw().ListGroups(t.Context(), nil)
	require.NoError(t, err)
	require.NoError(t, resp.Body.Close())

	records := logged(t, &out)
	require.Len(t, records, 3)
	for i, want := range []map[string]any{
		{"level": "DEBUG", "cloud": "ionos", "operation": "umUsersGet", "method": "GET", "path": "/cloudapi/v6/um/users", "status": 200.0, "attempt": 1.0},
		{"level": "WARN", "cloud": "triton", "operation": "GetTritonUser", "method": "GET", "path": "/acme/users/nobody", "status": 404.0, "attempt": 1.0},
		{"level": "DEBUG", "cloud": "ionos", "operation": nil, "method": "GET", "path": "/cloudapi/v6/um/groups", "status": 200.0, "attempt": 1.0},
	} {
		for name, value := range want {
			assert.Equal(t, value, records[i][name], "%s of record %d", name, i)
		}
		assert.NotEmpty(t, records[i]["host"])
	}
	assert.Contains(t, cloud.IONOS.URL(), "//"+records[0]["host"].(string))
}
