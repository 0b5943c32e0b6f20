package contract

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// served runs a handler over a real socket, and keeps what arrived.
func served(t *testing.T, handler http.Handler) *httptest.Server {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	return server
}

// once is a body that can be read once only.
type once struct{ io.Reader }

func (once) Close() error { return nil }

func TestBodiesPassUnchanged(t *testing.T) {
	t.Parallel()
	k := talks["create user"]()
	for name, body := range map[string]io.Reader{
		"a body that can be read again": strings.NewReader(k.body),
		"a body that is read once":      once{strings.NewReader(k.body)},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var arrived []byte
			var client, server findings
			fake := served(t, Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				var err error
				arrived, err = io.ReadAll(r.Body)
				assert.NoError(t, err)
				for name, values := range k.returnedHeader {
					w.Header()[name] = values
				}
				w.Header().Set("Location", "http://"+r.Host+"/cloudapi/v6/requests/1/status")
				w.WriteHeader(k.status)
				for _, part := range []string{k.response[:20], k.response[20:]} {
					_, _ = io.WriteString(w, part)
					w.(http.Flusher).Flush()
				}
			}), server.report))
			r, err := http.NewRequestWithContext(t.Context(), k.method, fake.URL+"/cloudapi/v6/um/users", body)
			require.NoError(t, err)
			r.Header = k.header
			resp, err := Transport(nil, client.report).RoundTrip(r)
			require.NoError(t, err)
			assert.Same(t, r, resp.Request)
			data, err := io.ReadAll(resp.Body)
			require.NoError(t, err)
			require.NoError(t, resp.Body.Close())
			assert.Equal(t, k.body, string(arrived))
			assert.Equal(t, k.response, string(data))
			assert.Empty(t, client.list())
			assert.Empty(t, server.list())
		})
	}
}

func TestABodyThatIsReadOnceIsChecked(t *testing.T) {
	t.Parallel()
	k := talks["create user"]()
	sent("lastname", "lastName")(k)
	var found findings
	r := k.request(t)
	r.GetBody = nil
	_, err := Transport(roundTripper(func(r *http.Request) (*http.Response, error) {
		_, err := io.Copy(io.Discard, r.Body)
		require.NoError(t, err)
		return k.respond(r)
	}), found.report).RoundTrip(r)
	require.NoError(t, err)
	require.Len(t, found.list(), 2) // unknown lastName, missing lastname
}

var errBroken = errors.New("connection reset")

type broken struct{ io.Reader }

func (b broken) Read(p []byte) (int, error) {
	n, err := b.Reader.Read(p)
	if errors.Is(err, io.EOF) {
		return n, errBroken
	}
	return n, err
}

func (broken) Close() error { return nil }

func TestABrokenResponsePassesAndIsNotChecked(t *testing.T) {
	t.Parallel()
	k := talks["get user"]()
	for name, body := range map[string]io.ReadCloser{
		"reset":     broken{strings.NewReader(k.response[:30])},
		"cut short": once{io.MultiReader(strings.NewReader(k.response[:30]), failing{io.ErrUnexpectedEOF})},
	} {
		var found findings
		resp, err := Transport(roundTripper(func(r *http.Request) (*http.Response, error) {
			resp, err := k.respond(r)
			resp.Body = body
			return resp, err
		}), found.report).RoundTrip(k.request(t))
		require.NoError(t, err)
		data, err := io.ReadAll(resp.Body)
		assert.Equal(t, k.response[:30], string(data), name)
		assert.True(t, errors.Is(err, errBroken) || errors.Is(err, io.ErrUnexpectedEOF), "%s: %v", name, err)
		require.NoError(t, resp.Body.Close())
		require.Len(t, found.list(), 1, name)
		assert.Equal(t, Finding{
			Kind: Drift, Rule: RuleNotChecked, OperationID: "umUsersFindById", Method: "GET", Path: "/um/users/{userId}", Status: 200,
			Where: "response body", Message: "is not checked: it broke off",
		}, found.list()[0], name)
	}
}

type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }

func TestAFailedRequestPassesItsError(t *testing.T) {
	t.Parallel()
	var found findings
	resp, err := Transport(roundTripper(func(*http.Request) (*http.Response, error) { return nil, errBroken }), found.report).
		RoundTrip(talks["get user"]().request(t))
	assert.Nil(t, resp)
	assert.Same(t, errBroken, err)
	assert.Empty(t, found.list())
}

func TestAResponseThatADecoderDoesNotReadToItsEndIsChecked(t *testing.T) {
	t.Parallel()
	k := talks["get user"]()
	returned(`"active":true`, `"active":1`)(k)
	for _, length := range []int64{int64(len(k.response)), -1} {
		var found findings
		resp, err := Transport(roundTripper(func(r *http.Request) (*http.Response, error) {
			resp, err := k.respond(r)
			resp.ContentLength = length
			return resp, err
		}), found.report).RoundTrip(k.request(t))
		require.NoError(t, err)
		var value any
		require.NoError(t, json.NewDecoder(resp.Body).Decode(&value))
		require.NoError(t, resp.Body.Close())
		require.Len(t, found.list(), 1)
	}
}

func TestGzipIsUnpackedForTheCheckOnly(t *testing.T) {
	t.Parallel()
	k := talks["get user"]()
	returned(`"active":true`, `"active":1`)(k)
	var packed bytes.Buffer
	zip := gzip.NewWriter(&packed)
	_, err := io.WriteString(zip, k.response)
	require.NoError(t, err)
	require.NoError(t, zip.Close())
	k.response = packed.String()
	k.returnedHeader.Set("Content-Encoding", "gzip")
	assert.Len(t, k.seenByTransport(t), 1) // which also compares the packed bytes
	assert.Len(t, k.seenByHandler(t), 1)
}

func TestABodyOverTheLimitIsDrift(t *testing.T) {
	t.Parallel()
	k := talks["create user"]()
	for side, found := range map[string][]Finding{
		"transport": k.seenByTransport(t, WithBodyLimit(60)), "handler": k.seenByHandler(t, WithBodyLimit(60)),
	} {
		require.Len(t, found, 2, side)
		for _, f := range found {
			assert.Equal(t, Drift, f.Kind)
			assert.Equal(t, RuleNotChecked, f.Rule)
		}
	}
	assert.Empty(t, k.seenByTransport(t, WithBodyLimit(int64(len(k.response)))))
}

func TestAHandlerThatAbortsOrHijacksIsNotChecked(t *testing.T) {
	t.Parallel()
	var found findings
	fake := served(t, Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/abort") {
			panic(http.ErrAbortHandler)
		}
		conn, _, err := http.NewResponseController(w).Hijack()
		assert.NoError(t, err)
		assert.NoError(t, conn.Close())
	}), found.report))
	for _, id := range []string{"abort", "hijack"} {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, fake.URL+"/um/users/"+id, nil)
		require.NoError(t, err)
		r.Header.Set("Authorization", "Bearer token")
		_, err = http.DefaultTransport.RoundTrip(r)
		require.Error(t, err)
	}
	assert.Empty(t, found.list())
}

func TestOneTransportServesManyGoroutines(t *testing.T) {
	t.Parallel()
	k := talks["list users"]()
	returned(`"limit":2`, `"limit":3`)(k)
	told := 0 // without a lock: reports come one at a time
	var coverage Coverage
	transport := Transport(roundTripper(k.respond), func(Finding) { told++ }, WithCoverage(&coverage))
	var all sync.WaitGroup
	for range 20 {
		all.Go(func() {
			resp, err := transport.RoundTrip(k.request(t))
			assert.NoError(t, err)
			_, err = io.Copy(io.Discard, resp.Body)
			assert.NoError(t, err)
		})
	}
	all.Wait()
	assert.Equal(t, 20, told)
	assert.Equal(t, 20, coverage.snapshot()[item{operations, "umUsersGet"}])
}

func TestACancelledRequestStaysCancelled(t *testing.T) {
	t.Parallel()
	fake := served(t, http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, fake.URL+"/um/users", nil)
	require.NoError(t, err)
	_, err = Transport(nil, nil).RoundTrip(r)
	require.ErrorIs(t, err, context.Canceled)
}

// secret stands wherever a caller or a service could put one.
const secret = "s3cr3t-Passw0rd"

func TestNoFindingHoldsASecret(t *testing.T) {
	t.Parallel()
	planted := map[string]func(*talk){
		"password of another type":     sent(`"password":"correct-horse"`, `"password":["`+secret+`"]`),
		"password in a wrong field":    sent(`"password":"correct-horse"`, `"pass word `+secret+`":"`+secret+`"`),
		"password in broken JSON":      sent(`"password":"correct-horse"`, `"password":"`+secret+`\q"`),
		"form in place of JSON":        func(k *talk) { k.body = "password=" + secret },
		"token of another kind":        withHeader("Authorization", "Token "+secret),
		"media type":                   withHeader("Content-Type", "text/"+secret),
		"contract number":              withHeader("X-Contract-Number", secret),
		"path":                         requested("/um/users", "/um/"+secret),
		"query name":                   requested("/um/users", "/um/users?"+secret+"%20x=1"),
		"query value":                  requested("/um/users", "/um/users?depth="+secret+"&page="+secret),
		"method":                       func(k *talk) { k.method = "P " + secret },
		"type":                         sent(`{"prop`, `{"type":"`+secret+`","prop`),
		"response that is no JSON":     func(k *talk) { k.response = secret },
		"response with another type":   returned(`"firstname":"Ann"`, `"firstname":["`+secret+`"]`),
		"response with a new value":    returned(`"type":"user"`, `"type":"`+secret+`"`),
		"response with a bad date":     returned(`2024-05-01T10:00:00Z`, secret),
		"response with a bad URL":      returned(`"href":"https:`, `"href":"`+secret+`%zz:`),
		"location with credentials":    returnedHeader("Location", "https://me:"+secret+"@api.ionos.com/x"),
		"location that is no URL":      returnedHeader("Location", secret+" %zz"),
		"rate limit":                   returnedHeader("X-RateLimit-Limit", secret),
		"media type of the response":   returnedHeader("Content-Type", "text/"+secret),
		"undocumented response status": status(299),
	}
	t.Logf("figure: no secret in the findings of %d planted ones", len(planted))
	for name, seed := range planted {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			k := talks["create user"]()
			seed(k)
			found := append(k.seenByTransport(t), k.seenByHandler(t)...)
			require.NotEmpty(t, found)
			for _, f := range found {
				for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q"} {
					assert.NotContains(t, fmt.Sprintf(verb, f), secret)
				}
				text, err := json.Marshal(f)
				require.NoError(t, err)
				assert.NotContains(t, string(text), secret)
			}
		})
	}
}

type fakeTB struct{ errors, logs []string }

func (*fakeTB) Helper()                     {}
func (f *fakeTB) Errorf(s string, a ...any) { f.errors = append(f.errors, fmt.Sprintf(s, a...)) }
func (f *fakeTB) Logf(s string, a ...any)   { f.logs = append(f.logs, fmt.Sprintf(s, a...)) }

func TestFailFailsForViolationsAndLogsDrift(t *testing.T) {
	t.Parallel()
	var tb fakeTB
	k := talks["get user"]()
	returned(`"active":true`, `"active":1,"new":2`)(k)
	for _, f := range k.seenByTransport(t) {
		ReportTo(&tb)(f)
	}
	assert.Equal(t, []string{
		"violation: GET /um/users/{userId} (umUsersFindById), status 200: response body /properties/active: is not of type boolean [type] in UserProperties.active",
	}, tb.errors)
	assert.Equal(t, []string{
		"drift: GET /um/users/{userId} (umUsersFindById), status 200: response body /properties/(a name of 3 bytes): the document has no such field [unknown-field] in UserProperties",
	}, tb.logs)
}
