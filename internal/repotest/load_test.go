package repotest

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"go/importer"
	"go/token"
	"go/types"
	"io"
	"os"
	"os/exec"
	"strings"
	"sync"
)

// listed is what `go list -export` tells of a package.
type listed struct {
	ImportPath, Name, Export string
	Standard                 bool
	DepOnly                  bool
}

// compiled imports packages by the compiler's export data, which the build cache has: importing from source would
// run cgo, which leaves files in the temporary directory.
type compiled struct {
	packages []listed
	mu       sync.Mutex
	importer types.Importer
}

func (c *compiled) Import(path string) (*types.Package, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.importer.Import(path)
}

// everything are the packages of this module and all that they import.
var everything = sync.OnceValues(func() (*compiled, error) {
	packages, err := goList("./...")
	if err != nil {
		return nil, err
	}
	exports := map[string]string{}
	for _, p := range packages {
		exports[p.ImportPath] = p.Export
	}
	return &compiled{packages: packages, importer: importer.ForCompiler(token.NewFileSet(), "gc", func(path string) (io.ReadCloser, error) {
		if exports[path] == "" {
			return nil, fmt.Errorf("no export data of %s", path)
		}
		return os.Open(exports[path])
	})}, nil
})

// publicAPI are the types of every package of this module that another module can import, by the package's
// directory.
var publicAPI = sync.OnceValues(func() (map[string]*types.Package, error) {
	all, err := everything()
	if err != nil {
		return nil, err
	}
	public := map[string]*types.Package{}
	for _, p := range all.packages {
		name := strings.TrimPrefix(p.ImportPath, module+"/")
		if p.DepOnly || p.Name == "main" || !importable(name) || p.Export == "" {
			continue
		}
		if public[name], err = all.Import(p.ImportPath); err != nil {
			return nil, err
		}
	}
	return public, nil
})

func importable(name string) bool {
	return !strings.HasPrefix(name, "examples/") && !strings.Contains("/"+name+"/", "/internal/")
}

func goList(patterns ...string) ([]listed, error) {
	list := exec.Command("go", append([]string{"list", "-export", "-deps", "-json=ImportPath,Name,Export,Standard,DepOnly"}, patterns...)...)
	list.Dir = repository
	var stderr bytes.Buffer
	list.Stderr = &stderr
	out, err := list.Output()
	if err != nil {
		return nil, fmt.Errorf("go list: %w: %s", err, stderr.String())
	}
	var packages []listed
	decoder := json.NewDecoder(bytes.NewReader(out))
	for {
		var p listed
		if err := decoder.Decode(&p); errors.Is(err, io.EOF) {
			return packages, nil
		} else if err != nil {
			return nil, fmt.Errorf("go list: %w", err)
		}
		packages = append(packages, p)
	}
}
