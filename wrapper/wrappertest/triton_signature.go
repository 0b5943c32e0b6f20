package wrappertest

import (
	"cmp"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/fips140"
	"crypto/rsa"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// maxSkew is how far a request's Date may be from the server's clock, both ways.
const maxSkew = 300 * time.Second

type registeredKey struct {
	name        string
	fingerprint string
	key         crypto.PublicKey
	text        string // as it was sent, if it was
	configured  bool   // by AddKey: not part of the state
}

// AddKey registers a public key of the account: *rsa.PublicKey, *ecdsa.PublicKey
// (P-256, P-384, P-521) or ed25519.PublicKey. Requests may name it by its MD5
// fingerprint or, when name is not empty, by name. It panics for any other key.
func (c *Triton) AddKey(name string, key crypto.PublicKey) { c.addKey("", name, key) }

// AddUserKey registers a public key of a sub-user. A sub-user with keys cannot be
// deleted. See [Triton.AddKey].
func (c *Triton) AddUserKey(login, name string, key crypto.PublicKey) { c.addKey(login, name, key) }

func (c *Triton) addKey(login, name string, key crypto.PublicKey) {
	fingerprint := Fingerprint(key)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.keys[login] = append(slices.Clip(c.keys[login]), registeredKey{name: name, fingerprint: fingerprint, key: key, configured: login == ""})
}

// RemoveKeys forgets the keys of a sub-user, or with "" those of the account.
func (c *Triton) RemoveKeys(login string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.keys, login)
}

func invalidHeader(message string) *tritonError {
	return &tritonError{http.StatusBadRequest, "InvalidHeader", message}
}

func invalidCredentials(message string) *tritonError {
	return &tritonError{http.StatusUnauthorized, "InvalidCredentials", message}
}

// verify checks a request's signature and sets the caller: the login of a sub-user, or the account.
func (c *Triton) verify(q *call) *tritonError {
	if q.query.Has("expires") || q.query.Has("method") && !slices.Contains(strings.Split(q.query.Get("method"), ","), q.Method) {
		return internalError() // half of a presigned URL
	}
	authorization := q.Header.Get("Authorization")
	if authorization == "" {
		return invalidCredentials("You must make authenticated requests to use CloudAPI")
	}
	signature, failed := parseSignature(authorization)
	if failed != nil {
		return failed
	}
	text, failed := signedText(q, signature)
	if failed != nil {
		return failed
	}
	if failed := checkDate(q.Header.Get("Date")); failed != nil {
		return failed
	}
	key, login, failed := c.findKey(signature.keyID)
	if failed != nil {
		return failed
	}
	raw, err := base64.StdEncoding.DecodeString(signature.signature)
	if err != nil || !verifySignature(key.key, signature.algorithm, []byte(text), raw) {
		return invalidCredentials("The signature we calculated does not match the one you sent")
	}
	q.caller, q.subUser = cmp.Or(login, Account), login != ""
	return nil
}

type signatureParts struct {
	keyID, algorithm, signature string
	headers                     []string
	legacy                      bool // the vendor documentation's form: the Date alone, without its name
}

var signatureParameter = regexp.MustCompile(`^\s*([a-zA-Z]+)="([^"]*)"\s*(,|$)`)

// legacySignature: parameters, a blank, and the signature in base64.
var legacySignature = regexp.MustCompile(`^(.*") +([A-Za-z0-9+/]+=*)$`)

var algorithms = []string{
	"rsa-sha1", "rsa-sha256", "rsa-sha512", "ecdsa-sha256", "ecdsa-sha512", "ed25519-sha512",
}

func parseSignature(authorization string) (signatureParts, *tritonError) {
	scheme, rest, _ := strings.Cut(authorization, " ")
	if !strings.EqualFold(scheme, "Signature") {
		return signatureParts{}, invalidHeader("the Authorization scheme must be Signature")
	}
	parts := signatureParts{headers: []string{"date"}}
	if found := legacySignature.FindStringSubmatch(rest); found != nil {
		rest, parts.signature, parts.legacy = found[1], found[2], true
	}
	for rest != "" {
		found := signatureParameter.FindStringSubmatch(rest)
		if found == nil {
			return signatureParts{}, invalidHeader("the Authorization header is malformed")
		}
		rest = rest[len(found[0]):]
		switch found[1] {
		case "keyId":
			parts.keyID = found[2]
		case "algorithm":
			parts.algorithm = strings.ToLower(found[2])
		case "headers":
			parts.headers = strings.Fields(strings.ToLower(found[2]))
		case "signature":
			parts.signature = found[2]
		}
	}
	switch {
	case parts.keyID == "" || parts.algorithm == "" || parts.signature == "":
		return parts, invalidHeader("keyId, algorithm and signature are needed")
	case !slices.Contains(algorithms, parts.algorithm):
		return parts, invalidHeader("algorithm " + parts.algorithm + " is not supported")
	case !slices.Contains(parts.headers, "date"):
		return parts, invalidHeader("the date header must be signed")
	}
	return parts, nil
}

// signedText is what the client has to have signed.
func signedText(q *call, signature signatureParts) (string, *tritonError) {
	if signature.legacy {
		return q.Header.Get("Date"), nil
	}
	var lines []string
	for _, name := range signature.headers {
		switch name {
		case "(request-target)":
			target := q.RequestURI
			if target == "" {
				target = q.URL.RequestURI()
			}
			lines = append(lines, name+": "+strings.ToLower(q.Method)+" "+target)
		case "host":
			lines = append(lines, name+": "+q.Host)
		default:
			values := q.Header.Values(name)
			if len(values) == 0 {
				return "", invalidHeader(name + " is signed but was not sent")
			}
			lines = append(lines, name+": "+strings.Join(values, ", "))
		}
	}
	return strings.Join(lines, "\n"), nil
}

func checkDate(date string) *tritonError {
	at, err := http.ParseTime(date)
	if err != nil {
		// The vendor's Go client ends its dates in UTC, and the server takes them.
		at, err = time.Parse(time.RFC1123, date)
	}
	if err != nil {
		return invalidHeader("the Date header is not a date")
	}
	if skew := time.Since(at).Abs(); skew > maxSkew {
		return invalidHeader(fmt.Sprintf("Authorization header invalid: clock skew of %ss was greater than 300s", strconv.FormatFloat(skew.Round(time.Millisecond).Seconds(), 'f', -1, 64)))
	}
	return nil
}

// findKey finds the key of a keyId, and the login of the sub-user that it belongs to.
func (c *Triton) findKey(keyID string) (registeredKey, string, *tritonError) {
	account, login, name, known := splitKeyID(keyID)
	if known && (account == Account || account == c.accountID) {
		_, found := c.byLogin(login)
		i := c.keyIndex(login, name)
		if (found || login == "") && i >= 0 {
			return c.keys[login][i], login, nil
		}
	}
	return registeredKey{}, "", invalidCredentials("the key is unknown")
}

// splitKeyID takes apart /account/keys/KEY or /account/users/LOGIN/keys/KEY.
func splitKeyID(keyID string) (account, login, name string, known bool) {
	segments := strings.Split(keyID, "/")
	for i, segment := range segments {
		plain, err := url.PathUnescape(segment)
		if err != nil {
			return "", "", "", false
		}
		segments[i] = plain
	}
	last := segments[len(segments)-1]
	switch {
	case segments[0] != "" || last == "":
	case len(segments) == 4 && segments[2] == "keys":
		return segments[1], "", last, true
	case len(segments) == 6 && segments[2] == "users" && segments[4] == "keys":
		return segments[1], segments[3], last, segments[3] != ""
	}
	return "", "", "", false
}

// verifySignature checks a signature over text with the algorithm that the client
// named, which has to fit the key.
func verifySignature(key crypto.PublicKey, algorithm string, text, signature []byte) bool {
	kind, hashName, _ := strings.Cut(algorithm, "-")
	var hash crypto.Hash
	var digest []byte
	switch hashName {
	case "sha1":
		var sum [sha1.Size]byte
		fips140.WithoutEnforcement(func() { sum = sha1.Sum(text) })
		hash, digest = crypto.SHA1, sum[:]
	case "sha256":
		sum := sha256.Sum256(text)
		hash, digest = crypto.SHA256, sum[:]
	case "sha512":
		sum := sha512.Sum512(text)
		hash, digest = crypto.SHA512, sum[:]
	}
	switch key := key.(type) {
	case *rsa.PublicKey:
		return kind == "rsa" && rsa.VerifyPKCS1v15(key, hash, digest, signature) == nil
	case *ecdsa.PublicKey:
		return kind == "ecdsa" && ecdsa.VerifyASN1(key, digest, signature)
	case ed25519.PublicKey:
		return kind == "ed25519" && ed25519.Verify(key, text, signature)
	}
	return false
}
