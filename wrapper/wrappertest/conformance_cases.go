package wrappertest

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/cloudroster/cloudroster/wrapper"
)

var usersCases = []struct {
	name string
	run  func(t *testing.T, s ConformanceConfig)
}{
	{"a created user is found by id, email and login", func(t *testing.T, s ConformanceConfig) {
		input, made := s.create(t, 1)
		for _, key := range []string{made.ID, input.Email, strings.ToUpper(input.Email[:1]) + input.Email[1:], made.Login} {
			got, err := s.Users.Get(t.Context(), key)
			if err != nil {
				t.Fatalf("get %q: %v", key, err)
			}
			same(t, *got, *made)
		}
		if made.Email != input.Email || made.FirstName != input.FirstName || made.LastName != input.LastName || made.Login == "" {
			t.Errorf("created %+v from %+v", made, input)
		}
		if (made.IONOS == nil) == (made.Triton == nil) {
			t.Error("exactly one vendor's full value must be there")
		}
		if made.Created.IsZero() {
			t.Error("the creation date is missing")
		}
	}},
	{"all users come once, and after a break nothing is asked", func(t *testing.T, s ConformanceConfig) {
		many := 230 // three pages
		if s.live {
			many = 3
		}
		want := map[string]bool{}
		for n := range many {
			_, made := s.create(t, n)
			want[made.ID] = true
		}
		for range 2 {
			got := map[string]bool{}
			for user, err := range s.Users.All(t.Context()) {
				if err != nil {
					t.Fatal(err)
				}
				if got[user.ID] || !want[user.ID] {
					t.Fatalf("user %s comes twice or does not exist", user.ID)
				}
				got[user.ID] = true
			}
			if len(got) != many {
				t.Errorf("got %d users, want %d", len(got), many)
			}
		}
		for range s.Users.All(t.Context()) { //nolint:errcheck // whatever comes first
			break
		}
		if s.live || s.Requests == nil {
			return
		}
		synctest.Wait() // pages that were on their way are counted when their handlers get to it
		before := s.Requests()
		time.Sleep(time.Hour)
		if s.Requests() != before {
			t.Error("requests go on after a break")
		}
	}},
	{"no users are no error", func(t *testing.T, s ConformanceConfig) {
		for _, err := range s.Users.All(t.Context()) {
			t.Fatalf("an empty cloud yields something: %v", err)
		}
	}},
	{"an email address that is taken is refused", func(t *testing.T, s ConformanceConfig) {
		s.create(t, 1)
		_, err := s.Users.Create(t.Context(), s.UserCreate(1))
		if !errors.Is(err, wrapper.ErrInvalid) && !errors.Is(err, wrapper.ErrConflict) {
			t.Errorf("creating a user twice: %v", err)
		}
		s.count(t, 1)
	}},
	{"a missing field is named before any request", func(t *testing.T, s ConformanceConfig) {
		for word, input := range s.Missing {
			_, err := s.Users.Create(t.Context(), input)
			if !errors.Is(err, wrapper.ErrInvalid) || !strings.Contains(err.Error(), word) {
				t.Errorf("without %s: %v", word, err)
			}
		}
		s.asked(t, 0)
	}},
	{"a field of another cloud is refused by name before any request", func(t *testing.T, s ConformanceConfig) {
		for field, input := range s.Unsupported {
			_, err := s.Users.Create(t.Context(), input)
			if !errors.Is(err, errors.ErrUnsupported) || !strings.Contains(err.Error(), field) {
				t.Errorf("create with %s: %v", field, err)
			}
		}
		for field, change := range s.UnsupportedUpdate {
			_, err := s.Users.Update(t.Context(), "some-id", change)
			if !errors.Is(err, errors.ErrUnsupported) || !strings.Contains(err.Error(), field) {
				t.Errorf("update with %s: %v", field, err)
			}
		}
		s.asked(t, 0)
	}},
	{"an update keeps what it does not mention", func(t *testing.T, s ConformanceConfig) {
		_, made := s.create(t, 1)
		want := *made
		want.LastName = "Changed"
		for _, key := range []string{made.ID, made.Email, made.Login} {
			got, err := s.Users.Update(t.Context(), key, wrapper.UserUpdate{LastName: &want.LastName})
			if err != nil {
				t.Fatalf("update %q: %v", key, err)
			}
			same(t, *got, want)
		}
		if s.Password != nil && s.Password(made.ID) != string(s.UserCreate(1).Password) {
			t.Error("the password has changed")
		}
	}},
	{"an update of nothing changes nothing", func(t *testing.T, s ConformanceConfig) {
		_, made := s.create(t, 1)
		got, err := s.Users.Update(t.Context(), made.ID, wrapper.UserUpdate{})
		if err != nil {
			t.Fatal(err)
		}
		same(t, *got, *made)
	}},
	{"a new password keeps everything else", func(t *testing.T, s ConformanceConfig) {
		_, made := s.create(t, 1)
		for _, key := range []string{made.ID, made.Email} {
			password := wrapper.Secret("brand-new-" + key[:1] + "-77")
			if err := s.Users.SetPassword(t.Context(), key, password); err != nil {
				t.Fatalf("set password of %q: %v", key, err)
			}
			if s.Password != nil && s.Password(made.ID) != string(password) {
				t.Error("the password has not changed")
			}
		}
		got, err := s.Users.Get(t.Context(), made.ID)
		if err != nil {
			t.Fatal(err)
		}
		same(t, *got, *made)
		if err := s.Users.SetPassword(t.Context(), made.ID, ""); !errors.Is(err, wrapper.ErrInvalid) {
			t.Errorf("an empty password: %v", err)
		}
	}},
	{"a deleted user is gone", func(t *testing.T, s ConformanceConfig) {
		for n, key := range []func(*wrapper.User) string{
			func(u *wrapper.User) string { return u.ID }, func(u *wrapper.User) string { return u.Email },
		} {
			_, made := s.create(t, n)
			if err := s.Users.Delete(t.Context(), key(made)); err != nil {
				t.Fatal(err)
			}
			if _, err := s.Users.Get(t.Context(), made.ID); !errors.Is(err, wrapper.ErrNotFound) {
				t.Errorf("get after delete: %v", err)
			}
			if err := s.Users.Delete(t.Context(), key(made)); !errors.Is(err, wrapper.ErrNotFound) {
				t.Errorf("second delete: %v", err)
			}
		}
	}},
	{"nobody is not found", func(t *testing.T, s ConformanceConfig) {
		last := "x"
		for _, key := range []string{"00000000-0000-4000-8000-000000000000", "nobody@example.com"} {
			_, get := s.Users.Get(t.Context(), key)
			_, update := s.Users.Update(t.Context(), key, wrapper.UserUpdate{LastName: &last})
			for method, err := range map[string]error{
				"get": get, "update": update, "set password": s.Users.SetPassword(t.Context(), key, "brand-new-77"),
				"delete": s.Users.Delete(t.Context(), key),
			} {
				if !errors.Is(err, wrapper.ErrNotFound) {
					t.Errorf("%s %s: %v", method, key, err)
				}
			}
		}
	}},
	{"what is no user at all is refused before any request", func(t *testing.T, s ConformanceConfig) {
		last := "x"
		for _, key := range []string{"", ".", "..", "a\nb"} {
			_, get := s.Users.Get(t.Context(), key)
			_, update := s.Users.Update(t.Context(), key, wrapper.UserUpdate{LastName: &last})
			for method, err := range map[string]error{
				"get": get, "update": update, "set password": s.Users.SetPassword(t.Context(), key, "brand-new-77"),
				"delete": s.Users.Delete(t.Context(), key),
			} {
				if !errors.Is(err, wrapper.ErrInvalid) {
					t.Errorf("%s %q: %v", method, key, err)
				}
			}
		}
		s.asked(t, 0)
	}},
	{"a create whose response is lost makes one user and returns it", func(t *testing.T, s ConformanceConfig) {
		s.needs(t, "LoseCreate", s.LoseCreate != nil)
		s.create(t, 1)
		s.LoseCreate(true)
		_, made := s.create(t, 2)
		s.count(t, 2)
		if got, err := s.Users.Get(t.Context(), made.ID); err != nil || got.Email != s.UserCreate(2).Email {
			t.Errorf("got %v, %v", got, err)
		}
	}},
	{"a create that is lost before it is carried out says so", func(t *testing.T, s ConformanceConfig) {
		s.needs(t, "LoseCreate", s.LoseCreate != nil)
		s.LoseCreate(false)
		_, err := s.Users.Create(t.Context(), s.UserCreate(1))
		if !errors.Is(err, wrapper.ErrNotCreated) || errors.Is(err, wrapper.ErrOutcomeUnknown) {
			t.Errorf("lost create: %v", err)
		}
		s.count(t, 0)
		s.create(t, 1)
	}},
	{"a delete whose response is lost is a success", func(t *testing.T, s ConformanceConfig) {
		s.needs(t, "LoseDelete", s.LoseDelete != nil)
		_, made := s.create(t, 1)
		s.LoseDelete(true)
		if err := s.Users.Delete(t.Context(), made.ID); err != nil {
			t.Errorf("lost delete: %v", err)
		}
		s.count(t, 0)
	}},
	{"a delete that is lost before it is carried out is made up for", func(t *testing.T, s ConformanceConfig) {
		s.needs(t, "LoseDelete", s.LoseDelete != nil)
		_, made := s.create(t, 1)
		s.LoseDelete(false)
		if err := s.Users.Delete(t.Context(), made.ID); err != nil {
			t.Errorf("lost delete: %v", err)
		}
		s.count(t, 0)
	}},
	{"a context that has ended ends every call", func(t *testing.T, s ConformanceConfig) {
		_, made := s.create(t, 1)
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		last := "x"
		_, create := s.Users.Create(ctx, s.UserCreate(2))
		_, get := s.Users.Get(ctx, made.ID)
		_, update := s.Users.Update(ctx, made.ID, wrapper.UserUpdate{LastName: &last})
		var all error
		for _, err := range s.Users.All(ctx) {
			all = err
		}
		for method, err := range map[string]error{
			"create": create, "get": get, "update": update, "all": all,
			"set password": s.Users.SetPassword(ctx, made.ID, "brand-new-77"), "delete": s.Users.Delete(ctx, made.ID),
		} {
			if !errors.Is(err, context.Canceled) {
				t.Errorf("%s: %v", method, err)
			}
		}
		s.count(t, 1)
	}},
	{"many at a time make each user once", func(t *testing.T, s ConformanceConfig) {
		const many = 24
		var group sync.WaitGroup
		failures := make([]error, many)
		for n := range many {
			group.Go(func() { _, failures[n] = s.Users.Create(t.Context(), s.UserCreate(n)) })
		}
		group.Wait()
		if err := errors.Join(failures...); err != nil {
			t.Fatal(err)
		}
		s.count(t, many)
	}},
	{"an exact email address wins over one in another case", func(t *testing.T, s ConformanceConfig) {
		_, upper := s.create(t, 1)
		input := s.UserCreate(1)
		second := s.UserCreate(2)
		second.Email = strings.ToUpper(input.Email)
		other, err := s.Users.Create(t.Context(), second)
		if errors.Is(err, wrapper.ErrInvalid) || errors.Is(err, wrapper.ErrConflict) {
			return // the cloud has no two addresses that differ in case only
		}
		if err != nil {
			t.Fatal(err)
		}
		for email, want := range map[string]*wrapper.User{input.Email: upper, second.Email: other} {
			got, err := s.Users.Get(t.Context(), email)
			if err != nil || got.ID != want.ID {
				t.Errorf("get %q: %v, %v; want %s", email, got, err, want.ID)
			}
		}
		mixed := strings.ToUpper(input.Email[:1]) + input.Email[1:]
		last := "x"
		_, get := s.Users.Get(t.Context(), mixed)
		_, update := s.Users.Update(t.Context(), mixed, wrapper.UserUpdate{LastName: &last})
		for method, err := range map[string]error{"get": get, "update": update, "delete": s.Users.Delete(t.Context(), mixed)} {
			if !errors.Is(err, wrapper.ErrAmbiguous) {
				t.Errorf("%s of one of two: %v", method, err)
			}
		}
		s.count(t, 2)
		if err := s.Users.Delete(t.Context(), input.Email); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Users.Get(t.Context(), other.ID); err != nil {
			t.Errorf("the other user: %v", err)
		}
	}},
	{"a lost create does not adopt somebody who existed before", func(t *testing.T, s ConformanceConfig) {
		s.needs(t, "LoseCreate", s.LoseCreate != nil)
		_, existing := s.create(t, 1)
		time.Sleep(2 * time.Minute)
		s.LoseCreate(true)
		user, err := s.Users.Create(t.Context(), s.UserCreate(1))
		if !errors.Is(err, wrapper.ErrConflict) || user != nil {
			t.Errorf("create of user %s again: %v, %v", existing.ID, user, err)
		}
		s.count(t, 1)
	}},
	{"a login does no harm where users log in with their address", func(t *testing.T, s ConformanceConfig) {
		input := s.UserCreate(1)
		input.Login = "login1"
		made, err := s.Users.Create(t.Context(), input)
		if err != nil {
			t.Fatal(err)
		}
		if made.Login != input.Login && made.Login != input.Email {
			t.Errorf("login %q of %q", made.Login, input.Login)
		}
	}},
	{"who is not in an incomplete list may still exist", func(t *testing.T, s ConformanceConfig) {
		s.needs(t, "CutList", s.CutList != nil)
		_, made := s.create(t, 1)
		s.CutList()
		last := "x"
		_, get := s.Users.Get(t.Context(), "nobody@example.com")
		_, update := s.Users.Update(t.Context(), "nobody@example.com", wrapper.UserUpdate{LastName: &last})
		var all error
		for _, err := range s.Users.All(t.Context()) {
			all = err
		}
		for method, err := range map[string]error{
			"get": get, "update": update, "delete": s.Users.Delete(t.Context(), "nobody@example.com"), "all": all,
		} {
			if !errors.Is(err, wrapper.ErrIncomplete) || errors.Is(err, wrapper.ErrNotFound) {
				t.Errorf("%s: %v", method, err)
			}
		}
		if _, err := s.Users.Get(t.Context(), made.ID); err != nil {
			t.Errorf("get by id: %v", err)
		}
	}},
	{"a password is never printed", func(t *testing.T, s ConformanceConfig) {
		input := s.UserCreate(1)
		text := fmt.Sprintf("%v %+v %#v %s %q", input, input, input, input.Password, input.Password)
		if strings.Contains(text, string(input.Password)) {
			t.Error("the password is printed")
		}
	}},
}
