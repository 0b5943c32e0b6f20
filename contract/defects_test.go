package contract

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/cloudroster/cloudroster/gen"
)

func sent(old, changed string) func(*talk) {
	return func(k *talk) { k.body = swap(k.body, old, changed) }
}

func returned(old, changed string) func(*talk) {
	return func(k *talk) { k.response = swap(k.response, old, changed) }
}

func requested(old, changed string) func(*talk) {
	return func(k *talk) { k.url = swap(k.url, old, changed) }
}

func status(code int) func(*talk) { return func(k *talk) { k.status = code } }

func withHeader(name, value string) func(*talk) { return func(k *talk) { k.header.Set(name, value) } }

func returnedHeader(name, value string) func(*talk) {
	return func(k *talk) {
		k.returnedHeader.Set(name, value)
		if value == "" {
			k.returnedHeader.Del(name)
		}
	}
}

// swap panics when there is nothing to swap: such a defect would test nothing.
func swap(text, old, changed string) string {
	if !strings.Contains(text, old) {
		panic("no " + old)
	}
	return strings.Replace(text, old, changed, 1)
}

// defect is seeded into a conversation that keeps the contract, one at a time.
type defect struct {
	name, talk string
	seed       func(*talk)
	kind       Kind
	rule       Rule
	where      string
}

func TestEverySeededDefectIsFound(t *testing.T) {
	t.Parallel()
	all := slices.Concat(requestDefects, bodyDefects, responseDefects, unreadDefects)
	require.GreaterOrEqual(t, len(all), 160)
	t.Logf("figure: %d seeded defects of traffic", len(all))
	names := map[string]bool{}
	for _, d := range all {
		require.False(t, names[d.name], d.name)
		names[d.name] = true
		t.Run(d.name, func(t *testing.T) {
			t.Parallel()
			k := talks[d.talk]()
			d.seed(k)
			sides := map[string][]Finding{}
			if k.handlerReads == 0 {
				sides["transport"] = k.seenByTransport(t)
			}
			if k.clientReads == 0 && !k.clientOnly {
				sides["handler"] = k.seenByHandler(t)
			}
			for side, found := range sides {
				assert.True(t, slices.ContainsFunc(found, func(f Finding) bool {
					return f.Kind == d.kind && f.Rule == d.rule && f.Where == d.where
				}), "%s found %v", side, found)
				for _, f := range found {
					for _, value := range []string{"correct-horse", "ann@example.com", "bob@example.com", "Ann", "Bearer token", userID} {
						assert.NotContains(t, f.String(), value)
					}
				}
				// A flaw in one place is not told of others; a drift is never a violation as well.
				for _, f := range found {
					assert.False(t, d.kind == Drift && f.Kind == Violation, "%s found %v", side, f)
				}
			}
		})
	}
}

func TestTrafficThatKeepsTheContractIsNotReported(t *testing.T) {
	t.Parallel()
	for _, name := range slices.Sorted(maps.Keys(talks)) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			assert.Empty(t, talks[name]().seenByTransport(t))
			assert.Empty(t, talks[name]().seenByHandler(t))
		})
	}
}

func TestWithoutResponsesLeavesResponsesAlone(t *testing.T) {
	t.Parallel()
	k := talks["list users"]()
	status(599)(k)
	returned(`"limit":2`, `"limit":"two"`)(k)
	assert.Empty(t, k.seenByTransport(t, WithoutResponses()))
	assert.Empty(t, k.seenByHandler(t, WithoutResponses()))
	requested("limit=2", fmt.Sprint("limit=", gen.LimitMax+1))(k)
	assert.Len(t, k.seenByTransport(t, WithoutResponses()), 1)
	assert.Len(t, k.seenByHandler(t, WithoutResponses()), 1)
}
