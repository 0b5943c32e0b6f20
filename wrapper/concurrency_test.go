package wrapper_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/cloudroster/cloudroster/gen"
	"github.com/cloudroster/cloudroster/wrapper"
	"github.com/cloudroster/cloudroster/wrapper/wrappertest"
)

const (
	concurrentWorkers    = 64
	concurrentOperations = 10_000
)

// One client, 64 goroutines, 10,000 operations, answers lost and refused all along: what was
// acknowledged is there exactly once, and what is of unknown outcome once or not at all.
func TestConcurrentOperationsAreAllAccountedFor(t *testing.T) {
	t.Parallel()
	t.Run("in memory", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			cloud := newCloud()
			// A pause that the service names holds the whole client, which costs no time here.
			concurrently(t, cloud, http.Header{"Retry-After": {"1"}}, ionosClient(t, cloud))
		})
	})
	t.Run("over sockets", func(t *testing.T) {
		t.Parallel()
		cloud := startCloud(t)
		client := ionosClient(t, cloud, wrapper.WithHTTPClient(nil),
			wrapper.WithRetry(wrapper.RetryPolicy{MinDelay: time.Millisecond, MaxDelay: 5 * time.Millisecond}))
		concurrently(t, cloud, nil, client)
		t.Logf("%d connections", cloud.IONOS.Connections())
	})
}

// disturb makes about every seventh request meet a fault.
func disturb(cloud *wrappertest.Cloud, limited http.Header) (met *atomic.Int64) {
	met = new(atomic.Int64)
	var requests atomic.Int64
	cloud.IONOS.Fault(wrappertest.Fault{Effect: func(w http.ResponseWriter, r *http.Request, carryOut func() *wrappertest.Response) {
		n := requests.Add(1)
		for _, fault := range []struct {
			every  int64
			effect wrappertest.Effect
		}{
			{17, wrappertest.ResetConnection()},
			{23, after(wrappertest.ResetConnection())},
			{31, wrappertest.TruncateBody(5)},
			{41, wrappertest.Reply(429, limited, "")},
			{43, after(wrappertest.HTML(502))},
		} {
			if n%fault.every == 0 {
				met.Add(1)
				fault.effect(w, r, carryOut)
				return
			}
		}
		asUsual(w, r, carryOut)
	}})
	return met
}

func concurrently(t *testing.T, cloud *wrappertest.Cloud, limited http.Header, client *wrapper.IONOS) {
	resource := cloud.IONOS.AddResource(wrappertest.Resource{Type: "snapshot", Name: "snap"})
	met := disturb(cloud, limited)
	var left atomic.Int64
	left.Store(concurrentOperations)
	workers := make([]*worker, concurrentWorkers)
	var running sync.WaitGroup
	for i := range workers {
		w := &worker{t: t, client: client, number: i, resource: resource, random: rand.New(rand.NewPCG(7, uint64(i)))}
		workers[i] = w
		running.Go(func() {
			for left.Add(-1) >= 0 {
				w.step(t.Context())
			}
		})
	}
	running.Wait()

	var sum counts
	for _, w := range workers {
		w.settle(cloud)
		sum.add(w.counts)
	}
	// Nothing is there that nobody made.
	for _, group := range cloud.IONOS.Groups() {
		assert.True(t, slices.ContainsFunc(workers, func(w *worker) bool { return w.groups[group.Name] != nil }), group.Name)
	}
	for _, user := range cloud.IONOS.Users() {
		assert.True(t, slices.ContainsFunc(workers, func(w *worker) bool { return w.users[user.Email] != nil }), user.Email)
	}
	t.Logf("%d goroutines, %d operations in %d requests, of which %d met a fault", concurrentWorkers, sum.total(), len(cloud.IONOS.Requests()), met.Load())
	t.Logf("reads: %d answered, %d failed; writes: %d acknowledged, %d accepted with a lost answer, %d not made, %d of unknown outcome",
		sum.read, sum.unread, sum.done, sum.accepted, sum.refused, sum.unknown)
	t.Logf("acknowledged and lost: %d, made twice: %d; of unknown outcome and there: %d, not there: %d", sum.lost, sum.twice, sum.there, sum.notThere)
	assert.Equal(t, concurrentOperations, sum.total())
	assert.Zero(t, sum.lost)
	assert.Zero(t, sum.twice)
	// The faults were of every kind, so that the zeros above say something.
	for name, count := range map[string]int{"acknowledged": sum.done, "of unknown outcome": sum.unknown, "there": sum.there, "not there": sum.notThere} {
		assert.Positive(t, count, name)
	}
}

type counts struct {
	read, unread, done, accepted, refused, unknown int
	lost, twice, there, notThere                   int
}

func (c *counts) total() int { return c.read + c.unread + c.done + c.accepted + c.refused + c.unknown }

func (c *counts) add(o counts) {
	c.read, c.unread, c.done, c.accepted = c.read+o.read, c.unread+o.unread, c.done+o.done, c.accepted+o.accepted
	c.refused, c.unknown, c.lost, c.twice = c.refused+o.refused, c.unknown+o.unknown, c.lost+o.lost, c.twice+o.twice
	c.there, c.notThere = c.there+o.there, c.notThere+o.notThere
}

// fact is how often something may be there, by what the client was told of it.
type fact struct{ least, most int }

// record is what a worker knows of an object that it made. Others do not touch it.
type record struct {
	id       string
	there    fact
	last     []string        // the possible last names of a user
	members  map[string]fact // of a group, by the user's id
	shared   fact            // of a group
	finished bool            // deleted, or the id is not known: nothing more is done with it
}

// worker makes operations on objects of its own, one after the other.
type worker struct {
	t             *testing.T
	client        *wrapper.IONOS
	number        int
	serial        int
	resource      string
	random        *rand.Rand
	groups, users map[string]*record
	counts        counts
}

// outcome counts a write and tells what is known of it.
func (w *worker) outcome(err error) fact {
	var failed *wrapper.Error
	switch {
	case err == nil:
		w.counts.done++
		return fact{1, 1}
	case errors.As(err, &failed) && failed.Operation.ID() != "":
		w.counts.accepted++
		return fact{1, 1}
	case errors.Is(err, wrapper.ErrOutcomeUnknown):
		w.counts.unknown++
		return fact{0, 1}
	case errors.Is(err, wrapper.ErrRateLimited), errors.Is(err, wrapper.ErrUnavailable):
	default:
		var e *wrapper.Error
		if !errors.As(err, &e) || e.Status != 0 && e.Status != 200 {
			w.t.Errorf("refused for no reason: %v", err)
		}
	}
	w.counts.refused++
	return fact{0, 0}
}

// undone is what is left after a removal of something.
func (f fact) undone(removal fact) fact {
	return fact{f.least * (1 - removal.most), f.most * (1 - removal.least)}
}

// done is what is there after something that can be done twice was done.
func (f fact) done(again fact) fact { return fact{max(f.least, again.least), max(f.most, again.most)} }

func pick(random *rand.Rand, all map[string]*record) *record {
	var open []string
	for name, r := range all {
		if !r.finished {
			open = append(open, name)
		}
	}
	if len(open) == 0 {
		return nil
	}
	slices.Sort(open)
	return all[open[random.IntN(len(open))]]
}

func (w *worker) step(ctx context.Context) {
	if w.groups == nil {
		w.groups, w.users = map[string]*record{}, map[string]*record{}
	}
	user, group := pick(w.random, w.users), pick(w.random, w.groups)
	action := w.random.IntN(14)
	switch {
	case action == 0 || user == nil:
		w.createUser(ctx)
	case action == 1 || group == nil:
		w.createGroup(ctx)
	case action <= 4:
		_, err := w.client.GetUser(ctx, user.id)
		w.read(err)
	case action == 5:
		_, err := w.client.GetGroup(ctx, group.id)
		w.read(err)
	case action <= 7:
		w.rename(ctx, user)
	case action == 8:
		_, err := w.client.DeleteUser(ctx, user.id)
		removal := w.outcome(err)
		user.there, user.finished = user.there.undone(removal), true
		for _, g := range w.groups {
			g.members[user.id] = g.members[user.id].undone(removal)
		}
	case action == 9:
		_, err := w.client.DeleteGroup(ctx, group.id)
		group.there, group.finished = group.there.undone(w.outcome(err)), true
	case action == 10 || action == 11:
		_, _, err := w.client.AddGroupMember(ctx, group.id, user.id)
		group.members[user.id] = group.members[user.id].done(w.outcome(err))
	case action == 12 && group.members[user.id] == fact{1, 1}:
		_, err := w.client.RemoveGroupMember(ctx, group.id, user.id)
		group.members[user.id] = group.members[user.id].undone(w.outcome(err))
	case group.shared == fact{}:
		_, _, err := w.client.AddShare(ctx, group.id, w.resource, gen.ShareProperties{EditPrivilege: new(true)})
		group.shared = w.outcome(err)
	default:
		w.createGroup(ctx)
	}
}

func (w *worker) read(err error) {
	if errors.Is(err, wrapper.ErrNotFound) || errors.Is(err, wrapper.ErrOutcomeUnknown) {
		w.t.Errorf("a read of something that is there: %v", err)
	}
	if err != nil {
		w.counts.unread++
		return
	}
	w.counts.read++
}

func (w *worker) createUser(ctx context.Context) {
	w.serial++
	properties := jo()
	properties.Email = fmt.Sprintf("user.%d.%d@example.com", w.number, w.serial)
	user, operation, err := w.client.CreateUser(ctx, properties)
	made := &record{there: w.outcome(err), last: []string{properties.LastName}}
	if made.finished = err != nil; !made.finished {
		made.id = user.ID
		w.wait(ctx, operation)
	}
	w.users[properties.Email] = made
}

// createGroup uses names of its own, but the service would take one twice.
func (w *worker) createGroup(ctx context.Context) {
	w.serial++
	name := fmt.Sprintf("group.%d.%d", w.number, w.serial)
	group, operation, err := w.client.CreateGroup(ctx, gen.GroupProperties{Name: &name})
	made := &record{there: w.outcome(err), members: map[string]fact{}}
	if made.finished = err != nil; !made.finished {
		made.id = group.ID
		w.wait(ctx, operation)
	}
	w.groups[name] = made
}

// wait follows some of the accepted operations to their end.
func (w *worker) wait(ctx context.Context, operation *wrapper.Operation) {
	if w.random.IntN(4) == 0 {
		assert.NoError(w.t, operation.Wait(ctx))
	}
}

func (w *worker) rename(ctx context.Context, user *record) {
	w.serial++
	last := fmt.Sprintf("Doe %d", w.serial)
	_, _, err := w.client.UpdateUser(ctx, user.id, func(p *gen.UserUpdateProperties) { p.LastName = &last })
	switch w.outcome(err) {
	case fact{1, 1}:
		user.last = []string{last}
	case fact{0, 1}:
		user.last = append(user.last, last)
	}
}

// settle compares what the worker was told with what the cloud holds.
func (w *worker) settle(cloud *wrappertest.Cloud) {
	for email, r := range w.users {
		found := 0
		for _, user := range cloud.IONOS.Users() {
			if user.Email == email {
				found++
				assert.Contains(w.t, r.last, user.LastName)
			}
		}
		w.account("user "+email, r.there, found)
	}
	for name, r := range w.groups {
		found := 0
		for _, group := range cloud.IONOS.Groups() {
			if group.Name != name {
				continue
			}
			found++
			members := cloud.IONOS.Members(group.ID)
			for id, f := range r.members {
				w.account("member of "+name, f, count(members, func(member string) bool { return member == id }))
			}
			w.account("share of "+name, r.shared, count(cloud.IONOS.Shares(group.ID), func(s wrappertest.Share) bool { return s.ResourceID == w.resource }))
		}
		w.account("group "+name, r.there, found)
	}
}

func count[T any](all []T, is func(T) bool) (n int) {
	for _, one := range all {
		if is(one) {
			n++
		}
	}
	return n
}

func (w *worker) account(what string, due fact, found int) {
	switch {
	case found < due.least:
		w.counts.lost++
		w.t.Errorf("%s was acknowledged and is lost", what)
	case found > due.most:
		w.counts.twice++
		w.t.Errorf("%s is there %d times, and %d times at the most was due", what, found, due.most)
	case due.least < due.most && found > 0:
		w.counts.there++
	case due.least < due.most:
		w.counts.notThere++
	}
}

func TestFactsOfUnknownOutcome(t *testing.T) {
	t.Parallel()
	yes, no, maybe := fact{1, 1}, fact{0, 0}, fact{0, 1}
	require.Equal(t, no, yes.undone(yes))
	require.Equal(t, yes, yes.undone(no))
	require.Equal(t, maybe, yes.undone(maybe))
	require.Equal(t, no, maybe.undone(yes))
	require.Equal(t, maybe, maybe.undone(maybe))
	require.Equal(t, yes, maybe.done(yes))
	require.Equal(t, maybe, no.done(maybe))
}
