// Package atomicfile replaces files in one step.
package atomicfile

import (
	"io/fs"
	"os"
	"path/filepath"
)

// Replace writes a file so that a reader sees the old content or the new one, and a crash leaves one
// of them. A link stays a link. Where it fails, nothing has changed; the error may name the file beside
// it that is written first.
func Replace(name string, content []byte, mode fs.FileMode) (err error) {
	if target, err := filepath.EvalSymlinks(name); err == nil {
		name = target
	}
	file, err := os.CreateTemp(filepath.Dir(name), "."+filepath.Base(name)+".*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_ = os.Remove(file.Name())
		}
	}()
	_, err = file.Write(content)
	if err == nil {
		err = file.Sync()
	}
	if closed := file.Close(); err == nil {
		err = closed
	}
	if err == nil {
		err = os.Chmod(file.Name(), mode)
	}
	if err == nil {
		err = os.Rename(file.Name(), name)
	}
	return err
}
