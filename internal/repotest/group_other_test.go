//go:build !unix

package repotest

import (
	"os"
	"syscall"
)

func ownGroup() *syscall.SysProcAttr { return nil }

func interruptGroup(leader *os.Process) error { return leader.Kill() }
