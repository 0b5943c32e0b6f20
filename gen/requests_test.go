package gen_test

import (
	"context"
	"encoding/json"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"net/http"
	"net/url"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/cloudroster/cloudroster/gen"
)

var (
	oddServers = []string{
		"https://api.example.test/cloudapi/v6/", "https://api.example.test/cloudapi/v6", "https://api.example.test", "https://api.example.test:/x/",
		"http://user:p%40ss@[::1]:8080/a%2fb/c d/", "https://api.example.test/a/../b/./", "https://api.example.test/v6/?region=a#top",
		"https://api.example.test//v6//", "https://m%C3%BCnchen.example.test/ü/", "/only/a/path/", "", "//host/x/",
	}
	oddValues = []string{
		"4f0a1b2c-0001", "a/b", "a b", "a+b&c=d", "100%", "%2e%2e", "%", "ü@example.test", "日本", "a?b#c", "a;b,c:d", "$&+=:@", "!'()*~", "..a", "a..", "...",
		"", ".", "..", "\xff\xfe", "\"<>\\^`{|}", "a\nb", "[1]", "//", strings.Repeat("x", 300),
	}
)

// recorder keeps the request that a client would send.
type recorder struct{ request *http.Request }

func (r *recorder) Do(request *http.Request) (*http.Response, error) {
	r.request = request
	return &http.Response{Body: http.NoBody}, nil
}

// documented is a method of the client with the line of the document that its comment names.
type documented struct{ name, method, path string }

func documentedMethods(t testing.TB) []documented {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), "gen.go", nil, parser.ParseComments)
	require.NoError(t, err)
	performs := regexp.MustCompile(`performs a ([A-Z]+) (/\S+) \(`)
	var all []documented
	ast.Inspect(file, func(n ast.Node) bool {
		spec, ok := n.(*ast.TypeSpec)
		if !ok || spec.Name.Name != "ClientInterface" {
			return true
		}
		for _, method := range spec.Type.(*ast.InterfaceType).Methods.List {
			found := performs.FindStringSubmatch(method.Doc.Text())
			require.NotNil(t, found, method.Names)
			all = append(all, documented{method.Names[0].Name, found[1], found[2]})
		}
		return false
	})
	require.Greater(t, len(all), 40)
	return all
}

// wantRequest is what a builder must make, in the way of oapi-codegen's own builders: two URLs are parsed and resolved,
// and the result is parsed once more.
type wantRequest struct {
	path  string
	query []string
	http.Header
}

func (w wantRequest) build(server, method string, body io.Reader) (*http.Request, error) {
	base, err := url.Parse(server)
	if err != nil {
		return nil, err
	}
	target, err := base.Parse("." + w.path)
	if err != nil {
		return nil, err
	}
	if w.query != nil {
		target.RawQuery = strings.Join(w.query, "&")
	}
	r, err := http.NewRequest(method, target.String(), body)
	if err == nil {
		r.Header = w.Header
	}
	return r, err
}

var parameter = regexp.MustCompile(`\{\w+\}`)

// arguments makes the arguments of a client's method, all of them odd, and notes what they must become.
func arguments(t testing.TB, method reflect.Type, path, value string, withParams bool) ([]reflect.Value, wantRequest) {
	t.Helper()
	want := wantRequest{path: path, Header: http.Header{}}
	arguments := []reflect.Value{reflect.ValueOf(context.Background())}
	for i := 1; i < method.NumIn()-1; i++ {
		switch in := method.In(i); {
		case strings.Contains(want.path, "{") && in.Kind() == reflect.String:
			name := parameter.FindString(want.path)
			want.path = strings.Replace(want.path, name, url.PathEscape(value), 1)
			arguments = append(arguments, reflect.ValueOf(value))
		case in.Kind() == reflect.String:
			arguments = append(arguments, reflect.ValueOf("text/odd"))
			want.Add("Content-Type", "text/odd")
		case in.Kind() == reflect.Pointer:
			params := reflect.Zero(in)
			if withParams {
				params = reflect.New(in.Elem())
				want.query = []string{}
				fill(t, params.Elem(), value, &want)
			}
			arguments = append(arguments, params)
		case in.Kind() == reflect.Interface:
			arguments = append(arguments, reflect.ValueOf(io.MultiReader(strings.NewReader("body"))))
		default:
			arguments = append(arguments, reflect.Zero(in))
			want.Add("Content-Type", "application/json")
		}
	}
	return arguments, want
}

// fill sets every field of a struct of parameters.
func fill(t testing.TB, params reflect.Value, value string, want *wantRequest) {
	t.Helper()
	for i := range params.NumField() {
		field := params.Type().Field(i)
		name, inQuery := field.Tag.Get("form"), true
		if name == "" {
			name, inQuery = field.Tag.Get("json"), false
		}
		name, _, _ = strings.Cut(name, ",")
		var text string
		switch target := params.Field(i).Addr().Interface().(type) {
		case **bool:
			*target, text = new(true), "true"
		case **int32:
			*target, text = new(int32(-17)), "-17"
		case *[]string:
			*target, text = []string{value, "b"}, url.QueryEscape(value)+",b"
			if value == "" {
				*target, text = []string{}, ""
			}
		default:
			t.Fatalf("no odd value for %s of %s", field.Name, params.Type())
		}
		if inQuery {
			want.query = append(want.query, name+"="+text)
		} else {
			want.Set(name, text)
		}
	}
}

func TestRequestsAreThoseOfTwoParsedURLs(t *testing.T) {
	t.Parallel()
	for _, method := range documentedMethods(t) {
		t.Run(method.name, func(t *testing.T) {
			t.Parallel()
			for _, server := range oddServers {
				for i, value := range oddValues {
					compareRequest(t, method, server, value, i%2 == 0)
				}
			}
		})
	}
}

func compareRequest(t testing.TB, method documented, server, value string, withParams bool) {
	t.Helper()
	var seen recorder
	client := &gen.Client{Server: server, Client: &seen}
	function := reflect.ValueOf(client).MethodByName(method.name)
	in, want := arguments(t, function.Type(), method.path, value, withParams)
	wanted, wantErr := want.build(server, method.method, nil)
	out := function.Call(in)
	note := fmt.Sprintf("%s of %q with %q", method.name, server, value)
	if wantErr != nil {
		require.Error(t, out[1].Interface().(error), note)
		return
	}
	require.Nil(t, out[1].Interface(), note)
	got := seen.request
	require.Equal(t, wanted.URL, got.URL, note)
	require.Equal(t, wanted.URL.String(), got.URL.String(), note)
	require.Equal(t, wanted.Host, got.Host, note)
	require.Equal(t, wanted.Method, got.Method, note)
	require.Equal(t, wanted.Header, got.Header, note)
	require.Equal(t, []any{wanted.Proto, wanted.ProtoMajor, wanted.ProtoMinor}, []any{got.Proto, got.ProtoMajor, got.ProtoMinor})
	require.NotNil(t, got.Context())
	require.Equal(t, len(want.Header["Content-Type"]) > 0, got.Body != nil, note)
}

func FuzzRequest(f *testing.F) {
	methods := documentedMethods(f)
	for i, server := range oddServers {
		f.Add(uint(i), server, oddValues[i], true)
		f.Add(uint(len(methods)-1-i), server, oddValues[len(oddValues)-1-i], false)
	}
	f.Fuzz(func(t *testing.T, method uint, server, value string, withParams bool) {
		compareRequest(t, methods[method%uint(len(methods))], server, value, withParams)
	})
}

func TestABodyCanBeSentAgain(t *testing.T) {
	t.Parallel()
	body := gen.UserCreate{Properties: gen.UserCreateProperties{Email: "a@example.test"}}
	r, err := gen.NewCreateUserRequest("https://api.example.test/", nil, body)
	require.NoError(t, err)
	want, err := json.Marshal(body)
	require.NoError(t, err)
	assert.Equal(t, int64(len(want)), r.ContentLength)
	for range 2 {
		again, err := r.GetBody()
		require.NoError(t, err)
		sent, err := io.ReadAll(again)
		require.NoError(t, err)
		assert.Equal(t, string(want), string(sent))
	}
}
