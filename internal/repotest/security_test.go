package repotest

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var (
	namedTest   = regexp.MustCompile("`((?:Test|Fuzz)[A-Z]\\w*)")
	writtenTest = regexp.MustCompile(`(?m)^func ((?:Test|Fuzz)[A-Z]\w*)\(`)
)

// Every test that SECURITY.md names is there.
func TestSecurityPromisesAreTested(t *testing.T) {
	t.Parallel()
	const root = "../.."
	written := map[string]bool{}
	require.NoError(t, filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !strings.HasSuffix(path, "_test.go") {
			return err
		}
		source, err := os.ReadFile(path)
		for _, found := range writtenTest.FindAllSubmatch(source, -1) {
			written[string(found[1])] = true
		}
		return err
	}))
	text, err := os.ReadFile(filepath.Join(root, "SECURITY.md"))
	require.NoError(t, err)
	named := namedTest.FindAllSubmatch(text, -1)
	require.NotEmpty(t, named)
	for _, name := range named {
		assert.True(t, written[string(name[1])], "SECURITY.md names %s, which no test file has", name[1])
	}
}
