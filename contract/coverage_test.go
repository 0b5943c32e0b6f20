package contract

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func exercised(t *testing.T, names ...string) *Coverage {
	t.Helper()
	var coverage Coverage
	for _, name := range names {
		talks[name]().seenByTransport(t, WithCoverage(&coverage))
	}
	return &coverage
}

func TestCoverageCountsWhatWasExercised(t *testing.T) {
	t.Parallel()
	coverage := exercised(t, "create user", "refused user")
	hits := coverage.snapshot()
	for _, hit := range []item{
		{operations, "umUsersPost"}, {operations, "umUsersFindById"}, {statuses, "umUsersPost 202"}, {statuses, "umUsersFindById 404"},
		{parameters, "umUsersFindById path userId"}, {requestProperties, "UserPost.properties"},
		{requestProperties, "UserPropertiesPost.password"}, {responseProperties, "UserMetadata.createdDate"},
		{responseProperties, "GroupUsersRef.type"}, {responseProperties, "ErrorMessage.errorCode"},
	} {
		assert.Equal(t, 1, hits[hit], "%v", hit)
	}
	assert.NotContains(t, hits, item{requestProperties, "UserPropertiesPost.administrator"})
	assert.NotContains(t, hits, item{parameters, "umUsersPost query depth"})
	assert.Equal(t, Count{"operations", 2, len(embedded().operations)}, coverage.Counts()[0])
	assert.Contains(t, coverage.Missing(), "operations umUsersGet")
	assert.NotContains(t, coverage.Missing(), "operations umUsersPost")
}

func TestWhatIsWrongIsNotExercised(t *testing.T) {
	t.Parallel()
	var coverage Coverage
	k := talks["create user"]()
	sent(`"active":true`, `"id":"1"`)(k) // not a field of a new user
	status(299)(k)
	k.seenByTransport(t, WithCoverage(&coverage))
	for hit := range coverage.snapshot() {
		assert.NotContains(t, hit.name, "299")
		assert.NotContains(t, hit.name, "PropertiesPost.id")
		assert.NotEqual(t, responseProperties, hit.kind)
	}
}

// The document decides what there is to exercise, and nothing of it is left out.
func TestTheDocumentsExtent(t *testing.T) {
	t.Parallel()
	var nothing Coverage
	total := 0
	for _, count := range nothing.Counts() {
		assert.Zero(t, count.Covered, count.Kind)
		assert.NotZero(t, count.Total, count.Kind)
		total += count.Total
	}
	parameters := 0
	for _, o := range embedded().operations {
		parameters += len(o.parameters)
	}
	assert.Equal(t, len(embedded().operations), nothing.Counts()[0].Total)
	assert.Equal(t, parameters, nothing.Counts()[2].Total)
	assert.Contains(t, nothing.Missing(), "statuses umUsersGet 503", "of the default response")
	assert.Contains(t, nothing.Missing(), "statuses ListTritonUsers 420")
	assert.NotContains(t, nothing.Missing(), "request properties Group.id", "read-only")
	assert.Len(t, nothing.Missing(), total)
}

func TestCoverageAddsUpOverProcesses(t *testing.T) {
	t.Parallel()
	directory := filepath.Join(t.TempDir(), "new")
	first, second := exercised(t, "create user"), exercised(t, "get user", "create user")
	require.NoError(t, first.Save(directory))
	require.NoError(t, second.Save(directory))
	var loaded, merged Coverage
	require.NoError(t, loaded.Load(directory))
	merged.Merge(first)
	merged.Merge(second)
	assert.Equal(t, merged.snapshot(), loaded.snapshot())
	assert.Equal(t, 2, loaded.snapshot()[item{operations, "umUsersPost"}])
}

func TestCoverageFilesThatCannotBeRead(t *testing.T) {
	t.Parallel()
	var coverage Coverage
	empty := t.TempDir()
	assert.ErrorContains(t, coverage.Load(empty), "no coverage-*.json")
	require.NoError(t, os.WriteFile(filepath.Join(empty, "coverage-1.json"), []byte("{"), 0o600))
	assert.ErrorContains(t, coverage.Load(empty), "coverage-1.json")
	assert.Error(t, coverage.Save(filepath.Join(empty, "coverage-1.json", "below")))
}

func TestRequireNamesWhatIsTooLittle(t *testing.T) {
	t.Parallel()
	coverage := exercised(t, "create user")
	assert.NoError(t, coverage.Require(Thresholds{}))
	operations, statuses := coverage.Counts()[0], coverage.Counts()[1]
	percent := 100 / float64(operations.Total)
	assert.NoError(t, coverage.Require(Thresholds{Operations: percent}))
	err := coverage.Require(Thresholds{Operations: percent + 1, Statuses: 100, ResponseProperties: 1})
	assert.ErrorContains(t, err, fmt.Sprintf("1/%d operations exercised (%.1f %%)", operations.Total, percent))
	assert.ErrorContains(t, err, fmt.Sprintf("1/%d statuses exercised", statuses.Total))
	assert.ErrorContains(t, err, "100 % required")
	assert.NotContains(t, err.Error(), "properties")
}

func TestTheTableListsFiguresAndWhatIsMissing(t *testing.T) {
	t.Parallel()
	var table strings.Builder
	require.NoError(t, exercised(t, "create user").WriteTable(&table))
	lines := strings.Split(table.String(), "\n")
	assert.Regexp(t, fmt.Sprintf(`^ +operations +1  of +%d +\d+\.\d %%$`, len(embedded().operations)), lines[0])
	assert.Equal(t, "missing: operations ChangeTritonUserPassword", lines[5])
}
