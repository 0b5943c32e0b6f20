package main

import (
	"bufio"
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/x509"
	"encoding/pem"
	"io"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/cloudroster/cloudroster/gen"
	"github.com/cloudroster/cloudroster/wrapper"
)

// startSandbox runs the sandbox until the test ends or stop is called, and reads the variables that it
// prints. stop returns what run returned.
func startSandbox(t *testing.T, args ...string) (variables map[string]string, stop func() error) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	reader, writer := io.Pipe()
	ended := make(chan error, 1)
	go func() {
		_, err := sandboxCommand(ctx, args, environment{stdout: writer, stderr: io.Discard})
		writer.CloseWithError(err)
		ended <- err
	}()
	variables = map[string]string{}
	lines := bufio.NewScanner(reader)
	for lines.Scan() && !strings.Contains(lines.Text(), "Ctrl-C") {
		if assignment, ok := strings.CutPrefix(lines.Text(), "export "); ok {
			name, value, _ := strings.Cut(assignment, "=")
			variables[name] = value
		}
	}
	require.NoError(t, lines.Err())
	return variables, func() error { cancel(); return <-ended }
}

func TestClientsWorkWithWhatIsPrinted(t *testing.T) {
	t.Parallel()
	public, private, err := ed25519.GenerateKey(nil)
	require.NoError(t, err)
	der, err := x509.MarshalPKIXPublicKey(public)
	require.NoError(t, err)
	keyFile := filepath.Join(t.TempDir(), "key.pub")
	require.NoError(t, os.WriteFile(keyFile, pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}), 0o600))

	v, stop := startSandbox(t, "-ionos", "127.0.0.1:0", "-triton", "127.0.0.1:0", "-triton-key", keyFile, "-queued", "0s", "-running", "0s")
	ionos, err := wrapper.NewIONOS(wrapper.TokenAuth(v["IONOS_TOKEN"]), wrapper.WithBaseURL(v["IONOS_API_URL"]))
	require.NoError(t, err)
	_, operation, err := ionos.CreateUser(t.Context(), gen.UserCreateProperties{
		FirstName: "Jo", LastName: "Meier", Email: "jo@example.com", Password: "correct-horse-9",
	})
	require.NoError(t, err)
	require.NoError(t, operation.Wait(t.Context()))

	signer, err := wrapper.NewSigner(private)
	require.NoError(t, err)
	assert.Equal(t, signer.Fingerprint(), v["TRITON_KEY_ID"])
	auth, err := wrapper.SignatureAuth(v["TRITON_ACCOUNT"], signer)
	require.NoError(t, err)
	triton, err := wrapper.NewTriton(v["TRITON_URL"], v["TRITON_ACCOUNT"], auth)
	require.NoError(t, err)
	_, err = triton.CreateUser(t.Context(), gen.TritonUserCreate{Login: "jo_meier", Email: "jo@example.com", Password: "correct-horse-9"})
	require.NoError(t, err)

	require.NoError(t, stop())
	for _, name := range []string{"IONOS_API_URL", "TRITON_URL"} {
		address, err := url.Parse(v[name])
		require.NoError(t, err)
		_, err = net.Dial("tcp", address.Host)
		assert.Error(t, err, "%s still answers", name)
	}
}

func TestWithoutAKeyTritonIsSaidToLetNobodyIn(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	var out bytes.Buffer
	_, err := sandboxCommand(ctx, nil, environment{stdout: &out, stderr: io.Discard})
	require.NoError(t, err)
	assert.NotContains(t, out.String(), "TRITON_KEY_ID")
	assert.Contains(t, out.String(), "# Triton lets nobody in: name a public key with -triton-key.\n")
}

func TestWhatCannotBeServedIsOneLine(t *testing.T) {
	t.Parallel()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { _ = listener.Close() })
	notKey := filepath.Join(t.TempDir(), "not.pub")
	require.NoError(t, os.WriteFile(notKey, []byte("hello"), 0o600))

	for _, test := range []struct {
		name string
		args []string
		want string
	}{
		{"an address in use", []string{"-ionos", listener.Addr().String()}, "address already in use"},
		{"a key file that is not there", []string{"-triton-key", filepath.Join(t.TempDir(), "no.pub")}, "no.pub"},
		{"a key file that holds no key", []string{"-triton-key", notKey}, "not.pub"},
		{"an argument without a flag", []string{"8080"}, `unexpected argument "8080"`},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			var out bytes.Buffer
			ctx, cancel := context.WithCancel(t.Context())
			cancel() // what is served after all ends at once
			_, err := sandboxCommand(ctx, test.args, environment{stdout: &out, stderr: io.Discard})
			require.ErrorContains(t, err, test.want)
			assert.NotContains(t, err.Error(), "\n")
			assert.Empty(t, out.String())
		})
	}
}
