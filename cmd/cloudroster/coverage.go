package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/cloudroster/cloudroster/contract"
)

// coverageCommand adds up the coverage files of a directory.
func coverageCommand(_ context.Context, args []string, env environment) (int, error) {
	flags := newFlags(env, "coverage", "[flags] DIRECTORY")
	var minimum contract.Thresholds
	flags.Float64Var(&minimum.Operations, "operations", 0, "minimum coverage of operations, in `percent`")
	flags.Float64Var(&minimum.Statuses, "statuses", 0, "minimum coverage of documented statuses, in `percent`")
	flags.Float64Var(&minimum.Parameters, "parameters", 0, "minimum coverage of parameters, in `percent`")
	flags.Float64Var(&minimum.RequestProperties, "requests", 0, "minimum coverage of request properties, in `percent`")
	flags.Float64Var(&minimum.ResponseProperties, "responses", 0, "minimum coverage of response properties, in `percent`")
	paths := flags.String("paths", "", "count only operations below these `paths`, separated by commas: /um,/requests is IONOS, /{account} is Triton")
	page := flags.String("html", "", "write a heat map of it as one page to this `file`")
	if err := flags.Parse(args); err != nil {
		return untested, err
	}
	if flags.NArg() != 1 {
		return untested, errors.New("a directory is required")
	}
	coverage := &contract.Coverage{}
	if err := coverage.Load(flags.Arg(0)); err != nil {
		return untested, err
	}
	if *paths != "" {
		coverage = coverage.Only(strings.Split(*paths, ",")...)
	}
	if err := errors.Join(coverage.WriteTable(env.stdout), writeOutput(*page, env.stdout, coverage.WriteHTML)); err != nil {
		return untested, err
	}
	code := conforms
	if err := coverage.Require(minimum); err != nil {
		fmt.Fprintln(env.stdout, err)
		code = differs
	}
	for _, figure := range coverage.Counts() {
		fmt.Fprintf(env.stdout, "%v, ", figure)
	}
	fmt.Fprintf(env.stdout, "%d requests\n", coverage.Requests())
	return code, nil
}
