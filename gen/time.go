package gen

import (
	"bytes"
	"time"
)

// Time is a date as the services send it. It embeds time.Time.
//
// A date without a zone is read as UTC. An empty, null or unreadable date becomes the zero
// Time: no response is lost over a date. Test with IsZero.
type Time struct {
	time.Time
}

// layouts are tried in order; the first is what the documentation promises.
var layouts = []string{
	time.RFC3339,
	"2006-01-02T15:04:05",
	"2006-01-02 15:04:05Z07:00",
	"2006-01-02 15:04:05",
	"2006-01-02T15:04:05Z0700",
	"2006-01-02",
}

// UnmarshalJSON never fails.
func (t *Time) UnmarshalJSON(data []byte) error {
	t.Time = time.Time{}
	text := string(bytes.Trim(data, `"`))
	if text == "" || text == "null" {
		return nil
	}
	for _, layout := range layouts {
		if parsed, err := time.Parse(layout, text); err == nil {
			t.Time = parsed
			return nil
		}
	}
	return nil
}
