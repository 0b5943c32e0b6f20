package wrapper_test

import (
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/cloudroster/cloudroster/wrapper"
	"github.com/cloudroster/cloudroster/wrapper/wrappertest"
)

// Redirects, and Locations of accepted changes: whatever they say, nothing goes to another host.
var hostFaults = []faultRow{
	{"302_on_POST", redirectOnPost},
	{"307_to_another_host", redirectElsewhere},
	{"redirect_loop", redirectLoop},
	{"redirect_from_https_to_http", redirectToPlain},
	{"202_without_Location", withoutAnyLocation},
	{"Location_on_another_host", located(true, "https://STRANGER/cloudapi/v6/requests/ID/status", "http://STRANGER/requests/ID/status?x=y#z")},
	{"Location_with_userinfo", located(true, "http://OWN@STRANGER/cloudapi/v6/requests/ID/status",
		"https://api.ionos.com:443@STRANGER/requests/ID/status", "http://user:password@OWN/cloudapi/v6/requests/ID/status",
		"http://OWN%2F@STRANGER/requests/ID/status")},
	{"Location_http_instead_of_https", locationInPlain},
	{"Location_relative", located(true, "/cloudapi/v6/requests/ID/status", "requests/ID/status", "../requests/ID/status/",
		"//STRANGER/requests/ID/status")},
	{"Location_under_a_gateways_other_prefix", locationBehindGateway},
	{"Location_whose_path_is_no_request", located(false, "http://STRANGER/um/users/ID", "http://STRANGER/requests/ID",
		"http://STRANGER/requests//status", "http://STRANGER/requests/../status", "http://STRANGER/requests/%2e%2e/status",
		"http://STRANGER/requests/a%2Fb/status", "http://STRANGER/requests/ID/status/more", "http://STRANGER/?requests/ID/status",
		"http://STRANGER/requests/a;b/status", "http://STRANGER/requests/ID%20/status")},
	{"Location_garbage", located(false, "::::", "%zz", "http://[::1/requests/ID/status", "status", "null", "http://STRANGER\\requests\\ID\\status",
		"http://STRANGER:port/requests/ID/status", "http://STRANGER/"+strings.Repeat("x", 100_000), "http://STRANGER/requests/"+strings.Repeat("a", 129)+"/status")},
}

// stranger is a second listening host, which must see nothing at all.
type stranger struct {
	address string
	callers chan string
}

func newStranger(t *testing.T) *stranger {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	s := &stranger{address: listener.Addr().String(), callers: make(chan string, 1000)}
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			s.callers <- conn.RemoteAddr().String()
			_ = conn.Close()
		}
	}()
	t.Cleanup(func() {
		// It does listen, and this is the first that it hears.
		conn, err := net.Dial("tcp", s.address)
		require.NoError(t, err)
		assert.Equal(t, conn.LocalAddr().String(), <-s.callers, "another host was called before")
		_ = conn.Close()
		_ = listener.Close()
	})
	return s
}

// redirected asserts that a redirect is the end of a call of each method.
func redirected(t *testing.T, status int, location func(cloud *wrappertest.Cloud, s *stranger) string) {
	other := newStranger(t)
	for _, c := range calls {
		cloud := startCloud(t)
		ann := addAnn(cloud)
		cloud.IONOS.Fault(wrappertest.Fault{Effect: wrappertest.Redirect(status, location(cloud, other))})
		operation, err := c.call(t, onSockets(t, cloud, wrapper.WithContractNumber(31234567)), ann)
		failed := failure(t, err, c.method, requestPath(c, ann), status)
		require.ErrorIs(t, err, wrapper.ErrUnexpectedResponse)
		require.ErrorContains(t, err, "redirects are not followed")
		assert.NotContains(t, err.Error(), other.address)
		assert.Nil(t, operation)
		assert.Equal(t, 1, failed.Attempts)
		assert.Len(t, cloud.IONOS.Requests(), 1, "%s %d", c.name, status)
	}
}

func redirectOnPost(t *testing.T) {
	for _, status := range []int{300, 301, 302, 303, 304} {
		redirected(t, status, func(cloud *wrappertest.Cloud, _ *stranger) string { return cloud.IONOS.URL() + "/um/users" })
		redirected(t, status, func(_ *wrappertest.Cloud, s *stranger) string { return "http://" + s.address + "/um/users" })
	}
}

func redirectElsewhere(t *testing.T) {
	for _, status := range []int{307, 308} {
		redirected(t, status, func(_ *wrappertest.Cloud, s *stranger) string { return "http://" + s.address + "/um/users" })
		redirected(t, status, func(_ *wrappertest.Cloud, s *stranger) string { return "//" + s.address })
	}
}

func redirectLoop(t *testing.T) {
	redirected(t, 302, func(cloud *wrappertest.Cloud, _ *stranger) string { return cloud.IONOS.URL() + "/um/users" })
	redirected(t, 308, func(*wrappertest.Cloud, *stranger) string { return "" })
	redirected(t, 307, func(*wrappertest.Cloud, *stranger) string { return "http://[::1/%zz" })
}

// onTLS is a client for a cloud behind TLS.
func onTLS(t *testing.T, cloud *wrappertest.Cloud) *wrapper.IONOS {
	server := httptest.NewTLSServer(cloud.IONOS)
	t.Cleanup(server.Close)
	return onSockets(t, cloud, wrapper.WithHTTPClient(server.Client()), wrapper.WithBaseURL(server.URL+"/cloudapi/v6"))
}

func redirectToPlain(t *testing.T) {
	other := newStranger(t)
	for _, c := range calls {
		cloud, ann := withAnn()
		cloud.IONOS.Fault(wrappertest.Fault{Effect: wrappertest.Redirect(307, "http://"+other.address+"/cloudapi/v6/um/users")})
		_, err := c.call(t, onTLS(t, cloud), ann)
		failure(t, err, c.method, requestPath(c, ann), 307)
		require.ErrorIs(t, err, wrapper.ErrUnexpectedResponse)
		assert.Len(t, cloud.IONOS.Requests(), 1)
	}
}

func withoutAnyLocation(t *testing.T) {
	newStranger(t)
	cloud := startCloud(t)
	ann := addAnn(cloud)
	cloud.IONOS.Fault(wrappertest.Fault{Effect: wrappertest.EditResponse(withoutLocation)})
	for i, c := range calls[1:] {
		operation, err := c.call(t, onSockets(t, cloud), ann)
		require.NoError(t, err, c.name)
		assert.Empty(t, operation.ID())
		assert.Equal(t, "operation without id", operation.String())
		// It was accepted, and nothing says how it ends.
		require.ErrorIs(t, operation.Wait(t.Context()), wrapper.ErrOutcomeUnknown)
		require.ErrorIs(t, wrapper.WaitAll(t.Context(), operation), wrapper.ErrOutcomeUnknown)
		status, err := operation.Status(t.Context())
		require.ErrorIs(t, err, wrapper.ErrOutcomeUnknown)
		assert.False(t, status.Done())
		assert.Len(t, cloud.IONOS.Requests(), i+1, "no request without an id")
	}
}

// located asserts what is taken from Locations: the request id where there is one, and the
// result of the call in any case.
func located(usable bool, locations ...string) func(*testing.T) {
	return func(t *testing.T) {
		other := newStranger(t)
		for _, location := range locations {
			cloud := startCloud(t)
			client := onSockets(t, cloud, wrapper.WithContractNumber(31234567))
			own := strings.TrimSuffix(strings.TrimPrefix(cloud.IONOS.URL(), "http://"), "/cloudapi/v6")
			names := func(id string) string {
				return strings.NewReplacer("STRANGER", other.address, "OWN", own, "ID", id).Replace(location)
			}
			assertLocated(t, cloud, client, usable, names)
		}
	}
}

func assertLocated(t *testing.T, cloud *wrappertest.Cloud, client *wrapper.IONOS, usable bool, names func(id string) string) {
	t.Helper()
	var id, location string
	cloud.IONOS.Fault(wrappertest.Fault{OperationID: "umUsersPost", Effect: wrappertest.EditResponse(func(a *wrappertest.Response) {
		segments := strings.Split(a.Header.Get("Location"), "/")
		id = segments[len(segments)-2]
		location = names(id)
		a.Header.Set("Location", location)
	})})
	user, operation, err := client.CreateUser(t.Context(), jo())
	require.NotNil(t, user, location)
	assert.Equal(t, "jo@example.com", user.Properties.Email)
	if usable {
		require.NoError(t, err, location)
		assert.Equal(t, id, operation.ID(), location)
		require.NoError(t, operation.Wait(t.Context()))
		assert.Positive(t, cloud.IONOS.Count("requestsStatusGet"))
		return
	}
	failed := failure(t, err, "POST", usersPath, 202)
	require.ErrorIs(t, err, wrapper.ErrUnexpectedResponse)
	require.ErrorIs(t, err, wrapper.ErrOutcomeUnknown, "accepted, and nobody can tell how it ended")
	require.ErrorContains(t, err, "Location names no request")
	assert.NotContains(t, err.Error(), location)
	assert.Nil(t, operation, location)
	assert.Nil(t, failed.Operation)
	assert.Len(t, cloud.IONOS.Requests(), 1)

	// A DELETE has no result to keep, and says so too.
	ann := addAnn(cloud)
	cloud.IONOS.Fault(wrappertest.Fault{OperationID: "umUsersDelete", Effect: wrappertest.EditResponse(func(a *wrappertest.Response) {
		a.Header.Set("Location", location)
	})})
	operation, err = client.DeleteUser(t.Context(), ann)
	failure(t, err, "DELETE", usersPath+"/"+ann, 202)
	require.ErrorIs(t, err, wrapper.ErrOutcomeUnknown)
	assert.Nil(t, operation)
}

func locationInPlain(t *testing.T) {
	other := newStranger(t)
	cloud := newCloud()
	assertLocated(t, cloud, onTLS(t, cloud), true, func(id string) string {
		return "http://" + other.address + "/cloudapi/v6/requests/" + id + "/status"
	})
}

func locationBehindGateway(t *testing.T) {
	other := newStranger(t)
	for _, prefix := range []string{"", "/other", "/gateway/ionos/cloudapi/v6", "/requests/a/status"} {
		cloud := newCloud()
		server := httptest.NewServer(http.StripPrefix("/gateway/ionos", cloud.IONOS))
		t.Cleanup(server.Close)
		client := onSockets(t, cloud, wrapper.WithBaseURL(server.URL+"/gateway/ionos/cloudapi/v6/"))
		assertLocated(t, cloud, client, true, func(id string) string {
			return "http://" + other.address + prefix + "/requests/" + id + "/status"
		})
	}
}
