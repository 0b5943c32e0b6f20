package wrappertest

import (
	"crypto"
	"crypto/fips140"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"

	"golang.org/x/crypto/ssh"
)

// Fingerprint returns the MD5 fingerprint of a public key's SSH form: sixteen pairs of
// hexadecimal digits joined by colons, which is how Triton names keys. It panics
// for a key that is not RSA, ECDSA on P-256, P-384 or P-521, or Ed25519.
func Fingerprint(key crypto.PublicKey) string {
	public, err := sshKey(key)
	if err != nil {
		panic("wrappertest: fingerprint: " + err.Error())
	}
	var fingerprint string
	fips140.WithoutEnforcement(func() { fingerprint = ssh.FingerprintLegacyMD5(public) }) // a name, as Triton has it
	return fingerprint
}

// sshKey returns the SSH form of a key of a type that Triton supports.
func sshKey(key crypto.PublicKey) (ssh.PublicKey, error) {
	public, err := ssh.NewPublicKey(key)
	if err != nil || public.Type() == "ssh-dss" {
		return nil, fmt.Errorf("a key of type %T is not supported", key)
	}
	return public, nil
}

// ParsePublicKey reads a public key in OpenSSH's one-line form (a .pub file) or as
// a PEM block "PUBLIC KEY", for [Triton.AddKey].
func ParsePublicKey(text []byte) (crypto.PublicKey, error) {
	key, err := parsePublicKey(text)
	if err == nil {
		_, err = sshKey(key)
	}
	if err != nil {
		return nil, fmt.Errorf("parse public key: %w", err)
	}
	return key, nil
}

func parsePublicKey(text []byte) (crypto.PublicKey, error) {
	if block, _ := pem.Decode(text); block != nil {
		if block.Type != "PUBLIC KEY" {
			return nil, fmt.Errorf("the PEM block is %q, not a public key", block.Type)
		}
		return x509.ParsePKIXPublicKey(block.Bytes)
	}
	public, _, _, _, err := ssh.ParseAuthorizedKey(text)
	if err != nil {
		return nil, errors.New("neither PEM nor OpenSSH's form")
	}
	holder, ok := public.(ssh.CryptoPublicKey)
	if !ok {
		return nil, fmt.Errorf("a key of type %q is not supported", public.Type())
	}
	return holder.CryptoPublicKey(), nil
}
