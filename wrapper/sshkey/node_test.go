package sshkey

import (
	"bytes"
	"context"
	"encoding/json"
	"encoding/pem"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/crypto/ssh"
	"golang.org/x/crypto/ssh/agent"

	"github.com/cloudroster/cloudroster/wrapper"
)

// The packages that the server and the vendor's own tools verify and sign with.
var nodePackages = []string{"http-signature@1.4.0", "sshpk@1.18.0"}

// nodeModules installs the packages once into the user's cache, and returns
// where they are. In continuous integration they must be installable.
func nodeModules(t *testing.T) string {
	t.Helper()
	npm := tool(t, "npm")
	cache, err := os.UserCacheDir()
	if err != nil {
		cache = t.TempDir()
	}
	parent := filepath.Join(cache, "cloudroster")
	dir := filepath.Join(parent, "node-http-signature-1.4.0-sshpk-1.18.0")
	if _, err := os.Stat(filepath.Join(dir, "node_modules", "http-signature")); err == nil {
		return dir
	}
	// Aside first, then renamed: an installation is whole or not there.
	require.NoError(t, os.MkdirAll(parent, 0o700))
	fresh, err := os.MkdirTemp(parent, "node-")
	require.NoError(t, err)
	t.Cleanup(func() { _ = os.RemoveAll(fresh) })
	require.NoError(t, os.WriteFile(filepath.Join(fresh, "package.json"), []byte(`{"private":true}`), 0o600))
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	command := exec.CommandContext(ctx, npm, append([]string{
		"install", "--no-audit", "--no-fund", "--ignore-scripts", "--no-package-lock", "--prefer-offline",
		"--fetch-retries=1", "--fetch-timeout=30000", // soon over where there is no network
	}, nodePackages...)...)
	command.Dir = fresh
	if out, err := command.CombinedOutput(); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatalf("npm cannot install %v, and must in continuous integration: %v\n%s", nodePackages, err, out)
		}
		t.Skipf("npm cannot install %v: %v", nodePackages, err)
	}
	if err := os.Rename(fresh, dir); err != nil {
		_, statErr := os.Stat(filepath.Join(dir, "node_modules", "http-signature"))
		require.NoError(t, statErr, "another test process should have been faster: %v", err)
	}
	return dir
}

type signedRequest struct {
	Name          string `json:"name"`
	PublicKey     string `json:"publicKey"`
	Method        string `json:"method"`
	URL           string `json:"url"`
	Date          string `json:"date"`
	Authorization string `json:"authorization"`
}

type verdict struct {
	Name                 string `json:"name"`
	Error                string `json:"error"`
	KeyID                string `json:"keyId"`
	Fingerprint          string `json:"fingerprint"`
	HTTPSignature        bool   `json:"httpSignature"`
	SSHPK                bool   `json:"sshpk"`
	ChangedHTTPSignature bool   `json:"changedHTTPSignature"`
	ChangedSSHPK         bool   `json:"changedSSHPK"`
}

// signRequest signs a request as a client does.
func signRequest(t *testing.T, name string, signer wrapper.Signer, public ssh.PublicKey) signedRequest {
	t.Helper()
	auth, err := wrapper.SignatureAuth("alice", signer)
	require.NoError(t, err, name)
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost,
		"https://cloud.example/alice/users/a%2Fb%20c?membership=true&as-role=one%2Ctwo", nil)
	require.NoError(t, err, name)
	require.NoError(t, auth.Authorize(r), name)
	return signedRequest{
		Name: name, PublicKey: string(ssh.MarshalAuthorizedKey(public)), Method: r.Method, URL: r.URL.RequestURI(),
		Date: r.Header.Get("Date"), Authorization: r.Header.Get("Authorization"),
	}
}

func TestSignaturesVerifyWithTheLibrariesOfTheServer(t *testing.T) {
	t.Parallel()
	node := tool(t, "node")
	modules := nodeModules(t)

	var requests []signedRequest
	for _, format := range formats {
		for _, keyType := range keyTypes {
			key := testKey(t, keyType)
			block := format.encode(t, key)
			if block == nil {
				continue
			}
			signer, err := Parse(pem.EncodeToMemory(block), ask(format.protected))
			require.NoError(t, err)
			name := format.name + " " + keyType
			if format.protected {
				name += " protected"
			}
			// Several: the forms of an ECDSA signature change with its numbers.
			for range 4 {
				requests = append(requests, signRequest(t, name, signer, publicKey(t, key)))
			}
		}
	}
	agents := map[string]*Agent{"agent in process": agentOf(t, keyringOf(t))}
	if _, err := exec.LookPath("ssh-agent"); err == nil {
		socket := startOpenSSHAgent(t)
		addKeys(t, socket)
		agents["OpenSSH agent"] = DialAgent(socket)
	}
	for source, a := range agents {
		defer a.Close()
		for _, keyType := range keyTypes {
			if keyType == "P-384" {
				continue // refused
			}
			public := publicKey(t, testKey(t, keyType))
			signer, err := a.Signer(t.Context(), ssh.FingerprintSHA256(public))
			require.NoError(t, err)
			for range 4 {
				requests = append(requests, signRequest(t, source+" "+keyType, signer, public))
			}
		}
	}

	input, err := json.Marshal(requests)
	require.NoError(t, err)
	script, err := filepath.Abs(filepath.Join("testdata", "verify.js"))
	require.NoError(t, err)
	command := exec.CommandContext(t.Context(), node, script)
	command.Env = append(os.Environ(), "NODE_PATH="+filepath.Join(modules, "node_modules"))
	command.Stdin = bytes.NewReader(input)
	var stderr bytes.Buffer
	command.Stderr = &stderr
	out, err := command.Output()
	require.NoError(t, err, stderr.String())
	var verdicts []verdict
	require.NoError(t, json.Unmarshal(out, &verdicts))
	require.Len(t, verdicts, len(requests))
	for i, v := range verdicts {
		assert.Equal(t, requests[i].Name, v.Name)
		assert.Empty(t, v.Error, v.Name)
		assert.Equal(t, "/alice/keys/"+v.Fingerprint, v.KeyID, v.Name)
		assert.True(t, v.HTTPSignature, "%s: http-signature", v.Name)
		assert.True(t, v.SSHPK, "%s: sshpk", v.Name)
		assert.False(t, v.ChangedHTTPSignature, "%s: http-signature, another target", v.Name)
		assert.False(t, v.ChangedSSHPK, "%s: sshpk, another target", v.Name)
	}
	t.Logf("%d signatures verified by %v", len(verdicts), nodePackages)
}

// addKeys gives an agent one key of each type.
func addKeys(t *testing.T, socket string) {
	t.Helper()
	a := DialAgent(socket)
	defer a.Close()
	require.NoError(t, a.call(t.Context(), func(client agent.ExtendedAgent) error {
		for _, keyType := range keyTypes {
			if err := client.Add(agent.AddedKey{PrivateKey: testKey(t, keyType), Comment: keyType + " of alice"}); err != nil {
				return err
			}
		}
		return nil
	}))
}
