package wrapper

import (
	"encoding/json"
	"net/http"
	"strings"
)

const redacted = "[redacted]"

// hideSecrets replaces what must not come back in an error: a server may echo a password or
// a header in its message. It is made only for answers that failed.
func hideSecrets(r *http.Request) *strings.Replacer {
	var pairs []string
	add := func(secret string) {
		// Replacing a word of a few letters would garble the text and protect nothing.
		if len(secret) < 4 {
			return
		}
		pairs = append(pairs, secret, redacted)
		// An echoed request has it as JSON writes it, in one of two ways.
		for _, html := range []bool{false, true} {
			if quoted := quote(secret, html); quoted != secret {
				pairs = append(pairs, quoted, redacted)
			}
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
	if r.GetBody != nil {
		if body, err := r.GetBody(); err == nil {
			var sent any
			if json.NewDecoder(body).Decode(&sent) == nil {
				eachPassword(sent, add)
			}
			_ = body.Close()
		}
	}
	return strings.NewReplacer(pairs...)
}

// quote writes text as JSON does, without the quotes around it.
func quote(text string, html bool) string {
	var b strings.Builder
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(html)
	if encoder.Encode(text) != nil {
		return text
	}
	return b.String()[1 : b.Len()-2]
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

// hiddenError keeps secrets out of the text of a cause, and the cause for errors.Is and As.
type hiddenError struct {
	text string
	err  error
}

func hideIn(err error, hide *strings.Replacer) error {
	text := err.Error()
	if clean := hide.Replace(text); clean != text {
		return &hiddenError{text: clean, err: err}
	}
	return err
}

func (e *hiddenError) Error() string    { return e.text }
func (e *hiddenError) GoString() string { return e.text }
func (e *hiddenError) Unwrap() error    { return e.err }
