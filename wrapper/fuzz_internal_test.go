package wrapper

import (
	"bytes"
	"encoding/json"
	"math/big"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Whatever a Location says, what is taken from it is one segment that needs no escaping and
// that stands where a request id stands, and its text is in no error.
func FuzzLocation(f *testing.F) {
	for _, location := range []string{
		"https://api.ionos.com/cloudapi/v6/requests/0fd7a5ac-5a7a-4b4b-9d1a-6a3a0e0a4e4f/status",
		"http://elsewhere.example/requests/a/status",
		"https://user:secret@api.ionos.com/requests/a/status?x=y#z",
		"/gateway/cloudapi/v6/requests/a-b_c/status/",
		"requests/a/status",
		"//api.ionos.com/requests/a/status",
		"https://api.ionos.com/requests/../status",
		"https://api.ionos.com/requests/%2e%2e/status",
		"https://api.ionos.com/requests/a%2Fb/status",
		"https://api.ionos.com/um/users/a",
		"https://[::1/requests/a/status",
		"requests:a/status",
		"\x00", "", "%", "///", "?requests/a/status",
	} {
		f.Add(location, "0fd7a5ac-5a7a-4b4b-9d1a-6a3a0e0a4e4f")
	}
	f.Fuzz(func(t *testing.T, location, id string) {
		got, err := requestIDOf(location)
		if err != nil {
			require.Empty(t, got)
			require.ErrorIs(t, err, errUnusableLocation)
		} else {
			require.Equal(t, url.PathEscape(got), got)
			require.NotContains(t, []string{"", ".", ".."}, got)
			require.Contains(t, location, "requests/"+got+"/status")
		}
		if checkRequestID(id) != nil {
			return
		}
		// An id is found under every host and prefix that a URL can have.
		prefix := strings.TrimRight(strings.NewReplacer("?", "", "#", "").Replace(location), "/")
		if u, err := url.Parse(prefix + "/requests/" + id + "/status"); err == nil && u.Opaque == "" {
			got, err := requestIDOf(prefix + "/requests/" + id + "/status")
			require.NoError(t, err)
			require.Equal(t, id, got)
		}
	})
}

// A Retry-After is whole seconds or a date to come, and everything else is no pause at all.
func FuzzRetryAfter(f *testing.F) {
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	for _, value := range []string{
		"0", "1", "120", " 7 ", "-1", "+1", "1.5", "1e3", "4294967295", "4294967296", "99999999999999999999",
		"Fri, 02 Jan 2026 03:04:06 GMT", "Friday, 02-Jan-26 03:05:05 GMT", "Fri Jan  2 03:04:09 2026",
		"Fri, 02 Jan 2026 03:04:04 GMT", "Fri, 31 Dec 9999 23:59:59 GMT", "Mon, 01 Jan 0001 00:00:00 GMT",
		"soon", "", "\x00", "1, 2",
	} {
		f.Add(value, int64(500*time.Millisecond), int64(30*time.Second), 1)
	}
	f.Add("", int64(24*time.Hour), int64(1<<62), 20)
	f.Add("", int64(1)<<62, int64(1)<<62, 4)
	f.Fuzz(func(t *testing.T, value string, minDelay, maxDelay int64, attempt int) {
		got := retryAfter(http.Header{"Retry-After": {value}}, now)
		require.GreaterOrEqual(t, got, time.Duration(0))
		require.LessOrEqual(t, got, maxRetryAfter)
		if seconds, ok := new(big.Float).SetString(strings.TrimSpace(value)); ok && isSeconds(value) && seconds.Cmp(big.NewFloat(1e9)) < 0 {
			want, _ := seconds.Float64()
			require.InDelta(t, want, got.Seconds(), 0.001)
		}

		// Without one, the pause is never none and never too long, whatever the policy.
		policy := RetryPolicy{MinDelay: time.Duration(minDelay), MaxDelay: time.Duration(maxDelay)}
		if policy.check() != nil || attempt < 1 {
			return
		}
		policy = policy.withDefaults()
		pause := policy.backoff(attempt)
		require.LessOrEqual(t, pause, policy.MaxDelay)
		require.GreaterOrEqual(t, pause, min(policy.MinDelay, policy.MaxDelay)/2)
	})
}

// isSeconds recognizes a number without sign and exponent.
func isSeconds(text string) bool { return strings.Trim(strings.TrimSpace(text), "0123456789.") == "" }

// Both vendors' error bodies, and everything that is none: the error is bounded, fits one line
// of a log or a terminal, and holds no secret that was sent.
func FuzzErrorBody(f *testing.F) {
	for _, body := range []string{
		`{"httpStatus":422,"messages":[{"errorCode":"439","message":"[(root).properties.email] is taken"}]}`,
		`{"httpStatus":"422","messages":[{"errorCode":439,"message":"x"},{"message":"y"}]}`,
		`{"code":"InvalidArgument","message":"login is already taken"}`,
		`{"message":"without a code"}`, `{"code":null,"message":7}`, `{"messages":{}}`, `{"messages":[null]}`,
		`<html><head><title>502 Bad Gateway</title></head></html>`,
		`{"code":"\u001b[31m\r\nfake log line","message":"\u009b31m"}`,
		`null`, `[]`, `""`, `{`, ``, "\x00\x1b[2J", "{\"code\":\"\x1b[31m\",\"message\":\"\\u001b[0m\\n\\u009b\\u202e\"}",
		`{"code":"` + strings.Repeat("A", 5000) + `"}`,
		strings.Repeat("[", 20_000),
		strings.Repeat(" ", maxErrorBody-10) + "correct-horse-1",
	} {
		f.Add([]byte(body), "correct-horse-1", 422)
	}
	f.Add([]byte(`{"code":"quoted \"horse\\&<1\" here"}`), `"horse\&<1"`, 409)
	f.Fuzz(func(t *testing.T, body []byte, password string, status int) {
		sent, err := json.Marshal(map[string]any{"properties": map[string]string{"password": password}})
		require.NoError(t, err)
		r, err := http.NewRequest(http.MethodPost, "https://api.example.com/um/users?q=1", bytes.NewReader(sent))
		require.NoError(t, err)
		resp := &http.Response{StatusCode: status, Header: http.Header{"X-Request-Id": {string(body)}}, Request: r}
		for _, vendor := range []*vendor{ionosVendor, tritonVendor} {
			failed := responseError(&response{Response: resp, data: body, vendor: vendor}, newRedactor(r))
			text := failed.Error()
			assert.LessOrEqual(t, len(text), (maxMessages+2)*(2*maxErrorText+20))
			for _, char := range text {
				if !unicode.IsPrint(char) {
					t.Fatalf("%q holds %q", text, char)
				}
			}
			assert.LessOrEqual(t, len(failed.Body), maxErrorBody+len(redacted))
			assert.LessOrEqual(t, len(failed.Messages), maxMessages)
			encoded, err := json.Marshal(failed)
			require.NoError(t, err)
			require.True(t, json.Valid(encoded))

			// What the JSON encoding of the request cannot carry, no server can echo.
			if len(password) < 8 || !utf8.ValidString(password) || strings.Contains(redacted, password) || strings.Contains(password, "redacted") {
				continue
			}
			for _, message := range failed.Messages {
				require.NotContains(t, message.Code+" "+message.Text, password)
			}
			require.NotContains(t, failed.RequestID, password)
			require.NotContains(t, string(failed.Body), password)
		}
	})
}

// A secret is hidden wherever it stands in an answer, as itself and as JSON writes it, at the
// end of what is kept of the body too.
func FuzzHiddenSecret(f *testing.F) {
	f.Add("correct-horse-1", "before ", " after")
	f.Add(`qu"ote\back&<>`, "{\"message\":\"", "\"}")
	f.Add("correct-horse-1", strings.Repeat("x", maxErrorBody-10), "")
	f.Fuzz(func(t *testing.T, password, before, after string) {
		if len(password) < 8 || !utf8.ValidString(password) || len(before) > 2*maxErrorBody ||
			strings.Contains("p"+redacted+redacted+redacted, password) {
			t.Skip()
		}
		escaped, err := json.Marshal(password)
		require.NoError(t, err)
		r, err := http.NewRequest(http.MethodPost, "https://api.example.com/acme/users", strings.NewReader(`{"password":`+string(escaped)+`}`))
		require.NoError(t, err)
		forms := []string{password, string(escaped[1 : len(escaped)-1])}
		// What stands before an escape can make something else of it, and HTML has none for control characters.
		if !strings.ContainsAny(before, `\&%`) && !strings.ContainsFunc(password, func(r rune) bool { return !unicode.IsPrint(r) }) {
			for _, write := range writers {
				forms = append(forms, strings.Trim(write(password), `"`))
			}
		}
		for _, form := range forms {
			if len(form) < 6 || strings.Contains(before+redacted+after, form) {
				continue
			}
			body := []byte(before + form + after)
			resp := &http.Response{StatusCode: 500, Header: http.Header{}, Request: r}
			failed := responseError(&response{Response: resp, data: body, vendor: tritonVendor}, newRedactor(r))
			kept := string(failed.Body)
			require.NotContains(t, kept, form)
			// Nor does the beginning of it stand at the end, where the body was cut. What repeats
			// its own beginning cannot be told from the text around it.
			if len(body) <= maxErrorBody || strings.Contains(form[1:], form[:6]) {
				continue
			}
			for n := 6; n < len(form) && !strings.Contains(before+redacted, form[:6]); n++ {
				require.False(t, strings.HasSuffix(kept, form[:n]), "%q", kept[max(0, len(kept)-40):])
			}
		}
	})
}
