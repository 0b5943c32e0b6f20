package main

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// samples are the values of each benchmark's units: ns/op, B/op, allocs/op, connections.
type samples map[string]map[string][]float64

// add reads what the testing package prints of benchmarks.
func (s samples) add(out string) {
	for line := range strings.Lines(out) {
		fields := strings.Fields(line)
		if len(fields) < 4 || !strings.HasPrefix(fields[0], "Benchmark") {
			continue
		}
		name := strings.TrimPrefix(fields[0], "Benchmark")
		if dash := strings.LastIndexByte(name, '-'); dash > strings.LastIndexByte(name, '/') {
			// The number of processors; a name such as P-256 has a slash after it.
			name = name[:dash]
		}
		if s[name] == nil {
			s[name] = map[string][]float64{}
		}
		for i := 2; i+1 < len(fields); i += 2 {
			if value, err := strconv.ParseFloat(fields[i], 64); err == nil {
				s[name][fields[i+1]] = append(s[name][fields[i+1]], value)
			}
		}
	}
}

func (s samples) median(name, unit string) (float64, bool) {
	values := slices.Sorted(slices.Values(s[name][unit]))
	switch n := len(values); {
	case n == 0:
		return 0, false
	case n%2 == 1:
		return values[n/2], true
	default:
		return (values[n/2-1] + values[n/2]) / 2, true
	}
}

// spread is the least and the greatest ratio of the runs, each of ours by the one beside it. A target between
// them is not decided.
func (s samples) spread(work, against, unit string) (low, high float64) {
	ours, base := s[work+"/ours"][unit], s[work+"/"+against][unit]
	for i := range min(len(ours), len(base)) {
		ratio := ours[i] / base[i]
		if high = max(high, ratio); i == 0 || ratio < low {
			low = ratio
		}
	}
	return low, high
}

// row is one target.
type row struct {
	work, against, what string
	target, measured    float64
	known               bool
	low, high           float64 // of the runs that took turns; 0 and 0 of what is measured once
}

const (
	duration = "cpu-ns/op" // of all processors: what else the machine does hardly counts
	bytes    = "B/op"
	allocs   = "allocs/op"
)

// target is what a benchmark is to come to, of the floor or the vendor: on Go 1.26, and on 1.27
// where that differs.
type target struct {
	work, against, unit string
	older, newer        float64
}

var targets = []target{
	{"ListDecode", "floor", duration, 0.25, 0.25},
	{"ListDecode", "floor", bytes, 0.3, 0.3},
	{"ListDecode", "floor", allocs, 0.15, 0.15},
	{"ListDecode", "vendor", duration, 0.22, 0.22},
	{"ListDecode", "vendor", bytes, 0.5, 0.5},
	{"ListDecode", "vendor", allocs, 0.45, 0.45},
	{"ListHTTP", "floor", duration, 0.35, 0.35},
	{"ListHTTP", "floor", bytes, 0.5, 0.5},
	{"ListHTTP", "floor", allocs, 1.0, 1.0},
	{"ListHTTP", "vendor", duration, 0.25, 0.25},
	{"ListHTTP", "vendor", bytes, 0.5, 0.5},
	{"ListHTTP", "vendor", allocs, 0.45, 0.45},
	{"GetHTTP", "floor", duration, 1.05, 1.05},
	{"GetHTTP", "floor", bytes, 0.95, 0.95},
	{"GetHTTP", "floor", allocs, 1.05, 1.05},
	{"GetHTTP", "vendor", duration, 0.5, 0.5},
	{"GetHTTP", "vendor", bytes, 0.4, 0.4},
	{"GetHTTPS", "floor", duration, 1.05, 1.05},
	{"GetHTTPS", "vendor", duration, 0.05, 0.05},
	{"CreateHTTP", "floor", duration, 1.05, 1.05},
	{"CreateHTTP", "floor", allocs, 1.1, 1.1},
	{"CreateHTTP", "vendor", duration, 0.5, 0.5},
	{"AllUsers", "floor", duration, 0.35, 0.25},
	{"TritonGet/RSA-2048", "floor", duration, 1.05, 1.05},
	{"TritonGet/RSA-2048", "vendor", duration, 1.0, 1.0},
	{"TritonGet/P-256", "floor", duration, 1.05, 1.05},
	{"TritonGet/P-256", "vendor", duration, 1.0, 1.0},
	{"TritonGet/Ed25519", "floor", duration, 1.05, 1.05},
}

func speedRows(s samples, newer bool) []row {
	var rows []row
	for _, t := range targets {
		ours, known := s.median(t.work+"/ours", t.unit)
		base, knownBase := s.median(t.work+"/"+t.against, t.unit)
		limit := t.older
		if newer {
			limit = t.newer
		}
		low, high := s.spread(t.work, t.against, t.unit)
		rows = append(rows, row{t.work, t.against, t.unit, limit, ours / base, known && knownBase, low, high})
	}
	connections, known := s.median("AllUsers/ours", "connections")
	return append(rows, row{"AllUsers", "", "connections", 8, connections, known, 0, 0})
}

// otherRows reads what the tests of packages waiting and cost log.
func otherRows(lines []string) []row {
	var rows []row
	sizes, modules, builds := map[string]float64{}, map[string]float64{}, samples{}
	var sums, buildTarget float64
	for _, line := range lines {
		var (
			name, late         string
			ours, vendor       int
			over, count, limit float64
		)
		if n, _ := fmt.Sscanf(line, "waiting %s ours %d polls %s late, vendor %d polls %s late, target %f",
			&name, &ours, &late, &vendor, &late, &limit); n == 6 && limit > 0 {
			rows = append(rows, row{"waiting " + strings.TrimSuffix(name, ":"), "vendor", "polls", limit, float64(ours) / float64(vendor), true, 0, 0})
		}
		if n, _ := fmt.Sscanf(line, "cost %s size %f over %f modules %f", &name, &limit, &over, &count); n == 4 {
			name = strings.TrimSuffix(name, ":")
			sizes[name], modules[name] = over, count
		}
		if n, _ := fmt.Sscanf(line, "cost go.sum: lines %f", &count); n == 1 {
			sums = count
		}
		if n, _ := fmt.Sscanf(line, "cost cold build %s %f", &name, &count); n == 2 {
			if name = strings.TrimSuffix(name, ":"); name == "target" {
				buildTarget = count
			} else {
				builds.add("Benchmark" + name + " 1 " + fmt.Sprint(count) + " s")
			}
		}
	}
	ours, knownOurs := builds.median("ours", "s")
	floor, knownFloor := builds.median("floor", "s")
	return append(rows,
		row{"program", "floor", "MB more", 0.30, sizes["ours"] / 1e6, sizes["ours"] > 0, 0, 0},
		row{"program", "", "modules linked", 0, modules["ours"], sizes["ours"] > 0, 0, 0},
		row{"program", "", "lines of go.sum", 50, sums, sums > 0, 0, 0},
		row{"cold build", "floor", "CPU time", buildTarget, ours / floor, knownOurs && knownFloor, 0, 0},
	)
}

func printRows(w io.Writer, rows []row) {
	fmt.Fprintln(w, "| work | against | what | target | measured | verdict |")
	fmt.Fprintln(w, "|---|---|---|---|---|---|")
	for _, r := range rows {
		verdict, measured := "met", fmt.Sprintf("%.3f", r.measured)
		switch {
		case !r.known:
			verdict, measured = "NOT MEASURED", ""
		case r.low <= r.target && r.target < r.high:
			verdict = "undecided"
			measured += fmt.Sprintf(" (%.3f to %.3f)", r.low, r.high)
		case r.measured > r.target:
			verdict = "MISSED"
		}
		fmt.Fprintf(w, "| %s | %s | %s | <= %g | %s | %s |\n", r.work, r.against, r.what, r.target, measured, verdict)
	}
}

func printMedians(w io.Writer, s samples) {
	fmt.Fprintln(w, "| benchmark | processor us | bytes | allocations |")
	fmt.Fprintln(w, "|---|---|---|---|")
	for _, name := range slices.Sorted(maps.Keys(s)) {
		time, _ := s.median(name, duration)
		size, _ := s.median(name, bytes)
		count, _ := s.median(name, allocs)
		fmt.Fprintf(w, "| %s | %.1f | %.0f | %.0f |\n", name, time/1000, size, count)
	}
}
