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

// signedHeaders is what a signature covers. The server insists on date; the
// target is there so that a signature is worth nothing on another request.
const signedHeaders = "(request-target) date"

// minSkew is the least difference between two clocks that is worth correcting.
// The server refuses a Date that is 300 seconds off, and its own answers name
// their time to the second and some network delay late.
const minSkew = time.Minute

// SignatureAuth signs every request to Triton with a key that is registered
// with the account:
//
//	signer, err := wrapper.NewSigner(key)
//	...
//	auth, err := wrapper.SignatureAuth("alice", signer)
//	...
//	triton, err := wrapper.NewTriton("https://cloudapi.example.com", "alice", auth)
//
// The key names itself by its fingerprint unless [KeyName] is given, and
// belongs to the account itself unless [SubUser] is given. account is the login
// of the account that owns the key, also where NewTriton gets another one (a
// client may act on accounts that trust its own); "my" means whoever signs and
// is not accepted here.
//
// Each call of Authorize sets the Date header and makes a new signature of it
// and of the method, path and query, with the query's as-role. The body is not
// covered: that is TLS's part. The request must not be changed afterwards.
//
// An account, login, key name, algorithm or fingerprint that cannot stand in
// the header is refused here, by name, with [ErrInvalid]. The Auth may be used by many goroutines
// at a time if the signer may, prints only what is public, and can be shared by
// clients.
func SignatureAuth(account string, signer Signer, opts ...SignatureOption) (Auth, error) {
	if isNil(signer) {
		return nil, invalid("signer", "it is nil")
	}
	if account == "my" {
		return nil, invalid("account", `"my" cannot name the owner of a key, give the login`)
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
			return nil, invalid("signer", "its fingerprint is not an MD5 fingerprint, the only kind that Triton knows")
		}
		settings.keyName = fingerprint
	}
	algorithm := signer.Algorithm()
	switch algorithm {
	case "rsa-sha256", "rsa-sha512", "ecdsa-sha256", "ecdsa-sha512", "ed25519-sha512":
	default:
		return nil, invalid("signer", "its algorithm is none that Triton verifies")
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

// A SignatureOption changes what [SignatureAuth] signs as.
type SignatureOption func(*signatureSettings) error

type signatureSettings struct{ subUser, keyName string }

// WithSubUser signs as a sub-user of the account, with a key that is registered
// with that sub-user. It takes the login.
func WithSubUser(login string) SignatureOption {
	return func(s *signatureSettings) error {
		s.subUser = login
		return checkKeyIDPart("sub-user", login)
	}
}

// WithKeyName tells the server the name under which the key is registered instead
// of the key's fingerprint. An MD5 fingerprint, in any of its forms, is good
// for a name as well; a SHA-256 fingerprint is refused, since the server does
// not know it.
func WithKeyName(name string) SignatureOption {
	return func(s *signatureSettings) error {
		s.keyName = name
		if fingerprint, ok := normalizeFingerprint(name); ok {
			s.keyName = fingerprint
		}
		if strings.HasPrefix(name, "SHA256:") {
			return invalid("key name", "Triton knows keys by name and by MD5 fingerprint; without KeyName the signer gives the latter")
		}
		return checkKeyIDPart("key name", name)
	}
}

// checkKeyIDPart keeps a part of the keyId from ending its quotes, its header
// or its place between the slashes. The value is not repeated: text given in
// the wrong place may be a secret.
func checkKeyIDPart(name, part string) error {
	if part == "" {
		return invalid(name, "it is empty")
	}
	if part == "." || part == ".." {
		return invalid(name, `"." and ".." are no names`)
	}
	for _, char := range part {
		if char < ' ' || char > '~' || strings.ContainsRune(`"\/`, char) {
			return invalid(name, "only printable ASCII characters other than quote, slash and backslash can stand in a keyId")
		}
	}
	if strings.TrimSpace(part) != part {
		return invalid(name, "it begins or ends with a space")
	}
	return nil
}

// signatureAuth keeps the signer only as a function, which nothing that
// prints or dumps values can look into.
type signatureAuth struct {
	keyID     string
	algorithm string
	sign      func(ctx context.Context, data []byte) ([]byte, error)

	// clockOffset, in nanoseconds, is what the server's clock is ahead of ours.
	clockOffset atomic.Int64
}

// Authorize sets Date and Authorization. It leaves the request alone when it
// returns an error.
func (a *signatureAuth) Authorize(r *http.Request) error {
	if r == nil || r.URL == nil {
		return errors.New("sign request: it is nil or has no URL")
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

// now is the time as the server has it, as far as that is known.
func (a *signatureAuth) now() time.Time {
	return time.Now().Add(time.Duration(a.clockOffset.Load()))
}

// correctClock takes the Date of an answer that refused a signature for its
// date. Where that is far from the machine's clock, or from what an earlier
// correction made of it, signatures follow the server's clock from now on and
// corrected is true: signing once again can help. It is true as well for those
// of many refusals that come in after the first has corrected the clock, since
// they were signed before. offset is how far the server's clock is ahead of the
// machine's (negative: behind).
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

// String tells which key signs. Nothing of it is secret.
func (a *signatureAuth) String() string {
	return "wrapper.SignatureAuth(" + a.keyID + " " + a.algorithm + ")"
}

func (a *signatureAuth) GoString() string             { return a.String() }
func (a *signatureAuth) Format(f fmt.State, _ rune)   { _, _ = f.Write([]byte(a.String())) }
func (a *signatureAuth) LogValue() slog.Value         { return slog.StringValue(a.String()) }
func (a *signatureAuth) MarshalText() ([]byte, error) { return []byte(a.String()), nil }
