package main

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
)

// person is one line of the CSV file: what the clouds should know of somebody.
type person struct {
	Email, Login, FirstName, LastName string
	// Groups are names of IONOS groups.
	Groups []string
}

var columns = []string{"email", "login", "first_name", "last_name", "groups"}

// readPeople reads the CSV file and reports every invalid line at once: a plan that is made from
// half a file would take the other half for leavers.
func readPeople(in io.Reader) ([]person, error) {
	reader := csv.NewReader(in)
	reader.FieldsPerRecord = len(columns)
	reader.TrimLeadingSpace = true
	header, err := reader.Read()
	if err != nil {
		return nil, fmt.Errorf("header line: %w", err)
	}
	if !slices.Equal(header, columns) {
		return nil, fmt.Errorf("header line: must be %s", strings.Join(columns, ","))
	}
	var (
		people   []person
		problems []error
		seen     = map[string]int{}
	)
	for {
		record, err := reader.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
		line, _ := reader.FieldPos(0)
		p := person{Email: record[0], Login: record[1], FirstName: record[2], LastName: record[3], Groups: groupNames(record[4])}
		for i, value := range record[:4] {
			if strings.TrimSpace(value) == "" {
				problems = append(problems, fmt.Errorf("line %d: %s is empty", line, columns[i]))
			}
		}
		// The clouds tell addresses apart that differ in case only. A file of people should not.
		key := strings.ToLower(p.Email)
		if first, ok := seen[key]; ok {
			problems = append(problems, fmt.Errorf("line %d: %s is also on line %d", line, p.Email, first))
		}
		seen[key] = line
		people = append(people, p)
	}
	if len(people) == 0 && len(problems) == 0 {
		return nil, errors.New("no people: an empty file would make everybody a leaver")
	}
	return people, errors.Join(problems...)
}

func groupNames(field string) []string {
	var names []string
	for name := range strings.SplitSeq(field, ";") {
		if name = strings.TrimSpace(name); name != "" && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names
}
