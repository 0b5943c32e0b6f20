package wrapper

import (
	"context"
	"crypto"
	"crypto/ecdh"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/fips140"
	"crypto/md5" // #nosec G501 -- names a key, protects nothing
	"crypto/rand"
	"crypto/rsa"
	_ "crypto/sha256" // for crypto.Hash.New
	_ "crypto/sha512"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"math/big"
	"reflect"
	"strings"
)

// minRSABits is what crypto/rsa itself still signs with.
const minRSABits = 1024

// A Signer signs for [SignatureAuth] with one private key: in memory
// ([NewSigner]), in a file or in ssh-agent (package sshkey), or elsewhere by
// your own implementation.
//
// It must be safe for concurrent use, and must not retain or modify data.
type Signer interface {
	// Fingerprint returns the MD5 fingerprint of the public key in its SSH wire
	// form, by which Triton knows a key: 16 pairs of lower-case hexadecimal
	// digits joined by colons, without the "MD5:" of ssh-keygen.
	Fingerprint() string

	// Algorithm returns the algorithm's name in the header: rsa-sha256,
	// ecdsa-sha256, ecdsa-sha512 or ed25519-sha512.
	Algorithm() string

	// Sign signs data itself, not a digest of it, and returns the raw
	// signature without SSH framing: PKCS #1 v1.5 for RSA, ASN.1 DER for
	// ECDSA, 64 bytes for Ed25519. It should return when ctx, the context of the
	// request, is done. An error must not disclose the key.
	Sign(ctx context.Context, data []byte) ([]byte, error)
}

// NewSigner returns a [Signer] for a private key: one from crypto/rsa,
// crypto/ecdsa or crypto/ed25519, or any [crypto.Signer], such as that of a
// hardware module or a key service.
//
//	_, key, err := ed25519.GenerateKey(nil)
//	...
//	signer, err := wrapper.NewSigner(key)
//
// The key determines the algorithm:
//
//	RSA, 1024 bits or more   rsa-sha256
//	ECDSA P-256              ecdsa-sha256
//	ECDSA P-384, P-521       ecdsa-sha512
//	Ed25519                  ed25519-sha512
//
// (The server has no name for SHA-384, so a P-384 key signs a SHA-512 digest.)
//
// Any other key is an error that says why and matches [errors.ErrUnsupported];
// nil and incomplete keys are [ErrInvalid]. The signer is safe for concurrent
// use if the key is, as those of the standard library are. For other keys Sign
// returns when its context is done, and the key's own Sign may go on in a
// goroutine. The signer never prints the key, under any verb of fmt, in JSON or
// in a log.
func NewSigner(key crypto.Signer) (Signer, error) {
	if err := checkComplete(key); err != nil {
		return nil, err
	}
	switch public := key.Public().(type) {
	case *rsa.PublicKey:
		return newRSASigner(key, public)
	case *ecdsa.PublicKey:
		return newECDSASigner(key, public)
	case ed25519.PublicKey:
		if len(public) != ed25519.PublicKeySize {
			return nil, invalid("key", "has an Ed25519 public key of the wrong size")
		}
		return &keySigner{
			fingerprint: fingerprint([]byte("ssh-ed25519"), public),
			algorithm:   "ed25519-sha512",
			sign:        signWith(key, 0),
		}, nil
	case nil:
		return nil, invalid("key", "has no public key")
	case *ecdh.PublicKey:
		return nil, unsupportedKey("X25519 and other ECDH keys cannot sign")
	default:
		// crypto/dsa is deprecated and not worth a link for one name.
		if name := fmt.Sprintf("%T", public); strings.Contains(name, "dsa.") {
			return nil, unsupportedKey("DSA keys sign only with SHA-1")
		}
		return nil, unsupportedKey(fmt.Sprintf("Triton verifies RSA, ECDSA and Ed25519 keys, not %T", public))
	}
}

func newRSASigner(key crypto.Signer, public *rsa.PublicKey) (Signer, error) {
	if public == nil || public.N == nil || public.N.Sign() <= 0 || public.E <= 0 {
		return nil, invalid("key", "has an incomplete RSA public key")
	}
	if bits := public.N.BitLen(); bits < minRSABits {
		return nil, unsupportedKey(fmt.Sprintf("an RSA key of %d bits is too short, %d is the minimum", bits, minRSABits))
	}
	return &keySigner{
		fingerprint: fingerprint([]byte("ssh-rsa"), mpint(big.NewInt(int64(public.E))), mpint(public.N)),
		algorithm:   "rsa-sha256",
		sign:        signWith(key, crypto.SHA256),
	}, nil
}

func newECDSASigner(key crypto.Signer, public *ecdsa.PublicKey) (Signer, error) {
	if public == nil || public.Curve == nil {
		return nil, invalid("key", "has an incomplete ECDSA public key")
	}
	signer := &keySigner{}
	var curve string
	switch public.Curve {
	case elliptic.P256():
		curve, signer.algorithm, signer.sign = "nistp256", "ecdsa-sha256", signWith(key, crypto.SHA256)
	case elliptic.P384():
		curve, signer.algorithm, signer.sign = "nistp384", "ecdsa-sha512", signWith(key, crypto.SHA512)
	case elliptic.P521():
		curve, signer.algorithm, signer.sign = "nistp521", "ecdsa-sha512", signWith(key, crypto.SHA512)
	default:
		return nil, unsupportedKey("SSH supports ECDSA keys on P-256, P-384 and P-521 only")
	}
	point, err := public.Bytes()
	if err != nil {
		return nil, invalid("key", "has an ECDSA public key that is not a point of its curve")
	}
	signer.fingerprint = fingerprint([]byte("ecdsa-sha2-"+curve), []byte(curve), point)
	return signer, nil
}

// checkComplete rejects keys whose own methods would panic.
func checkComplete(key crypto.Signer) error {
	if isNil(key) {
		return invalid("key", "is nil")
	}
	private, ok := key.(ed25519.PrivateKey)
	if pointer, isPointer := key.(*ed25519.PrivateKey); isPointer {
		private, ok = *pointer, true
	}
	if ok && len(private) != ed25519.PrivateKeySize {
		return invalid("key", "has an Ed25519 private key that is not 64 bytes long")
	}
	if rsaKey, isRSA := key.(*rsa.PrivateKey); isRSA && rsaKey.D == nil {
		return invalid("key", "has no private part")
	}
	//nolint:staticcheck // its Bytes method panics without D as well
	if ecdsaKey, isECDSA := key.(*ecdsa.PrivateKey); isECDSA && ecdsaKey.D == nil {
		return invalid("key", "has no private part")
	}
	return nil
}

// isNil also recognizes a nil pointer in an interface that is not nil.
func isNil(value any) bool {
	v := reflect.ValueOf(value)
	switch v.Kind() {
	case reflect.Invalid:
		return true
	case reflect.Pointer, reflect.Slice, reflect.Map, reflect.Func, reflect.Chan:
		return v.IsNil()
	default:
		return false
	}
}

func unsupportedKey(reason string) error {
	return fmt.Errorf("key: %s: %w", reason, errors.ErrUnsupported)
}

// signWith signs with key: a digest of the data, as every crypto.Signer but Ed25519 expects,
// or the data itself where hash is 0.
func signWith(key crypto.Signer, hash crypto.Hash) func(context.Context, []byte) ([]byte, error) {
	sign := func(data []byte) ([]byte, error) {
		if hash != 0 {
			digest := hash.New()
			digest.Write(data)
			data = digest.Sum(nil)
		}
		return key.Sign(rand.Reader, data, hash)
	}
	switch key.(type) {
	case *rsa.PrivateKey, *ecdsa.PrivateKey, ed25519.PrivateKey, *ed25519.PrivateKey:
		return func(_ context.Context, data []byte) ([]byte, error) { return sign(data) }
	}
	return func(ctx context.Context, data []byte) ([]byte, error) { return signUntil(ctx, data, sign) }
}

// signUntil returns when ctx ends, which a crypto.Signer knows nothing of. What sign panics with
// reaches the caller.
func signUntil(ctx context.Context, data []byte, sign func([]byte) ([]byte, error)) ([]byte, error) {
	if ctx.Done() == nil {
		return sign(data)
	}
	var signature []byte
	var panicked any
	err := errors.New("key: Sign did not return")
	done := make(chan struct{})
	go func() {
		defer close(done)
		defer func() { panicked = recover() }()
		signature, err = sign(data)
	}()
	select {
	case <-done:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	if panicked != nil {
		panic(panicked)
	}
	return signature, err
}

// fingerprint is the MD5 fingerprint of a public key given by the fields of
// its SSH wire form (RFC 4253, section 6.6; RFC 5656, section 3.1; RFC 8709,
// section 4), each of which goes out behind its length.
func fingerprint(fields ...[]byte) string {
	var wire []byte
	for _, field := range fields {
		wire = binary.BigEndian.AppendUint32(wire, uint32(len(field)))
		wire = append(wire, field...)
	}
	var sum [md5.Size]byte
	// MD5 only names the key here; a process held to FIPS 140 may do that.
	fips140.WithoutEnforcement(func() { sum = md5.Sum(wire) }) // #nosec G401
	return joinPairs(hex.EncodeToString(sum[:]))
}

// mpint is a positive number as RFC 4251, section 5, writes it: a zero byte
// goes before a first bit that would read as a minus sign.
func mpint(n *big.Int) []byte {
	return n.FillBytes(make([]byte, n.BitLen()/8+1))
}

// normalizeFingerprint brings an MD5 fingerprint, with or without "MD5:",
// colons and capitals, into the one form that the server accepts.
func normalizeFingerprint(text string) (string, bool) {
	digits := strings.ToLower(strings.TrimSpace(text))
	digits = strings.ReplaceAll(strings.TrimPrefix(digits, "md5:"), ":", "")
	if sum, err := hex.DecodeString(digits); err != nil || len(sum) != md5.Size {
		return "", false
	}
	return joinPairs(digits), true
}

func joinPairs(digits string) string {
	var out strings.Builder
	for i := 0; i < len(digits); i += 2 {
		if i > 0 {
			out.WriteByte(':')
		}
		out.WriteString(digits[i : i+2])
	}
	return out.String()
}

// keySigner holds the key only inside a function: what prints or dumps values
// by reflection cannot look into one.
type keySigner struct {
	fingerprint string
	algorithm   string
	sign        func(ctx context.Context, data []byte) ([]byte, error)
}

func (s *keySigner) Fingerprint() string { return s.fingerprint }
func (s *keySigner) Algorithm() string   { return s.algorithm }
func (s *keySigner) Sign(ctx context.Context, data []byte) ([]byte, error) {
	return s.sign(ctx, data)
}

// String names the key by what is public of it.
func (s *keySigner) String() string {
	return "wrapper.Signer(" + s.algorithm + " " + s.fingerprint + ")"
}

func (s *keySigner) GoString() string             { return s.String() }
func (s *keySigner) Format(f fmt.State, _ rune)   { _, _ = f.Write([]byte(s.String())) }
func (s *keySigner) LogValue() slog.Value         { return slog.StringValue(s.String()) }
func (s *keySigner) MarshalText() ([]byte, error) { return []byte(s.String()), nil }
