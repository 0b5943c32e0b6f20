// Package jsonscan reads JSON for the decode functions that are generated into gen. It reads what
// encoding/json reads without an error and in one way only. Whatever is odd about a document makes a
// Scanner fail for good, and the caller decodes the document with encoding/json instead: broken
// syntax, a value of another type, a number out of range, a key with an escape or in another case,
// invalid UTF-8, deep nesting. So encoding/json decides what odd documents mean.
//
// A failed Scanner is at the end of its data: every method returns a zero value, and no loop goes on.
package jsonscan

import (
	"bytes"
	"encoding/binary"
	"math/bits"
	"strings"
	"unicode/utf8"
)

// maxDepth is how deep values may nest. Documents of the services nest six deep.
const maxDepth = 64

// A Scanner reads one document. The zero Scanner must not be used; see [New].
type Scanner struct {
	data   []byte
	pos    int
	depth  int
	budget int // bytes that lists may still take
	failed bool

	// Strings of one field share small pieces of memory, so that a string that is kept keeps little
	// more than itself. A document that is not a list has one arena for all fields: mask is 0.
	arenas [fields]arena
	mask   int
	left   int // about how many more strings a field will have
	bools  []bool
}

// fields is the number of arenas. Fields beyond it share one with another field.
const fields = 32

// New returns a Scanner of data, which must not change before the last method returns. list tells
// that the document holds many objects of one kind.
func New(data []byte, list bool) Scanner {
	s := Scanner{data: data, budget: Budget(len(data))}
	if list {
		s.mask = fields - 1
	}
	return s
}

func (s *Scanner) fail() {
	s.failed = true
	s.pos = len(s.data)
}

// Failed reports whether the document is odd.
func (s *Scanner) Failed() bool { return s.failed }

// Done reports whether the whole document was read and nothing about it is odd.
func (s *Scanner) Done() bool {
	s.peek()
	return !s.failed && s.pos == len(s.data)
}

// peek skips white space and returns the byte after it, 0 at the end.
func (s *Scanner) peek() byte {
	for s.pos < len(s.data) {
		switch c := s.data[s.pos]; c {
		case ' ', '\t', '\n', '\r':
			s.pos++
		default:
			return c
		}
	}
	return 0
}

func (s *Scanner) literal(text string) bool {
	if rest := s.data[s.pos:]; len(rest) < len(text) || string(rest[:len(text)]) != text {
		s.fail()
		return false
	}
	s.pos += len(text)
	return true
}

// Null reports whether the next value is null, and reads it if so.
func (s *Scanner) Null() bool { return s.peek() == 'n' && s.literal("null") }

// Object begins an object. It returns false if there is no member: at null, which changes nothing,
// at {}, and if the value is not an object.
//
//	for more := s.Object(); more; more = s.Next('}') { key := s.Key() ... }
func (s *Scanner) Object() bool { return s.open('{', '}') }

// Array begins an array, as Object does an object.
func (s *Scanner) Array() bool { return s.open('[', ']') }

func (s *Scanner) open(begin, end byte) bool {
	if c := s.peek(); c != begin {
		if c != 'n' || !s.literal("null") {
			s.fail()
		}
		return false
	}
	if s.depth == maxDepth {
		s.fail()
		return false
	}
	s.pos++
	if s.peek() == end {
		s.pos++
		return false
	}
	s.depth++
	return true
}

// Next goes to the next member or element. It returns false after the last one, whose object or
// array ends with end.
func (s *Scanner) Next(end byte) bool {
	switch s.peek() {
	case ',':
		s.pos++
		return true
	case end:
		s.pos++
		s.depth--
	default:
		s.fail()
	}
	return false
}

// Key reads the key of a member and the colon. The result is what is between the quotes, which only
// Unknown checks: no name of a field has an escape. It is valid as long as the data.
func (s *Scanner) Key() []byte {
	if s.peek() != '"' {
		s.fail()
		return nil
	}
	key := s.data[s.pos+1:]
	end := bytes.IndexByte(key, '"')
	if end < 0 {
		s.fail()
		return nil
	}
	s.pos += end + 2
	if !s.at(':') && s.peek() != ':' {
		s.fail()
		return nil
	}
	s.pos++
	return key[:end]
}

// Once fails if a member of the object came before: which of the two counts, or how much of each,
// is up to encoding/json.
func (s *Scanner) Once(seen *uint64, member uint64) {
	if *seen&member != 0 {
		s.fail()
	}
	*seen |= member
}

// Unknown skips the value of a key that is none of names. It fails if the key is one of them in
// another case, or is not plain.
func (s *Scanner) Unknown(key []byte, names []string) {
	if special(key, 0) < len(key) {
		s.fail()
		return
	}
	for _, name := range names {
		if len(name) == len(key) && strings.EqualFold(name, string(key)) {
			s.fail()
			return
		}
	}
	s.Skip()
}

// Skip reads any value. Text may have any escapes and need not be UTF-8.
func (s *Scanner) Skip() {
	switch c := s.peek(); c {
	case '{':
		for more := s.Object(); more; more = s.Next('}') {
			s.text()
			if s.peek() != ':' {
				s.fail()
				return
			}
			s.pos++
			s.Skip()
		}
	case '[':
		for more := s.Array(); more; more = s.Next(']') {
			s.Skip()
		}
	case '"':
		s.text()
	case 't':
		s.literal("true")
	case 'f':
		s.literal("false")
	case 'n':
		s.literal("null")
	default:
		s.number()
	}
}

// special returns the place of the first byte from i on that a plain string cannot have: a quote, a
// backslash, a control character, or a part of a character that is not ASCII. It looks at eight
// bytes at a time: a byte's highest bit is set in found if the byte is special, and perhaps in
// bytes after it, so the first one counts.
func special(data []byte, i int) int {
	const ones, highest = 0x0101010101010101, 0x8080808080808080
	for ; i+8 <= len(data); i += 8 {
		word := binary.LittleEndian.Uint64(data[i:])
		quote, backslash := word^(ones*'"'), word^(ones*'\\')
		found := ((quote-ones)&^quote | (backslash-ones)&^backslash | (word-ones*' ')&^word | word) & highest
		if found != 0 {
			return i + bits.TrailingZeros64(found)/8
		}
	}
	for ; i < len(data); i++ {
		if c := data[i]; c == '"' || c == '\\' || c < ' ' || c >= utf8.RuneSelf {
			break
		}
	}
	return i
}

type kind int

const (
	escaped kind = 1 << iota // has an escape
	wide                     // has a byte that is not ASCII
)

// text reads a string and returns what is between its quotes, escapes unread but checked.
func (s *Scanner) text() ([]byte, kind) {
	if s.peek() != '"' {
		s.fail()
		return nil, 0
	}
	start, has := s.pos+1, kind(0)
	for i := start; ; {
		i = special(s.data, i)
		if i >= len(s.data) {
			break
		}
		switch c := s.data[i]; {
		case c == '"':
			s.pos = i + 1
			return s.data[start:i], has
		case c >= utf8.RuneSelf:
			has |= wide
			i++
			continue
		case c == '\\':
			has |= escaped
			if n := escapeLength(s.data[i:]); n > 0 {
				i += n
				continue
			}
		}
		break
	}
	s.fail()
	return nil, 0
}

// escapeLength is the length of the escape that data begins with, 0 if it is none.
func escapeLength(data []byte) int {
	if len(data) < 2 {
		return 0
	}
	if data[1] != 'u' {
		if bytes.IndexByte([]byte(`"\/bfnrt`), data[1]) < 0 {
			return 0
		}
		return 2
	}
	if _, ok := hex(data); !ok {
		return 0
	}
	return 6
}

// hex reads the digits of an escape \uXXXX.
func hex(data []byte) (rune, bool) {
	if len(data) < 6 {
		return 0, false
	}
	value := rune(0)
	for _, c := range data[2:6] {
		switch {
		case c >= '0' && c <= '9':
			c -= '0'
		case c|0x20 >= 'a' && c|0x20 <= 'f':
			c = c | 0x20 - 'a' + 10
		default:
			return 0, false
		}
		value = value<<4 | rune(c)
	}
	return value, true
}
