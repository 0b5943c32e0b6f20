// Command sync makes the users of IONOS and Triton match a CSV file of people.
//
//	go run . people.csv                                            show the plan
//	go run . -apply -passwords new.csv people.csv                  carry it out
//	go run . -apply -passwords new.csv -leavers deactivate people.csv
//
// It reads each cloud's users once, prints the plan as a table and, with -apply, carries it out a
// few users at a time. Users who are not in the file stay, unless -leavers says deactivate or
// delete; whoever runs the program and administrators (the owner of an IONOS contract is one) always
// stay. The groups column names IONOS groups, separated by semicolons; memberships of groups that the
// file does not name are left alone.
//
// A run can be repeated: it plans anew from what is there. After an interrupt (Ctrl-C), the journal
// tells the next run which accepted requests to wait for first.
//
// The clouds are those that the environment names (IONOS_TOKEN, or IONOS_USERNAME and IONOS_PASSWORD;
// TRITON_URL, TRITON_ACCOUNT and TRITON_KEY_ID, or TRITON_PROFILE), or two in memory if it names none.
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
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	o, err := parse(os.Args[1:], os.Stderr)
	if err == nil {
		var clouds []cloud
		var about string
		if clouds, about, err = connect(ctx); err == nil {
			fmt.Println(about)
			err = run(ctx, clouds, o, os.Stdout)
		}
	}
	switch {
	case errors.Is(err, flag.ErrHelp):
	case err != nil:
		fmt.Fprintln(os.Stderr, "sync:", err)
		os.Exit(1)
	}
}

type options struct {
	people, journal, passwords string
	apply                      bool
	leavers                    leavers
	workers                    int
}

func parse(args []string, usage io.Writer) (options, error) {
	var o options
	flags := flag.NewFlagSet("sync", flag.ContinueOnError)
	flags.SetOutput(usage)
	flags.BoolVar(&o.apply, "apply", false, "carry out the plan instead of showing it")
	flags.StringVar(&o.passwords, "passwords", "", "the `file` that the passwords of new users are added to")
	flags.StringVar(&o.journal, "journal", "sync.journal", "the `file` that tells the next run what this one left")
	what := flags.String("leavers", "keep", "what becomes of users who are not in the file: keep, deactivate or delete")
	flags.IntVar(&o.workers, "workers", 8, "how many users are changed at a time")
	if err := flags.Parse(args); err != nil {
		return o, err
	}
	o.people, o.leavers = flags.Arg(0), leavers(*what)
	switch {
	case flags.NArg() != 1:
		return o, errors.New("usage: sync [flags] people.csv")
	case o.apply && o.passwords == "":
		return o, errors.New("-apply needs -passwords: the passwords of new users are kept nowhere else")
	case o.leavers != "keep" && o.leavers != "deactivate" && o.leavers != "delete":
		return o, errors.New("-leavers: must be keep, deactivate or delete")
	case o.workers < 1:
		return o, errors.New("-workers: must be 1 or more")
	}
	return o, nil
}

func run(ctx context.Context, clouds []cloud, o options, out io.Writer) (err error) {
	file, err := os.Open(o.people)
	if err != nil {
		return err
	}
	defer file.Close()
	people, err := readPeople(file)
	if err != nil {
		return fmt.Errorf("%s: %w", o.people, err)
	}
	var j *journal
	if o.apply {
		if j, err = openJournal(o.journal); err != nil {
			return err
		}
		defer func() { err = errors.Join(err, j.Close()) }()
		if err := j.resume(ctx, clouds, out); err != nil {
			return err
		}
	}
	var steps []step
	for i := range clouds {
		planned, err := plan(ctx, &clouds[i], people, o.leavers)
		if err != nil {
			return err
		}
		steps = append(steps, planned...)
	}
	if err := writePlan(out, steps); err != nil || !o.apply {
		return err
	}
	passwords, err := os.OpenFile(o.passwords, os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		return err
	}
	a := &applier{journal: j, passwords: passwords, workers: o.workers, progress: newProgress(out)}
	return errors.Join(a.apply(ctx, steps), passwords.Close())
}
