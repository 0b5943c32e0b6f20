package contract

import (
	"net/url"
	"strconv"
	"strings"
)

// formats are the formats that are checked. A test fails when the embedded document uses another one.
var formats = map[string]func(text string) bool{
	"uuid":          isUUID,
	"uri":           isURI,
	"uri-reference": func(text string) bool { return parseURL(text) != nil },
	"date-time":     isDateTime,
	"date":          func(text string) bool { return len(text) == 10 && isDate(text) },
	"password":      func(string) bool { return true }, // says how to show it, not what it may be
	"int32":         func(text string) bool { _, err := strconv.ParseInt(text, 10, 32); return err == nil },
	"int64":         func(text string) bool { _, err := strconv.ParseInt(text, 10, 64); return err == nil },
}

func isUUID(text string) bool {
	if len(text) != 36 {
		return false
	}
	for i := range len(text) {
		b := text[i] | 0x20
		switch {
		case i == 8 || i == 13 || i == 18 || i == 23:
			if text[i] != '-' {
				return false
			}
		case text[i] >= '0' && text[i] <= '9' || b >= 'a' && b <= 'f':
		default:
			return false
		}
	}
	return true
}

// isURI is whether a text is an absolute URL with a host.
func isURI(text string) bool {
	for _, scheme := range []string{"https://", "http://"} {
		if rest, ok := strings.CutPrefix(text, scheme); ok && plainURL(rest) {
			return true
		}
	}
	u := parseURL(text)
	return u != nil && u.IsAbs() && u.Host != ""
}

// plainURL spares most URLs from being taken apart: a host name without a port, and a path without escapes.
func plainURL(rest string) bool {
	for i := range len(rest) {
		switch b := rest[i]; {
		case b >= 'a' && b <= 'z', b >= 'A' && b <= 'Z', b >= '0' && b <= '9', b == '-', b == '.':
		case i > 0 && strings.IndexByte("/_~", b) >= 0:
		case strings.IndexByte("?=&", b) >= 0 && strings.Contains(rest[:i], "/"):
		default:
			return false
		}
	}
	return rest != ""
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

// isDateTime is whether a text is a date-time of RFC 3339. Package time accepts more, such as a comma before
// the fraction, and less: leap seconds and lower-case letters are valid.
func isDateTime(text string) bool {
	if len(text) < len("2006-01-02T15:04:05Z") || !isDate(text[:10]) || text[10]|0x20 != 't' {
		return false
	}
	minute, second, ok := clock(text[11:19])
	if !ok {
		return false
	}
	rest, ok := afterFraction(text[19:])
	if !ok {
		return false
	}
	offset, ok := zone(rest)
	if !ok {
		return false
	}
	// A leap second is the last one of a day in UTC.
	const day = 24 * 60
	return second < 60 || ((minute-offset)%day+day)%day == day-1
}

// clock reads the eight characters of "15:04:05": the minute of the day, and the second.
func clock(text string) (minute, second int, ok bool) {
	hours, minutes, second := two(text), two(text[3:]), two(text[6:])
	ok = text[2] == ':' && text[5] == ':' && inRange(hours, 23) && inRange(minutes, 59) && inRange(second, 60)
	return hours*60 + minutes, second, ok
}

func inRange(n, most int) bool { return n >= 0 && n <= most }

// afterFraction is what follows a fraction of a second, if there is one.
func afterFraction(text string) (rest string, ok bool) {
	if text[0] != '.' {
		return text, true
	}
	digits := 1
	for digits < len(text) && text[digits] >= '0' && text[digits] <= '9' {
		digits++
	}
	return text[digits:], digits > 1
}

// zone is the offset of "Z" or "+01:00" in minutes.
func zone(text string) (offset int, ok bool) {
	if text == "Z" || text == "z" {
		return 0, true
	}
	if len(text) != 6 || text[0] != '+' && text[0] != '-' || text[3] != ':' {
		return 0, false
	}
	hours, minutes := two(text[1:]), two(text[4:])
	if !inRange(hours, 23) || !inRange(minutes, 59) {
		return 0, false
	}
	if offset = hours*60 + minutes; text[0] == '-' {
		offset = -offset
	}
	return offset, true
}

// isDate checks the ten characters of "2006-01-02".
func isDate(text string) bool {
	century, year, month, day := two(text), two(text[2:]), two(text[5:]), two(text[8:])
	if century < 0 || year < 0 || text[4] != '-' || text[7] != '-' || month < 1 || month > 12 {
		return false
	}
	days := [...]int{31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31}[month-1]
	if full := century*100 + year; month == 2 && full%4 == 0 && (full%100 != 0 || full%400 == 0) {
		days = 29
	}
	return day >= 1 && day <= days
}

// two is the number that two digits make, -1 if they are none.
func two(text string) int {
	if text[0] < '0' || text[0] > '9' || text[1] < '0' || text[1] > '9' {
		return -1
	}
	return int(text[0]-'0')*10 + int(text[1]-'0')
}
