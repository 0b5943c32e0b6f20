package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"github.com/cloudroster/cloudroster/internal/sandbox"
)

// sandboxCommand serves both in-memory clouds. It takes the signals itself, since "sandbox run"
// passes them on.
func sandboxCommand(ctx context.Context, args []string, env environment) (int, error) {
	signals := make(chan os.Signal, 4)
	ends := []os.Signal{os.Interrupt, syscall.SIGTERM}
	if !signal.Ignored(syscall.SIGHUP) { // as under nohup
		ends = append(ends, syscall.SIGHUP)
	}
	signal.Notify(signals, ends...)
	defer signal.Stop(signals)
	return sandbox.Command(context.WithoutCancel(ctx), args, sandbox.Process{
		Stdin: os.Stdin, Stdout: env.stdout, Stderr: env.stderr, Environ: os.Environ(),
		Signals: signals, Orphaned: sandbox.ParentGone(), Reap: true,
	})
}
