package sshkey

import (
	"encoding/pem"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/crypto/ssh"
)

func TestEveryFormatOfEveryKeyTypeFromEverySource(t *testing.T) {
	t.Parallel()
	for _, format := range formats {
		for _, keyType := range keyTypes {
			key := testKey(t, keyType)
			block := format.encode(t, key)
			if block == nil {
				continue // a dash in the table
			}
			name := format.name + " " + keyType
			if format.protected {
				name += " protected"
			}
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				public := publicKey(t, key)
				text := pem.EncodeToMemory(block)
				withPublic, alone := t.TempDir(), t.TempDir()
				path := writeKey(t, withPublic, "id_test", block, public, "alice at work")
				writeKey(t, alone, "id_test", block, public, "")

				signer, err := Parse(text, ask(format.protected))
				require.NoError(t, err, "memory")
				requireSigns(t, signer, key.Public(), algorithms[keyType])

				signer, err = Load(path, ask(format.protected))
				require.NoError(t, err, "file")
				requireSigns(t, signer, key.Public(), algorithms[keyType])

				ids := []string{
					ssh.FingerprintSHA256(public), ssh.FingerprintSHA256(public) + "=", "alice at work", "id_test", "id_test.pub",
					md5Fingerprint(public), "MD5:" + strings.ToUpper(md5Fingerprint(public)),
				}
				for _, id := range ids {
					signer, err = FindInDir(withPublic, id, ask(format.protected))
					require.NoError(t, err, "directory, %s", id)
					requireSigns(t, signer, key.Public(), algorithms[keyType])
				}

				signer, err = FindInDir(alone, "id_test", ask(format.protected))
				require.NoError(t, err, "directory without public half, by name")
				requireSigns(t, signer, key.Public(), algorithms[keyType])
				for _, id := range []string{md5Fingerprint(public), ssh.FingerprintSHA256(public)} {
					signer, err = FindInDir(alone, id, ask(format.protected))
					if format.protected && format.name != "OpenSSH" {
						require.ErrorIs(t, err, ErrKeyNotFound, "its public half cannot be known")
						require.ErrorContains(t, err, "ssh-keygen -y")
						continue
					}
					require.NoError(t, err, "directory without public half, %s", id)
					requireSigns(t, signer, key.Public(), algorithms[keyType])
				}
			})
		}
	}
}

func TestEveryFileThatSSHKeygenWrites(t *testing.T) {
	t.Parallel()
	keygen := tool(t, "ssh-keygen")
	types := map[string][]string{
		"RSA":     {"-t", "rsa", "-b", "2048"},
		"P-256":   {"-t", "ecdsa", "-b", "256"},
		"P-384":   {"-t", "ecdsa", "-b", "384"},
		"P-521":   {"-t", "ecdsa", "-b", "521"},
		"Ed25519": {"-t", "ed25519"},
	}
	for keyType, args := range types {
		for _, form := range []string{"RFC4716", "PEM", "PKCS8"} {
			if keyType == "Ed25519" && form != "RFC4716" {
				continue // ssh-keygen writes its own format whatever it is asked for
			}
			for _, protection := range []string{"", passphrase} {
				name := keyType + " " + form
				if protection != "" {
					name += " protected"
				}
				t.Run(name, func(t *testing.T) {
					t.Parallel()
					path := filepath.Join(t.TempDir(), "id")
					command := append([]string{"-q", "-a", "1", "-N", protection, "-C", "alice at work", "-m", form, "-f", path}, args...)
					out, err := exec.CommandContext(t.Context(), keygen, command...).CombinedOutput()
					require.NoError(t, err, string(out))
					line, err := os.ReadFile(path + ".pub")
					require.NoError(t, err)
					public, _, _, _, err := ssh.ParseAuthorizedKey(line)
					require.NoError(t, err)

					signer, err := Load(path, ask(protection != ""))
					require.NoError(t, err)
					requireSigns(t, signer, public.(ssh.CryptoPublicKey).CryptoPublicKey(), algorithms[keyType])
					signer, err = FindInDir(filepath.Dir(path), "alice at work", ask(protection != ""))
					require.NoError(t, err)
					assert.Equal(t, md5Fingerprint(public), signer.Fingerprint())

					if protection != "" {
						_, err = Load(path)
						require.ErrorIs(t, err, ErrPassphraseRequired)
						_, err = Load(path, WithPassphrase(func(string) ([]byte, error) { return []byte("no"), nil }))
						require.ErrorIs(t, err, ErrPassphraseIncorrect)
					}
				})
			}
		}
	}
}

func TestProtectedKeyNeedsItsPassphrase(t *testing.T) {
	t.Parallel()
	cancelled := errors.New("cancelled")
	for _, format := range formats {
		if !format.protected {
			continue
		}
		keyType := "P-256"
		if format.name == "PKCS1" {
			keyType = "RSA"
		}
		t.Run(format.name, func(t *testing.T) {
			t.Parallel()
			block := format.encode(t, testKey(t, keyType))
			text := pem.EncodeToMemory(block)
			path := writeKey(t, t.TempDir(), "id", block, nil, "")

			for name, opts := range map[string][]Option{
				"no callback":  nil,
				"nil option":   {nil},
				"nil callback": {WithPassphrase(nil)},
				"empty answer": {WithPassphrase(func(string) ([]byte, error) { return nil, nil })},
			} {
				_, err := Parse(text, opts...)
				require.ErrorIs(t, err, ErrPassphraseRequired, name)
				_, err = Load(path, opts...)
				require.ErrorIs(t, err, ErrPassphraseRequired, name)
				assert.ErrorContains(t, err, path)
			}

			_, err := Parse(text, WithPassphrase(func(string) ([]byte, error) { return nil, cancelled }))
			require.ErrorIs(t, err, cancelled)

			// A wrong passphrase makes noise of the key, and sometimes noise
			// that begins like one.
			for i := range 40 {
				if format.name == "OpenSSH" && i > 1 {
					break // it has a check value
				}
				wrong := strings.Repeat("x", i+1)
				_, err = Parse(text, WithPassphrase(func(string) ([]byte, error) { return []byte(wrong), nil }))
				require.ErrorIs(t, err, ErrPassphraseIncorrect)
			}

			var asked []string
			record := WithPassphrase(func(key string) ([]byte, error) {
				asked = append(asked, key)
				return []byte(passphrase), nil
			})
			_, err = Load(path, record)
			require.NoError(t, err)
			_, err = Parse(text, record)
			require.NoError(t, err)
			assert.Equal(t, []string{path, ""}, asked)
		})
	}
}

func TestKeyProtectedAtFullStrengthIsRead(t *testing.T) {
	t.Parallel()
	key := testKey(t, "P-256")
	block, err := ssh.MarshalPrivateKeyWithPassphrase(key, "work", []byte(passphrase))
	require.NoError(t, err)
	signer, err := Parse(pem.EncodeToMemory(block), ask(true))
	require.NoError(t, err)
	requireSigns(t, signer, key.Public(), "ecdsa-sha256")
}

func TestFileOpenToOthersIsRefusedUnlessAllowed(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("there are no such bits")
	}
	block := encodePKCS8(t, testKey(t, "P-256"))
	for _, mode := range []os.FileMode{0o640, 0o604, 0o620, 0o601, 0o644, 0o444, 0o777} {
		path := writeKey(t, t.TempDir(), "id", block, publicKey(t, testKey(t, "P-256")), "work")
		require.NoError(t, os.Chmod(path, mode))
		_, err := Load(path)
		require.ErrorIs(t, err, ErrInsecurePermissions, mode.String())
		assert.ErrorContains(t, err, path)
		_, err = FindInDir(filepath.Dir(path), "work")
		require.ErrorIs(t, err, ErrInsecurePermissions, mode.String())
		_, err = Load(path, WithInsecurePermissions())
		require.NoError(t, err, mode.String())
		_, err = FindInDir(filepath.Dir(path), "work", WithInsecurePermissions())
		require.NoError(t, err, mode.String())
	}
	for _, mode := range []os.FileMode{0o600, 0o400} {
		path := writeKey(t, t.TempDir(), "id", block, nil, "")
		require.NoError(t, os.Chmod(path, mode))
		_, err := Load(path)
		require.NoError(t, err, mode.String())
	}
}

func TestAnotherKeyThanTheExpectedOneIsRefused(t *testing.T) {
	t.Parallel()
	key, other := testKey(t, "Ed25519"), publicKey(t, testKey(t, "P-256"))
	text := pem.EncodeToMemory(encodePKCS8(t, key))
	for _, fingerprint := range []string{md5Fingerprint(publicKey(t, key)), ssh.FingerprintSHA256(publicKey(t, key)), ""} {
		_, err := Parse(text, WithFingerprint(fingerprint))
		require.NoError(t, err)
	}
	for _, fingerprint := range []string{md5Fingerprint(other), ssh.FingerprintSHA256(other), "work"} {
		signer, err := Parse(text, WithFingerprint(fingerprint))
		require.ErrorIs(t, err, ErrKeyNotFound)
		assert.Nil(t, signer)
	}
}

func TestFilesThatAreNoKeysAreRefused(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	_, err := Load(filepath.Join(dir, "missing"))
	require.ErrorIs(t, err, os.ErrNotExist)
	assert.ErrorContains(t, err, filepath.Join(dir, "missing"))

	_, err = Load(dir)
	require.ErrorIs(t, err, ErrInvalidKey)
	assert.ErrorContains(t, err, "not a regular file")

	public := filepath.Join(dir, "id.pub")
	require.NoError(t, os.WriteFile(public, ssh.MarshalAuthorizedKey(publicKey(t, testKey(t, "RSA"))), 0o644))
	_, err = Load(public)
	require.ErrorIs(t, err, ErrInvalidKey)
	assert.ErrorContains(t, err, "public half")

	long := filepath.Join(dir, "long")
	text := append(pem.EncodeToMemory(encodePKCS8(t, testKey(t, "RSA"))), make([]byte, maxFileSize)...)
	require.NoError(t, os.WriteFile(long, text, 0o600))
	_, err = Load(long)
	require.ErrorIs(t, err, ErrInvalidKey)
	assert.ErrorContains(t, err, "longer than 131072 bytes")
}
