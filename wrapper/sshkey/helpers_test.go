package sshkey

import (
	"crypto"
	"crypto/aes"
	"crypto/cipher"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/pbkdf2"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/sha512"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/base64"
	"encoding/pem"
	"hash"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/crypto/ssh"

	"github.com/cloudroster/cloudroster/wrapper"
)

const passphrase = "correct horse battery staple"

// keyTypes are the columns of the table in the package documentation.
var keyTypes = []string{"RSA", "P-256", "P-384", "P-521", "Ed25519"}

var algorithms = map[string]string{
	"RSA":     "rsa-sha256",
	"P-256":   "ecdsa-sha256",
	"P-384":   "ecdsa-sha512",
	"P-521":   "ecdsa-sha512",
	"Ed25519": "ed25519-sha512",
}

// testKeys are made once: one key of each type.
var testKeys = sync.OnceValues(func() (map[string]crypto.Signer, error) {
	keys := make(map[string]crypto.Signer)
	var err error
	add := func(name string, key crypto.Signer, keyErr error) {
		keys[name] = key
		if keyErr != nil {
			err = keyErr
		}
	}
	rsaKey, keyErr := rsa.GenerateKey(rand.Reader, 2048)
	add("RSA", rsaKey, keyErr)
	for _, curve := range []elliptic.Curve{elliptic.P256(), elliptic.P384(), elliptic.P521()} {
		key, keyErr := ecdsa.GenerateKey(curve, rand.Reader)
		add(curve.Params().Name, key, keyErr)
	}
	_, edKey, keyErr := ed25519.GenerateKey(rand.Reader)
	add("Ed25519", edKey, keyErr)
	return keys, err
})

func testKey(t *testing.T, keyType string) crypto.Signer {
	t.Helper()
	keys, err := testKeys()
	require.NoError(t, err)
	require.Contains(t, keys, keyType)
	return keys[keyType]
}

func publicKey(t *testing.T, key crypto.Signer) ssh.PublicKey {
	t.Helper()
	public, err := ssh.NewPublicKey(key.Public())
	require.NoError(t, err)
	return public
}

// A format is a row of the table in the package documentation.
type format struct {
	name      string
	protected bool
	// encode returns nil where the format does not exist for the key.
	encode func(t *testing.T, key crypto.Signer) *pem.Block
}

var formats = []format{
	{"PKCS1", false, encodePKCS1},
	{"PKCS1", true, func(t *testing.T, key crypto.Signer) *pem.Block { return protectPEM(t, encodePKCS1(t, key)) }},
	{"SEC1", false, encodeSEC1},
	{"SEC1", true, func(t *testing.T, key crypto.Signer) *pem.Block { return protectPEM(t, encodeSEC1(t, key)) }},
	{"PKCS8", false, encodePKCS8},
	{"PKCS8", true, func(t *testing.T, key crypto.Signer) *pem.Block { return protectPKCS8(t, encodePKCS8(t, key).Bytes) }},
	{"OpenSSH", false, func(t *testing.T, key crypto.Signer) *pem.Block {
		block, err := ssh.MarshalPrivateKey(key, "work laptop")
		require.NoError(t, err)
		return block
	}},
	{"OpenSSH", true, protectOpenSSH},
}

// protectOpenSSH lets ssh-keygen protect the key where it is installed: it can
// be told to be weak, and so does not take seconds under the race detector.
func protectOpenSSH(t *testing.T, key crypto.Signer) *pem.Block {
	t.Helper()
	keygen, err := exec.LookPath("ssh-keygen")
	if err != nil {
		block, err := ssh.MarshalPrivateKeyWithPassphrase(key, "work laptop", []byte(passphrase))
		require.NoError(t, err)
		return block
	}
	plain, err := ssh.MarshalPrivateKey(key, "work laptop")
	require.NoError(t, err)
	path := writeKey(t, t.TempDir(), "id", plain, nil, "")
	out, err := exec.CommandContext(t.Context(), keygen, "-q", "-p", "-a", "1", "-P", "", "-N", passphrase, "-f", path).CombinedOutput()
	require.NoError(t, err, string(out))
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	block, _ := pem.Decode(text)
	require.NotNil(t, block)
	return block
}

func encodePKCS1(_ *testing.T, key crypto.Signer) *pem.Block {
	rsaKey, ok := key.(*rsa.PrivateKey)
	if !ok {
		return nil
	}
	return &pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(rsaKey)}
}

func encodeSEC1(t *testing.T, key crypto.Signer) *pem.Block {
	t.Helper()
	ecKey, ok := key.(*ecdsa.PrivateKey)
	if !ok {
		return nil
	}
	der, err := x509.MarshalECPrivateKey(ecKey)
	require.NoError(t, err)
	return &pem.Block{Type: "EC PRIVATE KEY", Bytes: der}
}

func encodePKCS8(t *testing.T, key crypto.Signer) *pem.Block {
	t.Helper()
	der, err := x509.MarshalPKCS8PrivateKey(key)
	require.NoError(t, err)
	return &pem.Block{Type: "PRIVATE KEY", Bytes: der}
}

func protectPEM(t *testing.T, block *pem.Block) *pem.Block {
	t.Helper()
	if block == nil {
		return nil
	}
	//nolint:staticcheck // weak, but files that OpenSSH wrote until 2018 have it
	protected, err := x509.EncryptPEMBlock(rand.Reader, block.Type, block.Bytes, []byte(passphrase), x509.PEMCipherAES128)
	require.NoError(t, err)
	return protected
}

func protectPKCS8(t *testing.T, der []byte) *pem.Block {
	t.Helper()
	return encryptPKCS8(t, der, asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 1, 42}, 32, asn1.ObjectIdentifier{1, 2, 840, 113549, 2, 9}, sha256.New, 2048)
}

// encryptPKCS8 writes PBES2 with PBKDF2. Beyond 2048 iterations it only says
// that it did them.
func encryptPKCS8(t *testing.T, der []byte, cipherOID asn1.ObjectIdentifier, keyLength int, prf asn1.ObjectIdentifier, hash func() hash.Hash, iterations int) *pem.Block {
	t.Helper()
	salt, iv := make([]byte, 16), make([]byte, aes.BlockSize)
	_, _ = rand.Read(salt)
	_, _ = rand.Read(iv)
	key, err := pbkdf2.Key(hash, passphrase, salt, max(1, min(iterations, 2048)), keyLength)
	require.NoError(t, err)
	block, err := aes.NewCipher(key)
	require.NoError(t, err)
	padding := aes.BlockSize - len(der)%aes.BlockSize
	data := append([]byte(nil), der...)
	for range padding {
		data = append(data, byte(padding))
	}
	cipher.NewCBCEncrypter(block, iv).CryptBlocks(data, data)

	type pbkdf2Params struct {
		Salt       []byte
		Iterations int
		PRF        pkix.AlgorithmIdentifier
	}
	type pbes2Params struct{ KDF, Cipher pkix.AlgorithmIdentifier }
	encoded, err := asn1.Marshal(struct {
		Algorithm pkix.AlgorithmIdentifier
		Data      []byte
	}{
		algorithm(t, asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 5, 13}, pbes2Params{
			algorithm(t, asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 5, 12}, pbkdf2Params{salt, iterations, pkix.AlgorithmIdentifier{Algorithm: prf, Parameters: asn1.NullRawValue}}),
			algorithm(t, cipherOID, iv),
		}), data,
	})
	require.NoError(t, err)
	return &pem.Block{Type: "ENCRYPTED PRIVATE KEY", Bytes: encoded}
}

func algorithm(t *testing.T, oid asn1.ObjectIdentifier, parameters any) pkix.AlgorithmIdentifier {
	t.Helper()
	der, err := asn1.Marshal(parameters)
	require.NoError(t, err)
	return pkix.AlgorithmIdentifier{Algorithm: oid, Parameters: asn1.RawValue{FullBytes: der}}
}

// ask answers with the passphrase, and with nothing for a key that must not
// need one.
func ask(protected bool) Option {
	return WithPassphrase(func(string) ([]byte, error) {
		if !protected {
			return nil, os.ErrPermission
		}
		return []byte(passphrase), nil
	})
}

// writeKey writes a private key, and its public half where comment is not "".
func writeKey(t *testing.T, dir, name string, block *pem.Block, public ssh.PublicKey, comment string) string {
	t.Helper()
	path := filepath.Join(dir, name)
	require.NoError(t, os.WriteFile(path, pem.EncodeToMemory(block), 0o600))
	if comment != "" {
		line := strings.TrimSpace(string(ssh.MarshalAuthorizedKey(public))) + " " + comment + "\n"
		require.NoError(t, os.WriteFile(path+".pub", []byte(line), 0o644))
	}
	return path
}

// requireSigns checks that a signer is the one of a key.
func requireSigns(t *testing.T, signer wrapper.Signer, key crypto.PublicKey, algorithm string) {
	t.Helper()
	public, err := ssh.NewPublicKey(key)
	require.NoError(t, err)
	assert.Equal(t, md5Fingerprint(public), signer.Fingerprint())
	assert.Equal(t, algorithm, signer.Algorithm())
	data := []byte("(request-target): get /alice/users\ndate: Sun, 05 Jan 2014 21:31:40 GMT")
	signature, err := signer.Sign(t.Context(), data)
	require.NoError(t, err)
	assert.True(t, verifies(key, signer.Algorithm(), data, signature), "the signature does not fit")
	assert.False(t, verifies(key, signer.Algorithm(), append(data, '!'), signature), "the signature fits anything")
}

// verifies checks as the server does: by the key and the hash that is named.
func verifies(public crypto.PublicKey, algorithm string, data, signature []byte) bool {
	sum := sha256.Sum256(data)
	hash, digest := crypto.SHA256, sum[:]
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

// tool finds a program that a test is about. In continuous integration it must
// be there.
func tool(t *testing.T, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatalf("%s is not installed, and must be in continuous integration", name)
		}
		t.Skipf("%s is not installed", name)
	}
	return path
}

func base64Of(data []byte) string { return base64.StdEncoding.EncodeToString(data) }
