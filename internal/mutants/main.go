// Command mutants measures whether the tests of wrapper notice changes of its code. It makes small changes, one
// at a time: an operator, a number, a condition, a statement that is dropped. A change that no test fails for
// has survived. The tree is not touched: the compiler gets the changed file through an overlay.
//
//	go run ./internal/mutants -n 40 -seed 1
//
// The same seed changes the same places as long as the code is the same. A survivor that means the same as the
// code it replaces belongs into equivalent.txt, with the reason; any other one is a test that is missing.
package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"
)

// core are the files that are changed, of the package directory.
var core = []string{
	"call", "decode", "errors", "headers", "limiter", "list", "location", "lookup", "operation", "poll_policy", "redact", "response", "retry", "schedule",
	"signature", "snapshot", "transport", "update", "users", "users_create", "users_ionos", "users_triton", "wait", "wait_all", "walk",
}

const directory = "wrapper"

func main() {
	var s settings
	flag.IntVar(&s.count, "n", 40, "how many mutants to test")
	flag.Uint64Var(&s.seed, "seed", 1, "selects the sample")
	flag.IntVar(&s.parallel, "p", 2, "how many to test at a time")
	flag.Float64Var(&s.least, "min", 0.95, "the part of the mutants that must be killed; equivalent ones do not count")
	flag.DurationVar(&s.timeout, "timeout", 4*time.Minute, "a run of the tests that takes longer has noticed the mutant")
	flag.StringVar(&s.only, "file", "", "only this file, such as wait.go")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, s); err != nil {
		fmt.Fprintln(os.Stderr, "mutants:", err)
		os.Exit(1)
	}
}

type settings struct {
	count, parallel int
	seed            uint64
	least           float64
	timeout         time.Duration
	only            string
}

func run(ctx context.Context, s settings) error {
	known, err := readEquivalents("internal/mutants/equivalent.txt")
	if err != nil {
		return err
	}
	all, err := collect(s.only)
	if err != nil {
		return err
	}
	random := rand.New(rand.NewPCG(s.seed, 0)) // #nosec G404 -- a sample
	random.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	if output, err := test(ctx, s.timeout, ""); err != nil {
		return fmt.Errorf("the tests fail without any change: %w\n%s", err, output)
	}
	fmt.Printf("%d places, seed %d\n", len(all), s.seed)
	results := s.sample(ctx, all)
	counts := map[outcome]int{}
	for _, r := range results {
		if r.outcome == survived && known[r.mutant.key()] {
			r.outcome = equivalent
		}
		counts[r.outcome]++
		if r.outcome == survived {
			fmt.Println(r.mutant)
		}
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	tested := counts[killed] + counts[survived]
	if tested == 0 {
		return errors.New("nothing was tested")
	}
	rate := float64(counts[killed]) / float64(tested)
	fmt.Printf("%d of %d killed (%.0f %%), %d equivalent; %d do not compile\n", counts[killed], tested, 100*rate, counts[equivalent], counts[invalid])
	if rate < s.least {
		return fmt.Errorf("fewer than %.0f %% are killed", 100*s.least)
	}
	return nil
}

// collect returns all mutants, in a fixed order.
func collect(only string) ([]mutant, error) {
	var all []mutant
	for _, name := range core {
		path := filepath.Join(directory, name+".go")
		if only != "" && only != name+".go" {
			continue
		}
		source, err := os.ReadFile(path) // #nosec G304 -- a file of the repository
		if err != nil {
			return nil, err
		}
		of, err := mutants(path, source)
		if err != nil {
			return nil, err
		}
		all = append(all, of...)
	}
	if len(all) == 0 {
		return nil, fmt.Errorf("%q is none of %s", only, strings.Join(core, ".go, ")+".go")
	}
	return all, nil
}

type outcome int

const (
	killed outcome = iota
	survived
	equivalent
	invalid // does not compile
)

type result struct {
	mutant  mutant
	outcome outcome
}

// sample tests mutants in their order until there are enough that compile.
func (s settings) sample(ctx context.Context, all []mutant) []result {
	var (
		mu      sync.Mutex
		next    int
		valid   int
		results []result
		workers sync.WaitGroup
	)
	take := func() (mutant, bool) {
		mu.Lock()
		defer mu.Unlock()
		if next == len(all) || valid >= s.count || ctx.Err() != nil {
			return mutant{}, false
		}
		next++
		valid++
		return all[next-1], true
	}
	for range s.parallel {
		workers.Go(func() {
			for {
				m, ok := take()
				if !ok {
					return
				}
				got := m.test(ctx, s.timeout)
				mu.Lock()
				if got == invalid {
					valid-- // another one takes its place
				}
				results = append(results, result{m, got})
				mu.Unlock()
			}
		})
	}
	workers.Wait()
	slices.SortFunc(results, func(a, b result) int { return a.mutant.compare(b.mutant) })
	return results
}

// test runs the tests on the mutant.
func (m mutant) test(ctx context.Context, timeout time.Duration) outcome {
	overlay, remove, err := m.overlay()
	if err != nil {
		return invalid
	}
	defer remove()
	build := exec.CommandContext(ctx, "go", "build", "-overlay", overlay, "./"+directory) // #nosec G204 -- our own arguments
	if build.Run() != nil {
		return invalid
	}
	if _, err := test(ctx, timeout, overlay); err == nil {
		return survived
	}
	return killed
}

// test runs the tests of the package, through an overlay if there is one.
func test(ctx context.Context, timeout time.Duration, overlay string) ([]byte, error) {
	args := []string{"test", "-count=1", "-failfast", "-vet=off", "-timeout", timeout.String()}
	if overlay != "" {
		args = append(args, "-overlay", overlay)
	}
	ctx, cancel := context.WithTimeout(ctx, timeout+time.Minute)
	defer cancel()
	command := exec.CommandContext(ctx, "go", append(args, "./"+directory)...) // #nosec G204 -- our own arguments
	command.WaitDelay = time.Second
	output, err := command.CombinedOutput()
	return bytes.TrimSpace(output), err
}

// overlay writes the changed file, and the file that tells the compiler of it.
func (m mutant) overlay() (path string, remove func(), err error) {
	directory, err := os.MkdirTemp("", "mutant")
	if err != nil {
		return "", nil, err
	}
	remove = func() { _ = os.RemoveAll(directory) }
	original, err := filepath.Abs(m.path)
	if err != nil {
		remove()
		return "", nil, err
	}
	changed := filepath.Join(directory, filepath.Base(m.path))
	replace, err := json.Marshal(map[string]map[string]string{"Replace": {original: changed}})
	path = filepath.Join(directory, "overlay.json")
	if err = errors.Join(err, os.WriteFile(changed, m.apply(), 0o600), os.WriteFile(path, replace, 0o600)); err != nil {
		remove()
		return "", nil, err
	}
	return path, remove, nil
}

// readEquivalents reads the mutants that no test can notice: a key a line, after a line with the reason.
func readEquivalents(path string) (map[string]bool, error) {
	text, err := os.ReadFile(path) // #nosec G304 -- a file of the repository
	if err != nil {
		return nil, err
	}
	known := map[string]bool{}
	reason := false
	for number, line := range strings.Split(string(text), "\n") {
		switch line = strings.TrimSpace(line); {
		case line == "":
			reason = false
		case strings.HasPrefix(line, "#"):
			reason = true
		case !reason:
			return nil, fmt.Errorf("%s:%d: has no reason: begin its paragraph with a line that begins with #", path, number+1)
		default:
			known[line] = true
		}
	}
	return known, nil
}
