package wrapper_test

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/cloudroster/cloudroster/gen"
	"github.com/cloudroster/cloudroster/wrapper"
	"github.com/cloudroster/cloudroster/wrapper/wrappertest"
)

// policyRow is a line of the table in the package documentation, and what shows it.
type policyRow struct {
	fault          string
	get, put, post string // retry, no, or unsent
	match          string
	write          string
	is             error
	effects        []wrappertest.Effect
	options        []wrapper.Option
	auth           wrapper.Auth
}

var errVault = errors.New("the vault is locked")

// policy is the table. TestPolicy compares it with the documentation and with the clients.
var policy = []policyRow{
	{"no credentials", "unsent", "unsent", "unsent", "the error of the Auth", "not applied", errVault, nothingAtAll, nil,
		wrapper.TokenSourceAuth(func(context.Context) (string, error) { return "", errVault })},
	{"no connection", "retry", "retry", "retry", "the cause", "not applied", errDial, nothingAtAll, []wrapper.Option{wrapper.WithHTTPClient(&http.Client{Transport: failing{&net.OpError{Op: "dial", Net: "tcp", Err: errDial}}})}, nil},
	{"untrusted certificate", "no", "no", "no", "the cause", "not applied", errTrust, nothingAtAll, []wrapper.Option{wrapper.WithHTTPClient(&http.Client{Transport: failing{&tls.CertificateVerificationError{Err: errTrust}}})}, nil},
	{"connection lost or attempt timed out", "retry", "retry", "no", "the cause", "unknown", nil,
		[]wrappertest.Effect{wrappertest.ResetConnection(), wrappertest.CloseConnection(), wrappertest.Hang()}, nil, nil},
	{"1xx", "no", "no", "no", "ErrUnexpectedResponse", "unknown", wrapper.ErrUnexpectedResponse, []wrappertest.Effect{switching}, nil, nil},
	{"truncated 2xx", "retry", "no", "no", "io.ErrUnexpectedEOF", "unknown", io.ErrUnexpectedEOF, []wrappertest.Effect{shortAnswer}, nil, nil},
	{"2xx over the limit", "no", "no", "no", "ErrResponseTooLarge", "unknown", wrapper.ErrResponseTooLarge, []wrappertest.Effect{wrappertest.Endless(200)},
		[]wrapper.Option{wrapper.WithResponseLimit(1000)}, nil},
	{"undocumented 2xx", "no", "no", "no", "ErrUnexpectedResponse", "unknown", wrapper.ErrUnexpectedResponse,
		[]wrappertest.Effect{wrappertest.HTML(200), wrappertest.HTML(202)}, nil, nil},
	{"3xx", "no", "no", "no", "ErrUnexpectedResponse", "not applied", wrapper.ErrUnexpectedResponse, statuses(300, 301, 302, 303, 307, 308), nil, nil},
	{"400, 405, 406, 413, 415, 422", "no", "no", "no", "ErrInvalid", "not applied", wrapper.ErrInvalid, statuses(400, 405, 406, 413, 415, 422), nil, nil},
	{"422, email or login taken", "no", "no", "no", "ErrExists, ErrInvalid", "not applied", errors.Join(wrapper.ErrExists, wrapper.ErrInvalid), taken(422), nil, nil},
	{"401", "no", "no", "no", "ErrUnauthorized", "not applied", wrapper.ErrUnauthorized, statuses(401), nil, nil},
	{"402, 403", "no", "no", "no", "ErrForbidden", "not applied", wrapper.ErrForbidden, statuses(402, 403), nil, nil},
	{"404", "no", "no", "no", "ErrNotFound", "not applied", wrapper.ErrNotFound, statuses(404), nil, nil},
	{"409", "no", "no", "no", "ErrConflict", "not applied", wrapper.ErrConflict, statuses(409), nil, nil},
	{"409, email or login taken", "no", "no", "no", "ErrExists, ErrConflict", "not applied", errors.Join(wrapper.ErrExists, wrapper.ErrConflict), taken(409), nil, nil},
	{"420, 429", "retry", "retry", "retry", "ErrRateLimited", "not applied", wrapper.ErrRateLimited, statuses(420, 429), nil, nil},
	{"other 4xx", "no", "no", "no", "none", "not applied", nil, statuses(408, 410, 418, 423, 449), nil, nil},
	{"500", "retry", "no", "no", "ErrUnavailable", "unknown", wrapper.ErrUnavailable, statuses(500), nil, nil},
	{"502, 503, 504", "retry", "retry", "no", "ErrUnavailable", "unknown", wrapper.ErrUnavailable, statuses(502, 503, 504), nil, nil},
	{"other 5xx", "no", "no", "no", "ErrUnavailable", "unknown", wrapper.ErrUnavailable, statuses(501, 505, 507, 520, 599), nil, nil},
}

// nothingAtAll is the cloud as it is: the fault is before it.
var nothingAtAll = []wrappertest.Effect{nil}

var errDial, errTrust = errors.New("connection refused"), errors.New("signed by nobody")

// failing is a transport that has no connection to send on.
type failing struct{ err error }

func (f failing) RoundTrip(*http.Request) (*http.Response, error) { return nil, f.err }

func statuses(codes ...int) (effects []wrappertest.Effect) {
	for _, code := range codes {
		effects = append(effects, wrappertest.Empty(code))
	}
	return effects
}

// taken are responses of either service that say that a value is taken.
func taken(status int) []wrappertest.Effect {
	return []wrappertest.Effect{
		wrappertest.Reply(status, nil, `{"messages":[{"errorCode":"439","message":"[(root).properties.email] Attribute is already in use"}]}`),
		wrappertest.Reply(status, nil, `{"message":"Login is already taken"}`),
	}
}

// switching says that the protocol is switched, which nobody asked for.
func switching(w http.ResponseWriter, _ *http.Request, _ func() *wrappertest.Response) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err == nil {
		_, _ = io.WriteString(conn, "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n")
		_ = conn.Close()
	}
}

// shortAnswer promises more than it sends.
func shortAnswer(w http.ResponseWriter, _ *http.Request, _ func() *wrappertest.Response) {
	w.Header().Set("Content-Length", "100")
	w.WriteHeader(200)
	_, _ = io.WriteString(w, `{"id":`)
	_ = http.NewResponseController(w).Flush()
	panic(http.ErrAbortHandler)
}

// policyCalls are the calls of each column, both clouds'. The first word is the column.
var policyCalls = map[string]func(*testing.T, *wrapper.IONOS, *wrapper.Triton) error{
	"GET ionos": func(t *testing.T, c *wrapper.IONOS, _ *wrapper.Triton) error {
		_, err := c.ListGroups(t.Context())
		return err
	},
	"PUT ionos": func(t *testing.T, c *wrapper.IONOS, _ *wrapper.Triton) error {
		_, _, err := c.ReplaceUser(t.Context(), "x", annUpdate())
		return err
	},
	"PUT ionos delete": func(t *testing.T, c *wrapper.IONOS, _ *wrapper.Triton) error {
		_, err := c.DeleteGroup(t.Context(), "x")
		return err
	},
	"POST ionos": func(t *testing.T, c *wrapper.IONOS, _ *wrapper.Triton) error {
		_, _, err := c.AddGroupMember(t.Context(), "x", "y")
		return err
	},
	"GET triton": func(t *testing.T, _ *wrapper.IONOS, c *wrapper.Triton) error {
		_, err := c.ListUsers(t.Context())
		return err
	},
	"PUT triton update": func(t *testing.T, _ *wrapper.IONOS, c *wrapper.Triton) error {
		_, err := c.UpdateUser(t.Context(), "0fd7a5ac-5a7a-4b4b-9d1a-6a3a0e0a4e4f", gen.TritonUserUpdate{City: new("Oslo")})
		return err
	},
	"PUT triton delete": func(t *testing.T, _ *wrapper.IONOS, c *wrapper.Triton) error { return c.DeleteUser(t.Context(), "x") },
	"POST triton": func(t *testing.T, _ *wrapper.IONOS, c *wrapper.Triton) error {
		_, err := c.CreateUser(t.Context(), joTriton())
		return err
	},
	"POST triton password": func(t *testing.T, _ *wrapper.IONOS, c *wrapper.Triton) error {
		_, err := c.ChangeUserPassword(t.Context(), "0fd7a5ac-5a7a-4b4b-9d1a-6a3a0e0a4e4f", "correct-horse-5")
		return err
	},
}

func TestPolicy(t *testing.T) {
	t.Parallel()
	for _, row := range policy {
		t.Run(row.fault, func(t *testing.T) {
			t.Parallel()
			for _, effect := range row.effects {
				for name, call := range policyCalls {
					synctest.Test(t, func(t *testing.T) { row.holds(t, effect, name, call) })
				}
			}
		})
	}
}

// holds makes one call and compares what comes of it with the row.
func (row policyRow) holds(t *testing.T, effect wrappertest.Effect, name string, call func(*testing.T, *wrapper.IONOS, *wrapper.Triton) error) {
	var sent atomic.Int64
	cloud := newCloud(wrappertest.WithHandler(func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			sent.Add(1)
			next.ServeHTTP(w, r)
		})
	}))
	if effect != nil {
		cloud.IONOS.Fault(wrappertest.Fault{Effect: effect})
		cloud.Triton.Fault(wrappertest.Fault{Effect: effect})
	}
	auth, signature := row.auth, row.auth
	if auth == nil {
		auth, signature = wrapper.TokenAuth(wrappertest.Token), tritonAuth(t, cloud)
	}
	options := wrapper.WithOptions(append([]wrapper.Option{wrapper.WithHTTPClient(cloud.HTTPClient())}, row.options...)...)
	ionos, err := wrapper.NewIONOS(auth, options)
	require.NoError(t, err)
	triton, err := wrapper.NewTriton(cloud.Triton.URL(), wrappertest.Account, signature, options)
	require.NoError(t, err)

	err = call(t, ionos, triton)
	require.Error(t, err, name)
	column, _, _ := strings.Cut(name, " ")
	retry := map[string]string{"GET": row.get, "PUT": row.put, "POST": row.post}[column]
	var failed *wrapper.Error
	require.ErrorAs(t, err, &failed)
	attempts := map[string]int{"retry": 4, "no": 1, "unsent": 1}[retry]
	assert.Equal(t, attempts, failed.Attempts, "%s: %v", name, err)
	switch {
	case retry == "unsent":
		assert.Zero(t, sent.Load())
	case row.is != errDial && row.is != errTrust:
		assert.Equal(t, int64(attempts), sent.Load(), name)
	}
	for _, sentinel := range []error{
		wrapper.ErrNotFound, wrapper.ErrUnauthorized, wrapper.ErrForbidden, wrapper.ErrInvalid, wrapper.ErrConflict, wrapper.ErrRateLimited,
		wrapper.ErrUnavailable, wrapper.ErrOperationFailed, wrapper.ErrUnexpectedResponse, wrapper.ErrResponseTooLarge, wrapper.ErrClockSkew, wrapper.ErrExists, io.ErrUnexpectedEOF, errDial, errTrust, errVault,
	} {
		assert.Equal(t, errors.Is(row.is, sentinel), errors.Is(err, sentinel), "%s: %v: %v", name, err, sentinel)
	}
	assert.Equal(t, column != "GET" && row.write == "unknown", isUnknown(err), "%s: %v", name, err)
}

// The table that is driven above is the one that is documented.
func TestPolicyIsDocumented(t *testing.T) {
	t.Parallel()
	source, err := os.ReadFile("doc.go")
	require.NoError(t, err)
	_, after, found := strings.Cut(string(source), "//\tresponse or fault")
	require.True(t, found)
	lines := strings.Split(after, "\n")[1:]
	var documented [][]string
	for _, line := range lines {
		cells, inside := strings.CutPrefix(line, "//\t")
		if !inside {
			break
		}
		documented = append(documented, regexp.MustCompile(`\s{2,}`).Split(cells, -1))
	}
	var driven [][]string
	for _, row := range policy {
		driven = append(driven, []string{row.fault, row.get, row.put, row.post, row.match, row.write})
	}
	assert.Equal(t, driven, documented)
}
