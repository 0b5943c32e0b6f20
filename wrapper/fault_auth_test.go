package wrapper_test

import (
	"context"
	"crypto/ed25519"
	"encoding/pem"
	"errors"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/crypto/ssh"
	"golang.org/x/crypto/ssh/agent"

	"github.com/cloudroster/cloudroster/wrapper"
	"github.com/cloudroster/cloudroster/wrapper/sshkey"
	"github.com/cloudroster/cloudroster/wrapper/wrappertest"
)

// Credentials that are refused, too old, or not to be had.
var authFaults = []faultRow{
	{"401_and_403", faked(refusedCredentials)},
	{"retried_request_is_signed_anew", faked(signedAnew)},
	{"clock_skew", faked(clockSkew)},
	{"protected_key_without_passphrase", protectedKey},
	{"key_file_readable_by_others", readableKey},
	{"not_a_key", notAKey},
	{"agent_without_the_key_or_gone", agentFaults},
	{"token_source_that_fails", faked(failingTokenSource)},
}

func refusedCredentials(t *testing.T) {
	const password = "correct-horse-not"
	for status, want := range map[int]error{401: wrapper.ErrUnauthorized, 403: wrapper.ErrForbidden, 402: wrapper.ErrForbidden} {
		for _, c := range calls {
			cloud, ann := withAnn()
			cloud.IONOS.Fault(wrappertest.Fault{Effect: func(w http.ResponseWriter, r *http.Request, carryOut func() *wrappertest.Response) {
				echo := `{"httpStatus":401,"messages":[{"errorCode":"315","message":"no: ` + r.Header.Get("Authorization") + `"}]}`
				wrappertest.Reply(status, seconds(1), echo)(w, r, carryOut)
			}})
			_, err := c.call(t, ionosClient(t, cloud), ann)
			failed := failure(t, err, c.method, requestPath(c, ann), status)
			require.ErrorIs(t, err, want)
			assert.False(t, isUnknown(err), "refused before anything was done")
			assert.Equal(t, "no: [redacted]", failed.Messages[0].Text)
			assert.NotContains(t, string(failed.Body), wrappertest.Token)
			assert.Len(t, cloud.IONOS.Requests(), 1, "no retry")
		}
	}
	// A login as the service knows it, with the wrong password.
	cloud := newCloud()
	client, err := wrapper.NewIONOS(wrapper.BasicAuth(wrappertest.Username, password), wrapper.WithHTTPClient(cloud.HTTPClient()))
	require.NoError(t, err)
	_, err = client.ListUsers(t.Context())
	failure(t, err, "GET", usersPath, 401)
	require.ErrorIs(t, err, wrapper.ErrUnauthorized)
	assert.NotContains(t, err.Error(), password)
	assert.Len(t, cloud.IONOS.Requests(), 1)
}

func signedAnew(t *testing.T) {
	cloud := newCloud(wrappertest.WithFullRecords())
	cloud.Triton.AddUser(wrappertest.SubUser{Login: "bob.ray", Email: "bob@example.com", Password: "correct-horse-4"})
	cloud.Triton.Fault(wrappertest.Fault{Attempt: 1, Times: 2, Effect: wrappertest.Reply(503, seconds(100), "")})
	_, err := tritonClient(t, cloud).GetUser(t.Context(), "bob.ray")
	require.NoError(t, err, "the cloud verifies signatures, and their dates")
	requests := cloud.Triton.Requests()
	require.Len(t, requests, 3)
	for i := range 2 {
		assert.NotEqual(t, requests[i].Header.Get("Date"), requests[i+1].Header.Get("Date"))
		assert.NotEqual(t, requests[i].Header.Get("Authorization"), requests[i+1].Header.Get("Authorization"))
	}
	for _, request := range requests {
		assert.Equal(t, request.Time.UTC().Format(http.TimeFormat), request.Header.Get("Date"))
		assert.Len(t, request.Header["Authorization"], 1)
	}
}

// skewed answers as a server whose clock is ahead by this much: 400 beyond 300 seconds.
func skewed(ahead time.Duration, refuse func(int) bool) wrappertest.Effect {
	attempts := 0
	return func(w http.ResponseWriter, r *http.Request, carryOut func() *wrappertest.Response) {
		attempts++
		now := time.Now().Add(ahead)
		header := http.Header{"Date": {now.UTC().Format(http.TimeFormat)}, "Content-Type": {"application/json"}}
		date, err := http.ParseTime(r.Header.Get("Date"))
		if err != nil || now.Sub(date).Abs() > 300*time.Second || refuse(attempts) {
			wrappertest.Reply(400, header, `{"code":"InvalidHeader","message":"clock skew"}`)(w, r, carryOut)
			return
		}
		wrappertest.Reply(200, header, `[]`)(w, r, carryOut)
	}
}

func clockSkew(t *testing.T) {
	never, always := func(int) bool { return false }, func(int) bool { return true }
	for _, ahead := range []time.Duration{time.Hour, -time.Hour, 10 * time.Minute} {
		cloud := newCloud()
		cloud.Triton.Fault(wrappertest.Fault{Effect: skewed(ahead, never)})
		client := tritonClient(t, cloud)
		start := time.Now()
		_, err := client.ListUsers(t.Context())
		require.NoError(t, err, "signed once more, with the server's clock")
		assert.Len(t, cloud.Triton.Requests(), 2)
		assert.Zero(t, time.Since(start))
		_, err = client.ListUsers(t.Context())
		require.NoError(t, err)
		assert.Len(t, cloud.Triton.Requests(), 3, "the clock stays corrected")

		// A server that refuses all the same is asked twice, not more.
		cloud = newCloud()
		cloud.Triton.Fault(wrappertest.Fault{Effect: skewed(ahead, always)})
		_, err = tritonClient(t, cloud).ListUsers(t.Context())
		failed := failure(t, err, "GET", "/acme/users", 400)
		require.ErrorIs(t, err, wrapper.ErrClockSkew)
		require.ErrorIs(t, err, wrapper.ErrInvalid)
		require.ErrorContains(t, err, (-ahead).String())
		assert.Equal(t, "InvalidHeader", failed.Code)
		assert.Len(t, cloud.Triton.Requests(), 2)

		// Whoever wants one attempt gets one, and the offset.
		cloud = newCloud()
		cloud.Triton.Fault(wrappertest.Fault{Effect: skewed(ahead, never)})
		client = tritonClient(t, cloud, wrapper.WithRetry(wrapper.RetryPolicy{MaxAttempts: 1}))
		_, err = client.ListUsers(t.Context())
		require.ErrorIs(t, err, wrapper.ErrClockSkew)
		assert.Len(t, cloud.Triton.Requests(), 1)
	}
	// Another bad header has nothing to do with clocks.
	cloud := newCloud()
	cloud.Triton.Fault(wrappertest.Fault{Effect: skewed(0, always)})
	_, err := tritonClient(t, cloud).ListUsers(t.Context())
	require.ErrorIs(t, err, wrapper.ErrInvalid)
	require.NotErrorIs(t, err, wrapper.ErrClockSkew)
	assert.Len(t, cloud.Triton.Requests(), 1)
}

// keyFile writes a new Ed25519 key.
func keyFile(t *testing.T, passphrase string, mode os.FileMode) (path string, key ed25519.PrivateKey) {
	t.Helper()
	_, key, err := ed25519.GenerateKey(nil)
	require.NoError(t, err)
	block, err := ssh.MarshalPrivateKey(key, "")
	if passphrase != "" {
		block, err = ssh.MarshalPrivateKeyWithPassphrase(key, "", []byte(passphrase))
	}
	require.NoError(t, err)
	path = filepath.Join(t.TempDir(), "id_ed25519")
	require.NoError(t, os.WriteFile(path, pem.EncodeToMemory(block), 0o600))
	require.NoError(t, os.Chmod(path, mode))
	return path, key
}

func protectedKey(t *testing.T) {
	path, key := keyFile(t, "correct horse battery staple", 0o600)
	_, err := sshkey.Load(path)
	require.ErrorIs(t, err, sshkey.ErrPassphraseRequired)
	require.ErrorContains(t, err, path)
	with := func(passphrase string) sshkey.Option {
		return sshkey.WithPassphrase(func(string) ([]byte, error) { return []byte(passphrase), nil })
	}
	_, err = sshkey.Load(path, with("wrong horse"))
	require.ErrorIs(t, err, sshkey.ErrPassphraseIncorrect)
	assert.NotContains(t, err.Error(), "wrong horse")
	signer, err := sshkey.Load(path, with("correct horse battery staple"))
	require.NoError(t, err)
	assert.Equal(t, wrappertest.Fingerprint(key.Public()), signer.Fingerprint())
}

func readableKey(t *testing.T) {
	for _, mode := range []os.FileMode{0o644, 0o640, 0o604, 0o660, 0o602} {
		path, _ := keyFile(t, "", mode)
		_, err := sshkey.Load(path)
		require.ErrorIs(t, err, sshkey.ErrInsecurePermissions, "%o", mode)
		require.ErrorContains(t, err, path)
		_, err = sshkey.Load(path, sshkey.WithInsecurePermissions())
		require.NoError(t, err, "%o", mode)
	}
	path, _ := keyFile(t, "", 0o400)
	_, err := sshkey.Load(path)
	require.NoError(t, err)
}

func notAKey(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{
		"empty": "", "text": "hello", "binary": "\x00\x01\x02", "public": "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIDf3 jo",
		"certificate": "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
		"damaged":     "-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----\n",
		"cut":         "-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n",
	} {
		path := filepath.Join(dir, name)
		require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
		_, err := sshkey.Load(path)
		require.ErrorIs(t, err, sshkey.ErrInvalidKey, name)
		require.ErrorContains(t, err, path)
		assert.NotContains(t, err.Error(), "AAAA")
	}
	_, err := sshkey.Load(filepath.Join(dir, "missing"))
	require.ErrorIs(t, err, os.ErrNotExist)
}

func agentFaults(t *testing.T) {
	_, key, err := ed25519.GenerateKey(nil)
	require.NoError(t, err)
	keys := agent.NewKeyring()
	require.NoError(t, keys.Add(agent.AddedKey{PrivateKey: key, Comment: "work"}))
	gone := false
	known := sshkey.NewAgent(func(context.Context) (net.Conn, error) {
		if gone {
			return nil, errors.New("connection refused")
		}
		ours, theirs := net.Pipe()
		go func() {
			_ = agent.ServeAgent(keys, theirs)
			_ = theirs.Close()
		}()
		return ours, nil
	})
	defer known.Close()
	_, err = known.Signer(t.Context(), "MD5:00:11:22:33:44:55:66:77:88:99:aa:bb:cc:dd:ee:ff")
	require.ErrorIs(t, err, sshkey.ErrKeyNotFound)

	signer, err := known.Signer(t.Context(), "work")
	require.NoError(t, err)
	cloud := newCloud()
	cloud.Triton.AddKey("work", key.Public())
	auth, err := wrapper.SignatureAuth(wrappertest.Account, signer)
	require.NoError(t, err)
	client, err := wrapper.NewTriton(cloud.Triton.URL(), wrappertest.Account, auth, wrapper.WithHTTPClient(cloud.HTTPClient()))
	require.NoError(t, err)
	_, err = client.ListUsers(t.Context())
	require.NoError(t, err)

	require.NoError(t, known.Close())
	gone = true
	_, err = client.ListUsers(t.Context())
	require.ErrorIs(t, err, sshkey.ErrAgentUnavailable)
	failed := failure(t, err, "GET", "/acme/users", 0)
	assert.Equal(t, 1, failed.Attempts)
	assert.Len(t, cloud.Triton.Requests(), 1, "nothing is sent unsigned")
	_, err = sshkey.DialAgent(filepath.Join(t.TempDir(), "none")).Signer(t.Context(), "work")
	require.ErrorIs(t, err, sshkey.ErrAgentUnavailable)
}

func failingTokenSource(t *testing.T) {
	locked := errors.New("the vault is locked")
	for _, source := range []func(context.Context) (string, error){
		func(context.Context) (string, error) { return "", locked },
		func(context.Context) (string, error) { return "", nil },
		func(context.Context) (string, error) { return "line\r\nbreak", nil },
	} {
		for _, c := range calls {
			cloud, ann := withAnn()
			client, err := wrapper.NewIONOS(wrapper.TokenSourceAuth(source), wrapper.WithHTTPClient(cloud.HTTPClient()))
			require.NoError(t, err)
			start := time.Now()
			_, err = c.call(t, client, ann)
			failure(t, err, c.method, requestPath(c, ann), 0)
			require.ErrorContains(t, err, "token source")
			if _, cause := source(t.Context()); cause != nil {
				require.ErrorIs(t, err, locked)
			}
			assert.NotContains(t, err.Error(), "break")
			assert.False(t, isUnknown(err), "nothing was sent")
			assert.Empty(t, cloud.IONOS.Requests())
			assert.Zero(t, time.Since(start), "its errors are not retried")
		}
	}
}
