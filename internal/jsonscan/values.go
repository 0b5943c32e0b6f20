package jsonscan

import (
	"math"
	"unicode/utf16"
	"unicode/utf8"
)

// String reads a string, which does not change with the data. null is "". field is the number of
// the field that it is for.
func (s *Scanner) String(field int) string {
	if s.Null() {
		return ""
	}
	text, has := s.text()
	if has == 0 {
		return s.keep(field, text)
	}
	if has&wide != 0 && !utf8.Valid(text) {
		s.fail()
		return ""
	}
	if has&escaped == 0 {
		return s.keep(field, text)
	}
	plain, ok := unescape(text)
	if !ok {
		s.fail()
		return ""
	}
	return s.keep(field, plain)
}

// unescape replaces the escapes of a checked text. It returns false for half of a surrogate pair.
func unescape(text []byte) ([]byte, bool) {
	plain := make([]byte, 0, len(text))
	for i := 0; i < len(text); {
		if text[i] != '\\' {
			plain = append(plain, text[i])
			i++
			continue
		}
		switch c := text[i+1]; c {
		case 'b':
			plain = append(plain, '\b')
		case 'f':
			plain = append(plain, '\f')
		case 'n':
			plain = append(plain, '\n')
		case 'r':
			plain = append(plain, '\r')
		case 't':
			plain = append(plain, '\t')
		case 'u':
			char, _ := hex(text[i:])
			i += 6
			if utf16.IsSurrogate(char) {
				if len(text)-i < 6 || text[i] != '\\' || text[i+1] != 'u' {
					return nil, false
				}
				second, _ := hex(text[i:])
				if char = utf16.DecodeRune(char, second); char == utf8.RuneError {
					return nil, false
				}
				i += 6
			}
			plain = utf8.AppendRune(plain, char)
			continue
		default:
			plain = append(plain, c)
		}
		i += 2
	}
	return plain, true
}

// StringPointer reads a string. null is nil.
func (s *Scanner) StringPointer(field int) *string {
	if s.Null() {
		return nil
	}
	value := s.String(field)
	return &value
}

// Strings reads an array of strings. null is nil, and [] is not.
func (s *Scanner) Strings(field int) []string {
	if s.Null() {
		return nil
	}
	list := []string{}
	for more := s.Array(); more; more = s.Next(']') {
		list = append(list, s.String(field))
	}
	return list
}

// Raw reads a string without escapes and of ASCII characters alone, and returns it with its quotes.
// It returns nil for null. The result is valid as long as the data.
func (s *Scanner) Raw() []byte {
	if s.Null() {
		return nil
	}
	text, has := s.text()
	if has != 0 || s.failed {
		s.fail()
		return nil
	}
	return s.data[s.pos-len(text)-2 : s.pos]
}

// Bool reads true or false. null is false.
func (s *Scanner) Bool() bool {
	s.peek()
	// A comparison with a constant is one instruction, a call of literal some thirty.
	switch rest := s.data[s.pos:]; {
	case len(rest) >= len("true") && string(rest[:len("true")]) == "true":
		s.pos += len("true")
		return true
	case len(rest) >= len("false") && string(rest[:len("false")]) == "false":
		s.pos += len("false")
	case !s.Null():
		s.fail()
	}
	return false
}

// BoolPointer reads true or false. null is nil. No two results point to the same variable.
func (s *Scanner) BoolPointer() *bool {
	if s.peek() == 'n' {
		s.literal("null")
		return nil
	}
	if len(s.bools) == 0 {
		s.bools = make([]bool, 32)
	}
	value := &s.bools[0]
	s.bools = s.bools[1:]
	*value = s.Bool()
	return value
}

// Int reads a whole number without an exponent. null is 0.
func (s *Scanner) Int() int {
	if s.Null() {
		return 0
	}
	text := s.number()
	negative := len(text) > 0 && text[0] == '-'
	if negative {
		text = text[1:]
	}
	value := int64(0)
	for _, c := range text {
		// The largest numbers are left to encoding/json, too.
		if c < '0' || c > '9' || value > math.MaxInt/10-1 {
			s.fail()
			return 0
		}
		value = value*10 + int64(c-'0')
	}
	if negative {
		value = -value
	}
	return int(value)
}

// number reads a number and returns its text.
func (s *Scanner) number() []byte {
	s.peek()
	start := s.pos
	if s.at('-') {
		s.pos++
	}
	switch {
	case s.at('0'):
		s.pos++
	case !s.digits():
		return nil
	}
	if s.at('.') {
		s.pos++
		if !s.digits() {
			return nil
		}
	}
	if s.at('e') || s.at('E') {
		s.pos++
		if s.at('+') || s.at('-') {
			s.pos++
		}
		if !s.digits() {
			return nil
		}
	}
	return s.data[start:s.pos]
}

func (s *Scanner) at(c byte) bool { return s.pos < len(s.data) && s.data[s.pos] == c }

// digits reads one digit or more.
func (s *Scanner) digits() bool {
	start := s.pos
	for s.pos < len(s.data) && s.data[s.pos] >= '0' && s.data[s.pos] <= '9' {
		s.pos++
	}
	if s.pos == start {
		s.fail()
		return false
	}
	return true
}
