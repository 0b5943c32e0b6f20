package main

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

const printed = `goos: linux
BenchmarkGetHTTP/floor-2    100  1000 cpu-ns/op  200 B/op  10 allocs/op
BenchmarkGetHTTP/ours-2     100  1060 cpu-ns/op  100 B/op  10 allocs/op
BenchmarkGetHTTP/ours-2     100  1000 cpu-ns/op  100 B/op  11 allocs/op
BenchmarkAllUsers/ours-2    1  5 cpu-ns/op  9.000 connections
BenchmarkTritonGet/P-256/floor-2      1  100 cpu-ns/op
BenchmarkTritonGet/P-256/ours         1  104 cpu-ns/op
PASS
`

func TestRowsCompareMedians(t *testing.T) {
	t.Parallel()
	s := samples{}
	s.add(printed)
	found := map[string]row{}
	for _, r := range speedRows(s, false) {
		found[r.work+" "+r.against+" "+r.what] = r
	}
	assert.Equal(t, row{"GetHTTP", "floor", duration, 1.05, 1.03, true, 1.06, 1.06}, found["GetHTTP floor cpu-ns/op"])
	assert.Equal(t, row{"GetHTTP", "floor", bytes, 0.95, 0.5, true, 0.5, 0.5}, found["GetHTTP floor B/op"])
	assert.Equal(t, row{"TritonGet/P-256", "floor", duration, 1.05, 1.04, true, 1.04, 1.04}, found["TritonGet/P-256 floor cpu-ns/op"])
	assert.False(t, found["GetHTTP vendor cpu-ns/op"].known)
	var out strings.Builder
	undecided := row{"Get", "floor", duration, 1.05, 1.04, true, 0.9, 1.2}
	printRows(&out, []row{undecided})
	assert.Contains(t, out.String(), "| 1.040 (0.900 to 1.200) | undecided |")
	printRows(&out, []row{found["AllUsers  connections"], found["GetHTTP floor cpu-ns/op"], found["GetHTTP vendor cpu-ns/op"]})
	assert.Contains(t, out.String(), "| AllUsers |  | connections | <= 8 | 9.000 | MISSED |")
	assert.Contains(t, out.String(), "| GetHTTP | floor | cpu-ns/op | <= 1.05 | 1.030 | met |")
	assert.Contains(t, out.String(), "| GetHTTP | vendor | cpu-ns/op | <= 0.5 |  | NOT MEASURED |")
}

func TestRowsReadWhatTheTestsLog(t *testing.T) {
	t.Parallel()
	rows := otherRows([]string{
		"waiting 2m0s: ours 30 polls 14s late, vendor 120 polls 1s late, target 0.250",
		"waiting 2s: ours 5 polls 0.4s late, vendor 3 polls 1s late, target 0.000",
		"cost floor: size 1000 over 0 modules 0",
		"cost ours: size 351000 over 350000 modules 3",
		"cost go.sum: lines 42",
		"cost cold build floor: 10.00", "cost cold build ours: 11.00", "cost cold build target: 1.15",
	})
	assert.Equal(t, []row{
		{"waiting 2m0s", "vendor", "polls", 0.25, 0.25, true, 0, 0},
		{"program", "floor", "MB more", 0.30, 0.35, true, 0, 0},
		{"program", "", "modules linked", 0, 3, true, 0, 0},
		{"program", "", "lines of go.sum", 50, 42, true, 0, 0},
		{"cold build", "floor", "CPU time", 1.15, 1.1, true, 0, 0},
	}, rows)
}
