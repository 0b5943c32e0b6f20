package main

import (
	"fmt"
	"regexp"
	"strings"

	"go.yaml.in/yaml/v3"
)

// fragment is one OpenAPI document found on a page.
type fragment struct {
	heading string // the heading that it stands under
	line    int    // the line of the page that it begins on
	doc     *yaml.Node
}

func (f fragment) String() string { return fmt.Sprintf("%q (line %d)", f.heading, f.line) }

// block is a part of a page: what stands between two fences or in a directive, or the text between two of these.
type block struct {
	heading string
	line    int    // of its first line of text
	mark    string // what marks it, such as "```json" or "{% openapi %}"; "" for text
	text    string
	open    bool // the page ends before it does
}

func (b block) String() string { return fmt.Sprintf("%q (line %d)", b.heading, b.line) }

var (
	heading   = regexp.MustCompile(`^#{1,6}\s+(.*)$`)
	fence     = regexp.MustCompile("^\\s*(```+|~~~+)\\s*(.*?)\\s*$")
	directive = regexp.MustCompile(`\{%-?\s*((?:openapi|swagger)[\w-]*)`)
	// jsonFence is how a page marks a fragment. The word may be followed by attributes, such as a title.
	jsonFence = regexp.MustCompile("(?mi)^\\s*(?:```+|~~~+)\\s*json\\b")
	// document is how an OpenAPI document of any version begins, in JSON or YAML.
	document = regexp.MustCompile(`(?:^|[\s{,"'])(?:openapi|swagger)["']?\s*:\s*["']?[23]\b`)
)

// scanner splits a page into blocks, line by line.
type scanner struct {
	title  string
	blocks []block
	now    block
	lines  []string
	end    func(line string) bool // whether a line ends the current block; nil in text
}

func scan(page []byte) []block {
	s := scanner{title: "before the first heading"}
	s.begin("", 1, nil)
	for i, line := range strings.Split(strings.ReplaceAll(string(page), "\r\n", "\n"), "\n") {
		s.line(i+1, line)
	}
	s.now.open = s.end != nil
	s.finish()
	return s.blocks
}

func (s *scanner) line(number int, line string) {
	if s.end != nil {
		if s.end(line) {
			s.finish()
			s.begin("", number+1, nil)
			return
		}
		s.lines = append(s.lines, line)
		return
	}
	switch {
	case fence.MatchString(line):
		mark := fence.FindStringSubmatch(line)
		s.finish()
		s.begin("```"+mark[2], number+1, func(line string) bool {
			end := fence.FindStringSubmatch(line)
			return end != nil && end[2] == "" && strings.HasPrefix(end[1], mark[1])
		})
	case directive.MatchString(line):
		name := directive.FindStringSubmatch(line)[1]
		s.finish()
		s.begin("{% "+name+" %}", number, func(line string) bool { return strings.Contains(line, "end"+name) })
		s.lines = append(s.lines, line)
	case heading.MatchString(line):
		s.finish()
		s.title = strings.TrimSpace(strings.ReplaceAll(heading.FindStringSubmatch(line)[1], "&#x20;", " "))
		s.begin("", number+1, nil)
	default:
		s.lines = append(s.lines, line)
	}
}

func (s *scanner) begin(mark string, line int, end func(string) bool) {
	s.now, s.lines, s.end = block{heading: s.title, line: line, mark: mark}, nil, end
}

func (s *scanner) finish() {
	s.now.text = strings.Join(s.lines, "\n")
	if s.now.mark != "" || strings.TrimSpace(s.now.text) != "" {
		s.blocks = append(s.blocks, s.now)
	}
}

// readFragments returns every OpenAPI document of a page. All of them are read or none: a document in a form that is not read is a
// problem, because a page that is read in part would look like a page that says less. JSON that is no document, such as the example of
// a body, is left alone.
func readFragments(page []byte) ([]fragment, error) {
	var found []fragment
	var wrong problems
	for _, b := range scan(page) {
		f, problem := b.fragment()
		switch {
		case problem != "":
			wrong.add("fragment %v %s", b, problem)
		case f != nil:
			found = append(found, *f)
		}
	}
	return found, wrong.err()
}

// fragment reads a block. It returns nil without a problem when the block holds no document.
func (b block) fragment() (*fragment, string) {
	if !jsonFence.MatchString(b.mark) {
		return nil, b.unread()
	}
	if b.open {
		return nil, "is never closed"
	}
	doc, line, err := parseJSON(b.text, b.line)
	if err != nil {
		return nil, fmt.Sprintf("is not JSON: line %d: %v", line, err)
	}
	if problem := documentProblem(doc); problem != "" || get(doc, "openapi") == nil {
		return nil, problem
	}
	return &fragment{b.heading, b.line, doc}, ""
}

// unread says what is wrong with a block of another kind than those that are read, which is all right unless it holds a document.
func (b block) unread() string {
	switch {
	case b.open && strings.HasPrefix(b.mark, "`"):
		return "is never closed"
	case strings.HasPrefix(b.mark, "{"), document.MatchString(b.text):
		mark := b.mark
		if mark == "" {
			mark = "plain text"
		}
		return "holds an OpenAPI document as " + mark + ", and only JSON in a fence marked json is read: make it that on a copy of the page"
	}
	return ""
}

// documentProblem says why a JSON value cannot be imported. One that is no document, such as the example of a body, has no problem.
func documentProblem(doc *yaml.Node) string {
	openapi, swagger, paths := get(doc, "openapi"), get(doc, "swagger"), get(doc, "paths")
	switch {
	case swagger != nil, openapi != nil && !strings.HasPrefix(openapi.Value, "3.0"):
		version := "OpenAPI " + text(doc, "openapi")
		if swagger != nil {
			version = "Swagger " + swagger.Value
		}
		return "is " + version + ", and the code generator reads OpenAPI 3.0: convert the fragments to 3.0 on a copy of the page " +
			"(nullable instead of the type null, example instead of examples, exclusiveMinimum as a boolean), or teach package main of " +
			"internal/specgen and the generator the new version"
	case (openapi == nil) != (paths == nil):
		return "is not an OpenAPI document: it has no openapi or no paths"
	}
	return ""
}
