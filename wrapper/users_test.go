package wrapper_test

import (
	"context"
	"strconv"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/cloudroster/cloudroster/gen"
	"github.com/cloudroster/cloudroster/wrapper"
	"github.com/cloudroster/cloudroster/wrapper/wrappertest"
)

func TestUsersOfIONOS(t *testing.T) {
	t.Parallel()
	wrappertest.TestUsers(t, func(t *testing.T) wrappertest.ConformanceConfig {
		cloud := newCloud()
		return wrappertest.IONOSConformance(cloud, cloud.IONOSClient(t).Users())
	})
}

func TestUsersOfIONOSWithPrefetch(t *testing.T) {
	t.Parallel()
	wrappertest.TestUsers(t, func(t *testing.T) wrappertest.ConformanceConfig {
		cloud := newCloud(wrappertest.WithContracts(3, 4))
		return wrappertest.IONOSConformance(cloud, cloud.IONOSClient(t).Users(wrapper.WithPrefetch(8), wrapper.WithContractNumber(4), wrapper.WithLimit(50)))
	})
}

func TestUsersOfTriton(t *testing.T) {
	t.Parallel()
	wrappertest.TestUsers(t, func(t *testing.T) wrappertest.ConformanceConfig {
		cloud := newCloud()
		return wrappertest.TritonConformance(cloud, cloud.TritonClient(t).Users())
	})
}

func TestCreateIsSynchronousToTheCaller(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		cloud := newCloud(wrappertest.WithRequestTimes(10*time.Second, 20*time.Second))
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
		cloud := newCloud(wrappertest.WithRequestTimes(time.Hour, time.Hour))
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
		cloud := newCloud()
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
		cloud := newCloud()
		s := wrappertest.IONOSConformance(cloud, cloud.IONOSClient(t).Users())
		for _, operation := range []wrappertest.OperationID{"umUsersPost", "umUsersPut", "umUsersDelete"} {
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

// An attribute may have several values; an empty list is none.
func TestTritonAttributesWithSeveralValuesAreJoined(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		cloud := newCloud()
		id := cloud.Triton.AddUser(wrappertest.SubUser{
			Login: "kim", Email: "kim@example.com", Password: "correct-horse-1", LastName: "Lee",
			MultiValues: map[string][]string{"firstName": {"Kim", "Jo"}, "city": {"Bonn"}, "phone": {}},
		})
		client := cloud.TritonClient(t)
		got, err := client.GetUser(t.Context(), id)
		require.NoError(t, err)
		assert.Equal(t, []gen.TritonAttribute{"Kim, Jo", "Lee", "Bonn", ""}, []gen.TritonAttribute{got.FirstName, got.LastName, got.City, got.Phone})
		list, err := client.ListUsers(t.Context())
		require.NoError(t, err)
		assert.Equal(t, []gen.TritonUser{*got}, list)
		user, err := client.Users().Get(t.Context(), "kim")
		require.NoError(t, err)
		assert.Equal(t, "Kim, Jo", user.FirstName)
	})
}

func TestTritonFieldsCanBeClearedAndIONOSFlagsSet(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		cloud := newCloud()
		triton := wrappertest.TritonConformance(cloud, cloud.TritonClient(t).Users())
		user, err := triton.Users.Create(t.Context(), triton.UserCreate(1))
		require.NoError(t, err)
		assert.EqualValues(t, "Oslo", user.Triton.City)
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

// Triton lists the oldest 1000 users only: who is not in the list may still exist.
func TestTritonsListIsCut(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		cloud := newCloud()
		for i := range 999 {
			cloud.Triton.AddUser(wrappertest.SubUser{Login: "user" + strconv.Itoa(i), Email: strconv.Itoa(i) + "@example.com"})
		}
		client := cloud.TritonClient(t)
		users := client.Users()
		_, err := users.Get(t.Context(), "nobody@example.com")
		require.ErrorIs(t, err, wrapper.ErrNotFound, "the list is whole")

		cloud.Triton.AddUser(wrappertest.SubUser{Login: "last", Email: "last@example.com"})
		id := cloud.Triton.AddUser(wrappertest.SubUser{Login: "beyond@example.com", Email: "beyond@example.com"})
		other := cloud.Triton.AddUser(wrappertest.SubUser{Login: "other@example.com", Email: "mail@example.com"})
		listed, err := client.ListUsers(t.Context())
		require.ErrorIs(t, err, wrapper.ErrIncomplete)
		assert.Len(t, listed, 1000, "what came is not lost")
		count, failures := 0, 0
		for _, err := range users.All(t.Context()) {
			if count++; err != nil {
				require.ErrorIs(t, err, wrapper.ErrIncomplete)
				failures++
			}
		}
		assert.Equal(t, 1001, count)
		assert.Equal(t, 1, failures)

		for key, want := range map[string]string{
			"beyond@example.com": id, "7@example.com": "", other: other, // nobody else can be meant
		} {
			got, err := users.Get(t.Context(), key)
			require.NoError(t, err, key)
			if want != "" {
				assert.Equal(t, want, got.ID)
			}
		}
		// Somebody beyond the list may have the address itself, or have the login for an address.
		for _, key := range []string{"nobody@example.com", "7@EXAMPLE.com", "other@example.com"} {
			for name, err := range everyUse(t, users, key) {
				require.ErrorIs(t, err, wrapper.ErrIncomplete, "%s %s", name, key)
				require.NotErrorIs(t, err, wrapper.ErrNotFound)
			}
		}
		assert.Len(t, cloud.Triton.Users(), 1002)
	})
}

// everyUse is every method of users that takes one.
func everyUse(t *testing.T, users wrapper.Users, key string) map[string]error {
	_, get := users.Get(t.Context(), key)
	_, update := users.Update(t.Context(), key, wrapper.UserUpdate{LastName: new("Wrong")})
	return map[string]error{
		"get": get, "update": update, "set password": users.SetPassword(t.Context(), key, "wrong-person-1"), "delete": users.Delete(t.Context(), key),
	}
}
