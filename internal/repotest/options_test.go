package repotest

import (
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// An option that a client does not have does not compile.
func TestOptionsOfTheOtherCloudDoNotCompile(t *testing.T) {
	t.Parallel()
	imports, err := everything()
	require.NoError(t, err)
	for call, compiles := range map[string]bool{
		`NewTriton("", "", nil, WithRetry(RetryPolicy{}), WithRoles("admin"))`:       true,
		`NewTriton("", "", nil, WithOptions(WithUserAgent("")))`:                     true,
		`NewTriton("", "", nil, WithBaseURL(""))`:                                    false,
		`NewTriton("", "", nil, WithContractNumber(1))`:                              false,
		`NewTriton("", "", nil, WithPollPolicy(PollPolicy{}))`:                       false,
		`NewIONOS(nil, WithBaseURL(""), WithContractNumber(1), WithHTTPClient(nil))`: true,
		`NewIONOS(nil, WithRoles("admin"))`:                                          false,
		`NewIONOS(nil, WithDepth(1))`:                                                false,
		`new(IONOS).GetUser(nil, "", WithContractNumber(1), WithDepth(1))`:           true,
		`new(IONOS).GetUser(nil, "", WithBaseURL(""))`:                               false,
		`new(IONOS).Users(WithContractNumber(1))`:                                    true,
		`WithOptions(WithBaseURL(""))`:                                               false,
	} {
		set := token.NewFileSet()
		file, err := parser.ParseFile(set, "snippet.go", `package snippet; import . "`+module+`/wrapper"; func _() { `+call+` }`, 0)
		require.NoError(t, err)
		_, err = (&types.Config{Importer: imports}).Check("snippet", set, []*ast.File{file}, nil)
		if compiles {
			assert.NoError(t, err, call)
		} else {
			assert.ErrorContains(t, err, "missing method", call)
		}
	}
}
