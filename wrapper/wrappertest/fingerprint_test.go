package wrappertest_test

import (
	"crypto"
	"crypto/ecdh"
	"crypto/ecdsa"
	"crypto/rand"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/crypto/ssh"

	"github.com/cloudroster/cloudroster/wrapper/wrappertest"
)

func encode(b []byte) string { return base64.StdEncoding.EncodeToString(b) }

func TestFingerprintsAndPublicKeysAgreeWithAnIndependentImplementation(t *testing.T) {
	t.Parallel()
	for name, key := range testKeys() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			public, err := ssh.NewPublicKey(key.Public())
			require.NoError(t, err)
			assert.Equal(t, ssh.FingerprintLegacyMD5(public), wrappertest.Fingerprint(key.Public()))

			line := ssh.MarshalAuthorizedKey(public)
			der, err := x509.MarshalPKIXPublicKey(key.Public())
			require.NoError(t, err)
			for _, text := range [][]byte{line, append(line[:len(line)-1], " me@host\n"...), pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der})} {
				parsed, err := wrappertest.ParsePublicKey(text)
				require.NoError(t, err)
				assert.True(t, key.Public().(interface{ Equal(crypto.PublicKey) bool }).Equal(parsed))
			}
		})
	}
}

func TestParsePublicKeyRefusals(t *testing.T) {
	t.Parallel()
	public, err := ssh.NewPublicKey(testKeys()["ed25519"].Public())
	require.NoError(t, err)
	raw := public.Marshal()
	curve, err := ecdh.X25519().GenerateKey(rand.Reader)
	require.NoError(t, err)
	der, err := x509.MarshalPKIXPublicKey(curve.PublicKey())
	require.NoError(t, err)
	for name, text := range map[string]string{
		"not for signing":  string(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der})),
		"empty":            "",
		"one word":         "ssh-rsa",
		"not base64":       "ssh-rsa ***",
		"cut":              "ssh-ed25519 " + encode(raw[:len(raw)-1]),
		"too long a field": "ssh-ed25519 " + encode([]byte{255, 255, 255, 255, 1}),
		"another name":     "ssh-rsa " + encode(raw),
		"unknown kind":     "ssh-dss " + encode([]byte("\x00\x00\x00\x07ssh-dss")),
		"no point":         "ecdsa-sha2-nistp256 " + encode([]byte("\x00\x00\x00\x13ecdsa-sha2-nistp256\x00\x00\x00\x00\x00\x00\x00\x01x")),
		"PEM of nothing":   "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n",
	} {
		_, err := wrappertest.ParsePublicKey([]byte(text))
		assert.ErrorContains(t, err, "parse public key: ", name)
	}
	assert.Panics(t, func() { wrappertest.Fingerprint(ecdsa.PublicKey{}) })
}
