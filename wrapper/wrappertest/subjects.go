package wrappertest

import (
	"fmt"

	"github.com/cloudroster/cloudroster/wrapper"
)

// IONOSSubject lets [TestUsers] test users, which are a view of this cloud's IONOS side.
func IONOSSubject(cloud *Cloud, users wrapper.Users) Subject {
	yes, other := true, "another@example.com"
	input := func(n int) wrapper.NewUser {
		return wrapper.NewUser{
			Email: fmt.Sprintf("user%d@example.com", n), FirstName: "First", LastName: "Last",
			Password: "correct-horse-1", IONOS: &wrapper.IONOSFields{ForceSecAuth: &yes},
		}
	}
	with := func(change func(*wrapper.NewUser)) wrapper.NewUser { return changed(input(1), change) }
	return Subject{
		Users:   users,
		NewUser: input,
		Missing: map[string]wrapper.NewUser{
			"email":     with(func(u *wrapper.NewUser) { u.Email = "" }),
			"firstname": with(func(u *wrapper.NewUser) { u.FirstName = "" }),
			"lastname":  with(func(u *wrapper.NewUser) { u.LastName = "" }),
			"password":  with(func(u *wrapper.NewUser) { u.Password = "" }),
		},
		Unsupported: map[string]wrapper.NewUser{
			"Login":        with(func(u *wrapper.NewUser) { u.Login = "another" }),
			"Triton.Phone": with(func(u *wrapper.NewUser) { u.Triton = &wrapper.TritonFields{Phone: &other} }),
		},
		UnsupportedChange: map[string]wrapper.UserChange{
			"Login":       {Login: &other},
			"Triton.City": {Triton: &wrapper.TritonFields{City: &other}},
		},
		Password: func(id string) string { user, _ := cloud.IONOS.User(id); return user.Password },
		Requests: func() int { return len(cloud.IONOS.Requests()) },
		LoseCreate: func(after bool) {
			cloud.IONOS.Fault(Fault{Operation: "umUsersPost", Attempt: 1, After: after, Effect: Reset()})
		},
		LoseDelete: func(after bool) {
			cloud.IONOS.Fault(Fault{Operation: "umUsersDelete", Attempt: 1, After: after, Effect: Reset()})
		},
	}
}

// TritonSubject lets [TestUsers] test users, which are a view of this cloud's Triton side.
func TritonSubject(cloud *Cloud, users wrapper.Users) Subject {
	yes, city := true, "Oslo"
	input := func(n int) wrapper.NewUser {
		return wrapper.NewUser{
			Login: fmt.Sprintf("user%d", n), Email: fmt.Sprintf("user%d@example.com", n), FirstName: "First", LastName: "Last",
			Password: "correct-horse-1", Triton: &wrapper.TritonFields{City: &city},
		}
	}
	with := func(change func(*wrapper.NewUser)) wrapper.NewUser { return changed(input(1), change) }
	return Subject{
		Users:   users,
		NewUser: input,
		Missing: map[string]wrapper.NewUser{
			"login":    with(func(u *wrapper.NewUser) { u.Login = "" }),
			"email":    with(func(u *wrapper.NewUser) { u.Email = "" }),
			"password": with(func(u *wrapper.NewUser) { u.Password = "" }),
		},
		Unsupported: map[string]wrapper.NewUser{
			"IONOS.Administrator": with(func(u *wrapper.NewUser) { u.IONOS = &wrapper.IONOSFields{Administrator: &yes} }),
		},
		UnsupportedChange: map[string]wrapper.UserChange{
			"IONOS.Active": {IONOS: &wrapper.IONOSFields{Active: &yes}},
		},
		Password: func(id string) string { user, _ := cloud.Triton.User(id); return user.Password },
		Requests: func() int { return len(cloud.Triton.Requests()) },
		LoseCreate: func(after bool) {
			cloud.Triton.Fault(Fault{Operation: "CreateUser", Attempt: 1, After: after, Effect: Reset()})
		},
		LoseDelete: func(after bool) {
			cloud.Triton.Fault(Fault{Operation: "DeleteUser", Attempt: 1, After: after, Effect: Reset()})
		},
	}
}

func changed(user wrapper.NewUser, change func(*wrapper.NewUser)) wrapper.NewUser {
	change(&user)
	return user
}
