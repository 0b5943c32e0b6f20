package sandbox

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"
)

// terminal returns both ends of a new pseudo-terminal.
func terminal(t *testing.T) (master, slave *os.File) {
	t.Helper()
	master, err := os.OpenFile("/dev/ptmx", os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		t.Skipf("there are no pseudo-terminals: %v", err)
	}
	t.Cleanup(func() { _ = master.Close() })
	require.NoError(t, unix.IoctlSetPointerInt(int(master.Fd()), unix.TIOCSPTLCK, 0))
	number, err := unix.IoctlGetInt(int(master.Fd()), unix.TIOCGPTN)
	require.NoError(t, err)
	slave, err = os.OpenFile(fmt.Sprintf("/dev/pts/%d", number), os.O_RDWR|syscall.O_NOCTTY, 0)
	require.NoError(t, err)
	return master, slave
}

// At a terminal the command reads what is typed, Ctrl-C interrupts it, and nothing is left.
func TestRunAtATerminal(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name, script, typed string
		status              int
	}{
		{"reading", "echo ready; read line; exit $line", "9\n", 9},
		{"interrupted and going on", "trap 'echo again' INT; echo ready; until read line; do :; done; exit $line", "\x03\x037\n", 7},
		{"interrupted", "trap 'exit 6' INT; sleep 1000 & echo ready; while :; do sleep 1; done", "\x03", 6},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			master, slave := terminal(t)
			command := exec.Command(os.Args[0], "sandbox", "run", "--", "sh", "-c", test.script)
			command.Env = append(os.Environ(), "TMPDIR="+t.TempDir())
			command.Stdin, command.Stdout, command.Stderr = slave, slave, slave
			command.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
			require.NoError(t, command.Start())
			require.NoError(t, slave.Close())
			lines := bufio.NewReader(master)
			line, err := lines.ReadString('\n')
			require.NoError(t, err)
			require.Equal(t, "ready", strings.TrimSpace(line))
			_, err = io.WriteString(master, test.typed)
			require.NoError(t, err)
			_, _ = io.ReadAll(lines) // ends, with an error, when nobody has the terminal any more
			_ = command.Wait()
			assert.Equal(t, test.status, command.ProcessState.ExitCode())
		})
	}
}
