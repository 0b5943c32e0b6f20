package repotest

import (
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A program that is copied from examples/ must compile elsewhere: it imports no internal package and no package of
// another program, and its module replaces nothing but this library.
func TestExamplesImportWhatOthersCanImport(t *testing.T) {
	t.Parallel()
	examples, files := filepath.Join(repository, "examples"), 0
	err := filepath.WalkDir(examples, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		switch {
		case strings.HasSuffix(path, ".go"):
			files++
			file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ImportsOnly)
			require.NoError(t, err)
			for _, one := range file.Imports {
				name := strings.Trim(one.Path.Value, `"`)
				assert.False(t, cannotBeImported(name), "%s imports %s", path, name)
			}
		case entry.Name() == "go.mod":
			text, err := os.ReadFile(path)
			require.NoError(t, err)
			for _, replaced := range regexp.MustCompile(`(?m)^\s*(?:replace )?(\S+) (?:v\S+ )?=>`).FindAllStringSubmatch(string(text), -1) {
				assert.Equal(t, module, replaced[1], "%s replaces it", path)
			}
		}
		return nil
	})
	require.NoError(t, err)
	assert.Greater(t, files, 20)
}

func cannotBeImported(name string) bool {
	name, ours := strings.CutPrefix(name, module+"/")
	return ours && (!importable(name) || strings.HasPrefix(name, "cmd/") || strings.HasPrefix(name, "bench/"))
}

func TestCannotBeImported(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]bool{
		module + "/wrapper": false, module + "/wrapper/profile": false, "net/http": false, "example.test/internal/x": false,
		module + "/internal/testhook": true, module + "/examples/sync": true, module + "/cmd/cloudroster": true, module + "/gen/internal/x": true,
	} {
		assert.Equal(t, want, cannotBeImported(name), name)
	}
}
