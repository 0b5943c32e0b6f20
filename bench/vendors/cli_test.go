package vendors

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"encoding/pem"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/cloudroster/cloudroster/wrapper/wrappertest"
)

// tritonPackage is the vendor's command line.
const tritonPackage = "triton@7.17.0"

// missing ends a test that cannot run here. In continuous integration it has to.
func missing(t *testing.T, format string, args ...any) {
	t.Helper()
	if os.Getenv("CI") == "true" {
		t.Fatalf(format, args...)
	}
	t.Skipf(format, args...)
}

// tritonCommand installs the vendor's command once into the user's cache, without a lock file
// and without running scripts, and returns its path.
func tritonCommand(t *testing.T) string {
	t.Helper()
	for _, tool := range []string{"node", "npm"} {
		if _, err := exec.LookPath(tool); err != nil {
			missing(t, "%s is not installed", tool)
		}
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		cache = t.TempDir()
	}
	parent := filepath.Join(cache, "cloudroster")
	dir := filepath.Join(parent, "node-"+strings.Replace(tritonPackage, "@", "-", 1))
	command := filepath.Join(dir, "node_modules", ".bin", "triton")
	if _, err := os.Stat(command); err == nil {
		return command
	}
	// Aside first, then renamed: an installation is whole or not there.
	require.NoError(t, os.MkdirAll(parent, 0o700))
	fresh, err := os.MkdirTemp(parent, "node-")
	require.NoError(t, err)
	t.Cleanup(func() { _ = os.RemoveAll(fresh) })
	require.NoError(t, os.WriteFile(filepath.Join(fresh, "package.json"), []byte(`{"private":true}`), 0o600))
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	install := exec.CommandContext(ctx, "npm", "install", "--no-audit", "--no-fund", "--ignore-scripts",
		"--no-package-lock", "--prefer-offline", tritonPackage)
	install.Dir = fresh
	if out, err := install.CombinedOutput(); err != nil {
		missing(t, "npm cannot install %s: %v\n%s", tritonPackage, err, out)
	}
	if err := os.Rename(fresh, dir); err != nil {
		_, statErr := os.Stat(command)
		require.NoError(t, statErr, "another test process should have been faster: %v", err)
	}
	return command
}

// authorizedKey is the one line of an RSA key's .pub file.
func authorizedKey(key *rsa.PublicKey) string {
	var wire []byte
	for _, field := range [][]byte{[]byte("ssh-rsa"), {1, 0, 1}, append([]byte{0}, key.N.Bytes()...)} {
		wire = append(binary.BigEndian.AppendUint32(wire, uint32(len(field))), field...)
	}
	return "ssh-rsa " + base64.StdEncoding.EncodeToString(wire) + " cloudroster\n"
}

func TestTheTritonCommandManagesUsers(t *testing.T) {
	t.Parallel()
	command := tritonCommand(t)
	cloud := wrappertest.Start(t)
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	require.NoError(t, err)
	cloud.Triton.AddKey("", key.Public())
	home := t.TempDir()
	require.NoError(t, os.Mkdir(filepath.Join(home, ".ssh"), 0o700))
	private := pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(key)})
	require.NoError(t, os.WriteFile(filepath.Join(home, ".ssh", "id_rsa"), private, 0o600))
	require.NoError(t, os.WriteFile(filepath.Join(home, ".ssh", "id_rsa.pub"), []byte(authorizedKey(&key.PublicKey)), 0o600))

	// triton runs the command as a user would: with the variables of its documentation.
	triton := func(input string, args ...string) (string, error) {
		t.Helper()
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		run := exec.CommandContext(ctx, command, append([]string{"rbac"}, args...)...)
		run.Env = []string{
			"PATH=" + os.Getenv("PATH"), "HOME=" + home, "EDITOR=" + filepath.Join(home, "editor"),
			"TRITON_URL=" + cloud.Triton.URL(), "TRITON_ACCOUNT=" + wrappertest.Account,
			"TRITON_KEY_ID=" + wrappertest.Fingerprint(key.Public()),
			"NODE_NO_WARNINGS=1",
		}
		var out bytes.Buffer
		run.Stdin, run.Stdout, run.Stderr = strings.NewReader(input), &out, &out
		err := run.Run()
		return out.String(), err
	}
	succeed := func(input string, args ...string) string {
		t.Helper()
		out, err := triton(input, args...)
		require.NoError(t, err, out)
		return out
	}

	out := succeed(`{"login":"ada","email":"ada@example.test","password":"correct-horse-1","firstName":"Ada","lastName":"Byron"}`,
		"user", "--add", "-")
	assert.Equal(t, "Created user \"ada\"\n", out)
	held, found := cloud.Triton.User("ada")
	require.True(t, found)
	assert.Equal(t, "correct-horse-1", held.Password)

	var listed map[string]any // the command prints one object a line
	require.NoError(t, json.Unmarshal([]byte(succeed("", "users", "--json")), &listed))
	assert.Equal(t, held.ID, listed["id"])
	assert.Contains(t, succeed("", "users"), "ada@example.test")

	for _, name := range []string{"ada", held.ID} {
		var shown map[string]any
		require.NoError(t, json.Unmarshal([]byte(succeed("", "user", "--json", "--roles", name)), &shown), name)
		assert.Equal(t, "Byron", shown["lastName"])
		assert.Empty(t, shown["roles"])
		assert.Contains(t, shown, "default_roles")
	}

	editor := "#!/bin/sh\nsed -i 's/^lastName: .*/lastName: Lovelace/; s/^city: .*/city: London/' \"$1\"\n"
	require.NoError(t, os.WriteFile(filepath.Join(home, "editor"), []byte(editor), 0o700))
	assert.Contains(t, succeed("", "user", "--edit", "ada"), "Updated user \"ada\"")
	held, _ = cloud.Triton.User("ada")
	assert.Equal(t, "Lovelace", held.LastName)
	assert.Equal(t, "London", held.City)
	assert.Equal(t, "Ada", held.FirstName)

	out, err = triton(`{"login":"ada","email":"other@example.test","password":"correct-horse-1"}`, "user", "--add", "-")
	require.Error(t, err, out)
	assert.Contains(t, out, "InvalidArgument")
	assert.Len(t, cloud.Triton.Users(), 1)

	assert.Contains(t, succeed("", "user", "--delete", "--yes", "ada"), "Deleted user \"ada\"")
	assert.Empty(t, cloud.Triton.Users())
	out, err = triton("", "user", "ada")
	require.Error(t, err, out)
	assert.Contains(t, out, "ResourceNotFound")

	for _, operation := range []wrappertest.OperationID{"ListTritonUsers", "GetTritonUser", "CreateTritonUser", "UpdateTritonUser", "DeleteTritonUser"} {
		assert.Positive(t, cloud.Triton.Count(operation), operation)
	}
}
