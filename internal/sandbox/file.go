package sandbox

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
)

// writeFile replaces a file in one step: a reader sees the old text or the new one, and a crash
// leaves one of them. Only the owner may read it.
func writeFile(name string, text []byte) error {
	if err := replaceFile(name, text); err != nil {
		var failed *fs.PathError
		if errors.As(err, &failed) {
			err = failed.Err // its path is that of the temporary file
		}
		return &fs.PathError{Op: "write", Path: name, Err: err}
	}
	return nil
}

func replaceFile(name string, text []byte) (err error) {
	if target, err := filepath.EvalSymlinks(name); err == nil {
		name = target // keep a link a link
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
	_, err = file.Write(text)
	if err == nil {
		err = file.Sync()
	}
	if closed := file.Close(); err == nil {
		err = closed
	}
	if err != nil {
		return err
	}
	return os.Rename(file.Name(), name)
}
