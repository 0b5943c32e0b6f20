package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"
)

const repository = "../.."

func swap(old, changed string) func(string) string {
	return func(text string) string {
		if !strings.Contains(text, old) {
			panic("no " + old)
		}
		return strings.Replace(text, old, changed, 1)
	}
}

// tools are the pinned engines, built once, since "go run" takes the longest part of a comparison.
var tools = sync.OnceValues(func() (string, error) {
	directory, err := os.MkdirTemp("", "cloudroster-tools")
	if err != nil {
		return "", err
	}
	for _, tool := range []string{oasdiff, apidiff, generator} {
		install := exec.Command("go", "install", tool)
		install.Dir, install.Env = directory, append(os.Environ(), "GOBIN="+directory)
		if out, err := install.CombinedOutput(); err != nil {
			return "", fmt.Errorf("%w: %s", err, out)
		}
	}
	return directory, nil
})

// installed runs the engines as runProgram does, but for building them, and each of them once for the same input:
// every edit starts from the same document, and its two comparisons share theirs.
func installed(t *testing.T) environment {
	t.Helper()
	if os.Getenv("CLOUDROSTER_TOOLS") == "" {
		t.Skip("needs oasdiff, apidiff and the generator; make contract runs it")
	}
	directory, err := tools()
	require.NoError(t, err)
	ran := &remembered{done: map[string]func() ([]byte, error){}}
	return environment{command: func(command *exec.Cmd) ([]byte, error) {
		args := command.Args
		switch {
		case len(args) > 2 && args[1] == "run":
			name, _, _ := strings.Cut(filepath.Base(args[2]), "@")
			built := exec.CommandContext(context.Background(), filepath.Join(directory, name), args[3:]...)
			built.Dir = command.Dir
			if name != "oasdiff" {
				return runProgram(built)
			}
			old, current := args[len(args)-2], args[len(args)-1]
			return ran.once(string(must(os.ReadFile(old)))+"\x00"+string(must(os.ReadFile(current))), func() ([]byte, error) { return runProgram(built) })
		case len(args) == 3 && args[1] == "install":
			return nil, os.Symlink(filepath.Join(directory, "apidiff"), filepath.Join(command.Dir, "apidiff"))
		case len(args) == 5 && args[2] == "-w": // apidiff -m -w FILE MODULE
			export, err := ran.once(command.Dir, func() ([]byte, error) {
				if _, err := runProgram(command); err != nil {
					return nil, err
				}
				return os.ReadFile(args[3])
			})
			if err != nil {
				return nil, err
			}
			return nil, os.WriteFile(args[3], export, 0o600)
		}
		return runProgram(command)
	}}
}

// remembered is what was found out for each input.
type remembered struct {
	mu   sync.Mutex
	done map[string]func() ([]byte, error)
}

func (r *remembered) once(input string, find func() ([]byte, error)) ([]byte, error) {
	r.mu.Lock()
	if r.done[input] == nil {
		r.done[input] = sync.OnceValues(find)
	}
	found := r.done[input]
	r.mu.Unlock()
	return found()
}

func TestMain(m *testing.M) {
	code := m.Run()
	if os.Getenv("CLOUDROSTER_TOOLS") != "" {
		if directory, err := tools(); err == nil {
			os.RemoveAll(directory)
		}
	}
	os.Exit(code)
}

// write makes a document and its Go names, as an edit leaves them.
func (e edit) write(t *testing.T, directory string) (document string) {
	t.Helper()
	overlay := string(must(os.ReadFile(filepath.Join(repository, "api", "go.yaml"))))
	if e.names != nil {
		overlay = e.names(overlay)
	}
	text := must(os.ReadFile(filepath.Join(repository, documentFile)))
	if e.change != nil && e.name != "nothing" {
		var plain map[string]any
		require.NoError(t, yaml.Unmarshal(text, &plain))
		e.change(edited{plain})
		text = must(yaml.Marshal(plain))
	}
	put(t, filepath.Join(directory, "api", "go.yaml"), overlay)
	document = filepath.Join(directory, documentFile)
	put(t, document, string(text))
	return document
}

func put(t *testing.T, file, text string) {
	t.Helper()
	require.NoError(t, os.MkdirAll(filepath.Dir(file), 0o700))
	require.NoError(t, os.WriteFile(file, []byte(text), 0o600))
}

// Every edit has its class, between two documents and between two checkouts that were generated from them. A checkout
// is this library, as its source stands. Where the edit breaks it, the class is that of the documents and of gen.
// Checkouts have to be compiled: without CLOUDROSTER_EDITS=all, some edits are compared as documents only.
func TestEveryEditHasItsClass(t *testing.T) {
	t.Parallel()
	edits := slices.Concat(vendorEdits, otherEdits)
	require.GreaterOrEqual(t, len(edits), 50)
	env := installed(t)
	all := os.Getenv("CLOUDROSTER_EDITS") == "all"
	checkouts := 0
	base := t.TempDir()
	before := edit{name: "nothing"}.write(t, base)
	library := librarySource(t)
	checkout(t, env, base, library)
	for i, e := range edits {
		asCheckout := all || i%sampled == 0
		if asCheckout {
			checkouts++
		}
		t.Run(e.name, func(t *testing.T) {
			t.Parallel()
			directory := t.TempDir()
			after := e.write(t, directory)
			e.holds(t, runWith(t, env, "diff", "-max", "major", before, after))
			if asCheckout {
				checkout(t, env, directory, library)
				e.holds(t, runWith(t, env, "diff", "-max", "major", base, directory))
			}
		})
	}
	t.Logf("figure: %d edits as documents, %d of them as checkouts", len(edits), checkouts)
}

// sampled is of how many edits one is compared as checkouts every time.
const sampled = 12

// holds finds the class in the last line, and what was wanted in a line of that class.
func (e edit) holds(t *testing.T, got result) {
	t.Helper()
	class := "none"
	if e.level != none {
		class = e.level.String()
	}
	lines := strings.Split(strings.TrimSpace(got.stdout), "\n")
	_, bump, ended := strings.Cut(lines[len(lines)-1], "semver bump: ")
	require.True(t, ended, got.stderr)
	bump, isLower := strings.CutPrefix(bump, "at least ")
	assert.Equal(t, class, bump, "%s%s", got.stdout, got.stderr)
	if isLower {
		assert.Equal(t, untested, got.code)
		assert.Contains(t, got.stderr, "does not compile")
	} else {
		assert.Equal(t, conforms, got.code, got.stderr)
	}
	if e.level != none {
		assert.True(t, slices.ContainsFunc(lines, func(line string) bool {
			return strings.HasPrefix(line, class+" ") && strings.Contains(line, e.want)
		}), "no %s line with %q in\n%s", class, e.want, got.stdout)
	}
}

// librarySource is the source of the packages that programs import, and of what these import, by file.
func librarySource(t *testing.T) map[string]string {
	t.Helper()
	list := exec.CommandContext(t.Context(), "go", "list", "-deps", "-f",
		`{{if and .Module .Module.Main}}{{$d := .Dir}}{{range .GoFiles}}{{$d}}/{{.}}{{"\n"}}{{end}}{{end}}`, "./wrapper", "./wrapper/sshkey", "./wrapper/profile")
	list.Dir = repository
	root := must(filepath.Abs(repository))
	files := map[string]string{}
	for _, file := range append(strings.Fields(string(must(list.Output()))), filepath.Join(root, "go.mod"), filepath.Join(root, "go.sum")) {
		files[must(filepath.Rel(root, file))] = string(must(os.ReadFile(file)))
	}
	require.Contains(t, files, filepath.Join("gen", "gen.go"))
	return files
}

// checkout adds the library's packages to a document, with gen generated from it.
func checkout(t *testing.T, env environment, directory string, library map[string]string) {
	t.Helper()
	for file, text := range library {
		put(t, filepath.Join(directory, file), text)
	}
	fresh := t.TempDir()
	require.NoError(t, generate(t.Context(), env, filepath.Join(directory, documentFile), fresh))
	put(t, filepath.Join(directory, "gen", "gen.go"), string(must(os.ReadFile(filepath.Join(fresh, "gen.go")))))
}

// What is generated for two documents is what this library was generated from.
func TestTheGoNamesOfOurDocumentAreThoseOfGen(t *testing.T) {
	t.Parallel()
	directory := t.TempDir()
	require.NoError(t, generate(t.Context(), installed(t), filepath.Join(repository, documentFile), directory))
	fresh := must(readGoNames(directory))
	generated := t.TempDir()
	put(t, filepath.Join(generated, "gen.go"), string(must(os.ReadFile(filepath.Join(repository, "gen", "gen.go")))))
	assert.Empty(t, compareGoNames(must(readGoNames(generated)), fresh))
}

func TestTheSameDocumentHasNoChanges(t *testing.T) {
	t.Parallel()
	old, current := documents(t, func(text string) string { return text })
	got := runWith(t, engines("[]", nil), "diff", "-max", "patch", old, current)
	assert.Equal(t, result{conforms, "documents and their Go names: 0 major, 0 minor, 0 patch changes; semver bump: none\n", ""}, got)
}

func TestDiffFailsAboveMaxAndMaxIsMinorUnlessSet(t *testing.T) {
	t.Parallel()
	old, current := documents(t, func(text string) string { return text })
	for _, c := range []struct {
		level int
		flags []string
		want  int
	}{
		{3, nil, differs}, {2, nil, differs}, {1, nil, conforms},
		{3, []string{"-max", "major"}, conforms}, {1, []string{"-max", "patch"}, differs}, {1, []string{"-max", "none"}, untested},
	} {
		env := engines(fmt.Sprintf(`[{"id":"a","text":"t","level":%d}]`, c.level), nil)
		got := runWith(t, env, append(append([]string{"diff"}, c.flags...), old, current)...)
		assert.Equal(t, c.want, got.code, "%d %v: %s%s", c.level, c.flags, got.stdout, got.stderr)
	}
}

func TestRatings(t *testing.T) {
	t.Parallel()
	old, current := documents(t, func(text string) string { return text })
	got := runWith(t, engines(`[
		{"id":"a","text":"breaks","level":3,"operation":"GET","path":"/a"},
		{"id":"b","text":"may break","level":2,"operation":"GET","path":"/b"},
		{"id":"c","text":"is new","level":1,"section":"components"},
		{"id":"response-property-enum-value-added","text":"enum","level":3,"section":"paths"},
		{"id":"response-optional-property-removed","text":"property","level":1,"section":"paths"},
		{"id":"api-version-not-bumped","text":"version","level":1,"section":"info"},
		{"id":"optional-response-header-removed","text":"an own rule reports it","level":1}]`, nil), "diff", old, current)
	assert.Equal(t, differs, got.code)
	assert.Equal(t, `major  wire  GET /a: breaks
major  wire  GET /b: may break
major  wire  paths: property
minor  wire  components: is new
minor  wire  paths: enum
patch  wire  info: version
documents and their Go names: 3 major, 2 minor, 1 patch changes; semver bump: major
`, got.stdout)
}

// docs/diff.md shows the table of ratings as the program has it.
func TestTheTableOfRatingsIsDocumented(t *testing.T) {
	t.Parallel()
	page := string(must(os.ReadFile(filepath.Join(repository, "docs", "diff.md"))))
	for _, r := range ratings {
		class := r.level.String()
		if r.ignore {
			class = "own rule"
		}
		assert.Contains(t, page, fmt.Sprintf("| `%s` | %s |", r.id, class))
	}
	assert.Equal(t, len(ratings), strings.Count(page, "\n| `"), "rows of the table")
}

func TestDiffFailsClosed(t *testing.T) {
	t.Parallel()
	old, current := documents(t, func(text string) string { return text })
	directory := t.TempDir()
	write := func(name, text string) string {
		put(t, filepath.Join(directory, name), text)
		return filepath.Join(directory, name)
	}
	bare := t.TempDir()
	put(t, filepath.Join(bare, documentFile), string(must(os.ReadFile(old))))
	working := engines("[]", nil)
	for name, c := range map[string]struct {
		env          environment
		old, current string
		message      string
	}{
		"no such file or revision":     {engines("", errors.New("none")), old, filepath.Join(directory, "none"), "not a revision"},
		"an empty file":                {working, write("empty.yaml", ""), current, "is empty"},
		"not YAML":                     {working, old, write("broken.yaml", "a: ["), "broken.yaml"},
		"not OpenAPI":                  {working, write("other.yaml", "a: 1\n"), current, "other.yaml"},
		"a document without paths":     {working, old, write("bare.yaml", "openapi: 3.0.3\ninfo: {title: t, version: '1'}\npaths: {}\n"), "has no paths"},
		"a directory without one":      {working, t.TempDir(), current, "no such file"},
		"a document and a checkout":    {working, old, bare, "give two of a kind"},
		"oasdiff that cannot run":      {engines("", errors.New("no network")), old, current, "oasdiff: no network"},
		"oasdiff that prints nothing":  {engines("", nil), old, current, "oasdiff: no output"},
		"oasdiff that prints no JSON":  {engines("Usage:", nil), old, current, "oasdiff: invalid"},
		"a generator that cannot run":  {engines("[]", nil, generator), old, current, "cannot be generated"},
		"a checkout without a package": {working, bare, bare, "has no Go names"},
	} {
		got := runWith(t, c.env, "diff", c.old, c.current)
		assert.Equal(t, untested, got.code, "%s: %s", name, got.stdout)
		assert.Contains(t, got.stderr, c.message, name)
		assert.Empty(t, got.stdout, name)
	}
}

func must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}

func TestTheListsOfApidiff(t *testing.T) {
	t.Parallel()
	changes, err := parseApidiff("Incompatible changes:\n- ./wrapper.Error.Code: removed\n- ./internal/specgen.Old: removed\n- ./gen.User: removed\n"+
		"- ./wrapper.Users.Count: added\n- ./wrapper.Auth.Count: added\n"+
		"Compatible changes:\n- package example.com/m/internal/specgen: added\n- ./gen/openapi.New: added\n",
		[]string{"example.com/m/internal/specgen", "./internal/specgen", "./gen"})
	require.NoError(t, err)
	assert.Equal(t, []change{
		{major, "go", "./wrapper.Error.Code", "removed"},
		{minor, "go", "./wrapper.Users.Count", "added to an interface that may grow"},
		{major, "go", "./wrapper.Auth.Count", "added"},
		{minor, "go", "./gen/openapi.New", "added"},
	}, changes)
	for _, text := range []string{"- ./gen.User: removed", "Incompatible changes:\nwhat is this"} {
		_, err := parseApidiff(text, nil)
		assert.ErrorContains(t, err, "unexpected line")
	}
}

func TestGoNames(t *testing.T) {
	t.Parallel()
	read := func(source string) goNames {
		directory := t.TempDir()
		put(t, filepath.Join(directory, "gen.go"), "package gen\n"+source)
		put(t, filepath.Join(directory, "gen_test.go"), "package gen\nfunc Test() {}\n")
		return must(readGoNames(directory))
	}
	before := read(`type User struct { ID int32 ` + "`json:\"id\"`" + `; name string; *Base }
type Client interface { Get(a, b int) error; quiet() }
type State string
const ( Up State = "UP"; down = 1; LimitMax = 100 )
type Old = State
type Option func(name string) error
func New(name string) *User { return nil }
func (u *User) Do() (n int, err error) { return undefined() }
func (h hidden) Do() {}
`)
	after := read(`type User struct { ID int64; Age int; *Base }
type Client interface { Get(c, d int) error; Put() }
type State string
const Up State = "up"
const LimitMax = 1000
type Option func(other string) error
func New(other string) *User { return nil }
func (u *User) Do() (n int) { return 0 }
`)
	assert.Equal(t, []change{
		{major, "go", "./gen.Old", "removed"},
		{major, "go", "./gen.Up", `changed from const State = "UP" to const State = "up"`},
		{major, "go", "./gen.User.Do", "changed from func() (int, error) to func() (int)"},
		{major, "go", "./gen.User.ID", "changed from int32 to int64"},
		{minor, "go", "./gen.Client.Put", "added to an interface that may grow"},
		{minor, "go", "./gen.User.Age", "added"},
	}, compareGoNames(before, after))
	assert.Empty(t, compareGoNames(before, before))
}

// Two revisions of a repository, and one of them does not compile.
func TestRevisionsAreCompared(t *testing.T) {
	env := installed(t)
	t.Chdir(t.TempDir())
	git := func(args ...string) {
		command := exec.CommandContext(t.Context(), "git", append([]string{"-c", "user.name=t", "-c", "user.email=t@example.com"}, args...)...)
		out, err := command.CombinedOutput()
		require.NoError(t, err, string(out))
	}
	document := string(must(os.ReadFile(documentPath(t))))
	git("init", "--quiet")
	for name, text := range map[string]string{
		documentFile: document, "go.mod": "module example.com/m\n\ngo 1.26\n",
		"gen/gen.go": "package gen\ntype User struct{ ID int32 }\n", "face/face.go": "package face\nfunc Old() {}\n", "tool/main.go": "package main\nfunc main() {}\n",
	} {
		put(t, name, text)
	}
	git("add", ".")
	git("commit", "--quiet", "-m", "first")
	git("tag", "v1")
	put(t, "gen/gen.go", "package gen\ntype User struct{ ID int64 }\nfunc New() {}\n")
	put(t, "face/face.go", "package face\nfunc Fresh() {}\n")
	git("commit", "--quiet", "-am", "second")
	got := runWith(t, env, "diff", "v1", "HEAD")
	assert.Empty(t, got.stderr)
	assert.Equal(t, differs, got.code)
	assert.Equal(t, `major  go    ./face.Old: removed
major  go    ./gen.User.ID: changed from int32 to int64
minor  go    ./face.Fresh: added
minor  go    ./gen.New: added
documents and Go packages: 2 major, 2 minor, 0 patch changes; semver bump: major
`, got.stdout)

	put(t, "face/face.go", "package face\nfunc Fresh() { undefined() }\n")
	git("commit", "--quiet", "-am", "third")
	got = runWith(t, env, "diff", "v1", "HEAD")
	assert.Equal(t, differs, got.code)
	assert.Contains(t, got.stdout, "semver bump: at least major\n")
	assert.Contains(t, got.stderr, "only the documents and package gen were compared: the packages of a checkout cannot be read")

	got = runWith(t, env, "diff", "HEAD~1", "HEAD")
	assert.Equal(t, untested, got.code, got.stdout)
	assert.Contains(t, got.stdout, "semver bump: at least none\n")
}

func documentPath(t *testing.T) string {
	t.Helper()
	old, _ := documents(t, func(text string) string { return text })
	return old
}

// The generator is the one that makes gen, with its settings and names.
func TestTheGeneratorIsOurs(t *testing.T) {
	t.Parallel()
	module, version, _ := strings.Cut(generator, "/cmd/oapi-codegen@")
	assert.Contains(t, string(must(os.ReadFile(filepath.Join(repository, "go.mod")))), "\t"+module+" "+version+"\n")
	for copied, original := range map[string]string{"generator/go.yaml": "api/go.yaml", "generator/oapi-codegen.yaml": "oapi-codegen.yaml"} {
		assert.Equal(t, string(must(os.ReadFile(filepath.Join(repository, original)))), string(must(configuration.ReadFile(copied))), "run make generate")
	}
}

func TestAProgramThatFailsTellsItsLastLine(t *testing.T) {
	t.Parallel()
	_, err := runProgram(exec.CommandContext(t.Context(), "go", "no-such-command"))
	assert.ErrorContains(t, err, "exit status")
	_, err = runProgram(exec.CommandContext(t.Context(), "no-such-program"))
	assert.ErrorIs(t, err, exec.ErrNotFound)
}
