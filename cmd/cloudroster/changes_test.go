package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// history is a repository with the gate of this one, .ci/changes.
type history struct {
	t                  *testing.T
	directory, program string
}

func (h history) git(args ...string) {
	h.t.Helper()
	command := exec.CommandContext(h.t.Context(), "git", append([]string{"-c", "user.name=t", "-c", "user.email=t@example.com"}, args...)...)
	command.Dir = h.directory
	out, err := command.CombinedOutput()
	require.NoError(h.t, err, string(out))
}

func (h history) commit(files map[string]string) {
	h.t.Helper()
	for name, text := range files {
		put(h.t, filepath.Join(h.directory, name), text)
	}
	h.git("add", ".")
	h.git("commit", "--quiet", "-m", "change")
}

// gate returns what the gate prints, and whether it passes.
func (h history) gate() (string, bool) {
	command := exec.CommandContext(h.t.Context(), "bash", filepath.Join(h.directory, ".ci", "changes"))
	command.Env = append(os.Environ(), "CLOUDROSTER="+h.program)
	out, err := command.CombinedOutput()
	return string(out), err == nil
}

func TestUnacceptedMajorChangesFail(t *testing.T) {
	t.Parallel()
	installed(t)
	h := history{t, t.TempDir(), filepath.Join(t.TempDir(), "cloudroster")}
	require.NoError(t, exec.CommandContext(t.Context(), "go", "build", "-o", h.program, ".").Run())
	const plain, listed = "# Nothing yet.\n", "go ./face.Old: removed # it was never used\n"
	face := func(source string) map[string]string {
		return map[string]string{"face/face.go": "package face\n" + source}
	}
	h.git("init", "--quiet")
	h.commit(map[string]string{
		".ci/changes": string(must(os.ReadFile(filepath.Join(repository, ".ci", "changes")))), ".ci/accepted": plain,
		documentFile: string(must(os.ReadFile(documentPath(t)))), "go.mod": "module example.com/m\n\ngo 1.26\n",
		"gen/gen.go": "package gen\ntype User struct{}\n", "face/face.go": "package face\nfunc Old() {}\n",
	})
	passes := func(want string) {
		t.Helper()
		out, ok := h.gate()
		assert.True(t, ok, out)
		assert.Contains(t, out, want)
	}
	fails := func(want string) {
		t.Helper()
		out, ok := h.gate()
		assert.False(t, ok, out)
		assert.Contains(t, out, want)
		assert.Contains(t, out, "is not in .ci/accepted")
	}
	passes("skipped: there is no tag")

	h.git("tag", "v0.1.0")
	h.commit(face("func Old() {}\nfunc New() {}\n"))
	passes("since v0.1.0: no major change that is not accepted")
	h.commit(face("func New() {}\n"))
	fails("major  go    ./face.Old: removed")
	h.commit(map[string]string{".ci/accepted": listed})
	passes("./face.Old: removed (accepted: it was never used)")
	h.commit(face("func New(int) {}\nfunc Old() {}\n"))
	passes("since v0.1.0")
	h.commit(map[string]string{".ci/accepted": plain, "face/face.go": "package face\n"})
	fails("./face.Old: removed")

	// Without a tag, everything since the list was changed last counts, that commit included.
	h.git("tag", "--delete", "v0.1.0")
	fails("./face.Old: removed")
	h.commit(map[string]string{".ci/accepted": "# Nothing again.\n"})
	passes("no major change that is not accepted")
	h.commit(map[string]string{"gen/gen.go": "package gen\n", "face/face.go": "package face\nfunc Other() {}\n"})
	fails("")
	h.commit(map[string]string{"gen/gen.go": "package gen\ntype Account struct{}\n"})
	fails("./gen.User: removed")
}
