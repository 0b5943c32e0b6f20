package sshkey

import (
	"bytes"
	"crypto"
	"crypto/aes"
	"crypto/cipher"
	"crypto/fips140"
	"crypto/pbkdf2"
	"crypto/sha1" // #nosec G505 -- the default of PBKDF2 in PKCS #5
	"crypto/sha256"
	"crypto/sha512"
	"encoding/asn1"
	"hash"
)

// The protection of PKCS #8 keys is PBES2 (RFC 8018, section 6.2): PBKDF2 makes
// a key of the passphrase, AES-CBC uses it. OpenSSL writes nothing else unless
// told to.

type algorithmIdentifier struct {
	OID        asn1.ObjectIdentifier
	Parameters asn1.RawValue `asn1:"optional"`
}

type encryptedPrivateKey struct {
	Algorithm algorithmIdentifier
	Data      []byte
}

type pbes2Parameters struct{ KDF, Cipher algorithmIdentifier }

type pbkdf2Parameters struct {
	Salt       []byte
	Iterations int
	KeyLength  int                 `asn1:"optional"`
	PRF        algorithmIdentifier `asn1:"optional"`
}

const (
	encryptedBlock = "ENCRYPTED PRIVATE KEY"

	oidPBES2  = "1.2.840.113549.1.5.13"
	oidPBKDF2 = "1.2.840.113549.1.5.12"
)

// maxIterations keeps a damaged or hostile file from computing for hours.
// OpenSSL's default is 2048; password managers go up to a million.
const maxIterations = 10_000_000

// protection is how a key is encrypted: by AES-CBC with a key from PBKDF2.
type protection struct {
	prf       func() hash.Hash
	kdf       pbkdf2Parameters
	keyLength int
	iv, data  []byte
}

func parseEncryptedPKCS8(der []byte, ask func() ([]byte, error)) (crypto.Signer, error) {
	p, err := parseProtection(der)
	if err != nil {
		return nil, err
	}
	passphrase, err := ask()
	if err != nil {
		return nil, err
	}
	plain, err := p.open(passphrase)
	if err != nil {
		return nil, err
	}
	// There is no check value: a wrong passphrase shows in the padding or, one time in 256, in what
	// is not a key.
	if _, ok := pkcs8Info(plain); !ok {
		return nil, ErrPassphraseIncorrect
	}
	return parsePKCS8(plain)
}

func parseProtection(der []byte) (*protection, error) {
	var protected encryptedPrivateKey
	if !unmarshal(der, &protected) {
		return nil, damaged(encryptedBlock)
	}
	if protected.Algorithm.OID.String() != oidPBES2 {
		return nil, unsupportedProtection()
	}
	var scheme pbes2Parameters
	if !unmarshal(protected.Algorithm.Parameters.FullBytes, &scheme) {
		return nil, damaged(encryptedBlock)
	}
	p := &protection{keyLength: aesKeyLength(scheme.Cipher.OID), data: protected.Data}
	if scheme.KDF.OID.String() != oidPBKDF2 || p.keyLength == 0 {
		return nil, unsupportedProtection()
	}
	if !unmarshal(scheme.KDF.Parameters.FullBytes, &p.kdf) || !p.isKDFValid() {
		return nil, damaged(encryptedBlock)
	}
	if p.prf = prfHash(p.kdf.PRF.OID); p.prf == nil {
		return nil, unsupportedProtection()
	}
	if !unmarshal(scheme.Cipher.Parameters.FullBytes, &p.iv) || len(p.iv) != aes.BlockSize || len(p.data) == 0 || len(p.data)%aes.BlockSize != 0 {
		return nil, damaged(encryptedBlock)
	}
	return p, nil
}

func (p *protection) isKDFValid() bool {
	return p.kdf.Iterations >= 1 && p.kdf.Iterations <= maxIterations && (p.kdf.KeyLength == 0 || p.kdf.KeyLength == p.keyLength)
}

// open decrypts the key and removes its padding.
func (p *protection) open(passphrase []byte) ([]byte, error) {
	key, err := pbkdf2.Key(p.prf, string(passphrase), p.kdf.Salt, p.kdf.Iterations, p.keyLength)
	if err != nil && fips140.Enforced() {
		return nil, unsupported("FIPS 140 does not allow the way it is protected; convert it with: openssl pkcs8 -topk8 -v2 aes-256-cbc -in KEY -out OUT")
	}
	if err != nil {
		return nil, damaged(encryptedBlock)
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, damaged(encryptedBlock)
	}
	plain := make([]byte, len(p.data))
	cipher.NewCBCDecrypter(block, p.iv).CryptBlocks(plain, p.data)
	padding := int(plain[len(plain)-1])
	if padding < 1 || padding > aes.BlockSize {
		return nil, ErrPassphraseIncorrect
	}
	plain, end := plain[:len(plain)-padding], plain[len(plain)-padding:]
	if !bytes.Equal(end, bytes.Repeat([]byte{byte(padding)}, padding)) {
		return nil, ErrPassphraseIncorrect
	}
	return plain, nil
}

// unmarshal reads one ASN.1 value with nothing after it.
func unmarshal(der []byte, value any) bool {
	rest, err := asn1.Unmarshal(der, value)
	return err == nil && len(rest) == 0
}

func aesKeyLength(oid asn1.ObjectIdentifier) int {
	switch oid.String() {
	case "2.16.840.1.101.3.4.1.2":
		return 16
	case "2.16.840.1.101.3.4.1.22":
		return 24
	case "2.16.840.1.101.3.4.1.42":
		return 32
	default:
		return 0
	}
}

// prfHash is the hash under the HMAC of PBKDF2; the default is SHA-1.
func prfHash(oid asn1.ObjectIdentifier) func() hash.Hash {
	switch oid.String() {
	case "", "1.2.840.113549.2.7":
		return sha1.New
	case "1.2.840.113549.2.8":
		return sha256.New224
	case "1.2.840.113549.2.9":
		return sha256.New
	case "1.2.840.113549.2.10":
		return sha512.New384
	case "1.2.840.113549.2.11":
		return sha512.New
	default:
		return nil
	}
}

func unsupportedProtection() error {
	return unsupported("of the ways to protect PKCS #8 only PBES2 with PBKDF2 and AES-CBC is read; " +
		"convert it with: openssl pkcs8 -topk8 -v2 aes-256-cbc -in KEY -out OUT")
}
