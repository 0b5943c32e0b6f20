// Command access reports who can do what on IONOS and on Triton: users, and what their groups,
// shares and roles allow them. It only reads.
//
//	go run ./examples/access                              # a table
//	go run ./examples/access -format csv  > access.csv    # also json
//	go run ./examples/access -format html > access.html   # one page to sort and filter
//
// Privileges that IONOS added after this version was made are in the report, too.
//
// The clouds are those that the environment names (IONOS_TOKEN, or IONOS_USERNAME and IONOS_PASSWORD;
// TRITON_URL, TRITON_ACCOUNT and TRITON_KEY_ID, or TRITON_PROFILE), or two in memory, with a few
// people, if it names none.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/cloudroster/cloudroster/wrapper"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Args[1:], os.Stdout, os.Stderr); err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "access:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string, out, messages io.Writer) error {
	flags := flag.NewFlagSet("access", flag.ContinueOnError)
	flags.SetOutput(messages)
	format := flags.String("format", "table", "table, csv, json or html")
	if err := flags.Parse(args); err != nil {
		return err
	}
	write, ok := writers[*format]
	switch {
	case !ok:
		return errors.New("-format: must be table, csv, json or html")
	case flags.NArg() > 0:
		return fmt.Errorf("unexpected argument %q", flags.Arg(0))
	}
	ionos, triton, err := connect(ctx, messages)
	if err != nil {
		return err
	}
	rights, err := read(ctx, ionos, triton)
	if err != nil {
		return err
	}
	return write(out, rights, time.Now())
}

// read collects the rights on both clouds, sorted by user. A client may be nil. A part that cannot be
// read is an error: a report that leaves out rights would be worse than none.
func read(ctx context.Context, ionos *wrapper.IONOS, triton *wrapper.Triton) ([]right, error) {
	var rights []right
	if ionos != nil {
		found, err := readIONOS(ctx, ionos)
		if err != nil {
			return nil, fmt.Errorf("read IONOS: %w", err)
		}
		rights = append(rights, found...)
	}
	if triton != nil {
		found, err := readTriton(ctx, triton)
		if err != nil {
			return nil, fmt.Errorf("read Triton: %w", err)
		}
		rights = append(rights, found...)
	}
	slices.SortFunc(rights, func(a, b right) int {
		return strings.Compare(strings.Join(a.fields(), "\x00"), strings.Join(b.fields(), "\x00"))
	})
	return rights, nil
}
