package sshkey

import (
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
	oidPBES2  = "1.2.840.113549.1.5.13"
	oidPBKDF2 = "1.2.840.113549.1.5.12"
)

// maxIterations keeps a damaged or hostile file from computing for hours.
// OpenSSL's default is 2048; password managers go up to a million.
const maxIterations = 10_000_000

func parseEncryptedPKCS8(der []byte, ask func() ([]byte, error)) (crypto.Signer, error) {
	const block = "ENCRYPTED PRIVATE KEY"
	var protected encryptedPrivateKey
	if rest, err := asn1.Unmarshal(der, &protected); err != nil || len(rest) > 0 {
		return nil, damaged(block)
	}
	if protected.Algorithm.OID.String() != oidPBES2 {
		return nil, unsupportedProtection()
	}
	var scheme pbes2Parameters
	if rest, err := asn1.Unmarshal(protected.Algorithm.Parameters.FullBytes, &scheme); err != nil || len(rest) > 0 {
		return nil, damaged(block)
	}
	keyLength := aesKeyLength(scheme.Cipher.OID)
	if scheme.KDF.OID.String() != oidPBKDF2 || keyLength == 0 {
		return nil, unsupportedProtection()
	}
	var kdf pbkdf2Parameters
	if rest, err := asn1.Unmarshal(scheme.KDF.Parameters.FullBytes, &kdf); err != nil || len(rest) > 0 ||
		kdf.Iterations < 1 || kdf.Iterations > maxIterations || kdf.KeyLength != 0 && kdf.KeyLength != keyLength {
		return nil, damaged(block)
	}
	prf := prfHash(kdf.PRF.OID)
	if prf == nil {
		return nil, unsupportedProtection()
	}
	var iv []byte
	if rest, err := asn1.Unmarshal(scheme.Cipher.Parameters.FullBytes, &iv); err != nil || len(rest) > 0 ||
		len(iv) != aes.BlockSize || len(protected.Data) == 0 || len(protected.Data)%aes.BlockSize != 0 {
		return nil, damaged(block)
	}

	passphrase, err := ask()
	if err != nil {
		return nil, err
	}
	key, err := pbkdf2.Key(prf, string(passphrase), kdf.Salt, kdf.Iterations, keyLength)
	if err != nil && fips140.Enforced() {
		return nil, unsupported("FIPS 140 does not allow the way it is protected; convert it with: openssl pkcs8 -topk8 -v2 aes-256-cbc -in KEY -out OUT")
	}
	if err != nil {
		return nil, damaged(block)
	}
	aesBlock, err := aes.NewCipher(key)
	if err != nil {
		return nil, damaged(block)
	}
	plain := make([]byte, len(protected.Data))
	cipher.NewCBCDecrypter(aesBlock, iv).CryptBlocks(plain, protected.Data)

	// There is no check value: a wrong passphrase shows in the padding or, one
	// time in 256, in what is no key.
	padding := int(plain[len(plain)-1])
	if padding < 1 || padding > aes.BlockSize {
		return nil, ErrPassphraseIncorrect
	}
	for _, b := range plain[len(plain)-padding:] {
		if int(b) != padding {
			return nil, ErrPassphraseIncorrect
		}
	}
	plain = plain[:len(plain)-padding]
	if _, ok := pkcs8Info(plain); !ok {
		return nil, ErrPassphraseIncorrect
	}
	return parsePKCS8(plain)
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
