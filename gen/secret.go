package gen

import (
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
)

const redacted = "[redacted]"

// Secret is a password in a request. It is sent as it is and printed as [redacted]: by every
// fmt verb, by log/slog and by encoders of text such as encoding/xml. encoding/json writes the
// real value, because that is how it is sent: do not write a request body to a log as JSON yourself.
type Secret string

// Format prints [redacted] for every verb.
func (Secret) Format(state fmt.State, _ rune) { _, _ = io.WriteString(state, redacted) }

// String returns [redacted]. Use string(secret) for the value.
func (Secret) String() string { return redacted }

// MarshalText returns [redacted].
func (Secret) MarshalText() ([]byte, error) { return []byte(redacted), nil }

// MarshalJSON returns the real value, as a JSON string.
func (s Secret) MarshalJSON() ([]byte, error) { return json.Marshal(string(s)) }

// LogValue returns [redacted].
func (Secret) LogValue() slog.Value { return slog.StringValue(redacted) }

// Bodies that hold a password are printed as a whole: slog's JSON handler would write them as they
// are sent.

// LogValue is the body with [redacted] for the password.
func (b UserCreate) LogValue() slog.Value { return printed(b) }

// LogValue is the body with [redacted] for the password.
func (b UserCreateProperties) LogValue() slog.Value { return printed(b) }

// LogValue is the body with [redacted] for the password.
func (b UserUpdate) LogValue() slog.Value { return printed(b) }

// LogValue is the body with [redacted] for the password.
func (b UserUpdateProperties) LogValue() slog.Value { return printed(b) }

// LogValue is the body with [redacted] for the password.
func (b TritonUserCreate) LogValue() slog.Value { return printed(b) }

// LogValue is the body with [redacted] for the password.
func (b TritonPasswordChange) LogValue() slog.Value { return printed(b) }

func printed(body any) slog.Value { return slog.StringValue(fmt.Sprintf("%+v", body)) }
