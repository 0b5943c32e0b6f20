//go:build unix

package sandbox

import (
	"context"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// program is the test binary as the sandbox, in a process group of its own.
func program(t *testing.T, args ...string) *exec.Cmd {
	t.Helper()
	command := exec.Command(os.Args[0], append([]string{"sandbox"}, args...)...)
	command.Env = append(os.Environ(), "TMPDIR="+t.TempDir())
	command.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	return command
}

// finish waits until every process that holds the program's standard output has ended, and returns
// what they wrote and the program's exit status.
func finish(t *testing.T, command *exec.Cmd, started func(line string)) (string, int) {
	t.Helper()
	stdout, err := command.StdoutPipe()
	require.NoError(t, err)
	var stderr output
	command.Stderr = &stderr
	require.NoError(t, command.Start())
	first := make([]byte, 4096)
	n, err := stdout.Read(first)
	require.True(t, err == nil || err == io.EOF, "%v", err)
	if started != nil {
		started(string(first[:n]))
	}
	rest, err := io.ReadAll(stdout)
	require.NoError(t, err)
	_ = command.Wait()
	assert.Empty(t, stderr.String())
	for _, variable := range command.Env {
		if directory, ok := strings.CutPrefix(variable, "TMPDIR="); ok {
			left, err := filepath.Glob(filepath.Join(directory, "*"))
			require.NoError(t, err)
			assert.Empty(t, left)
		}
	}
	return string(first[:n]) + string(rest), command.ProcessState.ExitCode()
}

func TestRunGivesTheCommandTheSandboxAndNothingElse(t *testing.T) {
	t.Parallel()
	command := program(t, "run", "--", "env")
	command.Env = append(command.Env, "IONOS_TOKEN=a-real-one", "TRITON_USER=bob", "TRITON_PROFILE=work", "SDC_TESTING=1",
		"IONOS_CONFIG_FILE=/etc/ionos", "HTTP_PROXY=http://proxy:1", "no_proxy=intranet", "KEPT=yes")
	printed, status := finish(t, command, nil)
	assert.Zero(t, status)
	variables := map[string]string{}
	for line := range strings.Lines(printed) {
		name, value, _ := strings.Cut(strings.TrimSpace(line), "=")
		variables[name] = value
	}
	for _, name := range []string{"TRITON_USER", "SDC_TESTING", "IONOS_CONFIG_FILE", "IONOS_CONTRACT_NUMBER"} {
		assert.NotContains(t, variables, name)
	}
	for _, name := range []string{"IONOS_API_URL", "IONOS_USERNAME", "IONOS_PASSWORD", "TRITON_URL", "TRITON_ACCOUNT", "TRITON_KEY_ID", "TRITON_KEY_MATERIAL", "SDC_URL", "SDC_ACCOUNT", "SDC_KEY_ID"} {
		assert.NotEmpty(t, variables[name], name)
	}
	assert.NotEqual(t, "a-real-one", variables["IONOS_TOKEN"])
	assert.Equal(t, "env", variables["TRITON_PROFILE"])
	assert.Contains(t, variables["SSH_AUTH_SOCK"], "agent.sock")
	assert.Equal(t, "yes", variables["KEPT"])
	assert.Equal(t, "http://proxy:1", variables["HTTP_PROXY"])
	assert.Equal(t, "intranet,127.0.0.1,::1,localhost", variables["NO_PROXY"])
}

func TestRunEndsWithTheStatusOfItsCommand(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name   string
		args   []string
		status int
	}{
		{"success", []string{"--", "true"}, 0},
		{"without the dashes", []string{"true"}, 0},
		{"failure", []string{"--", "sh", "-c", "exit 7"}, 7},
		{"killed", []string{"--", "sh", "-c", "kill -KILL $$"}, 128 + 9},
		{"input is handed on", []string{"--", "sh", "-c", "read line; exit $line"}, 9},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			command := program(t, append([]string{"run"}, test.args...)...)
			command.Stdin = strings.NewReader("9\n")
			_, status := finish(t, command, nil)
			assert.Equal(t, test.status, status)
		})
	}
}

func TestRunOfWhatCannotBeStarted(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]int{"no-such-program": notFound, filepath.Join(t.TempDir(), "no"): notFound, write(t, "text", "hello"): cannotExecute} {
		var stderr output
		status, err := Command(t.Context(), []string{"run", "--", name}, Process{Stdout: io.Discard, Stderr: &stderr})
		require.NoError(t, err)
		assert.Equal(t, want, status)
		assert.Equal(t, 1, strings.Count(stderr.String(), "\n"), "one line: %s", stderr.String())
	}
}

// Whatever the command leaves behind would hold standard output open: in its process group, and on
// Linux in a session of its own.
func TestNothingIsLeftRunning(t *testing.T) {
	t.Parallel()
	script := "sleep 1000 & "
	if _, err := exec.LookPath("setsid"); err == nil && orphansAreEnded {
		script += "setsid sleep 1000 & (trap '' TERM; setsid sleep 1000 &) & "
	}
	_, status := finish(t, program(t, "run", "-grace", "200ms", "--", "sh", "-c", script+"exit 3"), nil)
	assert.Equal(t, 3, status)
}

func TestSignalsArePassedOn(t *testing.T) {
	t.Parallel()
	for _, received := range []syscall.Signal{syscall.SIGINT, syscall.SIGTERM} {
		// The shell reports jobs that were terminated on standard error.
		command := program(t, "run", "--", "sh", "-c", "exec 2>/dev/null; trap 'echo cleaned; exit 5' INT TERM; echo ready; while :; do sleep 1000 & wait $!; done")
		printed, status := finish(t, command, func(line string) {
			require.Equal(t, "ready\n", line)
			require.NoError(t, command.Process.Signal(received))
		})
		assert.Equal(t, "ready\ncleaned\n", printed)
		assert.Equal(t, 5, status)
	}
}

func TestASecondSignalKills(t *testing.T) {
	t.Parallel()
	command := program(t, "run", "--", "sh", "-c", "trap 'echo no' TERM; echo ready; while :; do sleep 1000 & wait $!; done")
	stdout, err := command.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, command.Start())
	for range 2 { // "ready", and "no" once the first signal was ignored
		_, err = stdout.Read(make([]byte, 100))
		require.NoError(t, err)
		require.NoError(t, command.Process.Signal(syscall.SIGTERM))
	}
	_, err = io.ReadAll(stdout)
	require.NoError(t, err)
	_ = command.Wait()
	assert.Equal(t, 128+9, command.ProcessState.ExitCode())
}

func TestTheServersEndCleanlyOnASignal(t *testing.T) {
	t.Parallel()
	for _, received := range []syscall.Signal{syscall.SIGINT, syscall.SIGTERM} {
		command := program(t)
		_, status := finish(t, command, func(line string) {
			require.Contains(t, line, "export IONOS_API_URL=")
			require.NoError(t, command.Process.Signal(received))
		})
		assert.Zero(t, status)
	}
}

func TestRunEndsWithItsContext(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	status, err := Command(ctx, []string{"run", "--", "sleep", "1000"}, Process{Stdout: io.Discard, Stderr: io.Discard})
	require.NoError(t, err)
	assert.Equal(t, 128+15, status)
}
