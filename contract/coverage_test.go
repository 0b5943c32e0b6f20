package contract

import (
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
	assert.Equal(t, "2/31 operations", coverage.Counts()[0].String())
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

// The document decides what there is to exercise. These are its figures today; they change with it.
func TestTheDocumentsExtent(t *testing.T) {
	t.Parallel()
	var nothing Coverage
	var figures []string
	for _, f := range nothing.Counts() {
		assert.Zero(t, f.Covered)
		figures = append(figures, f.String())
	}
	assert.Equal(t, []string{
		"0/31 operations", "0/361 statuses", "0/120 parameters", "0/80 request properties", "0/165 response properties",
	}, figures)
	assert.Contains(t, nothing.Missing(), "statuses umUsersGet 503", "of the text of the default response")
	assert.Contains(t, nothing.Missing(), "statuses ListTritonUsers 420")
	assert.NotContains(t, nothing.Missing(), "request properties Group.id", "read-only")
	assert.Len(t, nothing.Missing(), 31+361+120+80+165)
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
	assert.NoError(t, coverage.Require(Thresholds{Operations: 3}))
	err := coverage.Require(Thresholds{Operations: 4, Statuses: 100, ResponseProperties: 1})
	assert.EqualError(t, err, "1/31 operations exercised (3.2 %), 4 % wanted\n1/361 statuses exercised (0.3 %), 100 % wanted")
}

func TestTheTableListsFiguresAndWhatIsMissing(t *testing.T) {
	t.Parallel()
	var table strings.Builder
	require.NoError(t, exercised(t, "create user").WriteTable(&table))
	lines := strings.Split(table.String(), "\n")
	assert.Equal(t, "           operations   1  of   31   3.2 %", lines[0])
	assert.Equal(t, "missing: operations ChangeTritonUserPassword", lines[5])
}
