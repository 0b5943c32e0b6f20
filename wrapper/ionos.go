package wrapper

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/cloudroster/cloudroster/gen"
)

// ionosBaseURL is the server of the IONOS page.
const ionosBaseURL = "https://api.ionos.com/cloudapi/v6"

// IONOS is a client for the users, groups, shares and resources of one IONOS Cloud contract.
//
//	client, err := wrapper.NewIONOS(wrapper.TokenAuth(token))
//	...
//	user, operation, err := client.CreateUser(ctx, gen.UserCreateProperties{...})
//	...
//	err = operation.Wait(ctx)
//
// Every documented operation has one method. Reads return the decoded response. Writes return it
// with an [Operation], because the service accepts a write first and applies it later.
//
// Ids are opaque strings. An id that is empty, "." or "..", or has control characters is
// [ErrInvalid] before any request; all others are escaped. An IONOS is safe for concurrent use.
type IONOS struct {
	server    string // the base URL, which ends in a slash
	requests  *gen.RequestBuilder
	transport *transport
	pace      PollPolicy
	polls     *pollSchedule // shared by all waits
}

// NewIONOS returns a client. auth is [BasicAuth], [TokenAuth], [TokenSourceAuth] or your own. It
// sends no request. It returns [ErrInvalid] if auth or an option is invalid.
func NewIONOS(auth Auth, opts ...IONOSOption) (*IONOS, error) {
	s := ionosSettings(opts)
	t, err := newTransport(ionosVendor, auth, s)
	if err != nil {
		return nil, err
	}
	if err := s.poll.check(); err != nil {
		return nil, err
	}
	c := &IONOS{server: s.baseURL + "/", transport: t, pace: s.poll.withDefaults(), polls: &pollSchedule{limiter: &t.limiter}}
	c.requests, err = gen.NewRequestBuilder(c.server)
	return c, err
}

// NewIONOSFromEnv returns a client configured by the variables that the vendor's tools read:
//
//	IONOS_TOKEN                      a token; it wins over a password
//	IONOS_USERNAME, IONOS_PASSWORD   basic authentication
//	IONOS_API_URL                    the base URL; /cloudapi/v6 is appended when missing
//	IONOS_CONTRACT_NUMBER            the contract number
//
// An empty variable counts as unset. opts win over the variables. It returns [ErrInvalid] if the
// credentials are missing or incomplete, or a variable is invalid.
func NewIONOSFromEnv(opts ...IONOSOption) (*IONOS, error) { return newIONOSFromEnv(os.Getenv, opts...) }

func newIONOSFromEnv(getenv func(string) string, opts ...IONOSOption) (*IONOS, error) {
	var auth Auth
	token, user, password := getenv("IONOS_TOKEN"), getenv("IONOS_USERNAME"), getenv("IONOS_PASSWORD")
	switch {
	case token != "":
		auth = TokenAuth(token)
	case user != "" && password != "":
		auth = BasicAuth(user, password)
	case user != "":
		return nil, invalid("IONOS_PASSWORD", "is not set, and IONOS_USERNAME is")
	case password != "":
		return nil, invalid("IONOS_USERNAME", "is not set, and IONOS_PASSWORD is")
	default:
		return nil, invalid("IONOS_TOKEN", "is not set, nor are IONOS_USERNAME and IONOS_PASSWORD")
	}
	var fromEnv []IONOSOption
	if url := getenv("IONOS_API_URL"); url != "" {
		url = strings.TrimRight(url, "/")
		if !strings.HasSuffix(url, "/cloudapi/v6") {
			url += "/cloudapi/v6"
		}
		fromEnv = append(fromEnv, WithBaseURL(url))
	}
	if text := getenv("IONOS_CONTRACT_NUMBER"); text != "" {
		number, err := strconv.Atoi(text)
		if err != nil {
			return nil, invalid("IONOS_CONTRACT_NUMBER", "is not a number")
		}
		fromEnv = append(fromEnv, WithContractNumber(number))
	}
	return NewIONOS(auth, append(fromEnv, opts...)...)
}

// Raw returns the generated client, for what the typed methods do not do. It shares this client's
// credentials, retries, limits and errors: a response that is not a success is an [*Error]. Its
// Client sends any other request to the cloud in the same way, and Server is the base URL to build it
// with; [IONOS.OperationFrom] turns a 202 into an operation. Its requests carry neither pretty=false
// nor checks of ids, and what is sent to another host carries the credentials there.
func (c *IONOS) Raw() *gen.Client { return &gen.Client{Server: c.server, Client: ionosDoer{c}} }

// OperationFrom returns the operation of a write that was sent with Raw, for the response to it. An operation of
// a status other than 202 is done. A 202 whose Location names no request is an [*Error] that matches
// [ErrUnexpectedResponse]; waiting on the operation of one without a Location matches [ErrOutcomeUnknown]. The
// response needs its Request, which Raw sets; the body is left to the caller.
func (c *IONOS) OperationFrom(resp *http.Response) (*Operation, error) {
	if resp == nil || resp.Request == nil || resp.Request.URL == nil {
		return nil, invalid("response", "is nil or has no request")
	}
	return c.operationOf(&response{Response: resp, vendor: ionosVendor, attempts: 1})
}

// ionosDoer is the gen.HttpRequestDoer of Raw.
type ionosDoer struct{ client *IONOS }

func (d ionosDoer) Do(r *http.Request) (*http.Response, error) {
	resp, err := d.client.transport.do(r, isRepeatable(r))
	if err == nil {
		return resp.raw(), nil
	}
	if resp != nil {
		_, err = d.client.accepted(resp, err)
		resp.release()
	}
	return nil, err
}

// Format keeps fmt from printing the client behind Raw.
func (d ionosDoer) Format(state fmt.State, verb rune) { d.client.Format(state, verb) }

// Format prints the base URL for every verb, and no secret.
func (c IONOS) Format(state fmt.State, _ rune) {
	_, _ = io.WriteString(state, "wrapper.IONOS("+c.server+")")
}

// RateLimit returns the rate limit headers of the newest response that had any, nil if none had.
func (c *IONOS) RateLimit() *RateLimit { return c.transport.limiter.seen() }

// accepted returns the operation of a write that the service accepted. problem is what is wrong
// with its response, nil if nothing: this is the one place where the two meet.
func (c *IONOS) accepted(resp *response, problem error) (*Operation, error) {
	operation, err := c.operationOf(resp)
	if problem == nil {
		return operation, err
	}
	var failed *Error
	if operation.ID() == "" || !errors.As(problem, &failed) {
		return nil, problem // names no request, and says nothing of what was done
	}
	failed.Operation = operation
	return operation, problem
}

// operationOf returns the Operation of a write from the Location of its response, which only a
// 202 has.
func (c *IONOS) operationOf(resp *response) (*Operation, error) {
	operation := c.finished()
	if contract := resp.Request.Header["X-Contract-Number"]; len(contract) > 0 {
		operation.contract = &contract[0]
	}
	location := resp.Header.Get("Location")
	switch {
	case resp.StatusCode != http.StatusAccepted:
		return operation, nil
	case location == "":
		operation.ended, operation.unlocated = false, true
		return operation, nil
	}
	id, err := requestIDOf(location)
	if err != nil {
		return nil, resp.unreadable(err)
	}
	operation.id, operation.ended, operation.accepted = id, false, time.Now()
	operation.retryAfter = retryAfter(resp.Header, time.Now())
	return operation, nil
}

// ionosVendor is how IONOS differs.
var ionosVendor = &vendor{cloud: "ionos", unmarshal: unmarshal, own: func(e *Error) bool {
	return len(e.Messages) > 0 && bytes.Contains(e.Body, []byte(`"messages"`))
}}
