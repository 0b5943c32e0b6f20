package wrappertest_test

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/cloudroster/cloudroster/gen"
	"github.com/cloudroster/cloudroster/wrapper"
	"github.com/cloudroster/cloudroster/wrapper/wrappertest"
)

func TestServersListenOnLoopbackAndReuseConnections(t *testing.T) {
	t.Parallel()
	c := onSockets(t)
	assert.Regexp(t, `^http://127\.0\.0\.1:\d+/cloudapi/v6$`, c.cloud.IONOS.URL())
	assert.Regexp(t, `^http://127\.0\.0\.1:\d+$`, c.cloud.Triton.URL())
	keepsConnection(t, c.cloud)
	assert.Equal(t, 1, c.cloud.IONOS.Connections())
	assert.Equal(t, 0, c.cloud.Triton.Connections())
	walk(t, c)
}

func TestServersServeTLS(t *testing.T) {
	t.Parallel()
	borrowed := httptest.NewUnstartedServer(nil)
	borrowed.StartTLS() // for its certificate, and a client that trusts it
	t.Cleanup(borrowed.Close)
	cloud := wrappertest.Start(t, wrappertest.WithTLS(borrowed.TLS))
	require.Regexp(t, `^https://127\.0\.0\.1:\d+/cloudapi/v6$`, cloud.IONOS.URL())
	user := cloud.IONOS.AddUser(wrappertest.User{FirstName: "Ann", LastName: "Lee", Email: "ann@example.com"})

	client := cloud.IONOSClient(t, wrapper.WithHTTPClient(borrowed.Client()))
	_, operation, err := client.UpdateUser(t.Context(), user, func(p *gen.UserUpdateProperties) { p.LastName = new("Ek") })
	require.NoError(t, err)
	assert.NoError(t, operation.Wait(t.Context()))
	_, err = cloud.TritonClient(t, wrapper.WithHTTPClient(borrowed.Client())).GetUser(t.Context(), "nobody")
	assert.ErrorIs(t, err, wrapper.ErrNotFound)
}

// keepsConnection sends many requests on one connection. An http.Transport cannot be asked: on a
// machine under load it gives a connection up if the response comes 50 ms before it notices that
// the request was written.
func keepsConnection(t *testing.T, cloud *wrappertest.Cloud) {
	t.Helper()
	base, err := url.Parse(cloud.IONOS.URL())
	require.NoError(t, err)
	conn, err := net.Dial("tcp", base.Host)
	require.NoError(t, err)
	defer conn.Close()
	responses := bufio.NewReader(conn)
	for range 50 {
		request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, base.String()+"/um/users", nil)
		require.NoError(t, err)
		request.Header.Set("Authorization", "Bearer "+wrappertest.Token)
		require.NoError(t, request.Write(conn))
		response, err := http.ReadResponse(responses, request)
		require.NoError(t, err)
		_, err = io.Copy(io.Discard, response.Body)
		require.NoError(t, err)
		require.NoError(t, response.Body.Close())
		require.Equal(t, 200, response.StatusCode)
		require.False(t, response.Close)
	}
}

func TestDroppedConnectionsAreMadeAnew(t *testing.T) {
	t.Parallel()
	c := onSockets(t)
	for i := range 3 {
		require.Equal(t, 200, c.ionos("GET", "/um/users", "").StatusCode)
		require.Equal(t, i+1, c.cloud.IONOS.Connections())
		c.cloud.IONOS.DropConnections()
	}
	assert.Equal(t, 3, c.cloud.IONOS.Count("umUsersGet"))
}

func TestCloseEndsHangingHandlersAndRefusesConnections(t *testing.T) {
	t.Parallel()
	c := onSockets(t)
	reached := make(chan struct{})
	hang := wrappertest.Hang()
	c.cloud.Triton.Fault(wrappertest.Fault{Effect: func(w http.ResponseWriter, r *http.Request, carryOut func() *wrappertest.Response) {
		close(reached)
		hang(w, r, carryOut)
	}})
	failed := make(chan error)
	go func() {
		_, err := c.tryTriton(t.Context(), "GET", "/my/users", "")
		failed <- err
	}()
	<-reached
	c.cloud.Close()
	require.Error(t, <-failed)
	_, err := c.tryIONOS(t.Context(), "GET", "/um/users", "")
	require.Error(t, err)
	c.cloud.Close()
}

func TestListenReportsAnAddressInUse(t *testing.T) {
	t.Parallel()
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer taken.Close()
	cloud := wrappertest.New()
	for _, addresses := range [][2]string{{taken.Addr().String(), ""}, {"", taken.Addr().String()}} {
		require.Error(t, cloud.Listen(addresses[0], addresses[1]))
		assert.Equal(t, "https://ionos.test/cloudapi/v6", cloud.IONOS.URL(), "nothing is served")
	}
	require.NoError(t, cloud.Listen("127.0.0.1:0", "127.0.0.1:0"))
	cloud.Close()
}

func TestCloudsAreHandlers(t *testing.T) {
	t.Parallel()
	cloud := wrappertest.New()
	mux := http.NewServeMux()
	mux.Handle("/cloudapi/v6/", cloud.IONOS)
	mux.Handle("/", cloud.Triton)
	answer := httptest.NewRecorder()
	r := httptest.NewRequest("GET", "http://both.test/cloudapi/v6/um/users", nil)
	r.Header.Set("Authorization", "Bearer "+wrappertest.Token)
	mux.ServeHTTP(answer, r)
	assert.Equal(t, 200, answer.Code)
	assert.Contains(t, answer.Body.String(), "http://both.test/cloudapi/v6/um/users")
	answer = httptest.NewRecorder()
	mux.ServeHTTP(answer, httptest.NewRequest("GET", "http://both.test/my/users", nil))
	assert.Equal(t, 401, answer.Code)
	assert.Len(t, cloud.IONOS.Requests(), 1)
	assert.Len(t, cloud.Triton.Requests(), 1)
}

func TestHandlersBehindTLSSayHTTPS(t *testing.T) {
	t.Parallel()
	cloud := wrappertest.New()
	server := httptest.NewTLSServer(cloud.IONOS)
	defer server.Close()
	c := caller{t: t, cloud: cloud, client: server.Client(), header: http.Header{}}
	r := c.request(t.Context(), "POST", server.URL+"/cloudapi/v6/um/users", ann)
	r.Header.Set("Authorization", "Bearer "+wrappertest.Token)
	got, err := c.do(r)
	require.NoError(t, err)
	assert.True(t, strings.HasPrefix(got.Header.Get("Location"), server.URL+"/cloudapi/v6/requests/"))
}

func TestHandlersNest(t *testing.T) {
	t.Parallel()
	var order []string
	wrap := func(name string) wrappertest.Option {
		return wrappertest.WithHandler(func(next http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				order = append(order, name)
				next.ServeHTTP(w, r)
			})
		})
	}
	c := inMemory(t, wrap("inner"), wrap("outer"))
	c.ionos("GET", "/um/users", "")
	c.triton("GET", "/my/users", "")
	assert.Equal(t, []string{"outer", "inner", "outer", "inner"}, order)
}
