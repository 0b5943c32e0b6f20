package wrapper

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"net/http"
	"strings"
	"time"

	"github.com/cloudroster/cloudroster/gen"
)

// Users manages the users of one cloud, whichever it is. Get one from a client:
//
//	for _, users := range []wrapper.Users{ionos.Users(), triton.Users()} {
//		user, err := users.Create(ctx, wrapper.UserCreate{Login: ..., Email: ..., Password: ...})
//		...
//	}
//
// Where a method takes a user, it takes an id, or an email address or login, for which it
// looks the user up first: on IONOS that walks the user list.
//
// Every method is synchronous: on IONOS it waits for the request that the service accepted, as
// long as ctx allows. A wait that ends early is an [*OperationError] with the id to go on with.
//
// A field that the cloud does not have is errors.ErrUnsupported by name, before any request.
// The errors are otherwise those of the clients. Implementations are safe for concurrent use.
type Users interface {
	// All walks all users. See IONOS.AllUsers for what an error and a break do.
	All(ctx context.Context) iter.Seq2[User, error]

	// Get answers one user. One who is not there is ErrNotFound.
	Get(ctx context.Context, user string) (*User, error)

	// Create creates a user and never two. When the answer is lost it looks for the user: it
	// answers the one that was made, or an error that matches ErrNotCreated. A user with the same
	// email or login counts as the one that was made unless it is more than 5 minutes older than
	// the call by this machine's clock, which is ErrConflict. When a wait ends early, the user is
	// answered beside the error.
	Create(ctx context.Context, user UserCreate) (*User, error)

	// Update changes the fields that change sets and keeps all others. One that sets nothing
	// answers the user as it is.
	Update(ctx context.Context, user string, change UserUpdate) (*User, error)

	// SetPassword sets a new password and keeps everything else.
	SetPassword(ctx context.Context, user string, password Secret) error

	// Delete deletes a user. One who is not there is ErrNotFound; one who went with an earlier
	// attempt of this call, whose answer was lost, is a success.
	Delete(ctx context.Context, user string) error
}

// ErrNotCreated: the answer to Create was lost, and the user was not there during the 7 seconds after
// that. A service that needs longer may make it yet, and then refuses to make it twice.
var ErrNotCreated = errors.New("not made")

// User is a user of any cloud. Empty fields are those that the cloud does not have or did not
// answer.
type User struct {
	// ID is opaque.
	ID string
	// Login is what the user logs in with: on IONOS that is the email address.
	Login string
	Email string

	FirstName, LastName string
	// Created and Updated are zero where unknown.
	Created, Updated time.Time

	// IONOS or Triton is the vendor's full value. Exactly one is set.
	IONOS  *gen.User
	Triton *gen.TritonUser
}

// NewUser is a user to be created.
type UserCreate struct {
	// Login is needed on Triton: 3 to 32 letters, digits, "_", "." and "@", a letter first. On
	// IONOS users log in with Email; leave it empty, or set it to Email.
	Login string
	// Email is needed.
	Email string
	// FirstName and LastName are needed on IONOS.
	FirstName, LastName string
	// Password is needed. Its rules are the service's. It is never printed.
	Password Secret `json:"-"`

	// IONOS and Triton hold what only that cloud has.
	IONOS  *IONOSFields
	Triton *TritonFields
}

// UserUpdate is what Update changes. nil keeps a field; new("") clears one that can be empty.
type UserUpdate struct {
	Login, Email, FirstName, LastName *string

	IONOS  *IONOSFields
	Triton *TritonFields
}

// IONOSFields are what only IONOS users have. nil leaves a field to the service, or as it is.
type IONOSFields struct {
	// Administrator may do everything in the contract.
	Administrator *bool
	// ForceSecAuth demands two-factor authentication.
	ForceSecAuth *bool
	// Active users can log in. New ones are active by default.
	Active *bool
}

// TritonFields are what only Triton users have. nil leaves a field empty, or as it is.
type TritonFields struct {
	CompanyName, Address, PostalCode, City, State, Country, Phone *string
}

// unsupported is the error for a field that a cloud does not have.
func unsupported(cloud, field string) error {
	return fmt.Errorf("%s: %s has no such field: %w", field, cloud, errors.ErrUnsupported)
}

// first names the first field that is set, "" if none is.
func (f *IONOSFields) first() string {
	switch {
	case f == nil:
		return ""
	case f.Administrator != nil:
		return "IONOS.Administrator"
	case f.ForceSecAuth != nil:
		return "IONOS.ForceSecAuth"
	case f.Active != nil:
		return "IONOS.Active"
	}
	return ""
}

func (f *TritonFields) first() string {
	if f == nil {
		return ""
	}
	for _, field := range []struct {
		name  string
		value *string
	}{
		{"CompanyName", f.CompanyName}, {"Address", f.Address}, {"PostalCode", f.PostalCode}, {"City", f.City},
		{"State", f.State}, {"Country", f.Country}, {"Phone", f.Phone},
	} {
		if field.value != nil {
			return "Triton." + field.name
		}
	}
	return ""
}

// lookups are the pauses before each look for a user whose creation got no answer: the request
// may still be on its way through the service. ErrNotCreated tells their sum.
var lookups = []time.Duration{0, time.Second, 2 * time.Second, 4 * time.Second}

// clockSlack is how far the clocks may differ when the age of a user is judged.
const clockSlack = 5 * time.Minute

// resolve finds out what became of a create whose outcome is unknown. A user who is older than
// the call was there before, and the create cannot have succeeded.
func resolve(ctx context.Context, began time.Time, cause error, find func(context.Context) (*User, error)) (*User, error) {
	for _, pause := range lookups {
		if err := sleep(ctx, pause); err != nil {
			return nil, joinErrors(cause, err)
		}
		user, err := find(ctx)
		switch {
		case errors.Is(err, ErrNotFound):
			continue
		case err != nil:
			return nil, joinErrors(cause, fmt.Errorf("looking for the user: %w", err))
		case !user.Created.IsZero() && user.Created.Before(began.Add(-clockSlack)):
			return nil, fmt.Errorf("a user with this login or email was there before: %w", ErrConflict)
		}
		return user, nil
	}
	// The cause still tells what happened, but its outcome is known now.
	var failed *Error
	if errors.As(cause, &failed) {
		known := *failed
		known.outcomeUnknown = false
		cause = &known
	}
	return nil, fmt.Errorf("user %w: %w", ErrNotCreated, cause)
}

// portable walks a vendor's users as portable ones.
func portable[T any](all iter.Seq2[T, error], convert func(*T) *User) iter.Seq2[User, error] {
	return func(yield func(User, error) bool) {
		for user, err := range all {
			if err != nil {
				yield(User{}, err)
				return
			}
			if !yield(*convert(&user), nil) {
				return
			}
		}
	}
}

// find answers the first user that matches, or the error that a GET of the user would have had.
func find(all iter.Seq2[User, error], path string, match func(*User) bool) (*User, error) {
	for user, err := range all {
		if err != nil {
			return nil, err
		}
		if match(&user) {
			return &user, nil
		}
	}
	return nil, &Error{
		Method: http.MethodGet, Path: path, Status: http.StatusNotFound,
		Err: errors.New("no user in the list has this email or login"),
	}
}

// idOf finds the id that belongs to an email address. Anything else is an id, or on Triton a
// login, which the client itself looks up.
func idOf(ctx context.Context, users Users, user string) (string, error) {
	if !strings.Contains(user, "@") {
		return user, checkID("user", user)
	}
	found, err := users.Get(ctx, user)
	if err != nil {
		return "", err
	}
	return found.ID, nil
}
