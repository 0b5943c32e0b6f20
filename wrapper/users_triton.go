package wrapper

import (
	"context"
	"errors"
	"iter"
	"strings"
	"time"

	"github.com/cloudroster/cloudroster/gen"
)

// Users is the portable view of this client.
func (c *Triton) Users() Users { return &tritonUsers{client: c} }

type tritonUsers struct {
	client *Triton
}

func (u *tritonUsers) All(ctx context.Context) iter.Seq2[User, error] {
	return func(yield func(User, error) bool) {
		for user, err := range u.client.AllUsers(ctx) {
			if err != nil {
				yield(User{}, err)
				return
			}
			if !yield(*fromTriton(&user), nil) {
				return
			}
		}
	}
}

func (u *tritonUsers) Get(ctx context.Context, user string) (*User, error) {
	// A login may look like an email address, but not the other way round.
	if !strings.Contains(user, "@") {
		got, err := u.client.GetUser(ctx, user)
		if err != nil {
			return nil, err
		}
		return fromTriton(got), nil
	}
	for got, err := range u.All(ctx) {
		if err != nil {
			return nil, err
		}
		if got.Login == user || strings.EqualFold(got.Email, user) {
			return &got, nil
		}
	}
	return nil, notFound("/" + u.client.account + "/users")
}

func (u *tritonUsers) Create(ctx context.Context, user NewUser) (*User, error) {
	if field := user.IONOS.first(); field != "" {
		return nil, unsupported("Triton", field)
	}
	body := gen.TritonUserCreate{
		Login: user.Login, Email: user.Email, Password: user.Password, FirstName: &user.FirstName, LastName: &user.LastName,
	}
	if f := user.Triton; f != nil {
		body.CompanyName, body.Address, body.PostalCode, body.City = f.CompanyName, f.Address, f.PostalCode, f.City
		body.State, body.Country, body.Phone = f.State, f.Country, f.Phone
	}
	began := time.Now()
	made, err := u.client.CreateUser(ctx, body)
	if err == nil {
		return fromTriton(made), nil
	}
	if !errors.Is(err, ErrOutcomeUnknown) {
		return nil, err
	}
	return resolve(ctx, began, err, func(ctx context.Context) (*User, error) { return u.Get(ctx, user.Login) })
}

func (u *tritonUsers) Update(ctx context.Context, user string, change UserChange) (*User, error) {
	if field := change.IONOS.first(); field != "" {
		return nil, unsupported("Triton", field)
	}
	body := gen.TritonUserUpdate{Login: change.Login, Email: change.Email, FirstName: change.FirstName, LastName: change.LastName}
	if f := change.Triton; f != nil {
		body.CompanyName, body.Address, body.PostalCode, body.City = f.CompanyName, f.Address, f.PostalCode, f.City
		body.State, body.Country, body.Phone = f.State, f.Country, f.Phone
	}
	if body == (gen.TritonUserUpdate{}) {
		return u.Get(ctx, user)
	}
	id, err := u.idOf(ctx, user)
	if err != nil {
		return nil, err
	}
	changed, err := u.client.UpdateUser(ctx, id, body)
	if err != nil {
		return nil, err
	}
	return fromTriton(changed), nil
}

func (u *tritonUsers) SetPassword(ctx context.Context, user string, password Secret) error {
	if err := required("password", string(password)); err != nil {
		return err
	}
	id, err := u.idOf(ctx, user)
	if err != nil {
		return err
	}
	_, err = u.client.ChangeUserPassword(ctx, id, password)
	return err
}

func (u *tritonUsers) Delete(ctx context.Context, user string) error {
	id, err := u.idOf(ctx, user)
	if err != nil {
		return err
	}
	return u.client.DeleteUser(ctx, id)
}

// idOf finds who has an email address; the client itself takes logins and ids.
func (u *tritonUsers) idOf(ctx context.Context, user string) (string, error) {
	if !strings.Contains(user, "@") {
		return user, checkID("user", user)
	}
	found, err := u.Get(ctx, user)
	if err != nil {
		return "", err
	}
	return found.ID, nil
}

func fromTriton(user *gen.TritonUser) *User {
	if user == nil {
		return nil
	}
	return &User{
		ID:        user.ID,
		Login:     user.Login,
		Email:     user.Email,
		FirstName: user.FirstName,
		LastName:  user.LastName,
		Created:   user.Created.Time,
		Updated:   user.Updated.Time,
		Triton:    user,
	}
}
