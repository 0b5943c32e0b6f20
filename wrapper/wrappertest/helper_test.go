package wrappertest_test

import (
	"bytes"
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/crypto/ssh"

	"github.com/cloudroster/cloudroster/wrapper/wrappertest"
)

// response is an answer that was read to its end.
type response struct {
	*http.Response
	text []byte
}

// json is the answer as a JSON object.
func (r response) json(t *testing.T) map[string]any {
	t.Helper()
	var out map[string]any
	require.NoError(t, json.Unmarshal(r.text, &out), "%d %s", r.StatusCode, r.text)
	return out
}

// at walks a JSON value by member names and indexes.
func at(t *testing.T, value any, path ...any) any {
	t.Helper()
	for _, step := range path {
		switch step := step.(type) {
		case string:
			object, ok := value.(map[string]any)
			require.True(t, ok, "no object at %v in %v", step, value)
			value, ok = object[step]
			require.True(t, ok, "no member %q in %v", step, object)
		case int:
			list, ok := value.([]any)
			require.True(t, ok, "no list at %v in %v", step, value)
			require.Greater(t, len(list), step)
			value = list[step]
		}
	}
	return value
}

// caller sends plain requests to a cloud.
type caller struct {
	t      *testing.T
	cloud  *wrappertest.Cloud
	client *http.Client
	header http.Header
}

func inMemory(t *testing.T, options ...wrappertest.Option) caller {
	cloud := wrappertest.New(options...)
	return caller{t: t, cloud: cloud, client: cloud.HTTPClient(), header: http.Header{}}
}

// with is the same caller with one more header on every request.
func (c caller) with(name, value string) caller {
	c.header = maps.Clone(c.header)
	c.header[name] = []string{value}
	return c
}

func (c caller) ionos(method, path, body string) response {
	c.t.Helper()
	got, err := c.tryIONOS(c.t.Context(), method, path, body)
	require.NoError(c.t, err)
	return got
}

func (c caller) tryIONOS(ctx context.Context, method, path, body string) (response, error) {
	c.t.Helper()
	r := c.request(ctx, method, c.cloud.IONOS.URL()+path, body)
	if _, set := c.header["Authorization"]; !set {
		r.Header.Set("Authorization", "Bearer "+wrappertest.Token)
	}
	return c.do(r)
}

func (c caller) triton(method, path, body string) response {
	c.t.Helper()
	got, err := c.tryTriton(c.t.Context(), method, path, body)
	require.NoError(c.t, err)
	return got
}

func (c caller) tryTriton(ctx context.Context, method, path, body string) (response, error) {
	c.t.Helper()
	r := c.request(ctx, method, c.cloud.Triton.URL()+path, body)
	if _, set := c.header["Authorization"]; !set {
		key := c.cloud.Triton.Key()
		c.sign(r, key, "ed25519-sha512", "/"+wrappertest.Account+"/keys/"+wrappertest.Fingerprint(key.Public()))
	}
	return c.do(r)
}

func (c caller) request(ctx context.Context, method, url, body string) *http.Request {
	c.t.Helper()
	r, err := http.NewRequestWithContext(ctx, method, url, strings.NewReader(body))
	require.NoError(c.t, err)
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	for name, values := range c.header {
		if len(values) == 1 && values[0] == "" {
			r.Header.Del(name)
			continue
		}
		r.Header[name] = values
	}
	return r
}

// sign signs the request target and the date.
func (c caller) sign(r *http.Request, key crypto.Signer, algorithm, keyID string) {
	c.t.Helper()
	if r.Header.Get("Date") == "" {
		r.Header.Set("Date", time.Now().UTC().Format(http.TimeFormat))
	}
	text := "(request-target): " + strings.ToLower(r.Method) + " " + r.URL.RequestURI() + "\ndate: " + r.Header.Get("Date")
	r.Header.Set("Authorization", `Signature keyId="`+keyID+`",algorithm="`+algorithm+
		`",headers="(request-target) date",signature="`+base64.StdEncoding.EncodeToString(c.signature(key, algorithm, text))+`"`)
}

func (c caller) signature(key crypto.Signer, algorithm, text string) []byte {
	c.t.Helper()
	var hash crypto.Hash
	digest := []byte(text)
	switch {
	case strings.HasSuffix(algorithm, "-sha1"):
		sum := sha1.Sum(digest)
		hash, digest = crypto.SHA1, sum[:]
	case strings.HasSuffix(algorithm, "-sha256"):
		sum := sha256.Sum256(digest)
		hash, digest = crypto.SHA256, sum[:]
	case strings.HasPrefix(algorithm, "ed25519"):
		hash = 0
	default:
		sum := sha512.Sum512(digest)
		hash, digest = crypto.SHA512, sum[:]
	}
	var signature []byte
	var err error
	switch key := key.(type) {
	case *rsa.PrivateKey:
		signature, err = rsa.SignPKCS1v15(rand.Reader, key, hash, digest)
	case *ecdsa.PrivateKey:
		signature, err = ecdsa.SignASN1(rand.Reader, key, digest)
	case ed25519.PrivateKey:
		signature = ed25519.Sign(key, digest)
	}
	require.NoError(c.t, err)
	return signature
}

func (c caller) do(r *http.Request) (response, error) {
	c.t.Helper()
	answer, err := c.client.Do(r)
	if err != nil {
		return response{}, err
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	return response{answer, bytes.TrimSpace(text)}, err
}

// message is the error code and the first message of a refused IONOS request.
func (c caller) refusal(r response) (code, message string) {
	c.t.Helper()
	body := r.json(c.t)
	require.EqualValues(c.t, r.StatusCode, at(c.t, body, "httpStatus"))
	return at(c.t, body, "messages", 0, "errorCode").(string), at(c.t, body, "messages", 0, "message").(string)
}

// onSockets is a caller of a cloud on loopback sockets.
func onSockets(t *testing.T, options ...wrappertest.Option) caller {
	t.Helper()
	transport := &http.Transport{}
	t.Cleanup(transport.CloseIdleConnections)
	cloud := wrappertest.Start(t, options...)
	client := &http.Client{Transport: transport}
	return caller{t: t, cloud: cloud, client: client, header: http.Header{}}
}

// bothWays runs a test on sockets and in memory: no client should see a difference.
func bothWays(t *testing.T, test func(t *testing.T, c caller), options ...wrappertest.Option) {
	t.Helper()
	t.Run("sockets", func(t *testing.T) { t.Parallel(); test(t, onSockets(t, options...)) })
	t.Run("memory", func(t *testing.T) { t.Parallel(); test(t, inMemory(t, options...)) })
}

// sshLine is a key in OpenSSH's form, without its newline.
func sshLine(t *testing.T, key crypto.PublicKey) string {
	t.Helper()
	public, err := ssh.NewPublicKey(key)
	require.NoError(t, err)
	return strings.TrimSpace(string(ssh.MarshalAuthorizedKey(public)))
}

func noRedirects(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
