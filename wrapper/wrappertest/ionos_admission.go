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

// AddToken makes a bearer token of the contract owner valid.
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

// AddLogin makes a user name and password valid for basic authentication as the
// contract owner. Users of the roster can log in with email and password, too:
// see the package documentation.
func (c *IONOS) AddLogin(username, password string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.logins[username] = password
}

// authenticate finds out who asks. Owners may do everything; a user of the roster
// has to be active, may not have two-factor authentication, and gets nothing
// without administrator rights.
func (c *IONOS) authenticate(q *call) *ionosError {
	unauthorized := refuse(http.StatusUnauthorized, "315", "Unauthorized")
	scheme, token, _ := strings.Cut(q.Header.Get("Authorization"), " ")
	if strings.EqualFold(scheme, "Bearer") {
		if !c.tokens[token] {
			return unauthorized
		}
		q.caller = Username
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
		q.caller = username
		return nil
	}
	user, found := c.state.userByEmail(username)
	if !found || password == "" || user.Password != password || user.Inactive || user.SecAuthActive || user.ForceSecAuth {
		return unauthorized
	}
	if !user.Administrator {
		return refuse(http.StatusForbidden, "318", "administrator rights are needed")
	}
	q.caller = user.Email
	return nil
}

func (c *IONOS) checkContract(q *call) *ionosError {
	text := q.Header.Get("X-Contract-Number")
	if text == "" {
		if len(c.contracts) > 1 {
			return refuse(http.StatusUnprocessableEntity, "319", "X-Contract-Number is needed: the login has several contracts")
		}
		return nil
	}
	number, err := strconv.ParseInt(text, 10, 32)
	if err != nil {
		return refuse(http.StatusBadRequest, "100", "X-Contract-Number has to be a whole number")
	}
	if len(c.contracts) > 0 && !slices.Contains(c.contracts, int32(number)) {
		return refuse(http.StatusForbidden, "318", "the login has no such contract")
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
	tooMany := refuse(http.StatusTooManyRequests, "429", "the rate limit is exceeded")
	header := http.Header{"Retry-After": {strconv.Itoa(int(math.Ceil(wait.Seconds())))}}
	return c.finish(q, header, tooMany.status, object{
		{"httpStatus", tooMany.status},
		{"messages", tooMany.list()},
	}, tooMany), c.limit.release
}
