package repotest

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var constant = regexp.MustCompile(`(?m)^\t(\w+) +\w+ += (".*")$`)

// What a page adds, a new enumeration whose values others have too, or a new value, leaves the other
// constants the names that programs use.
func TestConstantsKeepTheirNamesWhenAnEnumIsAdded(t *testing.T) {
	t.Parallel()
	const elsewhere = "output: gen/gen.go\n"
	facts, err := os.ReadFile(filepath.Join(repository, "api", "ionos.yaml"))
	require.NoError(t, err)
	configuration, err := os.ReadFile(filepath.Join(repository, "oapi-codegen.yaml"))
	require.NoError(t, err)
	require.Contains(t, string(configuration), elsewhere)
	old := constantsOf(t, filepath.Join(repository, "gen", "gen.go"))
	require.NotEmpty(t, old)
	for _, test := range []struct {
		name, place, added string
		constants          int
	}{
		{"an enumeration", "        lastLogin:\n",
			"        mood:\n          type: string\n          enum:\n            - DONE\n            - AVAILABLE\n            - gpu\n        lastLogin:\n", 3},
		{"a value", "        - gpu\n", "        - gpu\n        - quantum\n", 1},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, 1, strings.Count(string(facts), test.place))
			dir := t.TempDir()
			document, config, output := filepath.Join(dir, "openapi.yaml"), filepath.Join(dir, "config.yaml"), filepath.Join(dir, "gen.go")
			require.NoError(t, os.CopyFS(filepath.Join(dir, "api"), os.DirFS(filepath.Join(repository, "api"))))
			require.NoError(t, os.Mkdir(filepath.Join(dir, "gen"), 0o700))
			changed := strings.Replace(string(facts), test.place, test.added, 1)
			require.NoError(t, os.WriteFile(filepath.Join(dir, "api", "ionos.yaml"), []byte(changed), 0o600))
			require.NoError(t, os.WriteFile(config, []byte(strings.Replace(string(configuration), elsewhere, "output: "+output+"\n", 1)), 0o600))

			for _, args := range [][]string{
				{"./internal/specgen", "-root", dir, "flatten", document},
				{"github.com/oapi-codegen/oapi-codegen/v2/cmd/oapi-codegen", "-config", config, document},
			} {
				generate := exec.CommandContext(t.Context(), "go", append([]string{"run"}, args...)...)
				generate.Dir = repository
				out, err := generate.CombinedOutput()
				require.NoError(t, err, string(out))
			}
			now := constantsOf(t, output)
			assert.Len(t, now, len(old)+test.constants)
			for name, value := range old {
				assert.Equal(t, value, now[name], name)
			}
		})
	}
}

// constantsOf are the constants of a generated file and their values.
func constantsOf(t *testing.T, file string) map[string]string {
	t.Helper()
	source, err := os.ReadFile(file)
	require.NoError(t, err)
	constants := map[string]string{}
	for _, match := range constant.FindAllStringSubmatch(string(source), -1) {
		constants[match[1]] = match[2]
	}
	return constants
}
