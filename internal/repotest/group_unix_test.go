//go:build unix

package repotest

import (
	"os"
	"syscall"
)

// ownGroup lets a command and what it starts be interrupted together, and this test not.
func ownGroup() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setpgid: true} }

func interruptGroup(leader *os.Process) error { return syscall.Kill(-leader.Pid, syscall.SIGINT) }
