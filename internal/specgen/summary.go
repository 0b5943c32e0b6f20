package main

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
)

func printSection(out io.Writer, title string, lines []string) {
	fmt.Fprintf(out, "%s:\n", title)
	if len(lines) == 0 {
		lines = []string{"nothing"}
	}
	for _, line := range lines {
		fmt.Fprintf(out, "  - %s\n", line)
	}
}

// summarize groups what changed: a change that many elements share is one line.
func summarize(before, after facts) []string {
	gone, added := absent(before, after), absent(after, before)
	var lines []string
	for _, element := range slices.Sorted(maps.Keys(added)) {
		lines = append(lines, fmt.Sprintf("%s is new", element))
	}
	for _, element := range slices.Sorted(maps.Keys(gone)) {
		lines = append(lines, fmt.Sprintf("%s is gone", element))
	}
	where := map[string][]string{}
	for _, p := range changedFacts(before, after) {
		if gone[p.element] > 0 || added[p.element] > 0 || withinOther(before, after, p) {
			continue
		}
		change := changeOf(before, after, p)
		where[change] = append(where[change], p.element)
	}
	for _, change := range slices.Sorted(maps.Keys(where)) {
		lines = append(lines, places(where[change])+": "+change)
	}
	return lines
}

// changeOf says what happened to a fact: "property nickname is new".
func changeOf(before, after facts, p place) string {
	_, had := before[p]
	_, has := after[p]
	switch {
	case !had && after[p] == "present":
		return p.detail + " is new"
	case !has && before[p] == "present":
		return p.detail + " is gone"
	case !had:
		return fmt.Sprintf("%s is new: %s", p.detail, after[p])
	case !has:
		return fmt.Sprintf("%s is gone; it was %s", p.detail, before[p])
	}
	return fmt.Sprintf("%s: %s became %s", p.detail, before[p], after[p])
}

// withinOther says whether a fact came or went with the one that it is about: the type of a property that is new.
func withinOther(before, after facts, p place) bool {
	for i := strings.LastIndex(p.detail, ", "); i > 0; i = strings.LastIndex(p.detail[:i], ", ") {
		outer := place{p.element, p.detail[:i]}
		_, had := before[outer]
		_, has := after[outer]
		if had != has {
			return true
		}
	}
	return false
}

// shownPlaces is how many places of one change are named.
const shownPlaces = 3

func places(all []string) string {
	if len(all) <= shownPlaces {
		return strings.Join(all, ", ")
	}
	return fmt.Sprintf("%d places (%s, ...)", len(all), strings.Join(all[:shownPlaces-1], ", "))
}

// summarizeTexts names the operations and schemas whose sentences changed, each once.
func summarizeTexts(changed []textChange) []string {
	where := map[string][]string{}
	for _, c := range changed {
		if !slices.Contains(where[c.what], c.element) {
			where[c.what] = append(where[c.what], c.element)
		}
	}
	var lines []string
	for _, what := range slices.Sorted(maps.Keys(where)) {
		lines = append(lines, fmt.Sprintf("words of the page %s: read them: %s", what, strings.Join(where[what], ", ")))
	}
	return lines
}

// changelogLine is a draft: whoever releases says it better.
func changelogLine(kind pageKind, summary []string) string {
	short := summary[:min(3, len(summary))]
	line := kind.name + " documents changes: " + strings.Join(short, "; ")
	if more := len(summary) - len(short); more > 0 {
		line += fmt.Sprintf("; and %d more", more)
	}
	return line + "."
}
