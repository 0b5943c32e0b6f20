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

func (g *group) signal(received os.Signal) {
	if received == os.Interrupt {
		return // the console has sent it to the command, too
	}
	_ = g.command.Process.Kill()
}

func (g *group) end(time.Duration) {}
