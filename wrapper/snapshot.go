package wrapper

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"unicode"
)

// Snapshot holds all users of a cloud as they were when it was taken, and finds them without
// further requests. It is immutable and safe for concurrent use.
type Snapshot struct {
	users  []User
	exact  map[string][]int32 // by id, login and email address
	folded map[string][]int32 // by login and email address, whatever their case
	err    error              // why users may not be all
}

// NewSnapshot reads all users with one iteration over the list: 1 request for each 99 users on
// IONOS, and 1 in all on Triton. Use it to look up many people; Users.Get reads the list for each.
//
//	snapshot, err := wrapper.NewSnapshot(ctx, client.Users())
//	...
//	for _, email := range emails {
//		user, err := snapshot.Get(email)
//		...
//		err = client.Users().Delete(ctx, user.ID)
//	}
//
// If the service cuts the list, which Triton does after 1000 users, it returns a snapshot of what
// came beside [ErrIncomplete].
func NewSnapshot(ctx context.Context, users Users) (*Snapshot, error) {
	if isNil(users) {
		return nil, invalid("users", "is nil")
	}
	var s *Snapshot
	err := untilComplete(ctx, func() error {
		s = &Snapshot{exact: map[string][]int32{}, folded: map[string][]int32{}}
		for user, err := range users.All(ctx) {
			if err != nil {
				s.err = err
				return err
			}
			s.add(user)
		}
		return nil
	})
	if err != nil && !errors.Is(err, ErrIncomplete) {
		return nil, err
	}
	return s, err
}

func (s *Snapshot) add(user User) {
	at := int32(len(s.users))
	s.users = append(s.users, user)
	for _, name := range namesOf(&user) {
		s.exact[name] = append(s.exact[name], at)
		folded := foldCase(name)
		s.folded[folded] = append(s.folded[folded], at)
	}
}

// namesOf are the different names that a user is found by.
func namesOf(user *User) []string {
	names := make([]string, 0, 3)
	for _, name := range append(addresses(user.Email), user.ID, user.Login) {
		if name != "" && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names
}

// Format prints the number of users for every verb, not the users.
func (s *Snapshot) Format(state fmt.State, _ rune) {
	_, _ = fmt.Fprintf(state, "wrapper.Snapshot(%d users)", len(s.users))
}

// Len returns the number of users.
func (s *Snapshot) Len() int { return len(s.users) }

// All returns an iterator over the users, in the order of the list.
func (s *Snapshot) All() iter.Seq[User] { return slices.Values(s.users) }

// Get returns the user with this id, email address or login, like Users.Get. It returns
// [ErrNotFound] if there was none, [ErrAmbiguous] if there were several, and [ErrIncomplete]
// if the list was cut and somebody who is not in it could be meant.
func (s *Snapshot) Get(user string) (*User, error) {
	if err := checkID("user", user); err != nil {
		return nil, err
	}
	find := lookup{key: user}
	for _, at := range s.exact[user] {
		find.add(exactMatch, new(s.users[at]))
	}
	if len(find.exact) == 0 {
		for _, at := range s.folded[foldCase(user)] {
			u := &s.users[at]
			find.add(matches(user, u.ID, u.Login, u.Email), new(*u))
		}
	}
	found, err := find.result()
	switch {
	case err != nil:
		return nil, err
	case s.err != nil && !isCertain(found, user):
		return nil, s.err
	case found == nil:
		return nil, userNames.notFound("/users")
	}
	return found, nil
}

// foldCase returns the same text for all that strings.EqualFold says are equal.
func foldCase(text string) string {
	folded := []rune(text)
	for i, r := range folded {
		smallest := r
		for other := unicode.SimpleFold(r); other != r; other = unicode.SimpleFold(other) {
			smallest = min(smallest, other)
		}
		folded[i] = smallest
	}
	return string(folded)
}
