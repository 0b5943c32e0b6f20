package wrapper_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/cloudroster/cloudroster/gen"
	"github.com/cloudroster/cloudroster/wrapper"
	"github.com/cloudroster/cloudroster/wrapper/wrappertest"
)

func TestModelTriton(t *testing.T) {
	t.Parallel()
	for _, faulty := range []bool{false, true} {
		t.Run(fmt.Sprintf("faults %t", faulty), func(t *testing.T) {
			t.Parallel()
			checkModel(t, tritonDeeds, faulty, func() world[tritonState] { return newTritonWorld(t) })
		})
	}
}

// tritonState are the sub-users, oldest first. A user without id is one whose id nobody knows
// yet.
type tritonState []tritonModelUser

type tritonModelUser struct {
	id, login, email, city, phone string
	password                      string
}

type tritonWorld struct {
	cloud  *wrappertest.Cloud
	client *wrapper.Triton
	bad    *mischief
	now    tritonState
	serial int // of passwords: no one may be used twice
}

func newTritonWorld(t *testing.T) *tritonWorld {
	cloud := newCloud()
	w := &tritonWorld{cloud: cloud, client: tritonClient(t, cloud), bad: new(mischief)}
	cloud.Triton.Fault(w.bad.fault())
	return w
}

func (w *tritonWorld) mischief() *mischief            { return w.bad }
func (w *tritonWorld) model() tritonState             { return w.now }
func (w *tritonWorld) fail(step)                      {}
func (w *tritonWorld) adopt(s tritonState)            { w.now = s }
func (*tritonWorld) copied(s tritonState) tritonState { return slices.Clone(s) }

func (w *tritonWorld) state() tritonState {
	var all tritonState
	for _, u := range w.cloud.Triton.Users() {
		all = append(all, tritonModelUser{u.ID, u.Login, u.Email, u.City, u.Phone, u.Password})
	}
	return all
}

func (*tritonWorld) matches(model, cloud tritonState) bool {
	if len(model) != len(cloud) {
		return false
	}
	for i, want := range model {
		if want.id == "" {
			want.id = cloud[i].id
		}
		if want != cloud[i] {
			return false
		}
	}
	return true
}

var tritonDeeds = []string{"create", "create", "create portable", "update", "update by login", "rename", "password", "delete", "get", "get by login", "list"}

const unknownID = "00000000-0000-4000-8000-000000000000"

func (w *tritonWorld) deed(s step) deed[tritonState] {
	ctx := context.Background()
	email := func(n int) string { return fmt.Sprintf("user%d@example.com", n%6) }
	login := func(n int) string { return fmt.Sprintf("user.%d", n%6) }
	// One more than there are: a user who is not there.
	at := s.A % (len(w.now) + 1)
	user := tritonModelUser{id: unknownID, login: "nobody"}
	var missing error = wrapper.ErrNotFound
	if at < len(w.now) {
		user, missing = w.now[at], nil
	}
	taken := func(field func(tritonModelUser) string, value string) bool {
		return slices.ContainsFunc(w.now, func(u tritonModelUser) bool { return u.id != user.id && field(u) == value })
	}
	byLogin := func(u tritonModelUser) string { return u.login }
	byEmail := func(u tritonModelUser) string { return u.email }
	check := func(got *gen.TritonUser, err error, want func() tritonModelUser) error {
		if err != nil {
			return err
		}
		if u := want(); u.login != got.Login || u.email != got.Email || u.city != string(got.City) || u.phone != string(got.Phone) {
			return fmt.Errorf("%w: got %+v, want %+v", errWrong, got, u)
		}
		return nil
	}
	switch s.Operation {
	case "create":
		user = tritonModelUser{}
		made := tritonModelUser{login: login(s.A), email: email(s.B), password: "correct-horse-1"}
		create := gen.TritonUserCreate{Login: made.login, Email: made.email, Password: "correct-horse-1"}
		if s.Flag {
			made.city = "Oslo"
			create.City, create.Phone = new("Oslo"), new("")
		}
		d := deed[tritonState]{change: func(all *tritonState) { *all = append(*all, made) }}
		if taken(byLogin, made.login) || taken(byEmail, made.email) {
			d.refused = wrapper.ErrInvalid
		}
		d.call = func() (*wrapper.Operation, error) {
			got, err := w.client.CreateUser(ctx, create)
			return nil, check(got, err, func() tritonModelUser { return made })
		}
		return d
	case "create portable":
		user = tritonModelUser{}
		made := tritonModelUser{login: login(s.A), email: email(s.B), password: "correct-horse-1"}
		d := deed[tritonState]{change: func(all *tritonState) { *all = append(*all, made) }}
		if taken(byLogin, made.login) || taken(byEmail, made.email) {
			d.refused = wrapper.ErrInvalid
		}
		d.call = func() (*wrapper.Operation, error) {
			return nil, createPortable(w.client.Users(), wrapper.UserCreate{Login: made.login, Email: made.email, Password: "correct-horse-1"})
		}
		return d
	case "update", "update by login", "rename":
		change := gen.TritonUserUpdate{Phone: new(fmt.Sprint(s.B))}
		user.phone = fmt.Sprint(s.B)
		if s.Flag {
			change.City, user.city = new(""), ""
		}
		name := user.id
		if s.Operation == "update by login" {
			name = user.login
		}
		d := deed[tritonState]{refused: missing, change: func(all *tritonState) { (*all)[at] = user }}
		if s.Operation == "rename" && missing == nil {
			change.Login, user.login = new(login(s.C)), login(s.C)
			if taken(byLogin, user.login) {
				d.refused = wrapper.ErrInvalid
			}
		}
		d.call = func() (*wrapper.Operation, error) {
			got, err := w.client.UpdateUser(ctx, name, change)
			return nil, check(got, err, func() tritonModelUser { return user })
		}
		return d
	case "password":
		w.serial++
		password := fmt.Sprintf("correct-horse-1%d", w.serial)
		d := deed[tritonState]{refused: missing, change: func(all *tritonState) { (*all)[at] = user }}
		if s.Flag && missing == nil {
			password, d.refused = user.password, wrapper.ErrInvalid
		}
		user.password = password
		d.call = func() (*wrapper.Operation, error) {
			_, err := w.client.ChangeUserPassword(ctx, user.id, wrapper.Secret(password))
			return nil, err
		}
		return d
	case "delete":
		name := user.id
		if s.Flag {
			name = user.login
		}
		return deed[tritonState]{
			refused: missing, remove: true,
			change: func(all *tritonState) { *all = slices.Delete(*all, at, at+1) },
			call:   func() (*wrapper.Operation, error) { return nil, w.client.DeleteUser(ctx, name) },
		}
	case "get", "get by login":
		name := user.id
		if strings.HasSuffix(s.Operation, "login") {
			name = user.login
		}
		return deed[tritonState]{refused: missing, call: func() (*wrapper.Operation, error) {
			got, err := w.client.GetUser(ctx, name)
			return nil, check(got, err, func() tritonModelUser { return user })
		}}
	case "list":
		return deed[tritonState]{call: func() (*wrapper.Operation, error) {
			got, err := w.client.ListUsers(ctx)
			if err == nil && len(got) != len(w.now) {
				return nil, fmt.Errorf("%w: %d users of %d", errWrong, len(got), len(w.now))
			}
			for i := range got {
				if err := check(&got[i], nil, func() tritonModelUser { return w.now[i] }); err != nil {
					return nil, err
				}
			}
			return nil, err
		}}
	}
	panic(s.Operation)
}
