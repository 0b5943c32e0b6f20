package repotest

import (
	"archive/zip"
	"bufio"
	"bytes"
	"context"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// insteadOf are the commands of the README that this test cannot run as they are printed, and what it runs.
var insteadOf = map[string]string{
	"go test ./...": "go vet ./...",  // this test is one of them
	"make check":    "make -n check", // so is it of this
}

// serving are the commands that run until they are interrupted. They print an address, which must respond.
var serving = []string{"go run ./examples/progress", "go run ./cmd/cloudroster sandbox -control"}

// The README's commands run as printed, each block in a fresh clone of the last commit with what was changed since.
func TestReadmeCommandsRun(t *testing.T) {
	t.Parallel()
	if os.Getenv("CLOUDROSTER_TOOLS") == "" {
		t.Skip("skipped: make readme runs every command of the README, which takes minutes")
	}
	shell, err := exec.LookPath("bash")
	if err != nil {
		t.Skip("skipped: the README's commands are for a POSIX shell")
	}
	clone := freshClone(t)
	ran := 0
	for _, block := range fence.FindAllStringSubmatch(readReadme(t), -1) {
		if block[1] != "sh" {
			continue
		}
		for line := range strings.Lines(block[2]) {
			command := strings.TrimSpace(strings.Split(line, "  #")[0])
			if command == "" {
				continue
			}
			ran++
			start := time.Now()
			runPrinted(t, shell, clone, command)
			t.Logf("%5.1f s  %s", time.Since(start).Seconds(), command)
		}
	}
	assert.Greater(t, ran, 10)
	out, err := exec.CommandContext(t.Context(), "git", "-C", clone, "status", "--porcelain", "--untracked-files=all").Output()
	require.NoError(t, err)
	assert.Empty(t, changesSince(string(out)), "the README's commands leave files behind")
}

func runPrinted(t *testing.T, shell, clone, command string) {
	t.Helper()
	directory := clone
	if strings.HasPrefix(command, "go get ") {
		getAndBuild(t, shell, clone, command)
		return
	}
	if other, ok := insteadOf[command]; ok {
		command = other
	}
	if slices.ContainsFunc(serving, func(prefix string) bool { return strings.HasPrefix(command, prefix) }) {
		serve(t, shell, directory, command)
		return
	}
	run := printed(t.Context(), shell, directory, command)
	out, err := run.CombinedOutput()
	assert.NoError(t, err, "%s\n%s", command, out)
}

// printed is a command in an environment without the clouds and without the flags of this test's own go command.
func printed(ctx context.Context, shell, directory, command string) *exec.Cmd {
	run := exec.CommandContext(ctx, shell, "-euo", "pipefail", "-c", command)
	run.Dir = directory
	run.Env = slices.DeleteFunc(os.Environ(), func(variable string) bool {
		for _, prefix := range []string{"IONOS_", "TRITON_", "CLOUDROSTER_", "CI="} {
			if strings.HasPrefix(variable, prefix) {
				return true
			}
		}
		return false
	})
	run.SysProcAttr = ownGroup()
	return run
}

var served = regexp.MustCompile(`http://[0-9a-z.:]+/?`)

// serve starts a command, reads until it prints an address, and interrupts it as a terminal does: all of its group.
func serve(t *testing.T, shell, directory, command string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	run := printed(ctx, shell, directory, command)
	out, err := run.StdoutPipe()
	require.NoError(t, err)
	run.Stderr = run.Stdout
	require.NoError(t, run.Start())
	address, lines := "", bufio.NewScanner(out)
	for address == "" && lines.Scan() {
		address = served.FindString(lines.Text())
	}
	assert.NotEmpty(t, address, "%s prints no address", command)
	require.NoError(t, interruptGroup(run.Process))
	for lines.Scan() {
		continue // until all of the group have ended
	}
	err = run.Wait()
	var ended *exec.ExitError
	if !assert.NoError(t, ctx.Err(), command) || err == nil {
		return
	}
	require.ErrorAs(t, err, &ended, command) // go run ends by the signal
	_, ok := ended.Sys().(syscall.WaitStatus)
	assert.True(t, ok)
}

// freshClone clones the repository, and brings what was changed and not committed over. A file that git does not know
// is not there.
func freshClone(t *testing.T) string {
	t.Helper()
	clone := filepath.Join(t.TempDir(), "cloudroster")
	root, err := filepath.Abs(repository)
	require.NoError(t, err)
	git := func(arguments ...string) string {
		command := exec.CommandContext(t.Context(), "git", append([]string{"-c", "safe.directory=*"}, arguments...)...)
		out, err := command.CombinedOutput()
		require.NoError(t, err, "git %v: %s", arguments, out)
		return string(out)
	}
	git("clone", "--quiet", "--no-hardlinks", root, clone)
	for name := range strings.SplitSeq(git("-C", root, "diff", "--name-only", "-z", "HEAD"), "\x00") {
		if name == "" {
			continue
		}
		text, err := os.ReadFile(filepath.Join(root, name))
		if os.IsNotExist(err) {
			require.NoError(t, os.RemoveAll(filepath.Join(clone, name)))
			continue
		}
		require.NoError(t, err)
		information, err := os.Stat(filepath.Join(root, name))
		require.NoError(t, err)
		require.NoError(t, os.MkdirAll(filepath.Dir(filepath.Join(clone, name)), 0o755))
		require.NoError(t, os.WriteFile(filepath.Join(clone, name), text, information.Mode()))
	}
	git("-C", clone, "add", "--all")
	return clone
}

// changesSince are the files that were changed after freshClone had added everything.
func changesSince(status string) (changed []string) {
	for line := range strings.Lines(status) {
		if line[1] != ' ' { // the second column: the working tree beside the index
			changed = append(changed, strings.TrimSpace(line))
		}
	}
	return changed
}

// getAndBuild runs go get in a new module, from a module proxy that has the clone as v0.1.0, with an empty module
// cache; and builds the README's first program there.
func getAndBuild(t *testing.T, shell, clone, command string) {
	t.Helper()
	downloaded, err := exec.CommandContext(t.Context(), "go", "env", "GOMODCACHE").Output()
	require.NoError(t, err)
	proxy, consumer := t.TempDir(), t.TempDir()
	publish(t, clone, filepath.Join(proxy, filepath.FromSlash(module), "@v"), "v0.1.0")
	write := func(name, text string) {
		require.NoError(t, os.WriteFile(filepath.Join(consumer, name), []byte(text), 0o600))
	}
	write("go.mod", "module example.test/consumer\n\ngo 1.26.0\n")
	first := ""
	for _, block := range fence.FindAllStringSubmatch(readReadme(t), -1) {
		if first == "" && strings.HasPrefix(block[2], "package main\n") {
			first = block[2]
		}
	}
	assert.LessOrEqual(t, strings.Count(first, "\n"), 20, "lines of the first program")
	write("main.go", first)
	for _, command := range []string{command, "go build -o program ."} {
		run := printed(t.Context(), shell, consumer, command)
		run.Env = append(run.Env, "GOFLAGS=-modcacherw", "GOMODCACHE="+t.TempDir(), "GONOSUMDB="+module, "GOSUMDB=off",
			"GOPROXY=file://"+proxy+",file://"+filepath.Join(strings.TrimSpace(string(downloaded)), "cache", "download"))
		out, err := run.CombinedOutput()
		require.NoError(t, err, "%s\n%s", command, out)
	}
	assert.FileExists(t, filepath.Join(consumer, "program"))
}

// publish lays the clone's files out as a module proxy serves a version, without the modules within it.
func publish(t *testing.T, clone, directory, version string) {
	t.Helper()
	require.NoError(t, os.MkdirAll(directory, 0o755))
	names, err := exec.CommandContext(t.Context(), "git", "-C", clone, "ls-files", "-z").Output()
	require.NoError(t, err)
	files := strings.Split(strings.TrimSuffix(string(names), "\x00"), "\x00")
	modules := []string{}
	for _, name := range files {
		if path.Base(name) == "go.mod" && name != "go.mod" {
			modules = append(modules, path.Dir(name)+"/")
		}
	}
	var archive bytes.Buffer
	zipped := zip.NewWriter(&archive)
	for _, name := range files {
		if slices.ContainsFunc(modules, func(inner string) bool { return strings.HasPrefix(name, inner) }) {
			continue
		}
		text, err := os.ReadFile(filepath.Join(clone, name))
		require.NoError(t, err)
		entry, err := zipped.Create(module + "@" + version + "/" + name)
		require.NoError(t, err)
		_, err = entry.Write(text)
		require.NoError(t, err)
	}
	require.NoError(t, zipped.Close())
	mod, err := os.ReadFile(filepath.Join(clone, "go.mod"))
	require.NoError(t, err)
	for name, text := range map[string][]byte{
		"list": []byte(version + "\n"), version + ".mod": mod, version + ".zip": archive.Bytes(),
		version + ".info": []byte(`{"Version":"` + version + `","Time":"2026-11-24T00:00:00Z"}`),
	} {
		require.NoError(t, os.WriteFile(filepath.Join(directory, name), text, 0o600))
	}
}
