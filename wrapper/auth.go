package wrapper

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
)

// Auth puts credentials on a request. A client calls it for every attempt, so that a
// signature is never older than the attempt it belongs to.
//
// An Auth must be safe for concurrent use. When it fails, nothing is sent.
type Auth interface {
	// Authorize sets headers, and changes nothing else of the request.
	Authorize(*http.Request) error
}

// BasicAuth authenticates with an IONOS user name and password.
//
// IONOS refuses it for users with two-factor authentication: they need [TokenAuth].
// A user with a colon, and a user or password that is empty or holds control characters,
// is refused when the client is made.
func BasicAuth(user, password string) Auth {
	var problem error
	switch {
	case user == "":
		problem = errors.New("basic auth: user is empty")
	case strings.Contains(user, ":"):
		problem = errors.New("basic auth: user contains a colon")
	case password == "":
		problem = errors.New("basic auth: password is empty")
	case !validHeaderValue(user) || !validHeaderValue(password):
		problem = errors.New("basic auth: user or password contains a control character")
	}
	header := "Basic " + base64.StdEncoding.EncodeToString([]byte(user+":"+password))
	return newStaticAuth("BasicAuth", header, problem)
}

// TokenAuth authenticates with an IONOS token. An empty token, or one with control
// characters, is refused when the client is made.
func TokenAuth(token string) Auth {
	problem := checkToken(token)
	header := "Bearer " + token
	return newStaticAuth("TokenAuth", header, problem)
}

// TokenSourceAuth authenticates with a token that changes. source is called for every
// attempt, with the context of the call, and does its own caching. When it fails, its error
// is what the caller gets, and no request is sent.
//
// After a 401 it is called once more, and [TokenRejected] reports true for its context: a cached token has
// been revoked, and source should get a new one. The request is sent again if source returns another token.
func TokenSourceAuth(source func(context.Context) (string, error)) Auth {
	return &tokenSourceAuth{source: source}
}

// checker is an Auth that knows, before any request, that it cannot work.
type checker interface {
	check() error
}

// staticAuth keeps its header value behind a function: printing the struct shows an address.
type staticAuth struct {
	kind    string
	header  func() []string
	problem error
}

func newStaticAuth(kind, header string, problem error) *staticAuth {
	shared := shareable(header)
	return &staticAuth{kind: kind, header: func() []string { return shared }, problem: problem}
}

// shareable is a header's value for many requests: nothing writes into it, and Add copies it.
func shareable(value string) []string { return []string{value} }

func (a *staticAuth) check() error { return a.problem }

func (a *staticAuth) Authorize(r *http.Request) error {
	if a.problem != nil {
		return a.problem
	}
	r.Header["Authorization"] = a.header()
	return nil
}

func (a *staticAuth) String() string               { return "wrapper." + a.kind + "([redacted])" }
func (a *staticAuth) GoString() string             { return a.String() }
func (a *staticAuth) LogValue() slog.Value         { return slog.StringValue(a.String()) }
func (a *staticAuth) MarshalText() ([]byte, error) { return []byte(a.String()), nil }

type tokenSourceAuth struct {
	source func(context.Context) (string, error)
}

func (a *tokenSourceAuth) check() error {
	if a.source == nil {
		return errors.New("token source auth: source is nil")
	}
	return nil
}

func (a *tokenSourceAuth) Authorize(r *http.Request) error {
	if err := a.check(); err != nil {
		return err
	}
	token, err := a.source(r.Context())
	if err != nil {
		return fmt.Errorf("token source: %w", err)
	}
	if err := checkToken(token); err != nil {
		return fmt.Errorf("token source: %w", err)
	}
	r.Header.Set("Authorization", "Bearer "+token)
	return nil
}

type tokenRejectedKey struct{}

// TokenRejected reports whether a source of [TokenSourceAuth] is called because the service rejected the
// token that it returned before (401).
func TokenRejected(ctx context.Context) bool { return ctx.Value(tokenRejectedKey{}) != nil }

// renewToken asks the source for another token than the one that the service rejected.
func (a *tokenSourceAuth) renewToken(rejected *http.Request) bool {
	r := rejected.Clone(context.WithValue(rejected.Context(), tokenRejectedKey{}, true))
	return a.Authorize(r) == nil && r.Header.Get("Authorization") != rejected.Header.Get("Authorization")
}

// checkToken never repeats the token.
func checkToken(token string) error {
	switch {
	case token == "":
		return errors.New("token auth: token is empty")
	case strings.Contains(token, " "):
		return errors.New("token auth: token contains a space; give it without \"Bearer\"")
	case !validHeaderValue(token):
		return errors.New("token auth: token contains a control character")
	}
	return nil
}

// validHeaderValue refuses what would end a header line or be dropped from it.
func validHeaderValue(value string) bool {
	for i := range len(value) {
		if value[i] < ' ' || value[i] == 0x7f {
			return false
		}
	}
	return true
}
