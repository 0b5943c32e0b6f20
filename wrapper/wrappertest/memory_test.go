package wrappertest_test

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/cloudroster/cloudroster/wrapper/wrappertest"
)

func TestInMemoryHosts(t *testing.T) {
	t.Parallel()
	c := inMemory(t)
	status := func(url string) (int, error) {
		r := c.request(t.Context(), "GET", url, "")
		r.Header.Set("Authorization", "Bearer "+wrappertest.Token)
		got, err := c.do(r)
		if err != nil {
			return 0, err
		}
		return got.StatusCode, nil
	}
	for url, want := range map[string]int{
		c.cloud.IONOS.URL() + "/um/users": 200, "https://api.ionos.com/cloudapi/v6/um/users": 200,
		"http://ionos.test/cloudapi/v6/um/users": 200, c.cloud.Triton.URL() + "/acme/users": 400, "https://ionos.test/acme/users": 404,
	} {
		got, err := status(url)
		require.NoError(t, err)
		assert.Equal(t, want, got, url)
	}
	for _, url := range []string{"https://example.com/", "https://ionos.test:444/cloudapi/v6/um/users", "http://127.0.0.1:1/"} {
		_, err := status(url)
		var dns *net.DNSError
		require.ErrorAs(t, err, &dns, url)
		assert.True(t, dns.IsNotFound)
	}
}

func TestMemoryAndSocketsReachOneCloud(t *testing.T) {
	t.Parallel()
	c := onSockets(t)
	memory := c
	memory.client = c.cloud.HTTPClient()
	require.Equal(t, 202, memory.ionos("POST", "/um/users", ann).StatusCode)
	assert.Len(t, at(t, c.ionos("GET", "/um/users", "").json(t), "items"), 1)
	require.Equal(t, 201, c.triton("POST", "/my/users", bob).StatusCode)
	assert.Equal(t, 200, memory.triton("GET", "/my/users/bob", "").StatusCode)
}

func TestLocationsFollowTheSchemeAndHostOfTheRequest(t *testing.T) {
	t.Parallel()
	bothWays(t, func(t *testing.T, c caller) {
		made := c.ionos("POST", "/um/users", ann)
		assert.True(t, strings.HasPrefix(made.Header.Get("Location"), c.cloud.IONOS.URL()+"/requests/"), made.Header.Get("Location"))
	})
}

func TestRoundTripKeepsTheRulesOfATransport(t *testing.T) {
	t.Parallel()
	cloud := wrappertest.New(wrappertest.WithFullRecords())
	body := &closing{Reader: strings.NewReader(ann)}
	r, err := http.NewRequestWithContext(t.Context(), "POST", cloud.IONOS.URL()+"/um/users", body)
	require.NoError(t, err)
	r.Header["content-type"] = []string{" application/json "}
	r.Header.Set("Authorization", "Bearer "+wrappertest.Token)
	before := r.Header.Clone()
	answer, err := cloud.Transport().RoundTrip(r)
	require.NoError(t, err)
	require.NoError(t, answer.Body.Close())
	assert.Equal(t, 202, answer.StatusCode)
	assert.True(t, body.closed, "the body is closed")
	assert.Equal(t, before, r.Header, "the request is not changed")
	assert.Same(t, r, answer.Request)
	_, err = answer.Body.Read(make([]byte, 1))
	require.Error(t, err)

	seen := cloud.IONOS.Requests()[0]
	assert.Equal(t, "application/json", seen.Header.Get("Content-Type"))
	assert.Equal(t, "gzip", seen.Header.Get("Accept-Encoding"))
	assert.Equal(t, "Go-http-client/1.1", seen.Header.Get("User-Agent"))
	assert.Equal(t, "ionos.test", seen.Host)
}

type closing struct {
	io.Reader
	closed bool
}

func (c *closing) Close() error {
	c.closed = true
	return nil
}

func TestRequestsThatNoTransportSends(t *testing.T) {
	t.Parallel()
	cloud := wrappertest.New()
	send := func(ctx context.Context, change func(*http.Request)) error {
		r, err := http.NewRequestWithContext(ctx, "POST", cloud.IONOS.URL()+"/um/users", strings.NewReader(ann))
		require.NoError(t, err)
		change(r)
		answer, err := cloud.HTTPClient().Do(r)
		if err == nil {
			_ = answer.Body.Close()
		}
		return err
	}
	require.ErrorContains(t, send(t.Context(), func(r *http.Request) { r.Header.Set("X-Evil", "a\r\nb: c") }), "X-Evil")
	require.ErrorContains(t, send(t.Context(), func(r *http.Request) { r.ContentLength++ }), "ContentLength")
	broken := errors.New("broken")
	require.ErrorIs(t, send(t.Context(), func(r *http.Request) { r.Body = io.NopCloser(failing{broken}) }), broken)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	require.ErrorIs(t, send(ctx, func(*http.Request) {}), context.Canceled)
	assert.Empty(t, cloud.IONOS.Users())
}

type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }

func TestBodiesThatAreNotReadStopTheHandler(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		// The bubble would report a handler that still writes.
		c := inMemory(t)
		c.cloud.IONOS.Fault(wrappertest.Fault{Effect: wrappertest.Endless(200)})
		answer, err := c.client.Get(c.cloud.IONOS.URL() + "/um/users")
		require.NoError(t, err)
		require.NoError(t, answer.Body.Close())

		ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
		defer cancel()
		r := c.request(ctx, "GET", c.cloud.IONOS.URL()+"/um/users", "")
		answer, err = c.client.Do(r)
		require.NoError(t, err)
		_, err = io.Copy(io.Discard, io.LimitReader(answer.Body, 1<<20))
		require.NoError(t, err)
		time.Sleep(2 * time.Hour)
		_, err = answer.Body.Read(make([]byte, 1))
		require.ErrorIs(t, err, context.DeadlineExceeded)
		require.NoError(t, answer.Body.Close())
	})
}

func TestACloudMadeOutsideABubbleWorksInside(t *testing.T) {
	t.Parallel()
	outside := inMemory(t)
	require.Equal(t, 202, outside.ionos("POST", "/um/users", ann).StatusCode)
	t.Run("bubble", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			c := outside
			c.t = t
			assert.Len(t, at(t, c.ionos("GET", "/um/users", "").json(t), "items"), 1)
			assert.Equal(t, 201, c.triton("POST", "/my/users", bob).StatusCode)
		})
	})
	assert.Len(t, outside.cloud.Triton.Users(), 1)
	outside.cloud.Close()
}

func TestManyClientsAtOnce(t *testing.T) {
	t.Parallel()
	bothWays(t, func(t *testing.T, c caller) {
		group := c.cloud.IONOS.AddGroup(wrappertest.Group{Name: "ops"})
		var wait sync.WaitGroup
		for i := range 32 {
			wait.Go(func() {
				letter := string(rune('a' + i%26))
				name := strings.Repeat(letter, 4+i/26)
				got, err := c.tryIONOS(t.Context(), "POST", "/um/users", strings.Replace(ann, "ann@", name+"@", 1))
				if !assert.NoError(t, err) || !assert.Equal(t, 202, got.StatusCode) {
					return
				}
				id := at(t, got.json(t), "id").(string)
				got, err = c.tryIONOS(t.Context(), "POST", "/um/groups/"+group+"/users", `{"id":"`+id+`"}`)
				assert.NoError(t, err)
				assert.Equal(t, 202, got.StatusCode)
				body := strings.NewReplacer(`"bob"`, `"`+name+`"`, "bob@", name+"@").Replace(bob)
				got, err = c.tryTriton(t.Context(), "POST", "/my/users", body)
				assert.NoError(t, err)
				assert.Equal(t, 201, got.StatusCode, "%s", got.text)
			})
		}
		wait.Wait()
		assert.Len(t, c.cloud.IONOS.Users(), 32)
		assert.Len(t, c.cloud.IONOS.Members(group), 32)
		assert.Len(t, c.cloud.Triton.Users(), 32)
	})
}
