package sandbox

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"sync"

	"golang.org/x/crypto/ssh/agent"

	"github.com/cloudroster/cloudroster/wrapper/wrappertest"
)

// keyName is the name of the created key in the account.
const keyName = "sandbox"

// createdKey is a key pair for clients that bring none: in a file, and in an ssh-agent of its own
// for clients that read nothing else.
type createdKey struct {
	fingerprint  string
	file, socket string

	listener net.Listener
	mu       sync.Mutex
	open     map[net.Conn]bool // nil once closed
	serving  sync.WaitGroup
}

// newKey creates the pair. It is RSA in PKCS #1, the one form that all the vendors' clients read.
func newKey(directory string, cloud *wrappertest.Cloud) (*createdKey, error) {
	private, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		return nil, fmt.Errorf("create a key: %w", err)
	}
	k := &createdKey{
		fingerprint: wrappertest.Fingerprint(private.Public()),
		file:        filepath.Join(directory, "key.pem"),
		socket:      filepath.Join(directory, "agent.sock"),
		open:        map[net.Conn]bool{},
	}
	text := pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(private)})
	if err := os.WriteFile(k.file, text, 0o600); err != nil {
		return nil, fmt.Errorf("write the created key: %w", err)
	}
	keyring := agent.NewKeyring()
	if err := keyring.Add(agent.AddedKey{PrivateKey: private, Comment: k.file}); err != nil {
		return nil, fmt.Errorf("add the created key to the agent: %w", err)
	}
	if k.listener, err = net.Listen("unix", k.socket); err != nil {
		k.socket = "" // such as a directory whose path is too long: clients can read the file
		k.listener = nil
	} else {
		k.serving.Go(func() { k.serve(keyring) })
	}
	cloud.Triton.AddKey(keyName, private.Public())
	return k, nil
}

func (k *createdKey) serve(keyring agent.Agent) {
	for {
		conn, err := k.listener.Accept()
		if err != nil {
			return
		}
		k.mu.Lock()
		closed := k.open == nil
		if !closed {
			k.open[conn] = true
		}
		k.mu.Unlock()
		if closed {
			_ = conn.Close()
			return
		}
		k.serving.Go(func() {
			_ = agent.ServeAgent(keyring, conn) // ends with the connection
			k.mu.Lock()
			delete(k.open, conn)
			k.mu.Unlock()
			_ = conn.Close()
		})
	}
}

// close ends the agent. A nil key has none.
func (k *createdKey) close() {
	if k == nil || k.listener == nil {
		return
	}
	_ = k.listener.Close()
	k.mu.Lock()
	for conn := range k.open {
		_ = conn.Close()
	}
	k.open = nil
	k.mu.Unlock()
	k.serving.Wait()
}
