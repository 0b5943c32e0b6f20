package sandbox

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
)

// Exit statuses.
const (
	success   = 0
	violated  = 1
	undecided = 2
)

// Process is what the program takes from the process that it runs in.
type Process struct {
	// Stdin, Stdout and Stderr are handed to the command of run, too. Files are handed on as they are.
	Stdin          io.Reader
	Stdout, Stderr io.Writer
	// Environ is the environment that the command of run inherits, as of os.Environ.
	Environ []string
	// Signals end the program; run passes them on to its command.
	Signals <-chan os.Signal
	// Orphaned is closed when nobody waits for the process any more. nil never is.
	Orphaned <-chan struct{}
	// Reap ends every process that the command of run left behind. It must not be set where the
	// process has other children.
	Reap bool
}

// Command runs the sandbox until a signal arrives or ctx ends, or, if the first of args is "run",
// until its command has ended. It returns the exit status. An error is about the arguments, or
// about what they name, and is one line.
func Command(ctx context.Context, args []string, p Process) (int, error) {
	var c config
	flags := newFlags(&c)
	run := len(args) > 0 && args[0] == "run"
	if run {
		args = args[1:]
	}
	rest, err := parse(flags, &c, args, run)
	if errors.Is(err, flag.ErrHelp) {
		fmt.Fprint(p.Stderr, "usage: cloudroster sandbox [flags]\n       cloudroster sandbox run [flags] -- command [arguments]\n")
		flags.SetOutput(p.Stderr)
		flags.PrintDefaults()
		return success, nil
	}
	if err != nil {
		return undecided, err
	}
	s, err := start(c, p)
	if err != nil {
		return undecided, err
	}
	status := success
	if run {
		status = s.run(ctx, rest)
	} else {
		s.print()
		s.wait(ctx)
	}
	if err := s.stop(); err != nil {
		return undecided, err
	}
	if n := s.findings.count(); n > 0 {
		fmt.Fprintf(p.Stderr, "cloudroster sandbox: %d contract violations\n", n)
		if status == success {
			status = violated
		}
	}
	return status, nil
}

// wait returns when the program is to end.
func (s *sandbox) wait(ctx context.Context) {
	select {
	case <-ctx.Done():
	case <-s.process.Signals:
	case <-s.process.Orphaned:
	}
}
