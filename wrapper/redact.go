package wrapper

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"html"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

const redacted = "[redacted]"

// redactor replaces what must not come back in an error: a server may echo a password or
// a header in its message. It is made only for answers that failed.
func redactor(r *http.Request) *strings.Replacer {
	var secrets []string
	add := func(secret string) {
		// Replacing a word of a few letters would garble the text and protect nothing.
		if len(secret) < 4 {
			return
		}
		// An echoed request has it as JSON, a page or a form writes it, and JSON may hold that.
		for _, echo := range []string{secret, quote(secret, false), quote(secret, true), html.EscapeString(secret), url.QueryEscape(secret)} {
			secrets = append(secrets, echo, quote(echo, false), quote(echo, true))
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
	// A secret may begin like another: the longer one goes first.
	slices.SortFunc(secrets, func(a, b string) int { return cmp.Or(len(b)-len(a), strings.Compare(a, b)) })
	secrets = slices.Compact(secrets)
	pairs := make([]string, 0, 2*len(secrets))
	for _, secret := range secrets {
		pairs = append(pairs, secret, redacted)
	}
	return strings.NewReplacer(pairs...)
}

// quote writes text as JSON does, without the quotes around it.
func quote(text string, escapeHTML bool) string {
	var b strings.Builder
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(escapeHTML)
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

// hiddenError keeps secrets out of the text of a cause, and the cause for errors.Is and As. It
// has no Unwrap, so that nothing that walks the chain prints the cause.
type redactedError struct {
	text string
	err  error
}

func redactError(err error, hide *strings.Replacer) error {
	text := err.Error()
	if clean := hide.Replace(text); clean != text {
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
