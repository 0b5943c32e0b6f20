package repotest

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
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
	makeTarget = regexp.MustCompile(`(?m)^(?:cd \S+ && )?make ([a-z0-9-]+)`)
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

// The README's table of lines counts what the two files hold now.
func TestReadmeCountsTheLinesOfEverydayTasks(t *testing.T) {
	t.Parallel()
	readme := readReadme(t)
	says := func(task string, our, their int) {
		row := fmt.Sprintf("| %s | %d | %d |", task, our, their)
		assert.True(t, strings.Contains(readme, "\n"+row+"\n"), "the README should say %s", row)
	}
	ours := linesOf(t, "wrapper/everyday_test.go")
	theirs := linesOf(t, "bench/everyday/everyday_test.go")
	our, their := 0, 0
	for _, task := range []struct{ says, function string }{
		{"list all users", "listAllUsers"}, {"create a user and wait", "createAndWait"}, {"change one field", "changeOneField"},
		{"add a user to a group", "addToGroup"}, {"give a share", "giveShare"}, {"resume a wait", "resumeWait"},
	} {
		require.Positive(t, ours[task.function], task.function)
		require.Positive(t, theirs[task.function], task.function)
		says(task.says, ours[task.function], theirs[task.function])
		our += ours[task.function]
		their += theirs[task.function]
	}
	says("together", our, their)
	assert.LessOrEqual(t, our, 40)
}

// linesOf counts the lines between the braces of every function of a file.
func linesOf(t *testing.T, name string) map[string]int {
	t.Helper()
	files := token.NewFileSet()
	file, err := parser.ParseFile(files, filepath.Join(repository, name), nil, parser.SkipObjectResolution)
	require.NoError(t, err)
	lines := map[string]int{}
	for _, declaration := range file.Decls {
		if function, ok := declaration.(*ast.FuncDecl); ok {
			lines[function.Name.Name] = files.Position(function.Body.Rbrace).Line - files.Position(function.Body.Lbrace).Line - 1
		}
	}
	return lines
}

// The README promises a test of both clouds in ten lines, and one that holds the contract in five.
func TestReadmeTestsAreAsShortAsPromised(t *testing.T) {
	t.Parallel()
	readme := readReadme(t)
	for marker, most := range map[string]int{"func TestRename(": 10, "contract.Transport(": 5} {
		found := false
		for _, block := range fence.FindAllStringSubmatch(readme, -1) {
			if block[1] == "go" && strings.Contains(block[2], marker) {
				found = true
				assert.LessOrEqual(t, strings.Count(block[2], "\n"), most, "lines of the block with %s", marker)
			}
		}
		assert.True(t, found, "no block with %s", marker)
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
