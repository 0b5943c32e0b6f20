package wrapper_test

import (
	"crypto/ed25519"
	"errors"
	"fmt"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/cloudroster/cloudroster/wrapper"
	"github.com/cloudroster/cloudroster/wrapper/wrappertest"
)

// One reading of the list serves any number of look-ups.
func TestSnapshotCostsOneReadingOfTheList(t *testing.T) {
	t.Parallel()
	const people = 500
	synctest.Test(t, func(t *testing.T) {
		cloud := cloudOf(people)
		for i := range people {
			cloud.Triton.AddUser(wrappertest.SubUser{Login: fmt.Sprintf("u%05d", i), Email: fmt.Sprintf("u%05d@example.com", i)})
		}
		for _, users := range []wrapper.Users{cloud.IONOSClient(t).Users(), cloud.TritonClient(t).Users()} {
			snapshot, err := wrapper.NewSnapshot(t.Context(), users)
			require.NoError(t, err)
			assert.Equal(t, people, snapshot.Len())
			for i := range people {
				user, err := snapshot.Get(fmt.Sprintf("u%05d@example.com", i))
				require.NoError(t, err)
				again, err := snapshot.Get(user.ID)
				require.NoError(t, err)
				assert.Equal(t, user, again)
			}
			_, err = snapshot.Get("nobody@example.com")
			require.ErrorIs(t, err, wrapper.ErrNotFound)
			_, err = snapshot.Get("")
			require.ErrorIs(t, err, wrapper.ErrInvalid)
			count := 0
			for user := range snapshot.All() {
				assert.Equal(t, fmt.Sprintf("u%05d@example.com", count), user.Email)
				count++
			}
			assert.Equal(t, people, count)
		}
		assert.Len(t, cloud.IONOS.Requests(), 6) // as the package documentation says
		assert.Len(t, cloud.Triton.Requests(), 1)
	})
}

func TestSnapshotFindsWhoUsersGetFinds(t *testing.T) {
	t.Parallel()
	inBoth(t, []string{"KIM@example.com", "Kim@example.com", "jo@example.com"}, func(t *testing.T, users wrapper.Users, ids map[string]string, _ func() int) {
		snapshot, err := wrapper.NewSnapshot(t.Context(), users)
		require.NoError(t, err)
		for _, key := range []string{"KIM@example.com", "Kim@example.com", "kim@example.com", "JO@example.com", "\u212aim@example.com", "x@example.com", ids["jo@example.com"]} {
			want, wantErr := users.Get(t.Context(), key)
			got, err := snapshot.Get(key)
			assert.Equal(t, want, got, key)
			for _, kind := range []error{wrapper.ErrNotFound, wrapper.ErrAmbiguous} {
				assert.Equal(t, assert.ObjectsAreEqual(wantErr, nil), err == nil, key)
				if wantErr != nil {
					assert.Equal(t, errors.Is(wantErr, kind), errors.Is(err, kind), key)
				}
			}
		}
		got, err := snapshot.Get("jo@example.com")
		require.NoError(t, err)
		got.Email = "changed"
		again, err := snapshot.Get("jo@example.com")
		require.NoError(t, err)
		assert.Equal(t, "jo@example.com", again.Email, "a snapshot is immutable")
	})
}

func TestSnapshotOfACutList(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		cloud := newCloud()
		for i := range 1001 {
			cloud.Triton.AddUser(wrappertest.SubUser{Login: fmt.Sprint("user", i), Email: fmt.Sprintf("%d@example.com", i)})
		}
		snapshot, err := wrapper.NewSnapshot(t.Context(), cloud.TritonClient(t).Users())
		require.ErrorIs(t, err, wrapper.ErrIncomplete)
		assert.Len(t, cloud.Triton.Requests(), 1, "what is cut stays cut")
		require.NotNil(t, snapshot)
		user, err := snapshot.Get("user7")
		require.NoError(t, err)
		_, err = snapshot.Get(user.ID)
		require.NoError(t, err)
		for _, key := range []string{"user1000", "1000@example.com", "USER7", "7@example.com"} {
			_, err := snapshot.Get(key)
			require.ErrorIs(t, err, wrapper.ErrIncomplete, key)
			require.NotErrorIs(t, err, wrapper.ErrNotFound)
		}
	})
}

func TestSnapshotOfNoUsers(t *testing.T) {
	t.Parallel()
	_, err := wrapper.NewSnapshot(t.Context(), nil)
	require.ErrorIs(t, err, wrapper.ErrInvalid)
	cloud := newCloud()
	cloud.IONOS.Fault(wrappertest.Fault{Effect: wrappertest.Empty(403)})
	snapshot, err := wrapper.NewSnapshot(t.Context(), cloud.IONOSClient(t).Users())
	require.ErrorIs(t, err, wrapper.ErrForbidden)
	assert.Nil(t, snapshot)
}

// A user who has keys is deleted with them if that is asked for.
func TestDeletingAUserWithKeys(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		cloud := newCloud()
		cloud.Triton.AddUser(wrappertest.SubUser{Login: "kim", Email: "kim@example.com"})
		cloud.Triton.AddUserKey("kim", "one", newKey(t))
		cloud.Triton.AddUserKey("kim", "two", newKey(t))
		users := cloud.TritonClient(t).Users()
		require.Error(t, users.Delete(t.Context(), "kim@example.com"))
		assert.Len(t, cloud.Triton.UserKeys("kim"), 2)
		require.NoError(t, users.Delete(t.Context(), "kim@example.com", nil, wrapper.WithKeys()))
		assert.Empty(t, cloud.Triton.Users())
		require.ErrorIs(t, users.Delete(t.Context(), "kim@example.com", wrapper.WithKeys()), wrapper.ErrNotFound)
	})
}

func newKey(t *testing.T) ed25519.PublicKey {
	t.Helper()
	public, _, err := ed25519.GenerateKey(nil)
	require.NoError(t, err)
	return public
}
