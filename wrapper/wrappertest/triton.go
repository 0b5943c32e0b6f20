package wrappertest

import (
	"crypto"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// maxTritonList is where the server cuts a list of users, without a word.
const maxTritonList = 1000

// maxTritonBody is the longest request body that the server takes, in bytes.
const maxTritonBody = 100_000

// Triton is an in-memory Triton CloudAPI with the users of one account, [Account].
// It is an http.Handler served at its own root.
//
// It verifies the HTTP signature of every request, and follows the open-source
// server (sdc-cloudapi 9.20) where that and its documentation differ.
type Triton struct {
	side
	throttle  *bucket
	listLimit int // 0: none
	staleFor  time.Duration
	readOnly  time.Time // until then
	key       crypto.Signer

	mu sync.Mutex
	*tritonState
	made   time.Time
	others []string // accounts that exist and are not ours
}

func newTriton(key crypto.Signer, clock *clock) *Triton {
	c := &Triton{key: key, listLimit: maxTritonList, tritonState: newTritonState(newID()), made: clock.now()}
	c.host, c.head = "triton.test", true
	c.service, c.handler, c.clock = c, http.HandlerFunc(c.serve), clock
	c.routes = []route{
		path("GET", "/*/users", ListTritonUsers, c.listUsers),
		path("POST", "/*/users", CreateTritonUser, c.createUser),
		path("GET", "/*/users/*", GetTritonUser, c.getUser),
		path("POST", "/*/users/*", UpdateTritonUser, c.updateUser),
		path("DELETE", "/*/users/*", DeleteTritonUser, c.deleteUser),
		path("POST", "/*/users/*/change_password", ChangeTritonUserPassword, c.changePassword),
		path("GET", "/*/users/*/keys", ListTritonUserKeys, c.listUserKeys),
		path("POST", "/*/users/*/keys", CreateTritonUserKey, c.createUserKey),
		path("GET", "/*/users/*/keys/*", GetTritonUserKey, c.getUserKey),
		path("DELETE", "/*/users/*/keys/*", DeleteTritonUserKey, c.deleteUserKey),
	}
	for _, route := range c.neighbours() {
		route.neighbour = true
		c.routes = append(c.routes, route)
	}
	return c
}

// Key is a private key of the account that the cloud knows from the start, under
// [KeyName]: Ed25519, generated for every cloud.
func (c *Triton) Key() crypto.Signer { return c.key }

// AccountID is the uuid of [Account], which may take the place of its login in
// paths.
func (c *Triton) AccountID() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.accountID
}

// tritonError is an error in the vendor's shape.
type tritonError struct {
	status        int
	code, message string
}

func (e *tritonError) Error() string { return fmt.Sprintf("%d %s: %s", e.status, e.code, e.message) }

func (c *Triton) admit(*call) (*Response, func()) { return nil, func() {} }

func (c *Triton) respond(q *call) *Response {
	c.mu.Lock()
	defer c.mu.Unlock()
	done, err := c.perform(q)
	header := http.Header{
		"Server": {"cloudapi/9.20.0"}, "Api-Version": {"9.20.0"},
		"Response-Time":                {strconv.FormatInt(time.Since(q.began).Milliseconds(), 10)},
		"Access-Control-Allow-Origin":  {"*"},
		"Access-Control-Allow-Methods": {strings.Join(q.allowed, ", ")},
	}
	if err != nil {
		if err.status == http.StatusMethodNotAllowed {
			header.Set("Allow", strings.Join(q.allowed, ", "))
		}
		done = &result{status: err.status, body: object{}.with("code", err.code).with("message", err.message)}
	}
	if done.status == http.StatusServiceUnavailable {
		header.Set("Retry-After", c.readOnly.UTC().Format(http.TimeFormat))
	}
	if !slices.Contains([]int{400, 405, 406, 413, 415}, done.status) {
		header.Set("Request-Id", newID()) // the router's errors have none
	}
	if tags := c.tags[c.tagged(q)]; q.Method == http.MethodGet && len(tags) > 0 && done.status == http.StatusOK {
		header.Set("Role-Tag", strings.Join(tags, ","))
	}
	if done.location != "" {
		header.Set("Location", done.location)
	}
	response := &Response{Status: done.status, Header: header}
	if done.body != nil {
		header.Set("Content-Type", "application/json")
		response.Body = encode(done.body)
		header.Set("Content-MD5", contentMD5(response.Body))
	}
	return response
}

// perform goes the server's way: route, version, content, signature, throttle, account, roles,
// operation.
func (c *Triton) perform(q *call) (*result, *tritonError) {
	for _, check := range []func(*call) *tritonError{
		c.checkRoute, c.checkWritable, checkVersion, checkAccept, c.checkContent, c.verify, c.checkThrottle, c.checkAccount, c.checkRoles,
	} {
		if err := check(q); err != nil {
			return nil, err
		}
		if q.operation() == "Ping" {
			break // needs no signature
		}
	}
	done, failed := q.route.handle(q)
	if failed != nil {
		return nil, failed.(*tritonError) //nolint:errorlint // operations here fail in no other way
	}
	return done, nil
}

func (c *Triton) checkRoute(q *call) *tritonError {
	segments := q.segments
	switch {
	case len(segments) == 1 && segments[0] == "", len(segments) == 3 && segments[1] == "users" && segments[2] == "":
		return internalError()
	case q.route != nil:
		return nil
	case q.known, q.Method == http.MethodPatch, q.Method == http.MethodOptions,
		len(segments) == 2, len(segments) == 4 && segments[1] == "users":
		return &tritonError{http.StatusMethodNotAllowed, "MethodNotAllowedError", q.Method + " is not allowed"}
	}
	return &tritonError{http.StatusNotFound, "ResourceNotFound", q.URL.EscapedPath() + " does not exist"}
}

func (c *Triton) checkThrottle(*call) *tritonError {
	if c.throttle != nil && !c.throttle.take(c.clock.now()) {
		return &tritonError{http.StatusTooManyRequests, "TooManyRequestsError", "too many requests"}
	}
	return nil
}

// checkAccount: an account that exists but is not the caller's is forbidden, others do not exist.
// A parameter of that name counts, too.
func (c *Triton) checkAccount(q *call) *tritonError {
	account := q.params[0]
	switch {
	case account == "my", account == Account, account == c.accountID:
	case slices.Contains(c.others, account):
		return c.forbidden(q)
	default:
		return &tritonError{http.StatusNotFound, "ResourceNotFound", account + " does not exist"}
	}
	if sent := q.sent.text("account"); q.Method == http.MethodPost && sent != "" && sent != Account && sent != c.accountID && sent != "my" {
		return c.forbidden(q)
	}
	return nil
}

func (c *Triton) forbidden(q *call) *tritonError {
	return &tritonError{http.StatusForbidden, "NotAuthorized", "You do not have permission to access " + q.URL.Path + " (" + q.route.action() + ")"}
}

// AddOtherAccount makes an account exist that does not belong to any key of this cloud: requests
// for it get 403 in place of 404.
func (c *Triton) AddOtherAccount(login string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.others = append(c.others, login)
}

var versionPattern = regexp.MustCompile(`^[~^>=v ]*(\d+|\*)`)

// checkVersion knows the major versions 7, 8 and 9, and ranges of the form "~9||~8", "9.0.0" or
// "*". What is no version is ignored, as the server does.
func checkVersion(q *call) *tritonError {
	accepted := q.Header.Get("Accept-Version")
	for one := range strings.SplitSeq(accepted, "||") {
		found := versionPattern.FindStringSubmatch(strings.TrimSpace(one))
		if found == nil || slices.Contains([]string{"*", "7", "8", "9"}, found[1]) {
			return nil
		}
	}
	return &tritonError{http.StatusBadRequest, "InvalidVersion", accepted + " is not supported by " + q.Method + " " + q.URL.Path}
}

func checkAccept(q *call) *tritonError {
	accepted := q.Header.Get("Accept")
	if accepted == "" {
		return nil
	}
	for one := range strings.SplitSeq(accepted, ",") {
		media, _, _ := strings.Cut(one, ";")
		if slices.Contains([]string{"*/*", "application/*", "application/json"}, strings.TrimSpace(media)) {
			return nil
		}
	}
	return &tritonError{http.StatusNotAcceptable, "NotAcceptableError", "Server accepts: application/json"}
}

// bucket is a token bucket.
type bucket struct {
	mu              sync.Mutex
	perSecond, most float64
	left            float64
	at              time.Time
}

func newBucket(perSecond, burst int) *bucket {
	return &bucket{perSecond: float64(perSecond), most: float64(burst), left: float64(burst)}
}

func (b *bucket) take(now time.Time) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if !b.at.IsZero() {
		b.left = min(b.most, b.left+now.Sub(b.at).Seconds()*b.perSecond)
	}
	b.at = now
	if b.left < 1 {
		return false
	}
	b.left--
	return true
}
