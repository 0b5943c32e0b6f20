package wrapper

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
)

const redacted = "[redacted]"

// minSecret is the least number of bytes that are redacted: to replace a word of a few letters
// would garble the text and protect nothing.
const minSecret = 4

// A redactor replaces what must not come back in an error: a server may echo a password or
// a header in its message. It finds a secret as itself, in hexadecimal and in base64, and each
// of these under the escapes of JSON, HTML and URLs, one inside another.
type redactor []string

// newRedactor collects the secrets of a request. It is called only for responses that failed.
func newRedactor(r *http.Request) redactor {
	var secrets redactor
	add := func(secret string) {
		if len(secret) >= minSecret {
			secrets = append(secrets, secret, hex.EncodeToString([]byte(secret)), strings.ToUpper(hex.EncodeToString([]byte(secret))))
			secrets = append(secrets, base64Of(secret)...)
		}
	}
	credentials := r.Header.Get("Authorization")
	add(credentials)
	if _, value, ok := strings.Cut(credentials, " "); ok {
		add(value)
	}
	if user, password, ok := r.BasicAuth(); ok {
		add(user + ":" + password)
		add(password)
	}
	add(r.Header.Get("X-Contract-Number"))
	if r.GetBody != nil {
		if body, err := r.GetBody(); err == nil {
			var sent any
			if json.NewDecoder(body).Decode(&sent) == nil {
				eachPassword(sent, add)
			}
			_ = body.Close()
		}
	}
	slices.Sort(secrets)
	return slices.Compact(secrets)
}

// base64Of returns what base64, in both alphabets, makes of a secret wherever it begins within a
// group of three bytes. The digits that hold bits of what is beside it are left out.
func base64Of(secret string) (forms []string) {
	for _, encoding := range []*base64.Encoding{base64.RawStdEncoding, base64.RawURLEncoding} {
		for before, digits := range []int{0, 2, 3} {
			whole := (before + len(secret)) * 8 / 6
			form := encoding.EncodeToString(append(make([]byte, before), secret...))[digits:whole]
			if len(form) >= minSecret {
				forms = append(forms, form)
			}
		}
	}
	return forms
}

// maxRedacted bounds what is searched of one text, and maxEcho is more than a secret takes there.
const (
	maxRedacted = 16 << 10
	maxEcho     = 8 << 10
)

// clip returns the beginning of text without secrets, at most limit bytes of it. It is cut
// afterwards, since half a secret would not be found.
func (secrets redactor) clip(text string, limit int) string {
	whole := len(text) <= maxRedacted
	text = secrets.replace(text[:min(len(text), maxRedacted)])
	if !whole {
		text = text[:max(0, len(text)-maxEcho)]
	}
	return text[:min(len(text), limit)]
}

func (secrets redactor) replace(text string) string {
	if len(secrets) == 0 {
		return text
	}
	var hidden []bool // by byte of text, nil if none
	escapedText{text: text}.each(maxEscapes, func(plain escapedText) {
		for _, secret := range secrets {
			for from := 0; ; from++ {
				i := strings.Index(plain.text[from:], secret)
				if i < 0 {
					break
				}
				from += i
				if hidden == nil {
					hidden = make([]bool, len(text))
				}
				for j := plain.source(from); j < plain.source(from+len(secret)); j++ {
					hidden[j] = true
				}
			}
		}
	})
	if hidden == nil {
		return text
	}
	var out strings.Builder
	for i := range len(text) {
		switch {
		case !hidden[i]:
			out.WriteByte(text[i])
		case i == 0 || !hidden[i-1]:
			out.WriteString(redacted)
		}
	}
	return out.String()
}

func eachPassword(value any, found func(string)) {
	switch value := value.(type) {
	case map[string]any:
		for name, field := range value {
			if text, ok := field.(string); ok && strings.HasPrefix(name, "password") {
				found(text)
				continue
			}
			eachPassword(field, found)
		}
	case []any:
		for _, item := range value {
			eachPassword(item, found)
		}
	}
}

// redactedError keeps secrets out of the text of a cause, and the cause for errors.Is and As. It
// has no Unwrap, so that nothing that walks the chain prints the cause.
type redactedError struct {
	text string
	err  error
}

func redactError(err error, hide redactor) error {
	text := err.Error()
	if clean := hide.replace(text); clean != text {
		return &redactedError{text: clean, err: err}
	}
	return err
}

func (e *redactedError) Error() string { return e.text }

// Format prints the text for every verb: for those that text does not have, fmt would print
// what is inside.
func (e *redactedError) Format(state fmt.State, _ rune) { _, _ = io.WriteString(state, e.text) }

func (e *redactedError) Is(target error) bool { return errors.Is(e.err, target) }
func (e *redactedError) As(target any) bool   { return errors.As(e.err, target) }
