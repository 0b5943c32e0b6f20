package contract

import (
	"cmp"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"
)

// template is one path of a document.
type template struct {
	path       string
	segments   []segment
	own        bool // has servers of its own
	operations map[string]*operation
}

// segment is a literal, a parameter, or a mixture of both such as "{id}.json".
type segment struct {
	literal string
	name    string
	mixed   *regexp.Regexp
	names   []string // of mixed
}

var placeholder = regexp.MustCompile(`\{[^{}]*\}`)

func newTemplate(path string, own bool) (*template, error) {
	t := &template{path: path, own: own, operations: map[string]*operation{}}
	for text := range strings.SplitSeq(strings.TrimPrefix(path, "/"), "/") {
		found := placeholder.FindAllStringIndex(text, -1)
		switch {
		case len(found) == 0:
			t.segments = append(t.segments, segment{literal: text})
			continue
		case len(found) == 1 && found[0][1]-found[0][0] == len(text):
			t.segments = append(t.segments, segment{name: text[1 : len(text)-1]})
			continue
		}
		s, pattern, end := segment{}, "^", 0
		for _, at := range found {
			pattern += regexp.QuoteMeta(text[end:at[0]]) + "(.*)"
			s.names = append(s.names, text[at[0]+1:at[1]-1])
			end = at[1]
		}
		compiled, err := regexp.Compile(pattern + regexp.QuoteMeta(text[end:]) + "$")
		if err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		s.mixed = compiled
		t.segments = append(t.segments, s)
	}
	return t, nil
}

func sortTemplates(templates []*template) {
	slices.SortStableFunc(templates, func(a, b *template) int {
		return cmp.Or(len(b.segments)-len(a.segments), a.parameters()-b.parameters())
	})
}

func (t *template) parameters() int {
	n := 0
	for _, s := range t.segments {
		if s.name != "" {
			n += 2
		} else if s.mixed != nil {
			n++
		}
	}
	return n
}

// find looks for the template that the end of an escaped path matches. Whatever comes before it is the
// prefix of some base URL. Segments are compared unescaped; the values of the parameters are still escaped.
func (d *document) find(escaped string) (*template, map[string]string) {
	segments := strings.Split(strings.TrimPrefix(escaped, "/"), "/")
	decoded := segments
	if strings.Contains(escaped, "%") {
		decoded = make([]string, len(segments))
		for i, s := range segments {
			if plain, err := url.PathUnescape(s); err == nil {
				decoded[i] = plain
			}
		}
	}
	for _, t := range d.templates {
		n := len(segments) - len(t.segments)
		if n < 0 || !t.literals(decoded[n:]) || d.foreign(t, decoded[:n+1]) {
			continue
		}
		return t, t.values(segments[n:])
	}
	return nil, nil
}

// foreign is whether a path that ends like one that begins with a parameter belongs to another server: the
// end of a wrong IONOS path could look like a path of Triton.
func (d *document) foreign(t *template, before []string) bool {
	if !t.own || t.segments[0].literal != "" {
		return false
	}
	return slices.ContainsFunc(d.templates, func(other *template) bool {
		first := other.segments[0].literal
		return !other.own && first != "" && slices.Contains(before, first)
	})
}

func (t *template) literals(decoded []string) bool {
	for i, s := range t.segments {
		if s.mixed != nil && !s.mixed.MatchString(decoded[i]) || s.mixed == nil && s.name == "" && s.literal != decoded[i] {
			return false
		}
	}
	return true
}

func (t *template) values(escaped []string) map[string]string {
	values := make(map[string]string, 2)
	for i, s := range t.segments {
		switch {
		case s.name != "":
			values[s.name] = escaped[i]
		case s.mixed != nil:
			if found := s.mixed.FindStringSubmatch(escaped[i]); found != nil {
				for n, name := range s.names {
					values[name] = found[n+1]
				}
			}
		}
	}
	return values
}

// redacted is a path of which only those segments are left that the document knows.
func (d *document) redacted(escaped string) string {
	segments := strings.Split(strings.TrimPrefix(escaped, "/"), "/")
	for i, s := range segments {
		if !d.literal(s) {
			segments[i] = "*"
		}
	}
	return "/" + strings.Join(segments, "/")
}

func (d *document) literal(text string) bool {
	return text != "" && slices.ContainsFunc(d.templates, func(t *template) bool {
		return slices.ContainsFunc(t.segments, func(s segment) bool { return s.literal == text })
	})
}
