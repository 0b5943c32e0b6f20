//go:build !unix

package sandbox

import (
	"os"
	"os/exec"
	"time"
)

// group is the command alone where there are no process groups.
type group struct {
	command *exec.Cmd
	reap    func()
}

func newGroup(command *exec.Cmd) *group { return &group{command: command} }

// has reports whether the command got a signal already: the console interrupts all of its processes.
func (g *group) has(received os.Signal) bool { return received == os.Interrupt }

func (g *group) signal(os.Signal) { _ = g.command.Process.Kill() }

func (g *group) end(time.Duration) {}
