package main

import (
	"cmp"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"time"

	"github.com/cloudroster/cloudroster/contract"
	"github.com/cloudroster/cloudroster/gen/openapi"
	"github.com/cloudroster/cloudroster/wrapper"
)

// probeOptions are the flags of probe.
type probeOptions struct {
	ionos, triton      bool
	sample             int
	request            string
	tolerate, spec     string
	failOn             string
	least              int
	timeout            time.Duration
	json, junit, sarif string
}

func parseProbe(args []string, env environment) (*probeOptions, error) {
	flags := newFlags(env, "probe", "-ionos and/or -triton [flags]")
	o := &probeOptions{}
	flags.BoolVar(&o.ionos, "ionos", false, "probe IONOS, with IONOS_TOKEN or IONOS_USERNAME and IONOS_PASSWORD")
	flags.BoolVar(&o.triton, "triton", false, "probe Triton, with the TRITON_ variables or a profile")
	flags.IntVar(&o.sample, "sample", 3, "read this `many` users, groups, shares and resources of each list")
	flags.StringVar(&o.request, "request", "", "also read the status of the IONOS request with this `id`")
	flags.StringVar(&o.tolerate, "tolerate", "", "`file` of known deviations: rule, operation ID and place a line, * for any")
	flags.StringVar(&o.spec, "spec", "", "check against the OpenAPI 3.0 document in this `file` instead of the built-in one")
	flags.StringVar(&o.failOn, "fail-on", "drift", "`what` makes the exit status 1: violation, or drift for both")
	flags.IntVar(&o.least, "min", 0, "exit with status 2 if fewer than this `many` operations were tested")
	flags.DurationVar(&o.timeout, "timeout", 0, "stop after this `time` in all, such as 2m; 0 sets no limit")
	flags.StringVar(&o.json, "json", "", "write JSON to this `file`; - is standard output, in place of the text")
	flags.StringVar(&o.junit, "junit", "", "write JUnit XML to this `file`, or -")
	flags.StringVar(&o.sarif, "sarif", "", "write SARIF 2.1.0 to this `file`, or -")
	if err := flags.Parse(args); err != nil {
		return nil, err
	}
	return o, o.validate(flags)
}

func (o *probeOptions) validate(flags *flag.FlagSet) error {
	toStdout := 0
	for _, name := range []string{o.json, o.junit, o.sarif} {
		if name == "-" {
			toStdout++
		}
	}
	switch {
	case flags.NArg() > 0:
		return fmt.Errorf("unexpected argument %q", flags.Arg(0))
	case !o.ionos && !o.triton:
		return errors.New("-ionos or -triton is required")
	case o.request != "" && !o.ionos:
		return errors.New("-request needs -ionos")
	case o.sample < 1:
		return errors.New("-sample must be positive")
	case o.failOn != "drift" && o.failOn != "violation":
		return errors.New("-fail-on must be violation or drift")
	case o.least < 0:
		return errors.New("-min must not be negative")
	case o.timeout < 0:
		return errors.New("-timeout must not be negative")
	case toStdout > 1:
		return errors.New("only one of -json, -junit and -sarif can be -")
	}
	return nil
}

// probeCommand checks live endpoints.
func probeCommand(ctx context.Context, args []string, env environment) (int, error) {
	o, err := parseProbe(args, env)
	if err != nil {
		return untested, err
	}
	document, err := probedDocument(o.spec)
	if err != nil {
		return untested, err
	}
	tolerances, err := readTolerances(o.tolerate)
	if err != nil {
		return untested, err
	}
	p := &probe{sample: o.sample, requestID: o.request, tolerances: tolerances, started: time.Now()}
	checker, err := contract.New(document.text, contract.WithTolerances(tolerances))
	if err != nil {
		return untested, err
	}
	document.title, document.version = checker.Document()
	if o.timeout > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, o.timeout)
		defer cancel()
	}
	if err := p.run(ctx, o, checker.Transport(env.transport, p.found), env); err != nil {
		return untested, err
	}
	code := p.exitStatus(o.failOn == "drift", o.least)
	report := p.report(document, code)
	return code, o.write(report, env.stdout)
}

// run probes the clouds that o names, through a transport that checks the traffic.
func (p *probe) run(ctx context.Context, o *probeOptions, checked http.RoundTripper, env environment) error {
	guard := wrapper.WithHTTPClient(&http.Client{Transport: p.watch(checked)})
	if o.ionos {
		client, err := env.ionos(guard)
		if err != nil {
			return err
		}
		p.ionos(ctx, client)
	}
	if o.triton {
		client, err := env.triton(guard)
		if err != nil {
			return err
		}
		p.triton(ctx, client)
	}
	return nil
}

// write writes the requested reports. The text is left out when another one goes to standard output.
func (o *probeOptions) write(r *report, stdout io.Writer) error {
	text := "-"
	var errs []error
	for _, format := range []struct {
		name  string
		write func(io.Writer) error
	}{{o.json, r.writeJSON}, {o.junit, r.writeJUnit}, {o.sarif, r.writeSARIF}} {
		if format.name == "-" {
			text = ""
		}
		errs = append(errs, writeOutput(format.name, stdout, format.write))
	}
	errs = append(errs, writeOutput(text, stdout, r.writeText))
	return errors.Join(errs...)
}

// writeOutput writes a file, or to stdout if the name is "-". It does nothing if the name is empty.
func writeOutput(name string, stdout io.Writer, write func(io.Writer) error) error {
	switch name {
	case "":
		return nil
	case "-":
		return write(stdout)
	}
	file, err := os.Create(name)
	if err != nil {
		return err
	}
	return cmp.Or(write(file), file.Close())
}

// document is what the traffic is checked against.
type document struct {
	path           string // as reports show it
	text           []byte // nil for the embedded one
	title, version string
}

func probedDocument(path string) (document, error) {
	if path == "" {
		return document{path: "openapi.yaml"}, nil
	}
	text, err := os.ReadFile(path)
	return document{path: path, text: text}, err
}

// source is the text of the document.
func (d document) source() []byte {
	if d.text == nil {
		return openapi.YAML()
	}
	return d.text
}

// readTolerances returns nil, which tolerates nothing, if there is no file.
func readTolerances(path string) (*contract.Tolerances, error) {
	if path == "" {
		return nil, nil
	}
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	tolerances, err := contract.ReadTolerances(file)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return tolerances, nil
}
