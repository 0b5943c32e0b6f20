package main

import (
	"bufio"
	"fmt"
	"os"
	"regexp"
	"strings"
)

// acceptance is a change that is meant, although it needs a greater version than -max allows.
type acceptance struct {
	pattern *regexp.Regexp
	why     string
}

// readAccepted reads one change a line: a side and a change as diff prints them, with * for any text, and behind " # "
// why it is accepted. Lines that begin with # are remarks.
func readAccepted(file string) ([]acceptance, error) {
	if file == "" {
		return nil, nil
	}
	opened, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer opened.Close()
	var accepted []acceptance
	lines := bufio.NewScanner(opened)
	for n := 1; lines.Scan(); n++ {
		line := strings.TrimSpace(lines.Text())
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		change, why, _ := strings.Cut(line, " # ")
		words := strings.Join(strings.Fields(change), " ")
		if strings.TrimSpace(why) == "" {
			return nil, fmt.Errorf("%s: line %d: write behind \" # \" why the change is accepted", file, n)
		}
		if side, _, _ := strings.Cut(words, " "); side != "wire" && side != "go" {
			return nil, fmt.Errorf("%s: line %d: begin with the side of the change, wire or go", file, n)
		}
		pattern := strings.ReplaceAll(regexp.QuoteMeta(words), `\*`, ".*")
		accepted = append(accepted, acceptance{regexp.MustCompile("^" + pattern + "$"), strings.TrimSpace(why)})
	}
	return accepted, lines.Err()
}

// whyAccepted returns why a change is accepted, "" if it is not.
func whyAccepted(c change, accepted []acceptance) string {
	text := strings.Join(strings.Fields(fmt.Sprintf("%s %s: %s", c.side, c.where, c.result)), " ")
	for _, a := range accepted {
		if a.pattern.MatchString(text) {
			return a.why
		}
	}
	return ""
}
