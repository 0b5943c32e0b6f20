package wrapper_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// The README gives this figure: the lines of code that six everyday tasks need.
func TestEverydayTasksTakeFewLines(t *testing.T) {
	t.Parallel()
	tasks := map[string]int{
		"listAllUsers": 0, "createAndWait": 0, "changeOneField": 0, "addToGroup": 0, "giveShare": 0, "resumeWait": 0,
	}
	files := token.NewFileSet()
	file, err := parser.ParseFile(files, "example_test.go", nil, 0)
	require.NoError(t, err)
	total := 0
	for _, declaration := range file.Decls {
		function, ok := declaration.(*ast.FuncDecl)
		if !ok {
			continue
		}
		if _, counted := tasks[function.Name.Name]; counted {
			lines := files.Position(function.Body.Rbrace).Line - files.Position(function.Body.Lbrace).Line - 1
			tasks[function.Name.Name] = lines
			total += lines
		}
	}
	for name, lines := range tasks {
		assert.Positive(t, lines, name)
	}
	t.Logf("%v, together %d lines", tasks, total)
	assert.LessOrEqual(t, total, 40)
}
