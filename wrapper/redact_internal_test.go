package wrapper

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"html"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// writers are the ways in which services write a text into their own.
var writers = map[string]func(string) string{
	"as it is": func(s string) string { return s },
	"JSON":     func(s string) string { text, _ := json.Marshal(s); return string(text) },
	"JSON of others": func(s string) string {
		return strings.NewReplacer(`\`, `\\`, `"`, `\"`, "/", `\/`).Replace(s)
	},
	"JSON in ASCII": func(s string) string { return codeUnits(s, `\u%04x`, isASCII) },
	"JSON in upper-case escapes": func(s string) string {
		return codeUnits(s, `\u%04X`, func(rune) bool { return false })
	},
	"HTML": html.EscapeString,
	"HTML with names": func(s string) string {
		return strings.NewReplacer("&", "&amp;", `"`, "&quot;", "'", "&apos;", "ä", "&auml;").Replace(s)
	},
	"HTML with hexadecimal": func(s string) string { return codeUnits(s, "&#x%x;", isLetter) },
	"HTML with decimals":    func(s string) string { return codeUnits(s, "&#%d;", isLetter) },
	"query":                 url.QueryEscape,
	"path":                  url.PathEscape,
	"query in lower case":   func(s string) string { return lowerPercents(url.QueryEscape(s)) },
	"hexadecimal":           func(s string) string { return hex.EncodeToString([]byte(s)) },
	"upper-case hexadecimal": func(s string) string {
		return strings.ToUpper(hex.EncodeToString([]byte(s)))
	},
	"base64":     func(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) },
	"base64url":  func(s string) string { return base64.RawURLEncoding.EncodeToString([]byte(s)) },
	"base64 + 1": func(s string) string { return base64.StdEncoding.EncodeToString([]byte("{" + s + "}}")) },
	"base64 + 2": func(s string) string { return base64.URLEncoding.EncodeToString([]byte("ab" + s + "a")) },
}

func isASCII(r rune) bool  { return r < 0x80 }
func isLetter(r rune) bool { return 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' }

// codeUnits writes what keep does not keep as escapes.
func codeUnits(text, format string, keep func(rune) bool) string {
	var b strings.Builder
	for _, r := range text {
		switch {
		case keep(r):
			b.WriteRune(r)
		case r > 0xffff && format[0] == '\\':
			high, low := utf16.EncodeRune(r)
			fmt.Fprintf(&b, format+format, high, low)
		default:
			fmt.Fprintf(&b, format, r)
		}
	}
	return b.String()
}

func lowerPercents(text string) string {
	parts := strings.Split(text, "%")
	for i := range parts[1:] {
		parts[i+1] = strings.ToLower(parts[i+1][:2]) + parts[i+1][2:]
	}
	return strings.Join(parts, "%")
}

func TestSecretsAreRedactedHoweverTheyAreWritten(t *testing.T) {
	t.Parallel()
	for _, secret := range []string{"correct horse+battery", `ä"ö'ü\<&>/=?%41+😀 end`, `\\\\""//`, "100% sure; &amp; \\u0041"} {
		body, err := json.Marshal(map[string]any{"properties": map[string]string{"password": secret}})
		require.NoError(t, err)
		r, err := http.NewRequest(http.MethodPost, "https://api.example.com/um/users", strings.NewReader(string(body)))
		require.NoError(t, err)
		secrets := newRedactor(r)
		for first, write := range writers {
			for second, writeAgain := range writers {
				if strings.HasPrefix(second, "base64") && first != "as it is" || strings.Contains(second, "hexadecimal") && !strings.Contains(second, "HTML") && first != "as it is" {
					continue // what others have written is searched in them, not they in what others have written
				}
				echo := writeAgain(write(secret))
				text := secrets.clip("before: "+echo+" :after", maxErrorBody)
				assert.True(t, strings.HasPrefix(text, "before: ") && strings.HasSuffix(text, " :after"), text)
				// Quotes are nobody's secret, nor are the digits of base64 that hold bits of what is beside it.
				rest := strings.ReplaceAll(strings.TrimSuffix(strings.TrimPrefix(text, "before: "), " :after"), redacted, "")
				limit := len(writeAgain(`""`)) + 2
				if strings.HasPrefix(first, "base64 +") {
					limit = len(writeAgain("012=+/")) + len(`\u0031`)
				}
				assert.LessOrEqual(t, len(rest), limit, "%q as %s in %s: %q leaves %q", secret, first, second, echo, text)
				assert.Contains(t, text, redacted)
			}
		}
	}
}

func TestWhatIsNoSecretIsKept(t *testing.T) {
	t.Parallel()
	r, err := http.NewRequest(http.MethodPost, "https://api.example.com/um/users", strings.NewReader(`{"password":"correct-horse","email":"jo@example.com"}`))
	require.NoError(t, err)
	secrets := newRedactor(r)
	for _, text := range []string{"", "plain", `{"message":"the \u0022email\u0022 &quot;jo%40example.com&quot; is taken"}`, "%", "&", `\`, `\u12`, "%4", "&#", "100%25 & more;", "correct-hors"} {
		assert.Equal(t, text, secrets.clip(text, maxErrorBody))
	}
	assert.Equal(t, `a &quot;[redacted]&quot; b%20c`, secrets.clip(`a &quot;correct&#45;horse&quot; b%20c`, maxErrorBody))
	assert.Equal(t, "[redacted]x[redacted]", secrets.clip("correct-horsecorrect-horsexcorrect%2Dhorse", maxErrorBody))
}

// Half a secret is not found, so what is cut must be cut after it was searched.
func TestHalfASecretIsNotLeftWhereATextIsCut(t *testing.T) {
	t.Parallel()
	r, err := http.NewRequest(http.MethodPost, "https://api.example.com/um/users", strings.NewReader(`{"password":"correct-horse-battery"}`))
	require.NoError(t, err)
	secrets := newRedactor(r)
	for _, end := range []int{maxErrorBody, maxRedacted} {
		for before := end - 30; before < end+5; before++ {
			text := secrets.clip(strings.Repeat("x", before)+"correct-horse-battery"+strings.Repeat("y", 100), maxErrorBody)
			assert.NotContains(t, text, "corr")
			assert.LessOrEqual(t, len(text), maxErrorBody)
		}
	}
}

// Every echo that is searched is a chance to spend time: escapes of escapes of nothing.
func BenchmarkRedact(b *testing.B) {
	r, err := http.NewRequest(http.MethodPost, "https://api.example.com/um/users", strings.NewReader(`{"password":"correct-horse"}`))
	require.NoError(b, err)
	secrets := newRedactor(r)
	for name, text := range map[string]string{"message": "422: the email address is taken", "hostile": strings.Repeat(`\\&amp;%25+`, maxRedacted/11)} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				secrets.clip(text, maxErrorBody)
			}
		})
	}
}
