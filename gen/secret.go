package gen

import (
	"fmt"
	"io"
	"log/slog"
)

const redacted = "[redacted]"

// Secret is a password in a request. It is sent as it is and printed as [redacted]: by every
// fmt verb and by log/slog. encoding/json writes the real value, because that is how it is
// sent: do not log a request body as JSON.
type Secret string

// Format prints [redacted] for every verb.
func (Secret) Format(state fmt.State, _ rune) { _, _ = io.WriteString(state, redacted) }

// String returns [redacted]. Use string(secret) for the value.
func (Secret) String() string { return redacted }

// LogValue returns [redacted].
func (Secret) LogValue() slog.Value { return slog.StringValue(redacted) }
