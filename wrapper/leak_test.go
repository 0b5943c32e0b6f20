package wrapper_test

import (
	"context"
	"io"
	"log"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/cloudroster/cloudroster/gen"
	"github.com/cloudroster/cloudroster/wrapper"
	"github.com/cloudroster/cloudroster/wrapper/wrappertest"
)

// bodyCounter counts the bodies of answers that nobody closed.
type bodyCounter struct {
	next http.RoundTripper

	mu           sync.Mutex
	open, opened int
}

func (c *bodyCounter) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := c.next.RoundTrip(r)
	if resp != nil {
		c.mu.Lock()
		c.open++
		c.opened++
		c.mu.Unlock()
		resp.Body = &countedBody{ReadCloser: resp.Body, closed: sync.OnceFunc(func() {
			c.mu.Lock()
			defer c.mu.Unlock()
			c.open--
		})}
	}
	return resp, err
}

func (c *bodyCounter) count() (open, opened int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.open, c.opened
}

type countedBody struct {
	io.ReadCloser
	closed func()
}

func (b *countedBody) Close() error {
	b.closed()
	return b.ReadCloser.Close()
}

// callsOf makes one call of every operation, and of what is built on them.
func callsOf(s *stage) map[string]func(context.Context) error {
	only := func(_ any, err error) error { return err }
	write := func(ctx context.Context) func(any, *wrapper.Operation, error) error {
		return func(_ any, operation *wrapper.Operation, err error) error {
			if err != nil {
				return err
			}
			return operation.Wait(ctx)
		}
	}
	remove := func(ctx context.Context) func(*wrapper.Operation, error) error {
		return func(operation *wrapper.Operation, err error) error { return write(ctx)(nil, operation, err) }
	}
	i, tr := s.ionos, s.triton
	share := gen.ShareProperties{SharePrivilege: new(true)}
	return map[string]func(context.Context) error{
		"umUsersGet":  func(ctx context.Context) error { return only(i.ListUsers(ctx)) },
		"umUsersPost": func(ctx context.Context) error { return write(ctx)(i.CreateUser(ctx, jo())) },
		"umUsersFindById": func(ctx context.Context) error {
			return only(i.GetUser(ctx, s.user))
		},
		"umUsersPut": func(ctx context.Context) error {
			return write(ctx)(i.ReplaceUser(ctx, s.user, gen.UserUpdateProperties{FirstName: new("Ann"), LastName: new("Ray"), Email: new("ann@example.com")}))
		},
		"umUsersDelete":    func(ctx context.Context) error { return remove(ctx)(i.DeleteUser(ctx, s.user)) },
		"umUsersGroupsGet": func(ctx context.Context) error { return only(i.ListUserGroups(ctx, s.member)) },
		"umUsersOwnsGet":   func(ctx context.Context) error { return only(i.ListOwnedResources(ctx, s.user)) },
		"umGroupsGet":      func(ctx context.Context) error { return only(i.ListGroups(ctx)) },
		"umGroupsPost": func(ctx context.Context) error {
			return write(ctx)(i.CreateGroup(ctx, gen.GroupProperties{Name: new("dev")}))
		},
		"umGroupsFindById": func(ctx context.Context) error { return only(i.GetGroup(ctx, s.group)) },
		"umGroupsPut": func(ctx context.Context) error {
			return write(ctx)(i.ReplaceGroup(ctx, s.group, gen.GroupProperties{Name: new("ops")}))
		},
		"umGroupsDelete":       func(ctx context.Context) error { return remove(ctx)(i.DeleteGroup(ctx, s.group)) },
		"umGroupsResourcesGet": func(ctx context.Context) error { return only(i.ListGroupResources(ctx, s.group)) },
		"umGroupsUsersGet":     func(ctx context.Context) error { return only(i.ListGroupMembers(ctx, s.group)) },
		"umGroupsUsersPost":    func(ctx context.Context) error { return write(ctx)(i.AddGroupMember(ctx, s.group, s.user)) },
		"umGroupsUsersDelete": func(ctx context.Context) error {
			return remove(ctx)(i.RemoveGroupMember(ctx, s.group, s.member))
		},
		"umGroupsSharesGet":              func(ctx context.Context) error { return only(i.ListShares(ctx, s.group)) },
		"umGroupsSharesFindByResourceId": func(ctx context.Context) error { return only(i.GetShare(ctx, s.group, s.shared)) },
		"umGroupsSharesPost":             func(ctx context.Context) error { return write(ctx)(i.AddShare(ctx, s.group, s.resource, share)) },
		"umGroupsSharesPut":              func(ctx context.Context) error { return write(ctx)(i.ReplaceShare(ctx, s.group, s.shared, share)) },
		"umGroupsSharesDelete":           func(ctx context.Context) error { return remove(ctx)(i.RemoveShare(ctx, s.group, s.shared)) },
		"umResourcesGet":                 func(ctx context.Context) error { return only(i.ListResources(ctx)) },
		"umResourcesFindByType": func(ctx context.Context) error {
			return only(i.ListResourcesByType(ctx, gen.ResourceTypeSnapshot))
		},
		"umResourcesFindByTypeAndId": func(ctx context.Context) error {
			return only(i.GetResource(ctx, gen.ResourceTypeDataCenter, s.resource))
		},
		"requestsStatusGet": func(ctx context.Context) error {
			_, operation, err := i.CreateGroup(ctx, gen.GroupProperties{Name: new("dev")})
			if err != nil {
				return err
			}
			return only(i.GetRequestStatus(ctx, operation.ID()))
		},
		"ListTritonUsers":  func(ctx context.Context) error { return only(tr.ListUsers(ctx)) },
		"GetTritonUser":    func(ctx context.Context) error { return only(tr.GetUserWithRoles(ctx, "bob.ray")) },
		"CreateTritonUser": func(ctx context.Context) error { return only(tr.CreateUser(ctx, joTriton())) },
		"UpdateTritonUser": func(ctx context.Context) error {
			return only(tr.UpdateUser(ctx, "bob.ray", gen.TritonUserUpdate{City: new("Oslo")}))
		},
		"ChangeTritonUserPassword": func(ctx context.Context) error {
			return only(tr.ChangeUserPassword(ctx, s.tritonUser, "correct-horse-5"))
		},
		"ListTritonUserKeys": func(ctx context.Context) error { return only(tr.ListUserKeys(ctx, "bob.ray")) },
		"CreateTritonUserKey": func(ctx context.Context) error {
			return only(tr.CreateUserKey(ctx, "bob.ray", gen.TritonKeyCreate{Key: publicKey}))
		},
		"GetTritonUserKey":    func(ctx context.Context) error { return only(tr.GetUserKey(ctx, s.keyHolder(), "laptop")) },
		"DeleteTritonUserKey": func(ctx context.Context) error { return tr.DeleteUserKey(ctx, s.keyHolder(), "laptop") },
		"DeleteTritonUser":    func(ctx context.Context) error { return tr.DeleteUser(ctx, "bob.ray") },

		// What is built on them.
		"update": func(ctx context.Context) error {
			return write(ctx)(i.UpdateUser(ctx, s.user, func(p *gen.UserUpdateProperties) { p.Active = new(false) }))
		},
		"walk": func(ctx context.Context) error {
			for _, err := range i.AllUsers(ctx, wrapper.WithLimit(1), wrapper.WithPrefetch(3)) {
				if err != nil {
					return err
				}
			}
			return nil
		},
		"walk and break": func(ctx context.Context) error {
			for _, err := range i.AllUsers(ctx, wrapper.WithLimit(1), wrapper.WithPrefetch(3)) {
				return err
			}
			return nil
		},
		"wait for many": func(ctx context.Context) error {
			var all []*wrapper.Operation
			for range 20 {
				_, operation, err := i.CreateGroup(ctx, gen.GroupProperties{Name: new("dev")})
				if err != nil {
					return err
				}
				all = append(all, operation)
			}
			return wrapper.WaitAll(ctx, all...)
		},
		"watch and break": func(ctx context.Context) error {
			_, operation, err := i.CreateGroup(ctx, gen.GroupProperties{Name: new("dev")})
			if err != nil {
				return err
			}
			for _, err := range operation.Watch(ctx) {
				return err
			}
			return nil
		},
	}
}

func TestEveryCallIsChecked(t *testing.T) {
	t.Parallel()
	document, err := openapi3.NewLoader().LoadFromFile("../openapi.yaml")
	require.NoError(t, err)
	calls := callsOf(new(stage))
	for _, item := range document.Paths.Map() {
		for _, operation := range item.Operations() {
			assert.Contains(t, calls, operation.OperationID)
		}
	}
}

// leaks are the faults under which a body or a connection could be left behind. Where the
// answer is not read to its end, the connection cannot be used again; everywhere else it is.
var leaks = []struct {
	name   string
	effect wrappertest.Effect
	keeps  bool // the connection
}{
	{"no fault", asUsual, true},
	{"400", wrappertest.Reply(400, nil, `{"code":"InvalidContent"}`), true},
	{"401", wrappertest.Empty(401), true},
	{"404", wrappertest.HTML(404), true},
	{"429", wrappertest.Empty(429), true},
	{"500", wrappertest.HTML(500), true},
	{"503", wrappertest.Reply(503, http.Header{"Retry-After": {"999999"}}, ""), true},
	{"redirect", wrappertest.Redirect(307, "https://elsewhere.example/"), true},
	{"login page", wrappertest.HTML(200), true},
	{"null", wrappertest.Reply(200, nil, "null"), true},
	{"empty", wrappertest.Empty(200), true},
	{"gzip lie", wrappertest.GzipLie(), true},
	{"error body of 10 MiB", wrappertest.Reply(422, nil, strings.Repeat("x", 10<<20)), false},
	{"endless", wrappertest.Endless(200), false},
	{"endless error", wrappertest.Endless(500), false},
	{"reset", wrappertest.ResetConnection(), false},
	{"closed", wrappertest.CloseConnection(), false},
	{"cut", wrappertest.TruncateBody(10), false},
	{"cut chunked", wrappertest.TruncateChunked(0), false},
	{"hang", nil, false},
}

// After every call, whatever came of it, no body is open, and connections are used again.
func TestNothingIsLeftOpen(t *testing.T) {
	t.Parallel()
	for _, fault := range leaks {
		t.Run(fault.name, func(t *testing.T) {
			t.Parallel()
			nothingIsLeftOpen(t, fault.effect, fault.keeps)
		})
	}
}

// pipes serves both clouds over connections in memory that are kept as those of sockets are. In a
// bubble, time does not pass while a goroutine has something to do: on sockets and under load, an
// http.Transport gives up connections whose response comes too long before it notices that the
// request was written.
func pipes(t *testing.T, cloud *wrappertest.Cloud) (transport *http.Transport, connections func() int) {
	t.Helper()
	var dialed atomic.Int64
	hosts := map[string]chan net.Conn{}
	for host, handler := range map[string]http.Handler{"ionos.test:443": cloud.IONOS, "triton.test:443": cloud.Triton} {
		conns := make(chan net.Conn)
		hosts[host] = conns
		server := &http.Server{Handler: handler, ErrorLog: log.New(io.Discard, "", 0)} // #nosec G112 -- no network
		listener := &pipeListener{conns: conns, closed: make(chan struct{})}
		go func() { _ = server.Serve(listener) }()
		t.Cleanup(func() { _ = server.Close() })
	}
	dial := func(_ context.Context, _, address string) (net.Conn, error) {
		dialed.Add(1)
		client, server := net.Pipe()
		hosts[address] <- server
		return client, nil
	}
	transport = &http.Transport{DialTLSContext: dial, MaxIdleConnsPerHost: 16}
	t.Cleanup(transport.CloseIdleConnections)
	return transport, func() int { return int(dialed.Load()) }
}

type pipeListener struct {
	conns  <-chan net.Conn
	closed chan struct{}
	once   sync.Once
}

func (l *pipeListener) Accept() (net.Conn, error) {
	select {
	case conn := <-l.conns:
		return conn, nil
	case <-l.closed:
		return nil, net.ErrClosed
	}
}

func (l *pipeListener) Close() error {
	l.once.Do(func() { close(l.closed) })
	return nil
}

func (l *pipeListener) Addr() net.Addr { return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)} }

// burst is how many requests IONOS takes at a time, which bounds connections, too.
const burst = 8

func nothingIsLeftOpen(t *testing.T, effect wrappertest.Effect, keeps bool) {
	options := []wrappertest.Option{wrappertest.WithRequestTimes(time.Millisecond, time.Millisecond), wrappertest.WithRateLimit(60_000, burst)}
	if keeps {
		synctest.Test(t, func(t *testing.T) {
			cloud := newCloud(options...)
			transport, connections := pipes(t, cloud)
			everyCallMeets(t, cloud, transport, effect)
			// One for each cloud at least, and for those that are on their way at the same time.
			assert.LessOrEqual(t, connections(), 1+burst)
		})
		return
	}
	cloud := startCloud(t, options...)
	sockets := http.DefaultTransport.(*http.Transport).Clone()
	t.Cleanup(sockets.CloseIdleConnections)
	everyCallMeets(t, cloud, sockets, effect)
}

// everyCallMeets makes every call on clouds of which every third response is the fault.
func everyCallMeets(t *testing.T, cloud *wrappertest.Cloud, transport http.RoundTripper, effect wrappertest.Effect) {
	t.Helper()
	var giveUp atomic.Pointer[context.CancelFunc]
	if effect == nil {
		// Nobody waits for it: the call is given up as soon as the server has the request.
		effect = func(w http.ResponseWriter, r *http.Request, carryOut func() *wrappertest.Response) {
			(*giveUp.Load())()
			wrappertest.Hang()(w, r, carryOut)
		}
	}
	bodies := &bodyCounter{next: transport}
	through := wrapper.WithOptions(
		wrapper.WithHTTPClient(&http.Client{Transport: bodies}), wrapper.WithResponseLimit(64<<10),
		wrapper.WithRetry(wrapper.RetryPolicy{MaxAttempts: 2, MinDelay: 1, MaxDelay: 1}),
	)
	pace := wrapper.WithPollPolicy(wrapper.PollPolicy{MinDelay: time.Millisecond, MaxDelay: time.Millisecond})
	s := &stage{cloud: cloud, ionos: ionosClient(t, cloud, through, pace), triton: tritonClient(t, cloud, through)}
	s.fill()
	calls := callsOf(s)
	names := make([]string, 0, len(calls))
	for name := range calls {
		names = append(names, name)
	}
	slices.Sort(names)

	// The faults are met by the second answer and every third one after that, so that polls,
	// later pages and second attempts meet them, too.
	for _, side := range []interface {
		Fault(wrappertest.Fault) *wrappertest.ActiveFault
	}{cloud.IONOS, cloud.Triton} {
		var mu sync.Mutex
		n := 0
		side.Fault(wrappertest.Fault{Match: func(*http.Request) bool {
			mu.Lock()
			defer mu.Unlock()
			n++
			return n%3 == 2
		}, Effect: effect})
	}
	failed := 0
	for _, name := range names {
		ctx, cancel := context.WithCancel(t.Context())
		giveUp.Store(&cancel)
		if calls[name](ctx) != nil {
			failed++
		}
		cancel()
		open, _ := bodies.count()
		require.Zero(t, open, "bodies that are open after %s", name)
	}
	_, answers := bodies.count()
	t.Logf("%d calls, %d of them failed; %d responses, no body open", len(calls), failed, answers)
}
