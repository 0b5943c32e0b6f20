package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"github.com/cloudroster/cloudroster/contract"
)

// report is what all formats are written from, and what -json writes. Nothing in it comes from a body, a query, a
// header or an error text of the other side.
type report struct {
	Tool     toolInfo      `json:"tool"`
	Document documentInfo  `json:"document"`
	Started  time.Time     `json:"started"`
	Seconds  float64       `json:"seconds"`
	Clouds   []cloudReport `json:"clouds"`
	// Rules groups the findings by what they are about, most frequent first.
	Rules            []ruleReport `json:"rules"`
	UnusedTolerances []string     `json:"unusedTolerances"`
	Summary          summary      `json:"summary"`
	ExitStatus       int          `json:"exitStatus"`

	source []byte // of the document
}

type toolInfo struct {
	Name    string `json:"name"`
	Version string `json:"version"`         // of the client
	Build   string `json:"build,omitempty"` // of the module that the program was built from
}

type documentInfo struct {
	Title   string `json:"title"`
	Version string `json:"version"`
	Path    string `json:"path"`
}

type cloudReport struct {
	Name       string            `json:"name"`
	Host       string            `json:"host"`
	Operations []operationReport `json:"operations"`
}

// Results of an operation, in the order of reports.
const (
	resultDiffers  = "differs"
	resultUntested = "untested"
	resultSkipped  = "skipped"
	resultOK       = "ok"
)

var results = []string{resultDiffers, resultUntested, resultSkipped, resultOK}

type operationReport struct {
	ID        string          `json:"operationId"`
	Result    string          `json:"result"`
	Reason    string          `json:"reason,omitempty"` // why it is untested or skipped
	Requests  int             `json:"requests"`
	Seconds   float64         `json:"seconds"`
	Tolerated int             `json:"tolerated"`
	Findings  []findingReport `json:"findings"`
}

type findingReport struct {
	Kind    contract.Kind `json:"kind"`
	Rule    contract.Rule `json:"rule"`
	Method  string        `json:"method"`
	Path    string        `json:"path"`
	Status  int           `json:"status,omitempty"`
	Where   string        `json:"where"`
	Schema  string        `json:"schema,omitempty"`
	Message string        `json:"message"`
	Count   int           `json:"count"` // of exchanges that had it

	text string
}

type ruleReport struct {
	Rule       contract.Rule `json:"rule"`
	Findings   int           `json:"findings"`
	Operations []string      `json:"operationIds"`
}

type summary struct {
	Operations int `json:"operations"`
	OK         int `json:"ok"`
	Differ     int `json:"differ"`
	Untested   int `json:"untested"`
	Skipped    int `json:"skipped"`
	Violations int `json:"violations"`
	Drift      int `json:"drift"`
}

func (p *probe) report(d document, exitStatus int) *report {
	r := &report{
		Tool:     toolInfo{Name: "cloudroster probe", Version: p.client, Build: buildVersion()},
		Document: documentInfo{d.title, d.version, d.path},
		Started:  p.started.UTC(), Seconds: time.Since(p.started).Seconds(),
		UnusedTolerances: append([]string{}, p.tolerances.Unused()...),
		ExitStatus:       exitStatus, source: d.source(),
	}
	for _, s := range p.steps {
		i := slices.IndexFunc(r.Clouds, func(c cloudReport) bool { return c.Name == s.cloud })
		if i < 0 {
			i = len(r.Clouds)
			r.Clouds = append(r.Clouds, cloudReport{Name: s.cloud, Host: p.hosts[s.cloud]})
		}
		r.Clouds[i].Operations = append(r.Clouds[i].Operations, s.report())
	}
	for _, c := range r.Clouds {
		slices.SortStableFunc(c.Operations, func(a, b operationReport) int {
			return cmp.Compare(slices.Index(results, a.Result), slices.Index(results, b.Result))
		})
	}
	r.count()
	return r
}

func (s *step) report() operationReport {
	o := operationReport{
		ID: s.operation, Result: resultOK, Requests: s.requests, Seconds: s.elapsed.Seconds(),
		Tolerated: s.tolerated, Findings: []findingReport{},
	}
	for _, f := range s.findings {
		o.Findings = append(o.Findings, findingReport{f.Kind, f.Rule, f.Method, f.Path, f.Status, f.Where, f.Schema, f.Message, f.count, f.String()})
	}
	// Violations come first.
	slices.SortStableFunc(o.Findings, func(a, b findingReport) int { return -cmp.Compare(a.Kind, b.Kind) })
	switch o.Reason = cmp.Or(s.untested, s.skipped); {
	case len(s.findings) > 0:
		o.Result = resultDiffers
	case s.untested != "":
		o.Result = resultUntested
	case s.skipped != "":
		o.Result = resultSkipped
	}
	return o
}

// count fills in Summary and Rules.
func (r *report) count() {
	rules := map[contract.Rule]*ruleReport{}
	for _, o := range r.operations() {
		r.Summary.Operations++
		switch o.Result {
		case resultDiffers:
			r.Summary.Differ++
		case resultUntested:
			r.Summary.Untested++
		case resultSkipped:
			r.Summary.Skipped++
		default:
			r.Summary.OK++
		}
		for _, f := range o.Findings {
			if f.Kind == contract.Violation {
				r.Summary.Violations++
			} else {
				r.Summary.Drift++
			}
			group := rules[f.Rule]
			if group == nil {
				group = &ruleReport{Rule: f.Rule}
				rules[f.Rule] = group
			}
			group.Findings++
			if !slices.Contains(group.Operations, o.ID) {
				group.Operations = append(group.Operations, o.ID)
			}
		}
	}
	r.Rules = []ruleReport{}
	for _, rule := range slices.Sorted(maps.Keys(rules)) {
		r.Rules = append(r.Rules, *rules[rule])
	}
	slices.SortStableFunc(r.Rules, func(a, b ruleReport) int { return b.Findings - a.Findings })
}

func (r *report) operations() []operationReport {
	var all []operationReport
	for _, c := range r.Clouds {
		all = append(all, c.Operations...)
	}
	return all
}

// buildVersion is the version of this module that the program was built from, "" for a working copy.
func buildVersion() string {
	const module = "github.com/cloudroster/cloudroster"
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return ""
	}
	for _, m := range append(info.Deps, &info.Main) {
		if m.Path == module && m.Version != "(devel)" {
			return strings.TrimPrefix(m.Version, "v")
		}
	}
	return ""
}

func (r *report) writeJSON(w io.Writer) error {
	encoder := json.NewEncoder(w)
	encoder.SetIndent("", "\t")
	encoder.SetEscapeHTML(false)
	return encoder.Encode(r)
}

// writeText writes the operations of each cloud, first those that differ, and the findings grouped by rule.
func (r *report) writeText(w io.Writer) error {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s, against %s %s (%s)\n", r.Tool.Name, cmp.Or(r.Tool.Build, r.Tool.Version), r.Document.Title, r.Document.Version, r.Document.Path)
	for _, c := range r.Clouds {
		fmt.Fprintf(&b, "\n%s at %s\n", c.Name, c.Host)
		for _, o := range c.Operations {
			o.writeText(&b)
		}
	}
	if len(r.Rules) > 0 {
		b.WriteString("\nby rule\n")
	}
	for _, rule := range r.Rules {
		fmt.Fprintf(&b, "  %-9d %s: %s\n", rule.Findings, rule.Rule, strings.Join(rule.Operations, ", "))
	}
	for _, unused := range r.UnusedTolerances {
		fmt.Fprintf(&b, "\nnothing matches the tolerance %q\n", unused)
	}
	s := r.Summary
	fmt.Fprintf(&b, "\n%d operations: %d ok, %d differ, %d untested, %d skipped; %d violations, %d drift\n",
		s.Operations, s.OK, s.Differ, s.Untested, s.Skipped, s.Violations, s.Drift)
	_, err := io.WriteString(w, b.String())
	return err
}

func (o operationReport) writeText(b *strings.Builder) {
	result := o.Result
	if result == resultDiffers || result == resultUntested {
		result = strings.ToUpper(result)
	}
	fmt.Fprintf(b, "  %-9s %s", result, o.ID)
	if o.Reason != "" {
		fmt.Fprintf(b, ": %s", o.Reason)
	}
	if o.Tolerated > 0 {
		fmt.Fprintf(b, " (%d known deviations tolerated)", o.Tolerated)
	}
	b.WriteByte('\n')
	for _, f := range o.Findings {
		fmt.Fprintf(b, "            %s", f.text)
		if f.Count > 1 {
			fmt.Fprintf(b, " (%d times)", f.Count)
		}
		b.WriteByte('\n')
	}
}
