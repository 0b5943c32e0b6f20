package contract

import (
	"errors"
	"fmt"
	"io"
	"text/tabwriter"
)

// Count is how much of one kind of thing was exercised.
type Count struct {
	// Kind is "operations", "statuses", "parameters", "request properties" or "response properties".
	Kind string
	// Covered of Total were exercised.
	Covered, Total int
}

// Percent is between 0 and 100.
func (c Count) Percent() float64 {
	if c.Total == 0 {
		return 100
	}
	return 100 * float64(c.Covered) / float64(c.Total)
}

// String is like "31/31 operations".
func (c Count) String() string { return fmt.Sprintf("%d/%d %s", c.Covered, c.Total, c.Kind) }

// Counts returns the five kinds in the order of [Count.Kind].
func (c *Coverage) Counts() []Count {
	all := c.items()
	c.mu.Lock()
	defer c.mu.Unlock()
	counts := make([]Count, 0, len(kinds))
	for _, kind := range kinds {
		count := Count{Kind: kind, Total: len(all[kind])}
		for _, at := range all[kind] {
			if c.counts[at] > 0 {
				count.Covered++
			}
		}
		counts = append(counts, count)
	}
	return counts
}

// Requests returns how many requests to documented operations were seen.
func (c *Coverage) Requests() int {
	all := c.items()
	c.mu.Lock()
	defer c.mu.Unlock()
	total := 0
	for _, at := range all[operations] {
		total += c.counts[at]
	}
	return total
}

// Missing lists what was not exercised, such as "statuses umUsersGet 404".
func (c *Coverage) Missing() []string {
	d, all := c.bound(), c.items()
	c.mu.Lock()
	defer c.mu.Unlock()
	var missing []string
	for _, kind := range kinds {
		for _, at := range all[kind] {
			if c.counts[at] == 0 {
				missing = append(missing, kind+" "+d.items[at].name)
			}
		}
	}
	return missing
}

// WriteTable prints one line for each kind, and what is missing below.
func (c *Coverage) WriteTable(w io.Writer) error {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	for _, count := range c.Counts() {
		fmt.Fprintf(table, "%s\t%d\tof\t%d\t%.1f %%\t\n", count.Kind, count.Covered, count.Total, count.Percent())
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

// Thresholds are the least coverage that is acceptable, in percent. A zero value accepts everything.
type Thresholds struct {
	Operations, Statuses, Parameters, RequestProperties, ResponseProperties float64
}

// Require returns an error that names each kind of thing that is covered less than required.
func (c *Coverage) Require(minimum Thresholds) error {
	required := []float64{
		minimum.Operations, minimum.Statuses, minimum.Parameters, minimum.RequestProperties, minimum.ResponseProperties,
	}
	var problems []error
	for i, count := range c.Counts() {
		if count.Percent() < required[i] {
			problems = append(problems, fmt.Errorf("%v exercised (%.1f %%), %v %% required", count, count.Percent(), required[i]))
		}
	}
	return errors.Join(problems...)
}
