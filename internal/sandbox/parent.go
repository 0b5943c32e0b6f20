package sandbox

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// ParentGone returns a channel that is closed when the parent of the process ends, or nil unless
// the parent is the go command. A signal that is sent to "go run" alone ends go and leaves the
// program running; other parents, such as shells and service managers, may end before it.
func ParentGone() <-chan struct{} {
	parent := os.Getppid()
	if name := processName(parent); name != "go" && name != "go.exe" {
		return nil
	}
	gone := make(chan struct{})
	go func() {
		defer close(gone)
		for os.Getppid() == parent {
			time.Sleep(200 * time.Millisecond)
		}
	}()
	return gone
}

// processName is the name of a process's program, empty if it cannot be found out.
func processName(pid int) string {
	number := strconv.Itoa(pid)
	if text, err := os.ReadFile("/proc/" + number + "/comm"); err == nil {
		return strings.TrimSpace(string(text))
	}
	text, err := exec.CommandContext(context.Background(), "ps", "-o", "comm=", "-p", number).Output()
	if err != nil {
		return ""
	}
	return filepath.Base(strings.TrimSpace(string(text)))
}
