package sshkey

import (
	"bytes"
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/fips140"
	"crypto/rand"
	"crypto/rsa"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/crypto/ssh"
	"golang.org/x/crypto/ssh/agent"

	"github.com/cloudroster/cloudroster/wrapper"
)

// serve answers as an agent over an in-memory connection.
func serve(t *testing.T, keys agent.Agent) net.Conn {
	t.Helper()
	ours, theirs := net.Pipe()
	t.Cleanup(func() { _ = ours.Close(); _ = theirs.Close() })
	go func() {
		_ = agent.ServeAgent(keys, theirs)
		_ = theirs.Close()
	}()
	return ours
}

// agentOf is an Agent in front of keys, each dial a new connection.
func agentOf(t *testing.T, keys agent.Agent) *Agent {
	t.Helper()
	a := NewAgent(func(context.Context) (net.Conn, error) { return serve(t, keys), nil })
	t.Cleanup(func() { assert.NoError(t, a.Close()) })
	return a
}

// keyringOf is x/crypto's own agent, with one key of each type.
func keyringOf(t *testing.T) agent.Agent {
	t.Helper()
	keyring := agent.NewKeyring()
	for _, keyType := range keyTypes {
		require.NoError(t, keyring.Add(agent.AddedKey{PrivateKey: testKey(t, keyType), Comment: keyType + " of alice"}))
	}
	return keyring
}

// startOpenSSHAgent runs the real one and returns its socket.
func startOpenSSHAgent(t *testing.T) string {
	t.Helper()
	program := tool(t, "ssh-agent")
	dir, err := os.MkdirTemp("", "agent") // t.TempDir is too long for a socket
	require.NoError(t, err)
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	socket := filepath.Join(dir, "s")
	command := exec.CommandContext(t.Context(), program, "-D", "-a", socket)
	out, err := command.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, command.Start())
	t.Cleanup(func() { _ = command.Wait() }) // the context of a test ends before its cleanup
	// It prints where it listens once it listens.
	_, err = out.Read(make([]byte, 1))
	require.NoError(t, err)
	return socket
}

func TestEveryKeyTypeInAgents(t *testing.T) {
	t.Parallel()
	sources := map[string]func(t *testing.T) *Agent{
		"in process": func(t *testing.T) *Agent { return agentOf(t, keyringOf(t)) },
		"over a socket": func(t *testing.T) *Agent {
			dir, err := os.MkdirTemp("", "agent")
			require.NoError(t, err)
			t.Cleanup(func() { _ = os.RemoveAll(dir) })
			listener, err := net.Listen("unix", filepath.Join(dir, "s"))
			require.NoError(t, err)
			t.Cleanup(func() { _ = listener.Close() })
			keyring := keyringOf(t)
			go func() {
				for {
					conn, err := listener.Accept()
					if err != nil {
						return
					}
					go func() { _ = agent.ServeAgent(keyring, conn); _ = conn.Close() }()
				}
			}()
			return DialAgent(filepath.Join(dir, "s"))
		},
		"OpenSSH": func(t *testing.T) *Agent {
			socket := startOpenSSHAgent(t)
			addKeys(t, socket)
			return DialAgent(socket)
		},
	}
	for name, source := range sources {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := source(t)
			defer a.Close()
			for _, keyType := range keyTypes {
				key := testKey(t, keyType)
				public := publicKey(t, key)
				for _, id := range []string{md5Fingerprint(public), ssh.FingerprintSHA256(public), keyType + " of alice"} {
					signer, err := a.Signer(t.Context(), id)
					if keyType == "P-384" {
						require.ErrorIs(t, err, errors.ErrUnsupported)
						require.ErrorContains(t, err, "SHA-384 only, which Triton does not verify; load the key from its file")
						continue
					}
					require.NoError(t, err, keyType)
					for range 3 {
						requireSigns(t, signer, key.Public(), algorithms[keyType])
					}
				}
			}
		})
	}
}

func TestKeysAddedByTheirOwnToolsAreFound(t *testing.T) {
	t.Parallel()
	add, keygen := tool(t, "ssh-add"), tool(t, "ssh-keygen")
	socket := startOpenSSHAgent(t)
	path := filepath.Join(t.TempDir(), "id")
	out, err := exec.CommandContext(t.Context(), keygen, "-q", "-t", "rsa", "-b", "2048", "-N", "", "-C", "work", "-f", path).CombinedOutput()
	require.NoError(t, err, string(out))
	command := exec.CommandContext(t.Context(), add, path)
	command.Env = append(os.Environ(), "SSH_AUTH_SOCK="+socket)
	out, err = command.CombinedOutput()
	require.NoError(t, err, string(out))
	a := DialAgent(socket)
	defer a.Close()
	signer, err := a.Signer(t.Context(), "work")
	require.NoError(t, err)
	local, err := Load(path)
	require.NoError(t, err)
	assert.Equal(t, local.Fingerprint(), signer.Fingerprint())
	// PKCS #1 v1.5 signs the same data to the same signature.
	fromAgent, err := signer.Sign(t.Context(), []byte("data"))
	require.NoError(t, err)
	fromFile, err := local.Sign(t.Context(), []byte("data"))
	require.NoError(t, err)
	assert.Equal(t, fromFile, fromAgent)
}

func TestAgentWithoutTheKeySaysSo(t *testing.T) {
	t.Parallel()
	keyring := agent.NewKeyring()
	a := agentOf(t, keyring)
	_, err := a.Signer(t.Context(), "work")
	require.ErrorIs(t, err, ErrKeyNotFound)
	require.ErrorContains(t, err, "holds no keys, or is locked")

	require.NoError(t, keyring.Add(agent.AddedKey{PrivateKey: testKey(t, "Ed25519"), Comment: "work"}))
	_, err = a.Signer(t.Context(), "home")
	require.ErrorIs(t, err, ErrKeyNotFound)
	require.ErrorContains(t, err, `nothing is called "home"`)
	for _, empty := range []string{"", " "} {
		_, err = a.Signer(t.Context(), empty)
		require.ErrorIs(t, err, ErrKeyNotFound, "an empty comment is no name")
		require.ErrorContains(t, err, "empty")
	}

	require.NoError(t, keyring.Add(agent.AddedKey{PrivateKey: testKey(t, "RSA"), Comment: "work"}))
	_, err = a.Signer(t.Context(), "work")
	require.ErrorIs(t, err, ErrKeyNotFound)
	require.ErrorContains(t, err, "several keys")
	_, err = a.Signer(t.Context(), ssh.FingerprintSHA256(publicKey(t, testKey(t, "RSA"))))
	require.NoError(t, err)
}

func TestAgentThatRefusesToSign(t *testing.T) {
	t.Parallel()
	keyring := keyringOf(t)
	var dials atomic.Int32
	a := NewAgent(func(context.Context) (net.Conn, error) { dials.Add(1); return serve(t, keyring), nil })
	defer a.Close()
	signer, err := a.Signer(t.Context(), "RSA of alice")
	require.NoError(t, err)

	require.NoError(t, keyring.Lock([]byte(passphrase)))
	_, err = signer.Sign(t.Context(), []byte("data"))
	require.ErrorIs(t, err, ErrAgentRefused, "locked")
	_, err = a.Signer(t.Context(), "RSA of alice")
	require.ErrorIs(t, err, ErrKeyNotFound, "locked")
	require.NoError(t, keyring.Unlock([]byte(passphrase)))
	_, err = signer.Sign(t.Context(), []byte("data"))
	require.NoError(t, err, "unlocked")

	require.NoError(t, keyring.Remove(publicKey(t, testKey(t, "RSA"))))
	_, err = signer.Sign(t.Context(), []byte("data"))
	require.ErrorIs(t, err, ErrAgentRefused, "removed")
	assert.EqualValues(t, 1, dials.Load(), "a refusal is no reason to connect again")
}

func TestLostConnectionIsMadeAgainOnce(t *testing.T) {
	t.Parallel()
	keyring := keyringOf(t)
	var conns []net.Conn
	var gone error
	a := NewAgent(func(context.Context) (net.Conn, error) {
		if gone != nil {
			return nil, gone
		}
		conns = append(conns, serve(t, keyring))
		return conns[len(conns)-1], nil
	})
	signer, err := a.Signer(t.Context(), "RSA of alice")
	require.NoError(t, err)

	require.NoError(t, conns[0].Close())
	requireSigns(t, signer, testKey(t, "RSA").Public(), "rsa-sha256")
	assert.Len(t, conns, 2)

	require.NoError(t, a.Close())
	requireSigns(t, signer, testKey(t, "RSA").Public(), "rsa-sha256")
	assert.Len(t, conns, 3)

	require.NoError(t, conns[2].Close())
	gone = errors.New("connection refused")
	_, err = signer.Sign(t.Context(), []byte("data"))
	require.ErrorIs(t, err, ErrAgentUnavailable)
	require.ErrorContains(t, err, "connection refused")

	gone = nil
	requireSigns(t, signer, testKey(t, "RSA").Public(), "rsa-sha256")
	require.NoError(t, a.Close())
	require.NoError(t, a.Close(), "closing twice is fine")
}

func TestAgentThatIsNotThere(t *testing.T) {
	t.Parallel()
	dead := func(context.Context) (net.Conn, error) {
		ours, theirs := net.Pipe()
		_ = theirs.Close()
		return ours, nil
	}
	for name, a := range map[string]*Agent{
		"no socket":          DialAgent(""),
		"missing socket":     DialAgent(filepath.Join(t.TempDir(), "s")),
		"nil dial":           NewAgent(nil),
		"closes at once":     NewAgent(dead),
		"answers with noise": NewAgent(func(context.Context) (net.Conn, error) { return noise(t), nil }),
		"endless answer":     NewAgent(func(context.Context) (net.Conn, error) { return answer(t, []byte{0xff, 0xff, 0xff, 0xff}), nil }),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := a.Signer(t.Context(), "work")
			require.ErrorIs(t, err, ErrAgentUnavailable)
			require.NoError(t, a.Close())
		})
	}
}

// answer gives the same bytes to every request.
func answer(t *testing.T, reply []byte) net.Conn {
	t.Helper()
	ours, theirs := net.Pipe()
	t.Cleanup(func() { _ = ours.Close(); _ = theirs.Close() })
	go func() {
		buffer := make([]byte, 1024)
		for {
			if _, err := theirs.Read(buffer); err != nil {
				return
			}
			if _, err := theirs.Write(reply); err != nil {
				return
			}
		}
	}()
	return ours
}

func noise(t *testing.T) net.Conn { return answer(t, []byte{0, 0, 0, 2, 99, 1}) }

func TestAgentThatDoesNotRespondIsGivenUp(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		dials := 0
		a := NewAgent(func(context.Context) (net.Conn, error) {
			dials++
			ours, theirs := net.Pipe()
			t.Cleanup(func() { _ = theirs.Close() })
			go func() { _, _ = io.Copy(io.Discard, theirs) }()
			return ours, nil
		})
		start := time.Now()
		_, err := a.Signer(t.Context(), "work")
		require.ErrorIs(t, err, ErrAgentUnavailable)
		require.ErrorContains(t, err, "no response within 1m0s")
		assert.Equal(t, agentTimeout, time.Since(start))
		assert.Equal(t, 1, dials)
	})
}

// oddAgent lists and signs as a test tells it to.
type oddAgent struct {
	agent.ExtendedAgent
	keys []*agent.Key
	sign func(key ssh.PublicKey, data []byte, flags agent.SignatureFlags) (*ssh.Signature, error)
}

func (a oddAgent) List() ([]*agent.Key, error) { return a.keys, nil }
func (a oddAgent) SignWithFlags(key ssh.PublicKey, data []byte, flags agent.SignatureFlags) (*ssh.Signature, error) {
	return a.sign(key, data, flags)
}

func TestKeysInAgentsThatTritonCannotVerifyAreRefusedWithTheReason(t *testing.T) {
	t.Parallel()
	certificate := &ssh.Certificate{Key: publicKey(t, testKey(t, "Ed25519")), CertType: ssh.UserCert}
	authority, err := ssh.NewSignerFromSigner(testKey(t, "RSA"))
	require.NoError(t, err)
	require.NoError(t, certificate.SignCert(rand.Reader, authority))
	tests := []struct {
		comment string
		blob    []byte
		reason  string
	}{
		{"security key", securityKey("sk-ssh-ed25519@openssh.com"), "security keys sign a counter"},
		{"security key P-256", securityKey("sk-ecdsa-sha2-nistp256@openssh.com"), "security keys sign a counter"},
		{"certificate", certificate.Marshal(), "no certificates"},
		{"DSA", ssh.Marshal(struct{ Name string }{"ssh-dss"}), "DSA keys sign only with SHA-1"},
		{"unknown", ssh.Marshal(struct{ Name string }{"ssh-rainbow"}), "of a kind that Triton does not know"},
		{"P-384", publicKey(t, testKey(t, "P-384")).Marshal(), "SHA-384 only"},
	}
	var odd oddAgent
	for _, test := range tests {
		odd.keys = append(odd.keys, &agent.Key{Blob: test.blob, Comment: test.comment})
	}
	// The plain key behind a certificate bears the same comment.
	plain := publicKey(t, testKey(t, "Ed25519"))
	odd.keys = append(odd.keys,
		&agent.Key{Blob: certificate.Marshal(), Comment: "both"}, &agent.Key{Blob: plain.Marshal(), Comment: "both"})
	a := agentOf(t, odd)
	for _, test := range tests {
		_, err := a.Signer(t.Context(), test.comment)
		require.ErrorIs(t, err, errors.ErrUnsupported, test.comment)
		require.ErrorContains(t, err, test.reason, test.comment)
	}
	signer, err := a.Signer(t.Context(), "both")
	require.NoError(t, err)
	assert.Equal(t, md5Fingerprint(plain), signer.Fingerprint())
}

func TestSignaturesOfAnAgentAreNotTrustedBlindly(t *testing.T) {
	t.Parallel()
	key := testKey(t, "RSA")
	other, err := rsa.GenerateKey(rand.Reader, 2048)
	require.NoError(t, err)
	signWith := func(key crypto.Signer, format string) func(ssh.PublicKey, []byte, agent.SignatureFlags) (*ssh.Signature, error) {
		signer, err := ssh.NewSignerFromSigner(key)
		require.NoError(t, err)
		return func(_ ssh.PublicKey, data []byte, _ agent.SignatureFlags) (*ssh.Signature, error) {
			return signer.(ssh.AlgorithmSigner).SignWithAlgorithm(rand.Reader, data, format)
		}
	}
	listed := []*agent.Key{{Blob: publicKey(t, key).Marshal(), Comment: "work"}}

	if !fips140.Enabled() { // which has no SHA-1
		signer, err := agentOf(t, oddAgent{keys: listed, sign: signWith(key, ssh.KeyAlgoRSA)}).Signer(t.Context(), "work")
		require.NoError(t, err)
		_, err = signer.Sign(t.Context(), []byte("data"))
		require.ErrorIs(t, err, errors.ErrUnsupported)
		require.ErrorContains(t, err, "too old to sign with rsa-sha2-256")
	}

	signer, err := agentOf(t, oddAgent{keys: listed, sign: signWith(other, ssh.KeyAlgoRSASHA256)}).Signer(t.Context(), "work")
	require.NoError(t, err)
	_, err = signer.Sign(t.Context(), []byte("data"))
	require.ErrorContains(t, err, "does not fit the key")
}

func TestSignaturesLoseTheirSSHFraming(t *testing.T) {
	t.Parallel()
	// Numbers of r and s that are short or have their first bit set come up
	// within a few tries, leading zero bytes of an RSA signature within a few
	// hundred.
	for _, curve := range []elliptic.Curve{elliptic.P256(), elliptic.P521()} {
		key, err := ecdsa.GenerateKey(curve, rand.Reader)
		require.NoError(t, err)
		signer, err := ssh.NewSignerFromSigner(key)
		require.NoError(t, err)
		hash := "sha256"
		if curve == elliptic.P521() {
			hash = "sha512"
		}
		for i := range 50 {
			data := fmt.Append(nil, i)
			framed, err := signer.Sign(rand.Reader, data)
			require.NoError(t, err)
			signature, err := unframe(signer.PublicKey(), data, framed)
			require.NoError(t, err)
			require.True(t, verifies(key.Public(), "ecdsa-"+hash, data, signature))
		}
	}

	key, err := rsa.GenerateKey(rand.Reader, 1024)
	require.NoError(t, err)
	signer, err := ssh.NewSignerFromSigner(key)
	require.NoError(t, err)
	for i := 0; ; i++ {
		data := fmt.Append(nil, i)
		framed, err := signer.(ssh.AlgorithmSigner).SignWithAlgorithm(rand.Reader, data, ssh.KeyAlgoRSASHA256)
		require.NoError(t, err)
		if framed.Blob[0] != 0 {
			continue
		}
		whole := bytes.Clone(framed.Blob)
		framed.Blob = bytes.TrimLeft(framed.Blob, "\x00")
		signature, err := unframe(signer.PublicKey(), data, framed)
		require.NoError(t, err)
		assert.Equal(t, whole, signature)
		break
	}
}

func TestAgentIsSafeForConcurrentUse(t *testing.T) {
	t.Parallel()
	keyring := keyringOf(t)
	a := NewAgent(func(context.Context) (net.Conn, error) { return serve(t, keyring), nil })
	signer, err := a.Signer(t.Context(), "Ed25519 of alice")
	require.NoError(t, err)
	public := testKey(t, "Ed25519").Public().(ed25519.PublicKey)
	use := func(data []byte) error {
		signature, err := signer.Sign(t.Context(), data)
		if err == nil {
			assert.True(t, ed25519.Verify(public, data, signature))
			_, err = a.Signer(t.Context(), "RSA of alice")
		}
		return err
	}
	var group sync.WaitGroup
	for i := range 8 {
		group.Go(func() {
			for j := range 20 {
				assert.NoError(t, use(fmt.Append(nil, i, j)))
			}
		})
	}
	group.Wait()
	// Close ends what is under way, and nothing else.
	for i := range 8 {
		group.Go(func() {
			for j := range 20 {
				if err := use(fmt.Append(nil, i, j)); err != nil {
					assert.ErrorIs(t, err, ErrAgentUnavailable)
				}
				if i == 0 && j%5 == 0 {
					assert.NoError(t, a.Close())
				}
			}
		})
	}
	group.Wait()
	require.NoError(t, use([]byte("data")))
	require.NoError(t, a.Close())
	assert.Empty(t, a.open)
}

func TestAgentSignerPrintsOnlyWhatIsPublic(t *testing.T) {
	t.Parallel()
	signer, err := agentOf(t, keyringOf(t)).Signer(t.Context(), "Ed25519 of alice")
	require.NoError(t, err)
	want := "sshkey.Agent(ed25519-sha512 " + signer.Fingerprint() + ")"
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
		assert.Equal(t, want, fmt.Sprintf(verb, signer), verb)
		assert.Equal(t, "["+want+"]", fmt.Sprintf("["+verb+"]", signer), verb)
	}
	encoded, err := json.Marshal(map[string]any{"signer": signer})
	require.NoError(t, err)
	assert.JSONEq(t, `{"signer":"`+want+`"}`, string(encoded))
	var log bytes.Buffer
	slog.New(slog.NewTextHandler(&log, nil)).Info("key", "signer", signer)
	assert.Contains(t, log.String(), `signer="`+want+`"`)
}

var _ wrapper.Signer = (*agentSigner)(nil)
