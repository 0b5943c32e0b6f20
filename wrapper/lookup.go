package wrapper

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"
)

// ErrAmbiguous: an email address or login means several users. Nothing was changed; use an id.
var ErrAmbiguous = errors.New("ambiguous")

// lookup finds the one user that a key means, among those that it is shown.
type lookup struct {
	key           string
	exact, folded []*User
}

// match is how a user fits a key.
type match int

const (
	noMatch match = iota
	foldedMatch
	exactMatch
)

// matches compares a key with an id, a login and an email address. One that differs only in case
// is a folded match: on Triton two such addresses are two users.
func matches(key, id, login, email string) match {
	switch {
	case key == id || key == login || key == email:
		return exactMatch
	case strings.EqualFold(key, login) || strings.EqualFold(key, email):
		return foldedMatch
	}
	// A Triton user can have several addresses.
	found := noMatch
	if strings.Contains(email, addressSeparator) {
		for _, address := range addresses(email) {
			found = max(found, matches(key, id, login, address))
		}
	}
	return found
}

// addressSeparator joins the values of an attribute that has several (joinLists).
const addressSeparator = ", "

// addresses are the email addresses of a user.
func addresses(email string) []string { return strings.Split(email, addressSeparator) }

// isCertain reports whether a key cannot mean anybody else than user: ids, logins, and addresses
// are unique, but the login of one may be the address of another.
func isCertain(user *User, key string) bool {
	switch {
	case user == nil:
		return false
	case user.ID == key:
		return true
	}
	return user.Login == key && (user.Email == key || !strings.Contains(key, "@"))
}

// add takes a user that matches into account. It may be shown one more than once.
func (l *lookup) add(how match, user *User) {
	same := func(other *User) bool { return other.ID == user.ID }
	switch {
	case how == exactMatch && !slices.ContainsFunc(l.exact, same):
		l.exact = append(l.exact, user)
	case how == foldedMatch && !slices.ContainsFunc(l.folded, same):
		l.folded = append(l.folded, user)
	}
}

// result returns the user that is meant, given that all were shown: the one that matches exactly,
// or else the only one that matches but for its case. It returns nil if there is none.
func (l *lookup) result() (*User, error) {
	return only(userNames, l.exact, l.folded, func(u *User) string { return u.ID })
}

// lookupNames says in errors what is looked up, and by what beside an id.
type lookupNames struct{ kind, by string }

var userNames, groupNames = lookupNames{"user", "email address or login"}, lookupNames{"group", "name"}

// only returns the one that matches exactly, or else the only one that matches but for its case, nil if there
// is none.
func only[T any](n lookupNames, exact, folded []*T, id func(*T) string) (*T, error) {
	found := exact
	if len(found) == 0 {
		found = folded
	}
	switch len(found) {
	case 0:
		return nil, nil
	case 1:
		return found[0], nil
	}
	ids := make([]string, len(found))
	for i := range found {
		ids[i] = id(found[i])
	}
	return nil, fmt.Errorf("%s: %d %ss have this %s (ids %s): %w", n.kind, len(found), n.kind, n.by, printable(strings.Join(ids, ", ")), ErrAmbiguous)
}

// notFound is the error that a GET by id would have had.
func (n lookupNames) notFound(path string) error {
	return &Error{
		Method: http.MethodGet, Path: path, Status: http.StatusNotFound,
		Err: errors.New("no " + n.kind + " in the list has this " + n.by),
	}
}

// lookupDelays are the delays before each attempt to read a list that can be read to its end.
var lookupDelays = []time.Duration{0, 500 * time.Millisecond, 2 * time.Second}

// untilComplete calls read until its list is complete.
func untilComplete(ctx context.Context, read func() error) (err error) {
	for _, delay := range lookupDelays {
		if err := sleep(ctx, delay); err != nil {
			return err
		}
		if err = read(); !errors.Is(err, ErrIncomplete) || errors.Is(err, errListCut) {
			return err
		}
	}
	return err
}
