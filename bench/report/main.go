// Command report measures the library beside the vendors' SDKs and the floor, and prints one row
// for each target: what was asked for, what was measured, and whether it holds. Run it with
// `make bench`, or here with `go run ./report`.
//
// The speed of each is the median of several runs. The runs take turns, so that a machine that
// gets slower meanwhile is slower for all. Nothing is stored.
package main

import (
	"cmp"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"time"
)

func main() {
	count := flag.Int("count", 6, "runs of each benchmark")
	benchtime := flag.String("benchtime", "1s", "time of each run, as for go test")
	toolchains := flag.String("toolchains", "local,go1.27.1", "values of GOTOOLCHAIN; one that cannot be had is left out")
	raw := flag.String("raw", "", "file for the benchmarks' own lines, for benchstat")
	rest := flag.Bool("rest", true, "measure waiting, memory, size and cold builds as well")
	flag.Parse()
	if err := run(*count, *benchtime, strings.Split(*toolchains, ","), *raw, *rest); err != nil {
		fmt.Fprintln(os.Stderr, "report:", err)
		os.Exit(1)
	}
}

func run(count int, benchtime string, toolchains []string, raw string, rest bool) error {
	fmt.Printf("%s, %s/%s, %d processors, count %d, benchtime %s\n",
		time.Now().UTC().Format(time.DateOnly), runtime.GOOS, runtime.GOARCH, runtime.NumCPU(), count, benchtime)
	for _, toolchain := range toolchains {
		environment := append(os.Environ(), "GOTOOLCHAIN="+toolchain)
		version, err := output(environment, "go", "env", "GOVERSION")
		if err != nil {
			fmt.Printf("\n%s cannot be had here: left out\n", toolchain)
			continue
		}
		version = strings.TrimSpace(version)
		samples, err := measure(environment, count, benchtime, raw)
		if err != nil {
			return fmt.Errorf("%s: %w", version, err)
		}
		fmt.Printf("\n## Speed, %s\n\n", version)
		printRows(os.Stdout, speedRows(samples, newer(version)))
		fmt.Println()
		printMedians(os.Stdout, samples)
	}
	if !rest {
		return nil
	}
	lines, err := logged(os.Environ())
	if err != nil {
		return err
	}
	fmt.Print("\n## Waiting and cost\n\n")
	printRows(os.Stdout, otherRows(lines))
	fmt.Println()
	for _, line := range lines {
		fmt.Println("    " + line)
	}
	return nil
}

// newer tells whether encoding/json/v2 is in this Go.
func newer(version string) bool {
	var minor int
	_, err := fmt.Sscanf(version, "go1.%d", &minor)
	return err == nil && minor >= 27
}

func output(environment []string, name string, args ...string) (string, error) {
	command := exec.Command(name, args...)
	command.Env = environment
	out, err := command.Output()
	var failed *exec.ExitError
	if errors.As(err, &failed) {
		err = fmt.Errorf("%s %s: %w\n%s%s", name, strings.Join(args, " "), err, out, failed.Stderr)
	}
	return string(out), err
}

// measure runs the benchmarks of package speed, count times one after the other.
func measure(environment []string, count int, benchtime, raw string) (samples, error) {
	dir, err := os.MkdirTemp("", "bench")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	program := filepath.Join(dir, "speed.test")
	if _, err := output(environment, "go", "test", "-c", "-o", program, "./speed"); err != nil {
		return nil, err
	}
	all := samples{}
	for i := range count {
		fmt.Fprintf(os.Stderr, "run %d of %d\n", i+1, count)
		out, err := output(environment, program, "-test.run=^$", "-test.bench=.", "-test.benchtime="+benchtime)
		if err != nil {
			return nil, err
		}
		all.add(out)
		if raw != "" {
			file, err := os.OpenFile(raw, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
			if err != nil {
				return nil, err
			}
			_, err = file.WriteString(out)
			if err := cmp.Or(err, file.Close()); err != nil {
				return nil, err
			}
		}
	}
	return all, nil
}

var logLine = regexp.MustCompile(`(?m)^\S+ \S+ ((?:waiting|cost|scale) .*)$`)

// logged runs the tests that measure something else than speed, and returns what they report.
func logged(environment []string) ([]string, error) {
	var lines []string
	for _, args := range [][]string{
		{"./waiting"}, {"./scale", "-args", "-users=200000"}, {"./cost", "-args", "-cold"},
	} {
		out, err := output(environment, "go", append([]string{"test", "-count=1", "-v"}, args...)...)
		if err != nil {
			return nil, err
		}
		for _, found := range logLine.FindAllStringSubmatch(out, -1) {
			lines = append(lines, found[1])
		}
	}
	return lines, nil
}
