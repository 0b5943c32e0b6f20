package sshkey

import (
	"crypto/rand"
	"encoding/pem"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/crypto/ssh"
)

// opensshDir is a directory as people have it: keys and everything else.
func opensshDir(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range map[string]string{
		"known_hosts": "example.com ssh-ed25519 AAAA\n", "config": "Host *\n", "empty": "", "empty.pub": "",
		"broken": "-----BEGIN RSA PRIVATE KEY-----\nAAAA\n", "broken.pub": "ssh-rsa AAAA broken\n", "id_noise": "\x00\xff",
	} {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600))
	}
	require.NoError(t, os.Mkdir(filepath.Join(dir, "id_dir"), 0o700))
	require.NoError(t, os.Mkdir(filepath.Join(dir, "dir.pub"), 0o700))
	return dir
}

func TestKeyIsFoundAmongOtherFiles(t *testing.T) {
	t.Parallel()
	dir := opensshDir(t)
	for _, keyType := range keyTypes {
		key := testKey(t, keyType)
		writeKey(t, dir, "id_"+keyType, encodePKCS8(t, key), publicKey(t, key), keyType+" of alice")
	}
	for _, keyType := range keyTypes {
		for _, id := range []string{ssh.FingerprintSHA256(publicKey(t, testKey(t, keyType))), "id_" + keyType, keyType + " of alice"} {
			signer, err := FindInDir(dir, id)
			require.NoError(t, err, id)
			requireSigns(t, signer, testKey(t, keyType).Public(), algorithms[keyType])
		}
	}
}

func TestOnlyTheKeyFoundAsksForItsPassphrase(t *testing.T) {
	t.Parallel()
	dir := opensshDir(t)
	for _, keyType := range keyTypes {
		key := testKey(t, keyType)
		writeKey(t, dir, "id_"+keyType, protectPKCS8(t, encodePKCS8(t, key).Bytes), publicKey(t, key), keyType)
	}
	var asked []string
	_, err := FindInDir(dir, "P-521", WithPassphrase(func(path string) ([]byte, error) {
		asked = append(asked, path)
		return []byte(passphrase), nil
	}))
	require.NoError(t, err)
	assert.Equal(t, []string{filepath.Join(dir, "id_P-521")}, asked)
}

func TestProtectedKeysWithAPublicHalfAreNotHeldUnknown(t *testing.T) {
	t.Parallel()
	dir := opensshDir(t)
	key := testKey(t, "P-256")
	path := writeKey(t, dir, "id", protectPKCS8(t, encodePKCS8(t, key).Bytes), publicKey(t, key), "work")
	_, err := FindInDir(dir, "home")
	require.ErrorIs(t, err, ErrKeyNotFound)
	assert.NotContains(t, err.Error(), path)
}

func TestWhatIsNotFoundIsNamed(t *testing.T) {
	t.Parallel()
	key, other := testKey(t, "Ed25519"), testKey(t, "P-256")
	tests := []struct {
		name, id, reason string
		fill             func(t *testing.T, dir string)
	}{
		{"nothing there", "work", `nothing is called "work"`, func(*testing.T, string) {}},
		{"another key", ssh.FingerprintSHA256(publicKey(t, other)), "nothing is called", func(t *testing.T, dir string) {
			writeKey(t, dir, "id", encodePKCS8(t, key), publicKey(t, key), "work")
		}},
		{"another key without public half", ssh.FingerprintSHA256(publicKey(t, other)), "nothing is called", func(t *testing.T, dir string) {
			writeKey(t, dir, "id", encodePKCS8(t, key), nil, "")
		}},
		{"public half only", "work", "private half is missing", func(t *testing.T, dir string) {
			require.NoError(t, os.Remove(writeKey(t, dir, "id", encodePKCS8(t, key), publicKey(t, key), "work")))
		}},
		{"one comment, two keys", "work", "2 keys are called", func(t *testing.T, dir string) {
			writeKey(t, dir, "id1", encodePKCS8(t, key), publicKey(t, key), "work")
			writeKey(t, dir, "id2", encodePKCS8(t, other), publicKey(t, other), "work")
		}},
		{"public half of another key", "work", "another key than", func(t *testing.T, dir string) {
			writeKey(t, dir, "id", encodePKCS8(t, key), publicKey(t, other), "work")
		}},
		{"empty id", " ", "empty", func(t *testing.T, dir string) {
			writeKey(t, dir, "id", encodePKCS8(t, key), publicKey(t, key), " ")
		}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			dir := opensshDir(t)
			test.fill(t, dir)
			signer, err := FindInDir(dir, test.id)
			require.ErrorIs(t, err, ErrKeyNotFound)
			require.ErrorContains(t, err, test.reason)
			assert.Nil(t, signer)
		})
	}
	_, err := FindInDir(filepath.Join(t.TempDir(), "missing"), "work")
	require.ErrorIs(t, err, os.ErrNotExist)
}

func TestCopiesOfOneKeyAreOneKey(t *testing.T) {
	t.Parallel()
	dir := opensshDir(t)
	key := testKey(t, "Ed25519")
	writeKey(t, dir, "id1", encodePKCS8(t, key), publicKey(t, key), "work")
	writeKey(t, dir, "id2", encodePKCS8(t, key), publicKey(t, key), "work")
	signer, err := FindInDir(dir, "work")
	require.NoError(t, err)
	requireSigns(t, signer, key.Public(), "ed25519-sha512")
}

func TestUnusableKeyThatIsMeantIsNamed(t *testing.T) {
	t.Parallel()
	dir := opensshDir(t)
	write := func(name string, blob []byte) {
		line := wireType(blob) + " " + base64Of(blob) + " " + name + "\n"
		require.NoError(t, os.WriteFile(filepath.Join(dir, name+".pub"), []byte(line), 0o600))
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), pem.EncodeToMemory(opensshOf(blob, "none")), 0o600))
	}
	sk := ssh.Marshal(struct {
		Name        string
		Key         []byte
		Application string
	}{ssh.KeyAlgoSKED25519, make([]byte, 32), "ssh:"})
	write("id_sk", sk)
	_, err := FindInDir(dir, "id_sk")
	require.ErrorIs(t, err, errors.ErrUnsupported)
	require.ErrorContains(t, err, "security keys")
	require.ErrorContains(t, err, filepath.Join(dir, "id_sk"))

	// The same for one that no .pub file tells of.
	require.NoError(t, os.Remove(filepath.Join(dir, "id_sk.pub")))
	_, err = FindInDir(dir, "id_sk")
	require.ErrorIs(t, err, errors.ErrUnsupported)

	// A certificate beside a plain key does not stand in its way.
	key := testKey(t, "Ed25519")
	writeKey(t, dir, "id", encodePKCS8(t, key), publicKey(t, key), "work")
	certificate := &ssh.Certificate{Key: publicKey(t, key), CertType: ssh.UserCert}
	authority, err := ssh.NewSignerFromSigner(testKey(t, "RSA"))
	require.NoError(t, err)
	require.NoError(t, certificate.SignCert(rand.Reader, authority))
	line := append(ssh.MarshalAuthorizedKey(certificate)[:len(ssh.MarshalAuthorizedKey(certificate))-1], " work\n"...)
	require.NoError(t, os.WriteFile(filepath.Join(dir, "id-cert.pub"), line, 0o600))
	signer, err := FindInDir(dir, "work")
	require.NoError(t, err)
	requireSigns(t, signer, key.Public(), "ed25519-sha512")
}
