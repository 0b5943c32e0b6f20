package main

import (
	"fmt"
	"strings"
)

// problems are all that is wrong, so that one run tells everything that has to be decided. Each is one line.
type problems []string

func (p *problems) add(format string, args ...any) {
	*p = append(*p, strings.Join(strings.Fields(fmt.Sprintf(format, args...)), " "))
}

func (p problems) Error() string { return strings.Join(p, "\n") }

// err is nil when there are none.
func (p problems) err() error {
	if len(p) == 0 {
		return nil
	}
	return p
}

// join adds the lines of an error, which may be nil.
func (p *problems) join(err error) {
	if err == nil {
		return
	}
	for line := range strings.Lines(err.Error()) {
		p.add("%s", line)
	}
}
