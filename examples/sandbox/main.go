// Command sandbox serves an in-memory IONOS and an in-memory Triton until it is interrupted, and
// prints the variables that point clients at them: this library's, the vendors', and curl.
//
//	ssh-keygen -q -t ed25519 -N "" -f sandbox_key
//	go run ./examples/sandbox -ionos 127.0.0.1:8081 -triton 127.0.0.1:8082 -triton-key sandbox_key.pub
//
// Both clouds start empty, and what is in them is gone when they stop.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/cloudroster/cloudroster/wrapper/wrappertest"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	err := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	if errors.Is(err, flag.ErrHelp) {
		return
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "sandbox:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string, out, usage io.Writer) error {
	flags := flag.NewFlagSet("sandbox", flag.ContinueOnError)
	flags.SetOutput(usage)
	ionos := flags.String("ionos", "127.0.0.1:0", "the `address` to serve IONOS at; port 0 is a free one")
	triton := flags.String("triton", "127.0.0.1:0", "the `address` to serve Triton at; port 0 is a free one")
	keyFile := flags.String("triton-key", "", "a `file` with the public key that may sign for the Triton account")
	queued := flags.Duration("queued", time.Second, "how long an IONOS request is QUEUED")
	running := flags.Duration("running", 2*time.Second, "how long it is RUNNING after that")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if flags.NArg() > 0 {
		return fmt.Errorf("unexpected argument %q", flags.Arg(0))
	}

	cloud := wrappertest.New(wrappertest.WithRequestTimes(*queued, *running))
	fingerprint := ""
	if *keyFile != "" {
		text, err := os.ReadFile(*keyFile)
		if err != nil {
			return err
		}
		key, err := wrappertest.ParsePublicKey(text)
		if err != nil {
			return fmt.Errorf("%s: %w", *keyFile, err)
		}
		cloud.Triton.AddKey("sandbox", key)
		fingerprint = wrappertest.Fingerprint(key)
	}
	if err := cloud.Listen(*ionos, *triton); err != nil {
		return err
	}
	defer cloud.Close()

	fmt.Fprintf(out, "export IONOS_API_URL=%s\n", cloud.IONOS.URL())
	fmt.Fprintf(out, "export IONOS_TOKEN=%s\n", wrappertest.Token)
	fmt.Fprintf(out, "export TRITON_URL=%s\n", cloud.Triton.URL())
	fmt.Fprintf(out, "export TRITON_ACCOUNT=%s\n", wrappertest.Account)
	if fingerprint != "" {
		fmt.Fprintf(out, "export TRITON_KEY_ID=%s\n", fingerprint)
	} else {
		fmt.Fprintln(out, "# Triton lets nobody in: name a public key with -triton-key.")
	}
	fmt.Fprintln(out, "# An interrupt (Ctrl-C) stops both.")

	<-ctx.Done()
	return nil
}
