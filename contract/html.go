package contract

import (
	"cmp"
	_ "embed"
	htmltemplate "html/template"
	"io"
	"maps"
	"slices"
	"strings"
)

// pageSource needs nothing from elsewhere: no script, no font, no picture. Its policy forbids them.
//
//go:embed page.html
var pageSource string

var pageTemplate = htmltemplate.Must(htmltemplate.New("coverage").Parse(pageSource))

type (
	htmlCell struct {
		Name        string
		Documented  bool
		Times, Heat int
	}
	htmlRow struct {
		Name  string
		Grid  bool // a cell for each column
		Cells []htmlCell
	}
	htmlSection struct {
		Title   string
		Columns []string
		Rows    []htmlRow
	}
)

// WriteHTML writes one page that needs no other file: operations by statuses and by parameters, and schemas by
// properties, as a heat map of how often each was exercised. What is missing comes first.
func (c *Coverage) WriteHTML(w io.Writer) error {
	return pageTemplate.Execute(w, struct {
		Title, Version string
		Counts         []Count
		Sections       []htmlSection
	}{c.bound().title, c.bound().version, c.Counts(), c.sections()})
}

func (c *Coverage) sections() []htmlSection {
	d, all := c.bound(), c.items()
	c.mu.Lock()
	defer c.mu.Unlock()
	var sections []htmlSection
	for _, kind := range kinds[1:] { // an operation is a row
		rows := map[string][]htmlCell{}
		for _, at := range all[kind] {
			row, cell := splitItem(d.items[at])
			rows[row] = append(rows[row], htmlCell{cell, true, c.counts[at], heat(c.counts[at])})
		}
		if kind == parameters {
			for _, at := range all[operations] {
				rows[d.items[at].name] = append(rows[d.items[at].name], htmlCell{"the operation", true, c.counts[at], heat(c.counts[at])})
			}
		}
		section := htmlSection{Title: titles[kind], Rows: sortRows(rows)}
		if kind == statuses {
			section.align()
		}
		sections = append(sections, section)
	}
	return sections
}

var titles = map[string]string{
	statuses: "Operations by status", parameters: "Operations and their parameters",
	requestProperties: "Request properties by schema", responseProperties: "Response properties by schema",
}

// align gives each row a cell for every column of the section.
func (s *htmlSection) align() {
	columns := map[string]bool{}
	for _, row := range s.Rows {
		for _, cell := range row.Cells {
			columns[cell.Name] = true
		}
	}
	s.Columns = slices.Sorted(maps.Keys(columns))
	for i, row := range s.Rows {
		cells := make([]htmlCell, len(s.Columns))
		for _, cell := range row.Cells {
			cells[slices.Index(s.Columns, cell.Name)] = cell
		}
		s.Rows[i].Grid, s.Rows[i].Cells = true, cells
	}
}

// splitItem: "umUsersGet 404", "umUsersGet query limit" and "User.id" become row and cell.
func splitItem(i item) (row, cell string) {
	if i.kind == requestProperties || i.kind == responseProperties {
		at := strings.LastIndex(i.name, ".")
		return i.name[:at], i.name[at+1:]
	}
	if i.kind == statuses || i.kind == parameters {
		// The operation ID of another document may be "GET /path": the rest has no blank of its own.
		parts := strings.Split(i.name, " ")
		n := len(parts) - map[string]int{statuses: 1, parameters: 2}[i.kind]
		return strings.Join(parts[:n], " "), strings.Join(parts[n:], " ")
	}
	return i.name, ""
}

func heat(times int) int {
	switch {
	case times == 0:
		return 0
	case times == 1:
		return 1
	case times < 10:
		return 2
	}
	return 3
}

// sortRows puts rows with the most missing cells first, and in each row what is missing.
func sortRows(cells map[string][]htmlCell) []htmlRow {
	missing := func(r htmlRow) (n int) {
		for _, cell := range r.Cells {
			if cell.Times == 0 {
				n++
			}
		}
		return n
	}
	var rows []htmlRow
	for name, list := range cells {
		slices.SortStableFunc(list, func(a, b htmlCell) int { return cmp.Compare(min(a.Times, 1), min(b.Times, 1)) })
		rows = append(rows, htmlRow{Name: name, Cells: list})
	}
	slices.SortFunc(rows, func(a, b htmlRow) int {
		return cmp.Or(missing(b)-missing(a), cmp.Compare(a.Name, b.Name))
	})
	return rows
}
