package wrapper

import (
	"bytes"
	"crypto"
	"crypto/ecdh"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/big"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/crypto/ssh"
)

// testRSAKey is made once, since it takes the longest.
var testRSAKey = sync.OnceValues(func() (*rsa.PrivateKey, error) { return rsa.GenerateKey(rand.Reader, 2048) })

// testKeys are one key of each supported kind.
func testKeys(t *testing.T) map[string]crypto.Signer {
	t.Helper()
	rsaKey, err := testRSAKey()
	require.NoError(t, err)
	keys := map[string]crypto.Signer{"RSA": rsaKey}
	for _, curve := range []elliptic.Curve{elliptic.P256(), elliptic.P384(), elliptic.P521()} {
		key, err := ecdsa.GenerateKey(curve, rand.Reader)
		require.NoError(t, err)
		keys["ECDSA "+curve.Params().Name] = key
	}
	_, edKey, err := ed25519.GenerateKey(rand.Reader)
	require.NoError(t, err)
	keys["Ed25519"] = edKey
	return keys
}

func TestSignerChoosesTheAlgorithmByKeyAndItsSignaturesVerify(t *testing.T) {
	t.Parallel()
	algorithms := map[string]string{
		"RSA":         "rsa-sha256",
		"ECDSA P-256": "ecdsa-sha256",
		"ECDSA P-384": "ecdsa-sha512",
		"ECDSA P-521": "ecdsa-sha512",
		"Ed25519":     "ed25519-sha512",
	}
	data := []byte("date: Sun, 05 Jan 2014 21:31:40 GMT")
	for name, key := range testKeys(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			signer, err := NewSigner(key)
			require.NoError(t, err)
			assert.Equal(t, algorithms[name], signer.Algorithm())

			signature, err := signer.Sign(t.Context(), data)
			require.NoError(t, err)
			assert.True(t, verifies(key.Public(), signer.Algorithm(), data, signature))
			assert.False(t, verifies(key.Public(), signer.Algorithm(), append(data, '!'), signature))
		})
	}
}

// verifies checks as the server does: by the key and the hash that is named.
func verifies(public crypto.PublicKey, algorithm string, data, signature []byte) bool {
	hash, digest := crypto.SHA256, func() []byte { sum := sha256.Sum256(data); return sum[:] }()
	if strings.HasSuffix(algorithm, "sha512") {
		sum := sha512.Sum512(data)
		hash, digest = crypto.SHA512, sum[:]
	}
	switch public := public.(type) {
	case *rsa.PublicKey:
		return rsa.VerifyPKCS1v15(public, hash, digest, signature) == nil
	case *ecdsa.PublicKey:
		return ecdsa.VerifyASN1(public, digest, signature)
	case ed25519.PublicKey:
		return ed25519.Verify(public, data, signature)
	default:
		return false
	}
}

func TestFingerprintIsTheOneOfOtherImplementations(t *testing.T) {
	t.Parallel()
	// Often enough for numbers whose first bit is set and coordinates that
	// begin with a zero byte.
	for range 20 {
		for name, key := range testKeys(t) {
			if name == "RSA" {
				continue // one is enough: its first bit is always set
			}
			assertFingerprint(t, name, key)
		}
	}
	assertFingerprint(t, "RSA", testKeys(t)["RSA"])
}

func assertFingerprint(t *testing.T, name string, key crypto.Signer) {
	t.Helper()
	signer, err := NewSigner(key)
	require.NoError(t, err, name)
	public, err := ssh.NewPublicKey(key.Public())
	require.NoError(t, err, name)
	assert.Equal(t, ssh.FingerprintLegacyMD5(public), signer.Fingerprint(), name)
}

func TestFingerprintIsTheOneThatSSHKeygenPrints(t *testing.T) {
	t.Parallel()
	keygen, err := exec.LookPath("ssh-keygen")
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal("ssh-keygen is not installed, and must be in continuous integration")
		}
		t.Skip("ssh-keygen is not installed")
	}
	for name, key := range testKeys(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			signer, err := NewSigner(key)
			require.NoError(t, err)
			public, err := ssh.NewPublicKey(key.Public())
			require.NoError(t, err)
			file := filepath.Join(t.TempDir(), "key.pub")
			require.NoError(t, os.WriteFile(file, ssh.MarshalAuthorizedKey(public), 0o600))
			out, err := exec.CommandContext(t.Context(), keygen, "-l", "-E", "md5", "-f", file).Output()
			require.NoError(t, err)
			assert.Contains(t, string(out), "MD5:"+signer.Fingerprint()+" ")
		})
	}
}

// publicOnly is a signer of whose key only the public half matters.
type publicOnly struct{ public crypto.PublicKey }

func (k publicOnly) Public() crypto.PublicKey { return k.public }
func (k publicOnly) Sign(io.Reader, []byte, crypto.SignerOpts) ([]byte, error) {
	return nil, errors.New("not reached")
}

// dsaPublicKey comes out of an SSH key, since crypto/dsa is deprecated.
func dsaPublicKey(t *testing.T) crypto.PublicKey {
	t.Helper()
	p := new(big.Int).Lsh(big.NewInt(1), 1023)
	q := new(big.Int).Lsh(big.NewInt(1), 159)
	key, err := ssh.ParsePublicKey(ssh.Marshal(struct {
		Name       string
		P, Q, G, Y *big.Int
	}{"ssh-dss", p, q, big.NewInt(2), big.NewInt(4)}))
	require.NoError(t, err)
	return key.(ssh.CryptoPublicKey).CryptoPublicKey()
}

func TestKeysThatTritonCannotVerifyAreRefusedWithTheReason(t *testing.T) {
	t.Parallel()
	p224, err := ecdsa.GenerateKey(elliptic.P224(), rand.Reader)
	require.NoError(t, err)
	x25519, err := ecdh.X25519().GenerateKey(rand.Reader)
	require.NoError(t, err)
	short := &rsa.PublicKey{N: new(big.Int).Lsh(big.NewInt(1), 767), E: 65537}
	tests := []struct {
		name   string
		key    crypto.Signer
		reason string
	}{
		{"ECDSA P-224", p224, "P-256, P-384 and P-521 only"},
		{"X25519", publicOnly{x25519.PublicKey()}, "cannot sign"},
		{"RSA of 768 bits", publicOnly{short}, "768 bits is too short"},
		{"DSA", publicOnly{dsaPublicKey(t)}, "DSA keys sign only with SHA-1"},
		{"of an unknown kind", publicOnly{"a string"}, "not string"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			signer, err := NewSigner(test.key)
			require.ErrorContains(t, err, test.reason)
			require.ErrorIs(t, err, errors.ErrUnsupported)
			assert.Nil(t, signer)
		})
	}
}

func TestNilAndIncompleteKeysAreRefused(t *testing.T) {
	t.Parallel()
	short := ed25519.PrivateKey("short")
	p256, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	tests := map[string]crypto.Signer{
		"nil":                          nil,
		"nil RSA key":                  (*rsa.PrivateKey)(nil),
		"nil ECDSA key":                (*ecdsa.PrivateKey)(nil),
		"nil Ed25519 key":              ed25519.PrivateKey(nil),
		"nil pointer to Ed25519 key":   (*ed25519.PrivateKey)(nil),
		"empty RSA key":                &rsa.PrivateKey{},
		"empty ECDSA key":              &ecdsa.PrivateKey{},
		"ECDSA key without its secret": &ecdsa.PrivateKey{PublicKey: p256.PublicKey},
		"short Ed25519 key":            short,
		"pointer to short Ed25519 key": &short,
		"no public key":                publicOnly{nil},
		"nil RSA public key":           publicOnly{(*rsa.PublicKey)(nil)},
		"nil ECDSA public key":         publicOnly{(*ecdsa.PublicKey)(nil)},
		"empty RSA public key":         publicOnly{&rsa.PublicKey{}},
		"short Ed25519 public key":     publicOnly{ed25519.PublicKey("short")},
		//nolint:staticcheck // no other way makes a key that is not one
		"off-curve ECDSA public key": publicOnly{&ecdsa.PublicKey{Curve: elliptic.P256(), X: big.NewInt(1), Y: big.NewInt(1)}},
	}
	for name, key := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			signer, err := NewSigner(key)
			require.ErrorContains(t, err, "key: ")
			require.ErrorIs(t, err, ErrInvalid)
			assert.Nil(t, signer)
		})
	}
}

func TestEveryFormOfAnMD5FingerprintIsNormalised(t *testing.T) {
	t.Parallel()
	const want = "0a:1b:2c:3d:4e:5f:60:71:82:93:a4:b5:c6:d7:e8:f9"
	for _, form := range []string{want, "MD5:" + want, "md5:" + strings.ToUpper(want), strings.ReplaceAll(want, ":", ""), " " + want + "\n"} {
		got, ok := normalizeFingerprint(form)
		assert.True(t, ok, form)
		assert.Equal(t, want, got, form)
	}
	for _, form := range []string{"", "MD5:", want[:len(want)-3], want + ":00", "SHA256:" + strings.Repeat("A", 43), strings.Replace(want, "a", "g", 1)} {
		_, ok := normalizeFingerprint(form)
		assert.False(t, ok, form)
	}
}

func TestSignerPrintsNothingOfThePrivateKey(t *testing.T) {
	t.Parallel()
	for name, key := range testKeys(t) {
		signer, err := NewSigner(key)
		require.NoError(t, err, name)
		signature, err := signer.Sign(t.Context(), []byte("data"))
		require.NoError(t, err, name)
		assertPrintsOnly(t, signer, signer.Fingerprint(), append(privateParts(t, key), signature)...)
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
			assert.Equal(t, "wrapper.Signer("+signer.Algorithm()+" "+signer.Fingerprint()+")", fmt.Sprintf(verb, signer), verb)
		}
	}
}

// privateParts are the numbers that must appear nowhere.
func privateParts(t *testing.T, key crypto.Signer) [][]byte {
	t.Helper()
	switch key := key.(type) {
	case *rsa.PrivateKey:
		return [][]byte{key.D.Bytes(), key.Primes[0].Bytes()}
	case *ecdsa.PrivateKey:
		secret, err := key.Bytes()
		require.NoError(t, err)
		return [][]byte{secret}
	case ed25519.PrivateKey:
		return [][]byte{key.Seed()}
	default:
		t.Fatalf("unexpected %T", key)
		return nil
	}
}

// assertPrintsOnly prints a value in every way there is, itself and inside of
// others, and looks for secrets in the usual notations.
func assertPrintsOnly(t *testing.T, value any, visible string, secrets ...[]byte) {
	t.Helper()
	type holder struct {
		Exported any
		hidden   any
	}
	var text bytes.Buffer
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%T"} {
		fmt.Fprintf(&text, verb+"\n", value)
		fmt.Fprintf(&text, verb+"\n", holder{value, value})
		fmt.Fprintf(&text, verb+"\n", &holder{value, value})
		fmt.Fprintf(&text, verb+"\n", []any{value})
	}
	for _, handler := range []slog.Handler{slog.NewTextHandler(&text, nil), slog.NewJSONHandler(&text, nil)} {
		slog.New(handler).Info("value", "value", value, "holder", holder{value, value})
	}
	encoded, err := json.Marshal(holder{Exported: value})
	require.NoError(t, err)
	text.Write(encoded)
	text.WriteString(fmt.Sprint(func() (panicked any) {
		defer func() { panicked = recover() }()
		panic(value)
	}()))
	// What test failures print: everything that reflection reaches.
	require.False(t, assert.Equal(recorder{&text}, value, reflect.New(reflect.TypeOf(value).Elem()).Interface()))

	require.Contains(t, text.String(), visible)
	for _, secret := range secrets {
		for _, notation := range []string{
			hex.EncodeToString(secret), fmt.Sprintf("%X", secret), fmt.Sprint(secret), fmt.Sprintf("%#v", secret),
			new(big.Int).SetBytes(secret).String(), string(secret), base64.StdEncoding.EncodeToString(secret),
		} {
			assert.NotContains(t, text.String(), strings.Trim(notation, "[]{}"))
		}
	}
}

// recorder takes what a failed assertion would print.
type recorder struct{ text *bytes.Buffer }

func (r recorder) Errorf(format string, args ...any) { fmt.Fprintf(r.text, format, args...) }
