package sshkey

import (
	"crypto/fips140"
	"crypto/sha1"
	"crypto/x509"
	"encoding/asn1"
	"encoding/pem"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/crypto/ssh"
	"golang.org/x/crypto/ssh/agent"
)

const fipsKeys = "CLOUDROSTER_TEST_FIPS_KEYS"

// A process held to FIPS 140 may name a key by MD5, and gets an error, not a panic, for a key
// that is protected by it. The mode is the process's: this test runs itself in another one.
func TestUnderFIPS140Only(t *testing.T) {
	t.Parallel()
	if dir := os.Getenv(fipsKeys); dir != "" {
		require.True(t, fips140.Enforced())
		underFIPS140(t, dir)
		return
	}
	dir := t.TempDir()
	for _, keyType := range keyTypes {
		key := testKey(t, keyType)
		for _, format := range formats {
			if block := format.encode(t, key); block != nil {
				name := format.name + "-" + keyType
				if format.protected {
					name += "-protected"
				}
				writeKey(t, dir, name, block, publicKey(t, key), name)
			}
		}
	}
	der, err := x509.MarshalPKCS8PrivateKey(testKey(t, "P-256"))
	require.NoError(t, err)
	sha1PRF := asn1.ObjectIdentifier{1, 2, 840, 113549, 2, 7}
	block := encryptPKCS8(t, der, asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 1, 42}, 32, sha1PRF, sha1.New, 2048)
	writeKey(t, dir, "PKCS8-SHA1-P-256-protected", block, publicKey(t, testKey(t, "P-256")), "old")

	program, err := os.Executable()
	require.NoError(t, err)
	command := exec.CommandContext(t.Context(), program, "-test.run=^TestUnderFIPS140Only$", "-test.count=1")
	command.Env = append(os.Environ(), "GODEBUG=fips140=only", fipsKeys+"="+dir)
	out, err := command.CombinedOutput()
	require.NoError(t, err, string(out))
}

func underFIPS140(t *testing.T, dir string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	keyring := agent.NewKeyring()
	loaded := 0
	for _, entry := range entries {
		name := entry.Name()
		if strings.HasSuffix(name, ".pub") {
			continue
		}
		text, err := os.ReadFile(filepath.Join(dir, name+".pub"))
		require.NoError(t, err)
		public, _, _, _, err := ssh.ParseAuthorizedKey(text)
		require.NoError(t, err)
		signer, err := Load(filepath.Join(dir, name), ask(strings.HasSuffix(name, "-protected")))
		if protectedByOldHash := strings.HasSuffix(name, "-protected") &&
			(strings.HasPrefix(name, "PKCS1") || strings.HasPrefix(name, "SEC1") || strings.Contains(name, "SHA1")); protectedByOldHash {
			require.ErrorIs(t, err, errors.ErrUnsupported, name)
			assert.ErrorContains(t, err, "FIPS 140", name)
			continue
		}
		require.NoError(t, err, name)
		loaded++
		_, err = signer.Sign(t.Context(), []byte("data"))
		require.NoError(t, err, name)
		assert.Equal(t, md5Fingerprint(public), signer.Fingerprint(), name)

		if strings.HasPrefix(name, "PKCS8-Ed25519") && !strings.HasSuffix(name, "-protected") {
			found, err := FindInDir(dir, signer.Fingerprint(), ask(true))
			require.NoError(t, err)
			assert.Equal(t, signer.Fingerprint(), found.Fingerprint())
			plain, err := os.ReadFile(filepath.Join(dir, name))
			require.NoError(t, err)
			block, _ := pem.Decode(plain)
			key, err := x509.ParsePKCS8PrivateKey(block.Bytes)
			require.NoError(t, err)
			require.NoError(t, keyring.Add(agent.AddedKey{PrivateKey: key, Comment: name}))
			held, err := agentOf(t, keyring).Signer(t.Context(), signer.Fingerprint())
			require.NoError(t, err)
			_, err = held.Sign(t.Context(), []byte("data"))
			require.NoError(t, err)
		}
	}
	assert.Greater(t, loaded, len(keyTypes))
}
