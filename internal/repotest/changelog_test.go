package repotest

import (
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/stretchr/testify/require"
)

// The newest version of the changelog is the one that the User-Agent names.
func TestTheChangelogHasTheVersion(t *testing.T) {
	t.Parallel()
	read := func(name string) string {
		text, err := os.ReadFile(filepath.Join(repository, name))
		require.NoError(t, err)
		return string(text)
	}
	newest := regexp.MustCompile(`(?m)^## \[(\d+\.\d+\.\d+)\]`).FindStringSubmatch(read("CHANGELOG.md"))
	require.NotNil(t, newest)
	require.Contains(t, read("wrapper/option.go"), "const version = \""+newest[1]+"\"")
}
