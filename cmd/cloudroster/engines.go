package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// The engines are run as pinned tools, because they are too heavy to be linked. Later versions of oasdiff do not
// resolve. The version of the generator is the one in go.mod, which a test compares.
const (
	oasdiff   = "github.com/oasdiff/oasdiff@v1.33.0"
	apidiff   = "golang.org/x/exp/cmd/apidiff@v0.0.0-20261014143641-f0251eb4aa3e"
	generator = "github.com/oapi-codegen/oapi-codegen/v2/cmd/oapi-codegen@v2.8.2"
)

// goRun is a command that runs a pinned tool outside of any module, so that only the tool's own versions count.
func goRun(ctx context.Context, tool string, args ...string) *exec.Cmd {
	command := exec.CommandContext(ctx, "go", append([]string{"run", tool}, args...)...)
	command.Dir = os.TempDir()
	return command
}

// wireChanges runs oasdiff, rates what it finds, and adds what it leaves out.
func wireChanges(ctx context.Context, env environment, old, current string) ([]change, error) {
	before, err := readDocument(old)
	if err != nil {
		return nil, err
	}
	after, err := readDocument(current)
	if err != nil {
		return nil, err
	}
	out, err := env.command(goRun(ctx, oasdiff, "changelog", "-f", "json", old, current))
	if err != nil {
		return nil, fmt.Errorf("oasdiff: %w", err)
	}
	changes, err := parseOasdiff(out)
	if err != nil {
		return nil, err
	}
	return append(changes, ownRules(before, after)...), nil
}

// The levels of oasdiff: 3 breaks clients, 2 may break some, 1 is information.
type oasdiffChange struct {
	ID        string `json:"id"`
	Text      string `json:"text"`
	Level     int    `json:"level"`
	Operation string `json:"operation"`
	Path      string `json:"path"`
	Section   string `json:"section"`
}

func parseOasdiff(out []byte) ([]change, error) {
	var found []oasdiffChange
	if len(strings.TrimSpace(string(out))) == 0 {
		return nil, errors.New("oasdiff: no output")
	}
	if err := json.Unmarshal(out, &found); err != nil {
		return nil, fmt.Errorf("oasdiff: %w", err)
	}
	var changes []change
	for _, f := range found {
		level, counts := rate(f.ID, f.Level)
		if !counts {
			continue
		}
		c := change{side: "wire", where: strings.TrimSpace(f.Operation + " " + f.Path), result: f.Text, severity: level}
		if c.where == "" {
			c.where = f.Section
		}
		changes = append(changes, c)
	}
	return changes, nil
}

// packageChanges runs apidiff over the packages of two checkouts that another module can import, but for gen,
// which generatedChanges compares whether the rest compiles or not.
func packageChanges(ctx context.Context, env environment, old, current, work string) ([]change, error) {
	// apidiff has to run inside each checkout, where "go run" would take the tool's version from.
	install := exec.CommandContext(ctx, "go", "install", apidiff)
	install.Dir, install.Env = work, append(os.Environ(), "GOBIN="+work)
	if _, err := env.command(install); err != nil {
		return nil, fmt.Errorf("apidiff: %w", err)
	}
	inside := func(directory, program string, args ...string) (string, error) {
		command := exec.CommandContext(ctx, program, args...)
		command.Dir = directory
		out, err := env.command(command)
		if err != nil {
			err = fmt.Errorf("apidiff: %s: %w", filepath.Base(program), err)
		}
		return strings.TrimSpace(string(out)), err
	}
	tool := filepath.Join(work, "apidiff")
	var exports, left []string
	for i, checkout := range []string{old, current} {
		module, err := inside(checkout, "go", "list", "-m")
		if err != nil {
			return nil, err
		}
		mains, err := inside(checkout, "go", "list", "-f", `{{if eq .Name "main"}}{{.ImportPath}}{{end}}`, "./...")
		if err != nil {
			return nil, err
		}
		for _, name := range append(strings.Fields(mains), module+"/gen") {
			left = append(left, name, "."+strings.TrimPrefix(name, module))
		}
		export := filepath.Join(work, fmt.Sprintf("%d.export", i))
		if _, err := inside(checkout, tool, "-m", "-w", export, module); err != nil {
			return nil, fmt.Errorf("the packages of a checkout cannot be read, which happens if one does not compile: %w", err)
		}
		if info, err := os.Stat(export); err != nil || info.Size() == 0 {
			return nil, fmt.Errorf("apidiff: no export data of %s", checkout)
		}
		exports = append(exports, export)
	}
	out, err := inside(work, tool, "-m", exports[0], exports[1])
	if err != nil {
		return nil, err
	}
	return parseApidiff(out, left)
}

// parseApidiff reads two lists under their headings. What belongs to packages that are left out does not count.
func parseApidiff(out string, left []string) ([]change, error) {
	var changes []change
	level := patch
	for line := range strings.Lines(out) {
		line = strings.TrimSpace(line)
		text, isItem := strings.CutPrefix(line, "- ")
		switch {
		case line == "":
		case line == "Incompatible changes:":
			level = major
		case line == "Compatible changes:":
			level = minor
		case !isItem || level == patch:
			return nil, fmt.Errorf("apidiff: unexpected line %.40q", line)
		default:
			where, result, _ := strings.Cut(text, ": ")
			if name := strings.TrimPrefix(where, "package "); !leftOut(name, left) {
				changes = append(changes, rateGo(level, where, result))
			}
		}
	}
	return changes, nil
}

// mayGrow are the interfaces outside of gen whose new methods are minor until v1 (docs/diff.md).
var mayGrow = []string{"./wrapper.Users."}

func rateGo(level severity, where, result string) change {
	for _, prefix := range mayGrow {
		if level == major && result == "added" && strings.HasPrefix(where, prefix) {
			return change{minor, "go", where, result + " to an interface that may grow"}
		}
	}
	return change{level, "go", where, result}
}

// leftOut: "./internal/specgen.Name" and "package PATH/internal/specgen" belong to internal/specgen.
func leftOut(name string, packages []string) bool {
	for _, p := range packages {
		if name == p || strings.HasPrefix(name, p+".") {
			return true
		}
	}
	return false
}
