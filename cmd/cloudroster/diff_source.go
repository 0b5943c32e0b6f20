package main

import (
	"archive/tar"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

const documentFile = "openapi.yaml"

// source is one side of a comparison. A checkout is empty for a document alone.
type source struct {
	document, checkout string
}

func (s source) isCheckout() bool { return s.checkout != "" }

// locate finds a document, a directory or a git revision, which is unpacked into a directory of its own.
func locate(ctx context.Context, env environment, name, unpack string) (source, error) {
	info, err := os.Stat(name)
	if errors.Is(err, os.ErrNotExist) && !strings.HasPrefix(name, "-") {
		if _, gitErr := git(ctx, env, "rev-parse", "--verify", "--quiet", name+"^{commit}"); gitErr != nil {
			return source{}, fmt.Errorf("%w, and not a revision of this repository", err)
		}
		if err := checkOut(ctx, env, name, unpack); err != nil {
			return source{}, fmt.Errorf("%s: %w", name, err)
		}
		name, info, err = unpack, nil, nil
	}
	if err != nil {
		return source{}, err
	}
	path, err := filepath.Abs(name)
	if err != nil {
		return source{}, err
	}
	s := source{document: path}
	if info == nil || info.IsDir() {
		s = source{document: filepath.Join(path, documentFile), checkout: path}
	}
	if info, err = os.Stat(s.document); err != nil {
		return source{}, err
	}
	if info.Size() == 0 {
		return source{}, fmt.Errorf("%s is empty", s.document)
	}
	return s, nil
}

func git(ctx context.Context, env environment, args ...string) ([]byte, error) {
	// A clone in a container often belongs to another user.
	return env.command(exec.CommandContext(ctx, "git", append([]string{"-c", "safe.directory=*"}, args...)...))
}

func checkOut(ctx context.Context, env environment, revision, directory string) error {
	top, err := git(ctx, env, "rev-parse", "--show-toplevel")
	if err != nil {
		return err
	}
	archive, err := git(ctx, env, "-C", strings.TrimSpace(string(top)), "archive", "--format=tar", revision)
	if err != nil {
		return err
	}
	if err := os.Mkdir(directory, 0o700); err != nil {
		return err
	}
	root, err := os.OpenRoot(directory)
	if err != nil {
		return err
	}
	defer root.Close()
	return untar(root, archive)
}

// untar writes the directories and files of an archive. Links are left out: nothing that is compared is one.
func untar(root *os.Root, archive []byte) error {
	reader := tar.NewReader(bytes.NewReader(archive))
	for {
		header, err := reader.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		name := filepath.FromSlash(strings.TrimSuffix(header.Name, "/"))
		switch header.Typeflag {
		case tar.TypeDir:
			err = root.MkdirAll(name, 0o700)
		case tar.TypeReg:
			var text []byte
			if text, err = io.ReadAll(reader); err == nil {
				err = root.WriteFile(name, text, 0o600)
			}
		}
		if err != nil {
			return err
		}
	}
}
