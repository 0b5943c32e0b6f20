package main

import (
	"context"
	"fmt"
	"os"
	"time"

	"github.com/cloudroster/cloudroster/wrapper/wrappertest"
)

// sandboxCommand serves an in-memory IONOS and an in-memory Triton until ctx ends, and prints the
// variables that point clients at them.
func sandboxCommand(ctx context.Context, args []string, env environment) (int, error) {
	flags := newFlags(env, "sandbox", "[flags]")
	ionos := flags.String("ionos", "127.0.0.1:0", "the `address` to serve IONOS at; port 0 is a free one")
	triton := flags.String("triton", "127.0.0.1:0", "the `address` to serve Triton at; port 0 is a free one")
	keyFile := flags.String("triton-key", "", "a `file` with the public key that may sign for the Triton account")
	queued := flags.Duration("queued", time.Second, "how long an IONOS request is QUEUED")
	running := flags.Duration("running", 2*time.Second, "how long it is RUNNING after that")
	if err := flags.Parse(args); err != nil {
		return untested, err
	}
	if flags.NArg() > 0 {
		return untested, fmt.Errorf("unexpected argument %q", flags.Arg(0))
	}

	cloud := wrappertest.New(wrappertest.WithRequestTimes(*queued, *running))
	fingerprint := ""
	if *keyFile != "" {
		text, err := os.ReadFile(*keyFile)
		if err != nil {
			return untested, err
		}
		key, err := wrappertest.ParsePublicKey(text)
		if err != nil {
			return untested, fmt.Errorf("%s: %w", *keyFile, err)
		}
		cloud.Triton.AddKey("sandbox", key)
		fingerprint = wrappertest.Fingerprint(key)
	}
	if err := cloud.Listen(*ionos, *triton); err != nil {
		return untested, err
	}
	defer cloud.Close()

	fmt.Fprintf(env.stdout, "export IONOS_API_URL=%s\n", cloud.IONOS.URL())
	fmt.Fprintf(env.stdout, "export IONOS_TOKEN=%s\n", wrappertest.Token)
	fmt.Fprintf(env.stdout, "export TRITON_URL=%s\n", cloud.Triton.URL())
	fmt.Fprintf(env.stdout, "export TRITON_ACCOUNT=%s\n", wrappertest.Account)
	if fingerprint != "" {
		fmt.Fprintf(env.stdout, "export TRITON_KEY_ID=%s\n", fingerprint)
	} else {
		fmt.Fprintln(env.stdout, "# Triton lets nobody in: name a public key with -triton-key.")
	}
	fmt.Fprintln(env.stdout, "# An interrupt (Ctrl-C) stops both.")

	<-ctx.Done()
	return conforms, nil
}
