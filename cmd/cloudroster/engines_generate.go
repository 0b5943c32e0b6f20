package main

import (
	"context"
	"embed"
	"fmt"
	"os"
	"path/filepath"

	"go.yaml.in/yaml/v3"

	"github.com/cloudroster/cloudroster/internal/flat"
)

// The generator's configuration and the Go names of this version, for documents that have none beside them.
// Copies, made by go generate.
//
//go:embed generator
var configuration embed.FS

// generatedChanges compares the Go names of package gen: those of the checkouts as they are, those of documents as
// they are generated.
func generatedChanges(ctx context.Context, env environment, old, current source, work string) ([]change, error) {
	var names [2]goNames
	for i, s := range []source{old, current} {
		directory := filepath.Join(s.checkout, "gen")
		if !s.isCheckout() {
			directory = filepath.Join(work, fmt.Sprintf("gen%d", i))
			if err := generate(ctx, env, s.document, directory); err != nil {
				return nil, err
			}
		}
		var err error
		if names[i], err = readGoNames(directory); err != nil {
			return nil, err
		}
	}
	return compareGoNames(names[0], names[1]), nil
}

// generate runs the generator on a document. The Go names come from api/go.yaml beside the document, or else from
// this version's. An action that matches nothing is passed over: the document need not be ours.
func generate(ctx context.Context, env environment, document, directory string) error {
	overlay, err := os.ReadFile(filepath.Join(filepath.Dir(document), "api", "go.yaml"))
	if os.IsNotExist(err) {
		overlay, err = configuration.ReadFile("generator/go.yaml")
	}
	if err != nil {
		return err
	}
	settings, err := configuration.ReadFile("generator/oapi-codegen.yaml")
	if err != nil {
		return err
	}
	var config map[string]any
	if err := yaml.Unmarshal(settings, &config); err != nil {
		return err
	}
	if err := os.MkdirAll(directory, 0o700); err != nil {
		return err
	}
	text, err := os.ReadFile(document)
	if err != nil {
		return err
	}
	flattened, err := flat.Document(text, overlay)
	if err != nil {
		return err
	}
	flatFile := filepath.Join(directory, documentFile)
	if err := os.WriteFile(flatFile, flattened, 0o600); err != nil {
		return err
	}
	overlayFile, configFile := filepath.Join(directory, "go.yaml"), filepath.Join(directory, "config.yaml")
	config["output"] = filepath.Join(directory, "gen.go")
	options, ok := config["output-options"].(map[string]any)
	if !ok {
		return fmt.Errorf("generator/oapi-codegen.yaml has no output-options")
	}
	options["overlay"] = map[string]any{"path": overlayFile, "strict": false}
	if settings, err = yaml.Marshal(config); err != nil {
		return err
	}
	if err := os.WriteFile(overlayFile, overlay, 0o600); err != nil {
		return err
	}
	if err := os.WriteFile(configFile, settings, 0o600); err != nil {
		return err
	}
	if _, err := env.command(goRun(ctx, generator, "-config", configFile, flatFile)); err != nil {
		return fmt.Errorf("the Go names of %s cannot be generated: %w", document, err)
	}
	return nil
}
