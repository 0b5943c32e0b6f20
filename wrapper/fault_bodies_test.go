package wrapper_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/cloudroster/cloudroster/gen"
	"github.com/cloudroster/cloudroster/wrapper"
	"github.com/cloudroster/cloudroster/wrapper/wrappertest"
)

// Connections and bodies that break, and bodies that are not what they should be.
var bodyFaults = []faultRow{
	{"body_cut_short", bodyCutShort},
	{"202_with_a_cut_or_malformed_body", acceptedWithBrokenBody},
	{"connection_reset_before_the_answer", connectionReset},
	{"idle_connection_closed_between_calls", idleConnectionClosed},
	{"no_answer_at_all", faked(noAnswer)},
	{"one_byte_a_second", faked(oneByteASecond)},
	{"endless_body", endlessBody},
	{"gzip_bomb", gzipBomb},
	{"gzip_declared_and_plain_sent", gzipLie},
	{"huge_error_body_and_deep_JSON", hugeAndDeep},
	{"malformed_X-RateLimit_on_a_202", faked(malformedRateLimit)},
	{"unknown_enum_value", faked(unknownEnumValue)},
	{"nulls", faked(nullsAreAbsent)},
	{"dates_without_a_zone_or_empty", faked(lenientDates)},
	{"unknown_fields", faked(unknownFields)},
}

func isUnknown(err error) bool { return errors.Is(err, wrapper.ErrOutcomeUnknown) }

// withoutLocation leaves nothing to wait for.
func withoutLocation(a *wrappertest.Response) { a.Header.Del("Location") }

func bodyCutShort(t *testing.T) {
	cloud := startCloud(t)
	ann := addAnn(cloud)
	client := onSockets(t, cloud)
	for name, cut := range map[string]wrappertest.Effect{"Content-Length": wrappertest.TruncateBody(5), "chunked": wrappertest.TruncateChunked(5)} {
		cloud.IONOS.ForgetRequests()
		once := cloud.IONOS.Fault(wrappertest.Fault{Attempt: 1, Effect: cut})
		user, err := client.GetUser(t.Context(), ann)
		require.NoError(t, err, name)
		assert.Equal(t, "Ann", user.Properties.FirstName)
		assert.Equal(t, 2, cloud.IONOS.Count("umUsersFindById"), name)
		once.Remove()

		always := cloud.IONOS.Fault(wrappertest.Fault{Effect: cut})
		_, err = client.GetUser(t.Context(), ann)
		failed := failure(t, err, "GET", usersPath+"/"+ann, 200)
		require.ErrorIs(t, err, io.ErrUnexpectedEOF, name)
		assert.False(t, isUnknown(err))
		assert.Equal(t, 4, failed.Attempts)

		_, _, err = client.CreateUser(t.Context(), jo())
		require.ErrorIs(t, err, io.ErrUnexpectedEOF, name)
		require.ErrorIs(t, err, wrapper.ErrOutcomeUnknown, name)
		assert.Equal(t, 1, cloud.IONOS.Count("umUsersPost"), name)
		always.Remove()
		made, found := cloud.IONOS.User("jo@example.com")
		require.True(t, found, "the answer was lost, not the user")
		_, err = client.DeleteUser(t.Context(), made.ID)
		require.NoError(t, err)

		cloud.Triton.Fault(wrappertest.Fault{OperationID: "CreateTritonUser", Attempt: 1, Effect: cut})
		_, err = tritonClient(t, cloud, wrapper.WithHTTPClient(nil)).CreateUser(t.Context(), joTriton())
		failure(t, err, "POST", "/acme/users", 201)
		require.ErrorIs(t, err, io.ErrUnexpectedEOF, name)
		require.ErrorIs(t, err, wrapper.ErrOutcomeUnknown, name)
		require.NoError(t, tritonClient(t, cloud, wrapper.WithHTTPClient(nil)).DeleteUser(t.Context(), "jo.doe"))
	}
	assert.Equal(t, 2, cloud.Triton.Count("CreateTritonUser"), "one each")
}

func acceptedWithBrokenBody(t *testing.T) {
	broken := map[string]wrappertest.Effect{
		"cut": wrappertest.TruncateBody(5), "cut, chunked": wrappertest.TruncateChunked(5), "cut at once": wrappertest.TruncateBody(0), "gzip that is none": wrappertest.GzipLie(),
		"malformed": wrappertest.EditResponse(func(a *wrappertest.Response) { a.Body = a.Body[:len(a.Body)-2] }),
		"empty":     wrappertest.EditResponse(func(a *wrappertest.Response) { a.Body = nil }),
		"HTML":      wrappertest.EditResponse(func(a *wrappertest.Response) { a.Body = []byte("<html>") }),
	}
	for name, effect := range broken {
		cloud := startCloud(t)
		ann := addAnn(cloud)
		client := onSockets(t, cloud)
		for _, c := range calls[1:] {
			if c.method == http.MethodDelete && name != "HTML" {
				continue // has no body to break
			}
			cloud.IONOS.Fault(wrappertest.Fault{OperationID: c.operation, Attempt: 1, Effect: effect})
			operation, err := c.call(t, client, ann)
			failed := failure(t, err, c.method, requestPath(c, ann), 202)
			require.NotNil(t, failed.Operation, "%s %s", name, c.name)
			assert.NotEmpty(t, failed.Operation.ID())
			assert.Contains(t, err.Error(), failed.Operation.ID())
			assert.Same(t, failed.Operation, operation)
			require.ErrorIs(t, err, wrapper.ErrOutcomeUnknown, "accepted is not done")
			assert.Equal(t, 1, cloud.IONOS.Count(c.operation))
			require.NoError(t, operation.Wait(t.Context()), "%s %s", name, c.name)
		}
	}
}

func connectionReset(t *testing.T) {
	for name, effect := range map[string]wrappertest.Effect{"reset": wrappertest.ResetConnection(), "close": wrappertest.CloseConnection()} {
		for _, c := range calls {
			cloud := startCloud(t)
			ann := addAnn(cloud)
			cloud.IONOS.Fault(wrappertest.Fault{OperationID: c.operation, Attempt: 1, Effect: effect})
			_, err := c.call(t, onSockets(t, cloud), ann)
			if c.repeatable {
				require.NoError(t, err, "%s on %s", name, c.name)
				assert.Equal(t, 2, cloud.IONOS.Count(c.operation))
				continue
			}
			failure(t, err, c.method, usersPath, 0)
			require.ErrorIs(t, err, wrapper.ErrOutcomeUnknown)
			if name == "reset" {
				require.ErrorIs(t, err, syscall.ECONNRESET)
			} else {
				require.ErrorIs(t, err, io.EOF)
			}
			assert.Equal(t, 1, cloud.IONOS.Count(c.operation))
		}
	}
	// The delete was carried out and its answer lost: the 404 of the second is what was wanted.
	cloud := startCloud(t)
	ann := addAnn(cloud)
	cloud.IONOS.Fault(wrappertest.Fault{Attempt: 1, After: true, Effect: wrappertest.ResetConnection()})
	operation, err := onSockets(t, cloud).DeleteUser(t.Context(), ann)
	require.NoError(t, err)
	assert.Empty(t, operation.ID())
	assert.Equal(t, 2, cloud.IONOS.Count("umUsersDelete"))
	_, err = onSockets(t, cloud).DeleteUser(t.Context(), ann)
	require.ErrorIs(t, err, wrapper.ErrNotFound, "nothing was lost this time")
}

func idleConnectionClosed(t *testing.T) {
	cloud, ann := withAnn()
	server := httptest.NewServer(cloud.IONOS)
	defer server.Close()
	client := ionosClient(t, cloud, wrapper.WithHTTPClient(nil), wrapper.WithBaseURL(server.URL+"/cloudapi/v6"), wrapper.WithRetry(impatient))
	for range 20 {
		_, err := client.GetUser(t.Context(), ann)
		require.NoError(t, err)
		server.CloseClientConnections()
	}
}

func noAnswer(t *testing.T) {
	for _, c := range calls {
		cloud, ann := withAnn()
		cloud.IONOS.Fault(wrappertest.Fault{Effect: wrappertest.Hang()})
		start := time.Now()
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		resp, err := ionosClient(t, cloud).Raw().GetUser(ctx, ann, nil)
		cancel()
		failure(t, err, "GET", usersPath+"/"+ann, 0)
		require.ErrorIs(t, err, context.DeadlineExceeded)
		assert.Nil(t, resp)
		assert.Equal(t, 5*time.Second, time.Since(start))

		// Without a deadline the limit of an attempt counts, a minute by default.
		cloud.IONOS.ForgetRequests()
		start = time.Now()
		_, err = c.call(t, ionosClient(t, cloud), ann)
		failed := failure(t, err, c.method, requestPath(c, ann), 0)
		assert.Equal(t, c.method != http.MethodGet, isUnknown(err), c.name)
		attempts := 1
		if c.repeatable {
			attempts = 4
		}
		assert.Equal(t, attempts, failed.Attempts)
		assert.Equal(t, attempts, cloud.IONOS.Count(c.operation))
		assert.Equal(t, time.Duration(attempts), time.Since(start)/time.Minute)
	}
	cloud, ann := withAnn()
	cloud.IONOS.Fault(wrappertest.Fault{Effect: wrappertest.Hang()})
	start := time.Now()
	_, err := ionosClient(t, cloud, wrapper.WithAttemptTimeout(3*time.Second), wrapper.WithRetry(wrapper.RetryPolicy{MaxAttempts: 1})).GetUser(t.Context(), ann)
	failure(t, err, "GET", usersPath+"/"+ann, 0)
	assert.Equal(t, 3*time.Second, time.Since(start), "the limit can be set")
}

func oneByteASecond(t *testing.T) {
	cloud, ann := withAnn()
	cloud.IONOS.Fault(wrappertest.Fault{Effect: wrappertest.SlowBody(time.Second)})
	start := time.Now()
	ctx, cancel := context.WithTimeout(t.Context(), 5500*time.Millisecond)
	defer cancel()
	_, err := ionosClient(t, cloud).GetUser(ctx, ann)
	failure(t, err, "GET", usersPath+"/"+ann, 200)
	require.ErrorIs(t, err, context.DeadlineExceeded)
	assert.Equal(t, 5500*time.Millisecond, time.Since(start))
	assert.Len(t, cloud.IONOS.Requests(), 1)

	start = time.Now()
	_, err = ionosClient(t, cloud, wrapper.WithRetry(wrapper.RetryPolicy{MaxAttempts: 1})).GetUser(t.Context(), ann)
	failure(t, err, "GET", usersPath+"/"+ann, 200)
	assert.Equal(t, time.Minute, time.Since(start), "the limit of an attempt covers the body too")
}

func endlessBody(t *testing.T) {
	cloud := startCloud(t)
	ann := addAnn(cloud)
	cloud.IONOS.Fault(wrappertest.Fault{Effect: wrappertest.Endless(200)})
	for _, limit := range [][]wrapper.IONOSOption{nil, {wrapper.WithResponseLimit(1000)}} {
		cloud.IONOS.ForgetRequests()
		client := onSockets(t, cloud, limit...)
		_, err := client.GetUser(t.Context(), ann)
		failure(t, err, "GET", usersPath+"/"+ann, 200)
		require.ErrorIs(t, err, wrapper.ErrResponseTooLarge)
		assert.Equal(t, 1, cloud.IONOS.Count("umUsersFindById"), "it is no smaller the second time")

		_, _, err = client.CreateUser(t.Context(), jo())
		failure(t, err, "POST", usersPath, 200)
		require.ErrorIs(t, err, wrapper.ErrResponseTooLarge)
		require.ErrorIs(t, err, wrapper.ErrOutcomeUnknown)
	}
}

func gzipBomb(t *testing.T) {
	cloud := startCloud(t)
	ann := addAnn(cloud)
	client := onSockets(t, cloud)
	rule := cloud.IONOS.Fault(wrappertest.Fault{Effect: wrappertest.GzipBomb(200, 32<<20)})
	_, err := client.GetUser(t.Context(), ann)
	failure(t, err, "GET", usersPath+"/"+ann, 200)
	require.ErrorIs(t, err, wrapper.ErrResponseTooLarge)
	rule.Remove()

	// 100 KB are under a limit of 200 KB and over one of 50 KB, whatever they weigh packed.
	cloud.IONOS.Fault(wrappertest.Fault{Effect: wrappertest.GzipBomb(200, 100<<10)})
	user, _, err := onSockets(t, cloud, wrapper.WithResponseLimit(200<<10)).CreateUser(t.Context(), jo())
	require.NoError(t, err)
	assert.GreaterOrEqual(t, len(user.ID), 100<<10)
	_, err = onSockets(t, cloud, wrapper.WithResponseLimit(50<<10)).GetUser(t.Context(), ann)
	require.ErrorIs(t, err, wrapper.ErrResponseTooLarge)
}

func gzipLie(t *testing.T) {
	cloud := startCloud(t)
	ann := addAnn(cloud)
	cloud.IONOS.Fault(wrappertest.Fault{Effect: wrappertest.GzipLie()})
	_, err := onSockets(t, cloud).GetUser(t.Context(), ann)
	failure(t, err, "GET", usersPath+"/"+ann, 200)
	require.ErrorContains(t, err, "gzip")
	_, err = onSockets(t, cloud).GetUser(t.Context(), "nobody")
	failure(t, err, "GET", usersPath+"/nobody", 404)
	require.ErrorIs(t, err, wrapper.ErrNotFound)
	require.ErrorContains(t, err, "gzip")
}

func hugeAndDeep(t *testing.T) {
	cloud := startCloud(t)
	ann := addAnn(cloud)
	client := onSockets(t, cloud)
	deep := strings.Repeat(`{"messages":[`, 10_000)
	for _, body := range []string{
		strings.Repeat("x", 10<<20),
		`{"httpStatus":422,"messages":[{"errorCode":"` + strings.Repeat("y", 500<<10) + `","message":"` + strings.Repeat("x", 500<<10) + `"}]}`,
		`{"httpStatus":422,"messages":[` + strings.Repeat(`{"errorCode":"1","message":"m"},`, 20_000) + `{}]}`,
		deep, `{"id":` + strings.Repeat("[", 20_000),
	} {
		rule := cloud.IONOS.Fault(wrappertest.Fault{Effect: wrappertest.Reply(422, nil, body)})
		_, err := client.GetUser(t.Context(), ann)
		failed := failure(t, err, "GET", usersPath+"/"+ann, 422)
		require.ErrorIs(t, err, wrapper.ErrInvalid)
		assert.Equal(t, body[:4096], string(failed.Body))
		assert.LessOrEqual(t, len(failed.Messages), 20)
		rule.Remove()
	}
	for _, body := range []string{deep, `{"id":` + strings.Repeat("[", 20_000)} {
		rule := cloud.IONOS.Fault(wrappertest.Fault{Effect: wrappertest.Reply(200, nil, body)})
		_, err := client.GetUser(t.Context(), ann)
		failure(t, err, "GET", usersPath+"/"+ann, 200)
		require.ErrorIs(t, err, wrapper.ErrUnexpectedResponse)
		rule.Remove()
	}
}

func malformedRateLimit(t *testing.T) {
	cloud := newCloud()
	cloud.IONOS.Fault(wrappertest.Fault{OperationID: "umUsersPost", Effect: wrappertest.EditResponse(func(a *wrappertest.Response) {
		a.Header["X-Ratelimit-Limit"] = []string{"many"}
		a.Header["X-Ratelimit-Burst"] = []string{"1e3"}
		a.Header["X-Ratelimit-Remaining"] = []string{"-1"}
	})})
	client := ionosClient(t, cloud)
	user, operation, err := client.CreateUser(t.Context(), jo())
	require.NoError(t, err)
	assert.Equal(t, "jo@example.com", user.Properties.Email)
	assert.Nil(t, client.RateLimit())
	require.NotEmpty(t, operation.ID())
	require.NoError(t, operation.Wait(t.Context()))
}

func unknownEnumValue(t *testing.T) {
	cloud := newCloud()
	id := cloud.IONOS.AddResource(wrappertest.Resource{Type: "quantum", Name: "card"})
	cloud.IONOS.AddResource(wrappertest.Resource{Type: "datacenter", Name: "dc"})
	client := ionosClient(t, cloud)
	list, err := client.ListResources(t.Context())
	require.NoError(t, err)
	require.Len(t, list.Items, 2)
	assert.Equal(t, gen.ResourceType("quantum"), list.Items[0].Type)
	assert.False(t, list.Items[0].Type.Valid())
	got, err := client.GetResource(t.Context(), "quantum", id)
	require.NoError(t, err)
	assert.Equal(t, "card", got.Properties.Name)
}

func nullsAreAbsent(t *testing.T) {
	cloud, ann := withAnn()
	cloud.IONOS.Fault(wrappertest.Fault{OperationID: "umUsersFindById", Effect: wrappertest.Reply(200, nil,
		`{"id":"`+ann+`","type":null,"href":null,"metadata":null,"entities":null,"properties":{"firstname":null,"email":"a@b.example","active":null,"lastSignIn":null}}`)})
	cloud.Triton.Fault(wrappertest.Fault{Effect: wrappertest.Reply(200, nil, `{"id":"u2","login":"jo","roles":null,"created":null,"city":null}`)})
	user, err := ionosClient(t, cloud).GetUser(t.Context(), ann)
	require.NoError(t, err)
	assert.Equal(t, &gen.User{ID: ann, Properties: gen.UserProperties{Email: "a@b.example"}}, user)
	subUser, err := tritonClient(t, cloud).GetUser(t.Context(), "jo")
	require.NoError(t, err)
	assert.Equal(t, &gen.TritonUser{ID: "u2", Login: "jo"}, subUser)
}

func lenientDates(t *testing.T) {
	cloud := newCloud()
	cloud.IONOS.Fault(wrappertest.Fault{Effect: wrappertest.Reply(200, nil, `{"id":"users","items":[
		{"id":"a","metadata":{"createdDate":"2024-05-06T07:08:09"},"properties":{}},
		{"id":"b","metadata":{"createdDate":""},"properties":{}},
		{"id":"c","metadata":{"createdDate":"soon"},"properties":{}},
		{"id":"d","metadata":{"createdDate":"2024-05-06T07:08:09Z"},"properties":{}}]}`)})
	list, err := ionosClient(t, cloud).ListUsers(t.Context())
	require.NoError(t, err)
	require.Len(t, list.Items, 4)
	at := time.Date(2024, 5, 6, 7, 8, 9, 0, time.UTC)
	for i, want := range []time.Time{at, {}, {}, at} {
		assert.True(t, want.Equal(list.Items[i].Metadata.CreatedDate.Time), list.Items[i].ID)
	}
}

func unknownFields(t *testing.T) {
	cloud, ann := withAnn()
	group := cloud.IONOS.AddGroup(wrappertest.Group{Name: "ops", Privileges: map[string]any{
		"reserveIp": true, "manageTimeMachines": true, "quota": map[string]any{"big": int64(9007199254740993)},
	}})
	client := ionosClient(t, cloud)
	_, _, err := client.UpdateGroup(t.Context(), group, func(p *gen.GroupProperties) { p.Name = new("operators") })
	require.NoError(t, err)
	kept := cloud.IONOS.Groups()[0]
	assert.Equal(t, "operators", kept.Name)
	assert.Equal(t, true, kept.Privileges["reserveIp"])
	assert.Equal(t, true, kept.Privileges["manageTimeMachines"], "unknown to this version, and granted")

	cloud.IONOS.Fault(wrappertest.Fault{OperationID: "umUsersFindById", Effect: wrappertest.Reply(200, nil,
		`{"id":"`+ann+`","shoeSize":44,"properties":{"email":"a@b.example","shoes":{"left":1}},"properties2":[]}`)})
	user, err := client.GetUser(t.Context(), ann)
	require.NoError(t, err)
	assert.Equal(t, "a@b.example", user.Properties.Email)
}
