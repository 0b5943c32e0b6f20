package contract

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
)

// FuzzScanner compares what is JSON here with what encoding/json takes for it, and the texts and numbers that both
// read. They differ in one thing: text that is not UTF-8 is malformed here.
func FuzzScanner(f *testing.F) {
	for _, seed := range []string{
		`null`, ` true `, `-0.5e+10`, `1E400`, `01`, `1.`, `-`, `.5`, `1e`, `"\u00fc\ud83d\ude00"`, `"\ud83d"`, `"\u12g4"`, `"\x"`, "\"\n\"", "\"\x7f\"",
		"\"\xff\"", "\ufeff{}", `{"a":{"a":[1,2,[]]},"b":"c"}`, `{"a":1,"a":2}`, `{"a"}`, `{"a":}`, `{"a":1,}`, `{,}`, `[1,]`, `[,1]`, `[1 2]`, `{}{}`, `[[[`, `]`, `"`, `"\`,
		`{"a\u0062":1}`, `tru`, `nulll`, `'a'`, "\t\r\n 1", "\f1", "1\x00", strings.Repeat("[", 100) + strings.Repeat("]", 100),
	} {
		f.Add([]byte(seed))
	}
	bodies, err := filepath.Glob("testdata/bodies/*.json")
	require.NoError(f, err)
	require.NotEmpty(f, bodies)
	for _, name := range bodies {
		body, err := os.ReadFile(name)
		require.NoError(f, err)
		f.Add(body)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		w := &walker{scanner: scanner{data: data}}
		malformed := w.body(nil)
		require.Equal(t, json.Valid(data) && utf8.Valid(data), malformed == "", "%q: %s", data, malformed)
		if malformed != "" {
			return
		}
		compareTokens(t, data)
	})
}

// compareTokens reads valid JSON as a sequence of texts and numbers, with both.
func compareTokens(t *testing.T, data []byte) {
	t.Helper()
	decoder := json.NewDecoder(strings.NewReader(string(data)))
	decoder.UseNumber()
	s := scanner{data: data}
	for {
		token, err := decoder.Token()
		if err != nil {
			return
		}
		for s.peek() == ',' || s.peek() == ':' {
			s.pos++
		}
		switch token := token.(type) {
		case string:
			text, ok := s.text()
			require.True(t, ok)
			require.Equal(t, token, string(text))
		case json.Number:
			text, whole, ok := s.number()
			require.True(t, ok)
			require.Equal(t, string(token), string(text))
			require.Equal(t, !strings.ContainsAny(string(token), ".eE"), whole)
		case json.Delim:
			require.True(t, s.take(byte(token)))
		case bool:
			require.True(t, s.word(map[bool]string{true: "true", false: "false"}[token]))
		default:
			require.True(t, s.word("null"))
		}
	}
}
