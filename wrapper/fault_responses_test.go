package wrapper_test

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/cloudroster/cloudroster/gen"
	"github.com/cloudroster/cloudroster/wrapper"
	"github.com/cloudroster/cloudroster/wrapper/wrappertest"
)

// Answers that are no success.
var answerFaults = []faultRow{
	{"429_with_Retry-After_in_seconds", faked(retryAfterSeconds)},
	{"429_with_Retry-After_as_HTTP_date", faked(retryAfterDate)},
	{"429_without_Retry-After", faked(retryWithOwnPause)},
	{"X-RateLimit-Remaining_0_is_on_the_error", faked(rateLimitOnError)},
	{"Retry-After_longer_than_the_deadline", faked(retryAfterPastDeadline)},
	{"negative_or_garbage_Retry-After", faked(garbageRetryAfter)},
	{"429_for_ever", faked(rateLimitedForEver)},
	{"503_with_Retry-After", faked(unavailableWithRetryAfter)},
	{"503_HTML_page", faked(unavailableHTML)},
	{"502_HTML_labelled_JSON", faked(badGatewayLabelledJSON)},
	{"500_with_an_empty_JSON_body", faked(emptyInternalError)},
	{"500_on_POST", faked(internalErrorOnPost)},
	{"200_HTML_login_page", faked(loginPage)},
	{"200_empty_or_null", faked(emptySuccess)},
	{"200_or_201_where_202_is_documented", faked(synchronousSuccess)},
}

// calls are one call of each method. ann is a user of the cloud.
var calls = []everyCall{
	{"GET", "umUsersFindById", http.MethodGet, true, func(t *testing.T, c *wrapper.IONOS, ann string) (*wrapper.Operation, error) {
		user, err := c.GetUser(t.Context(), ann)
		assert.Equal(t, err == nil, user != nil)
		return nil, err
	}},
	{"PUT", "umUsersPut", http.MethodPut, true, func(t *testing.T, c *wrapper.IONOS, ann string) (*wrapper.Operation, error) {
		_, operation, err := c.ReplaceUser(t.Context(), ann, annUpdate())
		return operation, err
	}},
	{"DELETE", "umUsersDelete", http.MethodDelete, true, func(t *testing.T, c *wrapper.IONOS, ann string) (*wrapper.Operation, error) {
		return c.DeleteUser(t.Context(), ann)
	}},
	{"POST", "umUsersPost", http.MethodPost, false, func(t *testing.T, c *wrapper.IONOS, _ string) (*wrapper.Operation, error) {
		_, operation, err := c.CreateUser(t.Context(), jo())
		return operation, err
	}},
}

// withAnn is a cloud with one user.
func withAnn(options ...wrappertest.Option) (cloud *wrappertest.Cloud, ann string) {
	cloud = newCloud(options...)
	return cloud, addAnn(cloud)
}

func addAnn(cloud *wrappertest.Cloud) string {
	return cloud.IONOS.AddUser(wrappertest.User{FirstName: "Ann", LastName: "Lee", Email: "ann@example.com", Password: "correct-horse-2"})
}

func seconds(n int) http.Header { return http.Header{"Retry-After": {strconv.Itoa(n)}} }

// firstTurn is at most the time between two attempts after a 429.
const firstTurn = 200 * time.Millisecond

// waited asserts that a delay is the one that the service named, or up to an eighth longer, so
// that the clients that were told the same do not come back at the same moment.
func waited(t *testing.T, want, got time.Duration, message string) {
	t.Helper()
	assert.GreaterOrEqual(t, got, want, message)
	assert.LessOrEqual(t, got, want+want/8, message)
}

// pausedOnce asserts that every method waits for exactly this pause, once, and succeeds.
func pausedOnce(t *testing.T, status int, header func() http.Header, pause time.Duration, repeatableOnly bool) {
	for _, c := range calls {
		if repeatableOnly && !c.repeatable {
			continue
		}
		cloud, ann := withAnn()
		client := ionosClient(t, cloud)
		time.Sleep(time.Until(time.Now().Truncate(time.Second).Add(time.Second))) // a date has whole seconds; fake time
		cloud.IONOS.Fault(wrappertest.Fault{OperationID: c.operation, Attempt: 1, Effect: wrappertest.Reply(status, header(), "")})
		start := time.Now()
		_, err := c.call(t, client, ann)
		require.NoError(t, err, c.name)
		waited(t, pause, time.Since(start), c.name)
		assert.Equal(t, 2, cloud.IONOS.Count(c.operation), c.name)
	}
}

func retryAfterSeconds(t *testing.T) {
	pausedOnce(t, 429, func() http.Header { return seconds(7) }, 7*time.Second, false)

	// The pause is the whole client's: another call does not run into the limit again.
	cloud, ann := withAnn()
	client := ionosClient(t, cloud)
	cloud.IONOS.Fault(wrappertest.Fault{Attempt: 1, Effect: wrappertest.Reply(429, seconds(7), "")})
	start := time.Now()
	done := make(chan error)
	go func() {
		_, err := client.GetUser(t.Context(), ann)
		done <- err
	}()
	time.Sleep(time.Second) // fake time: the first call has met the limit
	_, err := client.ListGroups(t.Context())
	require.NoError(t, err)
	require.NoError(t, <-done)
	assert.LessOrEqual(t, time.Since(start), 7*time.Second*9/8+firstTurn)
	assert.GreaterOrEqual(t, time.Since(start), 7*time.Second)
	assert.Len(t, cloud.IONOS.Requests(), 3)
}

func retryAfterDate(t *testing.T) {
	date := func() http.Header {
		return http.Header{"Retry-After": {time.Now().Add(7 * time.Second).UTC().Format(http.TimeFormat)}}
	}
	pausedOnce(t, 429, date, 7*time.Second, false)
}

func retryWithOwnPause(t *testing.T) {
	pauses := map[time.Duration]bool{}
	for range 20 {
		cloud, ann := withAnn()
		cloud.IONOS.Fault(wrappertest.Fault{Attempt: 1, Times: 2, Effect: wrappertest.Reply(429, nil, "")})
		start := time.Now()
		_, err := ionosClient(t, cloud).GetUser(t.Context(), ann)
		require.NoError(t, err)
		pause := time.Since(start)
		// The first is drawn from 250 ms to 500 ms, the second from twice as much.
		assert.GreaterOrEqual(t, pause, 750*time.Millisecond)
		assert.LessOrEqual(t, pause, 1500*time.Millisecond)
		pauses[pause] = true
	}
	assert.Greater(t, len(pauses), 10, "pauses of many clients must drift apart")
}

func rateLimitOnError(t *testing.T) {
	cloud, ann := withAnn()
	client := ionosClient(t, cloud, wrapper.WithRetry(wrapper.RetryPolicy{MaxAttempts: 1}))
	cloud.IONOS.Fault(wrappertest.Fault{Effect: wrappertest.Reply(429, http.Header{
		"X-Ratelimit-Limit": {"120"}, "X-Ratelimit-Burst": {"8"}, "X-Ratelimit-Remaining": {"0"}, "Retry-After": {"9"},
	}, "")})
	_, err := client.GetUser(t.Context(), ann)
	failed := failure(t, err, "GET", usersPath+"/"+ann, 429)
	require.ErrorIs(t, err, wrapper.ErrRateLimited)
	assert.Equal(t, &wrapper.RateLimit{Limit: 120, Burst: 8, Remaining: 0}, failed.RateLimit)
	assert.Equal(t, 9*time.Second, failed.RetryAfter)
	assert.Equal(t, failed.RateLimit, client.RateLimit())
}

func retryAfterPastDeadline(t *testing.T) {
	for _, c := range calls {
		cloud, ann := withAnn()
		client := ionosClient(t, cloud)
		cloud.IONOS.Fault(wrappertest.Fault{Effect: wrappertest.Reply(429, seconds(60), "")})
		start := time.Now()
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		_, err := client.GetUser(ctx, ann)
		cancel()
		failed := failure(t, err, "GET", usersPath+"/"+ann, 429)
		require.ErrorIs(t, err, wrapper.ErrRateLimited, c.name)
		require.ErrorIs(t, err, context.DeadlineExceeded, c.name)
		assert.Equal(t, time.Minute, failed.RetryAfter)
		assert.Zero(t, time.Since(start), "now, not at the deadline")
		assert.Len(t, cloud.IONOS.Requests(), 1)
	}
}

func garbageRetryAfter(t *testing.T) {
	for _, value := range []string{"-5", "soon", "", "1.5x", "Thu, 01 Jan 1970 00:00:00 GMT", "0"} {
		cloud, ann := withAnn()
		cloud.IONOS.Fault(wrappertest.Fault{Effect: wrappertest.Reply(429, http.Header{"Retry-After": {value}}, "")})
		start := time.Now()
		_, err := ionosClient(t, cloud).GetUser(t.Context(), ann)
		failed := failure(t, err, "GET", usersPath+"/"+ann, 429)
		assert.Zero(t, failed.RetryAfter, value)
		assert.Equal(t, 4, cloud.IONOS.Count("umUsersFindById"), value)
		// 250 ms, 500 ms and 1 s at the least.
		assert.GreaterOrEqual(t, time.Since(start), 1750*time.Millisecond, value)
		assert.LessOrEqual(t, time.Since(start), 3500*time.Millisecond, value)
	}
}

func rateLimitedForEver(t *testing.T) {
	for _, c := range calls {
		cloud, ann := withAnn()
		answers := 0
		cloud.IONOS.Fault(wrappertest.Fault{OperationID: c.operation, Effect: func(w http.ResponseWriter, r *http.Request, carryOut func() *wrappertest.Response) {
			answers++
			body := fmt.Sprintf(`{"httpStatus":429,"messages":[{"errorCode":"315","message":"answer %d"}]}`, answers)
			wrappertest.Reply(429, seconds(1), body)(w, r, carryOut)
		}})
		start := time.Now()
		_, err := c.call(t, ionosClient(t, cloud), ann)
		require.ErrorIs(t, err, wrapper.ErrRateLimited)
		require.NotErrorIs(t, err, wrapper.ErrOutcomeUnknown, "a refused request changed nothing")
		failed := failure(t, err, c.method, requestPath(c, ann), 429)
		assert.Equal(t, 4, failed.Attempts)
		assert.Equal(t, 4, cloud.IONOS.Count(c.operation))
		assert.Equal(t, []wrapper.Message{{Code: "315", Text: "answer 4"}}, failed.Messages)
		waited(t, 3*time.Second, time.Since(start), c.name)
	}
}

// requestPath is the path of a call.
func requestPath(c everyCall, ann string) string {
	if c.method == http.MethodPost {
		return usersPath
	}
	return usersPath + "/" + ann
}

func unavailableWithRetryAfter(t *testing.T) {
	pausedOnce(t, 503, func() http.Header { return seconds(3) }, 3*time.Second, true)

	cloud, _ := withAnn()
	cloud.IONOS.Fault(wrappertest.Fault{Effect: wrappertest.Reply(503, seconds(3), "")})
	_, _, err := ionosClient(t, cloud).CreateUser(t.Context(), jo())
	failed := failure(t, err, "POST", usersPath, 503)
	require.ErrorIs(t, err, wrapper.ErrUnavailable)
	require.ErrorIs(t, err, wrapper.ErrOutcomeUnknown, "a gateway may have lost the answer")
	assert.Equal(t, 3*time.Second, failed.RetryAfter)
	assert.Len(t, cloud.IONOS.Requests(), 1)
}

// keepsStatus asserts what remains of an answer that says nothing useful but its status.
func keepsStatus(t *testing.T, status int, effect wrappertest.Effect) *wrapper.Error {
	t.Helper()
	cloud, ann := withAnn()
	cloud.IONOS.Fault(wrappertest.Fault{Effect: effect})
	_, err := ionosClient(t, cloud).GetUser(t.Context(), ann)
	failed := failure(t, err, "GET", usersPath+"/"+ann, status)
	require.ErrorIs(t, err, wrapper.ErrUnavailable)
	require.NotErrorIs(t, err, wrapper.ErrOutcomeUnknown, "a read has no outcome")
	assert.Equal(t, 4, failed.Attempts)
	assert.Len(t, cloud.IONOS.Requests(), 4)
	assert.Empty(t, failed.Messages)
	assert.Empty(t, failed.Code)
	assert.NotContains(t, err.Error(), "<")
	return failed
}

func unavailableHTML(t *testing.T) {
	failed := keepsStatus(t, 503, wrappertest.HTML(503))
	assert.Len(t, failed.Body, 4096, "a bounded snippet of a longer page")
	assert.Contains(t, string(failed.Body), "<title>Service Unavailable")
	assert.Less(t, len(failed.Error()), 200)
}

func badGatewayLabelledJSON(t *testing.T) {
	page := "<html><body>bad gateway</body></html>"
	failed := keepsStatus(t, 502, wrappertest.Reply(502, http.Header{"Content-Type": {"application/json"}}, page))
	assert.Equal(t, page, string(failed.Body))
}

func emptyInternalError(t *testing.T) {
	for _, body := range []string{"", "{}", "null", `{"messages":[]}`, `{"messages":null}`} {
		keepsStatus(t, 500, wrappertest.Reply(500, http.Header{"Content-Type": {"application/json"}}, body))
	}
}

func internalErrorOnPost(t *testing.T) {
	cloud, _ := withAnn()
	cloud.IONOS.Fault(wrappertest.Fault{Effect: wrappertest.Reply(500, nil, `{"httpStatus":500,"messages":[{"errorCode":"100","message":"internal"}]}`)})
	_, operation, err := ionosClient(t, cloud).CreateUser(t.Context(), jo())
	failed := failure(t, err, "POST", usersPath, 500)
	require.ErrorIs(t, err, wrapper.ErrUnavailable)
	require.ErrorIs(t, err, wrapper.ErrOutcomeUnknown)
	assert.Nil(t, operation)
	assert.Equal(t, "100", failed.Code)
	assert.Len(t, cloud.IONOS.Requests(), 1)
}

func loginPage(t *testing.T) {
	for _, c := range calls {
		if c.method == http.MethodDelete {
			continue // its success has no body: next loop
		}
		cloud, ann := withAnn()
		cloud.IONOS.Fault(wrappertest.Fault{Effect: wrappertest.HTML(200)})
		operation, err := c.call(t, ionosClient(t, cloud), ann)
		failed := failure(t, err, c.method, requestPath(c, ann), 200)
		require.ErrorIs(t, err, wrapper.ErrUnexpectedResponse, c.name)
		assert.Equal(t, c.method != http.MethodGet, isUnknown(err), c.name)
		assert.Nil(t, operation, "a page of a proxy accepted nothing")
		assert.Nil(t, failed.Operation)
		assert.Len(t, cloud.IONOS.Requests(), 1, c.name)
	}
	cloud, ann := withAnn()
	cloud.IONOS.Fault(wrappertest.Fault{Effect: wrappertest.HTML(200)})
	operation, err := ionosClient(t, cloud).DeleteUser(t.Context(), ann)
	failure(t, err, "DELETE", usersPath+"/"+ann, 200)
	require.ErrorIs(t, err, wrapper.ErrUnexpectedResponse)
	require.ErrorIs(t, err, wrapper.ErrOutcomeUnknown)
	assert.Nil(t, operation)

	triton := newCloud()
	triton.Triton.Fault(wrappertest.Fault{Effect: wrappertest.HTML(200)})
	err = tritonClient(t, triton).DeleteUser(t.Context(), "jo.doe")
	failure(t, err, "DELETE", "/acme/users/jo.doe", 200)
	require.ErrorIs(t, err, wrapper.ErrUnexpectedResponse)
}

func emptySuccess(t *testing.T) {
	for _, body := range []string{"", " \n", "null", "{}", `""`, "true", "0", "[]", `[{}]`, `{"id":`, `{"httpStatus":500,"messages":[]}`} {
		for _, c := range calls {
			if c.method == http.MethodDelete {
				continue // documented without a body
			}
			cloud, ann := withAnn()
			cloud.IONOS.Fault(wrappertest.Fault{Effect: wrappertest.Reply(200, nil, body)})
			operation, err := c.call(t, ionosClient(t, cloud), ann)
			require.Error(t, err, "%s answered with %q", c.name, body)
			failure(t, err, c.method, requestPath(c, ann), 200)
			require.ErrorIs(t, err, wrapper.ErrUnexpectedResponse)
			assert.Equal(t, c.method != http.MethodGet, isUnknown(err))
			assert.Nil(t, operation)
		}
		if body == "[]" {
			continue // a Triton account without sub-users
		}
		cloud := newCloud()
		cloud.Triton.Fault(wrappertest.Fault{Effect: wrappertest.Reply(200, nil, body)})
		_, err := tritonClient(t, cloud).ListUsers(t.Context())
		if body != "[{}]" {
			require.ErrorIs(t, err, wrapper.ErrUnexpectedResponse, body)
		}
		_, err = tritonClient(t, cloud).GetUser(t.Context(), "jo.doe")
		require.ErrorIs(t, err, wrapper.ErrUnexpectedResponse, body)
	}
}

func synchronousSuccess(t *testing.T) {
	for _, status := range []int{200, 201} {
		for _, c := range calls[1:] {
			cloud, ann := withAnn()
			cloud.IONOS.Fault(wrappertest.Fault{OperationID: c.operation, Effect: wrappertest.EditResponse(func(a *wrappertest.Response) {
				a.Status = status
				a.Header.Del("Location")
			})})
			operation, err := c.call(t, ionosClient(t, cloud), ann)
			require.NoError(t, err, "%s answered with %d", c.name, status)
			assert.Empty(t, operation.ID())
			require.NoError(t, operation.Wait(t.Context()))
			assert.Len(t, cloud.IONOS.Requests(), 1, "nothing to wait for")
		}
		cloud, _ := withAnn()
		cloud.IONOS.Fault(wrappertest.Fault{Effect: wrappertest.EditResponse(func(a *wrappertest.Response) { a.Status = status })})
		user, operation, err := ionosClient(t, cloud).CreateUser(t.Context(), jo())
		require.NoError(t, err)
		assert.Equal(t, "jo@example.com", user.Properties.Email)
		assert.Empty(t, operation.ID(), "a Location is a request's only with 202")
	}
}

func annUpdate() gen.UserUpdateProperties {
	return gen.UserUpdateProperties{FirstName: new("Anna"), LastName: new("Lee"), Email: new("ann@example.com")}
}
