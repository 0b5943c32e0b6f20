package main

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// severity is what a change means for those who use what changed.
type severity int

const (
	patch severity = iota // nobody has to notice
	minor                 // something is new
	major                 // something that worked may not work any more
)

func (s severity) String() string { return [...]string{"patch", "minor", "major"}[s] }

func parseSeverity(text string) (severity, error) {
	for _, s := range []severity{patch, minor, major} {
		if s.String() == text {
			return s, nil
		}
	}
	return 0, fmt.Errorf("%q is not patch, minor or major", text)
}

// change is one difference, for a client on the wire or for a Go program.
type change struct {
	severity      severity
	side          string // "wire" or "go"
	where, result string
}

func (c change) String() string {
	return fmt.Sprintf("%-5s  %-4s  %s: %s", c.severity, c.side, c.where, c.result)
}

// comparison is what diff found out.
type comparison struct {
	subject string // what was compared
	changes []change
	// missing says what could not be compared. The result is then a lower bound.
	missing error
}

// diffCommand compares two documents or two checkouts. What cannot be read or compared is an error: no output
// may look like "no change".
func diffCommand(ctx context.Context, args []string, env environment) (int, error) {
	flags := newFlags(env, "diff", "[flags] OLD NEW")
	most := flags.String("max", "minor", "exit with 1 when the changes need more than this: patch, minor or major")
	acceptFile := flags.String("accept", "", "a `file` of changes that may be greater: one a line as diff prints it without its class, * for any text, and \" # \" before why")
	group := flags.Bool("group", false, "print a change that several places share once")
	if err := flags.Parse(args); err != nil {
		return untested, err
	}
	limit, err := parseSeverity(*most)
	if err != nil {
		return untested, err
	}
	accepted, err := readAccepted(*acceptFile)
	if err != nil {
		return untested, err
	}
	if flags.NArg() != 2 {
		return untested, errors.New("need two documents or two checkouts (directories or git revisions)")
	}
	work, err := os.MkdirTemp("", "cloudroster-diff")
	if err != nil {
		return untested, err
	}
	defer os.RemoveAll(work)
	old, err := locate(ctx, env, flags.Arg(0), filepath.Join(work, "old"))
	if err != nil {
		return untested, err
	}
	current, err := locate(ctx, env, flags.Arg(1), filepath.Join(work, "new"))
	if err != nil {
		return untested, err
	}
	if old.isCheckout() != current.isCheckout() {
		return untested, errors.New("a document and a checkout cannot be compared: give two of a kind")
	}
	found, err := compareSources(ctx, env, old, current, work)
	if err != nil {
		return untested, err
	}
	return writeComparison(env, found, limit, accepted, *group)
}

func compareSources(ctx context.Context, env environment, old, current source, work string) (comparison, error) {
	c := comparison{subject: "documents and their Go names"}
	var err error
	if c.changes, err = wireChanges(ctx, env, old.document, current.document); err != nil {
		return c, err
	}
	if old.isCheckout() {
		c.subject = "documents and Go packages"
	}
	generated, err := generatedChanges(ctx, env, old, current, work)
	if err != nil {
		return c, err
	}
	c.changes = append(c.changes, generated...)
	if old.isCheckout() {
		var others []change
		if others, c.missing = packageChanges(ctx, env, old.checkout, current.checkout, work); c.missing == nil {
			c.changes = append(c.changes, others...)
		}
	}
	if len(c.changes) == 0 && !sameBytes(old.document, current.document) {
		c.changes = append(c.changes, change{patch, "wire", documentFile, "changed, but in nothing that a client or a Go program sees"})
	}
	return c, nil
}

func sameBytes(a, b string) bool {
	before, err := os.ReadFile(a)
	after, err2 := os.ReadFile(b)
	return err == nil && err2 == nil && bytes.Equal(before, after)
}

func writeComparison(env environment, found comparison, limit severity, accepted []acceptance, group bool) (int, error) {
	changes := found.changes
	slices.SortStableFunc(changes, func(a, b change) int {
		return cmp.Or(cmp.Compare(b.severity, a.severity), cmp.Compare(b.side, a.side), cmp.Compare(a.where, b.where), cmp.Compare(a.result, b.result))
	})
	changes = slices.Compact(changes)
	var lines []string
	bump, left, counts := patch, patch, map[severity]int{} // left is what nobody accepted
	for _, c := range changes {
		line := c.String()
		if why := whyAccepted(c, accepted); why != "" {
			line += " (accepted: " + why + ")"
		} else {
			left = max(left, c.severity)
		}
		lines = append(lines, line)
		bump = max(bump, c.severity)
		counts[c.severity]++
	}
	if group {
		lines = grouped(lines)
	}
	for _, line := range lines {
		fmt.Fprintln(env.stdout, line)
	}
	needed := bump.String()
	if len(changes) == 0 {
		needed = "none"
	}
	if found.missing != nil {
		needed = "at least " + needed
	}
	fmt.Fprintf(env.stdout, "%s: %d major, %d minor, %d patch changes; semver bump: %s\n", found.subject, counts[major], counts[minor], counts[patch], needed)
	switch {
	case found.missing != nil && left <= limit:
		return untested, fmt.Errorf("only the documents and package gen were compared: %w", found.missing)
	case found.missing != nil:
		fmt.Fprintf(env.stderr, "only the documents and package gen were compared: %s\n", strings.TrimSpace(found.missing.Error()))
	}
	if left > limit {
		return differs, nil
	}
	return conforms, nil
}

// grouped joins the lines that differ in their place only, such as those of a parameter that every operation has.
func grouped(lines []string) []string {
	places, order := map[string][]string{}, []string(nil)
	for _, line := range lines {
		place, result, _ := strings.Cut(line[placeColumn:], ": ")
		key := line[:placeColumn] + "\x00" + result
		if places[key] == nil {
			order = append(order, key)
		}
		places[key] = append(places[key], place)
	}
	joined := make([]string, 0, len(order))
	for _, key := range order {
		head, result, _ := strings.Cut(key, "\x00")
		place := strings.Join(places[key], ", ")
		if n := len(places[key]); n > 3 {
			place = fmt.Sprintf("%s, %s and %d more", places[key][0], places[key][1], n-2)
		}
		joined = append(joined, head+place+": "+result)
	}
	return joined
}

// placeColumn is where the place of a change begins in its line.
const placeColumn = len("major  wire  ")
