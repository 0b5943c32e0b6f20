package main

import "path"

// ratings override oasdiff's own level, first match first; docs/diff.md has them as a table. Whatever no line
// matches keeps oasdiff's level: 3 and 2 are major, 1 is minor. So an unknown finding errs to the strict side.
var ratings = []struct {
	id     string // a pattern of path.Match
	level  severity
	ignore bool // an own rule reports it, or the Go names do
}{
	// A client has to expect values that it does not know; gen and wrapper keep them.
	{id: "response-*-enum-value-added", level: minor},
	{id: "response-mediatype-enum-value-added", level: minor},

	// oasdiff calls these information. A program that uses what is gone, or reads what no longer arrives, breaks.
	{id: "response-optional-property-removed", level: major},
	{id: "response-optional-write-only-property-removed", level: patch},
	{id: "response-*-property-became-write-only", level: major},
	{id: "request-*-property-became-read-only", level: major},
	{id: "response-non-success-status-removed", level: minor},
	{id: "*-with-deprecation", level: major},

	// A caller who sends nothing gets something else.
	{id: "request-*-default-value-changed", level: major},
	{id: "request-*-default-value-removed", level: major},

	// Words.
	{id: "api-version-*", level: patch},
	{id: "api-major-version-*", level: patch},
	{id: "api-tag-*", level: patch},
	{id: "*-description-*", level: patch},
	{id: "*-summary-*", level: patch},

	{id: "api-operation-id-*", ignore: true},
	{id: "api-schema-removed", ignore: true},
	{id: "api-security-*", ignore: true},
	{id: "api-global-security-*", ignore: true},
	{id: "*-response-header-removed", ignore: true},
}

// rate tells how severe a finding of oasdiff is, and whether it counts at all.
func rate(id string, level int) (severity, bool) {
	for _, r := range ratings {
		if ok, _ := path.Match(r.id, id); ok {
			return r.level, !r.ignore
		}
	}
	if level >= 2 {
		return major, true
	}
	return minor, true
}
