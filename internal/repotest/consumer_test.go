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

// What each package links, besides the standard library: packages of this module, and those of others with
// what these need. So no package imports what is made from it, and a program that imports wrapper takes on what
// the generated code needs and nothing else.
func TestWhatEachPackageLinks(t *testing.T) {
	t.Parallel()
	// The decode functions of gen share a scanner, which is nothing of the API: jsonscan needs the standard library alone.
	const scanner = "internal/jsonscan"
	const files = "internal/privatefile" // the check of a file's mode, which sshkey and profile share
	signers := []string{"golang.org/x/crypto/ssh", "golang.org/x/crypto/ssh/agent"}
	for name, allowed := range map[string]struct{ own, others []string }{
		"gen":             {[]string{"gen", scanner}, nil},
		"gen/openapi":     {[]string{"gen/openapi"}, nil},
		"contract":        {[]string{"contract", "gen/openapi"}, []string{"github.com/getkin/kin-openapi/openapi3filter", "github.com/getkin/kin-openapi/routers/gorillamux"}},
		"wrapper":         {[]string{"wrapper", "gen", scanner}, nil},
		"wrapper/sshkey":  {[]string{"wrapper/sshkey", "wrapper", "gen", scanner, files}, signers},
		"wrapper/profile": {[]string{"wrapper/profile", "wrapper/sshkey", "wrapper", "gen", scanner, files}, append(signers, "go.yaml.in/yaml/v3")},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := linked(t, "{{if not .Standard}}{{.ImportPath}}{{end}}", module+"/"+name)
			want := []string{}
			if allowed.others != nil {
				want = linked(t, "{{if not .Standard}}{{.ImportPath}}{{end}}", allowed.others...)
			}
			for _, own := range allowed.own {
				want = append(want, module+"/"+own)
			}
			assert.Subset(t, want, got)
			assert.Contains(t, got, module+"/"+name)
			assert.NotContains(t, linked(t, "{{.ImportPath}}", module+"/"+name), "testing")
		})
	}
}

// linked are the packages that these packages are built from, in a format of go list.
func linked(t *testing.T, format string, packages ...string) []string {
	t.Helper()
	list := exec.CommandContext(t.Context(), "go", append([]string{"list", "-deps", "-f", format}, packages...)...)
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
