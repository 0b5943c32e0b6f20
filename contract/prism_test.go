//go:build unix

package contract

import (
	"bufio"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/cloudroster/cloudroster/wrapper"
	"github.com/cloudroster/cloudroster/wrapper/wrappertest"
)

const (
	prism  = "@stoplight/prism-cli@5.14.2"
	rounds = 50
)

// startPrism serves openapi.yaml with random bodies by a program that shares no code with this one.
func startPrism(t *testing.T) (baseURL string) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	host, port, err := net.SplitHostPort(listener.Addr().String())
	require.NoError(t, err)
	require.NoError(t, listener.Close())
	command := exec.Command("npx", "--yes", prism, "mock", "--dynamic", "--host", host, "--port", port, "../openapi.yaml")
	command.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // npx starts node, which has to end with it
	stdout, err := command.StdoutPipe()
	require.NoError(t, err)
	command.Stderr = command.Stdout
	require.NoError(t, command.Start())
	ended := make(chan struct{})
	t.Cleanup(func() {
		_ = syscall.Kill(-command.Process.Pid, syscall.SIGTERM)
		<-ended
		_ = command.Wait()
	})
	listening := make(chan bool, 1)
	go func() {
		defer close(ended)
		defer close(listening)
		lines := bufio.NewScanner(stdout)
		for told := false; lines.Scan(); {
			if !told && strings.Contains(lines.Text(), "Prism is listening") {
				told = true
				listening <- true
			}
		}
	}()
	require.True(t, <-listening, "Prism did not start")
	return "http://" + net.JoinHostPort(host, port)
}

// TestEveryReadDecodesWhatPrismMakesUp: Prism invents responses from the document alone. Each typed read
// has to decode each of them, and this package must find nothing wrong with them.
func TestEveryReadDecodesWhatPrismMakesUp(t *testing.T) {
	t.Parallel()
	if os.Getenv("CLOUDROSTER_TOOLS") == "" {
		t.Skip("needs Node and Prism; make contract runs it")
	}
	if _, err := exec.LookPath("npx"); err != nil && os.Getenv("CI") != "true" {
		t.Skip("skipped: Node is not installed")
	}
	base := startPrism(t)
	w := newWalk(t)
	var seen findings
	client := wrapper.WithHTTPClient(&http.Client{Transport: Transport(nil, seen.report, WithCoverage(&w.coverage))})
	var err error
	w.ionos, err = wrapper.NewIONOS(wrapper.TokenAuth("token"), wrapper.WithBaseURL(base), client)
	require.NoError(t, err)
	signer, err := wrapper.NewSigner(w.cloud.Triton.Key())
	require.NoError(t, err)
	auth, err := wrapper.SignatureAuth(wrappertest.Account, signer)
	require.NoError(t, err)
	w.triton, err = wrapper.NewTriton(base, wrappertest.Account, auth, client)
	require.NoError(t, err)
	w.request = "9a1e4c2b-7d3f-4b8a-9c61-5e0f2d4b6a78"

	calls, reads := w.operationCalls(), 0
	for _, o := range embedded().operations {
		if o.method != http.MethodGet {
			continue
		}
		reads++
		for round := range rounds {
			err := calls[o.id](t.Context())
			if err != nil && strings.Contains(err.Error(), "describes another ") {
				continue // decoded, and then rejected: Prism invents the ID as well
			}
			require.NoError(t, err, "%s, round %d", o.id, round)
		}
	}
	for _, f := range seen.list() {
		// Prism draws offset and limit as well, and adds fields where the document does not forbid it.
		assert.True(t, f.Rule == RulePage || f.Kind == Drift && f.Rule == RuleUnknownField, "%v", f)
	}
	assert.NotZero(t, reads)
	t.Logf("figure: %d reads decoded %d times each, %v", reads, rounds, w.coverage.Counts()[4])
}
