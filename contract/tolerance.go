package contract

import (
	"bufio"
	"fmt"
	"io"
	"regexp"
	"strings"
	"sync"
)

// Tolerances are deviations that are known and accepted: findings that match one are not reported. They are
// safe for concurrent use.
type Tolerances struct {
	mu   sync.Mutex
	list []*tolerance
	used int
}

type tolerance struct {
	text    string
	pattern *regexp.Regexp
	used    bool
}

// ReadTolerances reads one tolerance a line: a rule, an operation ID and a place, as findings have them, with
// "*" for any text and "#" before a remark. It returns an error that names the line if one of the three is
// missing.
//
//	# RULE             OPERATION   PLACE
//	unknown-parameter  umUsersGet  request query filter.*
//	format             *           response body /items/*/metadata/*Date
//
// A finding shows only names that the document has; a tolerance is matched with the names as they were sent.
func ReadTolerances(r io.Reader) (*Tolerances, error) {
	t := &Tolerances{}
	lines := bufio.NewScanner(r)
	for n := 1; lines.Scan(); n++ {
		text, _, _ := strings.Cut(lines.Text(), "#")
		words := strings.Fields(text)
		switch {
		case len(words) == 0:
			continue
		case len(words) < 3:
			return nil, fmt.Errorf("line %d: a rule, an operation and a place are needed, * for any", n)
		}
		text = strings.Join(words, " ")
		pattern := strings.ReplaceAll(regexp.QuoteMeta(text), `\*`, ".*")
		t.list = append(t.list, &tolerance{text: text, pattern: regexp.MustCompile("(?s)^" + pattern + "$")})
	}
	return t, lines.Err()
}

// WithTolerances does not report what is known. A nil t tolerates nothing.
func WithTolerances(t *Tolerances) Option {
	return func(c *Checker) { c.tolerances = t }
}

// Used returns how many findings were tolerated.
func (t *Tolerances) Used() int {
	if t == nil {
		return 0
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.used
}

// Unused lists the lines that have matched nothing, so that a list does not outlive its reasons.
func (t *Tolerances) Unused() []string {
	if t == nil {
		return nil
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	var unused []string
	for _, known := range t.list {
		if !known.used {
			unused = append(unused, known.text)
		}
	}
	return unused
}

func (t *Tolerances) match(rule Rule, operation, where string) bool {
	if t == nil {
		return false
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, known := range t.list {
		if known.pattern.MatchString(string(rule) + " " + operation + " " + where) {
			known.used = true
			t.used++
			return true
		}
	}
	return false
}
