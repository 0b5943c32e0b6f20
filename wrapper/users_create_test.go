package wrapper_test

import (
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/cloudroster/cloudroster/wrapper"
	"github.com/cloudroster/cloudroster/wrapper/wrappertest"
)

// lostCreate is a Create whose response is lost, though somebody has the address.
type lostCreate struct {
	name  string
	users wrapper.Users
	input wrapper.UserCreate
	// add puts somebody into the cloud who has the same address and login.
	add func(age time.Duration, firstName string, administrator bool) string
	// edit changes every response to a read.
	edit func(func(*wrappertest.Response))
	// lose breaks the connection of the next POST, before or after it is carried out.
	lose func(after bool)
	left func() int
}

func lostCreates(t *testing.T) []lostCreate {
	ionos, triton := newCloud(), newCloud()
	i := wrappertest.IONOSConformance(ionos, ionos.IONOSClient(t).Users())
	n := wrappertest.TritonConformance(triton, triton.TritonClient(t).Users())
	return []lostCreate{
		{
			"IONOS", i.Users, i.UserCreate(1),
			func(age time.Duration, firstName string, administrator bool) string {
				return ionos.IONOS.AddUser(wrappertest.User{
					FirstName: firstName, LastName: "Last", Email: i.UserCreate(1).Email, ForceSecAuth: true, Administrator: administrator, Created: time.Now().Add(-age),
				})
			},
			func(change func(*wrappertest.Response)) {
				ionos.IONOS.Fault(wrappertest.Fault{OperationID: wrappertest.UmUsersGet, Effect: wrappertest.EditResponse(change)})
			},
			i.LoseCreate, func() int { return len(ionos.IONOS.Users()) },
		},
		{
			"Triton", n.Users, n.UserCreate(1),
			func(age time.Duration, firstName string, _ bool) string {
				return triton.Triton.AddUser(wrappertest.SubUser{
					Login: n.UserCreate(1).Login, Email: n.UserCreate(1).Email, FirstName: firstName, LastName: "Last", City: "Oslo", Created: time.Now().Add(-age),
				})
			},
			func(change func(*wrappertest.Response)) {
				triton.Triton.Fault(wrappertest.Fault{OperationID: wrappertest.GetTritonUser, Effect: wrappertest.EditResponse(change)})
			},
			n.LoseCreate, func() int { return len(triton.Triton.Users()) },
		},
	}
}

var createdDate = regexp.MustCompile(`"created(Date)?": ?"[^"]*"`)

// shiftClock lets the service's clock be off, in its dates as in what it says of users.
func shiftClock(by time.Duration) func(*wrappertest.Response) {
	return func(a *wrappertest.Response) {
		a.Header.Set("Date", time.Now().Add(by).UTC().Format(http.TimeFormat))
		a.Body = createdDate.ReplaceAll(a.Body, fmt.Appendf(nil, `"created$1":"%s"`, time.Now().Add(by).UTC().Format(time.RFC3339)))
	}
}

func TestWhoeverExistedBeforeIsNotAdopted(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		age           time.Duration
		firstName     string
		administrator bool
		is            error
		candidate     bool
	}{
		"two minutes before, by another process":  {2 * time.Minute, "Other", true, wrapper.ErrConflict, false},
		"two minutes before, with the same names": {2 * time.Minute, "First", false, wrapper.ErrConflict, false},
		"half a minute before":                    {30 * time.Second, "First", false, wrapper.ErrOutcomeUnknown, true},
		"at the same time, with another name":     {0, "Other", false, wrapper.ErrOutcomeUnknown, true},
		"at the same time, as it was sent":        {0, "First", false, nil, true},
	} {
		for at := range 2 {
			synctest.Test(t, func(t *testing.T) {
				l := lostCreates(t)[at]
				id := l.add(c.age, c.firstName, c.administrator)
				l.lose(true) // the service refuses, which is lost
				user, err := l.users.Create(t.Context(), l.input)
				if c.is == nil {
					require.NoError(t, err, "%s %s", l.name, name)
				} else {
					require.ErrorIs(t, err, c.is, "%s %s", l.name, name)
					for _, other := range []error{wrapper.ErrConflict, wrapper.ErrOutcomeUnknown, wrapper.ErrNotCreated} {
						assert.Equal(t, other == c.is, errors.Is(err, other), "%s %s: %v", l.name, name, err)
					}
				}
				if c.candidate {
					require.NotNil(t, user, "%s %s", l.name, name)
					assert.Equal(t, id, user.ID)
				} else {
					assert.Nil(t, user)
				}
				assert.Equal(t, 1, l.left())
			})
		}
	}
}

// This machine's clock may be wrong: only the service's counts.
func TestOnesOwnUserIsAdoptedWhateverTheClockSays(t *testing.T) {
	t.Parallel()
	for _, by := range []time.Duration{-time.Hour, -10 * time.Minute, 0, 10 * time.Minute, 24 * time.Hour} {
		for at := range 2 {
			synctest.Test(t, func(t *testing.T) {
				l := lostCreates(t)[at]
				l.edit(shiftClock(by))
				l.lose(true)
				user, err := l.users.Create(t.Context(), l.input)
				require.NoError(t, err, "%s %s", l.name, by)
				assert.Equal(t, l.input.Email, user.Email)
				assert.Equal(t, 1, l.left())
			})
		}
	}
}

func TestAUserOfUnknownAgeIsACandidate(t *testing.T) {
	t.Parallel()
	for name, edit := range map[string]func(*wrappertest.Response){
		"no date of creation": func(a *wrappertest.Response) { a.Body = createdDate.ReplaceAll(a.Body, []byte(`"created$1":""`)) },
		"no clock":            func(a *wrappertest.Response) { a.Header.Set("Date", "yesterday") },
	} {
		for at := range 2 {
			synctest.Test(t, func(t *testing.T) {
				l := lostCreates(t)[at]
				l.edit(edit)
				l.lose(true)
				user, err := l.users.Create(t.Context(), l.input)
				require.ErrorIs(t, err, wrapper.ErrOutcomeUnknown, "%s %s", l.name, name)
				require.NotErrorIs(t, err, wrapper.ErrNotCreated)
				require.NotNil(t, user)
				assert.ErrorContains(t, err, user.ID)
				assert.Equal(t, l.input.Email, user.Email)
			})
		}
	}
}

// A write that was accepted with a response that says too little is an error beside its result.
func TestAnAcceptedCreateWithoutUsableLocation(t *testing.T) {
	t.Parallel()
	for name, location := range map[string][]string{"none": nil, "unusable": {"https://api.ionos.com/elsewhere"}} {
		synctest.Test(t, func(t *testing.T) {
			cloud := newCloud()
			edit := wrappertest.EditResponse(func(a *wrappertest.Response) { a.Header["Location"] = location })
			for _, operation := range []wrappertest.OperationID{wrappertest.UmUsersPost, wrappertest.UmUsersPut, wrappertest.UmUsersDelete} {
				cloud.IONOS.Fault(wrappertest.Fault{OperationID: operation, Effect: edit})
			}
			users := cloud.IONOSClient(t).Users()
			input := wrappertest.IONOSConformance(cloud, users).UserCreate(1)
			user, err := users.Create(t.Context(), input)
			require.ErrorIs(t, err, wrapper.ErrOutcomeUnknown, name)
			require.NotErrorIs(t, err, wrapper.ErrNotCreated)
			require.NotNil(t, user, name)
			assert.Equal(t, input.Email, user.Email)
			id := user.ID
			user, err = users.Update(t.Context(), id, wrapper.UserUpdate{LastName: new("New")})
			require.ErrorIs(t, err, wrapper.ErrOutcomeUnknown, name)
			require.NotNil(t, user, name)
			assert.Equal(t, "New", user.LastName)
			require.ErrorIs(t, users.Delete(t.Context(), id), wrapper.ErrOutcomeUnknown, name)
		})
	}
}

// What was accepted with a response that could not be read is found by its target, not by its
// address: somebody else may have that by now.
func TestAnAcceptedCreateIsReadByItsTarget(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		cloud := newCloud()
		cloud.IONOS.Fault(wrappertest.Fault{OperationID: wrappertest.UmUsersPost, Effect: wrappertest.EditResponse(func(a *wrappertest.Response) { a.Body = []byte(`{}`) })})
		users := cloud.IONOSClient(t).Users()
		user, err := users.Create(t.Context(), wrappertest.IONOSConformance(cloud, users).UserCreate(1))
		require.NoError(t, err)
		assert.Equal(t, cloud.IONOS.Users()[0].ID, user.ID)
		assert.Zero(t, cloud.IONOS.Count(wrappertest.UmUsersGet), "no look-up")
	})
}
