package repotest

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const module = "github.com/cloudroster/cloudroster"

// A program that imports package wrapper links the standard library, gen, and what the generated
// code needs (oapi-codegen/runtime and its own needs). Nothing else.
func TestWrapperLinksNothingButTheRuntime(t *testing.T) {
	t.Parallel()
	allowed := append(linked(t, "github.com/oapi-codegen/runtime", "github.com/oapi-codegen/runtime/types"),
		module+"/gen", module+"/wrapper")
	got := linked(t, module+"/wrapper")
	t.Logf("a program that imports wrapper links, besides the standard library:\n%s", strings.Join(got, "\n"))
	assert.Subset(t, allowed, got)
	assert.Contains(t, got, module+"/gen")
}

// The rest of the tree looks down only: no package imports what is made from it.
func TestNothingLowerImportsAnythingHigher(t *testing.T) {
	t.Parallel()
	for name, allowed := range map[string][]string{
		"gen":             {"gen"},
		"gen/openapi":     {"gen/openapi"},
		"contract":        {"contract", "gen/openapi"},
		"wrapper":         {"wrapper", "gen"},
		"wrapper/sshkey":  {"wrapper/sshkey", "wrapper", "gen"},
		"wrapper/profile": {"wrapper/profile", "wrapper/sshkey", "wrapper", "gen"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, path := range linked(t, module+"/"+name) {
				if own, ok := strings.CutPrefix(path, module+"/"); ok {
					assert.Contains(t, allowed, own)
				}
			}
		})
	}
}

// linked are the packages outside of the standard library that these packages are built from.
func linked(t *testing.T, packages ...string) []string {
	t.Helper()
	list := exec.CommandContext(t.Context(), "go", append([]string{"list", "-deps", "-f", "{{if not .Standard}}{{.ImportPath}}{{end}}"}, packages...)...)
	list.Dir = repository
	var stderr bytes.Buffer
	list.Stderr = &stderr
	out, err := list.Output()
	require.NoError(t, err, stderr.String())
	lines := strings.Fields(string(out))
	slices.Sort(lines)
	return lines
}

// What a consumer's module costs: go.sum has at most 50 lines when it imports nothing but wrapper.
func TestConsumersGoSumIsShort(t *testing.T) {
	t.Parallel()
	root, err := filepath.Abs(repository)
	require.NoError(t, err)
	dir := t.TempDir()
	write := func(name, text string) {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600))
	}
	write("go.mod", "module example.test/consumer\n\ngo 1.26.0\n\nreplace "+module+" => "+root+"\n\nrequire "+module+" v0.0.0\n")
	write("main.go", `package main

import "`+module+`/wrapper"

func main() { _, _ = wrapper.NewIONOS(wrapper.TokenAuth("token")) }
`)
	tidy := exec.CommandContext(t.Context(), "go", "mod", "tidy")
	tidy.Dir = dir
	tidy.Env = append(os.Environ(), "GOFLAGS=-mod=mod", "GOWORK=off")
	if out, err := tidy.CombinedOutput(); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatalf("go mod tidy must work in continuous integration: %v\n%s", err, out)
		}
		t.Skipf("go mod tidy needs modules that cannot be had here: %v\n%s", err, out)
	}
	goSum, err := os.ReadFile(filepath.Join(dir, "go.sum"))
	require.NoError(t, err)
	lines := strings.Split(strings.TrimSpace(string(goSum)), "\n")
	t.Logf("go.sum of a program that imports wrapper has %d lines", len(lines))
	assert.LessOrEqual(t, len(lines), 50)
	assert.Greater(t, len(lines), 1)
}
