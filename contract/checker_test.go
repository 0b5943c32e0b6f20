package contract

import (
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// library is a document that has nothing to do with ours, with shared components and alternatives.
const library = `
openapi: 3.0.3
info: {title: Library, version: "7"}
security: [{Key: []}]
components:
  securitySchemes:
    Key: {type: apiKey, in: header, name: X-Key}
  parameters:
    Id: {name: id, in: path, required: true, schema: {type: integer, minimum: 1}}
  headers:
    Count: {required: true, schema: {type: integer}}
  responses:
    Book:
      description: A book.
      headers: {X-Count: {$ref: '#/components/headers/Count'}}
      content: {application/json: {schema: {$ref: '#/components/schemas/Book'}}}
  schemas:
    Book:
      type: object
      required: [title]
      properties:
        title: {type: string, minLength: 1}
        authors: {oneOf: [{type: string}, {type: array, items: {type: string}}]}
        price: {nullable: true, anyOf: [{type: number, multipleOf: 0.5}, {type: string, enum: [free]}]}
        tags: {type: object, additionalProperties: {type: integer}}
        parent: {$ref: '#/components/schemas/Book'}
paths:
  /books/{id}.json:
    parameters: [{$ref: '#/components/parameters/Id'}]
    get:
      operationId: getBook
      responses: {2XX: {$ref: '#/components/responses/Book'}, default: {description: Any error.}}
`

func TestAnyDocumentIsChecked(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]string{
		`{"title":"a"}`: "",
		`{"title":"a","authors":"b","price":1.5,"tags":{"x":1},"parent":{"title":"c"}}`: "",
		`{"title":"a","authors":["b","c"],"price":"free"}`:                              "",
		`{"title":"a","price":null}`:                                                    "",
		`{"title":"a","authors":7}`:                                                     "response body /authors: is none of the 2 alternatives [type] in Book.authors",
		`{"title":"a","authors":["b",7]}`:                                               "response body /authors/*: is not of type string [type] in Book.authors",
		`{"title":"a","authors":null}`:                                                  "response body /authors: is null [null] in Book.authors",
		`{"title":"a","price":1.3}`:                                                     "response body /price: is not a multiple of 0.5 [bounds] in Book.price",
		`{"title":"a","tags":{"x":"y"}}`:                                                "response body /tags/(a name of 1 bytes): is not of type integer [type] in Book.tags.*",
		`{"title":"","parent":{}}`:                                                      "response body /parent/title: is required [missing-field] in Book",
		`{"title":"a","authors":["b"`:                                                   "response body: is not JSON, from byte 27 on [malformed-body]",
	} {
		checker, err := New([]byte(library))
		require.NoError(t, err)
		var found findings
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "https://host/v1/books/7.json", nil)
		require.NoError(t, err)
		r.Header.Set("X-Key", "k")
		resp, err := checker.Transport(roundTripper(func(*http.Request) (*http.Response, error) {
			return &http.Response{
				StatusCode: 203, Header: http.Header{"Content-Type": {"application/json"}, "X-Count": {"1"}},
				Body: io.NopCloser(strings.NewReader(body)), ContentLength: int64(len(body)),
			}, nil
		}), found.report).RoundTrip(r)
		require.NoError(t, err)
		_, err = io.Copy(io.Discard, resp.Body)
		require.NoError(t, err)
		if want == "" {
			assert.Empty(t, found.list(), body)
			assert.Equal(t, "1/1 operations", checker.Coverage().Counts()[0].String())
			continue
		}
		assert.True(t, slices.ContainsFunc(found.list(), func(f Finding) bool { return strings.HasSuffix(f.String(), want) }), "%s: %v", body, found.list())
	}
}

func TestRequestsOfAnyDocumentAreChecked(t *testing.T) {
	t.Parallel()
	checker, err := New([]byte(library))
	require.NoError(t, err)
	title, version := checker.Document()
	assert.Equal(t, "Library 7", title+" "+version)
	var found findings
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "https://host/books/0.json", nil)
	require.NoError(t, err)
	_, err = checker.Transport(roundTripper(func(*http.Request) (*http.Response, error) { return nil, errBroken }), found.report).RoundTrip(r)
	require.ErrorIs(t, err, errBroken)
	var rules []Rule
	for _, f := range found.list() {
		rules = append(rules, f.Rule)
	}
	assert.Equal(t, []Rule{RuleBounds, RuleCredentials}, rules)

	_, err = New([]byte(library), WithCoverage(exercised(t, "get user")))
	assert.ErrorContains(t, err, "belongs to another document")
	_, err = New([]byte(strings.Replace(library, "3.0.3", "3.1.0", 1)))
	assert.ErrorContains(t, err, "not an OpenAPI 3.0 document")
}

func TestKnownDeviationsAreNotReported(t *testing.T) {
	t.Parallel()
	known, err := ReadTolerances(strings.NewReader("# IONOS\nunknown-parameter umUsersGet request query filter.*\nformat * response body *Date # no zone\n"))
	require.NoError(t, err)
	k := talks["list users"]()
	requested("depth=1", "depth=1&filter.email=a&other=b")(k)
	found := k.seenByTransport(t, WithTolerances(known))
	require.Len(t, found, 1)
	assert.Equal(t, "request query (a name of 5 bytes)", found[0].Where)
	assert.Equal(t, 1, known.Used())
	assert.Equal(t, []string{"format * response body *Date"}, known.Unused())
	_, err = ReadTolerances(strings.NewReader("enum *"))
	assert.ErrorContains(t, err, "line 1: a rule, an operation and a place are needed")
}

func TestCoverageOfOneAPI(t *testing.T) {
	t.Parallel()
	coverage := exercised(t, "get user", "get sub-user", "list sub-users")
	ionos, triton := coverage.Only("/um", "/requests"), coverage.Only("/{account}")
	assert.Equal(t, 1, ionos.Counts()[0].Covered)
	assert.Equal(t, 2, triton.Counts()[0].Covered)
	assert.Equal(t, coverage.Counts()[0].Total, ionos.Counts()[0].Total+triton.Counts()[0].Total)
	assert.Equal(t, 25, ionos.Counts()[0].Total)
	assert.NoError(t, triton.Require(Thresholds{Operations: 15}))
	assert.Error(t, ionos.Require(Thresholds{Operations: 15}))
	for _, missing := range ionos.Missing() {
		assert.NotContains(t, missing, "Triton")
	}
}

func TestAnUnknownPathIsNamedAsFarAsItIsKnown(t *testing.T) {
	t.Parallel()
	k := talks["get user"]()
	requested("/um/users/", "/um/"+secret+"/")(k)
	assert.Equal(t, "/*/*/um/*/*", k.seenByTransport(t)[0].Path)
}

// BenchmarkCheck measures a checked exchange beside the same one unchecked.
func BenchmarkCheck(b *testing.B) {
	list := talks["list users"]()
	list.url = ionosURL + "/um/users?limit=100"
	list.response = `{"id":"users","type":"collection","items":[` + strings.Repeat(userBody+",", 99) + userBody + `],"offset":0,"limit":100}`
	for name, k := range map[string]*talk{"get": talks["get user"](), "list of 100": list} {
		for side, transport := range map[string]http.RoundTripper{
			"unchecked": roundTripper(k.respond),
			"checked":   Transport(roundTripper(k.respond), func(f Finding) { b.Error(f) }),
		} {
			b.Run(name+"/"+side, func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					r, _ := http.NewRequestWithContext(b.Context(), k.method, k.url, nil)
					r.Header = k.header
					resp, err := transport.RoundTrip(r)
					if err != nil {
						b.Fatal(err)
					}
					_, _ = io.Copy(io.Discard, resp.Body)
				}
			})
		}
	}
}
