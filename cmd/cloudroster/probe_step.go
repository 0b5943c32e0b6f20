package main

import (
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/cloudroster/cloudroster/contract"
	"github.com/cloudroster/cloudroster/wrapper"
)

// step is one operation ID of one cloud.
type step struct {
	cloud, operation string
	requests         int
	elapsed          time.Duration
	findings         []repeated // those that are not tolerated
	tolerated        int
	reported         int    // findings with repetitions, those that are tolerated included
	untested         string // why there was no usable response
	skipped          string // why no request was sent
}

// repeated is a finding and how many exchanges had it.
type repeated struct {
	contract.Finding
	count int
}

// probe sends requests, one at a time, and records their results.
type probe struct {
	sample     int
	requestID  string
	tolerances *contract.Tolerances
	started    time.Time
	steps      []*step

	mu      sync.Mutex
	current *step
	html    bool              // the last response was a page for people
	hosts   map[string]string // by cloud
	client  string            // the version that the client sends
}

// found records a finding of the current step.
func (p *probe) found(f contract.Finding) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.current.reported++
	same := func(r repeated) bool { return r.Finding == f }
	if i := slices.IndexFunc(p.current.findings, same); i >= 0 {
		p.current.findings[i].count++
		return
	}
	p.current.findings = append(p.current.findings, repeated{f, 1})
}

func (p *probe) step(cloud, operation string) *step {
	for _, s := range p.steps {
		if s.cloud == cloud && s.operation == operation {
			return s
		}
	}
	s := &step{cloud: cloud, operation: operation}
	p.steps = append(p.steps, s)
	return s
}

// try makes one call. wanted is the error status that is expected, 0 for success.
func (p *probe) try(cloud, operation string, wanted int, call func() error) bool {
	s := p.step(cloud, operation)
	p.mu.Lock()
	p.current = s
	before, known := s.reported, p.tolerances.Used()
	p.html = false
	p.mu.Unlock()
	s.requests++
	start := time.Now()
	err := call()
	s.elapsed += time.Since(start)
	p.mu.Lock()
	defer p.mu.Unlock()
	tolerated := p.tolerances.Used() - known
	s.tolerated += tolerated
	s.reported += tolerated
	if reason := p.reason(err, wanted, s.reported > before); reason != "" {
		s.untested = reason
	}
	return err == nil
}

// reason says why a call tested nothing, "" if it did. p.mu is held.
func (p *probe) reason(err error, wanted int, reported bool) string {
	var failed *wrapper.Error
	if !errors.As(err, &failed) {
		failed = &wrapper.Error{}
	}
	switch {
	case err == nil && wanted == 0, wanted != 0 && failed.Status == wanted:
		return ""
	case err == nil:
		return fmt.Sprintf("success instead of status %d", wanted)
	case failed.Status >= 300:
		return statusReason(failed.Status, p.html)
	case failed.Status != 0 && reported:
		return "" // the response could not be decoded, and a finding says why
	case failed.Status != 0:
		return "the response could not be decoded"
	}
	return unreachable(err)
}

// skip records operations that no request was sent for.
func (p *probe) skip(cloud, reason string, operations ...string) {
	for _, operation := range operations {
		if s := p.step(cloud, operation); s.requests == 0 {
			s.skipped = reason
		}
	}
}

// exitStatus is that of the command: drift counts as a difference only if onDrift is set, and least operations
// must have been tested.
func (p *probe) exitStatus(onDrift bool, least int) int {
	code, tested := conforms, 0
	for _, s := range p.steps {
		for _, f := range s.findings {
			if onDrift || f.Kind == contract.Violation {
				return differs
			}
		}
		switch {
		case s.untested != "":
			code = untested
		case s.skipped == "":
			tested++
		}
	}
	if tested < least {
		return untested
	}
	return code
}
