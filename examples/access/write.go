package main

import (
	_ "embed"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"html/template"
	"io"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"
)

// writers are the formats, by name.
var writers = map[string]func(io.Writer, []right, time.Time) error{
	"table": writeTable, "csv": writeCSV, "json": writeJSON, "html": writeHTML,
}

var header = []string{"cloud", "user", "login", "active", "via", "kind", "what"}

func (r right) fields() []string {
	return []string{r.Cloud, r.User, r.Login, strconv.FormatBool(r.Active), r.Via, r.Kind, r.What}
}

func writeTable(out io.Writer, rights []right, _ time.Time) error {
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, strings.ToUpper(strings.Join(header, "\t")))
	for _, r := range rights {
		fmt.Fprintln(table, strings.Join(r.fields(), "\t"))
	}
	return table.Flush()
}

// writeCSV guards fields that a spreadsheet would take for a formula.
func writeCSV(out io.Writer, rights []right, _ time.Time) error {
	w := csv.NewWriter(out)
	if err := w.Write(header); err != nil {
		return err
	}
	for _, r := range rights {
		fields := r.fields()
		for i, field := range fields {
			if field != "" && strings.ContainsRune("=+-@\t\r", rune(field[0])) {
				fields[i] = "'" + field
			}
		}
		if err := w.Write(fields); err != nil {
			return err
		}
	}
	w.Flush()
	return w.Error()
}

func writeJSON(out io.Writer, rights []right, _ time.Time) error {
	encoder := json.NewEncoder(out)
	encoder.SetIndent("", "  ")
	return encoder.Encode(rights)
}

//go:embed report.html
var reportHTML string

var report = template.Must(template.New("report").Parse(reportHTML))

func writeHTML(out io.Writer, rights []right, now time.Time) error {
	rows := make([][]string, 0, len(rights))
	for _, r := range rights {
		rows = append(rows, r.fields())
	}
	return report.Execute(out, map[string]any{
		"Header": header, "Rows": rows, "Time": now.UTC().Format("2006-01-02 15:04 MST"),
	})
}
