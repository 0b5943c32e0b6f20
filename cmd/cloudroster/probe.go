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
	tolerances *contract.Tolerances
	onDrift    bool // drift fails, too
	least      int  // operations that must have been tested
	steps      []*step

	mu      sync.Mutex
	current *step
	page    bool // the last response was HTML
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
	failOn := flags.String("fail-on", "drift", "fail on violations only (`violation`) or on drift as well (drift)")
	flags.IntVar(&p.least, "min", 0, "exit with 2 if fewer than this `many` operations could be tested")
	timeout := flags.Duration("timeout", 0, "give up after this `time` in all, such as 2m; 0 never does")
	spec := flags.String("spec", "", "check against the OpenAPI 3.0 document in this `file` instead of the built-in one")
	if err := flags.Parse(args); err != nil {
		return untested, err
	}
	if *failOn != "drift" && *failOn != "violation" || *timeout < 0 || p.least < 0 {
		return untested, errors.New("-fail-on must be violation or drift; -timeout and -min must not be negative")
	}
	p.onDrift = *failOn == "drift"
	if *timeout > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, *timeout)
		defer cancel()
	}
	if flags.NArg() > 0 || !*ionos && !*triton || p.sample < 1 {
		return untested, errors.New("-ionos or -triton is needed, and -sample must be positive")
	}
	checker, err := p.checker(*spec, *known)
	if err != nil {
		return untested, err
	}
	guard := wrapper.WithHTTPClient(&http.Client{Transport: p.watch(checker.Transport(env.transport, p.report))})
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

// checker is for the document and the tolerances of two files; each may be "".
func (p *probe) checker(spec, known string) (*contract.Checker, error) {
	var document []byte
	if spec != "" {
		var err error
		if document, err = os.ReadFile(spec); err != nil {
			return nil, err
		}
	}
	if known != "" {
		file, err := os.Open(known)
		if err != nil {
			return nil, err
		}
		defer file.Close()
		if p.tolerances, err = contract.ReadTolerances(file); err != nil {
			return nil, fmt.Errorf("%s: %w", known, err)
		}
	}
	return contract.New(document, contract.WithTolerances(p.tolerances))
}

func (p *probe) report(f contract.Finding) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.current.reported++
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
	before, known := s.reported, p.tolerances.Used()
	p.page = false
	p.mu.Unlock()
	s.requests++
	err := call()
	p.mu.Lock()
	defer p.mu.Unlock()
	tolerated := p.tolerances.Used() - known
	s.tolerated += tolerated
	s.reported += tolerated
	var failed *wrapper.Error
	switch {
	case err == nil && wanted == 0:
	case errors.As(err, &failed) && wanted != 0 && failed.Status == wanted:
	case errors.As(err, &failed) && failed.Status >= 300:
		s.untested = p.failure(failed.Status)
	case err == nil:
		s.untested = fmt.Sprintf("success in place of status %d", wanted)
	case errors.As(err, &failed) && failed.Status != 0:
		// The response could not be decoded; the contract check has said why, as a rule.
		if s.reported == before {
			s.untested = "the response could not be read"
		}
	default:
		s.untested = unreachable(err)
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
	code, tested := conforms, 0
	for _, s := range p.steps {
		for _, f := range s.findings {
			if p.onDrift || f.Kind == contract.Violation {
				return differs
			}
		}
		if s.untested != "" {
			code = untested
		} else if s.skipped == "" {
			tested++
		}
	}
	if tested < p.least {
		return untested
	}
	return code
}
