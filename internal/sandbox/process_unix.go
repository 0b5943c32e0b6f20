//go:build unix

package sandbox

import (
	"errors"
	"os"
	"os/exec"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// group is the process group of a command.
type group struct {
	command *exec.Cmd
	own     bool   // the command leads a group of its own
	reap    func() // collects ended processes that became ours, which count until then; may be nil
}

// newGroup puts the command into a group of its own, so that whatever it starts can be reached. In
// the foreground of a terminal it stays in ours: the terminal then stops, continues and interrupts
// it as usual, and lets it read.
func newGroup(command *exec.Cmd) *group {
	g := &group{command: command, own: !inForeground()}
	if g.own {
		command.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	}
	return g
}

func inForeground() bool {
	terminal, err := os.OpenFile("/dev/tty", os.O_RDWR, 0)
	if err != nil {
		return false
	}
	defer terminal.Close()
	foreground, err := unix.IoctlGetInt(int(terminal.Fd()), unix.TIOCGPGRP)
	return err == nil && foreground == unix.Getpgrp()
}

// has reports whether the command got a signal already: the terminal interrupts all of its
// foreground, and the command may go on after that.
func (g *group) has(received os.Signal) bool { return !g.own && received == os.Interrupt }

// signal sends a signal to the group, or to the command alone if the group is not its own.
func (g *group) signal(received os.Signal) {
	number, ok := received.(syscall.Signal)
	switch {
	case !ok:
	case g.own:
		_ = syscall.Kill(-g.command.Process.Pid, number) // fails if it has ended
	default:
		_ = g.command.Process.Signal(number)
	}
}

// end ends what is left of the group after the command: asked first, killed after the time.
func (g *group) end(wait time.Duration) {
	if !g.own {
		return
	}
	if g.send(syscall.SIGTERM) || g.gone(wait) {
		return
	}
	g.send(syscall.SIGKILL)
	g.gone(wait)
}

// send reports whether there was nobody to send the signal to.
func (g *group) send(number syscall.Signal) (nobody bool) {
	return errors.Is(syscall.Kill(-g.command.Process.Pid, number), syscall.ESRCH)
}

// gone waits until the group has no process.
func (g *group) gone(wait time.Duration) bool {
	return until(wait, func() bool {
		if g.reap != nil {
			g.reap()
		}
		return g.send(0)
	})
}
