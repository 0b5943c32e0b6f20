package sandbox

import (
	"errors"
	"io/fs"

	"github.com/cloudroster/cloudroster/internal/atomicfile"
)

// writeFile replaces a file in one step: a reader sees the old text or the new one, and a crash
// leaves one of them. Only the owner may read it.
func writeFile(name string, text []byte) error {
	if err := atomicfile.Replace(name, text, 0o600); err != nil {
		var failed *fs.PathError
		if errors.As(err, &failed) {
			err = failed.Err // its path is that of the temporary file
		}
		return &fs.PathError{Op: "write", Path: name, Err: err}
	}
	return nil
}
