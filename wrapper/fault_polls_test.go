package wrapper_test

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"regexp"
	"runtime/pprof"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/cloudroster/cloudroster/gen"
	"github.com/cloudroster/cloudroster/wrapper"
	"github.com/cloudroster/cloudroster/wrapper/wrappertest"
)

// Accepted changes that fail, never end, or cannot be asked about.
var pollFaults = []faultRow{
	{"status_404_then_found", statusFoundLate},
	{"status_404_for_ever", faked(statusNeverFound)},
	{"FAILED", faked(operationFailed)},
	{"DONE_with_a_FAILED_target", faked(targetFailed)},
	{"QUEUED_for_ever", faked(queuedForEver)},
	{"unknown_or_lower-case_status", faked(unknownStatus)},
	{"status_without_metadata", faked(statusWithoutMetadata)},
	{"429_503_reset_while_polling", faked(passingPollFailures)},
	{"401_while_polling", faked(refusedPoll)},
	{"redirected_poll", redirectedPoll},
	{"thousands_of_waits_at_once", faked(thousandsOfWaits)},
}

const statusOperation = "requestsStatusGet"

// accepted is an operation that was just accepted.
func accepted(t *testing.T, client *wrapper.IONOS) *wrapper.Operation {
	t.Helper()
	_, operation, err := client.CreateUser(t.Context(), jo())
	require.NoError(t, err)
	require.NotEmpty(t, operation.ID())
	return operation
}

// pollPath is the path of an operation's polls.
func pollPath(o *wrapper.Operation) string { return "/cloudapi/v6/requests/" + o.ID() + "/status" }

func statusFoundLate(t *testing.T) {
	newStranger(t)
	cloud := startCloud(t)
	client := onSockets(t, cloud)
	cloud.IONOS.Fault(wrappertest.Fault{OperationID: statusOperation, Attempt: 1, Times: 3, Effect: wrappertest.Reply(404, nil, "")})
	require.NoError(t, accepted(t, client).Wait(t.Context()))
	assert.GreaterOrEqual(t, cloud.IONOS.Count(statusOperation), 4)
}

func statusNeverFound(t *testing.T) {
	cloud := newCloud()
	client := ionosClient(t, cloud)
	cloud.IONOS.Next(wrappertest.Outcome{NotFoundFor: 1000 * time.Hour})
	operation := accepted(t, client)
	start := time.Now()
	err := operation.Wait(t.Context())
	waitFailure(t, err, operation.ID())
	require.ErrorIs(t, err, wrapper.ErrNotFound)
	failure(t, err, "GET", pollPath(operation), 404)
	assert.Greater(t, time.Since(start), 29*time.Second)
	assert.Less(t, time.Since(start), 40*time.Second)
	assert.Less(t, cloud.IONOS.Count(statusOperation), 30)

	// Whoever names a request that does not exist is told as well.
	err = client.Operation("no-such-request").Wait(t.Context())
	waitFailure(t, err, "no-such-request")
	require.ErrorIs(t, err, wrapper.ErrNotFound)
}

// pollsStopped asserts that nobody asks any more, a day later.
func pollsStopped(t *testing.T, cloud *wrappertest.Cloud) {
	t.Helper()
	before := cloud.IONOS.Count(statusOperation)
	time.Sleep(24 * time.Hour) // fake time
	assert.Equal(t, before, cloud.IONOS.Count(statusOperation))
}

func operationFailed(t *testing.T) {
	cloud := newCloud()
	client := ionosClient(t, cloud)
	cloud.IONOS.FailNext("quota is used up")
	operation := accepted(t, client)
	err := operation.Wait(t.Context())
	failed := waitFailure(t, err, operation.ID())
	require.ErrorIs(t, err, wrapper.ErrOperationFailed)
	require.NotContains(t, err.Error(), "quota", "the text may repeat a password")
	assert.Equal(t, gen.RequestStateFailed, failed.Status.State)
	assert.Equal(t, "quota is used up", failed.Status.ErrorMessage)
	pollsStopped(t, cloud)

	status, err := operation.Status(t.Context())
	require.NoError(t, err, "a status is an answer, whatever it says")
	assert.Equal(t, gen.RequestStateFailed, status.State)
	require.ErrorIs(t, wrapper.WaitAll(t.Context(), operation), wrapper.ErrOperationFailed)
}

func targetFailed(t *testing.T) {
	cloud := newCloud()
	client := ionosClient(t, cloud)
	cloud.IONOS.Next(wrappertest.Outcome{FailedTargets: true})
	operation := accepted(t, client)
	err := operation.Wait(t.Context())
	failed := waitFailure(t, err, operation.ID())
	require.ErrorIs(t, err, wrapper.ErrOperationFailed)
	assert.Equal(t, gen.RequestStateDone, failed.Status.State)
	require.NotEmpty(t, failed.Status.Targets)
	require.ErrorContains(t, err, failed.Status.Targets[0].Target.ID)
	pollsStopped(t, cloud)
}

func queuedForEver(t *testing.T) {
	cloud := newCloud()
	cloud.IONOS.Next(wrappertest.Outcome{Queued: 90 * time.Minute})
	operation := accepted(t, ionosClient(t, cloud))
	ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
	defer cancel()
	start := time.Now()
	err := operation.Wait(ctx)
	failed := waitFailure(t, err, operation.ID())
	require.ErrorIs(t, err, context.DeadlineExceeded)
	require.NotErrorIs(t, err, wrapper.ErrOperationFailed)
	assert.Equal(t, gen.RequestStateQueued, failed.Status.State)
	assert.Equal(t, time.Hour, time.Since(start))
	pollsBefore := cloud.IONOS.Count(statusOperation)

	// Another process, which knows nothing but the id, goes on.
	require.NoError(t, ionosClient(t, cloud).Operation(failed.ID).Wait(t.Context()))
	assert.Greater(t, cloud.IONOS.Count(statusOperation), pollsBefore)
	assert.InDelta(t, 90, time.Since(start).Minutes(), 1)

	// One that really never ends.
	cloud.IONOS.Next(wrappertest.Outcome{OperationID: "umGroupsPost", NeverEnds: true})
	_, never, err := ionosClient(t, cloud).CreateGroup(t.Context(), gen.GroupProperties{Name: new("ops")})
	require.NoError(t, err)
	ctx, cancel = context.WithTimeout(t.Context(), 5*time.Hour)
	defer cancel()
	err = wrapper.WaitAll(ctx, never)
	waitFailure(t, err, never.ID())
	require.ErrorIs(t, err, context.DeadlineExceeded)
}

// answered makes every poll of a fresh operation be answered with this body.
func answered(t *testing.T, body string) (*wrappertest.Cloud, *wrapper.Operation, error) {
	t.Helper()
	cloud := newCloud()
	cloud.IONOS.Fault(wrappertest.Fault{OperationID: statusOperation, Effect: wrappertest.Reply(200, nil, body)})
	operation := accepted(t, ionosClient(t, cloud))
	return cloud, operation, operation.Wait(t.Context())
}

func unknownStatus(t *testing.T) {
	for _, state := range []string{"PAUSED", "", "DONE ", "COMPLETED", "Ok"} {
		cloud, operation, err := answered(t, `{"metadata":{"status":"`+state+`"}}`)
		waitFailure(t, err, operation.ID())
		require.ErrorIs(t, err, wrapper.ErrUnexpectedResponse, state)
		require.ErrorContains(t, err, "status")
		failure(t, err, "GET", pollPath(operation), 200)
		polls := 5 // a status that is new may not be final
		if state == "" {
			polls = 1
		}
		assert.Equal(t, polls, cloud.IONOS.Count(statusOperation))
		pollsStopped(t, cloud)
	}
	_, _, err := answered(t, `{"metadata":{"status":"done","targets":[{"target":{"id":"y"},"status":"Done"}]}}`)
	require.NoError(t, err)
	_, operation, err := answered(t, `{"metadata":{"status":"failed","message":"no"}}`)
	waitFailure(t, err, operation.ID())
	require.ErrorIs(t, err, wrapper.ErrOperationFailed)
	_, _, err = answered(t, `{"metadata":{"status":"DONE","targets":[{"target":{"id":"y"},"status":"failed"}]}}`)
	require.ErrorIs(t, err, wrapper.ErrOperationFailed)
}

func statusWithoutMetadata(t *testing.T) {
	for _, body := range []string{`{"id":"x","type":"request-status"}`, `{"metadata":null}`, `{"metadata":{}}`, `{}`, `null`, ``, `[]`, `<html>`} {
		cloud, operation, err := answered(t, body)
		waitFailure(t, err, operation.ID())
		require.ErrorIs(t, err, wrapper.ErrUnexpectedResponse, body)
		pollsStopped(t, cloud)
		_, err = operation.Status(t.Context())
		require.ErrorIs(t, err, wrapper.ErrUnexpectedResponse, "not success either when asked once")
	}
}

func passingPollFailures(t *testing.T) {
	passing := map[string]wrappertest.Effect{
		"429": wrappertest.Reply(429, seconds(2), ""), "503": wrappertest.Reply(503, seconds(2), ""), "500": wrappertest.Empty(500),
		"502": wrappertest.HTML(502), "504": wrappertest.HTML(504), "reset": wrappertest.ResetConnection(), "close": wrappertest.CloseConnection(),
		"cut": wrappertest.TruncateChunked(3),
	}
	for name, effect := range passing {
		// The client itself sends a request four times; here the fifth poll is answered.
		cloud := newCloud(wrappertest.WithRequestTimes(time.Minute, time.Minute))
		cloud.IONOS.Fault(wrappertest.Fault{OperationID: statusOperation, Attempt: 3, Times: 4 * 4, Effect: effect})
		operation := accepted(t, ionosClient(t, cloud))
		require.NoError(t, operation.Wait(t.Context()), name)
		assert.Greater(t, cloud.IONOS.Count(statusOperation), 18)

		// For ever is too long, even without a deadline. An hour of polls takes a while to fake: two will do.
		if name != "503" && name != "reset" {
			continue
		}
		cloud = newCloud()
		cloud.IONOS.Fault(wrappertest.Fault{OperationID: statusOperation, Effect: effect})
		operation = accepted(t, ionosClient(t, cloud))
		start := time.Now()
		err := operation.Wait(t.Context())
		waitFailure(t, err, operation.ID())
		assert.InDelta(t, time.Hour, time.Since(start), float64(2*time.Minute), name)

		// A deadline ends it, and the error still says what failed.
		cloud = newCloud()
		cloud.IONOS.Fault(wrappertest.Fault{OperationID: statusOperation, Effect: effect})
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
		err = accepted(t, ionosClient(t, cloud)).Wait(ctx)
		cancel()
		require.ErrorIs(t, err, context.DeadlineExceeded, name)
		var last *wrapper.Error
		require.ErrorAs(t, err, &last, name)
		require.NotErrorIs(t, err, wrapper.ErrOutcomeUnknown, "polls are reads")
		pollsStopped(t, cloud)
	}
}

func refusedPoll(t *testing.T) {
	for status, want := range map[int]error{401: wrapper.ErrUnauthorized, 403: wrapper.ErrForbidden} {
		cloud := newCloud()
		cloud.IONOS.Fault(wrappertest.Fault{OperationID: statusOperation, Effect: wrappertest.Empty(status)})
		operation := accepted(t, ionosClient(t, cloud))
		err := operation.Wait(t.Context())
		waitFailure(t, err, operation.ID())
		require.ErrorIs(t, err, want)
		failure(t, err, "GET", pollPath(operation), status)
		assert.Equal(t, 1, cloud.IONOS.Count(statusOperation))
		pollsStopped(t, cloud)
	}
	// A token that expires meanwhile.
	cloud := newCloud(wrappertest.WithRequestTimes(time.Minute, time.Minute))
	operation := accepted(t, ionosClient(t, cloud))
	for status, err := range operation.Watch(t.Context()) {
		if status.State == gen.RequestStateQueued {
			cloud.IONOS.RemoveToken(wrappertest.Token)
		}
		if err != nil {
			require.ErrorIs(t, err, wrapper.ErrUnauthorized)
			assert.Equal(t, gen.RequestStateQueued, waitFailure(t, err, operation.ID()).Status.State)
		}
	}
	cloud.IONOS.AddToken(wrappertest.Token)
	require.NoError(t, operation.Wait(t.Context()), "with a new token the wait goes on")
}

func redirectedPoll(t *testing.T) {
	other := newStranger(t)
	for _, status := range []int{301, 302, 307} {
		cloud := startCloud(t)
		cloud.IONOS.Fault(wrappertest.Fault{OperationID: statusOperation, Effect: wrappertest.Redirect(status, "http://"+other.address+"/requests/x/status")})
		operation := accepted(t, onSockets(t, cloud))
		err := operation.Wait(t.Context())
		waitFailure(t, err, operation.ID())
		failure(t, err, "GET", pollPath(operation), status)
		require.ErrorIs(t, err, wrapper.ErrUnexpectedResponse)
		assert.Equal(t, 1, cloud.IONOS.Count(statusOperation))
	}
}

// labelled counts the goroutines with this label; children inherit it.
func labelled(t *testing.T, label string) (count int) {
	var profile bytes.Buffer
	require.NoError(t, pprof.Lookup("goroutine").WriteTo(&profile, 1))
	for _, match := range regexp.MustCompile(`(?m)^(\d+) @.*\n# labels: .*"`+label+`"`).FindAllStringSubmatch(profile.String(), -1) {
		n, err := strconv.Atoi(match[1])
		require.NoError(t, err)
		count += n
	}
	return count
}

func thousandsOfWaits(t *testing.T) {
	const waits = 2000
	var polling, most, goroutines atomic.Int64
	var polls atomic.Int64
	var once sync.Mutex
	watch := func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.Method != http.MethodGet {
				next.ServeHTTP(w, r)
				return
			}
			now := polling.Add(1)
			defer polling.Add(-1)
			once.Lock()
			most.Store(max(most.Load(), now))
			if polls.Add(1)%1000 == 1 {
				goroutines.Store(max(goroutines.Load(), int64(labelled(t, "thousands"))))
			}
			once.Unlock()
			time.Sleep(time.Millisecond) // fake time: polls overlap
			next.ServeHTTP(w, r)
		})
	}
	cloud := newCloud(wrappertest.WithRequestTimes(3*time.Second, 3*time.Second), wrappertest.WithHandler(watch))
	client := ionosClient(t, cloud)
	group := cloud.IONOS.AddGroup(wrappertest.Group{Name: "ops"})
	user := addAnn(cloud)
	operations := make([]*wrapper.Operation, waits)
	for i := range operations {
		_, operation, err := client.AddGroupMember(t.Context(), group, user)
		require.NoError(t, err)
		operations[i] = operation
	}
	cloud.IONOS.Fault(wrappertest.Fault{OperationID: statusOperation, Attempt: 500, Effect: wrappertest.Reply(429, seconds(30), "")})
	cloud.IONOS.ForgetRequests()
	pprof.Do(t.Context(), pprof.Labels("fault", "thousands"), func(ctx context.Context) {
		require.NoError(t, wrapper.WaitAll(ctx, operations...))
	})
	assert.Positive(t, goroutines.Load())
	assert.Less(t, goroutines.Load(), int64(600), "no goroutine each")
	assert.Greater(t, most.Load(), int64(1))
	assert.LessOrEqual(t, most.Load(), int64(256), "polls at the same time")
	assert.GreaterOrEqual(t, polls.Load(), int64(waits))

	requests := cloud.IONOS.Requests()
	refused := requests[499].Time
	for _, request := range requests[500:] {
		quiet := request.Time.After(refused.Add(10*time.Millisecond)) && request.Time.Before(refused.Add(30*time.Second))
		require.False(t, quiet, "%s after the 429, in its pause of 30 s", request.Time.Sub(refused))
	}
	require.NoError(t, errors.Join(wrapper.WaitAll(t.Context()), wrapper.WaitAll(t.Context(), operations...)))
}
