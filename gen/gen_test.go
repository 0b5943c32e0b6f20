package gen_test

import (
	"encoding/json"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"log/slog"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"

	"github.com/cloudroster/cloudroster/gen"
	"github.com/cloudroster/cloudroster/gen/openapi"
)

// api/go.yaml names the constants by position. A value that moves must not take another's name.
func TestEveryConstantIsNamedAfterItsValue(t *testing.T) {
	t.Parallel()
	file, err := parser.ParseFile(token.NewFileSet(), "gen.go", nil, 0)
	require.NoError(t, err)
	letters := strings.NewReplacer("-", "", "_", "")
	seen := 0
	ast.Inspect(file, func(node ast.Node) bool {
		spec, ok := node.(*ast.ValueSpec)
		if !ok || len(spec.Values) != 1 {
			return true
		}
		typ, isIdent := spec.Type.(*ast.Ident)
		literal, isLiteral := spec.Values[0].(*ast.BasicLit)
		if !isIdent || !isLiteral || !strings.HasPrefix(spec.Names[0].Name, typ.Name) {
			return true
		}
		value, err := strconv.Unquote(literal.Value)
		require.NoError(t, err)
		assert.Equal(t,
			strings.ToLower(letters.Replace(value)),
			strings.ToLower(strings.TrimPrefix(spec.Names[0].Name, typ.Name)))
		seen++
		return true
	})
	assert.Equal(t, enumValues(t), seen, "every value has a constant")
}

// enumValues counts the values of the document's enumerations. Two with the same values share a Go type.
func enumValues(t *testing.T) int {
	t.Helper()
	var document any
	require.NoError(t, yaml.Unmarshal(openapi.YAML(), &document))
	lists := map[string]int{}
	var collect func(value any)
	collect = func(value any) {
		switch value := value.(type) {
		case map[string]any:
			if values, ok := value["enum"].([]any); ok {
				lists[fmt.Sprint(values)] = len(values)
			}
			for _, child := range value {
				collect(child)
			}
		case []any:
			for _, child := range value {
				collect(child)
			}
		}
	}
	collect(document)
	total := 0
	for _, n := range lists {
		total += n
	}
	return total
}

func TestTimeReadsWhatServersSend(t *testing.T) {
	t.Parallel()
	noon := time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC)
	for text, want := range map[string]time.Time{
		`"2026-03-04T12:00:00Z"`:      noon,
		`"2026-03-04T12:00:00.000Z"`:  noon,
		`"2026-03-04T14:00:00+02:00"`: noon,
		`"2026-03-04T14:00:00+0200"`:  noon,
		`"2026-03-04T12:00:00"`:       noon,
		`"2026-03-04 12:00:00"`:       noon,
		`"2026-03-04 14:00:00+02:00"`: noon,
		`"2026-03-04"`:                noon.Add(-12 * time.Hour),
		`""`:                          {},
		`null`:                        {},
		`"soon"`:                      {},
		`17`:                          {},
		`{"year": 2026}`:              {},
	} {
		t.Run(text, func(t *testing.T) {
			t.Parallel()
			got := gen.Time{Time: noon.Add(time.Hour)}
			require.NoError(t, json.Unmarshal([]byte(text), &got))
			assert.True(t, got.Equal(want), "got %s, want %s", got, want)
		})
	}
}

func TestAbsentDateStaysAbsent(t *testing.T) {
	t.Parallel()
	out, err := json.Marshal(gen.UserMetadata{})
	require.NoError(t, err)
	assert.JSONEq(t, `{}`, string(out))
}

func TestSecretIsSentAndNeverPrinted(t *testing.T) {
	t.Parallel()
	const planted = "planted-password-1"
	body := gen.UserCreate{Properties: gen.UserCreateProperties{Email: "a@example.com", Password: planted}}
	var log strings.Builder
	slog.New(slog.NewJSONHandler(&log, nil)).Info("secret", "password", body.Properties.Password)
	slog.New(slog.NewTextHandler(&log, nil)).Info("body", "body", body)
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
		fmt.Fprintf(&log, verb+verb, body, body.Properties.Password)
	}
	fmt.Fprint(&log, body.Properties.Password, body.Properties.Password.String())
	assert.NotContains(t, log.String(), planted)
	assert.NotContains(t, log.String(), fmt.Sprintf("%x", planted))

	sent, err := json.Marshal(body)
	require.NoError(t, err)
	assert.Contains(t, string(sent), planted)
}

func FuzzTime(f *testing.F) {
	for _, seed := range []string{`"2026-03-04T12:00:00Z"`, `"2026-03-04T12:00:00"`, `""`, `null`, `"soon"`, `9`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		var got gen.Time
		if err := got.UnmarshalJSON(data); err != nil {
			t.Fatalf("an unreadable date failed the answer: %v", err)
		}
	})
}

// oapi-codegen.yaml leaves out the layer of parsed responses and a second package comment. A new version of the
// generator may bring either of them back under another template.
func TestTheGeneratorLeavesOutWhatIsNotWanted(t *testing.T) {
	t.Parallel()
	file, err := parser.ParseFile(token.NewFileSet(), "gen.go", nil, parser.ParseComments)
	require.NoError(t, err)
	assert.Nil(t, file.Doc, "doc.go has the package comment")
	for _, declaration := range file.Decls {
		if function, ok := declaration.(*ast.FuncDecl); ok {
			assert.NotContains(t, function.Name.Name, "WithResponse")
		}
	}
}
