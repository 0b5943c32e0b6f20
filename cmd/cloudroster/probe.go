package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"sync"

	"github.com/cloudroster/cloudroster/contract"
	"github.com/cloudroster/cloudroster/wrapper"
)

// step is one operation of one cloud.
type step struct {
	cloud, operation string
	requests         int
	findings         []contract.Finding // those that are not tolerated
	tolerated        int
	reported         int    // findings with repetitions
	untested         string // why an answer could not be had
	skipped          string // why nothing was asked
}

// probe sends requests and notes what comes of them, one at a time.
type probe struct {
	sample     int
	requestID  string
	tolerances []*tolerance
	steps      []*step

	mu      sync.Mutex
	current *step
}

// probeCommand checks live endpoints.
func probeCommand(ctx context.Context, args []string, env environment) (int, error) {
	flags := newFlags(env, "probe", "-ionos and/or -triton [flags]")
	p := &probe{}
	ionos := flags.Bool("ionos", false, "probe IONOS, with IONOS_TOKEN or IONOS_USERNAME and IONOS_PASSWORD")
	triton := flags.Bool("triton", false, "probe Triton, with the TRITON_ variables or a profile")
	flags.IntVar(&p.sample, "sample", 3, "look into this `many` users, groups, shares and resources of each list")
	flags.StringVar(&p.requestID, "request", "", "ask for the status of the IONOS request with this `id`, too")
	known := flags.String("tolerate", "", "`file` of known deviations: rule, operation and place a line, * for any")
	junit := flags.String("junit", "", "write JUnit XML to this `file`")
	sarif := flags.String("sarif", "", "write SARIF to this `file`")
	if err := flags.Parse(args); err != nil {
		return untested, err
	}
	if flags.NArg() > 0 || !*ionos && !*triton || p.sample < 1 {
		return untested, errors.New("-ionos or -triton is needed, and -sample must be positive")
	}
	if *known != "" {
		file, err := os.Open(*known)
		if err != nil {
			return untested, err
		}
		defer file.Close()
		if p.tolerances, err = readTolerances(file); err != nil {
			return untested, fmt.Errorf("%s: %w", *known, err)
		}
	}
	guard := wrapper.WithHTTPClient(&http.Client{Transport: contract.Transport(env.transport, p.report)})
	if *ionos {
		client, err := env.ionos(guard)
		if err != nil {
			return untested, err
		}
		p.ionos(ctx, client)
	}
	if *triton {
		client, err := env.triton(guard)
		if err != nil {
			return untested, err
		}
		p.triton(ctx, client)
	}
	if err := errors.Join(p.writeText(env.stdout), writeFile(*junit, p.writeJUnit), writeFile(*sarif, p.writeSARIF)); err != nil {
		return untested, err
	}
	return p.verdict(), nil
}

func (p *probe) report(f contract.Finding) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.current.reported++
	if tolerated(p.tolerances, f) {
		p.current.tolerated++
		return
	}
	for _, told := range p.current.findings {
		if told == f {
			return
		}
	}
	p.current.findings = append(p.current.findings, f)
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

// try makes one request. wanted is the error status that is the right answer, 0 for success.
func (p *probe) try(cloud, operation string, wanted int, call func() error) bool {
	s := p.step(cloud, operation)
	p.mu.Lock()
	p.current = s
	before := s.reported
	p.mu.Unlock()
	s.requests++
	err := call()
	p.mu.Lock()
	defer p.mu.Unlock()
	var failed *wrapper.Error
	switch {
	case err == nil && wanted == 0:
	case errors.As(err, &failed) && wanted != 0 && failed.Status == wanted:
	case errors.As(err, &failed) && failed.Status >= 300:
		s.untested = fmt.Sprintf("status %d", failed.Status)
	case err == nil:
		s.untested = fmt.Sprintf("success in place of status %d", wanted)
	case errors.As(err, &failed) && failed.Status != 0:
		// The answer could not be decoded; the contract check has said why, as a rule.
		if s.reported == before {
			s.untested = "the answer could not be read"
		}
	default:
		s.untested = "no answer"
	}
	return err == nil
}

// skip notes operations that were not asked.
func (p *probe) skip(cloud, reason string, operations ...string) {
	for _, operation := range operations {
		if s := p.step(cloud, operation); s.requests == 0 {
			s.skipped = reason
		}
	}
}

// verdict is the exit status.
func (p *probe) verdict() int {
	code := conforms
	for _, s := range p.steps {
		switch {
		case len(s.findings) > 0:
			return differs
		case s.untested != "":
			code = untested
		}
	}
	return code
}
