package sandbox

import (
	"fmt"
	"io"
	"net/http"
	"slices"
	"sync"

	"github.com/cloudroster/cloudroster/contract"
)

// keptFindings is how many findings are kept for the page and the control API.
const keptFindings = 100

// findings is what -contract found.
type findings struct {
	stderr  io.Writer
	checker *contract.Checker
	faulty  func() bool // whether a fault is in force

	mu         sync.Mutex
	violations int
	last       []contract.Finding
}

func (f *findings) add(finding contract.Finding) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if finding.Kind == contract.Violation {
		f.violations++
	}
	if len(f.last) == keptFindings {
		f.last = append(f.last[:0], f.last[1:]...)
	}
	f.last = append(f.last, finding)
	fmt.Fprintln(f.stderr, "contract:", finding)
}

// count returns the number of violations. A nil list has none.
func (f *findings) count() int {
	if f == nil {
		return 0
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.violations
}

// list returns the last findings. A nil list has none.
func (f *findings) list() []contract.Finding {
	if f == nil {
		return nil
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.last)
}

// forget empties the list. The exit status still counts all violations.
func (f *findings) forget() {
	if f == nil {
		return
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.last = nil
}

// wrap checks the documented operations. Requests beside them are not held to the document, unless
// the cloud does not serve them either: then the client called something that does not exist. While
// faults are in force only requests are: responses are then wrong on purpose.
func (f *findings) wrap(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var held []contract.Finding
		seen := &statusWriter{ResponseWriter: w}
		faulty := f.faulty()
		defer func() {
			for _, finding := range held {
				served := seen.status != http.StatusNotFound && seen.status != http.StatusMethodNotAllowed
				neighbour := finding.Rule == contract.RuleUnknownOperation && served
				if !neighbour && (!faulty || finding.Status == 0) {
					f.add(finding)
				}
			}
		}()
		f.checker.Handler(next, func(finding contract.Finding) { held = append(held, finding) }).ServeHTTP(seen, r)
	})
}
