package wrappertest

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/md5"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"strings"
)

// Fingerprint is the MD5 fingerprint of a public key's SSH form: sixteen pairs of
// hexadecimal digits joined by colons, which is how Triton names keys. It panics
// for a key that is not RSA, ECDSA on P-256, P-384 or P-521, or Ed25519.
func Fingerprint(key crypto.PublicKey) string {
	form, err := sshForm(key)
	if err != nil {
		panic("wrappertest: fingerprint: " + err.Error())
	}
	sum := md5.Sum(form)
	pairs := make([]string, len(sum))
	for i, b := range sum {
		pairs[i] = hex.EncodeToString([]byte{b})
	}
	return strings.Join(pairs, ":")
}

// sshForm encodes a public key as RFC 4253, RFC 5656 and RFC 8709 say.
func sshForm(key crypto.PublicKey) ([]byte, error) {
	switch key := key.(type) {
	case *rsa.PublicKey:
		return sshFields([]byte("ssh-rsa"), mpint(big.NewInt(int64(key.E))), mpint(key.N)), nil
	case *ecdsa.PublicKey:
		name := ""
		switch key.Curve {
		case elliptic.P256():
			name = "nistp256"
		case elliptic.P384():
			name = "nistp384"
		case elliptic.P521():
			name = "nistp521"
		}
		if point, err := key.Bytes(); err == nil && name != "" {
			return sshFields([]byte("ecdsa-sha2-"+name), []byte(name), point), nil
		}
	case ed25519.PublicKey:
		return sshFields([]byte("ssh-ed25519"), key), nil
	}
	return nil, fmt.Errorf("a key of type %T is not supported", key)
}

func sshFields(fields ...[]byte) []byte {
	var out bytes.Buffer
	for _, field := range fields {
		_ = binary.Write(&out, binary.BigEndian, uint32(len(field))) // a bytes.Buffer takes everything
		out.Write(field)
	}
	return out.Bytes()
}

// mpint is a positive number with a leading zero byte where its first bit is set.
func mpint(n *big.Int) []byte {
	b := n.Bytes()
	if len(b) > 0 && b[0]&0x80 != 0 {
		b = append([]byte{0}, b...)
	}
	return b
}

// ParsePublicKey reads a public key in OpenSSH's one-line form (a .pub file) or as
// a PEM block "PUBLIC KEY", for [Triton.AddKey].
func ParsePublicKey(text []byte) (crypto.PublicKey, error) {
	if block, _ := pem.Decode(text); block != nil {
		key, err := x509.ParsePKIXPublicKey(block.Bytes)
		if err != nil {
			return nil, fmt.Errorf("parse public key: %w", err)
		}
		if _, err := sshForm(key); err != nil {
			return nil, fmt.Errorf("parse public key: %w", err)
		}
		return key, nil
	}
	words := strings.Fields(string(text))
	if len(words) < 2 {
		return nil, errors.New("parse public key: neither PEM nor OpenSSH's form")
	}
	raw, err := base64.StdEncoding.DecodeString(words[1])
	if err != nil {
		return nil, fmt.Errorf("parse public key: %w", err)
	}
	fields, ok := splitFields(raw)
	if !ok || string(fields[0]) != words[0] {
		return nil, errors.New("parse public key: the encoded key is malformed")
	}
	key, err := keyOf(fields)
	if err != nil {
		return nil, fmt.Errorf("parse public key: %w", err)
	}
	return key, nil
}

func splitFields(raw []byte) (fields [][]byte, ok bool) {
	for len(raw) > 0 {
		if len(raw) < 4 || uint64(binary.BigEndian.Uint32(raw)) > uint64(len(raw)-4) {
			return nil, false
		}
		end := 4 + int(binary.BigEndian.Uint32(raw))
		fields = append(fields, raw[4:end])
		raw = raw[end:]
	}
	return fields, len(fields) > 0
}

func keyOf(fields [][]byte) (crypto.PublicKey, error) {
	curves := map[string]elliptic.Curve{
		"ecdsa-sha2-nistp256": elliptic.P256(),
		"ecdsa-sha2-nistp384": elliptic.P384(),
		"ecdsa-sha2-nistp521": elliptic.P521(),
	}
	kind := string(fields[0])
	switch {
	case kind == "ssh-rsa" && len(fields) == 3 && len(fields[1]) <= 4:
		exponent := new(big.Int).SetBytes(fields[1])
		return &rsa.PublicKey{E: int(exponent.Int64()), N: new(big.Int).SetBytes(fields[2])}, nil
	case kind == "ssh-ed25519" && len(fields) == 2 && len(fields[1]) == ed25519.PublicKeySize:
		return ed25519.PublicKey(bytes.Clone(fields[1])), nil
	case curves[kind] != nil && len(fields) == 3:
		return ecdsa.ParseUncompressedPublicKey(curves[kind], fields[2])
	}
	return nil, fmt.Errorf("a key of type %q is not supported", kind)
}
