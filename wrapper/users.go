package wrapper

import (
	"context"
	"errors"
	"fmt"
	"iter"
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
// # Who is meant
//
// Where a method takes a user, it takes an id, an email address or a login. An address or login
// that matches exactly wins. One that differs only in upper and lower case (or by Unicode case
// folding) counts if it is the only one; otherwise the error matches [ErrAmbiguous], and nothing
// is changed. On Triton, addresses that differ in case are different users, and the login of one
// user may be the address of another, which is ambiguous as well. An id is never ambiguous.
//
// Looking up an address reads the user list: up to 1 request for each 99 users on IONOS, up to 2
// requests on Triton. [ErrNotFound] means that the user does not exist. If that cannot be
// established, because the list changes too fast or the service cuts it, the error matches
// [ErrIncomplete] and not ErrNotFound. Use a [Snapshot] to look up many users.
//
// # Errors and concurrency
//
// Every method is synchronous: on IONOS it waits for the request that the service accepted, as
// long as ctx allows. A wait that ends early is an [*OperationError] with the id to continue with.
// A write that was accepted without a request to wait for is an error that matches
// [ErrOutcomeUnknown], beside its result.
//
// A field that the cloud does not have is an error that names it and matches
// errors.ErrUnsupported, before any request. The errors are otherwise those of the clients.
// Implementations are safe for concurrent use.
type Users interface {
	// All returns an iterator over all users. IONOS.AllUsers says what an error and a break do.
	All(ctx context.Context) iter.Seq2[User, error]

	// Get returns a user.
	Get(ctx context.Context, user string) (*User, error)

	// Create creates a user, and never two. If the response is lost it looks for the user, and
	// decides by the service's clock and by the fields of the user whether this is the one:
	//
	//   - it is: Create returns the user;
	//   - no user is found for 7 seconds: the error matches [ErrNotCreated];
	//   - the user with this email address or login existed before: the error matches [ErrConflict];
	//   - it cannot be determined: the error matches [ErrOutcomeUnknown], and the user beside it is
	//     the candidate.
	//
	// If a wait ends early, the user is returned beside the error.
	Create(ctx context.Context, user UserCreate) (*User, error)

	// Update changes the fields that change sets and keeps all others. One that sets nothing
	// returns the user as it is.
	Update(ctx context.Context, user string, change UserUpdate) (*User, error)

	// SetPassword sets a new password and keeps everything else.
	SetPassword(ctx context.Context, user string, password Secret) error

	// Delete deletes a user. It returns nil if the user was deleted by an earlier attempt of this
	// call whose response was lost. A Triton user who has SSH keys is [ErrConflict] unless the
	// option [WithKeys] is given.
	Delete(ctx context.Context, user string, opts ...DeleteOption) error
}

// A DeleteOption is an option of Users.Delete and Triton.DeleteUser. nil is ignored.
type DeleteOption interface{ applyDelete(*deleteOptions) }

type deleteOptions struct{ keys bool }

type deleteOption func(*deleteOptions)

func (set deleteOption) applyDelete(o *deleteOptions) { set(o) }

// WithKeys deletes the SSH keys of a Triton user first, without which the service does not delete
// the user. If the user cannot be deleted then, the keys are gone all the same. IONOS users have
// no such keys.
func WithKeys() DeleteOption { return deleteOption(func(o *deleteOptions) { o.keys = true }) }

func newDeleteOptions(opts []DeleteOption) (o deleteOptions) {
	for _, opt := range opts {
		if opt != nil {
			opt.applyDelete(&o)
		}
	}
	return o
}

// User is a user of any cloud. Empty fields are those that the cloud does not have or did not
// return.
type User struct {
	// ID is opaque.
	ID string
	// Login is what the user logs in with: on IONOS that is the email address.
	Login string
	// Email is unique on each cloud, on Triton by exact case.
	Email string

	FirstName, LastName string
	// Created and Updated are zero where unknown.
	Created, Updated time.Time

	// IONOS or Triton is the vendor's full value. Exactly one is set.
	IONOS  *gen.User
	Triton *gen.TritonUser
}

// UserCreate is a user to be created.
type UserCreate struct {
	// Login is the name to log in with, where users do not log in with their email address: it is
	// required on Triton (3 to 32 letters, digits, "_", "." and "@", a letter first) and not used
	// on IONOS. User.Login is what the created user logs in with on either.
	Login string
	// Email is required.
	Email string
	// FirstName and LastName are required on IONOS.
	FirstName, LastName string
	// Password is required. Its rules are the service's. It is never printed.
	Password Secret `json:"-"`

	// IONOS and Triton hold what only that cloud has.
	IONOS  *IONOSFields
	Triton *TritonFields
}

// UserUpdate is what Update changes. nil keeps a field; new("") clears one that can be empty.
// Like that of UserCreate, Login is not used on IONOS, where it changes with Email.
type UserUpdate struct {
	Login, Email, FirstName, LastName *string

	IONOS  *IONOSFields
	Triton *TritonFields
}

// IONOSFields are what only IONOS users have. nil leaves a field to the service, or as it is.
type IONOSFields struct {
	// Administrator grants all rights in the contract.
	Administrator *bool
	// ForceSecAuth requires two-factor authentication.
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

// portable iterates over a vendor's users as portable ones.
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
