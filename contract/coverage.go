package contract

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/getkin/kin-openapi/openapi3"
)

// The kinds of things that coverage counts.
const (
	operations         = "operations"          // every operation
	statuses           = "statuses"            // every documented status of every operation, those that a default response lists included
	parameters         = "parameters"          // every parameter of every operation
	requestProperties  = "request properties"  // every property of every schema that a request can hold, except read-only ones
	responseProperties = "response properties" // every property of every schema that an answer can hold
)

var kinds = []string{operations, statuses, parameters, requestProperties, responseProperties}

// item is one thing that can be exercised, such as {statuses, "umUsersGet 404"}.
type item struct{ kind, name string }

// Coverage notes which operations, statuses, parameters and properties of the document were
// exercised. The zero value is ready; it is safe for concurrent use.
//
//	var coverage contract.Coverage
//	client := &http.Client{Transport: contract.Transport(nil, contract.ReportTo(t), contract.WithCoverage(&coverage))}
//	...
//	err := coverage.Require(contract.Minimum{Operations: 100})
//
// Statuses are counted for each operation, with the codes that a default response lists. Properties
// are counted for each schema, requests and answers apart, wherever the schema is used.
type Coverage struct {
	mu   sync.Mutex
	hits map[item]int
}

func (c *Coverage) add(i item) { c.addTimes(i, 1) }

func (c *Coverage) addTimes(i item, times int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.hits == nil {
		c.hits = map[item]int{}
	}
	c.hits[i] += times
}

func (c *Coverage) snapshot() map[item]int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return maps.Clone(c.hits)
}

// Merge adds what other has noted.
func (c *Coverage) Merge(other *Coverage) {
	for i, times := range other.snapshot() {
		c.addTimes(i, times)
	}
}

// Save writes a new file into a directory, which is made if need be. Several test processes may save
// into one directory; [Coverage.Load] adds their files up.
func (c *Coverage) Save(directory string) error {
	content := map[string]map[string]int{}
	for i, times := range c.snapshot() {
		if content[i.kind] == nil {
			content[i.kind] = map[string]int{}
		}
		content[i.kind][i.name] = times
	}
	data, err := json.MarshalIndent(content, "", "\t")
	if err != nil {
		return err
	}
	if err := os.MkdirAll(directory, 0o777); err != nil {
		return fmt.Errorf("save coverage: %w", err)
	}
	file, err := os.CreateTemp(directory, "coverage-*.json")
	if err != nil {
		return fmt.Errorf("save coverage: %w", err)
	}
	_, err = file.Write(append(data, '\n'))
	if closeErr := file.Close(); err == nil {
		err = closeErr
	}
	if err != nil {
		return fmt.Errorf("save coverage: %w", err)
	}
	return nil
}

// Load adds all files of a directory that [Coverage.Save] has written. A directory without any is an
// error.
func (c *Coverage) Load(directory string) error {
	files, err := filepath.Glob(filepath.Join(directory, "coverage-*.json"))
	if err != nil {
		return fmt.Errorf("load coverage: %w", err)
	}
	if len(files) == 0 {
		return fmt.Errorf("load coverage: no coverage-*.json in %s", directory)
	}
	for _, name := range files {
		data, err := os.ReadFile(name)
		if err != nil {
			return fmt.Errorf("load coverage: %w", err)
		}
		var content map[string]map[string]int
		if err := json.Unmarshal(data, &content); err != nil {
			return fmt.Errorf("load coverage: %s: %w", name, err)
		}
		for kind, names := range content {
			for name, times := range names {
				c.addTimes(item{kind, name}, times)
			}
		}
	}
	return nil
}

// items is everything that the document has, of each kind in order.
func (d *document) items() map[string][]string {
	all := map[string][]string{}
	add := func(kind, name string) { all[kind] = append(all[kind], name) }
	for _, o := range d.operations {
		add(operations, o.id)
		for _, status := range o.statuses() {
			add(statuses, o.id+" "+strconv.Itoa(status))
		}
		for _, p := range o.parameters {
			add(parameters, o.id+" "+p.In+" "+p.Name)
		}
		if o.body != nil {
			for _, media := range o.body.Content {
				eachProperty(media.Schema, o.id, false, map[string]bool{}, func(name string) { add(requestProperties, name) })
			}
		}
		responses := slices.Collect(maps.Values(o.responses))
		if o.fallback != nil {
			responses = append(responses, o.fallback)
		}
		for _, response := range responses {
			for _, media := range response.Content {
				eachProperty(media.Schema, o.id, true, map[string]bool{}, func(name string) { add(responseProperties, name) })
			}
		}
	}
	for kind, names := range all {
		slices.Sort(names)
		all[kind] = slices.Compact(names)
	}
	return all
}

// eachProperty calls add for "Schema.property" of all schemas that are reached from ref. It names
// them as the walker does.
func eachProperty(ref *openapi3.SchemaRef, name string, answer bool, seen map[string]bool, add func(string)) {
	if ref == nil || ref.Value == nil {
		return
	}
	if component, ok := strings.CutPrefix(ref.Ref, "#/components/schemas/"); ok {
		if seen[component] {
			return
		}
		seen[component] = true
		name = component
	}
	known, _ := fields(ref.Value)
	for field, property := range known {
		if property.Value.ReadOnly && !answer || property.Value.WriteOnly && answer {
			continue
		}
		add(name + "." + field)
		eachProperty(property, name+"."+field, answer, seen, add)
	}
	eachProperty(ref.Value.Items, name, answer, seen, add)
}
