package clients

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
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/cloudroster/cloudroster/contract"
	"github.com/cloudroster/cloudroster/wrapper/wrappertest"
)

// fixture is a cloud of the flow's own, and a home directory with an SSH key that its account has.
type fixture struct {
	cloud *wrappertest.Cloud
	home  string
	ctx   context.Context
	// undocumented are the responses that were not as openapi.yaml has them.
	undocumented *undocumented
}

// notAsDocumented begins what is said of such a response.
const notAsDocumented = "a response is not as documented: "

// undocumented collects what a check of the responses finds. Requests are the vendors' business, and
// neighbours are not in the document.
type undocumented struct {
	mu    sync.Mutex
	found []string
}

func (u *undocumented) add(finding contract.Finding) {
	if finding.Kind != contract.Violation || finding.Status == 0 || finding.Rule == contract.RuleUnknownOperation {
		return
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	u.found = append(u.found, notAsDocumented+finding.String())
}

func (u *undocumented) list() []string {
	u.mu.Lock()
	defer u.mu.Unlock()
	return slices.Clone(u.found)
}

// sshKey is one key for all flows: making one takes a while.
var sshKey = sync.OnceValue(func() *rsa.PrivateKey {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err)
	}
	return key
})

func newSession(t *testing.T) *session {
	t.Helper()
	undocumented := &undocumented{}
	cloud := wrappertest.Start(t, wrappertest.WithHandler(func(next http.Handler) http.Handler {
		return contract.Handler(next, undocumented.add)
	}))
	key := sshKey()
	cloud.Triton.AddKey("laptop", key.Public())
	home := t.TempDir()
	require.NoError(t, os.Mkdir(filepath.Join(home, ".ssh"), 0o700))
	s := &session{fixture: fixture{cloud: cloud, home: home, ctx: t.Context(), undocumented: undocumented}}
	s.file(".ssh/id_rsa", string(privatePEM(key)))
	s.file(".ssh/id_rsa.pub", authorizedKey(&key.PublicKey, "laptop"))
	require.Empty(t, s.failures)
	return s
}

// file writes a file below the home directory and returns its path.
func (s *session) file(name, content string) string {
	path := filepath.Join(s.home, name)
	require.NoError(s, os.WriteFile(path, []byte(content), 0o700)) // some are programs
	return path
}

func makeDirectory(parent, name string) error { return os.Mkdir(filepath.Join(parent, name), 0o700) }

// exec runs a program as a user would and returns both of its outputs together.
func (s *session) exec(input, program string, args ...string) (string, error) {
	return s.execWith(nil, input, program, args...)
}

// execWith is exec with more variables.
func (s *session) execWith(environment []string, input, program string, args ...string) (string, error) {
	ctx, cancel := context.WithTimeout(s.ctx, 3*time.Minute) // a busy machine is slow
	defer cancel()
	run := exec.CommandContext(ctx, program, args...)
	s.at(run)
	run.Env = append(run.Env, environment...)
	var out bytes.Buffer
	run.Stdin, run.Stdout, run.Stderr = strings.NewReader(input), &out, &out
	err := run.Run()
	return out.String(), err
}

// at puts a program into the home directory, with the variables that the vendors' commands read
// and without this process's environment.
func (s *session) at(run *exec.Cmd) {
	key := wrappertest.Fingerprint(sshKey().Public())
	run.Dir = s.home
	run.Env = []string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + s.home, "NODE_NO_WARNINGS=1", "TERM=dumb", "EDITOR=" + filepath.Join(s.home, "editor"),
		"TRITON_URL=" + s.cloud.Triton.URL(), "TRITON_ACCOUNT=" + wrappertest.Account, "TRITON_KEY_ID=" + key,
		"SDC_URL=" + s.cloud.Triton.URL(), "SDC_ACCOUNT=" + wrappertest.Account, "SDC_KEY_ID=" + key,
		"IONOS_API_URL=" + s.cloud.IONOS.URL(), "IONOS_TOKEN=" + wrappertest.Token,
	}
	run.WaitDelay = 5 * time.Second // what it started may hold the outputs open
}

// contains holds a program's output to all of these texts.
func (s *session) contains(out string, texts ...string) {
	for _, text := range texts {
		assert.Contains(s, out, text)
	}
}

// object decodes a program's JSON output: one object.
func (s *session) object(out string) map[string]any {
	var decoded map[string]any
	require.NoError(s, json.Unmarshal([]byte(out), &decoded), out)
	return decoded
}

// list decodes a program's JSON output: one list of objects.
func (s *session) list(out string) []map[string]any {
	var decoded []map[string]any
	require.NoError(s, json.Unmarshal([]byte(out), &decoded), out)
	return decoded
}

// stream decodes a program's JSON output: one object a line.
func (s *session) stream(out string) []map[string]any {
	var decoded []map[string]any
	for line := range strings.Lines(out) {
		decoded = append(decoded, s.object(line))
	}
	return decoded
}

// field collects one field of each object.
func field(objects []map[string]any, name string) []any {
	var values []any
	for _, object := range objects {
		values = append(values, object[name])
	}
	return values
}

func privatePEM(key *rsa.PrivateKey) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(key)})
}

// authorizedKey is the one line of an RSA key's .pub file.
func authorizedKey(key *rsa.PublicKey, comment string) string {
	var wire []byte
	for _, field := range [][]byte{[]byte("ssh-rsa"), {1, 0, 1}, append([]byte{0}, key.N.Bytes()...)} {
		wire = append(binary.BigEndian.AppendUint32(wire, uint32(len(field))), field...)
	}
	return "ssh-rsa " + base64.StdEncoding.EncodeToString(wire) + " " + comment + "\n"
}

// anotherKey is a public key that no cloud has yet, and its fingerprint.
func (s *session) anotherKey(comment string) (line, fingerprint string) {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	require.NoError(s, err)
	return authorizedKey(&key.PublicKey, comment), wrappertest.Fingerprint(key.Public())
}

// anotherKeyFiles is anotherKey with its files in the home directory, so that a client can sign with it.
func (s *session) anotherKeyFiles(name string) (line, fingerprint string) {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	require.NoError(s, err)
	line = authorizedKey(&key.PublicKey, name)
	s.file(".ssh/"+name, string(privatePEM(key)))
	s.file(".ssh/"+name+".pub", line)
	return line, wrappertest.Fingerprint(key.Public())
}
