package contract

import (
	"encoding/json"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"
)

var uuidPattern = regexp.MustCompile(`^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$`)

// formats are those that the document uses; a test fails when it uses another one.
var formats = map[string]func(text string) bool{
	"uuid":          uuidPattern.MatchString,
	"uri":           func(text string) bool { u := parseURL(text); return u != nil && u.IsAbs() && u.Host != "" },
	"uri-reference": func(text string) bool { return parseURL(text) != nil },
	"date-time":     func(text string) bool { _, err := time.Parse(time.RFC3339, text); return err == nil },
	"password":      func(string) bool { return true }, // says how to show it, not what it may be
	"int32":         func(text string) bool { _, err := strconv.ParseInt(text, 10, 32); return err == nil },
	"int64":         func(text string) bool { _, err := strconv.ParseInt(text, 10, 64); return err == nil },
}

func formatted(format string, value any) bool {
	check, ok := formats[format]
	if !ok {
		return true
	}
	switch value := value.(type) {
	case string:
		return check(value)
	case json.Number:
		return check(value.String())
	}
	return true
}

// parseURL is stricter than url.Parse: no blanks, no control characters, not empty.
func parseURL(text string) *url.URL {
	if text == "" || strings.ContainsFunc(text, func(r rune) bool { return r <= ' ' || r == 0x7f }) {
		return nil
	}
	u, err := url.Parse(text)
	if err != nil {
		return nil
	}
	return u
}
