// Command quickstart creates a user on IONOS and on Triton, shows the IONOS request going from
// QUEUED to DONE, lists the users of both clouds in one table, and deletes the two again.
//
//	go run ./examples/quickstart
//
// Without configuration the clouds are in memory. With these variables it uses the real ones
// that they name, and asks before it changes anything there:
//
//	IONOS_TOKEN, or IONOS_USERNAME and IONOS_PASSWORD
//	TRITON_URL, TRITON_ACCOUNT and TRITON_KEY_ID, with the key in ssh-agent or ~/.ssh
package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/cloudroster/cloudroster/gen"
	"github.com/cloudroster/cloudroster/wrapper"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "quickstart:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, in io.Reader, out io.Writer) (failure error) {
	c, err := connect(ctx)
	if err != nil {
		return err
	}
	fmt.Fprintln(out, c.About)
	if c.Memory == nil && !confirmed(in, out) {
		fmt.Fprintln(out, "Nothing was changed.")
		return nil
	}

	login := "quickstart_" + strings.ToLower(rand.Text()[:8])
	email := login + "@example.com"
	password := wrapper.Secret(rand.Text() + "a1")

	if c.IONOS != nil {
		// IONOS accepts a change first and carries it out later: the operation has its progress.
		fmt.Fprintf(out, "\nCreating %s on IONOS\n", email)
		user, operation, err := c.IONOS.CreateUser(ctx, gen.UserCreateProperties{
			FirstName: "Quick", LastName: "Start", Email: email, Password: password,
		})
		if err != nil {
			return err
		}
		defer func() { failure = errors.Join(failure, remove(ctx, out, "IONOS", c.IONOS.Users(), user.ID)) }()
		for status, err := range operation.Watch(ctx) {
			if err != nil {
				return err
			}
			fmt.Fprintln(out, "  request", operation.ID(), "is", status.State)
		}
	}

	if c.Triton != nil {
		fmt.Fprintf(out, "\nCreating %s on Triton\n", login)
		user, err := c.Triton.CreateUser(ctx, gen.TritonUserCreate{
			Login: login, Email: email, Password: password, FirstName: new("Quick"), LastName: new("Start"),
		})
		if err != nil {
			return err
		}
		defer func() { failure = errors.Join(failure, remove(ctx, out, "Triton", c.Triton.Users(), user.ID)) }()
		fmt.Fprintln(out, "  created at once")
	}

	fmt.Fprintln(out)
	return list(ctx, out, c)
}

// list writes the users of both clouds as one table.
func list(ctx context.Context, out io.Writer, c *clouds) error {
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "CLOUD\tLOGIN\tNAME\tID")
	for name, users := range c.all() {
		for user, err := range users.All(ctx) {
			if err != nil {
				return fmt.Errorf("list the users of %s: %w", name, err)
			}
			fmt.Fprintf(table, "%s\t%s\t%s %s\t%s\n", name, user.Login, user.FirstName, user.LastName, user.ID)
		}
	}
	return table.Flush()
}

// remove deletes a user, also after an interrupt.
func remove(ctx context.Context, out io.Writer, cloud string, users wrapper.Users, id string) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Minute)
	defer cancel()
	err := users.Delete(ctx, id)
	if errors.Is(err, wrapper.ErrNotFound) {
		return nil // it was not created: the request failed
	}
	if err != nil {
		return fmt.Errorf("user %s is left on %s: %w", id, cloud, err)
	}
	fmt.Fprintf(out, "\nDeleted from %s\n", cloud)
	return nil
}

// confirmed asks a person. Without a terminal, the answer is no.
func confirmed(in io.Reader, out io.Writer) bool {
	if file, ok := in.(*os.File); ok {
		if info, err := file.Stat(); err != nil || info.Mode()&os.ModeCharDevice == 0 {
			return false
		}
	}
	fmt.Fprint(out, "Create a user on each, list all users, and delete it again? [y/N] ")
	var answer string
	_, _ = fmt.Fscanln(in, &answer) // an empty line is a no
	return strings.EqualFold(answer, "y")
}
