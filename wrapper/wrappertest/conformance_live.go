package wrappertest

import (
	"context"
	"errors"
	"iter"
	"sync"
	"testing"
	"time"

	"github.com/cloudroster/cloudroster/wrapper"
)

// TestUsersLive runs the cases of [TestUsers] against a service, in real time and one after another.
// Password, Requests, LoseCreate, LoseDelete and CutList may be nil, as they are for most services.
//
//	func TestStaging(t *testing.T) {
//		client, err := wrapper.NewIONOSFromEnv()
//		...
//		wrappertest.TestUsersLive(t, wrappertest.ConformanceConfig{
//			Users: client.Users(),
//			UserCreate: func(n int) wrapper.UserCreate {
//				return wrapper.UserCreate{Email: fmt.Sprintf("test-%d-%d@example.com", os.Getpid(), n), ...}
//			},
//		})
//	}
//
// It creates users and deletes every user that it has created, a failed or interrupted case included as
// far as the service lets it. It neither counts nor changes other users; those whom somebody else creates
// meanwhile are counted.
func TestUsersLive(t *testing.T, config ConformanceConfig) {
	t.Helper()
	for _, tc := range usersCases {
		t.Run(tc.name, func(t *testing.T) {
			users := &createdUsers{Users: config.Users, others: make(map[string]bool), created: make(map[string]bool)}
			for user, err := range config.Users.All(t.Context()) {
				if err != nil {
					t.Fatal(err)
				}
				users.others[user.ID] = true
			}
			t.Cleanup(func() { users.deleteAll(t) })
			subject := config
			subject.Users, subject.live = users, true
			tc.run(t, subject)
		})
	}
}

// createdUsers shows none of those who existed before, and remembers whom it has created.
type createdUsers struct {
	wrapper.Users
	others map[string]bool

	mu      sync.Mutex
	created map[string]bool
}

func (u *createdUsers) All(ctx context.Context) iter.Seq2[wrapper.User, error] {
	return func(yield func(wrapper.User, error) bool) {
		for user, err := range u.Users.All(ctx) {
			if (err != nil || !u.others[user.ID]) && !yield(user, err) {
				return
			}
		}
	}
}

func (u *createdUsers) Create(ctx context.Context, input wrapper.UserCreate) (*wrapper.User, error) {
	user, err := u.Users.Create(ctx, input)
	if user != nil {
		u.mu.Lock()
		defer u.mu.Unlock()
		u.created[user.ID] = true
	}
	return user, err
}

// deleteAll deletes by id, so that nobody else can be meant.
func (u *createdUsers) deleteAll(t *testing.T) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(t.Context()), 10*time.Minute)
	defer cancel()
	for id := range u.created {
		if err := u.Users.Delete(ctx, id); err != nil && !errors.Is(err, wrapper.ErrNotFound) {
			t.Errorf("user %s was created and is left: %v", id, err)
		}
	}
}
