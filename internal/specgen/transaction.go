package main

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
)

// made are the files that a page becomes: what import writes, and what go generate makes of it.
var made = []string{
	ionosFile, tritonFile, provenanceFile, documentFile, ionosDocument, tritonDocFile,
	genFile, decoderFile, boundsFile, "gen/openapi/openapi.yaml", "cmd/cloudroster/generator/go.yaml", "cmd/cloudroster/generator/oapi-codegen.yaml",
	".openapi-flat.yaml",
}

// transaction remembers files as they are, so that a change of them can be taken back as a whole.
type transaction struct {
	root   string
	before map[string][]byte // nil for a file that does not exist
}

func begin(root string, files []string) (*transaction, error) {
	t := &transaction{root, map[string][]byte{}}
	for _, file := range files {
		content, err := os.ReadFile(filepath.Join(root, file))
		if err != nil && !errors.Is(err, os.ErrNotExist) {
			return nil, err
		}
		t.before[file] = content
	}
	return t, nil
}

// undo puts the files back, and returns err with what went wrong while doing so.
func (t *transaction) undo(err error) error {
	for file, content := range t.before {
		path := filepath.Join(t.root, file)
		now, readErr := os.ReadFile(path)
		switch {
		case content == nil && readErr == nil:
			err = errors.Join(err, os.Remove(path))
		case content != nil && !bytes.Equal(content, now):
			err = errors.Join(err, writeFile(path, content))
		}
	}
	return err
}
