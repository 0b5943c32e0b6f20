package repotest

import (
	"fmt"
	"go/ast"
	"go/build"
	"go/parser"
	"go/printer"
	"go/token"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// apiOf lists what a program can name of the package in a directory, one line each, sorted. The
// names of parameters are left out: changing one breaks nobody.
func apiOf(dir string) ([]string, error) {
	pkg, err := build.ImportDir(dir, 0)
	if err != nil {
		return nil, err
	}
	var s surface
	for _, name := range pkg.GoFiles {
		file, err := parser.ParseFile(token.NewFileSet(), filepath.Join(dir, name), nil, parser.SkipObjectResolution)
		if err != nil {
			return nil, err
		}
		for _, declaration := range file.Decls {
			switch d := declaration.(type) {
			case *ast.FuncDecl:
				s.function(d)
			case *ast.GenDecl:
				for _, spec := range d.Specs {
					switch spec := spec.(type) {
					case *ast.TypeSpec:
						s.typ(spec)
					case *ast.ValueSpec:
						s.values(d.Tok, spec)
					}
				}
			}
		}
	}
	slices.Sort(s.lines)
	return slices.Compact(s.lines), nil
}

type surface struct{ lines []string }

func (s *surface) add(format string, args ...any) {
	s.lines = append(s.lines, fmt.Sprintf(format, args...))
}

func (s *surface) function(d *ast.FuncDecl) {
	receiver := ""
	if d.Recv != nil {
		name, pointer := receiverOf(d.Recv.List[0].Type)
		if !ast.IsExported(name) {
			return
		}
		receiver = "(" + pointer + name + ") "
	}
	if d.Name.IsExported() {
		s.add("func %s%s%s%s", receiver, d.Name.Name, typeParameters(d.Type.TypeParams), signature(d.Type))
	}
}

func receiverOf(e ast.Expr) (name, pointer string) {
	switch e := e.(type) {
	case *ast.StarExpr:
		name, _ = receiverOf(e.X)
		return name, "*"
	case *ast.IndexExpr:
		return receiverOf(e.X)
	case *ast.IndexListExpr:
		return receiverOf(e.X)
	}
	return text(e), ""
}

func (s *surface) typ(spec *ast.TypeSpec) {
	name := spec.Name.Name
	if !spec.Name.IsExported() {
		return
	}
	if spec.Assign.IsValid() {
		s.add("type %s = %s", name, text(spec.Type))
		return
	}
	whole := name + typeParameters(spec.TypeParams)
	switch t := spec.Type.(type) {
	case *ast.StructType:
		s.add("type %s struct", whole)
		s.fields(name, t)
	case *ast.InterfaceType:
		s.add("type %s interface", whole)
		s.methods(name, t)
	case *ast.FuncType:
		s.add("type %s func%s", whole, signature(t))
	default:
		s.add("type %s %s", whole, text(t))
	}
}

func (s *surface) fields(name string, t *ast.StructType) {
	for _, field := range t.Fields.List {
		if len(field.Names) == 0 {
			embedded, _ := receiverOf(field.Type)
			embedded = embedded[strings.LastIndex(embedded, ".")+1:]
			if ast.IsExported(embedded) {
				s.add("type %s struct, %s (embedded %s)", name, embedded, text(field.Type))
			}
		}
		for _, n := range field.Names {
			if n.IsExported() {
				s.add("type %s struct, %s %s", name, n.Name, text(field.Type))
			}
		}
	}
}

func (s *surface) methods(name string, t *ast.InterfaceType) {
	for _, method := range t.Methods.List {
		f, isMethod := method.Type.(*ast.FuncType)
		switch {
		case !isMethod || len(method.Names) == 0:
			s.add("type %s interface, %s", name, text(method.Type))
		case method.Names[0].IsExported():
			s.add("type %s interface, %s%s", name, method.Names[0].Name, signature(f))
		default:
			s.add("type %s interface, unexported methods", name) // so nobody else can implement it
		}
	}
}

func (s *surface) values(kind token.Token, spec *ast.ValueSpec) {
	for i, name := range spec.Names {
		if !name.IsExported() {
			continue
		}
		line := kind.String() + " " + name.Name
		if spec.Type != nil {
			line += " " + text(spec.Type)
		}
		if kind == token.CONST && i < len(spec.Values) {
			line += " = " + text(spec.Values[i])
		}
		s.add("%s", line)
	}
}

func typeParameters(list *ast.FieldList) string {
	if list == nil {
		return ""
	}
	var parts []string
	for _, field := range list.List {
		for _, name := range field.Names {
			parts = append(parts, name.Name+" "+text(field.Type))
		}
	}
	return "[" + strings.Join(parts, ", ") + "]"
}

// signature is a function's parameters and results without their names.
func signature(f *ast.FuncType) string {
	results := types(f.Results)
	switch len(results) {
	case 0:
		return "(" + strings.Join(types(f.Params), ", ") + ")"
	case 1:
		return "(" + strings.Join(types(f.Params), ", ") + ") " + results[0]
	}
	return "(" + strings.Join(types(f.Params), ", ") + ") (" + strings.Join(results, ", ") + ")"
}

func types(list *ast.FieldList) []string {
	if list == nil {
		return nil
	}
	var out []string
	for _, field := range list.List {
		for range max(1, len(field.Names)) {
			out = append(out, text(field.Type))
		}
	}
	return out
}

// text prints an expression on one line.
func text(e ast.Expr) string {
	var out strings.Builder
	// An empty file set: positions, and so line breaks of the source, do not show.
	if err := printer.Fprint(&out, token.NewFileSet(), e); err != nil {
		return err.Error()
	}
	return strings.Join(strings.Fields(out.String()), " ")
}

func isCommand(t *testing.T, file string) bool {
	t.Helper()
	parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.PackageClauseOnly)
	require.NoError(t, err)
	return parsed.Name.Name == "main"
}
