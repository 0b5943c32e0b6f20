package main

import (
	"cmp"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"strconv"
	"strings"
)

// mutant is one change of one file.
type mutant struct {
	path        string
	source      []byte
	line        int
	start, end  int // of what is replaced
	replacement string
	what        string
}

// String is the place, the line and the change.
func (m mutant) String() string {
	return fmt.Sprintf("%s:%d: %s\n\t%s", m.path, m.line, m.what, m.text())
}

// key names a mutant in equivalent.txt: not by its line number, which changes.
func (m mutant) key() string { return m.path + ": " + m.what + ": " + m.text() }

// text is the line that is changed.
func (m mutant) text() string {
	lines := strings.Split(string(m.source), "\n")
	return strings.TrimSpace(lines[m.line-1])
}

func (m mutant) compare(other mutant) int {
	return cmp.Or(strings.Compare(m.path, other.path), m.start-other.start, strings.Compare(m.what, other.what))
}

// apply returns the changed file.
func (m mutant) apply() []byte {
	changed := append([]byte{}, m.source[:m.start]...)
	changed = append(changed, m.replacement...)
	return append(changed, m.source[m.end:]...)
}

// operators are what each is replaced by.
var operators = map[token.Token]token.Token{
	token.EQL: token.NEQ, token.NEQ: token.EQL,
	token.LSS: token.LEQ, token.LEQ: token.LSS, token.GTR: token.GEQ, token.GEQ: token.GTR,
	token.LAND: token.LOR, token.LOR: token.LAND,
	token.ADD: token.SUB, token.SUB: token.ADD, token.MUL: token.QUO, token.QUO: token.MUL,
}

// mutants returns the changes of a file, in the order of the source.
func mutants(path string, source []byte) ([]mutant, error) {
	set := token.NewFileSet()
	file, err := parser.ParseFile(set, path, source, 0)
	if err != nil {
		return nil, err
	}
	f := &finder{path: path, source: source, set: set}
	ast.Inspect(file, f.visit)
	return f.found, nil
}

type finder struct {
	path   string
	source []byte
	set    *token.FileSet
	found  []mutant
}

func (f *finder) add(from, to token.Pos, replacement, what string) {
	start := f.set.Position(from)
	f.found = append(f.found, mutant{
		path: f.path, source: f.source, line: start.Line, start: start.Offset, end: f.set.Position(to).Offset,
		replacement: replacement, what: what,
	})
}

// code is the text of a node.
func (f *finder) code(node ast.Node) string {
	return string(f.source[f.set.Position(node.Pos()).Offset:f.set.Position(node.End()).Offset])
}

func (f *finder) visit(node ast.Node) bool {
	switch node := node.(type) {
	case *ast.ImportSpec:
		return false
	case *ast.BinaryExpr:
		if other, ok := operators[node.Op]; ok {
			f.add(node.OpPos, node.OpPos+token.Pos(len(node.Op.String())), other.String(), node.Op.String()+" becomes "+other.String())
		}
	case *ast.BasicLit:
		f.literal(node)
	case *ast.Ident:
		if other := map[string]string{"true": "false", "false": "true"}[node.Name]; other != "" {
			f.add(node.Pos(), node.End(), other, node.Name+" becomes "+other)
		}
	case *ast.IfStmt:
		f.add(node.Cond.Pos(), node.Cond.End(), "!("+f.code(node.Cond)+")", "the condition is negated")
	case *ast.BlockStmt:
		f.statements(node.List)
	case *ast.CaseClause:
		f.statements(node.Body)
	case *ast.CommClause:
		f.statements(node.Body)
	}
	return true
}

// literal changes numbers. Texts are mostly for people.
func (f *finder) literal(node *ast.BasicLit) {
	if node.Kind != token.INT {
		return
	}
	if n, err := strconv.ParseInt(node.Value, 0, 64); err == nil {
		f.add(node.Pos(), node.End(), strconv.FormatInt(n+1, 10), fmt.Sprintf("%s becomes %d", node.Value, n+1))
	}
}

// statements drops each that does something.
func (f *finder) statements(list []ast.Stmt) {
	for _, statement := range list {
		switch s := statement.(type) {
		case *ast.AssignStmt:
			if s.Tok == token.DEFINE {
				continue
			}
		case *ast.ExprStmt, *ast.IncDecStmt, *ast.SendStmt, *ast.DeferStmt, *ast.GoStmt:
		default:
			continue
		}
		f.add(statement.Pos(), statement.End(), "", "the statement is dropped")
	}
}
