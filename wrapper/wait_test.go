package wrapper_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
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

// noticed creates a user whose request takes this long, and measures how late the wait ends
// after it and how many polls it took.
func noticed(t *testing.T, duration time.Duration) (late time.Duration, polls int) {
	cloud := newCloud(wrappertest.WithRequestTimes(duration/10, duration-duration/10))
	client := ionosClient(t, cloud)
	start := time.Now()
	_, operation, err := client.CreateUser(t.Context(), jo())
	require.NoError(t, err)
	require.NoError(t, operation.Wait(t.Context()))
	return time.Since(start) - duration, cloud.IONOS.Count("requestsStatusGet")
}

// No schedule of polls can notice the end of every operation within max(0.5 s, 15 %, at most
// 15 s) and do with 60 polls in 10 minutes: the laziest one that keeps the bound needs 65.
func TestNoPaceNoticesEveryEndWithSixtyPolls(t *testing.T) {
	t.Parallel()
	polls, waited := 0, 0.0
	for waited < 600 {
		waited += max(0.5, min(0.15*waited, 15)) // any later, and an operation that ended just after the last poll is noticed too late
		polls++
	}
	assert.Equal(t, 65, polls)
}

// The pace in figures. Since not everything can be had, this asserts what matters: few polls
// always, the bound on average, and the worst case that PollPolicy documents.
func TestPaceOfWaiting(t *testing.T) {
	t.Parallel()
	const runs = 8
	table := "duration   bound   late: mean   worst   polls: mean  most  (one a second)\n"
	for _, seconds := range []float64{0.2, 0.5, 1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1800, 3600} {
		duration := time.Duration(seconds * float64(time.Second))
		var sum, worst time.Duration
		total, most := 0, 0
		synctest.Test(t, func(t *testing.T) {
			for i := range runs {
				_, polls := noticed(t, duration)
				total += polls
				most = max(most, polls)
				// Around the duration, since a schedule must not fit round numbers only.
				late, _ := noticed(t, duration+duration*time.Duration(2*i-runs)/(10*runs))
				sum += late
				worst = max(worst, late)
			}
		})
		mean := sum / runs
		bound := max(500*time.Millisecond, min(duration*15/100, 15*time.Second))
		table += fmt.Sprintf("%8s %7s %12s %7s %13.1f %5d %8.0f\n", duration, bound.Round(10*time.Millisecond),
			mean.Round(10*time.Millisecond), worst.Round(10*time.Millisecond), float64(total)/runs, most, max(seconds, 1))
		assert.LessOrEqual(t, mean, bound, "late after %s", duration)
		longest := duration + duration/10
		assert.LessOrEqual(t, worst, max(500*time.Millisecond, min(longest/5, 15*time.Second)), "worst case after %s", duration)
	}
	t.Log("\n" + table)
}

func TestTenMinutesTakeAtMostSixtyPolls(t *testing.T) {
	t.Parallel()
	for duration, most := range map[time.Duration]int{2 * time.Minute: 30, 10 * time.Minute: 60} {
		synctest.Test(t, func(t *testing.T) {
			for range 20 {
				_, polls := noticed(t, duration)
				assert.LessOrEqual(t, polls, most, "polls in %s", duration)
			}
		})
	}
}

func TestWatchYieldsEveryChange(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		cloud := newCloud(wrappertest.WithRequestTimes(2*time.Second, 4*time.Second))
		_, operation, err := ionosClient(t, cloud).CreateUser(t.Context(), jo())
		require.NoError(t, err)
		var states []gen.RequestState
		var targets []gen.RequestTarget
		for status, err := range operation.Watch(t.Context()) {
			require.NoError(t, err)
			states = append(states, status.State)
			targets = status.Targets
		}
		assert.Equal(t, []gen.RequestState{gen.RequestStateQueued, gen.RequestStateRunning, gen.RequestStateDone}, states)
		user, _ := cloud.IONOS.User("jo@example.com")
		require.Len(t, targets, 1)
		assert.Equal(t, user.ID, targets[0].Target.ID)
	})
}

func TestWatchStopsAskingAfterABreak(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		cloud := newCloud(wrappertest.WithRequestTimes(time.Minute, time.Minute))
		_, operation, err := ionosClient(t, cloud).CreateUser(t.Context(), jo())
		require.NoError(t, err)
		for status := range operation.Watch(t.Context()) {
			assert.Equal(t, gen.RequestStateQueued, status.State)
			break
		}
		time.Sleep(time.Hour)
		assert.Equal(t, 1, cloud.IONOS.Count("requestsStatusGet"))
	})
}

func TestAnotherProcessResumesFromTheID(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		cloud := newCloud(wrappertest.WithRequestTimes(time.Minute, time.Minute))
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		_, operation, err := ionosClient(t, cloud, wrapper.WithContractNumber(7)).CreateUser(ctx, jo())
		require.NoError(t, err)
		var waited *wrapper.OperationError
		require.ErrorAs(t, operation.Wait(ctx), &waited)
		require.ErrorIs(t, waited, context.DeadlineExceeded)
		assert.Equal(t, operation.ID(), waited.ID)
		assert.Equal(t, gen.RequestStateQueued, waited.Status.State)

		resumed := ionosClient(t, cloud).Operation(waited.ID)
		require.NoError(t, resumed.Wait(t.Context()))
	})
}

func TestDoneOperationAsksNothing(t *testing.T) {
	t.Parallel()
	cloud := newCloud()
	cloud.IONOS.Fault(wrappertest.Fault{OperationID: "umUsersPost", Effect: wrappertest.EditResponse(func(a *wrappertest.Response) { a.Status = 200 })})
	_, operation, err := ionosClient(t, cloud).CreateUser(t.Context(), jo())
	require.NoError(t, err)
	assert.Empty(t, operation.ID())
	require.NoError(t, operation.Wait(t.Context()))
	status, err := operation.Status(t.Context())
	require.NoError(t, err)
	assert.Equal(t, gen.RequestStateDone, status.State)

	ended, cancel := context.WithCancel(t.Context())
	cancel()
	require.NoError(t, operation.Wait(ended), "what is done stays done")
	require.NoError(t, wrapper.WaitAll(ended, operation))
	assert.Zero(t, cloud.IONOS.Count("requestsStatusGet"))
}

func TestNilOperationIsNoSuccess(t *testing.T) {
	t.Parallel()
	var operation *wrapper.Operation
	require.Error(t, operation.Wait(t.Context()))
	require.Error(t, wrapper.WaitAll(t.Context(), operation))
	_, err := operation.Status(t.Context())
	require.Error(t, err)
	assert.Empty(t, operation.ID())
	require.NoError(t, wrapper.WaitAll(t.Context()), "nothing to wait for")
}

func TestOperationErrorPrintsWhatItHas(t *testing.T) {
	t.Parallel()
	assert.EqualError(t, &wrapper.OperationError{ID: "x"}, "operation x")
	assert.EqualError(t, &wrapper.OperationError{ID: "x", Status: wrapper.OperationStatus{State: "FAILED", ErrorMessage: "quota"}, Err: wrapper.ErrOperationFailed},
		"operation x is FAILED: operation failed", "the service's text may repeat a password")
}

func TestWaitForManyWithFewRequestsAtATime(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		cloud := newCloud(wrappertest.WithRequestTimes(time.Second, 30*time.Second))
		client := ionosClient(t, cloud)
		const many = 200
		var operations []*wrapper.Operation
		for i := range many {
			user := jo()
			user.Email = fmt.Sprintf("jo%d@example.com", i)
			if i == 17 {
				cloud.IONOS.FailNext("quota")
			}
			_, operation, err := client.CreateUser(t.Context(), user)
			require.NoError(t, err)
			operations = append(operations, operation, operation) // twice is once
		}
		start := time.Now()
		err := wrapper.WaitAll(t.Context(), operations...)
		assert.LessOrEqual(t, time.Since(start), 40*time.Second)
		require.ErrorIs(t, err, wrapper.ErrOperationFailed)
		var failed *wrapper.OperationError
		require.ErrorAs(t, err, &failed)
		assert.Equal(t, operations[2*17].ID(), failed.ID)
		assert.Equal(t, "quota", failed.Status.ErrorMessage)
		// 31 s take 20 polls; each is counted once although every operation was given twice.
		assert.LessOrEqual(t, cloud.IONOS.Count("requestsStatusGet"), many*20)
	})
}

func TestWaitForManyEndsWithTheContext(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		cloud := newCloud(wrappertest.WithRequestTimes(time.Hour, time.Hour))
		client := ionosClient(t, cloud)
		var operations []*wrapper.Operation
		for i := range 20 {
			user := jo()
			user.Email = fmt.Sprintf("jo%d@example.com", i)
			_, operation, err := client.CreateUser(t.Context(), user)
			require.NoError(t, err)
			operations = append(operations, operation)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		err := wrapper.WaitAll(ctx, operations...)
		require.ErrorIs(t, err, context.DeadlineExceeded)
		joined, ok := err.(interface{ Unwrap() []error })
		require.True(t, ok)
		assert.Len(t, joined.Unwrap(), len(operations), "every id that is still open is named")
	})
}

func TestWaitForManyStopsWhereThePauseIsPastTheDeadline(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		cloud := newCloud(wrappertest.WithRequestTimes(time.Second, time.Second))
		client := ionosClient(t, cloud)
		cloud.IONOS.Fault(wrappertest.Fault{OperationID: "umUsersPost", Attempt: 1, Effect: wrappertest.EditResponse(func(a *wrappertest.Response) {
			a.Header.Set("Retry-After", "3600")
		})})
		_, late, err := client.CreateUser(t.Context(), jo())
		require.NoError(t, err)
		other := jo()
		other.Email = "other@example.com"
		_, soon, err := client.CreateUser(t.Context(), other)
		require.NoError(t, err)
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		start := time.Now()
		err = wrapper.WaitAll(ctx, late, soon)
		require.ErrorIs(t, err, context.DeadlineExceeded)
		var waited *wrapper.OperationError
		require.ErrorAs(t, err, &waited)
		assert.Equal(t, late.ID(), waited.ID)
		assert.Less(t, time.Since(start), 5*time.Second, "the other one was waited for, the deadline was not")
	})
}

// The last 429 of a call that gives up keeps the other calls of the client waiting all the same.
func TestARateLimitPausesTheWholeClient(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		cloud := newCloud()
		client := ionosClient(t, cloud, wrapper.WithRetry(wrapper.RetryPolicy{MaxAttempts: 1}))
		cloud.IONOS.Fault(wrappertest.Fault{OperationID: "umGroupsGet", Attempt: 1,
			Effect: wrappertest.Reply(429, http.Header{"Retry-After": {"20"}}, "{}")})
		_, err := client.ListGroups(t.Context())
		require.ErrorIs(t, err, wrapper.ErrRateLimited)

		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		defer cancel()
		start := time.Now()
		_, err = client.ListUsers(ctx)
		require.ErrorIs(t, err, context.DeadlineExceeded)
		require.ErrorIs(t, err, wrapper.ErrRateLimited)
		assert.Zero(t, time.Since(start), "a pause past the deadline is not waited for")

		_, err = client.ListUsers(t.Context())
		require.NoError(t, err)
		assert.Equal(t, 20*time.Second, time.Since(start))
	})
}

// A pause of weeks ends a wait that has no deadline, whichever answer asks for it.
func TestAPauseOfWeeksEndsTheWait(t *testing.T) {
	t.Parallel()
	weeks := wrappertest.EditResponse(func(a *wrappertest.Response) { a.Header.Set("Retry-After", "2000000") })
	for _, answer := range []wrappertest.OperationID{"umUsersPost", "requestsStatusGet"} {
		synctest.Test(t, func(t *testing.T) {
			cloud := newCloud(wrappertest.WithRequestTimes(time.Hour, time.Hour))
			client := ionosClient(t, cloud)
			cloud.IONOS.Fault(wrappertest.Fault{OperationID: answer, Attempt: 1, Times: 2, Effect: weeks})
			_, operation, err := client.CreateUser(t.Context(), jo())
			require.NoError(t, err)
			start := time.Now()
			for _, err := range []error{operation.Wait(t.Context()), wrapper.WaitAll(t.Context(), operation)} {
				var waited *wrapper.OperationError
				require.ErrorAs(t, err, &waited, answer)
				assert.Equal(t, operation.ID(), waited.ID)
				require.ErrorContains(t, err, "555h33m20s")
			}
			assert.Less(t, time.Since(start), 5*time.Second)
		})
	}
}

func TestAnUntrustedCertificateEndsTheWait(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		polls := 0
		client := clientOf(t, &http.Client{Transport: roundTrip(func(*http.Request) (*http.Response, error) {
			polls++
			return nil, &tls.CertificateVerificationError{Err: x509.UnknownAuthorityError{}}
		})})
		err := client.Operation("id").Wait(t.Context())
		require.ErrorAs(t, err, new(*tls.CertificateVerificationError))
		assert.Equal(t, 1, polls)
	})
}

// The pause that a 202 asks for begins with the 202, not with the wait.
func TestAPauseThatHasPassedIsNotMadeAgain(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		cloud := newCloud(wrappertest.WithRequestTimes(time.Second, time.Second))
		cloud.IONOS.Fault(wrappertest.Fault{OperationID: "umUsersPost", Attempt: 1, Effect: wrappertest.EditResponse(func(a *wrappertest.Response) {
			a.Header.Set("Retry-After", "60")
		})})
		_, operation, err := ionosClient(t, cloud).CreateUser(t.Context(), jo())
		require.NoError(t, err)
		accepted := time.Now()
		time.Sleep(20 * time.Second)
		require.NoError(t, operation.Wait(t.Context()))
		assert.Equal(t, time.Minute, time.Since(accepted))
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		require.NoError(t, operation.Wait(ctx))
		require.NoError(t, wrapper.WaitAll(ctx, operation))
		assert.InDelta(t, time.Minute, time.Since(accepted), float64(10*time.Millisecond))
	})
}
