package sshkey

import (
	"bytes"
	"crypto"
	"crypto/ed25519"
	"crypto/fips140"
	"crypto/x509"
	"encoding/asn1"
	"encoding/pem"
	"errors"
	"fmt"
	"strings"

	"golang.org/x/crypto/ssh"
)

// parsePrivate reads the first private key of a PEM text. ask is called only
// for a key that is protected and of a kind that can be used.
func parsePrivate(text []byte, ask func() ([]byte, error)) (crypto.Signer, error) {
	block, err := privateBlock(text)
	if err != nil {
		return nil, err
	}
	switch block.Type {
	case "DSA PRIVATE KEY":
		return nil, unsupported("DSA keys sign only with SHA-1")
	case "PRIVATE KEY":
		return parsePKCS8(block.Bytes)
	case "ENCRYPTED PRIVATE KEY":
		return parseEncryptedPKCS8(block.Bytes, ask)
	case "OPENSSH PRIVATE KEY":
		public, err := opensshPublic(block.Bytes)
		if err != nil {
			return nil, err
		}
		if err := checkType(public.Type()); err != nil {
			return nil, err
		}
	}
	if block.Headers["DEK-Info"] != "" && fips140.Enforced() {
		return nil, unsupported("FIPS 140 does not allow MD5, with which it is protected; convert it with: ssh-keygen -p -f KEY")
	}
	// The other three, RSA, EC and OPENSSH PRIVATE KEY.
	single := pem.EncodeToMemory(block)
	key, err := ssh.ParseRawPrivateKey(single)
	if missing := new(ssh.PassphraseMissingError); errors.As(err, &missing) {
		return parseProtected(block.Type, single, ask)
	}
	if err != nil {
		return nil, damaged(block.Type)
	}
	return signerOf(key)
}

func parseProtected(kind string, single []byte, ask func() ([]byte, error)) (crypto.Signer, error) {
	passphrase, err := ask()
	if err != nil {
		return nil, err
	}
	key, err := ssh.ParseRawPrivateKeyWithPassphrase(single, passphrase)
	switch {
	case err == nil:
		return signerOf(key)
	case kind == "OPENSSH PRIVATE KEY" && !errors.Is(err, x509.IncorrectPasswordError):
		return nil, unsupported("its cipher is not supported; change it with: ssh-keygen -p -Z aes256-ctr -f KEY")
	}
	// The old PEM protection has no check of its own: what a wrong passphrase makes of a key may fail anywhere.
	return nil, ErrPassphraseIncorrect
}

// privateBlock finds the first PEM block that is a private key.
func privateBlock(text []byte) (*pem.Block, error) {
	var seen string
	for rest := text; ; {
		var block *pem.Block
		if block, rest = pem.Decode(rest); block == nil {
			break
		}
		switch block.Type {
		case "RSA PRIVATE KEY", "EC PRIVATE KEY", "DSA PRIVATE KEY", "PRIVATE KEY", "ENCRYPTED PRIVATE KEY", "OPENSSH PRIVATE KEY":
			return block, nil
		}
		seen = block.Type
	}
	switch _, _, _, _, err := ssh.ParseAuthorizedKey(text); {
	case bytes.HasPrefix(text, []byte("PuTTY-User-Key-File")):
		return nil, unsupported("this is PuTTY's own format, export it with: puttygen KEY -O private-openssh-new -o OUT")
	case err == nil || strings.Contains(seen, "PUBLIC KEY"):
		return nil, fmt.Errorf("key: this is the public half: %w", ErrInvalidKey)
	case strings.HasSuffix(seen, "CERTIFICATE"):
		return nil, fmt.Errorf("key: this is a certificate: %w", ErrInvalidKey)
	case bytes.Contains(text, []byte("PRIVATE KEY-----")):
		return nil, fmt.Errorf("key: its PEM text is damaged or cut short: %w", ErrInvalidKey)
	default:
		return nil, fmt.Errorf("key: no PEM text of a private key: %w", ErrInvalidKey)
	}
}

func parsePKCS8(der []byte) (crypto.Signer, error) {
	key, err := x509.ParsePKCS8PrivateKey(der)
	if err == nil {
		return signerOf(key)
	}
	// The parser does not say in a form to be matched which algorithm it does
	// not know.
	info, ok := pkcs8Info(der)
	if !ok {
		return nil, damaged("PRIVATE KEY")
	}
	switch info.Algorithm.OID.String() {
	case "1.2.840.10040.4.1":
		return nil, unsupported("DSA keys sign only with SHA-1")
	case "1.3.101.113":
		return nil, unsupported("Triton verifies RSA, ECDSA and Ed25519 keys, not Ed448")
	case "1.3.101.110", "1.3.101.111":
		return nil, unsupported("X25519 and X448 keys agree on secrets and cannot sign")
	default:
		return nil, damaged("PRIVATE KEY")
	}
}

type pkcs8 struct {
	Version    int
	Algorithm  algorithmIdentifier
	PrivateKey []byte
	Attributes asn1.RawValue `asn1:"optional,tag:0"`
	PublicKey  asn1.RawValue `asn1:"optional,tag:1"`
}

// pkcs8Info reads the frame of a PKCS #8 key, whatever key is in it.
func pkcs8Info(der []byte) (pkcs8, bool) {
	var info pkcs8
	rest, err := asn1.Unmarshal(der, &info)
	return info, err == nil && len(rest) == 0
}

// signerOf brings what the parsers return into the form of crypto.Signer.
func signerOf(key any) (crypto.Signer, error) {
	switch key := key.(type) {
	case *ed25519.PrivateKey:
		return *key, nil
	case crypto.Signer:
		return key, nil
	default:
		return nil, unsupported("X25519 and other ECDH keys agree on secrets and cannot sign")
	}
}

const opensshMagic = "openssh-key-v1\x00"

// opensshPublic is the public half of an OpenSSH private key, which stands in
// clear before the protected part.
func opensshPublic(body []byte) (ssh.PublicKey, error) {
	var header struct {
		Cipher, KDF, KDFOptions string
		Keys                    uint32
		Public                  []byte
		Rest                    []byte `ssh:"rest"`
	}
	rest, ok := bytes.CutPrefix(body, []byte(opensshMagic))
	if !ok || ssh.Unmarshal(rest, &header) != nil {
		return nil, damaged("OPENSSH PRIVATE KEY")
	}
	public, err := ssh.ParsePublicKey(header.Public)
	if err != nil {
		if err := checkType(wireType(header.Public)); err != nil {
			return nil, err
		}
		return nil, damaged("OPENSSH PRIVATE KEY")
	}
	return public, nil
}

// wireType is the name that a public key in SSH's wire form begins with.
func wireType(blob []byte) string {
	var key struct {
		Name string
		Rest []byte `ssh:"rest"`
	}
	_ = ssh.Unmarshal(blob, &key)
	return key.Name
}

// checkType refuses the kinds of SSH keys that cannot sign for Triton wherever
// they are.
func checkType(name string) error {
	switch {
	case strings.HasPrefix(name, "ssh-dss"):
		return unsupported("DSA keys sign only with SHA-1")
	case strings.HasPrefix(name, "sk-"), strings.HasPrefix(name, "webauthn-"):
		return unsupported("security keys sign a counter and flags of the device too, which an HTTP signature has no place for")
	case strings.Contains(name, "-cert-v0"):
		return unsupported("Triton knows plain keys, no certificates; use the key behind it")
	default:
		return nil
	}
}

func unsupported(reason string) error {
	return fmt.Errorf("key: %s: %w", reason, errors.ErrUnsupported)
}

// damaged leaves out what the parser said, which may repeat parts of the key.
func damaged(block string) error {
	return fmt.Errorf("key: its %s block cannot be read: %w", block, ErrInvalidKey)
}
