package wrapper_test

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/cloudroster/cloudroster/gen"
	"github.com/cloudroster/cloudroster/wrapper"
	"github.com/cloudroster/cloudroster/wrapper/wrappertest"
)

func cloudOf(users int, opts ...wrappertest.Option) *wrappertest.Cloud {
	cloud := newCloud(opts...)
	for i := range users {
		cloud.IONOS.AddUser(wrappertest.User{FirstName: "U", LastName: "U", Email: fmt.Sprintf("u%05d@example.com", i)})
	}
	return cloud
}

func emails(t *testing.T, ctx context.Context, client *wrapper.IONOS, opts ...wrapper.CallOption) []string {
	t.Helper()
	var got []string
	for user, err := range client.AllUsers(ctx, opts...) {
		require.NoError(t, err)
		got = append(got, user.Properties.Email)
	}
	return got
}

func TestAllUsersInOrder(t *testing.T) {
	t.Parallel()
	for _, users := range []int{0, 1, 99, 100, 101, 1000, 1234} {
		cloud := cloudOf(users)
		var want []string
		for _, user := range cloud.IONOS.Users() {
			want = append(want, user.Email)
		}
		client := ionosClient(t, cloud)
		for _, prefetch := range []int{1, 2, 8, 16} {
			t.Run(fmt.Sprintf("%d users, prefetch %d", users, prefetch), func(t *testing.T) {
				t.Parallel()
				all := client.AllUsers(t.Context(), wrapper.WithPrefetch(prefetch))
				for range 2 { // restartable
					var got []string
					for user, err := range all {
						require.NoError(t, err)
						got = append(got, user.Properties.Email)
					}
					assert.Equal(t, want, got)
				}
			})
		}
	}
}

func TestAllUsersFromAnOffsetInSmallPages(t *testing.T) {
	t.Parallel()
	cloud := cloudOf(25)
	got := emails(t, t.Context(), ionosClient(t, cloud), wrapper.WithOffset(3), wrapper.WithLimit(10))
	require.Len(t, got, 22)
	assert.Equal(t, "u00003@example.com", got[0])
	assert.Equal(t, 3, cloud.IONOS.Count("umUsersGet"), "a short page is the last")
}

func TestPrefetchKeepsPagesOnTheirWay(t *testing.T) {
	t.Parallel()
	const pages, window = 32, 8
	for _, tc := range []struct {
		prefetch int
		want     time.Duration
	}{{1, (pages + 1) * time.Second}, {window, (1 + pages/window) * time.Second}} {
		synctest.Test(t, func(t *testing.T) {
			cloud := cloudOf(pages * 100)
			cloud.IONOS.Fault(wrappertest.Fault{OperationID: "umUsersGet", Effect: wrappertest.Delay(time.Second)})
			start := time.Now()
			assert.Len(t, emails(t, t.Context(), ionosClient(t, cloud), wrapper.WithPrefetch(tc.prefetch)), pages*100)
			// Pages after the last may be on their way when that comes.
			assert.GreaterOrEqual(t, time.Since(start), tc.want)
			assert.LessOrEqual(t, time.Since(start), tc.want+time.Second)
		})
	}
}

func TestBreakEndsTheRequests(t *testing.T) {
	t.Parallel()
	for _, prefetch := range []int{1, 8} {
		synctest.Test(t, func(t *testing.T) {
			cloud := cloudOf(5000)
			cloud.IONOS.Fault(wrappertest.Fault{OperationID: "umUsersGet", Effect: wrappertest.Delay(time.Second)})
			seen := 0
			for _, err := range ionosClient(t, cloud).AllUsers(t.Context(), wrapper.WithPrefetch(prefetch)) {
				require.NoError(t, err)
				if seen++; seen == 150 {
					break
				}
			}
			asked := cloud.IONOS.Count("umUsersGet")
			time.Sleep(time.Hour)
			assert.Equal(t, asked, cloud.IONOS.Count("umUsersGet"))
			assert.LessOrEqual(t, asked, 2+prefetch)
		})
	}
}

func TestAFailingPageComesOnceAfterTheUsersBeforeIt(t *testing.T) {
	t.Parallel()
	for _, prefetch := range []int{1, 4} {
		cloud := cloudOf(1000)
		cloud.IONOS.Fault(wrappertest.Fault{OperationID: "umUsersGet", Effect: wrappertest.Reply(403, nil, `{}`),
			Match: func(r *http.Request) bool { return strings.Contains(r.URL.RawQuery, "offset=297&") }})
		var users, failures int
		for _, err := range ionosClient(t, cloud).AllUsers(t.Context(), wrapper.WithPrefetch(prefetch)) {
			if err != nil {
				require.ErrorIs(t, err, wrapper.ErrForbidden)
				failures++
				continue
			}
			assert.Zero(t, failures, "nothing comes after the error")
			users++
		}
		assert.Equal(t, 298, users)
		assert.Equal(t, 1, failures)
	}
}

func TestAServerThatServesLessThanAskedForSaysSo(t *testing.T) {
	t.Parallel()
	cloud := cloudOf(120)
	client := ionosClient(t, cloud)
	// A service that caps pages at 50 and names its limit.
	cloud.IONOS.Fault(wrappertest.Fault{OperationID: "umUsersGet", Effect: paged(t, cloud, 50)})
	assert.Len(t, emails(t, t.Context(), client), 120)
	assert.Len(t, emails(t, t.Context(), client, wrapper.WithPrefetch(4)), 120)
}

func TestEveryOtherListHasTheSameShape(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	ctx := t.Context()
	groups := slices.Collect(firsts(t, s.ionos.AllGroups(ctx)))
	require.Len(t, groups, 1)
	assert.Equal(t, s.group, groups[0].ID)
	members := slices.Collect(firsts(t, s.ionos.AllGroupMembers(ctx, s.group)))
	require.Len(t, members, 1)
	assert.Equal(t, s.member, members[0].ID)
	shares := slices.Collect(firsts(t, s.ionos.AllShares(ctx, s.group)))
	require.Len(t, shares, 1)
	resources := func(list []gen.Resource) (ids []string) {
		for _, resource := range list {
			ids = append(ids, resource.ID)
		}
		return ids
	}
	assert.Equal(t, []string{s.resource, s.shared}, resources(slices.Collect(firsts(t, s.ionos.AllResources(ctx)))))
	assert.Equal(t, []string{s.shared}, resources(slices.Collect(firsts(t, s.ionos.AllResourcesByType(ctx, gen.ResourceTypeSnapshot)))))
	assert.Equal(t, []string{s.shared}, resources(slices.Collect(firsts(t, s.ionos.AllGroupResources(ctx, s.group)))))
	assert.Equal(t, []string{s.resource}, resources(slices.Collect(firsts(t, s.ionos.AllOwnedResources(ctx, s.user)))))
	assert.Equal(t, []string{s.group}, resources(slices.Collect(firsts(t, s.ionos.AllUserGroups(ctx, s.member)))))
	users := slices.Collect(firsts(t, s.triton.AllUsers(ctx)))
	require.Len(t, users, 1)
	assert.Equal(t, s.tritonUser, users[0].ID)

	for _, err := range s.ionos.AllShares(ctx, "..") {
		require.ErrorIs(t, err, wrapper.ErrInvalid)
	}
}

// A type that is newer than this version is decoded, listed and sent.
func TestUnknownResourceTypePasses(t *testing.T) {
	t.Parallel()
	cloud := newCloud()
	cloud.IONOS.AddResource(wrappertest.Resource{Type: "teleporter", Name: "t1"})
	client := ionosClient(t, cloud)
	for resource, err := range client.AllResources(t.Context()) {
		require.NoError(t, err)
		assert.Equal(t, gen.ResourceType("teleporter"), resource.Type)
		assert.False(t, resource.Type.Valid())
	}
	_, err := client.ListResourcesByType(t.Context(), "teleporter")
	require.NoError(t, err)
}

func TestOptionsOutOfBoundsAreRefusedByName(t *testing.T) {
	t.Parallel()
	cloud := newCloud()
	client := ionosClient(t, cloud)
	for parameter, option := range map[string]wrapper.CallOption{
		"depth": wrapper.WithDepth(2), "offset": wrapper.WithOffset(-1), "limit": wrapper.WithLimit(101),
		"contract number": wrapper.WithContractNumber(0), "prefetch": wrapper.WithPrefetch(0),
	} {
		for _, err := range client.AllUsers(t.Context(), option) {
			require.ErrorIs(t, err, wrapper.ErrInvalid)
			require.ErrorContains(t, err, parameter)
		}
	}
	for parameter, option := range map[string]wrapper.CallOption{
		"offset": wrapper.WithOffset(1), "limit": wrapper.WithLimit(1), "prefetch": wrapper.WithPrefetch(2),
	} {
		_, err := client.ListGroups(t.Context(), option)
		require.ErrorIs(t, err, wrapper.ErrInvalid)
		require.ErrorContains(t, err, parameter)
	}
	_, err := client.ListUsers(t.Context(), nil, wrapper.WithDepth(0))
	require.NoError(t, err, "nil options are ignored")
	assert.Len(t, cloud.IONOS.Requests(), 1)
}

// Pages that are on their way already do not fit behind one of another size.
func TestAServerThatChangesItsPagesInTheMiddleOfAWalk(t *testing.T) {
	t.Parallel()
	for name, opts := range pageOptions {
		for _, size := range []int{1, 3} {
			cloud := withUsers(20)
			cloud.IONOS.Fault(wrappertest.Fault{Match: func(r *http.Request) bool {
				return r.URL.Query().Get("offset") != "0"
			}, Effect: paged(t, cloud, size)})
			got, errs := walked(t, ionosClient(t, cloud), opts...)
			assert.Empty(t, errs)
			var want []string
			for i := range 20 {
				want = append(want, fmt.Sprintf("u%d@example.com", i))
			}
			assert.Equal(t, want, got, "%s, %d", name, size)
		}
	}
}
