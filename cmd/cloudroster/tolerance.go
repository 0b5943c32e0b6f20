package main

import (
	"bufio"
	"fmt"
	"io"
	"regexp"
	"strings"

	"github.com/cloudroster/cloudroster/contract"
)

// tolerance is one line of a tolerance list: deviations that are known and accepted.
//
//	# RULE     OPERATION   PLACE
//	format     *           response body /items/*/metadata/*Date
//	enum       *           response body *
//
// A "*" stands for any text. A line that nothing matches is told, so that the list does not outlive
// its reasons.
type tolerance struct {
	text    string
	pattern *regexp.Regexp
	used    int
}

func readTolerances(r io.Reader) ([]*tolerance, error) {
	var list []*tolerance
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
		quoted := regexp.QuoteMeta(strings.Join(words, " "))
		list = append(list, &tolerance{
			text:    strings.Join(words, " "),
			pattern: regexp.MustCompile("^" + strings.ReplaceAll(quoted, `\*`, ".*") + "$"),
		})
	}
	return list, lines.Err()
}

func tolerated(list []*tolerance, f contract.Finding) bool {
	for _, known := range list {
		if known.pattern.MatchString(string(f.Rule) + " " + f.OperationID + " " + f.Where) {
			known.used++
			return true
		}
	}
	return false
}
