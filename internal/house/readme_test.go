package house

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var (
	fence      = regexp.MustCompile("(?ms)^```([a-z]*)\n(.*?)^```$")
	goRun      = regexp.MustCompile(`go (?:run|test|doc|vet) \./([a-z/]+)`)
	makeTarget = regexp.MustCompile(`(?m)^(?:cd \S+ && )?make ([a-z]+)`)
	fileLink   = regexp.MustCompile(`\]\(([^)#:]+)\)`)
)

// The README's Go code is taken from files that are compiled and run: each block must occur in one
// of them, line by line, however deep it is indented there.
func TestReadmeCodeIsCompiled(t *testing.T) {
	t.Parallel()
	readme := readReadme(t)
	compiled := compiledExamples(t)
	blocks := 0
	for _, block := range fence.FindAllStringSubmatch(readme, -1) {
		if block[1] != "go" {
			continue
		}
		blocks++
		found := false
		for _, code := range compiled {
			found = found || strings.Contains(code, "\n"+flatten(block[2])+"\n")
		}
		assert.True(t, found, "this code is in no example that is compiled:\n%s", block[2])
	}
	assert.NotZero(t, blocks, "the README shows no Go code")
}

// What the README tells to run, and what it links to, is there.
func TestReadmeCommandsAndLinksExist(t *testing.T) {
	t.Parallel()
	readme := readReadme(t)
	makefile, err := os.ReadFile(filepath.Join(repository, "Makefile"))
	require.NoError(t, err)
	commands := 0
	for _, block := range fence.FindAllStringSubmatch(readme, -1) {
		if block[1] != "sh" {
			continue
		}
		for _, match := range goRun.FindAllStringSubmatch(block[2], -1) {
			commands++
			assert.DirExists(t, filepath.Join(repository, match[1]))
		}
		for _, match := range makeTarget.FindAllStringSubmatch(block[2], -1) {
			commands++
			assert.Contains(t, string(makefile), "\n"+match[1]+":")
		}
	}
	assert.NotZero(t, commands, "the README shows no command")
	for _, match := range fileLink.FindAllStringSubmatch(readme, -1) {
		_, err := os.Stat(filepath.Join(repository, match[1]))
		assert.NoError(t, err, "the README links to it")
	}
}

func readReadme(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(repository, "README.md"))
	require.NoError(t, err)
	return string(text)
}

// compiledExamples is the code of all programs and tests in examples/, and of all example tests.
func compiledExamples(t *testing.T) []string {
	t.Helper()
	var code []string
	err := filepath.WalkDir(repository, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		inExamples := strings.HasPrefix(path, filepath.Join(repository, "examples"))
		if entry.IsDir() || !strings.HasSuffix(path, ".go") || !inExamples && !strings.HasSuffix(path, "example_test.go") {
			return nil
		}
		text, err := os.ReadFile(path)
		code = append(code, "\n"+flatten(string(text))+"\n")
		return err
	})
	require.NoError(t, err)
	return code
}

// flatten takes the indentation and empty lines at both ends away.
func flatten(code string) string {
	lines := strings.Split(strings.Trim(code, "\n"), "\n")
	for i, line := range lines {
		lines[i] = strings.TrimSpace(line)
	}
	return strings.Join(lines, "\n")
}
