package main

import (
	"errors"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/cloudroster/cloudroster/wrapper/wrappertest"
)

// toolModule is a user's module that has the command as a tool, taken from this working copy. It needs no network:
// the command's own go.mod has every requirement already.
func toolModule(t *testing.T) (directory string) {
	t.Helper()
	const module = "github.com/cloudroster/cloudroster"
	root, err := filepath.Abs("../..")
	require.NoError(t, err)
	directory = t.TempDir()
	_, requirements, ok := strings.Cut(readFile(t, "../../go.mod"), "\n")
	require.True(t, ok)
	goMod := "module example.test/user\n" + requirements + "\nrequire " + module + " v0.0.0\n\nreplace " + module + " => " + root +
		"\n\ntool " + module + "/cmd/cloudroster\n"
	require.NoError(t, os.WriteFile(filepath.Join(directory, "go.mod"), []byte(goMod), 0o600))
	require.NoError(t, os.WriteFile(filepath.Join(directory, "go.sum"), []byte(readFile(t, "../../go.sum")), 0o600))
	return directory
}

// execute runs a program for an in-memory IONOS and returns its exit status and its output.
func execute(t *testing.T, cloud *wrappertest.Cloud, directory string, command ...string) (int, string) {
	t.Helper()
	program := exec.CommandContext(t.Context(), command[0], command[1:]...)
	program.Dir = directory
	program.Env = append(os.Environ(), "GOWORK=off", "GOFLAGS=-mod=mod", "IONOS_API_URL="+cloud.IONOS.URL(), "IONOS_TOKEN="+wrappertest.Token)
	out, err := program.CombinedOutput()
	var exited *exec.ExitError
	if err != nil {
		require.True(t, errors.As(err, &exited), "%v", err)
		return exited.ExitCode(), string(out)
	}
	return 0, string(out)
}

// The exit statuses of the built command, and through "go tool", which is the documented way to run it in a module.
func TestExitStatusesOfTheBuiltCommand(t *testing.T) {
	t.Parallel()
	directory := toolModule(t)
	binary := filepath.Join(t.TempDir(), "cloudroster.exe") // the name that every system runs
	conforming, differing, refusing := peopled(t), drifting(t), peopled(t)
	refusing.IONOS.Fault(wrappertest.Fault{Effect: wrappertest.Reply(401, http.Header{"Content-Type": {"application/json"}}, `{"httpStatus":401,"messages":[]}`)})
	for _, cloud := range []*wrappertest.Cloud{conforming, differing, refusing} {
		require.NoError(t, cloud.Listen("127.0.0.1:0", "127.0.0.1:0"))
		t.Cleanup(cloud.Close)
	}
	code, out := execute(t, conforming, directory, "go", "build", "-o", binary, "github.com/cloudroster/cloudroster/cmd/cloudroster")
	require.Zero(t, code, out)
	built, tool := []string{binary}, []string{"go", "tool", "cloudroster"}
	for _, c := range []struct {
		program []string
		cloud   *wrappertest.Cloud
		args    string
		want    int
		text    string
	}{
		{built, conforming, "probe -ionos", 0, "14 operations: 13 ok, 0 differ, 0 untested, 1 skipped"},
		{built, conforming, "probe -ionos -min 13 -timeout 10m", 0, ""},
		{built, differing, "probe -ionos", 1, "  DIFFERS   umUsersFindById\n"},
		{built, refusing, "probe -ionos", 2, "status 401"},
		{built, conforming, "probe -ionos -min 14", 2, ""},
		{built, conforming, "probe", 2, "cloudroster probe: -ionos or -triton is required\n"},
		{built, conforming, "probe -h", 0, "-fail-on"},
		{tool, conforming, "probe -ionos", 0, ""},
		{tool, differing, "probe -ionos", 1, ""},
		{tool, refusing, "probe -ionos", 2, ""},
	} {
		code, out := execute(t, c.cloud, directory, append(c.program, strings.Fields(c.args)...)...)
		assert.Equal(t, c.want, code, "%v %s: %s", c.program, c.args, out)
		assert.Contains(t, out, c.text)
	}
}
