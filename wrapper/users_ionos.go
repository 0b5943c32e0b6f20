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

// Users is the portable view of this client. opts go with every call; [WithPrefetch] only with
// walks of the list.
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
		everyone := portable(u.client.AllUsers(ctx, u.without(givenOffset)...), fromIONOS)
		return find(everyone, "/um/users", func(u *User) bool { return strings.EqualFold(u.Email, user) })
	}
	got, err := u.client.GetUser(ctx, user, u.callOptions()...)
	return fromIONOS(got), err
}

func (u *ionosUsers) Create(ctx context.Context, user UserCreate) (*User, error) {
	if field := user.Triton.first(); field != "" {
		return nil, unsupported("IONOS", field)
	}
	if user.Login != "" && user.Login != user.Email {
		return nil, unsupported("IONOS", "Login")
	}
	properties := gen.UserCreateProperties{
		FirstName: user.FirstName, LastName: user.LastName, Email: user.Email, Password: user.Password,
	}
	if f := user.IONOS; f != nil {
		properties.Administrator, properties.ForceSecAuth, properties.Active = f.Administrator, f.ForceSecAuth, f.Active
	}
	began := time.Now()
	made, operation, err := u.client.CreateUser(ctx, properties, u.callOptions()...)
	if err == nil {
		return fromIONOS(made), operation.Wait(ctx)
	}
	// Accepted, but the answer could not be read: the user can be read once it is there.
	if made == nil && operation != nil {
		if err := operation.Wait(ctx); err != nil {
			return nil, err
		}
		return u.readBack(ctx, user.Email, err)
	}
	if !errors.Is(err, ErrOutcomeUnknown) {
		return fromIONOS(made), err
	}
	return resolve(ctx, began, err, func(ctx context.Context) (*User, error) { return u.Get(ctx, user.Email) })
}

func (u *ionosUsers) Update(ctx context.Context, user string, change UserUpdate) (*User, error) {
	if field := change.Triton.first(); field != "" {
		return nil, unsupported("IONOS", field)
	}
	if change.Login != nil && (change.Email == nil || *change.Login != *change.Email) {
		return nil, unsupported("IONOS", "Login")
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

// readBack reads a user whose change was accepted and is done, though its answer was lost. When
// that fails too, the cause still carries the operation: the change is not lost with it.
func (u *ionosUsers) readBack(ctx context.Context, user string, cause error) (*User, error) {
	got, err := u.Get(ctx, user)
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
	id, err := idOf(ctx, u, user)
	if err != nil {
		return nil, err
	}
	changed, operation, err := u.client.UpdateUser(ctx, id, change, u.callOptions()...)
	if err != nil {
		if changed != nil || operation == nil {
			return fromIONOS(changed), err
		}
		// Accepted, but the answer could not be read.
		if err := operation.Wait(ctx); err != nil {
			return nil, err
		}
		return u.readBack(ctx, id, err)
	}
	return fromIONOS(changed), operation.Wait(ctx)
}

func (u *ionosUsers) Delete(ctx context.Context, user string) error {
	id, err := idOf(ctx, u, user)
	if err != nil {
		return err
	}
	operation, err := u.client.DeleteUser(ctx, id, u.callOptions()...)
	if operation == nil {
		return err
	}
	// Accepted: how it ends is what counts, even if the answer could not be read.
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
