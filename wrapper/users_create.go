package wrapper

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"time"
)

// ErrNotCreated: the response to Create was lost, and the user did not exist during the 7 seconds
// after that. A service that needs longer may still create it, and then rejects a second attempt.
var ErrNotCreated = errors.New("not created")

// serviceClock tells the service's time by the Date of its newest response. Neither the user's
// age nor anything else is judged by this machine's clock, which may be wrong.
type serviceClock struct {
	mu   sync.Mutex
	seen time.Time // when the response came, by this machine's clock
	date string
}

func (c *serviceClock) learn(header http.Header) {
	if date := header["Date"]; len(date) == 1 {
		c.mu.Lock()
		c.seen, c.date = time.Now(), date[0]
		c.mu.Unlock()
	}
}

// at converts a time of this machine into the service's. It is too early by up to a second, and by
// the time that the response was on its way.
func (c *serviceClock) at(local time.Time) (service time.Time, known bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	date, err := http.ParseTime(c.date)
	if err != nil {
		return time.Time{}, false
	}
	return date.Add(local.Sub(c.seen)), true
}

// creation is a Create whose response was lost.
type creation struct {
	clock *serviceClock
	began time.Time
	cause error
	// find looks for the user.
	find func(context.Context) (*User, error)
	// isSame reports whether a user has the fields that were sent.
	isSame func(*User) bool
}

// creationDelays are the delays before each look for a user whose creation got no response: the
// request may still be on its way through the service. ErrNotCreated names their sum.
var creationDelays = []time.Duration{0, time.Second, 2 * time.Second, 4 * time.Second}

// A user who was created at least this long before the call existed before. Between the two it
// cannot be determined: the clocks of a service's parts may differ.
const (
	clockSlack = 2 * time.Second
	clockDoubt = time.Minute
)

// resolve finds out what became of it.
func (c *creation) resolve(ctx context.Context) (*User, error) {
	for _, delay := range creationDelays {
		if err := sleep(ctx, delay); err != nil {
			return nil, joinErrors(c.cause, err)
		}
		user, err := c.find(ctx)
		switch {
		case errors.Is(err, ErrNotFound):
			continue
		case err != nil:
			return nil, joinErrors(c.cause, fmt.Errorf("looking for the user: %w", err))
		}
		return c.decide(user)
	}
	return nil, fmt.Errorf("user %w: %w", ErrNotCreated, c.outcomeKnown())
}

// decide tells the user that was created from one who existed before.
func (c *creation) decide(user *User) (*User, error) {
	var failed *Error
	began, known := c.clock.at(c.began)
	doubt := ""
	switch {
	case !known:
		doubt = "the service does not tell its time"
	case user.Created.IsZero():
		doubt = "the service does not tell when it was created"
	case user.Created.Before(began.Add(-clockDoubt)):
		return nil, fmt.Errorf("a user with this login or email address existed before: %w: %w", ErrConflict, c.outcomeKnown())
	case user.Created.Before(began.Add(-clockSlack)):
		doubt = "it was created at about the same time"
	case !c.isSame(user):
		doubt = "it has other fields than those that were sent"
	case errors.As(c.cause, &failed) && failed.Status == http.StatusAccepted:
		doubt = "it was accepted without a request to wait for"
	default:
		return user, nil
	}
	return user, joinErrors(c.cause, fmt.Errorf("user %s has this login or email address, and may be the one, but %s: %w", printable(user.ID), doubt, ErrOutcomeUnknown))
}

// outcomeKnown is the cause, whose outcome is known by now.
func (c *creation) outcomeKnown() error {
	var failed *Error
	if !errors.As(c.cause, &failed) {
		return c.cause
	}
	known := *failed
	known.outcomeUnknown = false
	return &known
}

// sameFlag reports whether a flag has the value that was sent, if one was.
func sameFlag(sent *bool, is bool) bool { return sent == nil || *sent == is }

// sameText reports whether a text has the value that was sent, if one was.
func sameText(sent *string, is string) bool { return sent == nil || *sent == is }
