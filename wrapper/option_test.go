package wrapper_test

import (
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/cloudroster/cloudroster/wrapper"
	"github.com/cloudroster/cloudroster/wrapper/wrappertest"
)

// An option that a client does not have does not compile.
func TestOptionsOfTheOtherCloudDoNotCompile(t *testing.T) {
	t.Parallel()
	imports := importer.ForCompiler(token.NewFileSet(), "source", nil)
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
		file, err := parser.ParseFile(set, "snippet.go", `package snippet; import . "github.com/cloudroster/cloudroster/wrapper"; func _() { `+call+` }`, 0)
		require.NoError(t, err)
		_, err = (&types.Config{Importer: imports}).Check("snippet", set, []*ast.File{file}, nil)
		if compiles {
			assert.NoError(t, err, call)
		} else {
			assert.ErrorContains(t, err, "missing method", call)
		}
	}
}

// A later option wins, nil is ignored, and options that are shared count like those that are not.
func TestOptionsAreAppliedInOrder(t *testing.T) {
	t.Parallel()
	cloud := newCloud(wrappertest.WithFullRecords())
	shared := wrapper.WithOptions(nil, wrapper.WithHTTPClient(cloud.HTTPClient()), wrapper.WithUserAgent("first/1"))
	client, err := wrapper.NewIONOS(wrapper.TokenAuth(wrappertest.Token), nil, shared, wrapper.WithBaseURL(cloud.IONOS.URL()), wrapper.WithUserAgent("second/2"))
	require.NoError(t, err)
	triton, err := wrapper.NewTriton(cloud.Triton.URL(), wrappertest.Account, tritonAuth(t, cloud), nil, shared)
	require.NoError(t, err)
	_, err = client.ListGroups(t.Context(), nil, wrapper.WithContractNumber(7))
	require.NoError(t, err)
	_, err = triton.ListUsers(t.Context())
	require.NoError(t, err)
	sent := cloud.IONOS.Requests()[0].Header
	assert.Regexp(t, `^second/2 `, sent.Get("User-Agent"))
	assert.Equal(t, "7", sent.Get("X-Contract-Number"))
	assert.Regexp(t, `^first/1 `, cloud.Triton.Requests()[0].Header.Get("User-Agent"))
}
