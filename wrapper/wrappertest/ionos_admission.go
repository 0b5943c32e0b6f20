package wrappertest

import (
	"math"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// AddToken registers a bearer token of the contract owner.
func (c *IONOS) AddToken(token string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.tokens[token] = true
}

// RemoveToken makes a bearer token invalid, as when it expires.
func (c *IONOS) RemoveToken(token string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.tokens, token)
}

// AddLogin registers a user name and password for basic authentication as the
// contract owner. Users can log in with email and password, too: see the package documentation.
func (c *IONOS) AddLogin(username, password string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.logins[username] = password
}

// authenticate finds out who sends the request. A user must be active, and needs a token if
// two-factor authentication is on.
func (c *IONOS) authenticate(q *call) *ionosError {
	unauthorized := reject(http.StatusUnauthorized, "315", "Unauthorized")
	scheme, token, _ := strings.Cut(q.Header.Get("Authorization"), " ")
	if strings.EqualFold(scheme, "Bearer") {
		user, found := c.bearer(token)
		if !found {
			return unauthorized
		}
		q.actAs(user)
		return nil
	}
	username, password, ok := q.BasicAuth()
	if !ok {
		return unauthorized
	}
	if known, ok := c.logins[username]; ok {
		if known != password {
			return unauthorized
		}
		owner := c.owner()
		owner.Email = username
		q.actAs(owner)
		return nil
	}
	user, found := c.state.userByEmail(username)
	if !found || password == "" || user.Password != password || user.Inactive || user.SecAuthActive || user.ForceSecAuth {
		return unauthorized
	}
	q.actAs(user)
	return nil
}

// bearer returns the active user whose token this is.
func (c *IONOS) bearer(token string) (User, bool) {
	if c.tokens[token] {
		return c.owner(), true
	}
	generated, found := c.state.tokens.find(token)
	if !found || !c.clock.now().Before(generated.Expires) {
		return User{}, false
	}
	user, found := c.state.users.get(generated.UserID)
	if !found && generated.UserID == OwnerID {
		user, found = c.owner(), true
	}
	return user, found && !user.Inactive
}

// owner returns the contract's owner, who need not be in the list.
func (c *IONOS) owner() User {
	if user, found := c.state.users.get(OwnerID); found {
		return user
	}
	return User{ID: OwnerID, Email: Username, Administrator: true}
}

func (q *call) actAs(user User) {
	q.caller, q.callerID, q.restricted = user.Email, user.ID, !user.Administrator
}

func (c *IONOS) checkContract(q *call) *ionosError {
	text := q.Header.Get("X-Contract-Number")
	if text == "" {
		if len(c.contracts) > 1 {
			return reject(http.StatusUnprocessableEntity, "319", "X-Contract-Number is needed: the login has several contracts")
		}
		return nil
	}
	number, err := strconv.ParseInt(text, 10, 32)
	if err != nil {
		return reject(http.StatusBadRequest, "100", "X-Contract-Number must be a whole number")
	}
	if len(c.contracts) > 0 && !slices.Contains(c.contracts, int32(number)) {
		return reject(http.StatusForbidden, "318", "the login has no such contract")
	}
	return nil
}

// rateLimit counts requests by the minute and those in flight.
type rateLimit struct {
	perMinute, burst int
	enforced         bool

	mu       sync.Mutex
	began    time.Time
	used     int
	inFlight int
}

// take counts a request in. When it is over a limit, wait says for how long.
func (l *rateLimit) take(now time.Time) (wait time.Duration, over bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.began.IsZero() || now.Sub(l.began) >= time.Minute {
		l.began, l.used = now, 0
	}
	l.inFlight++
	if l.enforced && l.used >= l.perMinute {
		return time.Minute - now.Sub(l.began), true
	}
	if l.enforced && l.inFlight > l.burst {
		return time.Second, true
	}
	l.used++
	return 0, false
}

func (l *rateLimit) release() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.inFlight--
}

func (l *rateLimit) describe(header http.Header) {
	l.mu.Lock()
	defer l.mu.Unlock()
	header.Set("X-RateLimit-Limit", strconv.Itoa(l.perMinute))
	header.Set("X-RateLimit-Burst", strconv.Itoa(l.burst))
	header.Set("X-RateLimit-Remaining", strconv.Itoa(max(l.perMinute-l.used, 0)))
}

// admit turns away what is over the rate limit, before anything else is looked at.
func (c *IONOS) admit(q *call) (*Response, func()) {
	wait, over := c.limit.take(c.clock.now())
	if !over {
		return nil, c.limit.release
	}
	tooMany := reject(http.StatusTooManyRequests, "429", "the rate limit is exceeded")
	header := http.Header{"Retry-After": {strconv.Itoa(int(math.Ceil(wait.Seconds())))}}
	return c.finish(q, header, tooMany.status, object{
		{"httpStatus", tooMany.status},
		{"messages", tooMany.list()},
	}, tooMany), c.limit.release
}
