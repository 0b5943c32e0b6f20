// Command cloudroster serves both clouds in memory, and checks live endpoints, documents and
// coverage against the contract.
//
//	cloudroster sandbox run -- npm test
//	cloudroster probe -ionos
//	cloudroster diff OLD NEW
//	cloudroster coverage DIRECTORY
//
// sandbox serves an in-memory IONOS and an in-memory Triton until it is interrupted, and prints the
// variables that point clients at them: this library's, the vendors', and curl. "sandbox run" runs a
// command with these variables, and ends with it and with its exit status. docs/sandbox.md describes
// both.
//
// probe sends only GET requests, with the caller's own credentials (the variables that the vendors'
// tools read), reads what it finds, and checks every response against openapi.yaml. It prints the operations of
// each cloud, first those that differ, and the findings by rule; -json, -junit and -sarif write the same for
// programs. Every report names the hosts, the document and the version, and none holds a value of a response.
//
// A tolerance list (-tolerate) names known deviations, one a line: a rule, an operation ID and a place, as in the
// findings, with * for any text and # before a remark. A line that matches nothing is reported.
//
//	format  *           response body *Date     # dates without a zone
//	enum    umUsersGet  response body /items/*/type
//
// With -fail-on violation, drift has no effect on the exit status; -min is how many operations must have been
// tested; -timeout limits the whole run; -spec checks against another document. The report of an operation that
// could not be tested says why: the host name, the certificate, a refused connection, a timeout, a status, or a
// maintenance page.
//
// diff reports what a change of the document means for a client on the wire and for a Go program, and
// which version number it needs. OLD and NEW are two documents, or two checkouts of the repository.
//
// coverage adds up the files that contract.Coverage.Save wrote.
//
// Exit status: 0 on success, 1 when something differs (a violation, drift, a change that is too great, too
// little coverage), 2 when that could not be determined. "go run" turns every failure into 1, so install the
// command, or add it to a module as a tool:
//
//	go install github.com/cloudroster/cloudroster/cmd/cloudroster@latest
//	cloudroster probe -ionos
//
//	go get -tool github.com/cloudroster/cloudroster/cmd/cloudroster@latest
//	go tool cloudroster probe -ionos
//
// Each command explains its flags with -h.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"os/signal"
	"strings"
	"syscall"

	"github.com/cloudroster/cloudroster/wrapper"
	"github.com/cloudroster/cloudroster/wrapper/profile"
)

// Exit statuses.
const (
	conforms  = 0
	differs   = 1
	untested  = 2
	usageText = "usage: cloudroster sandbox|probe|diff|coverage [flags] [arguments]; cloudroster COMMAND -h explains"
)

// environment is what the commands take from the process, and what tests replace.
type environment struct {
	stdout, stderr io.Writer
	transport      http.RoundTripper
	ionos          func(...wrapper.IONOSOption) (*wrapper.IONOS, error)
	triton         func(...wrapper.TritonOption) (*wrapper.Triton, error)
	// command runs a program and returns what it prints to stdout.
	command func(*exec.Cmd) ([]byte, error)
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	os.Exit(run(ctx, os.Args[1:], environment{
		stdout: os.Stdout, stderr: os.Stderr, transport: http.DefaultTransport,
		ionos: wrapper.NewIONOSFromEnv,
		triton: func(opts ...wrapper.TritonOption) (*wrapper.Triton, error) {
			client, _, err := profile.NewTriton(ctx, opts...)
			return client, err
		},
		command: runProgram,
	}))
}

func run(ctx context.Context, args []string, env environment) int {
	if len(args) == 0 {
		fmt.Fprintln(env.stderr, usageText)
		return untested
	}
	commands := map[string]func(context.Context, []string, environment) (int, error){
		"probe": probeCommand, "diff": diffCommand, "coverage": coverageCommand,
		"sandbox": sandboxCommand,
	}
	command, ok := commands[args[0]]
	if !ok {
		fmt.Fprintln(env.stderr, usageText)
		return untested
	}
	code, err := command(ctx, args[1:], env)
	if errors.Is(err, flag.ErrHelp) {
		return conforms
	}
	if err != nil {
		fmt.Fprintf(env.stderr, "cloudroster %s: %v\n", args[0], err)
		return untested
	}
	return code
}

// newFlags makes the flags of a command; their errors are returned, not printed.
func newFlags(env environment, name, arguments string) *flag.FlagSet {
	flags := flag.NewFlagSet(name, flag.ContinueOnError)
	flags.SetOutput(env.stderr)
	flags.Usage = func() {
		fmt.Fprintf(env.stderr, "usage: cloudroster %s %s\n", name, arguments)
		flags.PrintDefaults()
	}
	return flags
}

// runProgram adds the last line of stderr to the error.
func runProgram(command *exec.Cmd) ([]byte, error) {
	out, err := command.Output()
	var failed *exec.ExitError
	if errors.As(err, &failed) {
		lines := strings.Split(strings.TrimSpace(string(failed.Stderr)), "\n")
		return out, fmt.Errorf("%w: %s", err, lines[len(lines)-1])
	}
	return out, err
}
