package wrappertest

import (
	"bytes"
	"fmt"

	"github.com/cloudroster/cloudroster/wrapper"
)

// IONOSConformance lets [TestUsers] test users, which are a view of this cloud's IONOS side.
func IONOSConformance(cloud *Cloud, users wrapper.Users) ConformanceConfig {
	yes, other := true, "another@example.com"
	input := func(n int) wrapper.UserCreate {
		return wrapper.UserCreate{
			Email: fmt.Sprintf("user%d@example.com", n), FirstName: "First", LastName: "Last",
			Password: "correct-horse-1", IONOS: &wrapper.IONOSFields{ForceSecAuth: &yes},
		}
	}
	with := func(change func(*wrapper.UserCreate)) wrapper.UserCreate { return changed(input(1), change) }
	return ConformanceConfig{
		Users:      users,
		UserCreate: input,
		Missing: map[string]wrapper.UserCreate{
			"email":     with(func(u *wrapper.UserCreate) { u.Email = "" }),
			"firstname": with(func(u *wrapper.UserCreate) { u.FirstName = "" }),
			"lastname":  with(func(u *wrapper.UserCreate) { u.LastName = "" }),
			"password":  with(func(u *wrapper.UserCreate) { u.Password = "" }),
		},
		Unsupported: map[string]wrapper.UserCreate{
			"Triton.Phone": with(func(u *wrapper.UserCreate) { u.Triton = &wrapper.TritonFields{Phone: &other} }),
		},
		UnsupportedUpdate: map[string]wrapper.UserUpdate{
			"Triton.City": {Triton: &wrapper.TritonFields{City: &other}},
		},
		Password: func(id string) string { user, _ := cloud.IONOS.User(id); return user.Password },
		Requests: func() int { return len(cloud.IONOS.Requests()) },
		LoseCreate: func(after bool) {
			cloud.IONOS.Fault(Fault{OperationID: "umUsersPost", Attempt: 1, After: after, Effect: ResetConnection()})
		},
		LoseDelete: func(after bool) {
			cloud.IONOS.Fault(Fault{OperationID: "umUsersDelete", Attempt: 1, After: after, Effect: ResetConnection()})
		},
		CutList: func() {
			cloud.IONOS.Fault(Fault{OperationID: UmUsersGet, Effect: EditResponse(func(a *Response) {
				a.Body = bytes.Replace(a.Body, []byte(`"offset":0`), []byte(`"offset":7`), 1)
			})})
		},
	}
}

// TritonConformance lets [TestUsers] test users, which are a view of this cloud's Triton side.
func TritonConformance(cloud *Cloud, users wrapper.Users) ConformanceConfig {
	yes, city := true, "Oslo"
	input := func(n int) wrapper.UserCreate {
		return wrapper.UserCreate{
			Login: fmt.Sprintf("user%d", n), Email: fmt.Sprintf("user%d@example.com", n), FirstName: "First", LastName: "Last",
			Password: "correct-horse-1", Triton: &wrapper.TritonFields{City: &city},
		}
	}
	with := func(change func(*wrapper.UserCreate)) wrapper.UserCreate { return changed(input(1), change) }
	return ConformanceConfig{
		Users:      users,
		UserCreate: input,
		Missing: map[string]wrapper.UserCreate{
			"login":    with(func(u *wrapper.UserCreate) { u.Login = "" }),
			"email":    with(func(u *wrapper.UserCreate) { u.Email = "" }),
			"password": with(func(u *wrapper.UserCreate) { u.Password = "" }),
		},
		Unsupported: map[string]wrapper.UserCreate{
			"IONOS.Administrator": with(func(u *wrapper.UserCreate) { u.IONOS = &wrapper.IONOSFields{Administrator: &yes} }),
		},
		UnsupportedUpdate: map[string]wrapper.UserUpdate{
			"IONOS.Active": {IONOS: &wrapper.IONOSFields{Active: &yes}},
		},
		Password: func(id string) string { user, _ := cloud.Triton.User(id); return user.Password },
		Requests: func() int { return len(cloud.Triton.Requests()) },
		LoseCreate: func(after bool) {
			cloud.Triton.Fault(Fault{OperationID: "CreateTritonUser", Attempt: 1, After: after, Effect: ResetConnection()})
		},
		LoseDelete: func(after bool) {
			cloud.Triton.Fault(Fault{OperationID: "DeleteTritonUser", Attempt: 1, After: after, Effect: ResetConnection()})
		},
		CutList: func() {
			for n := range maxTritonList {
				cloud.Triton.AddUser(SubUser{Login: fmt.Sprintf("more%d", n), Email: fmt.Sprintf("more%d@example.com", n)})
			}
		},
	}
}

func changed(user wrapper.UserCreate, change func(*wrapper.UserCreate)) wrapper.UserCreate {
	change(&user)
	return user
}
