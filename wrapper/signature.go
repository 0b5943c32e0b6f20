package wrapper

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"sync/atomic"
	"time"
)

// signedHeaders is what a signature covers. The server requires date; the
// target makes a signature useless on another request.
const signedHeaders = "(request-target) date"

// minSkew is the smallest clock difference that is corrected. The server
// rejects a Date that is 300 seconds off, and its own Date has a resolution of
// a second and is late by the network's delay.
const minSkew = time.Minute

// SignatureAuth returns an Auth that signs every request to Triton with a key
// that is registered with the account:
//
//	signer, err := wrapper.NewSigner(key)
//	...
//	auth, err := wrapper.SignatureAuth("alice", signer)
//	...
//	triton, err := wrapper.NewTriton("https://cloudapi.example.com", "alice", auth)
//
// The key is named by its fingerprint unless [WithKeyName] is given, and
// belongs to the account itself unless [WithSubUser] is given. account is the login
// of the account that owns the key, also where NewTriton gets another one (a
// client may act on accounts that trust its own); "my" is invalid here.
//
// Authorize sets the Date header and signs it together with the method, path
// and query. The body is not signed: TLS protects it. The request must not be
// changed afterwards.
//
// SignatureAuth returns [ErrInvalid], and names the argument, if signer is nil
// or the account, login, key name, algorithm or fingerprint is invalid in the
// header. The Auth prints only what is public, can be shared by clients, and is
// safe for concurrent use if the signer is.
func SignatureAuth(account string, signer Signer, opts ...SignatureOption) (Auth, error) {
	if isNil(signer) {
		return nil, invalid("signer", "is nil")
	}
	if account == "my" {
		return nil, invalid("account", `"my" is not a login; give that of the owner of the key`)
	}
	if err := checkKeyIDPart("account", account); err != nil {
		return nil, err
	}
	var settings signatureSettings
	for _, opt := range opts {
		if opt == nil {
			continue
		}
		if err := opt(&settings); err != nil {
			return nil, err
		}
	}
	if settings.keyName == "" {
		fingerprint, ok := normalizeFingerprint(signer.Fingerprint())
		if !ok {
			return nil, invalid("signer", "must have an MD5 fingerprint, the only kind that Triton knows")
		}
		settings.keyName = fingerprint
	}
	algorithm := signer.Algorithm()
	switch algorithm {
	case "rsa-sha256", "rsa-sha512", "ecdsa-sha256", "ecdsa-sha512", "ed25519-sha512":
	default:
		return nil, invalid("signer", "has an algorithm that Triton does not verify")
	}
	keyID := "/" + account
	if settings.subUser != "" {
		keyID += "/users/" + settings.subUser
	}
	keyID += "/keys/" + settings.keyName
	return &signatureAuth{
		keyID:     keyID,
		algorithm: algorithm,
		sign:      signer.Sign,
	}, nil
}

// A SignatureOption configures [SignatureAuth]. nil is ignored.
type SignatureOption func(*signatureSettings) error

type signatureSettings struct{ subUser, keyName string }

// WithSubUser signs as the sub-user of the account with this login, with a key
// that is registered with that sub-user.
func WithSubUser(login string) SignatureOption {
	return func(s *signatureSettings) error {
		s.subUser = login
		return checkKeyIDPart("sub-user", login)
	}
}

// WithKeyName names the key by the name under which it is registered, or by an
// MD5 fingerprint in any of its forms. A SHA-256 fingerprint is [ErrInvalid],
// because the server does not know it.
func WithKeyName(name string) SignatureOption {
	return func(s *signatureSettings) error {
		s.keyName = name
		if fingerprint, ok := normalizeFingerprint(name); ok {
			s.keyName = fingerprint
		}
		if strings.HasPrefix(name, "SHA256:") {
			return invalid("key name", "must be a name or an MD5 fingerprint; without WithKeyName the signer gives the latter")
		}
		return checkKeyIDPart("key name", name)
	}
}

// checkKeyIDPart checks that a part of the keyId cannot end its quotes, its
// header or its path segment. The error does not repeat the value: it may be a
// secret that was given in the wrong place.
func checkKeyIDPart(name, part string) error {
	if part == "" {
		return invalid(name, "is empty")
	}
	if part == "." || part == ".." {
		return invalid(name, `must not be "." or ".."`)
	}
	for _, char := range part {
		if char < ' ' || char > '~' || strings.ContainsRune(`"\/`, char) {
			return invalid(name, "must have only printable ASCII characters other than quote, slash and backslash")
		}
	}
	if strings.TrimSpace(part) != part {
		return invalid(name, "must not begin or end with a space")
	}
	return nil
}

// signatureAuth keeps the signer as a function, which nothing that prints
// values looks into.
type signatureAuth struct {
	keyID     string
	algorithm string
	sign      func(ctx context.Context, data []byte) ([]byte, error)

	// clockOffset is how far the server's clock is ahead of ours, in nanoseconds.
	clockOffset atomic.Int64
}

// Authorize sets Date and Authorization. It does not change the request if it
// returns an error.
func (a *signatureAuth) Authorize(r *http.Request) error {
	if r == nil || r.URL == nil {
		return errors.New("sign request: the request is nil or has no URL")
	}
	date := a.now().UTC().Format(http.TimeFormat)
	signature, err := a.sign(r.Context(), signedString(r, date, signedHeaders))
	if err != nil {
		return fmt.Errorf("sign request with key %s: %w", a.keyID, err)
	}
	if len(signature) == 0 {
		return fmt.Errorf("sign request with key %s: the signature is empty", a.keyID)
	}
	if r.Header == nil {
		r.Header = make(http.Header)
	}
	r.Header.Set("Date", date)
	r.Header.Set("Authorization", `Signature keyId="`+a.keyID+`",algorithm="`+a.algorithm+
		`",headers="`+signedHeaders+`",signature="`+base64.StdEncoding.EncodeToString(signature)+`"`)
	return nil
}

// signedString is the text that is signed for a list of header names:
// draft-cavage-http-signatures-12, section 2.3. The target is what net/http
// writes into the request line, in HTTP/1.1 and HTTP/2 alike.
func signedString(r *http.Request, date, names string) []byte {
	var lines []string
	for name := range strings.SplitSeq(names, " ") {
		value := strings.Join(r.Header.Values(name), ", ")
		switch name {
		case "(request-target)":
			method := r.Method
			if method == "" {
				method = http.MethodGet
			}
			value = strings.ToLower(method) + " " + r.URL.RequestURI()
		case "date":
			value = date
		case "host":
			if value = r.Host; value == "" {
				value = r.URL.Host
			}
		}
		lines = append(lines, name+": "+value)
	}
	return []byte(strings.Join(lines, "\n"))
}

// now returns the time of the server's clock, as far as that is known.
func (a *signatureAuth) now() time.Time {
	return time.Now().Add(time.Duration(a.clockOffset.Load()))
}

// correctClock takes the Date of a response that rejected a signature for its
// date. If that differs from the machine's clock, or from its last correction,
// signatures use the server's clock from now on, and corrected is true: signing
// again can help. It is also true for responses to requests that were signed
// before a correction. offset is how far the server's clock is ahead of the
// machine's.
func (a *signatureAuth) correctClock(serverDate time.Time) (offset time.Duration, corrected bool) {
	if serverDate.IsZero() {
		return 0, false
	}
	offset = time.Until(serverDate).Round(time.Second)
	before := time.Duration(a.clockOffset.Load())
	if offset.Abs() < minSkew && (offset-before).Abs() < minSkew {
		return offset, false
	}
	a.clockOffset.Store(int64(offset))
	return offset, true
}

// String names the key that signs, which is not secret.
func (a *signatureAuth) String() string {
	return "wrapper.SignatureAuth(" + a.keyID + " " + a.algorithm + ")"
}

func (a *signatureAuth) GoString() string             { return a.String() }
func (a *signatureAuth) Format(f fmt.State, _ rune)   { _, _ = f.Write([]byte(a.String())) }
func (a *signatureAuth) LogValue() slog.Value         { return slog.StringValue(a.String()) }
func (a *signatureAuth) MarshalText() ([]byte, error) { return []byte(a.String()), nil }
