package contract

import (
	"encoding/json"
	"unicode/utf8"
)

// maxDepth is that of encoding/json.
const maxDepth = 10000

// scanner reads JSON from a slice without copying it.
//
// It is not the Scanner of internal/jsonscan, although both read JSON. That one decodes: it gives up on whatever is
// unusual (escaped keys, duplicates, text that is not UTF-8) and leaves the document to encoding/json. This one
// judges: it has to get through the unusual, know where it is, and call it by its name. What they could share is the
// syntax of numbers and of white space, forty lines; FuzzScanner compares this one with encoding/json.
type scanner struct {
	data []byte
	pos  int
}

func (s *scanner) space() {
	for s.pos < len(s.data) {
		switch s.data[s.pos] {
		case ' ', '\t', '\n', '\r':
			s.pos++
		default:
			return
		}
	}
}

// peek is the next byte after white space, 0 at the end.
func (s *scanner) peek() byte {
	s.space()
	if s.pos == len(s.data) {
		return 0
	}
	return s.data[s.pos]
}

// take consumes b if it is the next byte after white space.
func (s *scanner) take(b byte) bool {
	if s.peek() != b {
		return false
	}
	s.pos++
	return true
}

func (s *scanner) word(word string) bool {
	if len(s.data)-s.pos < len(word) || string(s.data[s.pos:s.pos+len(word)]) != word {
		return false
	}
	s.pos += len(word)
	return true
}

// text reads a string at its opening quote. What it returns is part of the data unless the string has
// escapes.
func (s *scanner) text() ([]byte, bool) {
	start := s.pos
	escaped := false
	for i := start + 1; i < len(s.data); i++ {
		switch b := s.data[i]; {
		case b == '"':
			s.pos = i + 1
			if !escaped {
				return s.data[start+1 : i], true
			}
			var text string
			if json.Unmarshal(s.data[start:s.pos], &text) != nil {
				s.pos = start
				return nil, false
			}
			return []byte(text), true
		case b == '\\':
			escaped = true
			i++
		case b < ' ':
			s.pos = i
			return nil, false
		}
	}
	s.pos = len(s.data)
	return nil, false
}

// number reads a number; whole is whether it is written without a fraction and an exponent.
func (s *scanner) number() (text []byte, whole, ok bool) {
	start := s.pos
	if s.pos < len(s.data) && s.data[s.pos] == '-' {
		s.pos++
	}
	switch {
	case s.pos == len(s.data):
		return nil, false, false
	case s.data[s.pos] == '0':
		s.pos++
	case !s.digits():
		return nil, false, false
	}
	whole = true
	if s.pos < len(s.data) && s.data[s.pos] == '.' {
		s.pos++
		whole = false
		if !s.digits() {
			return nil, false, false
		}
	}
	if s.pos < len(s.data) && s.data[s.pos]|0x20 == 'e' {
		s.pos++
		whole = false
		if s.pos < len(s.data) && (s.data[s.pos] == '+' || s.data[s.pos] == '-') {
			s.pos++
		}
		if !s.digits() {
			return nil, false, false
		}
	}
	return s.data[start:s.pos], whole, true
}

func (s *scanner) digits() bool {
	start := s.pos
	for s.pos < len(s.data) && s.data[s.pos] >= '0' && s.data[s.pos] <= '9' {
		s.pos++
	}
	return s.pos > start
}

// invalidUTF8 is the index of the first byte that is not part of UTF-8, -1 if there is none.
func invalidUTF8(data []byte) int {
	if utf8.Valid(data) {
		return -1
	}
	for i := 0; ; {
		r, size := utf8.DecodeRune(data[i:])
		if r == utf8.RuneError && size <= 1 {
			return i
		}
		i += size
	}
}
