package jsonscan

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// That the values are right is tested in gen, against encoding/json.

func TestSpecialFindsTheFirstByteThatIsNotPlain(t *testing.T) {
	t.Parallel()
	for c := range 256 {
		isSpecial := c == '"' || c == '\\' || c < ' ' || c >= 0x80
		for at := range 20 {
			for _, fill := range []byte{' ', '!', '#', '[', ']', 0x7f} {
				data := []byte(strings.Repeat(string(rune(fill)), 24))
				data[at] = byte(c)
				want := len(data)
				if isSpecial {
					want = at
				}
				require.Equal(t, want, special(data, 0), "%q", data)
			}
		}
	}
	assert.Equal(t, 3, special([]byte(`abc"defgh"`), 0))
	assert.Equal(t, 9, special([]byte(`abc"defgh"`), 4))
}

func TestSkipAcceptsWhatEncodingJSONAccepts(t *testing.T) {
	t.Parallel()
	for _, document := range []string{
		`{}`, `[]`, `[{}]`, `{"a":[1,2,{"b":null}],"c":"d"}`, `0`, `-0.5e+10`, `1E5`, `"\u00fc\ud800"`, " true ", "\t[\n1 , 2\r]",
		``, ` `, `{`, `[`, `[1`, `[1,`, `[1,]`, `{"a"}`, `{"a":}`, `{"a":1,}`, `{a:1}`, `01`, `1.`, `-`, `.5`, `1e`, `1e+`, `tru`, `nulll`, `"`, `"\`, `"\u`, `"\u12g4"`, `"\x"`, "\"\n\"", `[1]]`, `[}`, `{]`, `1 2`, `'a'`, `]`, `,`,
	} {
		s := New([]byte(document), false)
		s.Skip()
		assert.Equal(t, json.Valid([]byte(document)), s.Done(), document)
	}
}

func TestAFailedScannerReturnsZeroValues(t *testing.T) {
	t.Parallel()
	s := New([]byte(`x"text"{"a":[1,true]}`), true)
	s.Skip()
	require.True(t, s.Failed())
	assert.Empty(t, s.String(0))
	assert.Empty(t, s.Key())
	assert.Empty(t, s.Raw())
	assert.Zero(t, s.Int())
	assert.False(t, s.Bool())
	assert.False(t, s.Object())
	assert.False(t, s.Array())
	assert.False(t, s.Next('}'))
	assert.False(t, s.Null())
	assert.False(t, s.Done())
}

func TestAKeyInAnotherCaseIsOdd(t *testing.T) {
	t.Parallel()
	for key, odd := range map[string]bool{"ID": true, "iD": true, "idx": false, "d": false} {
		s := New([]byte(`1`), false)
		s.Unknown([]byte(key), []string{"type", "id"})
		assert.Equal(t, odd, s.Failed(), key)
	}
}

func TestStringsKeepTheirText(t *testing.T) {
	t.Parallel()
	for _, list := range []bool{false, true} {
		texts := []string{"", "a", "a", "ab", strings.Repeat("x", large-1), strings.Repeat("y", large), strings.Repeat("z", 3*chunk), "a"}
		for i := range 200 {
			texts = append(texts, strings.Repeat("t", i), "u")
		}
		data, err := json.Marshal(texts)
		require.NoError(t, err)
		s := New(data, list)
		s.left = 10
		got := s.Strings(fields + 3)
		require.True(t, s.Done())
		clear(data)
		assert.Equal(t, texts, got)
	}
}

func TestElementsCountsThoseOfLists(t *testing.T) {
	t.Parallel()
	for document, want := range map[string]int{
		``: 0, `{}`: 0, `{"a":1,"b":2}`: 0, `[]`: 1, `[1,2,3]`: 3, `[[1,2],[3]]`: 2 + 2 + 1, `{"a":[1,{"b":2,"c":3},4]}`: 3,
		`["a,b\",c",2]`: 2, `[1,2`: 2, `]]]],[1,2]`: 2, `["`: 1, `["\`: 1,
	} {
		assert.Equal(t, want, Elements([]byte(document)), document)
	}
	// Deep inside, what is a list is not known: everything counts. Outside it is known again.
	deep := strings.Repeat("[", maxDepth+10) + `{"a":1,"b":2}` + strings.Repeat("]", maxDepth+10)
	assert.Equal(t, maxDepth+10+1, Elements([]byte(deep)))
	assert.Equal(t, 3+maxDepth+10+1, Elements([]byte(`[{"c":1,"d":2},`+deep+`,5]`)))
}

func FuzzScanner(f *testing.F) {
	for _, document := range []string{`{"a":[1,-2.5e3,{"b":"\u00fc\ud83d\ude00"},true,false,null]}`, `"\uD800"`, "[\"\xff\"]", `[[[[]]]]`, `{"a":1,"a":2}`, `12345678901234567890`} {
		f.Add([]byte(document))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		s := New(data, false)
		s.Skip()
		if s.Done() {
			assert.True(t, json.Valid(data), "%q", data)
		}
		var text string
		if s := New(data, true); json.Valid(data) {
			read := s.String(0)
			if s.Done() {
				require.NoError(t, json.Unmarshal(data, &text))
				assert.Equal(t, text, read)
			}
		}
		assert.GreaterOrEqual(t, Elements(data), 0)
	})
}
