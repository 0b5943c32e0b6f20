package repotest

import (
	"flag"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const repository = "../.."

var update = flag.Bool("update", false, "add what is new in the public API to its golden files")

// The public API of each package is a golden file in testdata/api, one line for each thing that a
// program can name. Lines are only added (make update-api). What is taken away stays there, and is named
// with its reason in testdata/api/removed.txt:
//
//	wrapper: func NewThing() *Thing // nobody could use it, because ...
func TestPublicAPI(t *testing.T) {
	t.Parallel()
	packages, err := publicAPI()
	require.NoError(t, err)
	require.Contains(t, packages, "wrapper")
	removed := readRemoved(t)
	for name, pkg := range packages {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			current := surfaceOf(pkg)
			file := filepath.Join("testdata", "api", strings.ReplaceAll(name, "/", "-")+".txt")
			golden := readLines(t, file)
			added, gone, back := compareAPI(current, golden, removed[name])
			if *update && len(added) > 0 {
				lines := append(slices.Clone(golden), added...)
				slices.Sort(lines)
				require.NoError(t, os.WriteFile(file, []byte(strings.Join(lines, "\n")+"\n"), 0o644))
				added = nil
			}
			assert.Empty(t, strings.Join(added, "\n"), "new in the public API: if that is meant, run make update-api")
			assert.Empty(t, strings.Join(gone, "\n"), "gone from the public API, which breaks programs: if that is meant, name it in testdata/api/removed.txt")
			assert.Empty(t, strings.Join(back, "\n"), "named in testdata/api/removed.txt, but not removed, or never there")
		})
	}
	t.Run("every package that has a golden file is there", func(t *testing.T) {
		t.Parallel()
		files, err := filepath.Glob(filepath.Join("testdata", "api", "*.txt"))
		require.NoError(t, err)
		for _, file := range files {
			name := strings.TrimSuffix(filepath.Base(file), ".txt")
			if name != "removed" {
				assert.Contains(t, packages, strings.ReplaceAll(name, "-", "/"))
			}
		}
	})
}

func TestCompareAPI(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name                     string
		current, golden, removed []string
		added, gone, back        []string
	}{
		{name: "nothing changed", current: []string{"a", "b"}, golden: []string{"a", "b"}},
		{name: "something is new", current: []string{"a", "b"}, golden: []string{"a"}, added: []string{"b"}},
		{name: "something is gone", current: []string{"a"}, golden: []string{"a", "b"}, gone: []string{"b"}},
		{name: "what is gone is named", current: []string{"a"}, golden: []string{"a", "b"}, removed: []string{"b"}},
		{name: "what is named is still there", current: []string{"a"}, golden: []string{"a"}, removed: []string{"a"}, back: []string{"a"}},
		{name: "what is named was never there", current: []string{"a"}, golden: []string{"a"}, removed: []string{"c"}, back: []string{"c"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			added, gone, back := compareAPI(test.current, test.golden, test.removed)
			assert.Equal(t, test.added, added)
			assert.Equal(t, test.gone, gone)
			assert.Equal(t, test.back, back)
		})
	}
}

// compareAPI returns what is new, what is gone without being named, and what is named as removed
// and is not.
func compareAPI(current, golden, removed []string) (added, gone, back []string) {
	for _, line := range current {
		if !slices.Contains(golden, line) {
			added = append(added, line)
		}
	}
	for _, line := range golden {
		if !slices.Contains(current, line) && !slices.Contains(removed, line) {
			gone = append(gone, line)
		}
	}
	for _, line := range removed {
		if slices.Contains(current, line) || !slices.Contains(golden, line) {
			back = append(back, line)
		}
	}
	return added, gone, back
}

func readRemoved(t *testing.T) map[string][]string {
	t.Helper()
	removed := map[string][]string{}
	for _, line := range readLines(t, filepath.Join("testdata", "api", "removed.txt")) {
		what, reason, ok := strings.Cut(line, " // ")
		name, thing, named := strings.Cut(what, ": ")
		require.True(t, ok && named && strings.TrimSpace(reason) != "", "removed.txt: %q is not PACKAGE: LINE // REASON", line)
		removed[name] = append(removed[name], thing)
	}
	return removed
}

// readLines reads the lines of a file that are not empty; a file that does not exist has none.
func readLines(t *testing.T, file string) []string {
	t.Helper()
	text, err := os.ReadFile(file)
	if os.IsNotExist(err) {
		return nil
	}
	require.NoError(t, err)
	return slices.DeleteFunc(strings.Split(string(text), "\n"), func(line string) bool { return line == "" })
}

func TestSurface(t *testing.T) {
	t.Parallel()
	const source = `package p
import "context"
import "iter"
const A, b = 1, 2
const ( C State = "c" )
var D, e = f(), 1
type State string
type S[T any] struct { X, y int; Z []T; *State; error }
type I interface { M(ctx context.Context, names ...string) (n int, err error); hidden(); J }
type J interface { Inner() }
type Same = State
type Func func(a, b int) error
type Many map[string]func(name string) iter.Seq2[int, func(code int)]
type hidden struct{ Lent int; quiet int }
type Outer struct { *hidden; Inner }
type Inner struct{}
func (Inner) Near() {}
func (s *S[T]) Do(a, b T) (_ error) { return nil }
func (*hidden) Do(times int) {}
func (hidden) Undo() {}
func (s S[T]) quiet() {}
func New[T any](opts ...func(*S[T])) *S[T] { return nil }
func f() int { return 1 }
`
	files := token.NewFileSet()
	file, err := parser.ParseFile(files, "p.go", source, parser.SkipObjectResolution)
	require.NoError(t, err)
	imports, err := everything()
	require.NoError(t, err)
	config := types.Config{Importer: imports}
	pkg, err := config.Check(module+"/p", files, []*ast.File{file}, nil)
	require.NoError(t, err)
	assert.Equal(t, []string{
		`const A = 1`,
		`const C State = "c"`,
		`func (*S) Do(T, T) error`,
		`func (Inner) Near()`,
		`func (Outer) Do(int)`,
		`func (Outer) Near()`,
		`func (Outer) Undo()`,
		`func New[T any](...func(*S[T])) *S[T]`,
		`type Func func(int, int) error`,
		`type I interface`,
		`type I interface, Inner()`,
		`type I interface, J`,
		`type I interface, M(context.Context, ...string) (int, error)`,
		`type I interface, unexported methods`,
		`type Inner struct`,
		`type J interface`,
		`type J interface, Inner()`,
		`type Many map[string]func(string) iter.Seq2[int, func(int)]`,
		`type Outer struct`,
		`type Outer struct, Inner (embedded Inner)`,
		`type Outer struct, Lent int`,
		`type S struct, State (embedded *State)`,
		`type S struct, X int`,
		`type S struct, Z []T`,
		`type S[T any] struct`,
		`type Same = State`,
		`type State string`,
		`var D int`,
	}, surfaceOf(pkg))
}
