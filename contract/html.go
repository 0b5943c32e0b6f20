package contract

import (
	"cmp"
	htmltemplate "html/template"
	"io"
	"slices"
	"strings"
)

// pageTemplate needs nothing from elsewhere: no script, no font, no picture.
var pageTemplate = htmltemplate.Must(htmltemplate.New("coverage").Parse(`<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>Coverage of {{.Title}} {{.Version}}</title>
<style>
body { font: 14px/1.5 sans-serif; margin: 2em; color: #222; background: #fff }
td, th { text-align: left; vertical-align: top; padding: .3em .6em; border-bottom: 1px solid #ddd }
span { display: inline-block; padding: 0 .4em; margin: 1px; border-radius: 3px }
.h0 { background: #f8c9c4 } .h1 { background: #dff0d8 } .h2 { background: #b5dca6 } .h3 { background: #86c572 }
</style></head><body>
<h1>Coverage of {{.Title}} {{.Version}}</h1>
<ul>{{range .Counts}}<li>{{.}} ({{printf "%.1f" .Percent}} %)</li>{{end}}</ul>
<p>How often: <span class="h0">never</span><span class="h1">once</span><span class="h2">2 to 9</span><span class="h3">10 and more</span></p>
{{range .Sections}}<h2>{{.Title}}</h2><table>
{{range .Rows}}<tr><th>{{.Name}}</th><td>{{range .Cells}}<span class="h{{.Heat}}" title="{{.Times}}">{{.Name}}</span>{{end}}</td></tr>
{{end}}</table>
{{end}}</body></html>
`))

type (
	htmlCell struct {
		Name        string
		Times, Heat int
	}
	htmlRow struct {
		Name  string
		Cells []htmlCell
	}
	htmlSection struct {
		Title string
		Rows  []htmlRow
	}
)

// WriteHTML writes one page that needs no other file: operations by statuses and by parameters, and schemas by
// properties, coloured by how often each was exercised. What is missing comes first.
func (c *Coverage) WriteHTML(w io.Writer) error {
	d, all, counts := c.bound(), c.items(), c.Counts()
	var sections []htmlSection
	for _, kind := range kinds[1:] {
		rows := map[string][]htmlCell{}
		c.mu.Lock()
		for _, at := range all[kind] {
			row, cell := splitItem(d.items[at])
			rows[row] = append(rows[row], htmlCell{Name: cell, Times: c.counts[at], Heat: heat(c.counts[at])})
		}
		c.mu.Unlock()
		sections = append(sections, htmlSection{Title: strings.ToUpper(kind[:1]) + kind[1:], Rows: sortRows(rows)})
	}
	return pageTemplate.Execute(w, struct {
		Title, Version string
		Counts         []Count
		Sections       []htmlSection
	}{d.title, d.version, counts, sections})
}

// splitItem: "umUsersGet 404", "umUsersGet query limit" and "User.id" become row and cell.
func splitItem(i item) (row, cell string) {
	if i.kind == requestProperties || i.kind == responseProperties {
		at := strings.LastIndex(i.name, ".")
		return i.name[:at], i.name[at+1:]
	}
	row, cell, _ = strings.Cut(i.name, " ")
	return row, cell
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
		rows = append(rows, htmlRow{name, list})
	}
	slices.SortFunc(rows, func(a, b htmlRow) int {
		return cmp.Or(missing(b)-missing(a), cmp.Compare(a.Name, b.Name))
	})
	return rows
}
