package sshkey_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/pem"
	"errors"
	"fmt"
	"log"
	"net"
	"os"
	"path/filepath"

	"golang.org/x/crypto/ssh"
	"golang.org/x/crypto/ssh/agent"

	"github.com/cloudroster/cloudroster/wrapper"
	"github.com/cloudroster/cloudroster/wrapper/sshkey"
)

func ExampleParse() {
	// A key as ssh-keygen writes it.
	key, err := ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	if err != nil {
		log.Fatal(err)
	}
	block, err := ssh.MarshalPrivateKey(key, "alice@work")
	if err != nil {
		log.Fatal(err)
	}

	signer, err := sshkey.Parse(pem.EncodeToMemory(block))
	if err != nil {
		log.Fatal(err)
	}
	_, err = wrapper.SignatureAuth("alice", signer)
	fmt.Println(signer.Algorithm(), err)
	// Output: ecdsa-sha512 <nil>
}

// A protected key file, which only its owner may read.
func ExampleLoad() {
	_, key, _ := ed25519.GenerateKey(nil)
	block, err := ssh.MarshalPrivateKeyWithPassphrase(key, "alice@work", []byte("open sesame"))
	if err != nil {
		log.Fatal(err)
	}
	directory, err := os.MkdirTemp("", "keys")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(directory)
	path := filepath.Join(directory, "id_ed25519")
	if err := os.WriteFile(path, pem.EncodeToMemory(block), 0o600); err != nil {
		log.Fatal(err)
	}
	ask := func(key string) ([]byte, error) { return []byte("open sesame"), nil } // from a terminal, say
	signer, err := sshkey.Load(path, sshkey.WithPassphrase(ask))
	fmt.Println(signer.Algorithm(), err)
	_, err = sshkey.Load(path)
	fmt.Println(errors.Is(err, sshkey.ErrPassphraseRequired))
	// Output:
	// ed25519-sha512 <nil>
	// true
}

// A key by its fingerprint, as TRITON_KEY_ID has it.
func ExampleFindInDir() {
	public, key, _ := ed25519.GenerateKey(nil)
	block, _ := ssh.MarshalPrivateKey(key, "alice@work")
	directory, err := os.MkdirTemp("", "keys")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(directory)
	if err := os.WriteFile(filepath.Join(directory, "id_ed25519"), pem.EncodeToMemory(block), 0o644); err != nil {
		log.Fatal(err)
	}
	of, _ := ssh.NewPublicKey(public)
	options := []sshkey.Option{
		sshkey.WithInsecurePermissions(), // of a secret that is mounted into a container
		sshkey.WithFingerprint(ssh.FingerprintSHA256(of)),
	}
	signer, err := sshkey.FindInDir(directory, ssh.FingerprintSHA256(of), options...)
	fmt.Println(signer.Algorithm(), err)
	// Output: ed25519-sha512 <nil>
}

// The agent of the session. Without one, and without the key, there is an error to match.
func ExampleDialAgent() {
	agent := sshkey.DialAgent("") // os.Getenv("SSH_AUTH_SOCK")
	defer agent.Close()
	_, err := agent.Signer(context.Background(), "SHA256:Nn4rcZ1HWdrUPKKQ7Zrg2S9ZvlGUwMKTMTSTwmsEqEk")
	fmt.Println(errors.Is(err, sshkey.ErrAgentUnavailable))
	// Output: true
}

// A Triton client whose key never leaves the agent. This agent is one in memory.
func ExampleAgent_Signer() {
	public, key, _ := ed25519.GenerateKey(nil)
	keys := agent.NewKeyring()
	if err := keys.Add(agent.AddedKey{PrivateKey: key, Comment: "alice@work"}); err != nil {
		log.Fatal(err)
	}
	dial := func(context.Context) (net.Conn, error) {
		here, there := net.Pipe()
		go agent.ServeAgent(keys, there)
		return here, nil
	}
	session := sshkey.NewAgent(dial) // or DialAgent(os.Getenv("SSH_AUTH_SOCK"))
	defer session.Close()
	signer, err := session.Signer(context.Background(), "alice@work")
	if err != nil {
		log.Fatal(err)
	}
	auth, err := wrapper.SignatureAuth("alice", signer)
	fmt.Println(auth != nil, err, signer.Algorithm(), len(public))
	// Output: true <nil> ed25519-sha512 32
}

// Options for a key from any source.
func ExampleOption() {
	public, key, _ := ed25519.GenerateKey(nil)
	block, err := ssh.MarshalPrivateKeyWithPassphrase(key, "alice@work", []byte("open sesame"))
	if err != nil {
		log.Fatal(err)
	}
	of, _ := ssh.NewPublicKey(public)
	options := []sshkey.Option{
		sshkey.WithPassphrase(func(string) ([]byte, error) { return []byte("open sesame"), nil }),
		sshkey.WithFingerprint(ssh.FingerprintSHA256(of)),
		sshkey.WithInsecurePermissions(),
	}
	signer, err := sshkey.Parse(pem.EncodeToMemory(block), options...)
	fmt.Println(signer.Algorithm(), err)
	// Output: ed25519-sha512 <nil>
}
