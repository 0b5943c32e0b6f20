// Package privatefile reads files that hold secrets.
package privatefile

import (
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
)

// ErrInsecurePermissions is exported by package sshkey under the same name.
var ErrInsecurePermissions = errors.New("others than the owner have access to the file")

// Read returns the text and the mode of a regular file of at most limit bytes. The error for any other
// file matches unsuitable. The file is examined before it is opened, because opening a named pipe would
// wait for a writer; the mode is that of the file that was opened.
func Read(path string, limit int64, unsuitable error) ([]byte, os.FileMode, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, 0, err
	}
	if !info.Mode().IsRegular() {
		return nil, 0, fmt.Errorf("%s: it is not a regular file: %w", path, unsuitable)
	}
	file, err := os.Open(path)
	if err != nil {
		return nil, 0, err
	}
	defer file.Close()
	if info, err = file.Stat(); err != nil {
		return nil, 0, err
	}
	text, err := io.ReadAll(io.LimitReader(file, limit+1))
	if err != nil {
		return nil, 0, err
	}
	if int64(len(text)) > limit {
		return nil, 0, fmt.Errorf("%s: it is longer than %d bytes: %w", path, limit, unsuitable)
	}
	return text, info.Mode(), nil
}

// CheckMode returns ErrInsecurePermissions if others than the owner have access. Windows has no such bits.
func CheckMode(path string, mode os.FileMode) error {
	if mode.Perm()&0o077 != 0 && runtime.GOOS != "windows" {
		return fmt.Errorf("%s: its mode is %#o, chmod 600 keeps others out: %w", path, mode.Perm(), ErrInsecurePermissions)
	}
	return nil
}
