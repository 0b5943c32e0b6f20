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
	wrappertest.TestUsers(t, func(t *testing.T) wrappertest.ConformanceConfig {
		cloud := wrappertest.New()
		return wrappertest.IONOSConformance(cloud, cloud.IONOSClient(t).Users())
	})
}

func TestUsersOfIONOSWithPrefetch(t *testing.T) {
	t.Parallel()
	wrappertest.TestUsers(t, func(t *testing.T) wrappertest.ConformanceConfig {
		cloud := wrappertest.New(wrappertest.WithContracts(3, 4))
		return wrappertest.IONOSConformance(cloud, cloud.IONOSClient(t).Users(wrapper.WithPrefetch(8), wrapper.WithContractNumber(4), wrapper.WithLimit(50)))
	})
}

func TestUsersOfTriton(t *testing.T) {
	t.Parallel()
	wrappertest.TestUsers(t, func(t *testing.T) wrappertest.ConformanceConfig {
		cloud := wrappertest.New()
		return wrappertest.TritonConformance(cloud, cloud.TritonClient(t).Users())
	})
}

func TestCreateIsSynchronousToTheCaller(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		cloud := wrappertest.New(wrappertest.WithRequestTimes(10*time.Second, 20*time.Second))
		s := wrappertest.IONOSConformance(cloud, cloud.IONOSClient(t).Users())
		start := time.Now()
		_, err := s.Users.Create(t.Context(), s.UserCreate(1))
		require.NoError(t, err)
		assert.GreaterOrEqual(t, time.Since(start), 30*time.Second)

		cloud.IONOS.FailNext("quota")
		_, err = s.Users.Create(t.Context(), s.UserCreate(2))
		require.ErrorIs(t, err, wrapper.ErrOperationFailed)
	})
}

func TestAnInterruptedCreateNamesItsOperation(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		cloud := wrappertest.New(wrappertest.WithRequestTimes(time.Hour, time.Hour))
		client := cloud.IONOSClient(t)
		s := wrappertest.IONOSConformance(cloud, client.Users())
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		user, err := s.Users.Create(ctx, s.UserCreate(1))
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
		s := wrappertest.IONOSConformance(cloud, cloud.IONOSClient(t).Users())
		_, err := s.Users.Create(t.Context(), s.UserCreate(1))
		require.NoError(t, err)
		time.Sleep(time.Hour)
		s.LoseCreate(true)
		_, err = s.Users.Create(t.Context(), s.UserCreate(1))
		require.ErrorIs(t, err, wrapper.ErrConflict)
	})
}

func TestAnUnreadableAnswerIsReadAgain(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		cloud := wrappertest.New()
		s := wrappertest.IONOSConformance(cloud, cloud.IONOSClient(t).Users())
		for _, operation := range []string{"umUsersPost", "umUsersPut", "umUsersDelete"} {
			cloud.IONOS.Fault(wrappertest.Fault{OperationID: operation, Effect: wrappertest.EditResponse(func(a *wrappertest.Response) { a.Body = []byte("<") })})
		}
		made, err := s.Users.Create(t.Context(), s.UserCreate(1))
		require.NoError(t, err)
		assert.Equal(t, s.UserCreate(1).Email, made.Email)
		changed, err := s.Users.Update(t.Context(), made.ID, wrapper.UserUpdate{FirstName: new("New")})
		require.NoError(t, err)
		assert.Equal(t, "New", changed.FirstName)
		require.NoError(t, s.Users.Delete(t.Context(), made.ID))
		cloud.IONOS.FailNext("quota")
		_, err = s.Users.Create(t.Context(), s.UserCreate(2))
		require.ErrorIs(t, err, wrapper.ErrOperationFailed)
	})
}

func TestTritonFieldsCanBeClearedAndIONOSFlagsSet(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		cloud := wrappertest.New()
		triton := wrappertest.TritonConformance(cloud, cloud.TritonClient(t).Users())
		user, err := triton.Users.Create(t.Context(), triton.UserCreate(1))
		require.NoError(t, err)
		assert.Equal(t, "Oslo", user.Triton.City)
		user, err = triton.Users.Update(t.Context(), "user1", wrapper.UserUpdate{Triton: &wrapper.TritonFields{City: new("")}})
		require.NoError(t, err)
		assert.Empty(t, user.Triton.City)

		ionos := wrappertest.IONOSConformance(cloud, cloud.IONOSClient(t).Users())
		user, err = ionos.Users.Create(t.Context(), ionos.UserCreate(1))
		require.NoError(t, err)
		user, err = ionos.Users.Update(t.Context(), user.Login, wrapper.UserUpdate{
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
		cloud.Triton.Fault(wrappertest.Fault{OperationID: "CreateTritonUser", Attempt: 1, After: true, Effect: wrappertest.ResetConnection()})
		made, err := users.Create(t.Context(), wrapper.UserCreate{Login: "jo@example.com", Email: "mail@example.com", Password: "correct-horse-1"})
		require.NoError(t, err)
		got, err := users.Get(t.Context(), "jo@example.com")
		require.NoError(t, err)
		assert.Equal(t, made.ID, got.ID)
		// One whose creation did not arrive is not taken for another who has that address.
		cloud.Triton.Fault(wrappertest.Fault{OperationID: "CreateTritonUser", Attempt: 1, Effect: wrappertest.ResetConnection()})
		_, err = users.Create(t.Context(), wrapper.UserCreate{Login: "7@example.com", Email: "seven@example.com", Password: "correct-horse-1"})
		require.ErrorIs(t, err, wrapper.ErrNotCreated)
		got, err = users.Get(t.Context(), "7@EXAMPLE.com")
		require.NoError(t, err)
		assert.Equal(t, "user7", got.Login)
	})
}
