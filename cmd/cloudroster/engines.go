package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// The engines are run as pinned tools, because they are too heavy to be linked. Later versions of
// oasdiff do not resolve.
const (
	oasdiff = "github.com/oasdiff/oasdiff@v1.33.0"
	apidiff = "golang.org/x/exp/cmd/apidiff@v0.0.0-20261014143641-f0251eb4aa3e"
)

// wireChanges asks oasdiff, and adds what it leaves out or underrates.
func wireChanges(ctx context.Context, env environment, old, current string) ([]change, error) {
	before, err := readDocument(old)
	if err != nil {
		return nil, err
	}
	after, err := readDocument(current)
	if err != nil {
		return nil, err
	}
	tool := exec.CommandContext(ctx, "go", "run", oasdiff, "changelog", "-f", "json", old, current)
	tool.Dir = os.TempDir() // outside of any module, so that only the tool's own versions count
	out, err := env.command(tool)
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
		return nil, fmt.Errorf("oasdiff: no answer")
	}
	if err := json.Unmarshal(out, &found); err != nil {
		return nil, fmt.Errorf("oasdiff: %w", err)
	}
	var changes []change
	for _, f := range found {
		c := change{side: "wire", where: strings.TrimSpace(f.Operation + " " + f.Path), result: f.Text, severity: minor}
		if c.where == "" {
			c.where = f.Section
		}
		switch {
		case f.Level >= 2:
			c.severity = major
		case f.ID == "api-version-not-bumped", strings.HasSuffix(f.ID, "description-changed"), strings.HasSuffix(f.ID, "summary-changed"):
			c.severity = patch
		case f.ID == "api-operation-id-removed", strings.HasSuffix(f.ID, "response-header-removed"):
			continue // told by ownRules
		}
		changes = append(changes, c)
	}
	return changes, nil
}

// goChanges asks apidiff about all packages of a checkout that a program can import.
func goChanges(ctx context.Context, env environment, old, current string) ([]change, error) {
	work, err := os.MkdirTemp("", "apidiff")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(work)
	// It has to run inside each checkout, where "go run" would take the tool's version from.
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
	var exports, programs []string
	for i, checkout := range []string{old, current} {
		module, err := inside(checkout, "go", "list", "-m")
		if err != nil {
			return nil, err
		}
		mains, err := inside(checkout, "go", "list", "-f", `{{if eq .Name "main"}}{{.ImportPath}}{{end}}`, "./...")
		if err != nil {
			return nil, err
		}
		for _, name := range strings.Fields(mains) {
			programs = append(programs, name, "."+strings.TrimPrefix(name, module))
		}
		export := filepath.Join(work, fmt.Sprintf("%d.export", i))
		if _, err := inside(checkout, tool, "-m", "-w", export, module); err != nil {
			return nil, err
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
	return parseApidiff(out, programs)
}

// parseApidiff reads two lists under their headings. Changes of programs do not count.
func parseApidiff(out string, programs []string) ([]change, error) {
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
			return nil, fmt.Errorf("apidiff: a line that is not understood: %.40q", line)
		default:
			where, result, _ := strings.Cut(text, ": ")
			if name := strings.TrimPrefix(where, "package "); !ofProgram(name, programs) {
				changes = append(changes, change{level, "go", where, result})
			}
		}
	}
	return changes, nil
}

// ofProgram: "./internal/specgen.Name" and "package PATH/internal/specgen" belong to the program internal/specgen.
func ofProgram(name string, programs []string) bool {
	for _, program := range programs {
		if name == program || strings.HasPrefix(name, program+".") {
			return true
		}
	}
	return false
}
