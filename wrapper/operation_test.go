package wrapper_test

import (
	"bytes"
	"context"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/cloudroster/cloudroster/gen"
	"github.com/cloudroster/cloudroster/wrapper"
	"github.com/cloudroster/cloudroster/wrapper/wrappertest"
)

// A login with several contracts has to name one on every poll, after a restart as well.
func TestAResumedOperationKeepsItsContractNumber(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		cloud := newCloud(wrappertest.WithContracts(7, 8), wrappertest.WithFullRecords())
		client := ionosClient(t, cloud)
		_, operation, err := client.CreateUser(t.Context(), jo(), wrapper.WithContractNumber(8))
		require.NoError(t, err)

		require.ErrorIs(t, client.Operation(operation.ID()).Wait(t.Context()), wrapper.ErrInvalid, "the service wants a contract number")
		resumed := client.Operation(operation.ID(), nil, wrapper.WithContractNumber(8))
		cloud.IONOS.ForgetRequests()
		require.NoError(t, resumed.Wait(t.Context()))
		require.NoError(t, wrapper.WaitAll(t.Context(), resumed))
		_, err = resumed.Status(t.Context())
		require.NoError(t, err)
		for _, request := range cloud.IONOS.Requests() {
			assert.Equal(t, []string{"8"}, request.Header["X-Contract-Number"])
		}
		// The call's number replaces the client's.
		other := ionosClient(t, cloud, wrapper.WithContractNumber(7))
		cloud.IONOS.ForgetRequests()
		require.NoError(t, other.Operation(operation.ID(), wrapper.WithContractNumber(8)).Wait(t.Context()))
		require.NoError(t, other.Operation(operation.ID()).Wait(t.Context()))
		requests := cloud.IONOS.Requests()
		require.Len(t, requests, 2)
		assert.Equal(t, "8", requests[0].Header.Get("X-Contract-Number"))
		assert.Equal(t, "7", requests[1].Header.Get("X-Contract-Number"))
	})
}

// What cannot be an operation is an error at its first use, and never done.
func TestWhatCannotBeAnOperationIsNotDone(t *testing.T) {
	t.Parallel()
	cloud := newCloud()
	client := ionosClient(t, cloud)
	for name, operation := range map[string]*wrapper.Operation{
		"request id":      client.Operation(""),
		"depth":           client.Operation("x", wrapper.WithDepth(1)),
		"limit":           client.Operation("x", wrapper.WithLimit(1)),
		"contract number": client.Operation("x", wrapper.WithContractNumber(-1)),
	} {
		for use, err := range map[string]error{
			"Wait": operation.Wait(t.Context()), "WaitAll": wrapper.WaitAll(t.Context(), operation),
			"WaitAll with another": wrapper.WaitAll(t.Context(), client.Operation(" "), operation),
		} {
			require.ErrorIs(t, err, wrapper.ErrInvalid, use)
			require.ErrorContains(t, err, name, use)
		}
		_, err := operation.Status(t.Context())
		require.ErrorIs(t, err, wrapper.ErrInvalid)
		require.ErrorContains(t, err, name)
		for status, err := range operation.Watch(t.Context()) {
			require.ErrorIs(t, err, wrapper.ErrInvalid)
			assert.False(t, status.Done())
		}
	}
	assert.Equal(t, "operation without id", client.Operation("").String())
	assert.Empty(t, cloud.IONOS.Requests())
}

// Two writes that were accepted without an id are two operations.
func TestOperationsWithoutIDAreNotTheSame(t *testing.T) {
	t.Parallel()
	cloud := newCloud()
	cloud.IONOS.Fault(wrappertest.Fault{Effect: wrappertest.EditResponse(withoutLocation)})
	client := ionosClient(t, cloud)
	var operations []*wrapper.Operation
	for range 2 {
		_, operation, err := client.CreateGroup(t.Context(), gen.GroupProperties{Name: new("ops")})
		require.NoError(t, err)
		operations = append(operations, operation)
	}
	err := wrapper.WaitAll(t.Context(), append(operations, operations[0])...)
	require.ErrorIs(t, err, wrapper.ErrOutcomeUnknown)
	joined, ok := err.(interface{ Unwrap() []error })
	require.True(t, ok)
	assert.Len(t, joined.Unwrap(), 2)
}

// The service's text about an operation may repeat what the write sent. A wait does not know it.
func TestTheTextOfAnOperationIsPrintedNowhere(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		const echoed = "the password correct-horse-1 is in a list"
		cloud := newCloud()
		cloud.IONOS.FailNext(echoed + " " + wrappertest.Token)
		client := ionosClient(t, cloud)
		_, operation, err := client.CreateUser(t.Context(), jo())
		require.NoError(t, err)
		err = client.Operation(operation.ID()).Wait(t.Context())
		var failed *wrapper.OperationError
		require.ErrorAs(t, err, &failed)
		assert.Equal(t, echoed+" [redacted]", failed.Status.ErrorMessage, "it can be read by those who want to")

		var out bytes.Buffer
		for _, value := range []any{err, failed, *failed, failed.Status, &failed.Status, fmt.Errorf("x: %w", err), errors.Join(err), []any{failed.Status}, map[string]any{"x": failed.Status}} {
			for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%d", "%x"} {
				_, _ = fmt.Fprintf(&out, verb+"\n", value)
			}
			encoded, err := json.Marshal(value)
			require.NoError(t, err)
			out.Write(encoded)
			_ = xml.NewEncoder(&out).Encode(value)
			slog.New(slog.NewTextHandler(&out, nil)).Info("x", "value", value)
			slog.New(slog.NewJSONHandler(&out, nil)).Info("x", "value", value)
		}
		assert.NotContains(t, out.String(), "correct-horse")
		assert.Contains(t, out.String(), "FAILED")
	})
}

// A state may be any text as well.
func TestAnUnknownStateIsPrintedIfItIsAWord(t *testing.T) {
	t.Parallel()
	for state, printed := range map[string]string{
		"PAUSED": ` "PAUSED"`, "on_hold": ` "ON_HOLD"`, "correct-horse-1": "", "A B": "", "ABCDEFGHIJKLMNOPQRSTU": "",
	} {
		cloud := newCloud()
		cloud.IONOS.Fault(wrappertest.Fault{OperationID: statusOperation, Effect: wrappertest.Reply(200, nil, `{"metadata":{"status":"`+state+`"}}`)})
		_, err := ionosClient(t, cloud).Operation("x").Status(t.Context())
		require.ErrorIs(t, err, wrapper.ErrUnexpectedResponse)
		require.ErrorContains(t, err, "unknown request status"+printed+": ")
	}
}

// A status must be that of the request that was asked for, not one whose id has it in it.
func TestTheStatusOfAnotherRequestIsNotTaken(t *testing.T) {
	t.Parallel()
	for id, accepted := range map[string]bool{"mine": true, "mine/status": true, "MINE/status": true, "": true, "other": false, "undermine": false, "mine-2/status": false, "x/mine": false} {
		cloud := newCloud()
		cloud.IONOS.Fault(wrappertest.Fault{OperationID: statusOperation, Effect: wrappertest.Reply(200, nil, `{"id":"`+id+`","metadata":{"status":"DONE"}}`)})
		client := ionosClient(t, cloud)
		for _, err := range []error{client.Operation("mine").Wait(t.Context()), wrapper.WaitAll(t.Context(), client.Operation("mine"))} {
			if accepted {
				require.NoError(t, err, id)
			} else {
				require.ErrorIs(t, err, wrapper.ErrUnexpectedResponse, id)
			}
		}
	}
}

func TestPollPolicyIsChecked(t *testing.T) {
	t.Parallel()
	for _, policy := range []wrapper.PollPolicy{
		{MinDelay: -1}, {MaxDelay: -1}, {Growth: -0.1}, {Growth: math.NaN()}, {Growth: math.Inf(1)}, {Growth: math.Inf(-1)},
	} {
		_, err := wrapper.NewIONOS(wrapper.TokenAuth("x"), wrapper.WithPollPolicy(policy))
		require.ErrorIs(t, err, wrapper.ErrInvalid, "%+v", policy)
		require.ErrorContains(t, err, "poll ")
	}
}

// An outage in the middle of a wait does not end it.
func TestAWaitSurvivesAnOutage(t *testing.T) {
	t.Parallel()
	for name, wait := range map[string]func(*testing.T, *wrapper.Operation) error{
		"one":  func(t *testing.T, o *wrapper.Operation) error { return o.Wait(t.Context()) },
		"many": func(t *testing.T, o *wrapper.Operation) error { return wrapper.WaitAll(t.Context(), o) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				cloud := newCloud(wrappertest.WithRequestTimes(time.Minute, 2*time.Hour))
				start := time.Now()
				down := func(*http.Request) bool { // twice, 50 minutes each
					minute := time.Since(start).Minutes()
					return minute > 2 && minute < 52 || minute > 60 && minute < 110
				}
				cloud.IONOS.Fault(wrappertest.Fault{OperationID: statusOperation, Match: down, Effect: wrappertest.ResetConnection()})
				require.NoError(t, wait(t, accepted(t, ionosClient(t, cloud))))
				assert.Less(t, time.Since(start), 2*time.Hour+2*time.Minute)
			})
		})
	}
}

// The error of a deadline during an outage has the reason why nothing was heard.
func TestTheDeadlineOfAWaitKeepsTheLastFailure(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		for _, attempts := range []int{1, 4} {
			cloud := newCloud(wrappertest.WithRequestTimes(time.Hour, time.Hour))
			client := ionosClient(t, cloud, wrapper.WithRetry(wrapper.RetryPolicy{MaxAttempts: attempts}))
			operation := accepted(t, client)
			start := time.Now()
			down := func(*http.Request) bool { return time.Since(start) > time.Minute }
			cloud.IONOS.Fault(wrappertest.Fault{OperationID: statusOperation, Match: down, Effect: wrappertest.HTML(502)})
			ctx, cancel := context.WithTimeout(t.Context(), 10*time.Minute)
			for _, err := range []error{operation.Wait(ctx)} {
				require.ErrorIs(t, err, context.DeadlineExceeded)
				require.ErrorIs(t, err, wrapper.ErrUnavailable)
				require.ErrorContains(t, err, "502")
				assert.Equal(t, gen.RequestStateQueued, waitFailure(t, err, operation.ID()).Status.State)
			}
			cancel()
		}
		// An outage that is over is not named.
		cloud := newCloud(wrappertest.WithRequestTimes(time.Hour, time.Hour))
		client := ionosClient(t, cloud)
		operation := accepted(t, client)
		cloud.IONOS.Fault(wrappertest.Fault{OperationID: statusOperation, Attempt: 1, Times: 8, Effect: wrappertest.HTML(502)})
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Minute)
		defer cancel()
		err := wrapper.WaitAll(ctx, operation)
		require.ErrorIs(t, err, context.DeadlineExceeded)
		require.NotErrorIs(t, err, wrapper.ErrUnavailable)
	})
}

// A token source that fails now and then does not end a wait; one that always fails does.
func TestATokenSourceMayFailDuringAWait(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		cloud := newCloud(wrappertest.WithRequestTimes(time.Minute, 10*time.Minute))
		operation := accepted(t, ionosClient(t, cloud))
		calls, always := 0, false
		client, err := wrapper.NewIONOS(wrapper.TokenSourceAuth(func(context.Context) (string, error) {
			if calls++; calls%3 == 0 || always {
				return "", io.ErrUnexpectedEOF
			}
			return wrappertest.Token, nil
		}), wrapper.WithBaseURL(cloud.IONOS.URL()), wrapper.WithHTTPClient(cloud.HTTPClient()))
		require.NoError(t, err)
		require.NoError(t, client.Operation(operation.ID()).Wait(t.Context()))
		assert.Greater(t, calls, 6)

		always, calls = true, 0
		start := time.Now()
		err = client.Operation(operation.ID()).Wait(t.Context())
		require.ErrorIs(t, err, io.ErrUnexpectedEOF)
		assert.Equal(t, operation.ID(), waitFailure(t, err, operation.ID()).ID)
		assert.Equal(t, 5, calls)
		assert.Less(t, time.Since(start), time.Minute)
	})
}

// A state that nobody knows yet may pass.
func TestAnUnknownStateMayPass(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		cloud := newCloud(wrappertest.WithRequestTimes(time.Minute, time.Minute))
		operation := accepted(t, ionosClient(t, cloud))
		cloud.IONOS.Fault(wrappertest.Fault{OperationID: statusOperation, Attempt: 2, Times: 3, Effect: wrappertest.Reply(200, nil, `{"metadata":{"status":"PAUSED"}}`)})
		var states []gen.RequestState
		for status, err := range operation.Watch(t.Context()) {
			require.NoError(t, err)
			states = append(states, status.State)
		}
		assert.Equal(t, []gen.RequestState{gen.RequestStateQueued, gen.RequestStateRunning, gen.RequestStateDone}, states)
	})
}
