package contract

import (
	"fmt"
	"strings"
)

func (w *walker) where() string { return w.whereAt(w.path) }

func (w *walker) whereAt(path []string) string {
	if len(path) == 0 {
		return w.place
	}
	var b strings.Builder
	b.WriteString(w.place)
	b.WriteByte(' ')
	for _, name := range path {
		b.WriteByte('/')
		if name != "*" {
			name = printable(name, w.names)
		}
		b.WriteString(name)
	}
	return b.String()
}

func (w *walker) exact() string {
	if len(w.path) == 0 {
		return w.place
	}
	return w.place + " /" + strings.Join(w.path, "/")
}

// printable is a name as far as the document knows it. Anything else could be a value in the wrong place.
func printable(name string, known map[string]bool) string {
	if known[name] {
		return name
	}
	return fmt.Sprintf("(a name of %d bytes)", len(name))
}
