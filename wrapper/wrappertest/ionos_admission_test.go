package wrappertest_test

import (
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/cloudroster/cloudroster/wrapper/wrappertest"
)

func basic(user, password string) string {
	r := &http.Request{Header: http.Header{}}
	r.SetBasicAuth(user, password)
	return r.Header.Get("Authorization")
}

func TestIONOSAuthentication(t *testing.T) {
	t.Parallel()
	c := underContract(t)
	c.cloud.IONOS.AddToken("second")
	c.cloud.IONOS.AddToken("expired")
	c.cloud.IONOS.RemoveToken("expired")
	c.cloud.IONOS.AddLogin("other@example.com", "pw")
	add := func(user wrappertest.User) {
		user.FirstName, user.Password = "A", "roster-secret-1"
		c.cloud.IONOS.AddUser(user)
	}
	add(wrappertest.User{Email: "admin@example.com", Administrator: true})
	add(wrappertest.User{Email: "plain@example.com"})
	add(wrappertest.User{Email: "gone@example.com", Administrator: true, Inactive: true})
	add(wrappertest.User{Email: "2fa@example.com", Administrator: true, SecAuthActive: true})
	add(wrappertest.User{Email: "forced@example.com", Administrator: true, ForceSecAuth: true})
	c.cloud.IONOS.AddUser(wrappertest.User{Email: "nopassword@example.com", Administrator: true})

	for authorization, status := range map[string]int{
		"Bearer " + wrappertest.Token: 200,
		"bearer " + wrappertest.Token: 200,
		"Bearer second":               200,
		"Bearer expired":              401,
		"Bearer ":                     401,
		wrappertest.Token:             401,
		"":                            401,
		basic(wrappertest.Username, wrappertest.Password):  200,
		basic(wrappertest.Username, "wrong"):               401,
		basic("nobody@example.com", "x"):                   401,
		basic("other@example.com", "pw"):                   200,
		basic("admin@example.com", "roster-secret-1"):      200,
		basic("plain@example.com", "roster-secret-1"):      403,
		basic("plain@example.com", "wrong"):                401,
		basic("gone@example.com", "roster-secret-1"):       401,
		basic("2fa@example.com", "roster-secret-1"):        401,
		basic("forced@example.com", "roster-secret-1"):     401,
		basic("nopassword@example.com", ""):                401,
		"Digest username=\"" + wrappertest.Username + "\"": 401,
		"Basic not-base64-" + wrappertest.Password:         401,
	} {
		got := c.with("Authorization", authorization).ionos("GET", "/um/users", "")
		assert.Equal(t, status, got.StatusCode, "%q", authorization)
		if status == 401 {
			assert.NotEmpty(t, got.Header.Get("WWW-Authenticate"))
		}
		if status != 200 {
			c.refusal(got)
		}
	}
}

func TestChangeIsMadeByTheOneWhoLoggedIn(t *testing.T) {
	t.Parallel()
	c := underContract(t)
	c.cloud.IONOS.AddUser(wrappertest.User{Email: "admin@example.com", Password: "secret-12", Administrator: true})
	made := c.with("Authorization", basic("admin@example.com", "secret-12")).ionos("POST", "/um/users", ann)
	assert.Equal(t, "admin@example.com", at(t, made.json(t), "metadata", "createdBy"))
}

func TestContractNumbers(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		contracts []int32
		header    string
		status    int
	}{
		"none known, none sent":   {nil, "", 200},
		"none known, one sent":    {nil, "123", 200},
		"none known, not number":  {nil, "abc", 400},
		"too big":                 {nil, "3000000000", 400},
		"one known, none sent":    {[]int32{1}, "", 200},
		"one known, that sent":    {[]int32{1}, "1", 200},
		"one known, another sent": {[]int32{1}, "2", 403},
		"two known, none sent":    {[]int32{1, 2}, "", 422},
		"two known, one sent":     {[]int32{1, 2}, "2", 200},
		"two known, another sent": {[]int32{1, 2}, "3", 403},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := inMemory(t, wrappertest.WithContracts(test.contracts...))
			if test.header != "" {
				c = c.with("X-Contract-Number", test.header)
			}
			assert.Equal(t, test.status, c.ionos("GET", "/um/users", "").StatusCode)
			status := c.ionos("GET", "/requests/x/status", "").StatusCode
			assert.Equal(t, test.status == 200, status == 404, "polls need it, too: %d", status)
		})
	}
}

func TestRateLimitHeadersAreOnEveryAnswer(t *testing.T) {
	t.Parallel()
	c := inMemory(t)
	for _, got := range []response{
		c.ionos("GET", "/um/users", ""), c.ionos("POST", "/um/users", ann), c.ionos("GET", "/um/users/none", ""),
		c.ionos("GET", "/nothing", ""), c.with("Authorization", "x").ionos("GET", "/um/users", ""),
	} {
		assert.Equal(t, "60000", got.Header.Get("X-RateLimit-Limit"))
		assert.Equal(t, "100", got.Header.Get("X-RateLimit-Burst"))
		assert.Regexp(t, `^5999\d$`, got.Header.Get("X-RateLimit-Remaining"))
		assert.Regexp(t, `^[0-9a-f-]{36}$`, got.Header.Get("X-Request-Id"))
	}
}

func TestRateLimitByTheMinute(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := inMemory(t, wrappertest.WithRateLimit(3, 10))
		for _, remaining := range []string{"2", "1", "0"} {
			got := c.ionos("GET", "/um/users", "")
			assert.Equal(t, 200, got.StatusCode)
			assert.Equal(t, remaining, got.Header.Get("X-RateLimit-Remaining"))
		}
		time.Sleep(15 * time.Second)
		got := c.ionos("POST", "/um/users", ann)
		require.Equal(t, 429, got.StatusCode)
		assert.Equal(t, "45", got.Header.Get("Retry-After"))
		assert.Equal(t, "0", got.Header.Get("X-RateLimit-Remaining"))
		c.refusal(got)
		assert.Empty(t, c.cloud.IONOS.Users(), "a refused request changes nothing")
		time.Sleep(45 * time.Second)
		assert.Equal(t, 202, c.ionos("POST", "/um/users", ann).StatusCode)
	})
}

func TestRateLimitOnRequestsAtTheSameTime(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := inMemory(t, wrappertest.WithRateLimit(100, 2))
		c.cloud.IONOS.Fault(wrappertest.Fault{Effect: wrappertest.Delay(time.Second)})
		statuses := make(chan int, 3)
		for range 3 {
			go func() { statuses <- c.ionos("GET", "/um/users", "").StatusCode }()
			synctest.Wait()
		}
		counts := map[int]int{}
		for range 3 {
			counts[<-statuses]++
		}
		assert.Equal(t, map[int]int{200: 2, 429: 1}, counts)
		assert.Equal(t, 200, c.ionos("GET", "/um/users", "").StatusCode, "room again")
	})
}

func TestWrongPathsAndMethodsFailLoudly(t *testing.T) {
	t.Parallel()
	c := inMemory(t)
	for _, path := range []string{"/um", "/um/users/", "/um/users//groups", "/users", "/um/users/x/y", "/requests/x/y", "/datacenters/x/servers", "/um/groups/a/b/c", "/um/users/%zz"} {
		r := c.request(t.Context(), "GET", c.cloud.IONOS.URL(), "")
		r.URL.RawPath, r.URL.Path = r.URL.Path+path, r.URL.Path+path
		r.Header.Set("Authorization", "Bearer "+wrappertest.Token)
		got, err := c.do(r)
		require.NoError(t, err)
		assert.Equal(t, 404, got.StatusCode, path)
		c.refusal(got)
	}
	for request, allow := range map[string]string{
		"PATCH /um/users": "GET, POST", "POST /um/users/x": "GET, PUT, DELETE", "DELETE /requests/x/status": "GET", "HEAD /um/users": "GET, POST",
	} {
		method, path := split(request)
		got := c.ionos(method, path, "")
		assert.Equal(t, 405, got.StatusCode, request)
		assert.Equal(t, allow, got.Header.Get("Allow"), request)
	}
	assert.Equal(t, 404, c.ionos("GET", "/um/users/..", "").StatusCode, "dots have no meaning")
	assert.Equal(t, 404, c.ionos("GET", "/um/users/a%2Fgroups", "").StatusCode, "an escaped slash does not split a segment")
}

func TestWritesHaveToBeJSON(t *testing.T) {
	t.Parallel()
	c := inMemory(t)
	for _, media := range []string{"", "text/plain", "application/x-www-form-urlencoded", "application/json+x"} {
		got := c.with("Content-Type", media).ionos("POST", "/um/users", ann)
		assert.Equal(t, 415, got.StatusCode, media)
		c.refusal(got)
	}
	assert.Equal(t, 413, c.ionos("POST", "/um/users", string(make([]byte, 2<<20))).StatusCode)
	assert.Empty(t, c.cloud.IONOS.Users())
}
