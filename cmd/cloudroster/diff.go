package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
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

const documentFile = "openapi.yaml"

// diffCommand compares two documents or two checkouts. What cannot be read or compared is an error:
// no answer must look like "no change".
func diffCommand(ctx context.Context, args []string, env environment) (int, error) {
	flags := newFlags(env, "diff", "[flags] OLD NEW")
	most := flags.String("max", "major", "exit with 1 when the changes need more than this: patch, minor or major")
	if err := flags.Parse(args); err != nil {
		return untested, err
	}
	limit, err := parseSeverity(*most)
	if err != nil {
		return untested, err
	}
	if flags.NArg() != 2 {
		return untested, errors.New("two documents or two checkouts are needed")
	}
	old, isCheckout, err := locate(flags.Arg(0))
	if err != nil {
		return untested, err
	}
	current, isCheckout2, err := locate(flags.Arg(1))
	if err != nil {
		return untested, err
	}
	if isCheckout != isCheckout2 {
		return untested, errors.New("a document and a checkout cannot be compared: give two of a kind")
	}
	changes, err := wireChanges(ctx, env, old, current)
	if err != nil {
		return untested, err
	}
	if isCheckout {
		more, err := goChanges(ctx, env, filepath.Dir(old), filepath.Dir(current))
		if err != nil {
			return untested, err
		}
		changes = append(changes, more...)
	}
	return writeChanges(env, changes, isCheckout, limit)
}

// locate returns the path of the document.
func locate(path string) (document string, isCheckout bool, err error) {
	info, err := os.Stat(path)
	if err != nil {
		return "", false, err
	}
	document = path
	if info.IsDir() {
		document = filepath.Join(path, documentFile)
	}
	if document, err = filepath.Abs(document); err != nil {
		return "", false, err
	}
	if info, err := os.Stat(document); err != nil {
		return "", false, err
	} else if info.Size() == 0 {
		return "", false, fmt.Errorf("%s is empty", document)
	}
	return document, info.IsDir(), nil
}

func writeChanges(env environment, changes []change, withGo bool, limit severity) (int, error) {
	slices.SortStableFunc(changes, func(a, b change) int {
		return cmp.Or(cmp.Compare(b.severity, a.severity), cmp.Compare(b.side, a.side), cmp.Compare(a.where, b.where), cmp.Compare(a.result, b.result))
	})
	changes = slices.Compact(changes)
	bump, counts := patch, map[severity]int{}
	for _, c := range changes {
		fmt.Fprintln(env.stdout, c)
		bump = max(bump, c.severity)
		counts[c.severity]++
	}
	compared := "documents"
	if withGo {
		compared = "documents and Go packages"
	}
	needed := bump.String()
	if len(changes) == 0 {
		needed = "none"
	}
	fmt.Fprintf(env.stdout, "%s: %d major, %d minor, %d patch changes; semver bump: %s\n", compared, counts[major], counts[minor], counts[patch], needed)
	if bump > limit {
		return differs, nil
	}
	return conforms, nil
}
