package repotest

import (
	"fmt"
	"go/types"
	"slices"
	"strings"
)

// surfaceOf lists what a program can name of a package, one line each, sorted. Methods and fields that come
// from an embedded type of this module belong to the type that embeds it, whether the embedded type is exported
// or not. What is promoted from elsewhere is left to the line of the embedded type: the standard library grows.
// The names of parameters are left out, since changing one breaks nobody.
func surfaceOf(pkg *types.Package) []string {
	s := surface{pkg: pkg}
	for _, name := range pkg.Scope().Names() {
		object := pkg.Scope().Lookup(name)
		if !object.Exported() {
			continue
		}
		switch object := object.(type) {
		case *types.Const:
			s.add("const %s%s = %s", name, s.constType(object), object.Val().ExactString())
		case *types.Var:
			s.add("var %s %s", name, s.text(object.Type()))
		case *types.Func:
			signature := object.Type().(*types.Signature)
			s.add("func %s%s%s", name, s.parameters(signature.TypeParams()), s.signature(signature))
		case *types.TypeName:
			s.declare(object)
		}
	}
	slices.Sort(s.lines)
	return slices.Compact(s.lines)
}

type surface struct {
	pkg   *types.Package
	lines []string
}

func (s *surface) add(format string, args ...any) {
	s.lines = append(s.lines, fmt.Sprintf(format, args...))
}

// constType is empty for an untyped constant.
func (s *surface) constType(c *types.Const) string {
	if basic, ok := c.Type().(*types.Basic); ok && basic.Info()&types.IsUntyped != 0 {
		return ""
	}
	return " " + s.text(c.Type())
}

func (s *surface) declare(name *types.TypeName) {
	if alias, ok := name.Type().(*types.Alias); ok {
		s.add("type %s%s = %s", name.Name(), s.parameters(alias.TypeParams()), s.text(alias.Rhs()))
		return
	}
	named := name.Type().(*types.Named)
	whole := name.Name() + s.parameters(named.TypeParams())
	switch t := named.Underlying().(type) {
	case *types.Struct:
		s.add("type %s struct", whole)
		s.fields(name.Name(), t)
	case *types.Interface:
		s.add("type %s interface", whole)
		s.elements(name.Name(), t)
		return
	case *types.Signature:
		s.add("type %s func%s", whole, s.signature(t))
	default:
		s.add("type %s %s", whole, s.text(t))
	}
	s.methods(name.Name(), named)
}

// fields lists the exported fields, and those that an embedded unexported type of this module lends.
func (s *surface) fields(name string, t *types.Struct) {
	for field := range t.Fields() {
		switch {
		case field.Exported() && field.Embedded():
			s.add("type %s struct, %s (embedded %s)", name, field.Name(), s.text(field.Type()))
		case field.Exported():
			s.add("type %s struct, %s %s", name, field.Name(), s.text(field.Type()))
		case field.Embedded():
			if inner, ok := pointedTo(field.Type()).Underlying().(*types.Struct); ok {
				s.fields(name, inner)
			}
		}
	}
}

func (s *surface) elements(name string, t *types.Interface) {
	for method := range t.Methods() {
		if !method.Exported() {
			s.add("type %s interface, unexported methods", name) // so nobody else can implement it
		} else if ofModule(method) {
			s.add("type %s interface, %s%s", name, method.Name(), s.signature(method.Type().(*types.Signature)))
		}
	}
	for embedded := range t.EmbeddedTypes() {
		s.add("type %s interface, %s", name, s.text(embedded))
	}
}

// methods lists the method set of a pointer to the type: declared and promoted methods.
func (s *surface) methods(name string, named *types.Named) {
	byValue := types.NewMethodSet(named)
	for selection := range types.NewMethodSet(types.NewPointer(named)).Methods() {
		method := selection.Obj()
		if !method.Exported() || !ofModule(method) {
			continue
		}
		pointer := "*"
		if byValue.Lookup(method.Pkg(), method.Name()) != nil {
			pointer = ""
		}
		s.add("func (%s%s) %s%s", pointer, name, method.Name(), s.signature(selection.Type().(*types.Signature)))
	}
}

func ofModule(object types.Object) bool {
	return object.Pkg() != nil && (object.Pkg().Path() == module || strings.HasPrefix(object.Pkg().Path(), module+"/"))
}

func pointedTo(t types.Type) types.Type {
	if pointer, ok := types.Unalias(t).(*types.Pointer); ok {
		return pointer.Elem()
	}
	return t
}

func (s *surface) parameters(list *types.TypeParamList) string {
	if list.Len() == 0 {
		return ""
	}
	var parts []string
	for parameter := range list.TypeParams() {
		parts = append(parts, parameter.Obj().Name()+" "+s.text(parameter.Constraint()))
	}
	return "[" + strings.Join(parts, ", ") + "]"
}

func (s *surface) signature(f *types.Signature) string {
	return strings.TrimPrefix(s.text(types.NewSignatureType(nil, nil, nil, f.Params(), f.Results(), f.Variadic())), "func")
}

// text is a type with the names of packages, not their paths.
func (s *surface) text(t types.Type) string {
	return types.TypeString(nameless(t), func(other *types.Package) string {
		if other == s.pkg {
			return ""
		}
		return other.Name()
	})
}

// nameless is the type without the names of parameters, at any depth of an unnamed type.
func nameless(t types.Type) types.Type {
	switch t := t.(type) {
	case *types.Signature:
		return types.NewSignatureType(nil, nil, nil, namelessTuple(t.Params()), namelessTuple(t.Results()), t.Variadic())
	case *types.Pointer:
		return types.NewPointer(nameless(t.Elem()))
	case *types.Slice:
		return types.NewSlice(nameless(t.Elem()))
	case *types.Array:
		return types.NewArray(nameless(t.Elem()), t.Len())
	case *types.Map:
		return types.NewMap(nameless(t.Key()), nameless(t.Elem()))
	case *types.Chan:
		return types.NewChan(t.Dir(), nameless(t.Elem()))
	case *types.Named:
		return namelessArguments(t)
	}
	return t
}

func namelessTuple(tuple *types.Tuple) *types.Tuple {
	var vars []*types.Var
	for v := range tuple.Variables() {
		vars = append(vars, types.NewParam(v.Pos(), v.Pkg(), "", nameless(v.Type())))
	}
	return types.NewTuple(vars...)
}

// namelessArguments treats the type arguments of a generic type, such as iter.Seq[func(name string)].
func namelessArguments(t *types.Named) types.Type {
	if t.TypeArgs().Len() == 0 {
		return t
	}
	var arguments []types.Type
	for argument := range t.TypeArgs().Types() {
		arguments = append(arguments, nameless(argument))
	}
	instance, err := types.Instantiate(nil, t.Origin(), arguments, false)
	if err != nil {
		return t
	}
	return instance
}
