package sandbox

import (
	"bufio"
	"context"
	"crypto/ed25519"
	"crypto/x509"
	"encoding/pem"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/crypto/ssh"
)

// TestMain lets the test binary stand in for the program, so that tests can send it signals and see
// what it leaves behind.
func TestMain(m *testing.M) {
	if len(os.Args) < 2 || os.Args[1] != "sandbox" {
		os.Exit(m.Run())
	}
	signals := make(chan os.Signal, 4)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	status, err := Command(context.Background(), os.Args[2:], Process{
		Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr, Environ: os.Environ(), Signals: signals, Orphaned: ParentGone(), Reap: true,
	})
	if err != nil {
		_, _ = io.WriteString(os.Stderr, err.Error()+"\n")
	}
	os.Exit(status)
}

// output is where a program under test writes to while the test reads.
type output struct {
	mu   sync.Mutex
	text strings.Builder
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.Write(p)
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.String()
}

// serving is a sandbox that runs until the test ends or stop is called.
type serving struct {
	variables map[string]string
	stderr    *output
	// stop returns what Command returned.
	stop func() (int, error)
}

func serve(t *testing.T, args ...string) *serving {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	reader, writer := io.Pipe()
	type result struct {
		status int
		err    error
	}
	ended := make(chan result, 1)
	s := &serving{variables: map[string]string{}, stderr: &output{}}
	go func() {
		status, err := Command(ctx, args, Process{Stdout: writer, Stderr: s.stderr})
		writer.CloseWithError(err)
		ended <- result{status, err}
	}()
	s.stop = sync.OnceValues(func() (int, error) {
		cancel()
		got := <-ended
		return got.status, got.err
	})
	t.Cleanup(func() { _, _ = s.stop() })
	lines := bufio.NewScanner(reader)
	for lines.Scan() && !strings.Contains(lines.Text(), "Ctrl-C") {
		if assignment, ok := strings.CutPrefix(lines.Text(), "export "); ok {
			name, value, _ := strings.Cut(assignment, "=")
			s.variables[name] = value
		}
	}
	require.NoError(t, lines.Err())
	return s
}

// keyPair writes an Ed25519 key pair and returns the names of the files.
func keyPair(t *testing.T) (private ed25519.PrivateKey, privateFile, publicFile string) {
	t.Helper()
	public, private, err := ed25519.GenerateKey(nil)
	require.NoError(t, err)
	directory := t.TempDir()
	privateFile, publicFile = filepath.Join(directory, "key"), filepath.Join(directory, "key.pub")
	der, err := x509.MarshalPKCS8PrivateKey(private)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(privateFile, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}), 0o600))
	line, err := ssh.NewPublicKey(public)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(publicFile, ssh.MarshalAuthorizedKey(line), 0o600))
	return private, privateFile, publicFile
}

func write(t *testing.T, name, text string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), name)
	require.NoError(t, os.WriteFile(file, []byte(text), 0o600))
	return file
}

func publicKey(t *testing.T) string {
	t.Helper()
	_, _, file := keyPair(t)
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	return strings.TrimSpace(string(text))
}
