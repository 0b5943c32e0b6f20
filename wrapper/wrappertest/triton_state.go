package wrappertest

import (
	"cmp"
	"strings"
	"time"
)

// tritonState is everything that requests can change.
type tritonState struct {
	accountID string
	owner
	users    ordered[SubUser]
	logins   loginIndex
	history  map[string][]string        // last passwords by user id, newest first
	keys     map[string][]registeredKey // by login, the account's own under ""; lists are replaced
	roles    ordered[Role]              // by name
	policies ordered[Policy]            // by name
	tags     map[string][]string        // role tags by literal path
	seen     *ordered[SubUser]          // what stale reads see
	seenAt   time.Time
}

func newTritonState(accountID string) *tritonState {
	s := &tritonState{
		accountID: accountID, owner: owner{attributes: newAccount()}, history: map[string][]string{}, keys: map[string][]registeredKey{}, tags: map[string][]string{},
	}
	s.users.names = func(user SubUser) []string { return []string{"login " + user.Login, "email " + user.Email} }
	s.roles.names = func(role Role) []string { return []string{role.ID} }
	s.policies.names = func(policy Policy) []string { return []string{policy.ID} }
	return s
}

func (s *tritonState) byLogin(login string) (SubUser, bool) { return s.users.find("login " + login) }

func (s *tritonState) byEmail(email string) (SubUser, bool) { return s.users.find("email " + email) }

func (s *tritonState) addUser(user SubUser, now time.Time) string {
	user.ID = cmp.Or(user.ID, newID())
	user.Created = cmp.Or(user.Created, now)
	user.Updated = cmp.Or(user.Updated, user.Created)
	s.setUser(user)
	s.remember(user.ID, user.Password)
	return user.ID
}

func (s *tritonState) setUser(user SubUser) {
	before, _ := s.users.get(user.ID)
	if before.Login != user.Login {
		s.logins.add(before.Login, -1)
		s.logins.add(user.Login, 1)
	}
	s.users.set(user.ID, user)
}

func (s *tritonState) removeUser(user SubUser) {
	s.logins.add(user.Login, -1)
	s.users.remove(user.ID)
	delete(s.history, user.ID)
}

// remember keeps a password among the last ones of a user.
func (s *tritonState) remember(id, password string) {
	s.history[id] = append([]string{password}, s.history[id]...)
	if len(s.history[id]) > passwordHistory {
		s.history[id] = s.history[id][:passwordHistory]
	}
}

// loginIndex counts logins for the server's check on create: it searches for the login in any
// case, as a regular expression, so that a dot stands for any character. For each arrangement of
// dots that was asked for it holds the logins of that length with dots there, so that only the
// first question of a kind reads all users.
type loginIndex struct {
	counts map[string]map[string]int // by arrangement: "xxx.xxxx"
	shapes map[int][]string          // arrangements by length
}

// taken reports whether a valid login is taken.
func (x *loginIndex) taken(login string, users *ordered[SubUser]) bool {
	shape := []byte(strings.Repeat("x", len(login)))
	for i := range shape {
		if login[i] == '.' {
			shape[i] = '.'
		}
	}
	counts, known := x.counts[string(shape)]
	if !known {
		if x.counts == nil {
			x.counts, x.shapes = map[string]map[string]int{}, map[int][]string{}
		}
		counts = map[string]int{}
		x.counts[string(shape)] = counts
		x.shapes[len(login)] = append(x.shapes[len(login)], string(shape))
		for _, user := range users.all(0) {
			if len(user.Login) == len(login) {
				counts[dotted(user.Login, string(shape))]++
			}
		}
	}
	return counts[strings.ToLower(login)] > 0
}

// add counts a login in or out. An empty one does not count.
func (x *loginIndex) add(login string, n int) {
	for _, shape := range x.shapes[len(login)] {
		x.counts[shape][dotted(login, shape)] += n
	}
}

// dotted is a login in lower case with the dots of an arrangement.
func dotted(login, shape string) string {
	out := []byte(strings.ToLower(login))
	for i := range out {
		if shape[i] == '.' {
			out[i] = '.'
		}
	}
	return string(out)
}
