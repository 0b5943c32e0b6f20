package wrapper_test

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"html"
	"io"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"os"
	"strings"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/require"

	"github.com/cloudroster/cloudroster/gen"
	"github.com/cloudroster/cloudroster/wrapper"
	"github.com/cloudroster/cloudroster/wrapper/wrappertest"
)

// What is planted. Each has a word in it that is the same however the rest is escaped.
const (
	plantedToken    = `t"ok\en-PLANTEDTOKEN-<&>`
	plantedLogin    = `p"ass\word-PLANTEDLOGIN-<&>`
	plantedPassword = `n"ew\pass-PLANTEDPASSWORD-<&>`
	plantedContract = 31234567
)

// planted is a key, and everything by which it or another secret could be told.
type planted struct {
	key    ed25519.PrivateKey
	traces []string
}

func plant(t *testing.T) *planted {
	t.Helper()
	_, key, err := ed25519.GenerateKey(nil)
	require.NoError(t, err)
	seed := key.Seed()
	decimals := strings.Trim(fmt.Sprint(seed[:8]), "[]")
	return &planted{key, []string{
		"PLANTEDTOKEN", "PLANTEDLOGIN", "PLANTEDPASSWORD", "31234567",
		base64.StdEncoding.EncodeToString([]byte("owner:" + plantedLogin)), base64.StdEncoding.EncodeToString([]byte(plantedToken)),
		hex.EncodeToString([]byte("PLANTEDTOKEN")), hex.EncodeToString([]byte("PLANTEDPASSWORD")), hex.EncodeToString([]byte("PLANTEDLOGIN")),
		base64.StdEncoding.EncodeToString(seed)[:16], hex.EncodeToString(seed)[:16], decimals, strings.ReplaceAll(decimals, " ", ", "),
		strings.ReplaceAll(decimals, " ", ","), fmt.Sprintf("%#v", seed[:8])[7:40],
	}}
}

// absent asserts that a text holds no secret.
func (p *planted) absent(t *testing.T, where, text string) {
	t.Helper()
	for _, trace := range p.traces {
		if i := strings.Index(text, trace); i >= 0 {
			t.Errorf("%s holds %q: ...%s...", where, trace, text[max(0, i-100):min(len(text), i+100)])
			return
		}
	}
}

// printed is everything that fmt, encoding/json, log/slog and panic make of a value.
func printed(t *testing.T, value any) map[string]string {
	t.Helper()
	texts := map[string]string{}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d", "%t"} {
		texts[verb] = fmt.Sprintf(verb, value)
	}
	marshalled, err := json.Marshal(value)
	texts["json"] = string(marshalled) + fmt.Sprint(err)
	marshalled, err = xml.Marshal(value)
	texts["xml"] = string(marshalled) + fmt.Sprint(err)
	for name, handler := range map[string]func(io.Writer) slog.Handler{
		"slog text": func(w io.Writer) slog.Handler { return slog.NewTextHandler(w, nil) },
		"slog JSON": func(w io.Writer) slog.Handler { return slog.NewJSONHandler(w, nil) },
	} {
		var out bytes.Buffer
		slog.New(handler(&out)).Info("value", "value", value, slog.Group("group", "value", value))
		require.Contains(t, out.String(), "value")
		texts[name] = out.String()
	}
	func() {
		defer func() { texts["panic"] = fmt.Sprint(recover()) }()
		panic(value)
	}()
	return texts
}

// sheds asserts that no way to print a value shows a secret.
func (p *planted) sheds(t *testing.T, name string, value any) {
	t.Helper()
	for how, text := range printed(t, value) {
		p.absent(t, name+" as "+how, text)
	}
}

// chain is err and everything below it.
func chain(err error) (all []error) {
	if err == nil {
		return nil
	}
	all = append(all, err)
	switch err := err.(type) { //nolint:errorlint // each error for itself
	case interface{ Unwrap() error }:
		all = append(all, chain(err.Unwrap())...)
	case interface{ Unwrap() []error }:
		for _, one := range err.Unwrap() {
			all = append(all, chain(one)...)
		}
	}
	return all
}

func plantedSecrets(t *testing.T) {
	p := plant(t)
	t.Run("values", p.values)
	t.Run("echoing_servers", p.echoes)
	t.Run("broken_HTTP", p.brokenHTTP)
	t.Run("refused_at_construction", p.refused)
}

// clients are one of each kind of credentials.
func (p *planted) clients(t *testing.T, client *http.Client, baseURL, tritonURL string, opts ...wrapper.Option) (ionos []*wrapper.IONOS, triton *wrapper.Triton, auths []wrapper.Auth) {
	t.Helper()
	signer, err := wrapper.NewSigner(p.key)
	require.NoError(t, err)
	signature, err := wrapper.SignatureAuth("acme", signer)
	require.NoError(t, err)
	auths = []wrapper.Auth{
		wrapper.TokenAuth(plantedToken), wrapper.BasicAuth("owner", plantedLogin),
		wrapper.TokenSourceAuth(func(context.Context) (string, error) { return plantedToken, nil }), signature,
	}
	opts = append(opts, wrapper.WithHTTPClient(client), wrapper.WithRetry(impatient))
	for _, auth := range auths[:3] {
		one, err := wrapper.NewIONOS(auth, wrapper.WithOptions(opts...), wrapper.WithBaseURL(baseURL), wrapper.WithContractNumber(plantedContract))
		require.NoError(t, err)
		ionos = append(ionos, one)
	}
	triton, err = wrapper.NewTriton(tritonURL, "acme", signature, wrapper.WithOptions(opts...))
	require.NoError(t, err)
	return ionos, triton, auths
}

// values prints every exported type of the package that can hold a secret or reach one.
func (p *planted) values(t *testing.T) {
	cloud := newCloud()
	cloud.IONOS.AddToken(plantedToken)
	ionos, triton, auths := p.clients(t, cloud.HTTPClient(), cloud.IONOS.URL(), cloud.Triton.URL())
	signer, err := wrapper.NewSigner(p.key)
	require.NoError(t, err)
	_, operation, err := ionos[0].CreateUser(t.Context(), jo(), wrapper.WithContractNumber(plantedContract))
	require.NoError(t, err)
	status, err := operation.Status(t.Context())
	require.NoError(t, err)
	waited := &wrapper.OperationError{ID: "x", Status: status, Err: io.EOF}
	password := wrapper.Secret(plantedPassword)
	snapshot, err := wrapper.NewSnapshot(t.Context(), ionos[0].Users(wrapper.WithContractNumber(plantedContract)))
	require.NoError(t, err)
	values := map[string][]any{
		"Auth":  {auths[0], auths[1], auths[2], auths[3], auths},
		"IONOS": {ionos[0], *ionos[0], ionos, ionos[0].Raw(), *ionos[0].Raw()}, "Triton": {triton, *triton, triton.Raw()},
		"Users":           {ionos[0].Users(wrapper.WithContractNumber(plantedContract)), triton.Users()},
		"Operation":       {operation, *operation, ionos[0].Operation("x"), []*wrapper.Operation{operation}, map[string]any{"x": *operation}},
		"OperationStatus": {status, &status},
		"OperationError":  {waited, *waited},
		"Error":           {&wrapper.Error{Operation: operation, Err: io.EOF}, wrapper.Error{Operation: operation, Err: io.EOF}},
		"Message":         {wrapper.Message{}},
		"RateLimit":       {wrapper.RateLimit{}},
		"RetryPolicy":     {wrapper.RetryPolicy{}},
		"PollPolicy":      {wrapper.PollPolicy{}},
		"Signer":          {signer},
		"SignatureOption": {wrapper.WithSubUser("jo"), wrapper.WithKeyName("x")},
		"Option":          {wrapper.WithOptions(wrapper.WithUserAgent("x"))},
		"IONOSOption":     {[]wrapper.IONOSOption{wrapper.WithContractNumber(plantedContract)}},
		"TritonOption":    {wrapper.WithRoles("x")},
		"ContractOption":  {wrapper.WithContractNumber(plantedContract)},
		"CallOption":      {[]wrapper.CallOption{wrapper.WithContractNumber(plantedContract)}},
		"Secret":          {password, &password, []any{password}},
		"User":            {wrapper.User{}},
		"UserCreate":      {wrapper.UserCreate{Password: password}, &wrapper.UserCreate{Password: password}, []wrapper.UserCreate{{Password: password}}},
		"UserUpdate":      {wrapper.UserUpdate{}},
		"IONOSFields":     {wrapper.IONOSFields{}},
		"TritonFields":    {wrapper.TritonFields{}},
		"Snapshot":        {snapshot, []*wrapper.Snapshot{snapshot}},
		"DeleteOption":    {wrapper.WithKeys()},
		"Groups":          {ionos[0].Groups(wrapper.WithContractNumber(plantedContract))},
		"Group":           {wrapper.Group{}},
		"Share":           {wrapper.Share{}},
	}
	for _, name := range exportedTypes(t) {
		require.NotEmpty(t, values[name], "%s is not printed here", name)
	}
	for name, several := range values {
		for _, value := range several {
			texts := printed(t, value)
			if name == "Secret" {
				delete(texts, "json") // how it is sent
				if _, list := value.([]any); list {
					delete(texts, "slog JSON") // as any list, it is marshalled
				}
			}
			for how, text := range texts {
				p.absent(t, name+" as "+how, text)
			}
		}
	}
	bodies := []any{
		gen.UserCreateProperties{Password: password}, gen.UserCreate{Properties: gen.UserCreateProperties{Password: password}},
		gen.UserUpdateProperties{Password: &password}, gen.UserUpdate{Properties: gen.UserUpdateProperties{Password: &password}},
		gen.TritonUserCreate{Password: password}, gen.TritonPasswordChange{Password: password, PasswordConfirmation: password},
	}
	for _, body := range bodies {
		texts := printed(t, body)
		require.Contains(t, texts["json"], "PLANTEDPASSWORD", "JSON is how a body is sent")
		delete(texts, "json")
		for how, text := range texts {
			p.absent(t, fmt.Sprintf("%T as %s", body, how), text)
		}
	}
}

// exportedTypes are the types that the package exports, so that a new one is not forgotten.
func exportedTypes(t *testing.T) (names []string) {
	t.Helper()
	files, err := fs.Glob(os.DirFS("."), "*.go")
	require.NoError(t, err)
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		require.NoError(t, err)
		for _, declaration := range file.Decls {
			general, ok := declaration.(*ast.GenDecl)
			if !ok {
				continue
			}
			for _, spec := range general.Specs {
				if named, ok := spec.(*ast.TypeSpec); ok && named.Name.IsExported() {
					names = append(names, named.Name.Name)
				}
			}
		}
	}
	require.Greater(t, len(names), 15)
	return names
}

// lockedBuffer takes records from several goroutines.
type lockedBuffer struct {
	sync.Mutex
	bytes.Buffer
}

func (b *lockedBuffer) Write(data []byte) (int, error) {
	b.Lock()
	defer b.Unlock()
	return b.Buffer.Write(data)
}

// echo answers with everything that the request held, in one of several shapes.
func echo(shape string, status int, pad int) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		user, password, _ := r.BasicAuth()
		var fields struct {
			Password   string
			Properties struct{ Password string }
		}
		_ = json.Unmarshal(body, &fields)
		text := strings.Join([]string{
			strings.Repeat("x", pad), r.Header.Get("Authorization"), user + ":" + password, r.Header.Get("X-Contract-Number"), string(body),
			fields.Password, fields.Properties.Password,
			html.EscapeString(fields.Password + fields.Properties.Password + r.Header.Get("Authorization")),
			url.QueryEscape(fields.Password + fields.Properties.Password),
		}, " ")
		header := strings.NewReplacer("\r", "", "\n", "").Replace(text)
		for _, name := range []string{"X-Request-Id", "Location", "Retry-After", "X-Ratelimit-Limit", "X-Ratelimit-Remaining", "ETag"} {
			w.Header().Set(name, header)
		}
		answer := []byte(text)
		switch shape {
		case "IONOS":
			answer, _ = json.Marshal(map[string]any{"httpStatus": status, "messages": []any{map[string]string{"errorCode": text, "message": text}}})
		case "Triton":
			answer, _ = json.Marshal(map[string]string{"code": text, "message": text})
		case "failed":
			answer, _ = json.Marshal(map[string]any{"id": "x", "metadata": map[string]string{"status": "FAILED", "message": text}})
		case "status":
			answer, _ = json.Marshal(map[string]any{"id": "x", "metadata": map[string]string{"status": text, "message": text}})
		}
		w.WriteHeader(status)
		_, _ = w.Write(answer)
	})
}

func (p *planted) echoes(t *testing.T) {
	for _, shape := range []string{"IONOS", "Triton", "status", "failed", "plain"} {
		for _, status := range []int{200, 202, 302, 401, 404, 409, 422, 429, 500} {
			for _, pad := range []int{0, 4090} { // so that secrets are where Error.Body ends
				if pad > 0 && status != 422 {
					continue
				}
				synctest.Test(t, func(t *testing.T) { p.echoed(t, fmt.Sprintf("%s %d", shape, status), echo(shape, status, pad)) })
			}
		}
	}
}

// echoed calls a server that tells what it was told, and looks at all errors and log records.
func (p *planted) echoed(t *testing.T, name string, handler http.Handler) {
	t.Helper()
	var log lockedBuffer
	logger := slog.New(slog.NewMultiHandler(
		slog.NewJSONHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug, AddSource: true}),
		slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug})))
	cloud := newCloud(wrappertest.WithHandler(func(http.Handler) http.Handler { return handler }))
	ionos, triton, _ := p.clients(t, cloud.HTTPClient(), cloud.IONOS.URL(), cloud.Triton.URL(), wrapper.WithLogger(logger))
	var errs []error
	for _, client := range ionos {
		properties := jo()
		properties.Password = plantedPassword
		_, operation, err := client.CreateUser(t.Context(), properties)
		_, _, err2 := client.ReplaceUser(t.Context(), "x", gen.UserUpdateProperties{Password: new(wrapper.Secret(plantedPassword))})
		_, err3 := client.GetUser(t.Context(), "x")
		_, err4 := client.DeleteUser(t.Context(), "x")
		err5 := client.Operation("x").Wait(t.Context())
		errs = append(errs, err, err2, err3, err4, err5)
		p.sheds(t, name, operation)
	}
	user := joTriton()
	user.Password = plantedPassword
	_, err := triton.CreateUser(t.Context(), user)
	_, err2 := triton.ChangeUserPassword(t.Context(), "0fd7a5ac-5a7a-4b4b-9d1a-6a3a0e0a4e4f", plantedPassword)
	_, err3 := triton.ListUsers(t.Context())
	errs = append(errs, err, err2, err3)
	for _, err := range errs {
		p.shedsError(t, name, err)
	}
	require.NotEmpty(t, log.String())
	p.absent(t, name+" in the log", log.String())
}

// shedsError looks at an error, at what it wraps, and at its fields.
func (p *planted) shedsError(t *testing.T, name string, err error) {
	t.Helper()
	for _, one := range chain(err) {
		p.sheds(t, fmt.Sprintf("%s: %T", name, one), one)
	}
	var failed *wrapper.Error
	if errors.As(err, &failed) {
		p.sheds(t, name+": value", *failed)
		p.absent(t, name+": fields", fmt.Sprint(failed.Path, failed.Code, failed.Messages, failed.RequestID, failed.RateLimit, string(failed.Body)))
	}
}

// brokenHTTP is a server whose very first line is what it was told: net/http quotes it.
func (p *planted) brokenHTTP(t *testing.T) {
	for _, format := range []string{"HTTP/1.1 %s\r\n\r\n", "%s\r\n\r\n", "HTTP/1.1 200 OK\r\n%s\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: %s\r\n\r\n",
		"HTTP/1.1 200 OK\r\nTransfer-Encoding: %s\r\n\r\n"} {
		listener, err := net.Listen("tcp", "127.0.0.1:0")
		require.NoError(t, err)
		go func() {
			for {
				conn, err := listener.Accept()
				if err != nil {
					return
				}
				_, _ = conn.Read(make([]byte, 16<<10))
				_, _ = fmt.Fprintf(conn, format, "Bearer "+plantedToken)
				_ = conn.Close()
			}
		}()
		base := "http://" + listener.Addr().String()
		var log lockedBuffer
		ionos, _, _ := p.clients(t, nil, base, base, wrapper.WithLogger(slog.New(slog.NewJSONHandler(&log, nil))))
		_, err = ionos[0].ListUsers(t.Context())
		require.Error(t, err)
		p.shedsError(t, format, err)
		p.absent(t, "the log of "+format, log.String())
		require.NoError(t, listener.Close())
	}
	// A source of tokens whose own error tells the token is the caller's; ours adds nothing.
	leak := errors.New("vault: PLANTEDVAULT")
	client, err := wrapper.NewIONOS(wrapper.TokenSourceAuth(func(context.Context) (string, error) { return plantedToken, leak }))
	require.NoError(t, err)
	_, err = client.ListUsers(t.Context())
	require.ErrorIs(t, err, leak)
	p.shedsError(t, "token source", err)
}

func (p *planted) refused(t *testing.T) {
	for name, auth := range map[string]wrapper.Auth{
		"token": wrapper.TokenAuth(plantedToken + "\n"), "password": wrapper.BasicAuth("owner", plantedLogin+"\x00"), "user": wrapper.BasicAuth(plantedLogin+":", "x"),
	} {
		_, err := wrapper.NewIONOS(auth)
		require.Error(t, err, name)
		p.shedsError(t, name, err)
		p.sheds(t, name, auth)
	}
	_, err := wrapper.NewIONOS(wrapper.TokenAuth("a-token"), wrapper.WithBaseURL("https://u:"+plantedLogin+"@example.com"))
	require.Error(t, err)
	p.shedsError(t, "base URL", err)
	_, err = wrapper.NewIONOS(wrapper.TokenAuth("a-token"), wrapper.WithContractNumber(-plantedContract))
	require.Error(t, err)
	p.shedsError(t, "contract number", err)
	client, err := wrapper.NewIONOS(wrapper.TokenAuth("a-token"))
	require.NoError(t, err)
	_, err = client.ListUsers(t.Context(), wrapper.WithContractNumber(-plantedContract))
	require.ErrorIs(t, err, wrapper.ErrInvalid)
	p.shedsError(t, "contract option", err)
}
