package sshkey_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/pem"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"golang.org/x/crypto/ssh"

	"github.com/cloudroster/cloudroster/wrapper"
	"github.com/cloudroster/cloudroster/wrapper/sshkey"
)

func ExampleParse() {
	// A key as ssh-keygen writes it.
	key, err := ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	if err != nil {
		panic(err)
	}
	block, err := ssh.MarshalPrivateKey(key, "alice@work")
	if err != nil {
		panic(err)
	}

	signer, err := sshkey.Parse(pem.EncodeToMemory(block))
	if err != nil {
		panic(err)
	}
	if _, err := wrapper.SignatureAuth("alice", signer); err != nil {
		panic(err)
	}
	fmt.Println(signer.Algorithm())
	// Output: ecdsa-sha512
}

func ExampleWithPassphrase() {
	home, err := os.UserHomeDir()
	if err != nil {
		panic(err)
	}
	_, err = sshkey.FindInDir(filepath.Join(home, ".ssh"), "alice@work", sshkey.WithPassphrase(func(key string) ([]byte, error) {
		return []byte(os.Getenv("KEY_PASSPHRASE")), nil
	}))
	switch {
	case errors.Is(err, sshkey.ErrPassphraseIncorrect):
		fmt.Println("the passphrase in KEY_PASSPHRASE is another key's")
	case errors.Is(err, errors.ErrUnsupported):
		fmt.Println("Triton cannot verify this key:", err)
	}
}

func ExampleAgent_Signer() {
	agent := sshkey.DialAgent(os.Getenv("SSH_AUTH_SOCK"))
	defer agent.Close()
	signer, err := agent.Signer(context.Background(), "SHA256:Nn4rcZ1HWdrUPKKQ7Zrg2S9ZvlGUwMKTMTSTwmsEqEk")
	if errors.Is(err, sshkey.ErrAgentUnavailable) || errors.Is(err, sshkey.ErrKeyNotFound) {
		signer, err = sshkey.Load("/etc/cloudroster/id_ed25519")
	}
	if err != nil {
		panic(err)
	}
	fmt.Println("signing with", signer.Fingerprint())
}
