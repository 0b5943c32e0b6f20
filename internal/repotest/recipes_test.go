package repotest

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"

	"github.com/cloudroster/cloudroster/wrapper/wrappertest"
)

// recipe is the block of docs/recipes/README.md in a language, byte for byte.
func recipe(t *testing.T, language string) string {
	t.Helper()
	page, err := os.ReadFile(filepath.Join(repository, "docs", "recipes", "README.md"))
	require.NoError(t, err)
	var found []string
	for _, block := range fence.FindAllStringSubmatch(string(page), -1) {
		if block[1] == language {
			found = append(found, block[2])
		}
	}
	require.Len(t, found, 1, language)
	return found[0]
}

// writeFiles writes files into a new directory.
func writeFiles(t *testing.T, files map[string]string) (directory string) {
	t.Helper()
	directory = t.TempDir()
	for name, text := range files {
		require.NoError(t, os.MkdirAll(filepath.Dir(filepath.Join(directory, name)), 0o700))
		require.NoError(t, os.WriteFile(filepath.Join(directory, name), []byte(text), 0o600))
	}
	return directory
}

// runIn runs a program in a directory, with more variables, and returns its exit status and output.
func runIn(t *testing.T, directory string, variables []string, program string, args ...string) (int, string) {
	t.Helper()
	command := exec.CommandContext(t.Context(), program, args...)
	command.Dir = directory
	command.Env = append(os.Environ(), variables...)
	out, err := command.CombinedOutput()
	var exited *exec.ExitError
	if err != nil {
		require.True(t, errors.As(err, &exited), "%v", err)
		return exited.ExitCode(), string(out)
	}
	return 0, string(out)
}

func fromRepository(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(repository, name))
	require.NoError(t, err)
	return string(text)
}

// The test of the recipe passes in a module of its own, and fails for a client or a service that breaks the contract.
func TestTheGuardedTestOfTheRecipes(t *testing.T) {
	t.Parallel()
	root, err := filepath.Abs(repository)
	require.NoError(t, err)
	_, requirements, _ := strings.Cut(fromRepository(t, "go.mod"), "\n")
	files := map[string]string{
		"go.mod":        "module example.test/users\n" + requirements + "\nrequire " + module + " v0.0.0\n\nreplace " + module + " => " + root + "\n",
		"go.sum":        fromRepository(t, "go.sum"),
		"users_test.go": recipe(t, "go"),
	}
	variables := []string{"GOFLAGS=-mod=mod", "GOWORK=off"}
	code, out := runIn(t, writeFiles(t, files), variables, "go", "test", "./...")
	assert.Zero(t, code, out)

	files["broken_test.go"] = `package users_test

import (
	"bytes"
	"testing"

	"` + module + `/wrapper/wrappertest"
)

func TestBroken(t *testing.T) {
	cloud := wrappertest.New()
	cloud.IONOS.Fault(wrappertest.Fault{OperationID: "umUsersGet", Effect: wrappertest.EditResponse(func(r *wrappertest.Response) {
		r.Body = bytes.Replace(r.Body, []byte("\"offset\":0"), []byte("\"offset\":7"), 1)
	})})
	_, _ = guarded(t, cloud).ListUsers(t.Context())
}
`
	code, out = runIn(t, writeFiles(t, files), variables, "go", "test", "./...")
	assert.Equal(t, 1, code, out)
	assert.Contains(t, out, "(umUsersGet), status 200: response body /offset: is not what was requested [page]")

	delete(files, "broken_test.go")
	files["users_test.go"] = strings.Replace(files["users_test.go"], "Operations: 12", "Operations: 90", 1)
	code, out = runIn(t, writeFiles(t, files), variables, "go", "test", "./...")
	assert.Equal(t, 1, code, out)
	assert.Contains(t, out, "90 % required")
}

// workflow is what this test reads of a workflow.
type workflow struct {
	Defaults struct{ Run struct{ Shell string } }
	Jobs     map[string]struct {
		Steps []struct {
			Name, Run string
			Env       map[string]string
		}
	}
}

// The commands of the workflow are run as GitHub runs them, with the released version taken from this working copy: against an
// in-memory IONOS that keeps the contract, and one that does not.
func TestTheWorkflowOfTheRecipes(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("the workflow runs on Linux")
	}
	version := regexp.MustCompile(`const version = "(.*)"`).FindStringSubmatch(fromRepository(t, "wrapper/option.go"))[1]
	text := recipe(t, "yaml")
	require.Contains(t, text, "@v"+version+"\n", "the recipe installs the newest version")
	var flow workflow
	require.NoError(t, yaml.Unmarshal([]byte(text), &flow))
	require.Equal(t, "bash", flow.Defaults.Run.Shell)
	steps := flow.Jobs["probe"].Steps

	bin := t.TempDir()
	install := append(moduleProxy(t, "v"+version), "GOBIN="+bin)
	conforming, differing := wrappertest.New(), wrappertest.New()
	differing.IONOS.Fault(wrappertest.Fault{OperationID: "umGroupsGet", Effect: wrappertest.Reply(200,
		nil, `{"id":1}`)})
	for _, cloud := range []*wrappertest.Cloud{conforming, differing} {
		require.NoError(t, cloud.Listen("127.0.0.1:0", "127.0.0.1:0"))
		t.Cleanup(cloud.Close)
	}
	// A step's status, and that of the probe.
	for cloud, want := range map[*wrappertest.Cloud]int{conforming: 0, differing: 1} {
		directory := t.TempDir()
		summary := filepath.Join(directory, "summary.md")
		for _, step := range steps {
			if step.Run == "" {
				continue
			}
			variables := []string{"PATH=" + bin + string(os.PathListSeparator) + os.Getenv("PATH"), "GITHUB_STEP_SUMMARY=" + summary, "IONOS_API_URL=" + cloud.IONOS.URL()}
			if strings.Contains(step.Run, "go install") {
				variables = append(variables, install...)
			}
			for name, value := range step.Env {
				assert.Equal(t, "${{ secrets."+name+" }}", value)
				variables = append(variables, name+"="+wrappertest.Token)
			}
			code, out := runIn(t, directory, variables, "bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step.Run)
			expected := 0
			if step.Name == "Probe" {
				expected = want
			}
			require.Equal(t, expected, code, "%s: %s", step.Name, out)
		}
		for _, name := range []string{"probe.json", "probe.xml", "probe.sarif", "probe.txt"} {
			assert.FileExists(t, filepath.Join(directory, name))
		}
		page, err := os.ReadFile(summary)
		require.NoError(t, err)
		assert.Contains(t, string(page), "14 operations: ")
		var report struct {
			Tool struct{ Version, Build string }
		}
		data, err := os.ReadFile(filepath.Join(directory, "probe.json"))
		require.NoError(t, err)
		require.NoError(t, json.Unmarshal(data, &report))
		assert.Equal(t, version, report.Tool.Version)
		assert.Equal(t, version, report.Tool.Build, "what go install has built")
	}
}

// inAnotherModule is whether a directory above the file, other than the root, has a go.mod.
func inAnotherModule(name string, names []string) bool {
	for dir := path.Dir(name); dir != "."; dir = path.Dir(dir) {
		if slices.Contains(names, dir+"/go.mod") {
			return true
		}
	}
	return false
}

// moduleProxy serves this working copy as a version of the module, and every other module from the cache of the go command. It
// returns the variables that make the go command use it.
func moduleProxy(t *testing.T, version string) []string {
	t.Helper()
	files, err := exec.CommandContext(t.Context(), "git", "-C", repository, "-c", "safe.directory=*", "ls-files", "-z", "--cached", "--others", "--exclude-standard").Output()
	require.NoError(t, err)
	var archive bytes.Buffer
	writer := zip.NewWriter(&archive)
	names := strings.Split(strings.TrimSuffix(string(files), "\x00"), "\x00")
	for _, name := range names {
		if inAnotherModule(name, names) {
			continue
		}
		file, err := os.Open(filepath.Join(repository, name))
		if os.IsNotExist(err) {
			continue // deleted, and still listed
		}
		require.NoError(t, err)
		entry, err := writer.Create(module + "@" + version + "/" + name)
		require.NoError(t, err)
		_, err = io.Copy(entry, file)
		require.NoError(t, err)
		require.NoError(t, file.Close())
	}
	require.NoError(t, writer.Close())
	proxy := writeFiles(t, map[string]string{
		module + "/@v/list":                 version + "\n",
		module + "/@v/" + version + ".info": fmt.Sprintf(`{"Version":%q,"Time":"2026-01-02T03:04:05Z"}`, version),
		module + "/@v/" + version + ".mod":  fromRepository(t, "go.mod"),
		module + "/@v/" + version + ".zip":  archive.String(),
	})
	cache, err := exec.CommandContext(t.Context(), "go", "env", "GOMODCACHE").Output()
	require.NoError(t, err)
	return []string{
		"GOPROXY=file://" + filepath.ToSlash(proxy) + ",file://" + filepath.ToSlash(strings.TrimSpace(string(cache))) + "/cache/download",
		"GOMODCACHE=" + t.TempDir(), "GOSUMDB=off", "GOWORK=off", "GOFLAGS=-modcacherw -trimpath",
	}
}
