package main

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

const printed = `goos: linux
BenchmarkGetHTTP/floor-2    100  1000 ns/op  200 B/op  10 allocs/op
BenchmarkGetHTTP/ours-2     100  1060 ns/op  100 B/op  10 allocs/op
BenchmarkGetHTTP/ours-2     100  1000 ns/op  100 B/op  11 allocs/op
BenchmarkAllUsers/ours-2    1  5 ns/op  9.000 connections
BenchmarkTritonGet/P-256/floor-2      1  100 ns/op
BenchmarkTritonGet/P-256/ours         1  104 ns/op
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
	assert.Equal(t, row{"GetHTTP", "floor", duration, 1.05, 1.03, true}, found["GetHTTP floor ns/op"])
	assert.Equal(t, row{"GetHTTP", "floor", bytes, 0.95, 0.5, true}, found["GetHTTP floor B/op"])
	assert.Equal(t, row{"TritonGet/P-256", "floor", duration, 1.05, 1.04, true}, found["TritonGet/P-256 floor ns/op"])
	assert.False(t, found["GetHTTP vendor ns/op"].known)
	var out strings.Builder
	printRows(&out, []row{found["AllUsers  connections"], found["GetHTTP floor ns/op"], found["GetHTTP vendor ns/op"]})
	assert.Contains(t, out.String(), "| AllUsers |  | connections | <= 8 | 9.000 | MISSED |")
	assert.Contains(t, out.String(), "| GetHTTP | floor | ns/op | <= 1.05 | 1.030 | holds |")
	assert.Contains(t, out.String(), "| GetHTTP | vendor | ns/op | <= 0.5 |  | NOT MEASURED |")
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
		{"waiting 2m0s", "vendor", "polls", 0.25, 0.25, true},
		{"program", "floor", "MB more", 0.40, 0.35, true},
		{"program", "", "modules linked", 3, 3, true},
		{"program", "", "lines of go.sum", 50, 42, true},
		{"cold build", "floor", "CPU time", 1.15, 1.1, true},
	}, rows)
}
