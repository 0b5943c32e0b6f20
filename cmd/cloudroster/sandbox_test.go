//go:build unix

package main

import (
	"bufio"
	"bytes"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// However the program is started and ended, neither it nor its command is left: both hold standard
// output, which ends with the last of them. "go run" itself has no other status than 1.
func TestTheSandboxLeavesNothingRunning(t *testing.T) {
	t.Parallel()
	built := filepath.Join(t.TempDir(), "cloudroster")
	out, err := exec.Command("go", "build", "-buildvcs=false", "-o", built, ".").CombinedOutput()
	require.NoError(t, err, "%s", out)
	script := []string{"sandbox", "run", "--", "sh", "-c", "trap 'exit 5' TERM; trap 'exit 6' INT; echo ready; while :; do sleep 1000 & wait $!; done"}
	goRun := append([]string{"go", "run", "-buildvcs=false", "."}, script...)
	for _, test := range []struct {
		name     string
		args     []string
		received syscall.Signal
		group    bool // the whole process group gets it, as by Ctrl-C
		status   int
	}{
		{"a built program, interrupted", append([]string{built}, script...), syscall.SIGINT, false, 6},
		{"a built program, terminated", append([]string{built}, script...), syscall.SIGTERM, false, 5},
		{"go run, interrupted", goRun, syscall.SIGINT, true, 1},
		{"go run, terminated", goRun, syscall.SIGTERM, false, -1},
		{"go run, killed", goRun, syscall.SIGKILL, false, -1},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			command := exec.Command(test.args[0], test.args[1:]...)
			temporary := t.TempDir()
			command.Env = append(os.Environ(), "TMPDIR="+temporary)
			command.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
			stdout, err := command.StdoutPipe()
			require.NoError(t, err)
			require.NoError(t, command.Start())
			lines := bufio.NewReader(stdout)
			line, err := lines.ReadString('\n')
			require.NoError(t, err)
			require.Equal(t, "ready\n", line)
			to := command.Process.Pid
			if test.group {
				to = -to
			}
			require.NoError(t, syscall.Kill(to, test.received))
			_, err = io.ReadAll(lines)
			require.NoError(t, err)
			_ = command.Wait()
			assert.Equal(t, test.status, command.ProcessState.ExitCode())
			left, err := filepath.Glob(filepath.Join(temporary, "cloudroster-*"))
			require.NoError(t, err)
			assert.Empty(t, left, "its directory is removed")
		})
	}
}

func TestSandboxArguments(t *testing.T) {
	t.Parallel()
	var stderr bytes.Buffer
	assert.Equal(t, untested, run(t.Context(), []string{"sandbox", "-queued", "x"}, environment{stdout: io.Discard, stderr: &stderr}))
	assert.Equal(t, "cloudroster sandbox: invalid value \"x\" for flag -queued: must be a duration such as 500ms, not below 0\n", stderr.String())
	stderr.Reset()
	assert.Equal(t, conforms, run(t.Context(), []string{"sandbox", "-h"}, environment{stdout: io.Discard, stderr: &stderr}))
	assert.Contains(t, stderr.String(), "usage: cloudroster sandbox [flags]\n       cloudroster sandbox run [flags] -- command [arguments]\n")
}
