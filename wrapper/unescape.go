package wrapper

import (
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// maxEscapes is how many escapes inside one another are undone: a page of HTML that quotes JSON
// in which JSON is quoted.
const maxEscapes = 3

// escapedText is a text with escapes undone, and where each of its bytes begins in the text that
// they were undone in.
type escapedText struct {
	text   string
	starts []int32 // len(text)+1 of them; nil for the text itself
}

func (e escapedText) source(i int) int {
	if e.starts == nil {
		return i
	}
	return int(e.starts[i])
}

// each visits a text, and what it is with up to depth kinds of escapes undone in turn.
func (e escapedText) each(depth int, visit func(escapedText)) {
	visit(e)
	if depth == 0 {
		return
	}
	for _, kind := range escapes {
		if plain, changed := e.undo(kind.mark, kind.one); changed {
			plain.each(depth-1, visit)
		}
	}
}

// escapes are the kinds of escapes. In a query a plus is a space, in a path it is itself.
var escapes = []struct {
	mark string
	one  func(text string) (plain string, length int)
}{{"\\", jsonEscape}, {"&", htmlEscape}, {"%", pathEscape}, {"+%", queryEscape}}

// undo replaces each escape that begins with one of the bytes in mark.
func (e escapedText) undo(mark string, one func(string) (string, int)) (plain escapedText, changed bool) {
	if !strings.ContainsAny(e.text, mark) {
		return e, false
	}
	text := make([]byte, 0, len(e.text))
	starts := make([]int32, 0, len(e.text)+1)
	for i := 0; i < len(e.text); {
		char, length := e.text[i:i+1], 1
		if strings.Contains(mark, char) {
			if undone, n := one(e.text[i:]); n > 0 {
				char, length, changed = undone, n, true
			}
		}
		for range len(char) {
			starts = append(starts, int32(e.source(i)))
		}
		text = append(text, char...)
		i += length
	}
	starts = append(starts, int32(e.source(len(e.text))))
	return escapedText{string(text), starts}, changed
}

func jsonEscape(text string) (string, int) {
	if len(text) < 2 {
		return "", 0
	}
	switch text[1] {
	case '"', '\\', '/':
		return text[1:2], 2
	case 'b', 'f', 'n', 'r', 't':
		return string("\b\f\n\r\t"[strings.IndexByte("bfnrt", text[1])]), 2
	}
	r, ok := codeUnit(text)
	if !ok {
		return "", 0
	}
	if low, ok := codeUnit(text[6:]); ok {
		if pair := utf16.DecodeRune(r, low); pair != utf8.RuneError {
			return string(pair), 12
		}
	}
	return string(r), 6
}

// codeUnit reads \u and four digits.
func codeUnit(text string) (rune, bool) {
	if len(text) < 6 || text[0] != '\\' || text[1] != 'u' {
		return 0, false
	}
	var r rune
	for _, digit := range []byte(text[2:6]) {
		value := hexValue(digit)
		if value < 0 {
			return 0, false
		}
		r = r<<4 | rune(value)
	}
	return r, true
}

func pathEscape(text string) (string, int) {
	if len(text) < 3 || text[0] != '%' || hexValue(text[1]) < 0 || hexValue(text[2]) < 0 {
		return "", 0
	}
	return string([]byte{byte(hexValue(text[1])<<4 | hexValue(text[2]))}), 3
}

func queryEscape(text string) (string, int) {
	if text[0] == '+' {
		return " ", 1
	}
	return pathEscape(text)
}

// hexValue is -1 for what is no hexadecimal digit.
func hexValue(digit byte) int {
	switch {
	case '0' <= digit && digit <= '9':
		return int(digit - '0')
	case 'a' <= digit|0x20 && digit|0x20 <= 'f':
		return int(digit|0x20-'a') + 10
	}
	return -1
}
