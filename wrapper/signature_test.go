package wrapper

import (
	"bufio"
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// The key, request and signatures of draft-cavage-http-signatures-12,
// appendix C: published test values, no secret.
const appendixKey = `-----BEGIN RSA PRIVATE KEY-----
MIICXgIBAAKBgQDCFENGw33yGihy92pDjZQhl0C36rPJj+CvfSC8+q28hxA161QF
NUd13wuCTUcq0Qd2qsBe/2hFyc2DCJJg0h1L78+6Z4UMR7EOcpfdUE9Hf3m/hs+F
UR45uBJeDK1HSFHD8bHKD6kv8FPGfJTotc+2xjJwoYi+1hqp1fIekaxsyQIDAQAB
AoGBAJR8ZkCUvx5kzv+utdl7T5MnordT1TvoXXJGXK7ZZ+UuvMNUCdN2QPc4sBiA
QWvLw1cSKt5DsKZ8UETpYPy8pPYnnDEz2dDYiaew9+xEpubyeW2oH4Zx71wqBtOK
kqwrXa/pzdpiucRRjk6vE6YY7EBBs/g7uanVpGibOVAEsqH1AkEA7DkjVH28WDUg
f1nqvfn2Kj6CT7nIcE3jGJsZZ7zlZmBmHFDONMLUrXR/Zm3pR5m0tCmBqa5RK95u
412jt1dPIwJBANJT3v8pnkth48bQo/fKel6uEYyboRtA5/uHuHkZ6FQF7OUkGogc
mSJluOdc5t6hI1VsLn0QZEjQZMEOWr+wKSMCQQCC4kXJEsHAve77oP6HtG/IiEn7
kpyUXRNvFsDE0czpJJBvL/aRFUJxuRK91jhjC68sA7NsKMGg5OXb5I5Jj36xAkEA
gIT7aFOYBFwGgQAQkWNKLvySgKbAZRTeLBacpHMuQdl1DfdntvAyqpAZ0lY0RKmW
G6aFKaqQfOXKCyWoUiVknQJAXrlgySFci/2ueKlIE1QqIiLSZ8V8OlpFLRnb1pzI
7U1yQXnTAEFYM560yJlzUpOb1V4cScGd365tiSMvxLOvTA==
-----END RSA PRIVATE KEY-----`

const appendixDate = "Sun, 05 Jan 2014 21:31:40 GMT"

func appendixSigner(t *testing.T) Signer {
	t.Helper()
	block, _ := pem.Decode([]byte(appendixKey))
	key, err := x509.ParsePKCS1PrivateKey(block.Bytes)
	require.NoError(t, err)
	signer, err := NewSigner(key)
	require.NoError(t, err)
	return signer
}

func appendixRequest(t *testing.T) *http.Request {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost,
		"https://example.com/foo?param=value&pet=dog", strings.NewReader(`{"hello": "world"}`))
	require.NoError(t, err)
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Digest", "SHA-256=X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=")
	r.Header.Set("Content-Length", "18")
	return r
}

func TestSignedStringAndSignaturesAreThoseOfTheAppendix(t *testing.T) {
	t.Parallel()
	const all = "(request-target): post /foo?param=value&pet=dog\nhost: example.com\ndate: " + appendixDate +
		"\ncontent-type: application/json\ndigest: SHA-256=X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=\ncontent-length: 18"
	tests := []struct {
		section, headers, text, signature string
	}{
		{
			"C.1 default test", "date", "date: " + appendixDate,
			"SjWJWbWN7i0wzBvtPl8rbASWz5xQW6mcJmn+ibttBqtifLN7Sazz6m79cNfwwb8DMJ5cou1s7uEGKKCs+FLEEaDV5lp7q25WqS+lavg7T8hc0GppauB6hbgEKTwblDHYGEtbGmtdHgVCk9SuS13F0hZ8FD0k/5OxEPXe5WozsbM=",
		},
		{
			"C.2 basic test", "(request-target) host date", "(request-target): post /foo?param=value&pet=dog\nhost: example.com\ndate: " + appendixDate,
			"qdx+H7PHHDZgy4y/Ahn9Tny9V3GP6YgBPyUXMmoxWtLbHpUnXS2mg2+SbrQDMCJypxBLSPQR2aAjn7ndmw2iicw3HMbe8VfEdKFYRqzic+efkb3nndiv/x1xSHDJWeSWkx3ButlYSuBskLu6kd9Fswtemr3lgdDEmn04swr2Os0=",
		},
		{
			"C.3 all headers test", "(request-target) host date content-type digest content-length", all,
			"vSdrb+dS3EceC9bcwHSo4MlyKS59iFIrhgYkz8+oVLEEzmYZZvRs8rgOp+63LEM3v+MFHB32NfpB2bEKBIvB1q52LaEUHFv120V01IL+TAD48XaERZFukWgHoBTLMhYS2Gb51gWxpeIq8knRmPnYePbF5MOkR0Zkly4zKH7s1dE=",
		},
	}
	signer := appendixSigner(t)
	for _, test := range tests {
		t.Run(test.section, func(t *testing.T) {
			t.Parallel()
			text := signedString(appendixRequest(t), appendixDate, test.headers)
			assert.Equal(t, test.text, string(text))
			signature, err := signer.Sign(t.Context(), text)
			require.NoError(t, err)
			assert.Equal(t, test.signature, base64.StdEncoding.EncodeToString(signature))
		})
	}
}

// authorization takes an Authorization header apart, as strictly as it is
// written: four parameters in this order.
var authorization = regexp.MustCompile(`^Signature keyId="([^"]+)",algorithm="([^"]+)",headers="\(request-target\) date",signature="([A-Za-z0-9+/]+=*)"$`)

func TestAuthorizationNamesTheKeyAndIsVerifiable(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		for name, key := range testKeys(t) {
			signer, err := NewSigner(key)
			require.NoError(t, err, name)
			auth, err := SignatureAuth("alice", signer)
			require.NoError(t, err, name)

			r := httptest.NewRequest(http.MethodGet, "https://cloud.example/alice/users?membership=true&as-role=a%2Cb", nil)
			r.Header.Set("Date", "yesterday")
			require.NoError(t, auth.Authorize(r), name)

			// The clock of a synctest bubble starts there.
			assert.Equal(t, []string{"Sat, 01 Jan 2000 00:00:00 GMT"}, r.Header["Date"], name)
			parts := authorization.FindStringSubmatch(r.Header.Get("Authorization"))
			require.NotNil(t, parts, "%s: %s", name, r.Header.Get("Authorization"))
			assert.Equal(t, "/alice/keys/"+signer.Fingerprint(), parts[1], name)
			assert.Equal(t, signer.Algorithm(), parts[2], name)
			signature, err := base64.StdEncoding.DecodeString(parts[3])
			require.NoError(t, err, name)
			text := "(request-target): get /alice/users?membership=true&as-role=a%2Cb\ndate: Sat, 01 Jan 2000 00:00:00 GMT"
			assert.True(t, verifies(key.Public(), signer.Algorithm(), []byte(text), signature), name)
		}
	})
}

func TestEveryCallSignsAnewWithTheTimeOfTheCall(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		auth, err := SignatureAuth("alice", appendixSigner(t))
		require.NoError(t, err)
		r := httptest.NewRequest(http.MethodGet, "/alice/users", nil)
		require.NoError(t, auth.Authorize(r))
		first := r.Header.Clone()
		time.Sleep(time.Second)
		require.NoError(t, auth.Authorize(r))
		assert.Equal(t, "Sat, 01 Jan 2000 00:00:01 GMT", r.Header.Get("Date"))
		assert.NotEqual(t, first.Get("Authorization"), r.Header.Get("Authorization"))
		assert.Len(t, r.Header["Authorization"], 1)
	})
}

func TestKeyIDNamesSubUserAndKeyName(t *testing.T) {
	t.Parallel()
	signer := appendixSigner(t)
	fp := signer.Fingerprint()
	tests := map[string]struct {
		opts []SignatureOption
		want string
	}{
		"account":               {nil, "/alice/keys/" + fp},
		"sub-user":              {[]SignatureOption{WithSubUser("bob@x.example")}, "/alice/users/bob@x.example/keys/" + fp},
		"key name":              {[]SignatureOption{WithKeyName("work laptop")}, "/alice/keys/work laptop"},
		"fingerprint as name":   {[]SignatureOption{WithKeyName("MD5:" + strings.ToUpper(testFingerprint))}, "/alice/keys/" + testFingerprint},
		"sub-user and key name": {[]SignatureOption{WithKeyName("work"), nil, WithSubUser("bob")}, "/alice/users/bob/keys/work"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			auth, err := SignatureAuth("alice", signer, test.opts...)
			require.NoError(t, err)
			r := httptest.NewRequest(http.MethodGet, "/", nil)
			require.NoError(t, auth.Authorize(r))
			assert.Contains(t, r.Header.Get("Authorization"), `Signature keyId="`+test.want+`",`)
		})
	}
}

// fakeSigner answers what a test tells it to.
type fakeSigner struct {
	fingerprint, algorithm string
	sign                   func([]byte) ([]byte, error)
}

func (s fakeSigner) Fingerprint() string                                 { return s.fingerprint }
func (s fakeSigner) Algorithm() string                                   { return s.algorithm }
func (s fakeSigner) Sign(_ context.Context, data []byte) ([]byte, error) { return s.sign(data) }

const testFingerprint = "0a:1b:2c:3d:4e:5f:60:71:82:93:a4:b5:c6:d7:e8:f9"

func echoSigner() fakeSigner {
	return fakeSigner{testFingerprint, "rsa-sha256", func(data []byte) ([]byte, error) { return data, nil }}
}

func TestWhatCannotStandInAKeyIDIsRefusedByName(t *testing.T) {
	t.Parallel()
	const planted = "s3cret"
	parts := map[string]func(string) error{
		"account":  func(part string) error { _, err := SignatureAuth(part, echoSigner()); return err },
		"sub-user": func(part string) error { _, err := SignatureAuth("alice", echoSigner(), WithSubUser(part)); return err },
		"key name": func(part string) error { _, err := SignatureAuth("alice", echoSigner(), WithKeyName(part)); return err },
	}
	for name, construct := range parts {
		require.NoError(t, construct("fine.name_1"), name)
		for _, bad := range []string{"", ".", "..", planted + `"`, planted + `\`, planted + "/x", planted + "\r\nX: y", planted + "\x00", planted + "\x7f", planted + "é", " " + planted} {
			err := construct(bad)
			require.ErrorIs(t, err, ErrInvalid)
			require.ErrorContains(t, err, name+": ", "%s %q", name, bad)
			assert.NotContains(t, err.Error(), planted)
		}
	}
	require.ErrorContains(t, parts["account"]("my"), `account: "my"`)
	require.NoError(t, parts["sub-user"]("my"))
	err := parts["key name"]("SHA256:" + strings.Repeat("A", 43))
	require.ErrorIs(t, err, ErrInvalid)
	require.ErrorContains(t, err, "key name: must be a name or an MD5 fingerprint")
}

func TestUnusableSignersAreRefused(t *testing.T) {
	t.Parallel()
	shaOnly, weak, injected := echoSigner(), echoSigner(), echoSigner()
	shaOnly.fingerprint = "SHA256:" + strings.Repeat("A", 43)
	weak.algorithm = "rsa-sha1"
	injected.algorithm = `rsa-sha256",x="`
	for _, signer := range []Signer{nil, (*keySigner)(nil), shaOnly, weak, injected} {
		auth, err := SignatureAuth("alice", signer)
		require.ErrorIs(t, err, ErrInvalid)
		require.ErrorContains(t, err, "signer: ")
		assert.Nil(t, auth)
	}
	_, err := SignatureAuth("alice", shaOnly, WithKeyName("work"))
	require.NoError(t, err, "with a name the fingerprint does not matter")
}

func TestFingerprintOfASignerIsNormalised(t *testing.T) {
	t.Parallel()
	signer := echoSigner()
	signer.fingerprint = "MD5:" + strings.ToUpper(testFingerprint)
	auth, err := SignatureAuth("alice", signer)
	require.NoError(t, err)
	assert.Contains(t, fmt.Sprint(auth), "/alice/keys/"+testFingerprint)
}

func TestFailedSignatureLeavesTheRequestAlone(t *testing.T) {
	t.Parallel()
	gone := errors.New("agent gone")
	failing, empty := echoSigner(), echoSigner()
	failing.sign = func([]byte) ([]byte, error) { return nil, gone }
	empty.sign = func([]byte) ([]byte, error) { return nil, nil }
	for _, signer := range []Signer{failing, empty} {
		auth, err := SignatureAuth("alice", signer)
		require.NoError(t, err)
		r := httptest.NewRequest(http.MethodGet, "/alice/users", nil)
		err = auth.Authorize(r)
		require.ErrorContains(t, err, "sign request with key /alice/keys/"+testFingerprint)
		assert.Empty(t, r.Header)
		if signer.Fingerprint() == failing.fingerprint && errors.Is(err, gone) {
			continue
		}
		assert.ErrorContains(t, err, "empty")
	}
	auth, err := SignatureAuth("alice", echoSigner())
	require.NoError(t, err)
	require.Error(t, auth.Authorize(nil))
	require.Error(t, auth.Authorize(&http.Request{}))
}

func TestSignatureIsMadeForARequestWithoutHeaderMap(t *testing.T) {
	t.Parallel()
	auth, err := SignatureAuth("alice", echoSigner())
	require.NoError(t, err)
	r := httptest.NewRequest(http.MethodGet, "/alice/users", nil)
	r.Header, r.Method = nil, ""
	require.NoError(t, auth.Authorize(r))
	assert.Contains(t, string(signedText(t, r)), "(request-target): get /alice/users\n")
}

// signedText is what an echoSigner was given.
func signedText(t *testing.T, r *http.Request) []byte {
	t.Helper()
	parts := authorization.FindStringSubmatch(r.Header.Get("Authorization"))
	require.NotNil(t, parts)
	text, err := base64.StdEncoding.DecodeString(parts[3])
	require.NoError(t, err)
	return text
}

func TestClockFollowsTheServerWhereItIsFarOff(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		auth, err := SignatureAuth("alice", echoSigner())
		require.NoError(t, err)
		clock := authClock(t, auth)
		r := httptest.NewRequest(http.MethodGet, "/", nil)

		offset, corrected := clock.correctClock(time.Time{})
		assert.False(t, corrected, "an answer without Date says nothing")
		assert.Zero(t, offset)

		offset, corrected = clock.correctClock(time.Now().Add(-59 * time.Second))
		assert.False(t, corrected, "a minute is no reason for a refusal")
		assert.Equal(t, -59*time.Second, offset)
		require.NoError(t, auth.Authorize(r))
		assert.Equal(t, "Sat, 01 Jan 2000 00:00:00 GMT", r.Header.Get("Date"))

		offset, corrected = clock.correctClock(time.Now().Add(-time.Hour))
		assert.True(t, corrected)
		assert.Equal(t, -time.Hour, offset)
		require.NoError(t, auth.Authorize(r))
		assert.Equal(t, "Fri, 31 Dec 1999 23:00:00 GMT", r.Header.Get("Date"))

		// A second request was refused for the same clock, signed before.
		offset, corrected = clock.correctClock(time.Now().Add(-time.Hour))
		assert.True(t, corrected)
		assert.Equal(t, -time.Hour, offset)

		// The machine's clock was put right in the meantime.
		offset, corrected = clock.correctClock(time.Now())
		assert.True(t, corrected)
		assert.Zero(t, offset)
		require.NoError(t, auth.Authorize(r))
		assert.Equal(t, "Sat, 01 Jan 2000 00:00:00 GMT", r.Header.Get("Date"))

		_, corrected = clock.correctClock(time.Now())
		assert.False(t, corrected, "nothing left to correct")
	})
}

func authClock(t *testing.T, auth any) interface {
	correctClock(time.Time) (time.Duration, bool)
} {
	t.Helper()
	clock, ok := auth.(interface {
		correctClock(time.Time) (time.Duration, bool)
	})
	require.True(t, ok)
	return clock
}

func TestSignatureAuthIsSafeForConcurrentUse(t *testing.T) {
	t.Parallel()
	_, key, err := ed25519.GenerateKey(rand.Reader)
	require.NoError(t, err)
	signer, err := NewSigner(key)
	require.NoError(t, err)
	auth, err := SignatureAuth("alice", signer)
	require.NoError(t, err)
	clock := authClock(t, auth)
	var group sync.WaitGroup
	for i := range 16 {
		group.Go(func() {
			r := httptest.NewRequest(http.MethodGet, fmt.Sprintf("/alice/users/%d", i), nil)
			for range 20 {
				assert.NoError(t, auth.Authorize(r))
				parts := authorization.FindStringSubmatch(r.Header.Get("Authorization"))
				signature, err := base64.StdEncoding.DecodeString(parts[3])
				assert.NoError(t, err)
				text := fmt.Sprintf("(request-target): get /alice/users/%d\ndate: %s", i, r.Header.Get("Date"))
				assert.True(t, ed25519.Verify(key.Public().(ed25519.PublicKey), []byte(text), signature))
				clock.correctClock(time.Now().Add(time.Duration(i) * time.Hour))
			}
		})
	}
	group.Wait()
}

func TestSignatureAuthPrintsNeitherKeyNorSignature(t *testing.T) {
	t.Parallel()
	_, key, err := ed25519.GenerateKey(rand.Reader)
	require.NoError(t, err)
	signer, err := NewSigner(key)
	require.NoError(t, err)
	auth, err := SignatureAuth("alice", signer, WithSubUser("bob"))
	require.NoError(t, err)
	r := httptest.NewRequest(http.MethodGet, "/alice/users", nil)
	require.NoError(t, auth.Authorize(r))
	signature, err := base64.StdEncoding.DecodeString(authorization.FindStringSubmatch(r.Header.Get("Authorization"))[3])
	require.NoError(t, err)
	assertPrintsOnly(t, auth, "/alice/users/bob/keys/"+signer.Fingerprint(), key.Seed(), signature)
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
		assert.Equal(t, "wrapper.SignatureAuth(/alice/users/bob/keys/"+signer.Fingerprint()+" ed25519-sha512)", fmt.Sprintf(verb, auth), verb)
	}
}

// FuzzSignedTarget holds that the target that is signed is the one on the wire,
// and that nothing in a URL can add a line to what is signed.
func FuzzSignedTarget(f *testing.F) {
	for _, target := range []string{
		"https://h/alice/users", "https://h/alice/users/a%2Fb?as-role=x%2Cy", "https://h", "https://h/?", "https://h//two",
		"https://h/a b", "https://h/é?ü=1#f", "https://h/%0a?x=%0d", "http:opaque", "https://h/a?b?c&d=e;f", "//h/x", "https://h/*",
	} {
		f.Add(http.MethodPost, target)
	}
	signer := echoSigner()
	f.Fuzz(func(t *testing.T, method, target string) {
		r, err := http.NewRequestWithContext(t.Context(), method, target, nil)
		if err != nil || r.URL.Host == "" || r.Method == http.MethodConnect {
			return // nothing that net/http sends, or a proxy's own method
		}
		auth, err := SignatureAuth("alice", signer)
		require.NoError(t, err)
		require.NoError(t, auth.Authorize(r))

		var wire bytes.Buffer
		if err := r.Write(&wire); err != nil {
			return
		}
		line, err := bufio.NewReader(&wire).ReadString('\n')
		require.NoError(t, err)
		sentMethod, rest, ok := strings.Cut(line, " ")
		require.True(t, ok)
		sentTarget := strings.TrimSuffix(rest, " HTTP/1.1\r\n")
		assert.Equal(t,
			"(request-target): "+strings.ToLower(sentMethod)+" "+sentTarget+"\ndate: "+r.Header.Get("Date"),
			string(signedText(t, r)))
		assert.Equal(t, 1, bytes.Count(signedText(t, r), []byte("\n")))
	})
}
