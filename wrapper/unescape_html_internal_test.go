package wrapper

import (
	"fmt"
	"html"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

// Package html is not linked, for its size. What it knows of the names that are here, and of
// numbers, is what htmlEscape must know.
func TestHTMLReferencesAreThoseOfPackageHTML(t *testing.T) {
	t.Parallel()
	assert.Equal(t, 291, strings.Count(htmlNames, " ")-1)
	references := []string{"&#38;", "&#x26;", "&#X26;", "&#228;", "&#x1f600;", "&#128512;"}
	for _, pair := range strings.Split(strings.Trim(htmlNames, " "), " ") {
		name, _, _ := strings.Cut(pair, "=")
		references = append(references, "&"+name+";")
	}
	for r := rune(0x20); r < 0x3000; r++ {
		if r < 0x7f || r > 0x9f { // browsers read the others as Windows-1252
			references = append(references, fmt.Sprintf("&#%d;", r))
		}
	}
	for _, reference := range references {
		plain, length := htmlEscape(reference + "; after")
		assert.Equal(t, html.UnescapeString(reference), plain, reference)
		assert.Equal(t, len(reference), length, reference)
	}
	for _, c := range []string{"&", "&;", "&#;", "&#x;", "&#xg;", "&#-1;", "&#0;", "&#4294967295;", "&nope;", "&amp", "&amp=;", "&quot=\" amp;", "& lt;", "&" + strings.Repeat("a", 50) + ";"} {
		plain, length := htmlEscape(c)
		assert.Empty(t, plain, c)
		assert.Zero(t, length, c)
	}
}
