package contract

import (
	"errors"
	"fmt"
	"io"
	"text/tabwriter"
)

// Figure is how much of one kind of thing was exercised.
type Count struct {
	// Kind is "operations", "statuses", "parameters", "request properties" or "response properties".
	Kind string
	// Covered of Total were exercised.
	Covered, Total int
}

// Percent is between 0 and 100.
func (f Count) Percent() float64 {
	if f.Total == 0 {
		return 100
	}
	return 100 * float64(f.Covered) / float64(f.Total)
}

// String is like "31/31 operations".
func (f Count) String() string { return fmt.Sprintf("%d/%d %s", f.Covered, f.Total, f.Kind) }

// Figures are the five kinds in the order of [Figure].
func (c *Coverage) Counts() []Count {
	hits, all := c.snapshot(), embedded().items()
	figures := make([]Count, 0, len(kinds))
	for _, kind := range kinds {
		figure := Count{Kind: kind, Total: len(all[kind])}
		for _, name := range all[kind] {
			if hits[item{kind, name}] > 0 {
				figure.Covered++
			}
		}
		figures = append(figures, figure)
	}
	return figures
}

// Requests is how many requests to documented operations were seen.
func (c *Coverage) Requests() int {
	total := 0
	for i, times := range c.snapshot() {
		if i.kind == operations {
			total += times
		}
	}
	return total
}

// Missing lists what was not exercised, such as "statuses umUsersGet 404".
func (c *Coverage) Missing() []string {
	hits, all := c.snapshot(), embedded().items()
	var missing []string
	for _, kind := range kinds {
		for _, name := range all[kind] {
			if hits[item{kind, name}] == 0 {
				missing = append(missing, kind+" "+name)
			}
		}
	}
	return missing
}

// WriteTable prints one line for each kind, and what is missing below.
func (c *Coverage) WriteTable(w io.Writer) error {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	for _, figure := range c.Counts() {
		fmt.Fprintf(table, "%s\t%d\tof\t%d\t%.1f %%\t\n", figure.Kind, figure.Covered, figure.Total, figure.Percent())
	}
	if err := table.Flush(); err != nil {
		return err
	}
	for _, missing := range c.Missing() {
		if _, err := fmt.Fprintf(w, "missing: %s\n", missing); err != nil {
			return err
		}
	}
	return nil
}

// Minimum is the least coverage that is acceptable, in percent. What is 0 is not looked at.
type Thresholds struct {
	Operations, Statuses, Parameters, RequestProperties, ResponseProperties float64
}

// Require is an error that names each kind of thing that is covered less than wanted.
func (c *Coverage) Require(minimum Thresholds) error {
	wanted := []float64{
		minimum.Operations, minimum.Statuses, minimum.Parameters, minimum.RequestProperties, minimum.ResponseProperties,
	}
	var problems []error
	for i, figure := range c.Counts() {
		if figure.Percent() < wanted[i] {
			problems = append(problems, fmt.Errorf("%v exercised (%.1f %%), %v %% wanted", figure, figure.Percent(), wanted[i]))
		}
	}
	return errors.Join(problems...)
}
