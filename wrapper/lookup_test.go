package wrapper_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/cloudroster/cloudroster/gen"
	"github.com/cloudroster/cloudroster/wrapper"
	"github.com/cloudroster/cloudroster/wrapper/wrappertest"
)

// inBoth runs a test on each cloud with users that have these addresses, and gives it their ids.
func inBoth(t *testing.T, addresses []string, test func(t *testing.T, users wrapper.Users, ids map[string]string, left func() int)) {
	t.Run("IONOS", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			cloud, ids := newCloud(), map[string]string{}
			for _, address := range addresses {
				ids[address] = cloud.IONOS.AddUser(wrappertest.User{FirstName: "F", LastName: "L", Email: address, Password: "correct-horse-1"})
			}
			test(t, cloud.IONOSClient(t).Users(), ids, func() int { return len(cloud.IONOS.Users()) })
		})
	})
	t.Run("Triton", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			cloud, ids := newCloud(), map[string]string{}
			for i, address := range addresses {
				ids[address] = cloud.Triton.AddUser(wrappertest.SubUser{Login: fmt.Sprint("user", i), Email: address, Password: "correct-horse-1"})
			}
			test(t, cloud.TritonClient(t).Users(), ids, func() int { return len(cloud.Triton.Users()) })
		})
	})
}

func TestTheExactAddressWins(t *testing.T) {
	t.Parallel()
	inBoth(t, []string{"KIM@example.com", "Kim@example.com", "kim@example.com"}, func(t *testing.T, users wrapper.Users, ids map[string]string, left func() int) {
		for address, id := range ids {
			got, err := users.Get(t.Context(), address)
			require.NoError(t, err)
			assert.Equal(t, id, got.ID)
		}
		for name, err := range everyUse(t, users, "kIM@example.com") {
			require.ErrorIs(t, err, wrapper.ErrAmbiguous, name)
			assert.ErrorContains(t, err, ids["KIM@example.com"], name)
			assert.NotContains(t, err.Error(), "@", "no address in an error")
		}
		require.Equal(t, 3, left())
		require.NoError(t, users.Delete(t.Context(), "kim@example.com"))
		_, err := users.Get(t.Context(), ids["kim@example.com"])
		require.ErrorIs(t, err, wrapper.ErrNotFound)
		assert.Equal(t, 2, left())
		require.ErrorIs(t, users.Delete(t.Context(), "kim@example.com"), wrapper.ErrAmbiguous, "two others are left")
		require.NoError(t, users.Delete(t.Context(), "Kim@example.com"))
		require.NoError(t, users.Delete(t.Context(), "kim@example.com"), "one other is left")
		assert.Zero(t, left())
	})
}

// The sign of the Kelvin folds to k, as upper case does.
func TestOneThatDiffersInCaseIsFound(t *testing.T) {
	t.Parallel()
	inBoth(t, []string{"Kim@example.com", "other@example.com"}, func(t *testing.T, users wrapper.Users, ids map[string]string, left func() int) {
		for _, address := range []string{"kim@EXAMPLE.com", "\u212aim@example.com"} {
			got, err := users.Get(t.Context(), address)
			require.NoError(t, err)
			assert.Equal(t, ids["Kim@example.com"], got.ID)
		}
		_, err := users.Get(t.Context(), "im@example.com")
		require.ErrorIs(t, err, wrapper.ErrNotFound)
	})
}

func TestALoginThatIsSomebodyElsesAddressIsAmbiguous(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		cloud := newCloud()
		cloud.Triton.AddUser(wrappertest.SubUser{Login: "kim@example.com", Email: "first@example.com", Password: "correct-horse-1"})
		second := cloud.Triton.AddUser(wrappertest.SubUser{Login: "kim", Email: "kim@example.com", Password: "correct-horse-1"})
		users := cloud.TritonClient(t).Users()
		for name, err := range everyUse(t, users, "kim@example.com") {
			require.ErrorIs(t, err, wrapper.ErrAmbiguous, name)
		}
		require.Len(t, cloud.Triton.Users(), 2)
		for _, key := range []string{"kim", second} {
			got, err := users.Get(t.Context(), key)
			require.NoError(t, err)
			assert.Equal(t, second, got.ID)
		}
	})
}

// An address of a user who has several, which the service returns as a list.
func TestAUserIsFoundByEachOfSeveralAddresses(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		cloud := newCloud()
		cloud.Triton.Fault(wrappertest.Fault{OperationID: wrappertest.ListTritonUsers, Effect: wrappertest.Reply(200, nil,
			`[{"id":"a","login":"ann","email":["ann@example.com","lee@example.com"]},{"id":"b","login":"bob","email":"bob@example.com"}]`)})
		users := cloud.TritonClient(t).Users()
		snapshot, err := wrapper.NewSnapshot(t.Context(), users)
		require.NoError(t, err)
		for key, want := range map[string]string{"lee@example.com": "a", "ann@example.com": "a", "BOB@example.com": "b"} {
			got, err := users.Get(t.Context(), key)
			require.NoError(t, err)
			assert.Equal(t, want, got.ID)
			got, err = snapshot.Get(key)
			require.NoError(t, err)
			assert.Equal(t, want, got.ID)
		}
	})
}

// Deletions move users over the borders of pages that others read.
func TestManyWhoDeleteByAddressMissNobody(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		const people, workers = 600, 16
		cloud := cloudOf(people, wrappertest.WithRequestTimes(time.Millisecond, time.Millisecond))
		users := cloud.IONOSClient(t).Users()
		addresses := make(chan string)
		failures := make(chan error, people)
		var group sync.WaitGroup
		for range workers {
			group.Go(func() {
				for address := range addresses {
					if err := users.Delete(t.Context(), address); err != nil {
						failures <- err
					}
				}
			})
		}
		for i := range people {
			addresses <- fmt.Sprintf("u%05d@example.com", (i*7)%people)
		}
		close(addresses)
		group.Wait()
		close(failures)
		for err := range failures {
			assert.NoError(t, err)
		}
		assert.Empty(t, cloud.IONOS.Users())
	})
}

// deleteFirst deletes the oldest users before each page after the first.
func deleteFirst(t *testing.T, cloud *wrappertest.Cloud, users int) wrappertest.Effect {
	other := ionosClient(t, cloud)
	return func(w http.ResponseWriter, r *http.Request, carryOut func() *wrappertest.Response) {
		if offset := r.URL.Query().Get("offset"); offset != "0" {
			left := cloud.IONOS.Users()
			for _, user := range left[:min(users, len(left))] {
				_, err := other.DeleteUser(t.Context(), user.ID)
				assert.NoError(t, err)
			}
		}
		asUsual(w, r, carryOut)
	}
}

func TestADeletionBetweenTwoPagesHidesNobody(t *testing.T) {
	t.Parallel()
	for _, deletions := range []int{1, 2, 20} {
		synctest.Test(t, func(t *testing.T) {
			cloud := cloudOf(350)
			cloud.IONOS.Fault(wrappertest.Fault{OperationID: wrappertest.UmUsersGet, Effect: deleteFirst(t, cloud, deletions)})
			got, errs := walked(t, ionosClient(t, cloud))
			require.Empty(t, errs)
			for _, user := range cloud.IONOS.Users() {
				assert.Contains(t, got, user.Email)
			}

			cloud = cloudOf(350)
			cloud.IONOS.Fault(wrappertest.Fault{OperationID: wrappertest.UmUsersGet, Effect: deleteFirst(t, cloud, deletions)})
			_, err := ionosClient(t, cloud).Users().Get(t.Context(), "u00345@example.com")
			require.NoError(t, err)
		})
	}
}

// A short page with a link to the next is not the last one, and nothing but the number is taken
// from that link.
func TestAShortPageThatHasANextOne(t *testing.T) {
	t.Parallel()
	for _, prefetch := range []int{1, 4} {
		synctest.Test(t, func(t *testing.T) {
			cloud := cloudOf(990)
			cloud.IONOS.Fault(wrappertest.Fault{OperationID: wrappertest.UmUsersGet, Effect: wrappertest.EditResponse(func(a *wrappertest.Response) {
				var list gen.UserList
				assert.NoError(t, json.Unmarshal(a.Body, &list))
				if list.Items = list.Items[:min(len(list.Items), 50)]; len(list.Items) == 50 {
					list.Links.Next = fmt.Sprintf("https://elsewhere.test/um/users?offset=%d&limit=100", list.Offset+50)
				} else {
					list.Links.Next = ""
				}
				a.Body, _ = json.Marshal(list)
			})})
			got, errs := walked(t, ionosClient(t, cloud), wrapper.WithPrefetch(prefetch))
			assert.Empty(t, errs)
			assert.Len(t, got, 990)
		})
	}
}

// Two front ends of a service, one of which does not know a user yet, or any more.
func TestReplicasThatAlternate(t *testing.T) {
	t.Parallel()
	for _, hidden := range []int{5, 98, 99, 100, 101, 250} {
		synctest.Test(t, func(t *testing.T) {
			cloud, requests := cloudOf(300), 0
			all := cloud.IONOS.Users()
			cloud.IONOS.Fault(wrappertest.Fault{OperationID: wrappertest.UmUsersGet, Effect: func(w http.ResponseWriter, r *http.Request, _ func() *wrappertest.Response) {
				requests++
				items := []gen.User{}
				offset, err := strconv.Atoi(r.URL.Query().Get("offset"))
				assert.NoError(t, err)
				shown := all
				if requests%2 == 0 {
					shown = append(all[:hidden:hidden], all[hidden+1:]...)
				}
				for _, user := range shown[min(offset, len(shown)):min(offset+100, len(shown))] {
					items = append(items, gen.User{ID: user.ID, Properties: gen.UserProperties{Email: user.Email}})
				}
				body, _ := json.Marshal(map[string]any{"id": "users", "offset": offset, "limit": 100, "items": items})
				_, _ = w.Write(body)
			}})
			got, errs := walked(t, ionosClient(t, cloud))
			for _, err := range errs {
				require.ErrorIs(t, err, wrapper.ErrIncomplete)
			}
			if len(errs) == 0 {
				for i, user := range all {
					if i != hidden {
						assert.Contains(t, got, user.Email)
					}
				}
			}
		})
	}
}

// A miss that is not certain is never ErrNotFound, and is looked for again.
func TestAnUncertainMissIsNotAnAbsence(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		cloud := cloudOf(150)
		wrong := func(times int) *wrappertest.ActiveFault {
			return cloud.IONOS.Fault(wrappertest.Fault{OperationID: wrappertest.UmUsersGet, Attempt: 1, Times: times, Match: offsetIs("99"),
				Effect: wrappertest.EditResponse(func(a *wrappertest.Response) {
					a.Body = []byte(strings.Replace(string(a.Body), `"offset":99`, `"offset":3`, 1))
				})})
		}
		users := cloud.IONOSClient(t).Users()
		fault := wrong(1000)
		for name, err := range everyUse(t, users, "nobody@example.com") {
			require.ErrorIs(t, err, wrapper.ErrIncomplete, name)
			require.NotErrorIs(t, err, wrapper.ErrNotFound, name)
		}
		assert.Equal(t, 4*3, fault.Hits(), "three attempts each")
		fault.Remove()
		fault = wrong(1)
		_, err := users.Get(t.Context(), "u00140@example.com")
		require.NoError(t, err)
		fault.Remove()
		wrong(2)
		_, err = users.Get(t.Context(), "nobody@example.com")
		require.ErrorIs(t, err, wrapper.ErrNotFound)
		var failed *wrapper.Error
		require.True(t, errors.As(err, &failed))
		assert.Equal(t, 404, failed.Status)
	})
}
