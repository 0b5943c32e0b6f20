package sandbox

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"syscall"
	"time"
)

// Exit statuses of a command that could not be started, as shells have them.
const (
	cannotExecute = 126
	notFound      = 127
)

// run runs a command with the sandbox's variables and returns its exit status.
func (s *sandbox) run(ctx context.Context, args []string) int {
	// Its signals come from passSignals, not from the context. #nosec G702 -- running it is what run is for
	command := exec.CommandContext(context.WithoutCancel(ctx), args[0], args[1:]...)
	command.Stdin, command.Stdout, command.Stderr = s.process.Stdin, s.process.Stdout, s.process.Stderr
	variables := s.variables
	if s.key != nil && s.key.socket != "" {
		variables = append(variables[:len(variables):len(variables)], variable{"SSH_AUTH_SOCK", s.key.socket})
	}
	command.Env = environment(s.process.Environ, variables, s.certificateHosts())
	command.WaitDelay = max(s.grace, time.Second) // for pipes that are copied and that a straggler holds open
	group := newGroup(command)
	if s.process.Reap {
		adoptOrphans()
		group.reap = reapOrphans
	}
	if err := command.Start(); err != nil {
		fmt.Fprintf(s.process.Stderr, "cloudroster sandbox run: %v\n", err)
		if errors.Is(err, exec.ErrNotFound) || errors.Is(err, fs.ErrNotExist) {
			return notFound
		}
		return cannotExecute
	}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_ = command.Wait() // the state says more
	}()
	s.passSignals(ctx, group, ended)
	group.end(s.grace)
	if s.process.Reap {
		endOrphans(s.grace)
	}
	return statusOf(command.ProcessState)
}

// passSignals passes signals on until the command has ended. A second one, or too long a time after
// the first, kills it.
func (s *sandbox) passSignals(ctx context.Context, group *group, ended <-chan struct{}) {
	var late <-chan time.Time
	done, orphaned := ctx.Done(), s.process.Orphaned
	ending := func(received os.Signal) {
		if late != nil {
			received = syscall.SIGKILL
		}
		group.signal(received)
		late = time.After(s.grace)
	}
	for {
		select {
		case <-ended:
			return
		case received := <-s.process.Signals:
			if !group.has(received) {
				ending(received)
			}
		case <-done:
			done = nil
			ending(syscall.SIGTERM)
		case <-orphaned:
			orphaned = nil
			ending(syscall.SIGTERM)
		case <-late:
			group.signal(syscall.SIGKILL)
		}
	}
}

// statusOf is the exit status as a shell has it: 128 and the number of the signal that ended it.
func statusOf(state *os.ProcessState) int {
	if status, ok := state.Sys().(syscall.WaitStatus); ok && status.Signaled() {
		return 128 + int(status.Signal())
	}
	return state.ExitCode()
}
