package wrapper_test

import (
	"context"
	"strconv"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/cloudroster/cloudroster/wrapper"
	"github.com/cloudroster/cloudroster/wrapper/wrappertest"
)

func TestUsersOfIONOS(t *testing.T) {
	t.Parallel()
	wrappertest.TestUsers(t, func(t *testing.T) wrappertest.Subject {
		cloud := wrappertest.New()
		return wrappertest.IONOSSubject(cloud, cloud.IONOSClient(t).Users())
	})
}

func TestUsersOfIONOSWithPrefetch(t *testing.T) {
	t.Parallel()
	wrappertest.TestUsers(t, func(t *testing.T) wrappertest.Subject {
		cloud := wrappertest.New(wrappertest.WithContracts(3, 4))
		return wrappertest.IONOSSubject(cloud, cloud.IONOSClient(t).Users(wrapper.Prefetch(8), wrapper.Contract(4), wrapper.Limit(50)))
	})
}

func TestUsersOfTriton(t *testing.T) {
	t.Parallel()
	wrappertest.TestUsers(t, func(t *testing.T) wrappertest.Subject {
		cloud := wrappertest.New()
		return wrappertest.TritonSubject(cloud, cloud.TritonClient(t).Users())
	})
}

func TestCreateIsSynchronousToTheCaller(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		cloud := wrappertest.New(wrappertest.WithRequestTimes(10*time.Second, 20*time.Second))
		s := wrappertest.IONOSSubject(cloud, cloud.IONOSClient(t).Users())
		start := time.Now()
		_, err := s.Users.Create(t.Context(), s.NewUser(1))
		require.NoError(t, err)
		assert.GreaterOrEqual(t, time.Since(start), 30*time.Second)

		cloud.IONOS.FailNext("quota")
		_, err = s.Users.Create(t.Context(), s.NewUser(2))
		require.ErrorIs(t, err, wrapper.ErrFailed)
	})
}

func TestAnInterruptedCreateNamesItsOperation(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		cloud := wrappertest.New(wrappertest.WithRequestTimes(time.Hour, time.Hour))
		client := cloud.IONOSClient(t)
		s := wrappertest.IONOSSubject(cloud, client.Users())
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		user, err := s.Users.Create(ctx, s.NewUser(1))
		require.ErrorIs(t, err, context.DeadlineExceeded)
		require.NotNil(t, user)
		var waited *wrapper.OperationError
		require.ErrorAs(t, err, &waited)
		require.NoError(t, client.Operation(waited.ID).Wait(t.Context()))
	})
}

// A create that was refused because somebody has the address, and whose refusal was lost, must
// not pass that somebody off as new.
func TestALostRefusalIsNotTakenForSuccess(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		cloud := wrappertest.New()
		s := wrappertest.IONOSSubject(cloud, cloud.IONOSClient(t).Users())
		_, err := s.Users.Create(t.Context(), s.NewUser(1))
		require.NoError(t, err)
		time.Sleep(time.Hour)
		s.LoseCreate(true)
		_, err = s.Users.Create(t.Context(), s.NewUser(1))
		require.ErrorIs(t, err, wrapper.ErrConflict)
	})
}

func TestAnUnreadableAnswerIsReadAgain(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		cloud := wrappertest.New()
		s := wrappertest.IONOSSubject(cloud, cloud.IONOSClient(t).Users())
		for _, operation := range []string{"umUsersPost", "umUsersPut", "umUsersDelete"} {
			cloud.IONOS.Fault(wrappertest.Fault{Operation: operation, Effect: wrappertest.Edit(func(a *wrappertest.Answer) { a.Body = []byte("<") })})
		}
		made, err := s.Users.Create(t.Context(), s.NewUser(1))
		require.NoError(t, err)
		assert.Equal(t, s.NewUser(1).Email, made.Email)
		changed, err := s.Users.Update(t.Context(), made.ID, wrapper.UserChange{FirstName: new("New")})
		require.NoError(t, err)
		assert.Equal(t, "New", changed.FirstName)
		require.NoError(t, s.Users.Delete(t.Context(), made.ID))
		cloud.IONOS.FailNext("quota")
		_, err = s.Users.Create(t.Context(), s.NewUser(2))
		require.ErrorIs(t, err, wrapper.ErrFailed)
	})
}

func TestTritonFieldsCanBeClearedAndIONOSFlagsSet(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		cloud := wrappertest.New()
		triton := wrappertest.TritonSubject(cloud, cloud.TritonClient(t).Users())
		user, err := triton.Users.Create(t.Context(), triton.NewUser(1))
		require.NoError(t, err)
		assert.Equal(t, "Oslo", user.Triton.City)
		user, err = triton.Users.Update(t.Context(), "user1", wrapper.UserChange{Triton: &wrapper.TritonFields{City: new("")}})
		require.NoError(t, err)
		assert.Empty(t, user.Triton.City)

		ionos := wrappertest.IONOSSubject(cloud, cloud.IONOSClient(t).Users())
		user, err = ionos.Users.Create(t.Context(), ionos.NewUser(1))
		require.NoError(t, err)
		user, err = ionos.Users.Update(t.Context(), user.Login, wrapper.UserChange{
			Login: new("new@example.com"), Email: new("new@example.com"),
			IONOS: &wrapper.IONOSFields{Active: new(false), Administrator: new(true), ForceSecAuth: new(false)},
		})
		require.NoError(t, err)
		assert.False(t, user.IONOS.Properties.Active)
		assert.True(t, user.IONOS.Properties.Administrator)
		assert.Equal(t, "new@example.com", user.Login)
	})
}

// Triton lists the oldest 1000 users only.
func TestALoginLikeAnEmailAddressIsFoundBeyondTheList(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		cloud := wrappertest.New()
		for i := range 1000 {
			cloud.Triton.AddUser(wrappertest.SubUser{Login: "user" + strconv.Itoa(i), Email: strconv.Itoa(i) + "@example.com"})
		}
		users := cloud.TritonClient(t).Users()
		cloud.Triton.Fault(wrappertest.Fault{Operation: "CreateUser", Attempt: 1, After: true, Effect: wrappertest.Reset()})
		made, err := users.Create(t.Context(), wrapper.NewUser{Login: "jo@example.com", Email: "mail@example.com", Password: "correct-horse-1"})
		require.NoError(t, err)
		got, err := users.Get(t.Context(), "jo@example.com")
		require.NoError(t, err)
		assert.Equal(t, made.ID, got.ID)
		// One whose creation did not arrive is not taken for another who has that address.
		cloud.Triton.Fault(wrappertest.Fault{Operation: "CreateUser", Attempt: 1, Effect: wrappertest.Reset()})
		_, err = users.Create(t.Context(), wrapper.NewUser{Login: "7@example.com", Email: "seven@example.com", Password: "correct-horse-1"})
		require.ErrorIs(t, err, wrapper.ErrNotMade)
		got, err = users.Get(t.Context(), "7@EXAMPLE.com")
		require.NoError(t, err)
		assert.Equal(t, "user7", got.Login)
	})
}
