package wrapper

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"
	"time"

	"github.com/cloudroster/cloudroster/gen"
)

// Users returns the portable view of this client. opts go with every call; [WithPrefetch] only
// with reads of the list.
func (c *IONOS) Users(opts ...CallOption) Users {
	return &ionosUsers{client: c, opts: slices.Clone(opts)}
}

type ionosUsers struct {
	client *IONOS
	opts   []CallOption
}

func (u *ionosUsers) All(ctx context.Context) iter.Seq2[User, error] {
	return portable(u.client.AllUsers(ctx, u.opts...), fromIONOS)
}

func (u *ionosUsers) Get(ctx context.Context, user string) (*User, error) {
	if strings.Contains(user, "@") {
		return u.find(ctx, user)
	}
	got, err := u.client.GetUser(ctx, user, u.callOptions()...)
	return fromIONOS(got), err
}

// find looks an email address up in the list. An exact match ends that early; that there is none
// is known at the end only.
func (u *ionosUsers) find(ctx context.Context, email string) (found *User, err error) {
	if err := checkID("user", email); err != nil {
		return nil, err
	}
	err = untilComplete(ctx, func() error {
		l := lookup{key: email}
		for user, err := range u.client.AllUsers(ctx, u.without(givenOffset)...) {
			if err != nil {
				return err
			}
			how := matches(email, user.ID, "", user.Properties.Email)
			if how != noMatch {
				match := user // so that the others need no memory of their own
				l.add(how, fromIONOS(&match))
			}
			if how == exactMatch {
				break
			}
		}
		found, err = l.result()
		if found == nil && err == nil {
			err = userNames.notFound("/um/users")
		}
		return err
	})
	return found, err
}

func (u *ionosUsers) idOf(ctx context.Context, user string) (string, error) {
	if !strings.Contains(user, "@") {
		return user, checkID("user", user)
	}
	found, err := u.find(ctx, user)
	if err != nil {
		return "", err
	}
	return found.ID, nil
}

func (u *ionosUsers) Create(ctx context.Context, user UserCreate) (*User, error) {
	if field := user.Triton.first(); field != "" {
		return nil, unsupported("IONOS", field)
	}
	properties := gen.UserCreateProperties{
		FirstName: user.FirstName, LastName: user.LastName, Email: user.Email, Password: user.Password,
	}
	if f := user.IONOS; f != nil {
		properties.Administrator, properties.ForceSecAuth, properties.Active = f.Administrator, f.ForceSecAuth, f.Active
	}
	began := time.Now()
	created, operation, err := u.client.CreateUser(ctx, properties, u.callOptions()...)
	switch {
	case err == nil:
		return fromIONOS(created), operation.Wait(ctx)
	case created != nil:
		return fromIONOS(created), err // accepted, and it cannot be determined how that ends
	case operation != nil:
		return u.readBack(ctx, operation, err, user.Email)
	case !errors.Is(err, ErrOutcomeUnknown):
		return nil, err
	}
	lost := creation{
		clock: &u.client.transport.clock, began: began, cause: err,
		find: func(ctx context.Context) (*User, error) { return u.find(ctx, user.Email) },
		isSame: func(found *User) bool {
			p := found.IONOS.Properties
			return found.FirstName == user.FirstName && found.LastName == user.LastName && strings.EqualFold(found.Email, user.Email) &&
				sameFlag(properties.Administrator, p.Administrator) && sameFlag(properties.ForceSecAuth, p.ForceSecAuth) &&
				sameFlag(properties.Active, p.Active)
		},
	}
	return lost.resolve(ctx)
}

func (u *ionosUsers) Update(ctx context.Context, user string, change UserUpdate) (*User, error) {
	if field := change.Triton.first(); field != "" {
		return nil, unsupported("IONOS", field)
	}
	return u.update(ctx, user, func(p *gen.UserUpdateProperties) {
		set(&p.Email, change.Email)
		set(&p.FirstName, change.FirstName)
		set(&p.LastName, change.LastName)
		if f := change.IONOS; f != nil {
			set(&p.Administrator, f.Administrator)
			set(&p.ForceSecAuth, f.ForceSecAuth)
			set(&p.Active, f.Active)
		}
	})
}

// readBack waits for a write that was accepted with a response that could not be read, and reads
// the user whom the service names as its target, or else fallback. If that fails, the cause still
// carries the operation: the change is not lost with it.
func (u *ionosUsers) readBack(ctx context.Context, operation *Operation, cause error, fallback string) (*User, error) {
	if err := operation.Wait(ctx); err != nil {
		return nil, err
	}
	target := fallback
	if status, err := operation.Status(ctx); err == nil {
		for _, t := range status.Targets {
			if strings.EqualFold(string(t.Target.Type), "user") && t.Target.ID != "" {
				target = t.Target.ID
			}
		}
	}
	got, err := u.Get(ctx, target)
	if err != nil {
		return nil, joinErrors(cause, fmt.Errorf("reading the user back: %w", err))
	}
	return got, nil
}

func (u *ionosUsers) SetPassword(ctx context.Context, user string, password Secret) error {
	if err := required("password", string(password)); err != nil {
		return err
	}
	_, err := u.update(ctx, user, func(p *gen.UserUpdateProperties) { p.Password = &password })
	return err
}

func (u *ionosUsers) update(ctx context.Context, user string, change func(*gen.UserUpdateProperties)) (*User, error) {
	id, err := u.idOf(ctx, user)
	if err != nil {
		return nil, err
	}
	changed, operation, err := u.client.UpdateUser(ctx, id, change, u.callOptions()...)
	switch {
	case err == nil:
	case changed == nil && operation != nil:
		return u.readBack(ctx, operation, err, id)
	default:
		return fromIONOS(changed), err
	}
	return fromIONOS(changed), operation.Wait(ctx)
}

func (u *ionosUsers) Delete(ctx context.Context, user string, _ ...DeleteOption) error {
	id, err := u.idOf(ctx, user)
	if err != nil {
		return err
	}
	operation, err := u.client.DeleteUser(ctx, id, u.callOptions()...)
	if operation == nil {
		return err
	}
	// Accepted: how it ends is what counts, even if the response could not be read.
	return operation.Wait(ctx)
}

// callOptions are the options without those for lists.
func (u *ionosUsers) callOptions() []CallOption {
	return u.without(givenPrefetch | givenLimit | givenOffset)
}

func (u *ionosUsers) without(flags optionSet) []CallOption {
	return append(u.opts[:len(u.opts):len(u.opts)], callOption(func(o *callOptions) { o.given &^= flags }))
}

// set copies what is there.
func set[T any](to **T, value *T) {
	if value != nil {
		*to = value
	}
}

func fromIONOS(user *gen.User) *User {
	if user == nil {
		return nil
	}
	return &User{
		ID:        user.ID,
		Login:     user.Properties.Email,
		Email:     user.Properties.Email,
		FirstName: user.Properties.FirstName,
		LastName:  user.Properties.LastName,
		Created:   user.Metadata.CreatedDate.Time,
		Updated:   user.Metadata.LastModifiedDate.Time,
		IONOS:     user,
	}
}
