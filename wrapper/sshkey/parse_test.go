package sshkey

import (
	"crypto/ecdh"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"encoding/asn1"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/crypto/ssh"
)

// pkcs8Of is a PKCS #8 key of any algorithm.
func pkcs8Of(t *testing.T, oid asn1.ObjectIdentifier) *pem.Block {
	t.Helper()
	der, err := asn1.Marshal(struct {
		Version   int
		Algorithm struct{ OID asn1.ObjectIdentifier }
		Key       []byte
	}{0, struct{ OID asn1.ObjectIdentifier }{oid}, []byte{4, 1, 0}})
	require.NoError(t, err)
	return &pem.Block{Type: "PRIVATE KEY", Bytes: der}
}

// opensshOf is an OpenSSH private key of any type, protected, so that only its
// public half can be read.
func opensshOf(public []byte, cipher string) *pem.Block {
	return &pem.Block{Type: "OPENSSH PRIVATE KEY", Bytes: append([]byte(opensshMagic), ssh.Marshal(struct {
		Cipher, KDF, Options string
		Keys                 uint32
		Public, Private      []byte
	}{cipher, "bcrypt", string(ssh.Marshal(struct {
		Salt   string
		Rounds uint32
	}{"0123456789abcdef", 1})), 1, public, make([]byte, 64)})...)}
}

func TestKeysThatTritonCannotVerifyAreRefusedWithTheReason(t *testing.T) {
	t.Parallel()
	p224, err := ecdsa.GenerateKey(elliptic.P224(), rand.Reader)
	require.NoError(t, err)
	p224DER, err := x509.MarshalECPrivateKey(p224)
	require.NoError(t, err)
	x25519, err := ecdh.X25519().GenerateKey(rand.Reader)
	require.NoError(t, err)
	x25519DER, err := x509.MarshalPKCS8PrivateKey(x25519)
	require.NoError(t, err)
	one := big.NewInt(1)
	dsaPublic := ssh.Marshal(struct {
		Name       string
		P, Q, G, Y *big.Int
	}{"ssh-dss", one, one, one, one})
	edPublic := publicKey(t, testKey(t, "Ed25519")).Marshal()
	des3 := encryptPKCS8(t, encodePKCS8(t, testKey(t, "P-256")).Bytes, asn1.ObjectIdentifier{1, 2, 840, 113549, 3, 7}, 16, asn1.ObjectIdentifier{1, 2, 840, 113549, 2, 9}, sha256.New, 2048)
	strange := encryptPKCS8(t, encodePKCS8(t, testKey(t, "P-256")).Bytes, asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 1, 2}, 16, asn1.ObjectIdentifier{1, 2, 3}, sha256.New, 2048)

	tests := []struct {
		name   string
		block  *pem.Block
		reason string
	}{
		{"DSA", &pem.Block{Type: "DSA PRIVATE KEY", Bytes: []byte{1}}, "DSA keys sign only with SHA-1"},
		{"DSA in PKCS8", pkcs8Of(t, asn1.ObjectIdentifier{1, 2, 840, 10040, 4, 1}), "DSA keys sign only with SHA-1"},
		{"DSA in OpenSSH", opensshOf(dsaPublic, "aes256-ctr"), "DSA keys sign only with SHA-1"},
		{"security key Ed25519", opensshOf(securityKey("sk-ssh-ed25519@openssh.com"), "aes256-ctr"), "security keys sign a counter"},
		{"security key ECDSA", opensshOf(securityKey("sk-ecdsa-sha2-nistp256@openssh.com"), "none"), "security keys sign a counter"},
		{"P-224", &pem.Block{Type: "EC PRIVATE KEY", Bytes: p224DER}, "P-256, P-384 and P-521 only"},
		{"X25519", &pem.Block{Type: "PRIVATE KEY", Bytes: x25519DER}, "cannot sign"},
		{"X448", pkcs8Of(t, asn1.ObjectIdentifier{1, 3, 101, 111}), "cannot sign"},
		{"Ed448", pkcs8Of(t, asn1.ObjectIdentifier{1, 3, 101, 113}), "not Ed448"},
		{"PKCS8 under triple DES", des3, "openssl pkcs8"},
		{"PKCS8 under an unknown hash", strange, "openssl pkcs8"},
		{"OpenSSH under an unread cipher", opensshOf(edPublic, "chacha20-poly1305@openssh.com"), "ssh-keygen -p -Z aes256-ctr"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			signer, err := Parse(pem.EncodeToMemory(test.block), ask(true))
			require.ErrorContains(t, err, test.reason)
			require.ErrorIs(t, err, errors.ErrUnsupported)
			assert.Nil(t, signer)
		})
	}
	_, err = Parse([]byte("PuTTY-User-Key-File-3: ssh-ed25519\n"))
	require.ErrorContains(t, err, "puttygen")
	require.ErrorIs(t, err, errors.ErrUnsupported)
}

// securityKey is the public half of a key whose private half is in a device.
func securityKey(name string) []byte {
	return ssh.Marshal(struct {
		Name        string
		Key         []byte
		Application string
	}{name, make([]byte, 32), "ssh:"})
}

func TestTextThatIsNoPrivateKeyIsRefused(t *testing.T) {
	t.Parallel()
	key := testKey(t, "Ed25519")
	spki, err := x509.MarshalPKIXPublicKey(key.Public())
	require.NoError(t, err)
	whole := pem.EncodeToMemory(encodePKCS8(t, testKey(t, "RSA")))
	tests := []struct {
		name, reason string
		text         []byte
	}{
		{"nothing", "no PEM text", nil},
		{"prose", "no PEM text", []byte("hello")},
		{"the public half", "public half", ssh.MarshalAuthorizedKey(publicKey(t, key))},
		{"the public half in PEM", "public half", pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: spki})},
		{"a certificate", "a certificate", pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: []byte{1}})},
		{"a key cut short", "damaged or cut short", whole[:len(whole)/2]},
	}
	for _, block := range []string{"RSA PRIVATE KEY", "EC PRIVATE KEY", "PRIVATE KEY", "ENCRYPTED PRIVATE KEY", "OPENSSH PRIVATE KEY"} {
		tests = append(tests, struct {
			name, reason string
			text         []byte
		}{"a damaged " + block, "its " + block + " block cannot be read", pem.EncodeToMemory(&pem.Block{Type: block, Bytes: []byte{0x30, 3, 2, 1}})})
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			signer, err := Parse(test.text, ask(true))
			require.ErrorIs(t, err, ErrInvalidKey)
			require.ErrorContains(t, err, test.reason)
			assert.Nil(t, signer)
		})
	}
}

func TestOtherBlocksBeforeTheKeyAreSkipped(t *testing.T) {
	t.Parallel()
	key := testKey(t, "P-384")
	text := pem.EncodeToMemory(&pem.Block{Type: "EC PARAMETERS", Bytes: []byte{1}})
	text = append(text, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: []byte{1}})...)
	text = append(text, pem.EncodeToMemory(encodeSEC1(t, key))...)
	text = append(text, pem.EncodeToMemory(encodePKCS8(t, testKey(t, "RSA")))...)
	signer, err := Parse(text)
	require.NoError(t, err)
	requireSigns(t, signer, key.Public(), "ecdsa-sha512")
}

// TestEveryDamageGivesAnErrorWithoutSecrets changes keys byte by byte.
func TestEveryDamageGivesAnErrorWithoutSecrets(t *testing.T) {
	t.Parallel()
	for _, format := range formats {
		key := testKey(t, "P-256")
		block := format.encode(t, key)
		if block == nil || format.protected && format.name == "OpenSSH" {
			continue // not for the type; or slow, and damaged in the same places as without protection
		}
		for i := range block.Bytes {
			damaged := *block
			damaged.Bytes = append([]byte(nil), block.Bytes...)
			damaged.Bytes[i] ^= 0x55
			signer, err := Parse(pem.EncodeToMemory(&damaged), ask(format.protected))
			if err == nil {
				// A comment, or another key than before: it must sign.
				_, err = signer.Sign(t.Context(), []byte("data"))
				assert.NoError(t, err, "%s, byte %d", format.name, i)
				continue
			}
			assertNoSecret(t, err, format.name, block.Bytes)
		}
	}
}

func assertNoSecret(t *testing.T, err error, name string, der []byte) {
	t.Helper()
	text := fmt.Sprintf("%v %+v %#v %q", err, err, err, err)
	assert.NotContains(t, text, passphrase, name)
	// Plain comparisons: this runs for each byte of each key.
	encoded, hexed := base64Of(der), hex.EncodeToString(der)
	for i := 0; i+16 <= len(encoded); i += 8 {
		if strings.Contains(text, encoded[i:i+16]) || strings.Contains(text, hexed[i:i+16]) {
			t.Fatalf("%s: the error repeats a part of the key", name)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte("-----BEGIN PRIVATE KEY-----\n"))
	for _, block := range []*pem.Block{
		{Type: "RSA PRIVATE KEY", Bytes: []byte{0x30, 3, 2, 1, 0}},
		{Type: "ENCRYPTED PRIVATE KEY", Bytes: []byte{0x30, 0}},
		opensshOf(securityKey("sk-ssh-ed25519@openssh.com"), "none"),
	} {
		f.Add(pem.EncodeToMemory(block))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		signer, err := Parse(text)
		assert.Equal(t, err == nil, signer != nil)
	})
}
