package wrapper_test

import (
	"context"

	"net/http"
	"net/http/httptest"
	"reflect"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/cloudroster/cloudroster/wrapper"
	"github.com/cloudroster/cloudroster/wrapper/wrappertest"
)

// Input that would address something else, or somebody else, than the caller means.
var inputFaults = []faultRow{
	{"ids_that_change_the_path", faked(hostileIDs)},
	{"account_um_or_requests", reservedAccounts},
	{"base_URL_that_cannot_be_one", badBaseURLs},
	{"header_values_with_CR_LF_or_NUL", badHeaderValues},
	{"planted_secrets", plantedSecrets},
}

// argument is a value for a parameter, none of which is in the way.
func argument(of reflect.Type) reflect.Value {
	switch of {
	case reflect.TypeFor[wrapper.Secret]():
		return reflect.ValueOf(wrapper.Secret("correct-horse-1"))
	case reflect.TypeFor[wrapper.UserCreate]():
		return reflect.ValueOf(wrapper.UserCreate{Email: "jo@example.com", Login: "jo.doe", FirstName: "Jo", LastName: "Doe", Password: "correct-horse-1"})
	}
	switch of.Kind() {
	case reflect.String:
		return reflect.ValueOf("abc").Convert(of)
	case reflect.Func:
		return reflect.MakeFunc(of, func([]reflect.Value) []reflect.Value { return nil })
	}
	return reflect.Zero(of)
}

// errorOf is the error of a method's results; an iterator is ranged over.
func errorOf(results []reflect.Value) (err error) {
	last := results[len(results)-1]
	if last.Kind() == reflect.Func {
		yield := reflect.MakeFunc(last.Type().In(0), func(item []reflect.Value) []reflect.Value {
			err, _ = item[1].Interface().(error)
			return []reflect.Value{reflect.ValueOf(err == nil)}
		})
		last.Call([]reflect.Value{yield})
		return err
	}
	err, _ = last.Interface().(error)
	return err
}

func hostileIDs(t *testing.T) {
	cloud := newCloud()
	ionos, triton := ionosClient(t, cloud), tritonClient(t, cloud)
	checked := map[string]bool{}
	for _, client := range []any{ionos, triton, ionos.Users(), triton.Users()} {
		value := reflect.ValueOf(client)
		for m := range value.NumMethod() {
			name, method := value.Type().Method(m).Name, value.Method(m)
			if method.Type().NumIn() < 2 || method.Type().In(0) != reflect.TypeFor[context.Context]() {
				continue
			}
			for p := 1; p < method.Type().NumIn(); p++ {
				if of := method.Type().In(p); of.Kind() != reflect.String || of == reflect.TypeFor[wrapper.Secret]() {
					continue
				}
				for id, reason := range map[string]string{
					"": "is empty", ".": "is a dot segment", "..": "is a dot segment", "a\x00b": "contains a control character",
					"a\nb": "contains a control character", "\x1f": "contains a control character", "a\x7f": "contains a control character",
				} {
					args := []reflect.Value{reflect.ValueOf(t.Context())}
					for i := 1; i < method.Type().NumIn() && (i < method.Type().NumIn()-1 || !method.Type().IsVariadic()); i++ {
						args = append(args, argument(method.Type().In(i)))
					}
					args[p] = reflect.ValueOf(id).Convert(method.Type().In(p))
					err := errorOf(method.Call(args))
					require.ErrorIs(t, err, wrapper.ErrInvalid, "%T.%s(%q)", client, name, id)
					if !strings.HasPrefix(err.Error(), "request id: ") {
						require.Regexp(t, `^(user|key|userID|groupID|memberID|resourceID|resourceType|resource type|requestID|request id): `+reason, err.Error())
					}
					checked[name] = true
				}
			}
		}
	}
	assert.Greater(t, len(checked), 25, "methods with ids")
	for _, id := range []string{"", ".", "..", "a/b", "a\x00b", "a b", "a?b", "%2e%2e"} {
		operation := ionos.Operation(id)
		require.ErrorIs(t, operation.Wait(t.Context()), wrapper.ErrInvalid, "%q", id)
		_, err := operation.Status(t.Context())
		require.ErrorIs(t, err, wrapper.ErrInvalid)
	}
	assert.Empty(t, cloud.IONOS.Requests())
	assert.Empty(t, cloud.Triton.Requests())
	arrivesAsOneSegment(t)
}

// arrivesAsOneSegment asserts what a server sees of ids that need escaping.
func arrivesAsOneSegment(t *testing.T) {
	var path string
	seen := func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			path = r.URL.EscapedPath()
			next.ServeHTTP(w, r)
		})
	}
	cloud := newCloud(wrappertest.WithHandler(seen))
	ionos, triton := ionosClient(t, cloud), tritonClient(t, cloud)
	for id, escaped := range map[string]string{
		"a/b": "a%2Fb", "a?b": "a%3Fb", "a#b": "a%23b", "a%b": "a%25b", "a%2Fb": "a%252Fb", "../x": "..%2Fx", "%2e%2e": "%252e%252e",
		"a b": "a%20b", "a;b": "a%3Bb", "\\": "%5C", "ü": "%C3%BC", "...": "...",
	} {
		_, err := ionos.GetUser(t.Context(), id)
		require.ErrorIs(t, err, wrapper.ErrNotFound)
		assert.Equal(t, usersPath+"/"+escaped, path)
		_, err = ionos.GetShare(t.Context(), id, id)
		require.ErrorIs(t, err, wrapper.ErrNotFound)
		assert.Equal(t, "/cloudapi/v6/um/groups/"+escaped+"/shares/"+escaped, path)
		_, err = triton.GetUser(t.Context(), id)
		if strings.Contains(id, "%") { // the server fails on these
			failure(t, err, "GET", "/acme/users/"+id, 500)
		} else {
			require.ErrorIs(t, err, wrapper.ErrNotFound)
		}
		assert.Equal(t, "/acme/users/"+escaped, path)
	}
}

func tritonAuth(t *testing.T, cloud *wrappertest.Cloud) wrapper.Auth {
	t.Helper()
	signer, err := wrapper.NewSigner(cloud.Triton.Key())
	require.NoError(t, err)
	auth, err := wrapper.SignatureAuth(wrappertest.Account, signer)
	require.NoError(t, err)
	return auth
}

func reservedAccounts(t *testing.T) {
	auth := tritonAuth(t, newCloud())
	for _, account := range []string{"um", "requests", "", ".", "..", "a\nb"} {
		_, err := wrapper.NewTriton("https://cloudapi.example.com", account, auth)
		require.ErrorIs(t, err, wrapper.ErrInvalid, "%q", account)
		require.ErrorContains(t, err, "account")
	}
	for _, account := range []string{"my", "acme", "UM", "um2"} {
		_, err := wrapper.NewTriton("https://cloudapi.example.com", account, auth)
		require.NoError(t, err, account)
	}
}

func badBaseURLs(t *testing.T) {
	auth := tritonAuth(t, newCloud())
	both := func(base string) error {
		_, first := wrapper.NewIONOS(wrapper.TokenAuth("a-token"), wrapper.WithBaseURL(base))
		_, second := wrapper.NewTriton(base, "acme", auth)
		require.Equal(t, first == nil, second == nil, "%q: %v, %v", base, first, second)
		return first
	}
	for _, base := range []string{
		"", "/cloudapi/v6", "api.example.com", "api.example.com:443/x", "//api.example.com", "https://", "https:///x", "https://:443", "https:api.example.com",
		"https://api.example.com/?", "https://api.example.com?x=PLANTED", "https://api.example.com/#", "https://api.example.com#PLANTED",
		"https://jo@api.example.com", "https://jo:PLANTED@api.example.com", "https://:@api.example.com",
		"http://api.example.com", "http://10.0.0.1", "http://127.0.0.1.example.com", "http://localhost.example.com", "http://127.1.2.3.4", "http://[::2]", "http://1270.0.0.1",
		"ftp://api.example.com", "file:///etc/passwd", "https://[::1", "https://api.example.com/%zz", "https://api.example.com\r\nX: y", " https://api.example.com",
	} {
		err := both(base)
		require.ErrorIs(t, err, wrapper.ErrInvalid, "%q", base)
		require.ErrorContains(t, err, "base URL")
		assert.NotContains(t, err.Error(), "PLANTED")
	}
	for _, base := range []string{
		"https://api.example.com", "https://api.example.com/", "https://api.example.com:8443/gateway/x/", "HTTPS://api.example.com",
		"http://127.0.0.1:8080", "http://127.9.9.9", "http://localhost:1", "http://LOCALHOST", "http://[::1]:80/x", "https://10.0.0.1",
	} {
		require.NoError(t, both(base), base)
	}
}

func badHeaderValues(t *testing.T) {
	const value = "PLANTED"
	cloud := newCloud()
	signer, err := wrapper.NewSigner(cloud.Triton.Key())
	require.NoError(t, err)
	good := wrapper.TokenAuth("a-token")
	newIONOS := func(auth wrapper.Auth, opts ...wrapper.IONOSOption) error {
		_, err := wrapper.NewIONOS(auth, append(opts, wrapper.WithHTTPClient(cloud.HTTPClient()))...)
		return err
	}
	signature := func(account string, opts ...wrapper.SignatureOption) error {
		_, err := wrapper.SignatureAuth(account, signer, opts...)
		return err
	}
	for _, end := range []string{"\r", "\n", "\r\nX-Evil: yes", "\x00", "\x7f", "\x1b[0m"} {
		bad := value + end
		_, withRoles := wrapper.NewTriton(cloud.Triton.URL(), "acme", tritonAuth(t, cloud), wrapper.WithRoles(bad))
		for name, err := range map[string]error{
			"token": newIONOS(wrapper.TokenAuth(bad)), "password": newIONOS(wrapper.BasicAuth("jo", bad)), "user": newIONOS(wrapper.BasicAuth(bad, "x")),
			"user agent": newIONOS(good, wrapper.WithUserAgent(bad)), "account": signature(bad), "role": withRoles,
			"sub-user": signature("acme", wrapper.WithSubUser(bad)), "key name": signature("acme", wrapper.WithKeyName(bad)),
		} {
			require.Error(t, err, name)
			assert.NotContains(t, err.Error(), value, name)
			assert.NotContains(t, err.Error(), "Evil")
		}
	}
	tooLarge := int64(1) << 31 // negative where an int has 32 bits, and invalid there as well
	for _, number := range []int{0, -1, int(tooLarge), -31234567} {
		require.ErrorIs(t, newIONOS(good, wrapper.WithContractNumber(number)), wrapper.ErrInvalid, number)
	}
	for _, auth := range []wrapper.Auth{nil, wrapper.TokenAuth(""), wrapper.BasicAuth("", "x"), wrapper.BasicAuth("jo", ""), wrapper.BasicAuth("j:o", "x"), wrapper.TokenSourceAuth(nil)} {
		require.ErrorIs(t, newIONOS(auth), wrapper.ErrInvalid)
	}

	// An Auth of the caller's own cannot break a header out either.
	server := httptest.NewServer(cloud.IONOS)
	t.Cleanup(server.Close)
	client, err := wrapper.NewIONOS(authFunc(func(r *http.Request) error {
		r.Header.Set("Authorization", "Bearer "+value+"\r\nX-Evil: yes")
		return nil
	}), wrapper.WithBaseURL(server.URL+"/cloudapi/v6"), wrapper.WithRetry(impatient))
	require.NoError(t, err)
	_, err = client.ListUsers(t.Context())
	require.Error(t, err)
	assert.NotContains(t, err.Error(), value)
	assert.Empty(t, cloud.IONOS.Requests())
}

type authFunc func(*http.Request) error

func (f authFunc) Authorize(r *http.Request) error { return f(r) }
