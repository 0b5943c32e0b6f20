package main

import (
	"encoding/xml"
	"fmt"
	"io"
	"strings"
)

// The JUnit format has no standard. These types keep to what the schemas of Jenkins and of Ant, old and new, have in
// common: Ant requires the attributes of a suite and the elements at its end, and allows one failure or error a case.
// Its older schema has nothing for skipped cases, and elsewhere they look different: they are lines of system-out.
type (
	junitSuites struct {
		XMLName xml.Name     `xml:"testsuites"`
		Suites  []junitSuite `xml:"testsuite"`
	}
	junitSuite struct {
		Name       string          `xml:"name,attr"`
		Package    string          `xml:"package,attr"`
		ID         int             `xml:"id,attr"`
		Timestamp  string          `xml:"timestamp,attr"`
		Host       string          `xml:"hostname,attr"`
		Tests      int             `xml:"tests,attr"`
		Failures   int             `xml:"failures,attr"`
		Errors     int             `xml:"errors,attr"`
		Time       string          `xml:"time,attr"`
		Properties []junitProperty `xml:"properties>property"`
		Cases      []junitCase     `xml:"testcase"`
		Out        string          `xml:"system-out"`
		Err        string          `xml:"system-err"`
	}
	junitProperty struct {
		Name  string `xml:"name,attr"`
		Value string `xml:"value,attr"`
	}
	junitCase struct {
		Name    string        `xml:"name,attr"`
		Class   string        `xml:"classname,attr"`
		Time    string        `xml:"time,attr"`
		Failure *junitMessage `xml:"failure"`
		Error   *junitMessage `xml:"error"`
	}
	junitMessage struct {
		Message string `xml:"message,attr"`
		Type    string `xml:"type,attr"`
		Text    string `xml:",chardata"`
	}
)

// writeJUnit writes a suite for each cloud and a case for each operation that a request was sent for: findings are
// a failure, and what could not be tested is an error.
func (r *report) writeJUnit(w io.Writer) error {
	var suites junitSuites
	for i, c := range r.Clouds {
		suite := junitSuite{
			Name: c.Name, Package: "cloudroster.probe", ID: i, Host: c.Host,
			Timestamp: r.Started.Format("2006-01-02T15:04:05"),
			Properties: []junitProperty{
				{"host", c.Host}, {"document", r.Document.Title}, {"document.version", r.Document.Version},
				{"document.path", r.Document.Path}, {"tool.version", r.Tool.Version}, {"tool.build", r.Tool.Build},
			},
		}
		total := 0.0
		for _, o := range c.Operations {
			suite.add(c.Name, o)
			total += o.Seconds
		}
		suite.Time = junitTime(total)
		suites.Suites = append(suites.Suites, suite)
	}
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return err
	}
	encoder := xml.NewEncoder(w)
	encoder.Indent("", "\t")
	if err := encoder.Encode(suites); err != nil {
		return err
	}
	_, err := io.WriteString(w, "\n")
	return err
}

func (s *junitSuite) add(cloud string, o operationReport) {
	c := junitCase{Name: o.ID, Class: "cloudroster.probe." + cloud, Time: junitTime(o.Seconds)}
	switch o.Result {
	case resultDiffers:
		s.Failures++
		c.Failure = failureOf(o)
	case resultUntested:
		s.Errors++
		c.Error = &junitMessage{Message: o.Reason, Type: "untested"}
	case resultSkipped:
		s.Out += fmt.Sprintf("skipped %s: %s\n", o.ID, o.Reason)
		return
	}
	s.Tests++
	s.Cases = append(s.Cases, c)
}

// failureOf has the first finding as its message, and all of them as its text.
func failureOf(o operationReport) *junitMessage {
	m := &junitMessage{Message: o.Findings[0].text, Type: string(o.Findings[0].Rule)}
	if more := len(o.Findings) - 1; more > 0 {
		m.Message += fmt.Sprintf(" (and %d more)", more)
	}
	var b strings.Builder
	for _, f := range o.Findings {
		fmt.Fprintf(&b, "%s (%d times)\n", f.text, f.Count)
	}
	if o.Reason != "" {
		fmt.Fprintf(&b, "not tested completely: %s\n", o.Reason)
	}
	m.Text = b.String()
	return m
}

func junitTime(seconds float64) string { return fmt.Sprintf("%.3f", seconds) }
