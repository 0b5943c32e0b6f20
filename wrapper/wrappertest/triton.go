package wrappertest

import (
	"crypto"
	"crypto/md5"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"
)

// maxTritonBody is the longest request body that the server takes, in bytes.
const maxTritonBody = 100_000

// maxTritonList is where the server cuts a list of users, without a word.
const maxTritonList = 1000

// Triton is an in-memory Triton CloudAPI with the users of one account, [Account].
// It is an http.Handler served at its own root.
//
// It verifies the HTTP signature of every request, and follows the open-source
// server (sdc-cloudapi 9.20) where that and its documentation differ.
type Triton struct {
	side
	throttle *bucket
	key      crypto.Signer

	mu        sync.Mutex
	accountID string
	email     string
	users     ordered[SubUser]
	keys      []registeredKey
	roles     []string
	history   map[string][]string // last passwords by user id, newest first
}

func newTriton(key crypto.Signer) *Triton {
	c := &Triton{key: key, accountID: newID(), email: "owner@acme.test", history: map[string][]string{}}
	c.users.names = func(user SubUser) []string {
		return []string{"login " + user.Login, "email " + user.Email}
	}
	c.host, c.head = "triton.test", true
	c.service, c.handler = c, http.HandlerFunc(c.serve)
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
	return c
}

// Key is a private key of the account that the cloud knows from the start, under
// [KeyName]: Ed25519, made anew for every cloud.
func (c *Triton) Key() crypto.Signer { return c.key }

// AccountID is the uuid of [Account], which may take the place of its login in
// paths.
func (c *Triton) AccountID() string { return c.accountID }

// tritonError is a refusal in the vendor's shape.
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
	header := http.Header{"X-Request-Id": {newID()}}
	if err != nil {
		if err.status == http.StatusMethodNotAllowed {
			header.Set("Allow", strings.Join(q.allowed, ", "))
		}
		if err.status == http.StatusUnauthorized {
			header.Set("WWW-Authenticate", "Signature")
		}
		done = &result{status: err.status, body: object{{"code", err.code}, {"message", err.message}}}
	}
	if done.location != "" {
		header.Set("Location", done.location)
	}
	answer := &Response{Status: done.status, Header: header}
	if done.body != nil {
		header.Set("Content-Type", "application/json")
		text, err := json.Marshal(done.body)
		if err != nil {
			panic(fmt.Sprintf("wrappertest: encode an answer: %v", err))
		}
		answer.Body = text
	}
	return answer
}

// perform goes the server's way: route, version, signature, throttle, account,
// roles, body, operation.
func (c *Triton) perform(q *call) (*result, *tritonError) {
	if !q.known {
		return nil, &tritonError{http.StatusNotFound, "ResourceNotFound", q.URL.EscapedPath() + " does not exist"}
	}
	if q.route == nil {
		return nil, &tritonError{http.StatusMethodNotAllowed, "BadMethod", q.Method + " is not allowed"}
	}
	if err := checkVersion(q.Header.Get("Accept-Version")); err != nil {
		return nil, err
	}
	if err := checkAccept(q.Header.Get("Accept")); err != nil {
		return nil, err
	}
	caller, err := c.verify(q)
	if err != nil {
		return nil, err
	}
	q.caller = caller
	if c.throttle != nil && !c.throttle.take() {
		return nil, &tritonError{http.StatusTooManyRequests, "TooManyRequestsError", "too many requests"}
	}
	if account := q.params[0]; account != "my" && account != Account && account != c.accountID {
		return nil, &tritonError{http.StatusNotFound, "ResourceNotFound", "account " + account + " does not exist"}
	}
	if err := c.checkRoles(q); err != nil {
		return nil, err
	}
	if err := checkBody(q); err != nil {
		return nil, err
	}
	done, failed := q.route.handle(q)
	if failed != nil {
		return nil, failed.(*tritonError) // operations here refuse in no other way
	}
	return done, nil
}

func checkBody(q *call) *tritonError {
	if len(q.body) > maxTritonBody {
		return &tritonError{http.StatusRequestEntityTooLarge, "RequestEntityTooLarge", "the body is longer than 100000 bytes"}
	}
	if sum := q.Header.Get("Content-MD5"); sum != "" {
		digest := md5.Sum(q.body)
		if sum != base64.StdEncoding.EncodeToString(digest[:]) {
			return &tritonError{http.StatusBadRequest, "BadDigest", "Content-MD5 does not match the body"}
		}
	}
	if len(q.body) > 0 && !q.isJSON() {
		return &tritonError{http.StatusUnsupportedMediaType, "UnsupportedMediaType", "the body has to be application/json"}
	}
	return nil
}

// checkVersion knows the major versions 7, 8 and 9, and ranges of the form
// "~9||~8", "9.0.0" or "*".
func checkVersion(accepted string) *tritonError {
	if accepted == "" {
		return nil
	}
	for one := range strings.SplitSeq(accepted, "||") {
		major, _, _ := strings.Cut(strings.TrimLeft(strings.TrimSpace(one), "~^>=v "), ".")
		if slices.Contains([]string{"*", "7", "8", "9"}, major) {
			return nil
		}
	}
	return &tritonError{http.StatusBadRequest, "InvalidVersion", "Accept-Version names no version that is served"}
}

func checkAccept(accepted string) *tritonError {
	if accepted == "" {
		return nil
	}
	for one := range strings.SplitSeq(accepted, ",") {
		media, _, _ := strings.Cut(one, ";")
		if slices.Contains([]string{"*/*", "application/*", "application/json"}, strings.TrimSpace(media)) {
			return nil
		}
	}
	return &tritonError{http.StatusNotAcceptable, "NotAcceptable", "only application/json is served"}
}

// checkRoles holds as-role to the account's roles once there are any. A sub-user
// may do nothing without a role: one of its own in as-role, or a default one.
func (c *Triton) checkRoles(q *call) *tritonError {
	var sent []string
	for role := range strings.SplitSeq(q.query.Get("as-role"), ",") {
		if role = strings.TrimSpace(role); role != "" {
			sent = append(sent, role)
		}
	}
	for _, role := range sent {
		if len(c.roles) > 0 && role != "*" && !slices.Contains(c.roles, role) {
			return &tritonError{http.StatusConflict, "InvalidRole", "role " + role + " does not exist"}
		}
	}
	user, isUser := c.byLogin(q.caller)
	if !isUser || q.caller == Account {
		return nil
	}
	active := user.DefaultRoles
	if len(sent) > 0 {
		active = sent
	}
	allowed := len(active) > 0
	for _, role := range active {
		allowed = allowed && (role == "*" && len(user.Roles) > 0 || slices.Contains(user.Roles, role) || slices.Contains(user.DefaultRoles, role))
	}
	if !allowed {
		return &tritonError{http.StatusForbidden, "NotAuthorized", "no role of " + q.caller + " allows this"}
	}
	return nil
}

// AddRole makes a role name of the account known. As long as there is none, every
// name is accepted in as-role.
func (c *Triton) AddRole(name string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.roles = append(c.roles, name)
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

func (b *bucket) take() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	now := time.Now()
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
