package main

import (
	"crypto/sha256"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/cloudroster/cloudroster/contract"
)

// writeText prints one line a step, and its findings below. Nothing in it comes from a body, a query
// or a header: not in the other two forms either.
func (p *probe) writeText(w io.Writer) error {
	var b strings.Builder
	violations, drift, unasked := 0, 0, 0
	for _, s := range p.steps {
		fmt.Fprintf(&b, "%-8s %-7s %s%s\n", s.verdict(), s.cloud, s.operation, s.remark())
		for _, f := range s.findings {
			fmt.Fprintf(&b, "         %v\n", f)
			if f.Kind == contract.Violation {
				violations++
			} else {
				drift++
			}
		}
		if s.untested != "" || s.skipped != "" {
			unasked++
		}
	}
	for _, unused := range p.tolerances.Unused() {
		fmt.Fprintf(&b, "nothing matches the tolerance %q any more\n", unused)
	}
	fmt.Fprintf(&b, "%d operations, %d violations, %d drift, %d not tested\n", len(p.steps), violations, drift, unasked)
	_, err := io.WriteString(w, b.String())
	return err
}

func (s *step) verdict() string {
	switch {
	case len(s.findings) > 0:
		return "DIFFERS"
	case s.untested != "":
		return "UNTESTED"
	case s.skipped != "":
		return "skipped"
	}
	return "ok"
}

func (s *step) remark() string {
	switch {
	case s.untested != "":
		return ": " + s.untested
	case s.skipped != "":
		return ": " + s.skipped
	case s.tolerated > 0:
		return fmt.Sprintf(": %d known deviations tolerated", s.tolerated)
	}
	return ""
}

func writeFile(name string, write func(io.Writer) error) error {
	if name == "" {
		return nil
	}
	file, err := os.Create(name)
	if err != nil {
		return err
	}
	err = write(file)
	if closeErr := file.Close(); err == nil {
		err = closeErr
	}
	return err
}

type junitSuite struct {
	XMLName  xml.Name    `xml:"testsuite"`
	Name     string      `xml:"name,attr"`
	Tests    int         `xml:"tests,attr"`
	Failures int         `xml:"failures,attr"`
	Errors   int         `xml:"errors,attr"`
	Skipped  int         `xml:"skipped,attr"`
	Cases    []junitCase `xml:"testcase"`
}

type junitCase struct {
	Class    string         `xml:"classname,attr"`
	Name     string         `xml:"name,attr"`
	Failures []junitMessage `xml:"failure"`
	Error    *junitMessage  `xml:"error"`
	Skipped  *junitMessage  `xml:"skipped"`
}

type junitMessage struct {
	Message string `xml:"message,attr"`
}

// writeJUnit writes one test case an operation: findings are failures, what could not be tested is an
// error.
func (p *probe) writeJUnit(w io.Writer) error {
	suite := junitSuite{Name: "contract", Tests: len(p.steps)}
	for _, s := range p.steps {
		c := junitCase{Class: s.cloud, Name: s.operation}
		for _, f := range s.findings {
			c.Failures = append(c.Failures, junitMessage{f.String()})
		}
		switch {
		case len(s.findings) > 0:
			suite.Failures++
		case s.untested != "":
			suite.Errors++
			c.Error = &junitMessage{s.untested}
		case s.skipped != "":
			suite.Skipped++
			c.Skipped = &junitMessage{s.skipped}
		}
		suite.Cases = append(suite.Cases, c)
	}
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return err
	}
	encoder := xml.NewEncoder(w)
	encoder.Indent("", "\t")
	if err := encoder.Encode(suite); err != nil {
		return err
	}
	_, err := io.WriteString(w, "\n")
	return err
}

// writeSARIF writes SARIF 2.1.0: violations are errors, drift and what could not be tested are warnings.
func (p *probe) writeSARIF(w io.Writer) error {
	type object = map[string]any
	rules, results, seen := []object{}, []object{}, map[string]bool{}
	add := func(rule, level, operation, message string) {
		if !seen[rule] {
			seen[rule] = true
			rules = append(rules, object{
				"id": rule, "shortDescription": object{"text": "Contract: " + rule},
				"fullDescription": object{"text": "Traffic differs from openapi.yaml by the rule " + rule + "."},
				"help":            object{"text": "See the documentation of package contract for the rule " + rule + "."},
			})
		}
		results = append(results, object{
			"ruleId": rule, "level": level, "message": object{"text": message},
			"partialFingerprints": object{"finding/v1": fmt.Sprintf("%x", sha256.Sum256([]byte(rule+" "+operation+" "+message)))},
			"locations": []object{{
				"physicalLocation": object{"artifactLocation": object{"uri": "openapi.yaml"}, "region": object{"startLine": 1}},
				"logicalLocations": []object{{"name": operation, "kind": "function"}},
			}},
		})
	}
	for _, s := range p.steps {
		for _, f := range s.findings {
			level := "error"
			if f.Kind == contract.Drift {
				level = "warning"
			}
			add(string(f.Rule), level, s.operation, f.String())
		}
		if s.untested != "" {
			add("untested", "warning", s.operation, s.operation+" could not be tested: "+s.untested)
		}
	}
	encoder := json.NewEncoder(w)
	encoder.SetIndent("", "\t")
	return encoder.Encode(object{
		"$schema": "https://json.schemastore.org/sarif-2.1.0.json", "version": "2.1.0",
		"runs": []object{{
			"tool":    object{"driver": object{"name": "cloudroster cmd/cloudroster", "rules": rules}},
			"results": results,
		}},
	})
}
