package clouds

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
)

// Report is the table of what was and was not done, a row for each person and cloud.
type Report struct {
	rows   []string
	counts map[string]int
	order  []string
	Failed int
}

// Add notes one result: a word that is counted, and what there is to say about it.
func (r *Report) Add(person, cloud, result, detail string) {
	r.rows = append(r.rows, strings.Join([]string{person, cloud, result, detail}, "\t"))
	if r.counts == nil {
		r.counts = map[string]int{}
	}
	if r.counts[result] == 0 {
		r.order = append(r.order, result)
	}
	r.counts[result]++
}

// Fail notes a result that is an error. The texts of this library's errors hold no secret.
func (r *Report) Fail(person, cloud string, err error) {
	r.Add(person, cloud, "FAILED", err.Error())
	r.Failed++
}

// Write prints the table and the sums.
func (r *Report) Write(out io.Writer) error {
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "PERSON\tCLOUD\tRESULT\tDETAIL")
	for _, row := range r.rows {
		fmt.Fprintln(table, row)
	}
	if err := table.Flush(); err != nil {
		return err
	}
	var sums []string
	for _, result := range r.order {
		sums = append(sums, fmt.Sprintf("%d %s", r.counts[result], result))
	}
	_, err := fmt.Fprintln(out, "\n"+strings.Join(sums, ", "))
	return err
}
