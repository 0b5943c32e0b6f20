package sandbox

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// adoptOrphans makes this process the parent of processes that lose theirs, those in sessions of
// their own included.
// orphansAreEnded tells whether processes in sessions of their own are ended, too.
const orphansAreEnded = true

func adoptOrphans() {
	_ = unix.Prctl(unix.PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) // Linux 3.4
}

// reapOrphans collects the children that have ended.
func reapOrphans() { living(children()) }

// living returns those processes that have not ended, and collects the others.
func living(pids []int) []int {
	return slices.DeleteFunc(pids, func(pid int) bool {
		reaped, err := syscall.Wait4(pid, nil, syscall.WNOHANG, nil)
		return reaped == pid || errors.Is(err, syscall.ECHILD)
	})
}

// endOrphans ends all children, and theirs as they become ours: asked first, killed after the time.
func endOrphans(wait time.Duration) {
	asked := map[int]bool{}
	ended := until(wait, func() bool {
		left := living(children())
		for _, pid := range left {
			if !asked[pid] {
				asked[pid] = true
				_ = syscall.Kill(pid, syscall.SIGTERM) // fails if it has just ended
			}
		}
		return len(left) == 0
	})
	if ended {
		return
	}
	until(max(wait, time.Second), func() bool {
		left := living(children())
		for _, pid := range left {
			_ = syscall.Kill(pid, syscall.SIGKILL)
		}
		return len(left) == 0
	})
}

// children are the processes whose parent this one is.
func children() []int {
	var list []int
	own := []byte(strconv.Itoa(os.Getpid()))
	names, _ := filepath.Glob("/proc/[0-9]*/stat") // the pattern is well-formed
	for _, name := range names {
		stat, err := os.ReadFile(name)
		if err != nil {
			continue // it has ended
		}
		// "pid (name) state parent ...", where the name may hold anything.
		fields := bytes.Fields(stat[bytes.LastIndexByte(stat, ')')+1:])
		if len(fields) < 2 || !bytes.Equal(fields[1], own) {
			continue
		}
		if pid, err := strconv.Atoi(filepath.Base(filepath.Dir(name))); err == nil {
			list = append(list, pid)
		}
	}
	return list
}
