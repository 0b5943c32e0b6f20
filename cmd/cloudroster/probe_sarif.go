package main

import (
	"cmp"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/cloudroster/cloudroster/contract"
)

// sarifObject is an object of SARIF. The format has hundreds of types, of which this needs a dozen properties.
type sarifObject = map[string]any

// untestedRule is that of operations that could not be tested, which is no rule of contract.
const untestedRule contract.Rule = "untested"

// writeSARIF writes SARIF 2.1.0 as GitHub code scanning takes it: each result points at the line of the document
// that has the schema's field, or else the operation. Violations are errors, drift and what could not be tested are warnings.
func (r *report) writeSARIF(w io.Writer) error {
	s := &sarif{report: r, lines: linesOf(r.source), rules: []sarifObject{}, results: []sarifObject{}}
	hosts := []string{}
	for _, c := range r.Clouds {
		hosts = append(hosts, c.Host)
		for _, o := range c.Operations {
			for _, f := range o.Findings {
				level := "error"
				if f.Kind == contract.Drift {
					level = "warning"
				}
				s.add(c, o, f.Rule, level, f.Where+"|"+f.Message, f.text, f.Schema)
			}
			if o.Reason != "" && o.Result != resultSkipped {
				s.add(c, o, untestedRule, "warning", "", o.ID+" could not be tested: "+o.Reason, "")
			}
		}
	}
	encoder := json.NewEncoder(w)
	encoder.SetIndent("", "\t")
	encoder.SetEscapeHTML(false)
	return encoder.Encode(sarifObject{
		"$schema": "https://json.schemastore.org/sarif-2.1.0.json", "version": "2.1.0",
		"runs": []sarifObject{{
			"tool": sarifObject{"driver": sarifObject{
				"name": r.Tool.Name, "semanticVersion": r.Tool.Version, "version": cmp.Or(r.Tool.Build, r.Tool.Version),
				"informationUri": "https://github.com/cloudroster/cloudroster", "rules": s.rules,
			}},
			// GitHub keeps the alerts of each category apart.
			"automationDetails": sarifObject{"id": "cloudroster-probe/" + strings.Join(hosts, ",") + "/"},
			"invocations": []sarifObject{{
				"executionSuccessful": r.ExitStatus != untested, "exitCode": r.ExitStatus,
				"startTimeUtc": r.Started.Format("2006-01-02T15:04:05.000Z"),
			}},
			"results": s.results, "columnKind": "utf16CodeUnits",
			"properties": sarifObject{"hosts": hosts, "document": r.Document},
		}},
	})
}

type sarif struct {
	*report
	lines          map[string]int // of operation IDs, schemas and their fields
	rules, results []sarifObject
	known          []contract.Rule // whose texts are in rules
}

// add adds a result. identity tells it from others of the same rule and operation, over time.
func (s *sarif) add(c cloudReport, o operationReport, rule contract.Rule, level, identity, message, schema string) {
	index := slices.Index(s.known, rule)
	if index < 0 {
		index = len(s.known)
		s.known = append(s.known, rule)
		s.rules = append(s.rules, ruleObject(rule))
	}
	fingerprint := sha256.Sum256([]byte(strings.Join([]string{c.Host, o.ID, string(rule), identity}, "\n")))
	s.results = append(s.results, sarifObject{
		"ruleId": rule, "ruleIndex": index, "level": level, "message": sarifObject{"text": message},
		// The name that GitHub matches alerts by; it is a hash and a number there.
		"partialFingerprints": sarifObject{"primaryLocationLineHash": fmt.Sprintf("%x:1", fingerprint[:16])},
		"locations": []sarifObject{{
			"physicalLocation": sarifObject{
				"artifactLocation": sarifObject{"uri": artifact(s.Document.Path), "uriBaseId": "%SRCROOT%"},
				"region":           sarifObject{"startLine": cmp.Or(s.lines[schema], s.lines[o.ID], 1)},
			},
			"logicalLocations": []sarifObject{{"name": o.ID, "fullyQualifiedName": c.Name + "." + o.ID, "kind": "function"}},
		}},
		"properties": sarifObject{"host": c.Host},
	})
}

// artifact is a path as GitHub wants it, relative to the repository: that of a file elsewhere is its name.
func artifact(path string) string {
	if filepath.IsAbs(path) {
		working, err := filepath.Abs(".")
		if err == nil {
			path = cmp.Or(relative(working, path), path)
		}
	}
	if !filepath.IsLocal(path) {
		path = filepath.Base(path)
	}
	return filepath.ToSlash(filepath.Clean(path))
}

func relative(base, path string) string {
	local, err := filepath.Rel(base, path)
	if err != nil {
		return ""
	}
	return local
}

// linesOf finds the lines of the operation IDs in a document, of its schemas, and of their fields. JSON is YAML, too.
func linesOf(source []byte) map[string]int {
	lines := map[string]int{}
	var root yaml.Node
	if yaml.Unmarshal(source, &root) != nil || len(root.Content) == 0 {
		return lines
	}
	for _, path := range pairs(valueOf(root.Content[0], "paths")) {
		for _, method := range pairs(path.value) {
			if id := valueOf(method.value, "operationId"); id != nil {
				lines[id.Value] = method.key.Line
			}
		}
	}
	for _, schema := range pairs(valueOf(valueOf(root.Content[0], "components"), "schemas")) {
		lines[schema.key.Value] = schema.key.Line
		for _, field := range pairs(valueOf(schema.value, "properties")) {
			lines[schema.key.Value+"."+field.key.Value] = field.key.Line
		}
	}
	return lines
}

type pair struct{ key, value *yaml.Node }

func pairs(mapping *yaml.Node) []pair {
	var list []pair
	if mapping != nil && mapping.Kind == yaml.MappingNode {
		for both := range slices.Chunk(mapping.Content, 2) {
			list = append(list, pair{both[0], both[1]})
		}
	}
	return list
}

func valueOf(mapping *yaml.Node, key string) *yaml.Node {
	for _, p := range pairs(mapping) {
		if p.key.Value == key {
			return p.value
		}
	}
	return nil
}
