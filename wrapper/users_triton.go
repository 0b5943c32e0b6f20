package wrapper

import (
	"context"
	"errors"
	"iter"
	"strings"
	"time"

	"github.com/cloudroster/cloudroster/gen"
)

// Users returns the portable view of this client.
func (c *Triton) Users() Users { return &tritonUsers{client: c} }

type tritonUsers struct {
	client *Triton
}

func (u *tritonUsers) All(ctx context.Context) iter.Seq2[User, error] {
	return portable(u.client.AllUsers(ctx), fromTriton)
}

// Get requests an id or a login. The list is needed for addresses, and to see that a login is not
// somebody else's address.
func (u *tritonUsers) Get(ctx context.Context, user string) (*User, error) {
	got, err := u.client.GetUser(ctx, user)
	found := fromTriton(got)
	switch {
	case err == nil && (isCertain(found, user) || strings.EqualFold(found.ID, user)):
		return found, nil
	case err != nil && !(errors.Is(err, ErrNotFound) && strings.Contains(user, "@")):
		return nil, err
	}
	return u.find(ctx, user, found)
}

// find looks a user up in the list. known is the user with this login, nil if there is none.
func (u *tritonUsers) find(ctx context.Context, user string, known *User) (*User, error) {
	l := lookup{key: user}
	if known != nil {
		l.add(matches(user, known.ID, known.Login, known.Email), known)
	}
	all, cut := u.client.ListUsers(ctx)
	if cut != nil && !errors.Is(cut, ErrIncomplete) {
		return nil, cut
	}
	for i := range all {
		if how := matches(user, all[i].ID, all[i].Login, all[i].Email); how != noMatch {
			l.add(how, fromTriton(&all[i]))
		}
	}
	// No login is the same as an address that was found, or the service had returned that user.
	isAddress := known == nil && len(l.exact) > 0
	found, err := l.result()
	switch {
	case err != nil:
		return nil, err
	case cut != nil && !isAddress && !isCertain(found, user):
		return nil, cut
	case found == nil:
		return nil, userNames.notFound("/" + u.client.account + "/users")
	}
	return found, nil
}

// idOf returns the id of a user. Not even a login is used in its place: which cases of it are the
// same is for the service to decide, and whose address it may be too.
func (u *tritonUsers) idOf(ctx context.Context, user string) (string, error) {
	if isID(user) {
		return user, nil
	}
	found, err := u.Get(ctx, user)
	if err != nil {
		return "", err
	}
	return found.ID, nil
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
	created, err := u.client.CreateUser(ctx, body)
	if err == nil {
		return fromTriton(created), nil
	}
	if !errors.Is(err, ErrOutcomeUnknown) {
		return nil, err
	}
	lost := creation{
		clock: &u.client.transport.clock, began: began, cause: err,
		find: func(ctx context.Context) (*User, error) {
			got, err := u.client.GetUser(ctx, user.Login)
			return fromTriton(got), err
		},
		isSame: func(found *User) bool { return isCreated(found.Triton, body) },
	}
	return lost.resolve(ctx)
}

// isCreated reports whether a user has the fields that were sent.
func isCreated(is *gen.TritonUser, sent gen.TritonUserCreate) bool {
	for _, field := range []struct {
		sent *string
		is   gen.TritonAttribute
	}{
		{&sent.Login, gen.TritonAttribute(is.Login)}, {&sent.Email, gen.TritonAttribute(is.Email)}, {sent.FirstName, is.FirstName}, {sent.LastName, is.LastName},
		{sent.CompanyName, is.CompanyName}, {sent.Address, is.Address}, {sent.PostalCode, is.PostalCode}, {sent.City, is.City},
		{sent.State, is.State}, {sent.Country, is.Country}, {sent.Phone, is.Phone},
	} {
		if !sameText(field.sent, string(field.is)) {
			return false
		}
	}
	return true
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

func (u *tritonUsers) Delete(ctx context.Context, user string, opts ...DeleteOption) error {
	id, err := u.idOf(ctx, user)
	if err != nil {
		return err
	}
	return u.client.DeleteUser(ctx, id, opts...)
}

func fromTriton(user *gen.TritonUser) *User {
	if user == nil {
		return nil
	}
	return &User{
		ID:        user.ID,
		Login:     user.Login,
		Email:     user.Email,
		FirstName: string(user.FirstName),
		LastName:  string(user.LastName),
		Created:   user.Created.Time,
		Updated:   user.Updated.Time,
		Triton:    user,
	}
}
