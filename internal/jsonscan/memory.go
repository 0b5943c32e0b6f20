package jsonscan

import (
	"bytes"
	"math"
	"strings"
)

const (
	chunk = 1 << 10 // bytes of a piece of memory that strings share
	large = 1 << 8  // a string of so many bytes gets its own
)

// An arena is memory for the strings of a field.
type arena struct {
	piece strings.Builder // the strings so far; it never grows, so that they stay where they are
	last  string
}

// keep copies text. A text that comes again at once, such as the type of each item, is not copied.
func (s *Scanner) keep(field int, text []byte) string {
	if len(text) == 0 {
		return ""
	}
	a := &s.arenas[field&s.mask&(fields-1)]
	if string(text) == a.last {
		return a.last
	}
	if len(text) >= large {
		a.last = string(text)
		return a.last
	}
	if a.piece.Cap()-a.piece.Len() < len(text) {
		a.piece.Reset()
		a.piece.Grow(s.room(len(text)))
	}
	start := a.piece.Len()
	a.piece.Write(text)
	a.last = a.piece.String()[start:]
	return a.last
}

// room is how much memory is worth having for the strings of a field, of which the next has size
// bytes. In a document of one object all strings come from one arena, and they are about half of it.
func (s *Scanner) room(size int) int {
	if s.mask == 0 {
		return max(size, min(chunk, (len(s.data)-s.pos)/2))
	}
	return max(size, min(chunk, size*s.left))
}

// Budget is how many bytes the lists of a document of size bytes may take. An item of a service's
// list takes twice its text. The rest is for lists of objects that say next to nothing: so that
// such a document costs memory in proportion to its own bytes.
func Budget(size int) int { return 1<<20 + 32*min(size, math.MaxInt/64) }

// Offset is where the Scanner is, for Room.
func (s *Scanner) Offset() int { return s.pos }

// pageDepth is how deep the items of a list are that is the document, or a member of it.
const pageDepth = 2

// Room is how many items of size bytes a list needs room for that began at offset start and has length
// items, or 0 if the items would take too much memory for so little text: then the Scanner fails. The
// items of a page have much the same structure: the number of braces so far tells how many are to come.
func (s *Scanner) Room(length, size, start int) int {
	want := max(length, 1)
	if length > 0 && s.depth <= pageDepth {
		so, on := bytes.Count(s.data[start:s.pos], brace), bytes.Count(s.data[s.pos:], brace)
		if so == 0 { // null and nothing else
			so, on = s.pos-start, len(s.data)-s.pos
		}
		want = max(on*length/max(so, 1), length/4+1)
		s.left = want
	}
	room := length + want
	if room > s.budget/max(size, 1) {
		s.fail()
		return 0
	}
	s.budget -= room * size
	return room
}

var brace = []byte{'{'}

// Elements is how many elements the arrays of a document have at most, whatever its syntax.
func Elements(data []byte) int {
	var arrays uint64 // a bit for each open value, set for an array
	depth, count := 0, 0
	for i := 0; i < len(data); i++ {
		switch c := data[i]; c {
		case '"':
			i = skipText(data, i)
		case '[', '{':
			if depth++; depth <= maxDepth {
				arrays <<= 1
				if c == '[' {
					arrays |= 1
				}
			}
			if c == '[' {
				count++
			}
		case ']', '}':
			if depth <= maxDepth {
				arrays >>= 1
			}
			depth = max(depth-1, 0)
		case ',':
			if depth > maxDepth || arrays&1 != 0 {
				count++
			}
		}
	}
	return count
}

// skipText returns the place of the quote that ends the string at i, or the end of data.
func skipText(data []byte, i int) int {
	for i++; i < len(data) && data[i] != '"'; i++ {
		if data[i] == '\\' {
			i++
		}
	}
	return i
}
