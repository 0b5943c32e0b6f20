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
	return portable(u.client.AllUsers(ctx), fromTriton)
}

func (u *tritonUsers) Get(ctx context.Context, user string) (*User, error) {
	got, err := u.client.GetUser(ctx, user)
	// A login may look like an email address, and the list does not have all users of a large account.
	if errors.Is(err, ErrNotFound) && strings.Contains(user, "@") {
		return find(u.All(ctx), "/"+u.client.account+"/users", func(u *User) bool { return strings.EqualFold(u.Email, user) })
	}
	return fromTriton(got), err
}

func (u *tritonUsers) Create(ctx context.Context, user UserCreate) (*User, error) {
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
	return resolve(ctx, began, err, func(ctx context.Context) (*User, error) {
		got, err := u.client.GetUser(ctx, user.Login)
		return fromTriton(got), err
	})
}

func (u *tritonUsers) Update(ctx context.Context, user string, change UserUpdate) (*User, error) {
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
	id, err := idOf(ctx, u, user)
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
	id, err := idOf(ctx, u, user)
	if err != nil {
		return err
	}
	_, err = u.client.ChangeUserPassword(ctx, id, password)
	return err
}

func (u *tritonUsers) Delete(ctx context.Context, user string) error {
	id, err := idOf(ctx, u, user)
	if err != nil {
		return err
	}
	return u.client.DeleteUser(ctx, id)
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
