package repotest

import (
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// leastShown is the percentage of what a user calls that an example must show.
const leastShown = 80

// Examples are what people copy from pkg.go.dev. Each has at most 20 lines, states its output, and calls nothing that
// the page does not show. Functions, types and methods are counted as shown by an example of their own or of
// their type, which is also one of what returns it; and a type by an example of what takes it.
func TestExamplesShowWhatAUserCalls(t *testing.T) {
	t.Parallel()
	public, err := publicAPI()
	require.NoError(t, err)
	shown, all := 0, 0
	for _, name := range []string{"wrapper", "wrapper/sshkey", "wrapper/profile", "contract", "wrapper/wrappertest"} {
		e := readExamples(t, name)
		e.addConstructors(public[name])
		var missing []string
		names := usersNames(public[name])
		for called, pages := range names {
			if !e.show(called, pages) {
				missing = append(missing, called)
			}
		}
		slices.Sort(missing)
		shown, all = shown+len(names)-len(missing), all+len(names)
		t.Logf("%s: %d of %d names in %d examples; not shown: %s", name, len(names)-len(missing), len(names), e.count, strings.Join(missing, " "))
	}
	t.Logf("figure: examples show %d of %d functions, types and methods (%d %%)", shown, all, 100*shown/all)
	assert.GreaterOrEqual(t, 100*shown/all, leastShown)
}

// usersNames lists what a user calls of a package, each with the pages of pkg.go.dev whose examples may show it:
// its own name, and the types that it belongs to.
func usersNames(pkg *types.Package) map[string][]string {
	names := map[string][]string{}
	for _, name := range pkg.Scope().Names() {
		object := pkg.Scope().Lookup(name)
		if !object.Exported() {
			continue
		}
		switch object := object.(type) {
		case *types.Func:
			names[name] = append([]string{name}, namedIn(pkg, object.Signature().Results())...)
			for _, of := range namedIn(pkg, object.Signature().Params()) {
				names[of] = append(names[of], name)
			}
		case *types.TypeName:
			names[name] = append(names[name], name)
			for method := range types.NewMethodSet(types.NewPointer(object.Type())).Methods() {
				addMethod(names, pkg, name, method.Obj().(*types.Func))
			}
			if t, ok := object.Type().Underlying().(*types.Interface); ok {
				for method := range t.Methods() {
					addMethod(names, pkg, name, method)
				}
			}
		}
	}
	return names
}

// byOthers are methods that packages of the standard library call, not a user.
var byOthers = []string{"Error", "Format", "GoString", "String", "Is", "Unwrap", "LogValue", "MarshalJSON", "MarshalText", "UnmarshalJSON", "ServeHTTP"}

func addMethod(names map[string][]string, pkg *types.Package, receiver string, method *types.Func) {
	if !method.Exported() || !ofModule(method) || slices.Contains(byOthers, method.Name()) {
		return
	}
	names[receiver+"."+method.Name()] = []string{receiver + "." + method.Name(), receiver}
	for _, tuple := range []*types.Tuple{method.Signature().Params(), method.Signature().Results()} {
		for _, of := range namedIn(pkg, tuple) {
			names[of] = append(names[of], receiver)
		}
	}
}

// namedIn are the exported types of a package in a list of parameters or results, in slices and iterators too.
func namedIn(pkg *types.Package, tuple *types.Tuple) (names []string) {
	var find func(types.Type)
	find = func(t types.Type) {
		switch t := types.Unalias(t).(type) {
		case *types.Pointer:
			find(t.Elem())
		case *types.Slice:
			find(t.Elem())
		case *types.Map:
			find(t.Elem())
		case *types.Named:
			if t.Obj().Pkg() == pkg && t.Obj().Exported() {
				names = append(names, t.Obj().Name())
			}
			for argument := range t.TypeArgs().Types() {
				find(argument)
			}
		}
	}
	for v := range tuple.Variables() {
		find(v.Type())
	}
	return names
}

// examples are the examples of a package that are as they should be.
type examples struct {
	count int
	uses  map[string]map[string]bool // by the name that the example is for: what its code names
}

// show reports whether an example for one of these names, or for a method of one, has the name in its code.
func (e *examples) show(name string, pages []string) bool {
	for _, page := range pages {
		for example, uses := range e.uses {
			if (example == page || strings.HasPrefix(example, page+".")) && uses[name] {
				return true
			}
		}
	}
	return false
}

// addConstructors counts the example of a function or method as one of the types that it returns, as pkg.go.dev lists
// functions under these.
func (e *examples) addConstructors(pkg *types.Package) {
	for example, uses := range maps.Clone(e.uses) {
		owner, method, isMethod := strings.Cut(example, ".")
		object := pkg.Scope().Lookup(owner)
		if isMethod && object != nil {
			object, _, _ = types.LookupFieldOrMethod(types.NewPointer(object.Type()), true, pkg, method)
		}
		if function, ok := object.(*types.Func); ok {
			for _, name := range namedIn(pkg, function.Signature().Results()) {
				maps.Copy(e.of(name), uses)
			}
		}
	}
}

// readExamples type-checks the example files of a package alone: what they use of its other tests does not compile.
func readExamples(t *testing.T, name string) *examples {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(repository, name, "example*_test.go"))
	require.NoError(t, err)
	require.NotEmpty(t, paths, name)
	files, set := []*ast.File{}, token.NewFileSet()
	for _, path := range paths {
		file, err := parser.ParseFile(set, path, nil, parser.ParseComments)
		require.NoError(t, err)
		files = append(files, file)
	}
	info := &types.Info{Uses: map[*ast.Ident]types.Object{}, Selections: map[*ast.SelectorExpr]*types.Selection{}, Types: map[ast.Expr]types.TypeAndValue{}}
	config := types.Config{Importer: importerOf(t, set, files)}
	tests, err := config.Check(module+"/"+name+"_test", set, files, info)
	require.NoError(t, err, "the examples of %s do not compile by themselves", name)
	e := &examples{uses: map[string]map[string]bool{}}
	for _, file := range files {
		for _, declaration := range file.Decls {
			function, ok := declaration.(*ast.FuncDecl)
			if !ok || !strings.HasPrefix(function.Name.Name, "Example") {
				continue
			}
			e.count++
			e.check(t, set, file, function)
			e.read(t, file, function, info, tests, module+"/"+name)
		}
	}
	return e
}

// check is about the form of an example.
func (e *examples) check(t *testing.T, set *token.FileSet, file *ast.File, function *ast.FuncDecl) {
	t.Helper()
	lines := set.Position(function.Body.Rbrace).Line - set.Position(function.Body.Lbrace).Line - 1
	output := false
	for _, comment := range file.Comments {
		if comment.Pos() > function.Body.Lbrace && comment.End() < function.Body.Rbrace {
			text := strings.ToLower(comment.Text())
			if strings.HasPrefix(text, "output:") || strings.HasPrefix(text, "unordered output:") {
				output = true
				lines -= strings.Count(comment.Text(), "\n")
			}
		}
	}
	assert.True(t, output, "%s states no output", function.Name.Name)
	assert.LessOrEqual(t, lines, 20, "lines of %s without its output", function.Name.Name)
}

// read collects what an example names of the package at path.
func (e *examples) read(t *testing.T, file *ast.File, function *ast.FuncDecl, info *types.Info, tests *types.Package, path string) {
	t.Helper()
	uses := e.of(exampleFor(function.Name.Name))
	ast.Inspect(function.Body, func(node ast.Node) bool {
		switch node := node.(type) {
		case *ast.Ident:
			object := info.Uses[node]
			if object == nil || object.Pkg() == nil {
				break
			}
			if object.Pkg() == tests && object.Parent() == tests.Scope() && !(ownFile(file) && object.Pos() >= file.FileStart && object.Pos() < file.FileEnd) {
				t.Errorf("%s uses %s, which pkg.go.dev does not show with it", function.Name.Name, node.Name)
			}
			if object.Pkg().Path() == path && object.Parent() == object.Pkg().Scope() {
				uses[object.Name()] = true
			}
		case *ast.SelectorExpr:
			if selected := info.Selections[node]; selected != nil {
				if named := namedOf(selected.Recv(), path); named != "" {
					uses[named+"."+node.Sel.Name] = true
				}
			}
		}
		if expression, ok := node.(ast.Expr); ok {
			if value, known := info.Types[expression]; known {
				uses[namedOf(value.Type, path)] = true
			}
		}
		return true
	})
}

// ownFile reports whether a file has one example, and no other function, so that pkg.go.dev shows all of it.
func ownFile(file *ast.File) bool {
	examples := 0
	for _, declaration := range file.Decls {
		if function, ok := declaration.(*ast.FuncDecl); ok && function.Recv == nil && strings.HasPrefix(function.Name.Name, "Example") {
			examples++
		}
	}
	return examples == 1
}

func (e *examples) of(name string) map[string]bool {
	if e.uses[name] == nil {
		e.uses[name] = map[string]bool{}
	}
	return e.uses[name]
}

// exampleFor is what an example is for by its name: ExampleT_M_suffix is for T.M.
func exampleFor(function string) string {
	name := strings.TrimPrefix(function, "Example")
	parts := strings.Split(name, "_")
	if last := parts[len(parts)-1]; len(parts) > 1 && last != "" && last[0] >= 'a' && last[0] <= 'z' {
		parts = parts[:len(parts)-1]
	}
	return strings.Join(parts, ".")
}

// namedOf is the name of a type of the package at path, or of what it points to.
func namedOf(t types.Type, path string) string {
	if t == nil {
		return ""
	}
	if named, ok := pointedTo(types.Unalias(t)).(*types.Named); ok && named.Obj().Pkg() != nil && named.Obj().Pkg().Path() == path {
		return named.Obj().Name()
	}
	return ""
}

// importerOf reads the export data of all that the files import.
func importerOf(t *testing.T, set *token.FileSet, files []*ast.File) types.Importer {
	t.Helper()
	imported := map[string]bool{}
	for _, file := range files {
		for _, one := range file.Imports {
			imported[strings.Trim(one.Path.Value, `"`)] = true
		}
	}
	packages, err := goList(slices.Sorted(maps.Keys(imported))...)
	require.NoError(t, err)
	exports := map[string]string{}
	for _, p := range packages {
		exports[p.ImportPath] = p.Export
	}
	return importer.ForCompiler(set, "gc", func(path string) (io.ReadCloser, error) { return os.Open(exports[path]) })
}
