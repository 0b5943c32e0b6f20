package main

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/printer"
	"go/token"
	"maps"
	"path/filepath"
	"slices"
	"strings"
)

// goNames is what a program can name of package gen, and what each name is: "User.Email" is "string". It is read
// from the source, so that a package that does not compile can be compared as well.
type goNames map[string]goName

type goName struct {
	text string
	// ofInterface marks a method of an interface. Those of gen may grow: nobody but tests implements them.
	ofInterface bool
}

func readGoNames(directory string) (goNames, error) {
	files, err := filepath.Glob(filepath.Join(directory, "*.go"))
	if err != nil {
		return nil, err
	}
	names := goNames{}
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
		if err != nil {
			return nil, err
		}
		for _, declaration := range file.Decls {
			names.declaration(declaration)
		}
	}
	if len(names) == 0 {
		return nil, fmt.Errorf("%s has no Go names", directory)
	}
	return names, nil
}

func (n goNames) declaration(declaration ast.Decl) {
	switch d := declaration.(type) {
	case *ast.FuncDecl:
		n.function(d)
	case *ast.GenDecl:
		for _, spec := range d.Specs {
			switch spec := spec.(type) {
			case *ast.TypeSpec:
				n.typeOf(spec)
			case *ast.ValueSpec:
				n.values(d.Tok, spec)
			}
		}
	}
}

func (n goNames) function(d *ast.FuncDecl) {
	if !d.Name.IsExported() {
		return
	}
	name := d.Name.Name
	if d.Recv != nil {
		receiver := strings.TrimLeft(goText(d.Recv.List[0].Type), "*")
		if !ast.IsExported(receiver) {
			return
		}
		name = receiver + "." + name
	}
	n[name] = goName{text: goSignature(d.Type)}
}

func (n goNames) typeOf(spec *ast.TypeSpec) {
	if !spec.Name.IsExported() {
		return
	}
	name := spec.Name.Name
	if spec.Assign.IsValid() {
		n[name] = goName{text: "= " + goText(spec.Type)}
		return
	}
	switch t := spec.Type.(type) {
	case *ast.StructType:
		n[name] = goName{text: "struct"}
		n.members(name, t.Fields, false)
	case *ast.InterfaceType:
		n[name] = goName{text: "interface"}
		n.members(name, t.Methods, true)
	case *ast.FuncType:
		n[name] = goName{text: goSignature(t)}
	default:
		n[name] = goName{text: goText(t)}
	}
}

func (n goNames) members(owner string, list *ast.FieldList, ofInterface bool) {
	for _, member := range list.List {
		text := goText(member.Type)
		if method, ok := member.Type.(*ast.FuncType); ok && ofInterface {
			text = goSignature(method)
		}
		if len(member.Names) == 0 {
			n[owner+"."+text] = goName{"embedded", ofInterface}
		}
		for _, name := range member.Names {
			if name.IsExported() {
				n[owner+"."+name.Name] = goName{text, ofInterface}
			}
		}
	}
}

func (n goNames) values(kind token.Token, spec *ast.ValueSpec) {
	for i, name := range spec.Names {
		if !name.IsExported() {
			continue
		}
		text := kind.String()
		if spec.Type != nil {
			text += " " + goText(spec.Type)
		}
		// Constants without a type are the bounds of parameters, which are rated on the wire.
		if kind == token.CONST && spec.Type != nil && i < len(spec.Values) {
			text += " = " + goText(spec.Values[i])
		}
		n[name.Name] = goName{text: text}
	}
}

// goSignature leaves the names of parameters out.
func goSignature(f *ast.FuncType) string {
	return "func(" + goTypes(f.Params) + ") (" + goTypes(f.Results) + ")"
}

func goTypes(list *ast.FieldList) string {
	if list == nil {
		return ""
	}
	var types []string
	for _, field := range list.List {
		for range max(1, len(field.Names)) {
			types = append(types, goText(field.Type))
		}
	}
	return strings.Join(types, ", ")
}

func goText(e ast.Expr) string {
	var out strings.Builder
	if err := printer.Fprint(&out, token.NewFileSet(), e); err != nil {
		return err.Error()
	}
	return strings.Join(strings.Fields(out.String()), " ")
}

// compareGoNames: what is gone or has another type is major, what is new is minor.
func compareGoNames(before, after goNames) []change {
	var changes []change
	for _, name := range slices.Sorted(maps.Keys(before)) {
		was := before[name]
		switch is, ok := after[name]; {
		case !ok:
			changes = append(changes, change{major, "go", "./gen." + name, "removed"})
		case is.text != was.text:
			changes = append(changes, change{major, "go", "./gen." + name, fmt.Sprintf("changed from %s to %s", was.text, is.text)})
		}
	}
	for _, name := range slices.Sorted(maps.Keys(after)) {
		if _, ok := before[name]; ok {
			continue
		}
		result := "added"
		if after[name].ofInterface {
			result = "added to an interface that may grow"
		}
		changes = append(changes, change{minor, "go", "./gen." + name, result})
	}
	return changes
}
