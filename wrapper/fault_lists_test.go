package wrapper_test

import (
	"encoding/json"
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

// Lists that lead astray, stop half-way, or are left half-way.
var listFaults = []faultRow{
	{"server_that_ignores_offset", faked(offsetIgnored)},
	{"links_next_elsewhere", nextElsewhere},
	{"break_out_of_the_loop", faked(brokenOff)},
	{"page_that_fails_half-way", faked(failingPage)},
}

// withUsers is a cloud with n users, and pages of size for the walk.
func withUsers(n int) *wrappertest.Cloud {
	cloud := newCloud()
	addUsers(cloud, n)
	return cloud
}

func addUsers(cloud *wrappertest.Cloud, n int) {
	for i := range n {
		cloud.IONOS.AddUser(wrappertest.User{FirstName: "U", LastName: fmt.Sprint(i), Email: fmt.Sprintf("u%d@example.com", i), Password: "correct-horse-1"})
	}
}

// pageOptions walk in pages of two: one at a time, and several.
var pageOptions = map[string][]wrapper.CallOption{
	"": {wrapper.WithLimit(2)}, "prefetch": {wrapper.WithLimit(2), wrapper.WithPrefetch(4)},
}

// walked is what a whole walk delivers; errs are all errors.
func walked(t *testing.T, client *wrapper.IONOS, opts ...wrapper.CallOption) (emails []string, errs []error) {
	for user, err := range client.AllUsers(t.Context(), opts...) {
		if err != nil {
			errs = append(errs, err)
			assert.Equal(t, gen.User{}, user)
			continue
		}
		assert.Empty(t, errs, "nothing comes after an error")
		emails = append(emails, user.Properties.Email)
	}
	return emails, errs
}

func offsetIgnored(t *testing.T) {
	for _, item := range []string{`{"id":"a","properties":{"email":"a@example.com"}},{"id":"b","properties":{"email":"b@example.com"}}`} {
		for name, opts := range pageOptions {
			cloud := newCloud()
			cloud.IONOS.Fault(wrappertest.Fault{Effect: wrappertest.Reply(200, nil, `{"id":"users","items":[`+item+`],"offset":0,"limit":2}`)})
			emails, errs := walked(t, ionosClient(t, cloud), opts...)
			assert.Equal(t, []string{"a@example.com", "b@example.com"}, emails, name)
			require.Len(t, errs, 1)
			require.ErrorIs(t, errs[0], wrapper.ErrUnexpectedResponse)
			require.ErrorContains(t, errs[0], "offset 1")
			assert.LessOrEqual(t, len(cloud.IONOS.Requests()), 12)
		}
	}
}

func nextElsewhere(t *testing.T) {
	other := newStranger(t)
	for name, opts := range pageOptions {
		cloud := startCloud(t)
		addUsers(cloud, 5)
		cloud.IONOS.Fault(wrappertest.Fault{Effect: wrappertest.EditResponse(func(a *wrappertest.Response) {
			var list map[string]any
			require.NoError(t, json.Unmarshal(a.Body, &list))
			list["_links"] = map[string]string{"next": "http://" + other.address + "/um/users?offset=2&limit=2", "prev": "//" + other.address}
			a.Body, _ = json.Marshal(list)
		})})
		emails, errs := walked(t, onSockets(t, cloud), opts...)
		assert.Empty(t, errs)
		assert.Len(t, emails, 5, name)
		for _, request := range cloud.IONOS.Requests() {
			assert.Regexp(t, `^pretty=false&offset=\d+&limit=[23]$`, request.Query)
		}
	}
}

func brokenOff(t *testing.T) {
	for name, opts := range pageOptions {
		for _, after := range []int{1, 2, 3, 4} {
			cloud := withUsers(100)
			delivered := 0
			for _, err := range ionosClient(t, cloud).AllUsers(t.Context(), opts...) {
				require.NoError(t, err)
				if delivered++; delivered == after {
					break
				}
			}
			synctest.Wait() // a page that was given up is filed by its handler, which may still be at it
			made := len(cloud.IONOS.Requests())
			if name == "" {
				assert.Equal(t, (after+1)/2, made)
			} else {
				assert.LessOrEqual(t, made, 1+4+1)
			}
			time.Sleep(time.Hour) // fake time
			assert.Len(t, cloud.IONOS.Requests(), made, "no further request")
			// That no goroutine is left is what the end of the bubble checks.
		}
	}
}

// offsetIs matches the page at this offset.
func offsetIs(offset string) func(*http.Request) bool {
	return func(r *http.Request) bool { return r.URL.Query().Get("offset") == offset }
}

func failingPage(t *testing.T) {
	for name, opts := range pageOptions {
		cloud := withUsers(9)
		cloud.IONOS.Fault(wrappertest.Fault{Match: offsetIs("3"), Effect: wrappertest.Empty(403)})
		client := ionosClient(t, cloud)
		emails, errs := walked(t, client, opts...)
		assert.Equal(t, []string{"u0@example.com", "u1@example.com", "u2@example.com", "u3@example.com"}, emails, name)
		require.Len(t, errs, 1, "once")
		failure(t, errs[0], "GET", usersPath, 403)
		require.ErrorIs(t, errs[0], wrapper.ErrForbidden)

		// A failure that passes is not seen, and a walk can go on where one ended.
		cloud = withUsers(9)
		cloud.IONOS.Fault(wrappertest.Fault{Match: offsetIs("3"), Attempt: 1, Times: 2, Effect: wrappertest.ResetConnection()})
		emails, errs = walked(t, ionosClient(t, cloud), append(opts[:len(opts):len(opts)], wrapper.WithOffset(2))...)
		assert.Empty(t, errs)
		assert.Len(t, emails, 7)
	}
	cloud := withUsers(9)
	cloud.IONOS.Fault(wrappertest.Fault{Effect: wrappertest.Empty(401)})
	emails, errs := walked(t, ionosClient(t, cloud))
	assert.Empty(t, emails)
	require.Len(t, errs, 1)
	require.ErrorIs(t, errs[0], wrapper.ErrUnauthorized)
	assert.NotContains(t, errs[0].Error(), "limit=", "no query in an error")
}
