package clients

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// installed is the outcome of the one installation that all clients share.
var installed struct {
	once      sync.Once
	dir, fail string
}

// packages returns the directory of the packages of package-lock.json. They are installed once into
// the user's cache, without running their scripts.
func packages(t *testing.T) string {
	t.Helper()
	installed.once.Do(func() { installed.dir, installed.fail = install(t) })
	if installed.fail != "" {
		missing(t, "%s", installed.fail)
	}
	return installed.dir
}

// install returns the directory, or why there is none.
func install(t *testing.T) (dir, failed string) {
	t.Helper()
	for _, tool := range []string{"node", "npm"} {
		if _, err := exec.LookPath(tool); err != nil {
			return "", tool + " is not installed"
		}
	}
	lock, err := os.ReadFile("package-lock.json")
	require.NoError(t, err)
	manifest, err := os.ReadFile("package.json")
	require.NoError(t, err)
	cache, err := os.UserCacheDir()
	if err != nil {
		cache = t.TempDir()
	}
	hash := sha256.Sum256(append(lock, manifest...))
	parent := filepath.Join(cache, "cloudroster")
	dir = filepath.Join(parent, "clients-"+hex.EncodeToString(hash[:8]))
	if _, err := os.Stat(dir); err == nil {
		return dir, ""
	}
	// Aside first, then renamed: an installation is whole or not there.
	require.NoError(t, os.MkdirAll(parent, 0o700))
	fresh, err := os.MkdirTemp(parent, "new-")
	require.NoError(t, err)
	defer func() { _ = os.RemoveAll(fresh) }()
	require.NoError(t, os.WriteFile(filepath.Join(fresh, "package.json"), manifest, 0o600))
	require.NoError(t, os.WriteFile(filepath.Join(fresh, "package-lock.json"), lock, 0o600))
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	npm := exec.CommandContext(ctx, "npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline")
	npm.Dir = fresh
	if out, err := npm.CombinedOutput(); err != nil {
		return "", "npm ci: " + err.Error() + "\n" + string(out)
	}
	if err := os.Rename(fresh, dir); err != nil {
		_, statErr := os.Stat(dir)
		require.NoError(t, statErr, "another test process should have been faster: %v", err)
	}
	return dir, ""
}

// npmVersion is the exact version that package.json pins.
func npmVersion(t *testing.T, name string) string {
	t.Helper()
	manifest, err := os.ReadFile("package.json")
	require.NoError(t, err)
	var pinned struct {
		Dependencies map[string]string `json:"dependencies"`
	}
	require.NoError(t, json.Unmarshal(manifest, &pinned))
	require.Contains(t, pinned.Dependencies, name)
	return pinned.Dependencies[name]
}
