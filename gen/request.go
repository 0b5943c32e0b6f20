package gen

import (
	"context"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
)

// A RequestBuilder builds the requests of the operations for one server, whose URL it parses once.
// It has a method for each operation, and one more, ...WithBody, for each that sends a body. nil
// for the parameters leaves them out.
//
// Create one with [NewRequestBuilder]. It is immutable and safe for concurrent use.
type RequestBuilder struct {
	server *url.URL
	base   url.URL // of all requests but odd ones; its path ends in a slash
	plain  bool    // base has no escapes
}

// NewRequestBuilder returns a builder for a server. The paths of the operations are relative to
// the last slash of its URL; its query and fragment are ignored.
func NewRequestBuilder(server string) (*RequestBuilder, error) {
	parsed, err := url.Parse(server)
	if err != nil {
		return nil, err
	}
	b := &RequestBuilder{server: parsed}
	base, err := b.resolve(http.MethodGet, nil, "./")
	if err != nil {
		return nil, err
	}
	b.base = *base.URL
	b.plain = base.URL.Host != "" && base.URL.RawPath == ""
	return b, nil
}

// request builds the request of an operation. path has a %s for each of values. Its context is the
// background, until who sends it gives it another one.
func (b *RequestBuilder) request(method string, body io.Reader, path string, values ...string) (*http.Request, error) {
	quick := b.plain
	for _, value := range values {
		quick = quick && isPlain(value)
	}
	if !quick {
		for _, value := range values {
			path = strings.Replace(path, "%s", url.PathEscape(value), 1)
		}
		return b.resolve(method, body, "."+path)
	}
	r, err := http.NewRequestWithContext(context.Background(), method, "", body)
	if err != nil {
		return nil, err
	}
	*r.URL = b.base
	r.URL.Path = join(b.base.Path, path, values)
	r.Host = r.URL.Host
	return r, nil
}

// resolve builds a request for an escaped path, whatever is odd about it or the server.
func (b *RequestBuilder) resolve(method string, body io.Reader, path string) (*http.Request, error) {
	target, err := b.server.Parse(path)
	if err != nil {
		return nil, err
	}
	return http.NewRequestWithContext(context.Background(), method, target.String(), body)
}

// isPlain reports whether a value in a path means itself without an escape.
func isPlain(value string) bool {
	for i := range len(value) {
		switch c := value[i]; {
		case 'a' <= c && c <= 'z', '0' <= c && c <= '9', 'A' <= c && c <= 'Z', c == '-', c == '.', c == '_', c == '~', c == '@', c == '+':
		default:
			return false
		}
	}
	return value != "." && value != ".."
}

// join puts the values into path, which begins with the slash that base ends with.
func join(base, path string, values []string) string {
	joined := append(make([]byte, 0, 128), base...)
	path = path[1:]
	for _, value := range values {
		before, after, _ := strings.Cut(path, "%s")
		joined = append(append(joined, before...), value...)
		path = after
	}
	return string(append(joined, path...))
}

// A scalar is a type of a parameter that is no list.
type scalar interface{ string | bool | int32 }

// appendForm appends name=value to a query.
func appendForm[T scalar](query []byte, name string, value T) []byte {
	return append(appendName(query, name), url.QueryEscape(text(value))...)
}

// appendFormList appends name=value,value to a query.
func appendFormList(query []byte, name string, values []string) []byte {
	query = appendName(query, name)
	for i, value := range values {
		if i > 0 {
			query = append(query, ',')
		}
		query = append(query, url.QueryEscape(value)...)
	}
	return query
}

func appendName(query []byte, name string) []byte {
	if len(query) > 0 {
		query = append(query, '&')
	}
	return append(append(query, url.QueryEscape(name)...), '=')
}

func text[T scalar](value T) string {
	switch value := any(value).(type) {
	case bool:
		return strconv.FormatBool(value)
	case int32:
		return strconv.Itoa(int(value))
	case string:
		return value
	}
	panic("not a scalar")
}
