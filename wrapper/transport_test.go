package wrapper_test

import (
	"context"
	"io"
	"math"
	"net/http"
	"net/http/cookiejar"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/cloudroster/cloudroster/gen"
	"github.com/cloudroster/cloudroster/wrapper"
	"github.com/cloudroster/cloudroster/wrapper/wrappertest"
)

// roundTrip is an http.RoundTripper.
type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func clientOf(t *testing.T, client *http.Client, opts ...wrapper.IONOSOption) *wrapper.IONOS {
	t.Helper()
	made, err := wrapper.NewIONOS(wrapper.TokenAuth("token"), append(opts, wrapper.WithHTTPClient(client))...)
	require.NoError(t, err)
	return made
}

func oneUser(status int) *http.Response {
	return &http.Response{
		StatusCode: status, Header: http.Header{}, ContentLength: -1,
		Body: io.NopCloser(strings.NewReader(`{"id":"ann"}`)),
	}
}

func TestTheTimeoutOfAnHTTPClientBoundsEachAttempt(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		attempts := 0
		client := clientOf(t, &http.Client{Timeout: 7 * time.Second, Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
			if attempts++; attempts < 3 {
				start := time.Now()
				<-r.Context().Done()
				assert.Equal(t, 7*time.Second, time.Since(start))
				return nil, r.Context().Err()
			}
			return oneUser(http.StatusOK), nil
		})}, wrapper.WithAttemptTimeout(time.Hour))
		user, err := client.GetUser(t.Context(), "ann")
		require.NoError(t, err)
		assert.Equal(t, "ann", user.ID)
		assert.Equal(t, 3, attempts)
	})
}

func TestAnAttemptThatTimesOutIsNotTheEndOfTheCallsOwnTime(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		client := clientOf(t, &http.Client{Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
			<-r.Context().Done()
			return nil, r.Context().Err()
		})}, wrapper.WithAttemptTimeout(time.Second), wrapper.WithRetry(wrapper.RetryPolicy{MaxAttempts: 2}))
		_, err := client.GetUser(t.Context(), "ann")
		var failed *wrapper.Error
		require.ErrorAs(t, err, &failed)
		require.ErrorIs(t, err, context.DeadlineExceeded)
		assert.Equal(t, 2, failed.Attempts)
		require.NoError(t, t.Context().Err())
	})
}

func TestCookiesOfAJarAreKeptAndSentOnceAnAttempt(t *testing.T) {
	t.Parallel()
	jar, err := cookiejar.New(nil)
	require.NoError(t, err)
	synctest.Test(t, func(t *testing.T) {
		var sent []string
		client := clientOf(t, &http.Client{Jar: jar, Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
			sent = append(sent, r.Header.Get("Cookie"))
			status := http.StatusOK
			if len(sent) < 3 {
				status = http.StatusServiceUnavailable
			}
			answer := oneUser(status)
			answer.Header.Set("Set-Cookie", "node=seven; Path=/")
			return answer, nil
		})})
		_, err := client.GetUser(t.Context(), "ann")
		require.NoError(t, err)
		assert.Equal(t, []string{"", "node=seven", "node=seven"}, sent)
	})
}

func TestARoundTripperThatAnswersNothingIsAnError(t *testing.T) {
	t.Parallel()
	client := clientOf(t, &http.Client{Transport: roundTrip(func(*http.Request) (*http.Response, error) {
		return nil, nil //nolint:nilnil // what is tested
	})}, wrapper.WithRetry(wrapper.RetryPolicy{MaxAttempts: 1}))
	_, err := client.GetUser(t.Context(), "ann")
	require.ErrorContains(t, err, "neither response nor error")

	client = clientOf(t, &http.Client{Transport: roundTrip(func(*http.Request) (*http.Response, error) {
		return &http.Response{StatusCode: http.StatusOK}, nil
	})})
	_, err = client.GetUser(t.Context(), "ann")
	require.ErrorIs(t, err, wrapper.ErrUnexpectedResponse)
}

// A round tripper may still write a request whose answer nobody waits for any more.
func TestTheRequestOfAnAttemptIsLeftAloneByTheNext(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var sent []*http.Request
		var bodies []io.ReadCloser
		tokens := 0
		client, err := wrapper.NewIONOS(wrapper.TokenSourceAuth(func(context.Context) (string, error) {
			tokens++
			return "token" + strconv.Itoa(tokens), nil
		}), wrapper.WithAttemptTimeout(0), wrapper.WithHTTPClient(&http.Client{Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
			if sent, bodies = append(sent, r), append(bodies, r.Body); len(sent) == 1 {
				return nil, io.ErrUnexpectedEOF
			}
			return oneUser(http.StatusOK), nil
		})}))
		require.NoError(t, err)
		_, _, err = client.ReplaceUser(t.Context(), "ann", gen.UserUpdateProperties{Active: new(true)})
		require.NoError(t, err)
		require.Len(t, sent, 2)
		for i, r := range sent {
			assert.Equal(t, "Bearer token"+strconv.Itoa(i+1), r.Header.Get("Authorization"))
			assert.True(t, bodies[i] == r.Body, "the body of attempt %d", i+1)
		}
	})
}

// The largest limit is what somebody sets who wants none.
func TestTheLargestResponseLimit(t *testing.T) {
	t.Parallel()
	for _, length := range []int64{-1, 13, math.MaxInt64 - 1} {
		client := clientOf(t, &http.Client{Transport: roundTrip(func(*http.Request) (*http.Response, error) {
			answer := oneUser(http.StatusOK)
			answer.ContentLength = length
			return answer, nil
		})}, wrapper.WithResponseLimit(math.MaxInt64))
		user, err := client.GetUser(t.Context(), "ann")
		require.NoError(t, err)
		assert.Equal(t, "ann", user.ID)
	}
}

// An error that has several reasons is one line all the same: many logs take no more.
func TestAnErrorIsOneLine(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		cloud := newCloud()
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		cloud.IONOS.Fault(wrappertest.Fault{Effect: wrappertest.ResetConnection()})
		client := ionosClient(t, cloud, wrapper.WithRetry(wrapper.RetryPolicy{MinDelay: 4 * time.Second}))
		_, err := client.ListGroups(ctx)
		require.ErrorContains(t, err, "connection reset by peer; the next attempt would be in ")
		_, err = client.Users().Create(t.Context(), wrapper.UserCreate{FirstName: "Jo", LastName: "Doe", Email: "jo@example.com", Password: "correct-horse-1"})
		require.ErrorContains(t, err, "connection reset by peer: outcome unknown; looking for the user: GET ")
		assert.NotContains(t, err.Error(), "\n")
	})
}
