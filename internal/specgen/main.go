// Command spec makes openapi.yaml, the document that the generated client is made from, and proves it against the vendors' pages.
//
//	go run ./internal/specgen import PAGE      take the facts of the IONOS or the Triton page into api/
//	go run ./internal/specgen update PAGE      import a changed page, merge, and list what is left to decide
//	go run ./internal/specgen merge            make openapi.yaml and the document of each cloud from the files in api/
//	go run ./internal/specgen flatten FILE     write the document for the code generator to FILE, and gen/bounds.go
//	go run ./internal/specgen decoders         write gen/decode.go, which decodes the types of gen/gen.go
//	go run ./internal/specgen check [PAGE...]  compare openapi.yaml with its sources and with the pages
//
// The facts of a page carry over and its sentences do not: descriptions are written in api/prose.yaml. Where the document departs
// from a page, an action of api/corrections.yaml says so and why; check accepts these departures and no others.
//
// A command that fails prints one line, exits with status 1 (2 when it is called the wrong way) and leaves the files as they were.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
)

func main() {
	os.Exit(run(os.Args[1:], os.Stdout, os.Stderr))
}

const usage = `usage: spec [-root DIR] COMMAND

  import PAGE      take the facts of the IONOS or the Triton page into api/; see import -h
  update PAGE      import a changed page, merge, and list what is left to decide; flags as import
  merge            make openapi.yaml and the document of each cloud from the files in api/
  flatten FILE     write the document for the code generator to FILE, and gen/bounds.go
  decoders         write gen/decode.go, which decodes the types of gen/gen.go
  check [PAGE...]  compare openapi.yaml with its sources, and with each page

`

// alone are the commands that take no file.
var alone = map[string]func(root string) error{"merge": writeDocuments, "decoders": decoders}

func run(args []string, stdout, stderr io.Writer) int {
	flags := flag.NewFlagSet("spec", flag.ContinueOnError)
	flags.SetOutput(stderr)
	root := flags.String("root", ".", "the `directory` that holds openapi.yaml and api/")
	flags.Usage = func() {
		fmt.Fprint(stderr, usage)
		flags.PrintDefaults()
	}
	if err := flags.Parse(args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			return 0
		}
		return 2
	}
	command, rest := flags.Arg(0), []string(nil)
	if flags.NArg() > 1 {
		rest = flags.Args()[1:]
	}
	var err error
	switch {
	case command == "import" || command == "update":
		set, options := importFlags(command, stderr)
		if set.Parse(rest) != nil || set.NArg() != 1 {
			flags.Usage()
			return 2
		}
		take := map[string]func(string, string, importOptions, io.Writer) error{"import": importFile, "update": update}[command]
		err = take(*root, set.Arg(0), *options, stdout)
	case alone[command] != nil && len(rest) == 0:
		err = alone[command](*root)
	case command == "flatten" && len(rest) == 1:
		err = flatten(*root, rest[0])
	case command == "check":
		err = checkCommand(*root, rest, stdout)
	default:
		flags.Usage()
		return 2
	}
	if err != nil {
		for line := range strings.Lines(err.Error()) {
			fmt.Fprintln(stderr, "spec:", strings.TrimSpace(line))
		}
		return 1
	}
	return 0
}

// flatten writes the document as the code generator reads it: nothing is shared, since it would make a type of every component, and each
// value of an enumeration has its Go name.
func flatten(root, path string) error {
	doc, err := buildNode(root)
	if err != nil {
		return err
	}
	if err := nameEnums(root, doc); err != nil {
		return err
	}
	out, err := encodeValid(doc)
	if err != nil {
		return err
	}
	if err := writeFile(filepath.Join(root, boundsFile), bounds(doc)); err != nil {
		return err
	}
	return writeFile(path, out)
}
