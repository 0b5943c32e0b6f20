package wrappertest

import (
	"testing"
	"testing/synctest"

	"github.com/cloudroster/cloudroster/wrapper"
)

// ConformanceConfig is one cloud as [TestUsers] sees it.
type ConformanceConfig struct {
	// Users is what is tested. It begins without users.
	Users wrapper.Users
	// UserCreate makes the n-th valid input. Another n makes another user.
	UserCreate func(n int) wrapper.UserCreate
	// Missing are inputs without a field that is needed, by a word of the error.
	Missing map[string]wrapper.UserCreate
	// Unsupported and UnsupportedChange hold a field that the cloud lacks, by its name.
	Unsupported       map[string]wrapper.UserCreate
	UnsupportedUpdate map[string]wrapper.UserUpdate
	// Password is what the cloud has for the user with this id. nil leaves passwords unchecked.
	Password func(id string) string
	// Requests is how many requests the cloud has seen. nil leaves requests uncounted.
	Requests func() int
	// LoseCreate and LoseDelete break the connection of the next such request: before it is
	// carried out, or after, so that only its response is lost. nil skips the cases that need it.
	LoseCreate, LoseDelete func(after bool)
	// CutList makes every list incomplete from here on, as far as a client can tell. nil skips the
	// case that needs it.
	CutList func()

	live bool
}

// TestUsers is what every implementation of [wrapper.Users] must do. fresh makes a cloud of
// its own for each case; it is called inside a testing/synctest bubble, so the cloud has to be
// in memory.
//
//	func TestMyCloud(t *testing.T) {
//		wrappertest.TestUsers(t, func(t *testing.T) wrappertest.ConformanceConfig {
//			cloud := newMyCloud()
//			return wrappertest.ConformanceConfig{Users: cloud.Users(), UserCreate: ..., ...}
//		})
//	}
//
// [IONOSConformance] and [TritonConformance] show how to fill one. [TestUsersLive] is for a service.
func TestUsers(t *testing.T, fresh func(t *testing.T) ConformanceConfig) {
	t.Helper()
	for _, tc := range usersCases {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) { tc.run(t, fresh(t)) })
		})
	}
}

// needs skips a case that needs a function which the cloud does not have.
func (s ConformanceConfig) needs(t *testing.T, name string, given bool) {
	t.Helper()
	if !given {
		t.Skip("there is no " + name)
	}
}

func (s ConformanceConfig) create(t *testing.T, n int) (wrapper.UserCreate, *wrapper.User) {
	t.Helper()
	input := s.UserCreate(n)
	made, err := s.Users.Create(t.Context(), input)
	if err != nil {
		t.Fatalf("create user %d: %v", n, err)
	}
	return input, made
}

// count checks how many users there are.
func (s ConformanceConfig) count(t *testing.T, want int) {
	t.Helper()
	got := 0
	for _, err := range s.Users.All(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		got++
	}
	if got != want {
		t.Errorf("the cloud has %d users, want %d", got, want)
	}
}

// asked checks how many requests there were.
func (s ConformanceConfig) asked(t *testing.T, want int) {
	t.Helper()
	if s.Requests == nil {
		return
	}
	if got := s.Requests(); got != want {
		t.Errorf("the cloud has seen %d requests, want %d", got, want)
	}
}

// same compares what is portable; Updated may move.
func same(t *testing.T, got, want wrapper.User) {
	t.Helper()
	got.IONOS, got.Triton, want.IONOS, want.Triton = nil, nil, nil, nil
	if !got.Created.Equal(want.Created) {
		t.Errorf("created %s, want %s", got.Created, want.Created)
	}
	got.Created, got.Updated = want.Created, want.Updated
	if got != want {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
}
