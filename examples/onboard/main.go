// Command onboard creates people on IONOS and on Triton.
//
//	go run ./examples/onboard people.csv                               what would be done
//	go run ./examples/onboard -apply -passwords new.csv people.csv     do it
//
// people.csv has the columns login, email, first name and last name, and no title line. Who is
// there already is left alone, so the program can be run again after a failure. New passwords
// are random; they go into the file of -passwords, which only its owner can read, and nowhere
// else. Which clouds it works on is decided as in the quickstart: by the environment, or else
// two in memory.
package main

import (
	"context"
	"crypto/rand"
	"encoding/csv"
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
	apply := flag.Bool("apply", false, "create the people, instead of showing what would be done")
	passwords := flag.String("passwords", "", "the file for the new passwords; it must not exist yet")
	flag.Parse()
	if flag.NArg() != 1 || *apply == (*passwords == "") {
		fmt.Fprintln(os.Stderr, "usage: onboard [-apply -passwords FILE] people.csv")
		os.Exit(2)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := start(ctx, flag.Arg(0), *passwords, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "onboard:", err)
		os.Exit(1)
	}
}

// start opens what onboard works on. An empty passwords is a dry run.
func start(ctx context.Context, peopleFile, passwordsFile string, out io.Writer) error {
	file, err := os.Open(peopleFile)
	if err != nil {
		return err
	}
	defer file.Close()
	people, err := readPeople(file)
	if err != nil {
		return err
	}
	c, err := clouds.Connect()
	if err != nil {
		return err
	}
	fmt.Fprintln(out, c.About)
	if passwordsFile == "" {
		return onboard(ctx, c, people, nil, out)
	}
	passwords, err := os.OpenFile(passwordsFile, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	return errors.Join(onboard(ctx, c, people, passwords, out), passwords.Close())
}

type person struct{ login, email, first, last string }

func readPeople(in io.Reader) ([]person, error) {
	reader := csv.NewReader(in)
	reader.FieldsPerRecord = 4
	reader.TrimLeadingSpace = true
	lines, err := reader.ReadAll()
	if err != nil {
		return nil, err
	}
	people := make([]person, 0, len(lines))
	for _, line := range lines {
		people = append(people, person{login: line[0], email: line[1], first: line[2], last: line[3]})
	}
	return people, nil
}

// onboard brings every person onto every cloud. Without passwords it only shows what it would
// do. One failure does not stop the others.
func onboard(ctx context.Context, c *clouds.Clouds, people []person, passwords io.Writer, out io.Writer) error {
	var report clouds.Report
	for _, p := range people {
		for cloud, users := range c.All() {
			found, err := users.Get(ctx, p.email)
			switch {
			case err == nil:
				report.Add(p.email, cloud, "present", found.ID)
			case !errors.Is(err, wrapper.ErrNotFound):
				report.Fail(p.email, cloud, err)
			case passwords == nil:
				report.Add(p.email, cloud, "would create", "")
			default:
				create(ctx, cloud, users, p, passwords, &report)
			}
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

// create makes one user. The password is written down first: one that nobody knows is no use.
func create(ctx context.Context, cloud string, users wrapper.Users, p person, passwords io.Writer, report *clouds.Report) {
	password := rand.Text() + "a1"
	if _, err := fmt.Fprintf(passwords, "%s,%s,%s\n", cloud, p.email, password); err != nil {
		report.Fail(p.email, cloud, err)
		return
	}
	user := wrapper.UserCreate{
		Login: p.login, Email: p.email, FirstName: p.first, LastName: p.last, Password: wrapper.Secret(password),
	}
	if cloud == "IONOS" {
		user.Login = "" // IONOS users log in with their email address
	}
	made, err := users.Create(ctx, user)
	if err != nil {
		report.Fail(p.email, cloud, err)
		return
	}
	report.Add(p.email, cloud, "created", made.ID)
}
