package speed

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"

	ionoscloud "github.com/ionos-cloud/sdk-go/v6"

	"github.com/cloudroster/cloudroster/bench/canned"
	"github.com/cloudroster/cloudroster/bench/floor"
	"github.com/cloudroster/cloudroster/gen"
	"github.com/cloudroster/cloudroster/wrapper"
)

const token = "token"

// clients are the three that are compared. A nil client is each one's default.
type clients struct {
	ours   *wrapper.IONOS
	floor  *floor.Client
	vendor *ionoscloud.APIClient
}

func newClients(b *testing.B, server string, client *http.Client) clients {
	b.Helper()
	options := []wrapper.IONOSOption{wrapper.WithBaseURL(server + canned.IONOSPath)}
	plain := &http.Client{Transport: http.DefaultTransport.(*http.Transport).Clone()}
	configuration := ionoscloud.NewConfiguration("", "", token, server+canned.IONOSPath)
	if client != nil {
		options = append(options, wrapper.WithHTTPClient(client))
		plain = client
		configuration.HTTPClient = client
	}
	ours, err := wrapper.NewIONOS(wrapper.TokenAuth(token), options...)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(plain.CloseIdleConnections)
	return clients{
		ours:   ours,
		floor:  &floor.Client{Base: server + canned.IONOSPath, Token: token, HTTP: plain},
		vendor: ionoscloud.NewAPIClient(configuration),
	}
}

// compare runs the three, each with a warm connection, and checks that each got what it should.
func compare(b *testing.B, c clients, ours, floor, vendor func(context.Context, clients) (string, error), want string) {
	b.Helper()
	for _, one := range []struct {
		name string
		call func(context.Context, clients) (string, error)
	}{{"floor", floor}, {"ours", ours}, {"vendor", vendor}} {
		b.Run(one.name, func(b *testing.B) {
			ctx := context.Background()
			if got, err := one.call(ctx, c); err != nil || got != want {
				b.Fatalf("got %q, %v; want %q", got, err, want)
			}
			loop(b, func() error {
				_, err := one.call(ctx, c)
				return err
			})
		})
	}
}

func list(b *testing.B, c clients) {
	b.Helper()
	compare(b, c,
		func(ctx context.Context, c clients) (string, error) {
			list, err := c.ours.ListUsers(ctx, wrapper.WithDepth(1), wrapper.WithOffset(0), wrapper.WithLimit(canned.PageSize))
			if err != nil {
				return "", err
			}
			return fingerprint(len(list.Items), list.Items[99].Properties.Email), nil
		},
		func(ctx context.Context, c clients) (string, error) {
			list, err := c.floor.ListUsers(ctx, 0, canned.PageSize)
			if err != nil {
				return "", err
			}
			return fingerprint(len(list.Items), list.Items[99].Properties.Email), nil
		},
		func(ctx context.Context, c clients) (string, error) {
			list, _, err := c.vendor.UserManagementApi.UmUsersGet(ctx).Depth(1).Offset(0).Limit(canned.PageSize).Pretty(false).Execute()
			if err != nil {
				return "", err
			}
			return fingerprint(len(*list.Items), *(*list.Items)[99].Properties.Email), nil
		}, fingerprint(100, "user99@example.test"))
}

// fingerprint keeps the comparison of answers from costing an allocation.
func fingerprint(items int, last string) string {
	if items != canned.PageSize {
		return ""
	}
	return last
}

// BenchmarkListDecode is a list of 100 users at depth 1 from memory: what is left is the client.
func BenchmarkListDecode(b *testing.B) {
	list(b, newClients(b, "http://127.0.0.1", &http.Client{Transport: canned.RoundTripper{}}))
}

// BenchmarkListHTTP is a list of 100 users at depth 1.
func BenchmarkListHTTP(b *testing.B) {
	server := httptest.NewServer(&canned.Service{Users: 1000})
	defer server.Close()
	list(b, newClients(b, server.URL, nil))
}

func get(b *testing.B, c clients) {
	b.Helper()
	compare(b, c,
		func(ctx context.Context, c clients) (string, error) {
			user, err := c.ours.GetUser(ctx, canned.UserID)
			if err != nil {
				return "", err
			}
			return user.Properties.Email, nil
		},
		func(ctx context.Context, c clients) (string, error) {
			user, err := c.floor.GetUser(ctx, canned.UserID)
			return user.Properties.Email, err
		},
		func(ctx context.Context, c clients) (string, error) {
			user, _, err := c.vendor.UserManagementApi.UmUsersFindById(ctx, canned.UserID).Pretty(false).Execute()
			if err != nil {
				return "", err
			}
			return *user.Properties.Email, nil
		}, "user1@example.test")
}

// BenchmarkGetHTTP gets one user.
func BenchmarkGetHTTP(b *testing.B) {
	server := httptest.NewServer(&canned.Service{})
	defer server.Close()
	get(b, newClients(b, server.URL, nil))
}

// BenchmarkGetHTTPS gets one user over TLS.
func BenchmarkGetHTTPS(b *testing.B) {
	server := httptest.NewTLSServer(&canned.Service{})
	defer server.Close()
	get(b, newClients(b, server.URL, server.Client()))
}

// BenchmarkCreateHTTP creates one user.
func BenchmarkCreateHTTP(b *testing.B) {
	server := httptest.NewServer(&canned.Service{})
	defer server.Close()
	compare(b, newClients(b, server.URL, nil),
		func(ctx context.Context, c clients) (string, error) {
			user, operation, err := c.ours.CreateUser(ctx, gen.UserCreateProperties{
				FirstName: "Ada", LastName: "Lovelace", Email: "ada@example.test", Password: "correct-horse-1",
				Administrator: new(false), ForceSecAuth: new(false), Active: new(true),
			})
			if err != nil || operation.ID() == "" {
				return "", err
			}
			return user.Properties.Email, nil
		},
		func(ctx context.Context, c clients) (string, error) {
			user, location, err := c.floor.CreateUser(ctx, &floor.NewUser{Properties: floor.NewUserProperties{
				FirstName: "Ada", LastName: "Lovelace", Email: "ada@example.test", Password: "correct-horse-1", Active: true,
			}})
			if err != nil || location == "" {
				return "", err
			}
			return user.Properties.Email, nil
		},
		func(ctx context.Context, c clients) (string, error) {
			user, response, err := c.vendor.UserManagementApi.UmUsersPost(ctx).Pretty(false).User(ionoscloud.UserPost{
				Properties: &ionoscloud.UserPropertiesPost{
					Firstname: new("Ada"), Lastname: new("Lovelace"), Email: new("ada@example.test"), Password: new("correct-horse-1"),
					Administrator: new(false), ForceSecAuth: new(false), Active: new(true),
				},
			}).Execute()
			if err != nil || response.Header.Get("Location") == "" {
				return "", err
			}
			return *user.Properties.Email, nil
		}, "user1@example.test")
}

// BenchmarkAllUsers walks 10,000 users on 100 pages, of which the service takes 5 ms each.
func BenchmarkAllUsers(b *testing.B) {
	const users = 10_000
	var connections atomic.Int64
	server := httptest.NewUnstartedServer(&canned.Service{Users: users, Delay: 5 * time.Millisecond})
	server.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			connections.Add(1)
		}
	}
	server.Start()
	defer server.Close()
	c := newClients(b, server.URL, nil)
	walk := func(opts ...wrapper.CallOption) func(context.Context) (int, error) {
		return func(ctx context.Context) (int, error) {
			seen := 0
			for _, err := range c.ours.AllUsers(ctx, append(opts, wrapper.WithDepth(1))...) {
				if err != nil {
					return 0, err
				}
				seen++
			}
			return seen, nil
		}
	}
	for _, one := range []struct {
		name string
		walk func(context.Context) (int, error)
	}{
		{"floor", func(ctx context.Context) (int, error) {
			seen := 0
			for {
				list, err := c.floor.ListUsers(ctx, seen, canned.PageSize)
				if err != nil {
					return 0, err
				}
				if seen += len(list.Items); len(list.Items) < canned.PageSize {
					return seen, nil
				}
			}
		}},
		{"ours", walk(wrapper.WithPrefetch(8))},
		{"ours-sequential", walk()},
		{"vendor", func(ctx context.Context) (int, error) {
			seen := 0
			for {
				list, _, err := c.vendor.UserManagementApi.UmUsersGet(ctx).
					Depth(1).Offset(int32(seen)).Limit(canned.PageSize).Pretty(false).Execute()
				if err != nil {
					return 0, err
				}
				if seen += len(*list.Items); len(*list.Items) < canned.PageSize {
					return seen, nil
				}
			}
		}},
	} {
		b.Run(one.name, func(b *testing.B) {
			most := int64(0)
			loop(b, func() error {
				before := connections.Load()
				seen, err := one.walk(context.Background())
				if err != nil || seen != users {
					return fmt.Errorf("%d users: %w", seen, err)
				}
				most = max(most, connections.Load()-before)
				return nil
			})
			b.ReportMetric(float64(most), "connections") // the most that one walk opened
		})
	}
}
