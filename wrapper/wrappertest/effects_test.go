package wrappertest_test

import (
	"compress/gzip"
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/cloudroster/cloudroster/wrapper/wrappertest"
)

// faulty sends one GET /um/users to a cloud with this effect.
func faulty(c caller, effect wrappertest.Effect) (response, error) {
	c.t.Helper()
	c.cloud.IONOS.Fault(wrappertest.Fault{OperationID: "umUsersGet", Attempt: 1, Effect: effect})
	return c.tryIONOS(c.t.Context(), "GET", "/um/users", "")
}

func TestReplies(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		effect wrappertest.Effect
		status int
		header http.Header
		body   string
	}{
		"reply":         {wrappertest.Reply(429, http.Header{"Retry-After": {"3"}}, "{}"), 429, http.Header{"Retry-After": {"3"}}, "{}"},
		"empty":         {wrappertest.Empty(500), 500, nil, ""},
		"empty success": {wrappertest.Empty(200), 200, nil, ""},
		"no content":    {wrappertest.Empty(204), 204, nil, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			bothWays(t, func(t *testing.T, c caller) {
				got, err := faulty(c, test.effect)
				require.NoError(t, err)
				assert.Equal(t, test.status, got.StatusCode)
				assert.Equal(t, test.body, string(got.text))
				assert.EqualValues(t, len(test.body), max(got.ContentLength, 0))
				for name, values := range test.header {
					assert.Equal(t, values, got.Header[name])
				}
				assert.NotEmpty(t, got.Header.Get("Date"))
				assert.Equal(t, 200, c.ionos("GET", "/um/users", "").StatusCode, "and all is well again")
			})
		})
	}
}

func TestHTMLIsLongAndSaysSo(t *testing.T) {
	t.Parallel()
	bothWays(t, func(t *testing.T, c caller) {
		got, err := faulty(c, wrappertest.HTML(502))
		require.NoError(t, err)
		assert.Equal(t, 502, got.StatusCode)
		assert.Equal(t, "text/html", got.Header.Get("Content-Type"))
		assert.Contains(t, string(got.text), "Bad Gateway")
		assert.Greater(t, len(got.text), 10_000)
	})
}

func TestRedirectIsSentAsGiven(t *testing.T) {
	t.Parallel()
	bothWays(t, func(t *testing.T, c caller) {
		client := *c.client
		client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
		c.client = &client
		got, err := faulty(c, wrappertest.Redirect(307, "https://elsewhere.test/x"))
		require.NoError(t, err)
		assert.Equal(t, 307, got.StatusCode)
		assert.Equal(t, "https://elsewhere.test/x", got.Header.Get("Location"))
	})
}

func TestEditChangesTheTrueAnswer(t *testing.T) {
	t.Parallel()
	bothWays(t, func(t *testing.T, c caller) {
		c.cloud.IONOS.Fault(wrappertest.Fault{OperationID: "umUsersPost", Effect: wrappertest.EditResponse(func(a *wrappertest.Response) {
			assert.Equal(t, 202, a.Status)
			a.Header.Del("Location")
			a.Header.Set("X-RateLimit-Limit", "many")
			a.Body = []byte(strings.Replace(string(a.Body), "Lee", "L", 1))
		})})
		got := c.ionos("POST", "/um/users", ann)
		assert.Equal(t, 202, got.StatusCode)
		assert.Empty(t, got.Header.Get("Location"))
		assert.Equal(t, "many", got.Header.Get("X-RateLimit-Limit"))
		assert.Equal(t, "L", at(t, got.json(t), "properties", "lastname"))
		assert.Equal(t, "Lee", c.cloud.IONOS.Users()[0].LastName)
	})
}

func TestBrokenConnections(t *testing.T) {
	t.Parallel()
	is := func(want error) func(error) bool { return func(err error) bool { return errors.Is(err, want) } }
	for name, test := range map[string]struct {
		effect wrappertest.Effect
		want   func(error) bool
		status int // 0 when there is no answer at all
	}{
		"reset":                {wrappertest.ResetConnection(), is(syscall.ECONNRESET), 0},
		"close":                {wrappertest.CloseConnection(), is(io.EOF), 0},
		"cut":                  {wrappertest.TruncateBody(10), is(io.ErrUnexpectedEOF), 200},
		"cut before any byte":  {wrappertest.TruncateBody(0), is(io.ErrUnexpectedEOF), 200},
		"cut, chunked":         {wrappertest.TruncateChunked(10), is(io.ErrUnexpectedEOF), 200},
		"cut, chunked, at end": {wrappertest.TruncateChunked(1 << 20), is(io.ErrUnexpectedEOF), 200},
		"gzip that is none":    {wrappertest.GzipLie(), is(gzip.ErrHeader), 200},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			bothWays(t, func(t *testing.T, c caller) {
				// A POST, which no transport sends twice.
				c.cloud.IONOS.Fault(wrappertest.Fault{OperationID: "umGroupsPost", Attempt: 1, After: true, Effect: test.effect})
				got, err := c.tryIONOS(t.Context(), "POST", "/um/groups?pretty=false", `{"properties":{"name":"ops"}}`)
				assert.True(t, test.want(err), "%v", err)
				if test.status != 0 {
					assert.Equal(t, 202, got.StatusCode)
				}
				assert.Len(t, c.cloud.IONOS.Groups(), 1)
				assert.Equal(t, 1, c.cloud.IONOS.Count("umGroupsPost"))
				assert.Equal(t, 200, c.ionos("GET", "/um/users", "").StatusCode, "and all is well again")
			})
		})
	}
}

func TestCutSendsTheDeclaredLengthAndTheFirstBytes(t *testing.T) {
	t.Parallel()
	bothWays(t, func(t *testing.T, c caller) {
		whole := c.ionos("GET", "/um/users", "")
		got, err := faulty(c, wrappertest.TruncateBody(7))
		require.ErrorIs(t, err, io.ErrUnexpectedEOF)
		assert.Equal(t, string(whole.text[:7]), string(got.text))
		assert.Equal(t, whole.ContentLength, got.ContentLength)
		c.cloud.IONOS.Fault(wrappertest.Fault{Effect: wrappertest.TruncateChunked(7)})
		got, err = c.tryIONOS(t.Context(), "GET", "/um/users", "")
		require.ErrorIs(t, err, io.ErrUnexpectedEOF)
		assert.EqualValues(t, -1, got.ContentLength)
	})
}

func TestEndlessBodyGoesOnUntilTheClientLeaves(t *testing.T) {
	t.Parallel()
	bothWays(t, func(t *testing.T, c caller) {
		c.cloud.IONOS.Fault(wrappertest.Fault{Effect: wrappertest.Endless(200)})
		r := c.request(t.Context(), "GET", c.cloud.IONOS.URL()+"/um/users", "")
		answer, err := c.client.Do(r)
		require.NoError(t, err)
		n, err := io.CopyN(io.Discard, answer.Body, 8<<20)
		require.NoError(t, err)
		assert.EqualValues(t, 8<<20, n)
		require.NoError(t, answer.Body.Close())
	})
}

func TestGzipBombUnpacksToItsSize(t *testing.T) {
	t.Parallel()
	bothWays(t, func(t *testing.T, c caller) {
		c.cloud.IONOS.Fault(wrappertest.Fault{Effect: wrappertest.GzipBomb(200, 4<<20)})
		got := c.ionos("GET", "/um/users", "")
		assert.InDelta(t, 4<<20, len(got.text), 64<<10)
		assert.True(t, got.Uncompressed)
		packed := c.with("Accept-Encoding", "gzip").ionos("GET", "/um/users", "")
		assert.Less(t, len(packed.text), 64<<10)
		assert.Equal(t, "gzip", packed.Header.Get("Content-Encoding"))
	})
}

func TestHangEndsWhenTheClientLeaves(t *testing.T) {
	t.Parallel()
	bothWays(t, func(t *testing.T, c caller) {
		gone := make(chan struct{})
		hang := wrappertest.Hang()
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		c.cloud.IONOS.Fault(wrappertest.Fault{Effect: func(w http.ResponseWriter, r *http.Request, carryOut func() *wrappertest.Response) {
			cancel()
			hang(w, r, carryOut)
			close(gone)
		}})
		_, err := c.tryIONOS(ctx, "POST", "/um/users", ann)
		require.ErrorIs(t, err, context.Canceled)
		<-gone
		assert.Empty(t, c.cloud.IONOS.Users())
	})
}

func TestSlowAndDelayedAnswersTakeTheirTime(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := inMemory(t)
		whole := c.ionos("GET", "/um/users", "")
		began := time.Now()
		got, err := faulty(c, wrappertest.SlowBody(time.Second))
		require.NoError(t, err)
		assert.Equal(t, whole.text, got.text)
		assert.Equal(t, time.Duration(whole.ContentLength)*time.Second, time.Since(began))

		c.cloud.IONOS.Fault(wrappertest.Fault{Effect: wrappertest.Delay(time.Minute)})
		began = time.Now()
		require.Equal(t, 202, c.ionos("POST", "/um/users", ann).StatusCode)
		assert.Equal(t, time.Minute, time.Since(began))

		for _, after := range []bool{false, true} {
			c := inMemory(t)
			c.cloud.IONOS.Fault(wrappertest.Fault{After: after, Effect: wrappertest.Delay(time.Minute)})
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			_, err := c.tryIONOS(ctx, "POST", "/um/users", ann)
			cancel()
			require.ErrorIs(t, err, context.DeadlineExceeded)
			time.Sleep(time.Hour)
			assert.Equal(t, after, len(c.cloud.IONOS.Users()) == 1)
		}
	})
}

func TestDeadlineCoversASlowBody(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := inMemory(t)
		c.cloud.IONOS.Fault(wrappertest.Fault{Effect: wrappertest.SlowBody(time.Second)})
		ctx, cancel := context.WithTimeout(t.Context(), 5500*time.Millisecond)
		defer cancel()
		got, err := c.tryIONOS(ctx, "GET", "/um/users", "")
		require.ErrorIs(t, err, context.DeadlineExceeded)
		assert.Equal(t, 200, got.StatusCode)
		assert.Len(t, got.text, 5)
	})
}

func TestEffectsWithoutAccessToTheConnectionAbort(t *testing.T) {
	t.Parallel()
	// A handler between the server and the cloud that hides the connection.
	hide := func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			next.ServeHTTP(struct{ http.ResponseWriter }{w}, r)
		})
	}
	bothWays(t, func(t *testing.T, c caller) {
		_, err := faulty(c, wrappertest.ResetConnection())
		require.ErrorIs(t, err, io.EOF)
	}, wrappertest.WithHandler(hide))
}

// opaque is a wrapper that shows what it wraps.
type opaque struct{ http.ResponseWriter }

func (o opaque) Unwrap() http.ResponseWriter { return o.ResponseWriter }

func TestResetReachesThroughWrappers(t *testing.T) {
	t.Parallel()
	wrap := func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { next.ServeHTTP(opaque{opaque{w}}, r) })
	}
	bothWays(t, func(t *testing.T, c caller) {
		_, err := faulty(c, wrappertest.ResetConnection())
		require.ErrorIs(t, err, syscall.ECONNRESET)
	}, wrappertest.WithHandler(wrap))
}
