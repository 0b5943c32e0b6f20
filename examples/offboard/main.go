// Command offboard deletes people from IONOS and from Triton by their email addresses.
//
//	go run ./examples/offboard ann@example.com max@example.com           what would be done
//	go run ./examples/offboard -apply ann@example.com max@example.com    do it
//
// Who is gone already is fine, so the program can be run again after a failure. Which clouds it
// works on is decided as in the quickstart: by the environment, or else two in memory.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"

	"github.com/cloudroster/cloudroster/examples/internal/clouds"
	"github.com/cloudroster/cloudroster/wrapper"
)

func main() {
	apply := flag.Bool("apply", false, "delete the people, instead of showing what would be done")
	flag.Parse()
	if flag.NArg() == 0 {
		fmt.Fprintln(os.Stderr, "usage: offboard [-apply] EMAIL ...")
		os.Exit(2)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	c, err := clouds.Connect()
	if err == nil {
		fmt.Println(c.About)
		err = offboard(ctx, c, flag.Args(), *apply, os.Stdout)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "offboard:", err)
		os.Exit(1)
	}
}

// offboard removes every person from every cloud. One failure does not stop the others.
func offboard(ctx context.Context, c *clouds.Clouds, emails []string, apply bool, out io.Writer) error {
	var report clouds.Report
	for _, email := range emails {
		for cloud, users := range c.All() {
			found, err := users.Get(ctx, email)
			switch {
			case errors.Is(err, wrapper.ErrNotFound):
				report.Add(email, cloud, "absent", "")
				continue
			case err != nil:
				report.Fail(email, cloud, err)
				continue
			case !apply:
				report.Add(email, cloud, "would delete", found.ID)
				continue
			}
			// By id, so that nobody else is meant should the address change hands meanwhile.
			if err := users.Delete(ctx, found.ID); err != nil && !errors.Is(err, wrapper.ErrNotFound) {
				report.Fail(email, cloud, err)
				continue
			}
			report.Add(email, cloud, "deleted", found.ID)
		}
	}
	if err := report.Write(out); err != nil {
		return err
	}
	if report.Failed > 0 {
		return fmt.Errorf("%d of the above failed; run it again when the cause is gone", report.Failed)
	}
	return nil
}
