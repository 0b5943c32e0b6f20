package sshkey

import (
	"errors"
	"fmt"
	"os"

	"golang.org/x/crypto/ssh"

	"github.com/cloudroster/cloudroster/internal/privatefile"
	"github.com/cloudroster/cloudroster/wrapper"
)

// Errors to match with [errors.Is]. A key of a kind that Triton cannot verify
// matches [errors.ErrUnsupported], a file that is not there [os.ErrNotExist].
var (
	// ErrInvalidKey: the text or file is no private key, or a damaged one.
	ErrInvalidKey = errors.New("not a private key")
	// ErrPassphraseRequired: the key is protected, and no passphrase was given.
	ErrPassphraseRequired = errors.New("the key is protected by a passphrase, and none was given")
	// ErrPassphraseIncorrect: the passphrase does not open the key.
	ErrPassphraseIncorrect = errors.New("wrong passphrase")
	// ErrInsecurePermissions: others than the owner have access to the key file.
	ErrInsecurePermissions = privatefile.ErrInsecurePermissions
	// ErrKeyNotFound: no key in the agent or the directory goes by that id.
	ErrKeyNotFound = errors.New("no such key")
	// ErrAgentUnavailable: there is no agent, it is gone, or it does not respond in time.
	ErrAgentUnavailable = errors.New("ssh-agent is not available")
	// ErrAgentRefused: the agent refused to sign: the key was removed, the agent is
	// locked, or its user was asked and did not confirm.
	ErrAgentRefused = errors.New("ssh-agent refused")
)

// maxFileSize is far above any key and far below what hurts.
const maxFileSize = 128 << 10

// An Option changes how private keys are read.
type Option func(*settings)

type settings struct {
	passphrase    func(key string) ([]byte, error)
	allowReadable bool
	fingerprint   string
}

func newSettings(opts []Option) settings {
	var s settings
	for _, opt := range opts {
		if opt != nil {
			opt(&s)
		}
	}
	return s
}

// WithPassphrase asks for the passphrase of a protected key: once for each key
// read, and for no other key. It is given the path of the file, or "" for a
// key in memory. An error of ask is passed on; an empty passphrase is
// [ErrPassphraseRequired].
func WithPassphrase(ask func(key string) ([]byte, error)) Option {
	return func(s *settings) { s.passphrase = ask }
}

// WithInsecurePermissions accepts key files that others than their owner may read or
// write, as mounted secrets in containers often are.
func WithInsecurePermissions() Option {
	return func(s *settings) { s.allowReadable = true }
}

// WithFingerprint accepts only the key with this fingerprint, MD5 or SHA-256.
// Another one is [ErrKeyNotFound].
func WithFingerprint(fingerprint string) Option {
	return func(s *settings) { s.fingerprint = fingerprint }
}

// Parse reads one private key from the text of a key file. PEM blocks of other
// kinds before it (curve parameters, certificates) are skipped; of several
// private keys the first is taken.
//
// Errors: [ErrInvalidKey], [ErrPassphraseRequired], [ErrPassphraseIncorrect],
// [errors.ErrUnsupported]. The text is not kept.
func Parse(text []byte, opts ...Option) (wrapper.Signer, error) {
	return newSettings(opts).parse("", text)
}

// Load reads the private key in a file: a regular one, of at most 128 KiB, to
// which nobody but its owner has access (Windows, which has no such bits,
// excepted; see [WithInsecurePermissions]).
//
// Errors: those of [Parse], [ErrInsecurePermissions], and what opening the file gives,
// such as [os.ErrNotExist]. All name the file.
func Load(path string, opts ...Option) (wrapper.Signer, error) {
	s := newSettings(opts)
	text, mode, err := readFile(path)
	if err != nil {
		return nil, err
	}
	return s.parseFile(path, text, mode)
}

func (s settings) parseFile(path string, text []byte, mode os.FileMode) (wrapper.Signer, error) {
	// A public key may be read by everybody: what is wrong with it is that it is one.
	if _, err := privateBlock(text); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	if !s.allowReadable {
		if err := privatefile.CheckMode(path, mode); err != nil {
			return nil, err
		}
	}
	signer, err := s.parse(path, text)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return signer, nil
}

func (s settings) parse(name string, text []byte) (wrapper.Signer, error) {
	key, err := parsePrivate(text, func() ([]byte, error) { return s.ask(name) })
	if err != nil {
		return nil, err
	}
	signer, err := wrapper.NewSigner(key)
	if err != nil || s.fingerprint == "" {
		return signer, err
	}
	public, err := ssh.NewPublicKey(key.Public())
	if err != nil || !parseKeyID(s.fingerprint).matchesKey(public) {
		return nil, fmt.Errorf("key: it is another than the one with fingerprint %q: %w", s.fingerprint, ErrKeyNotFound)
	}
	return signer, nil
}

func (s settings) ask(name string) ([]byte, error) {
	if s.passphrase == nil {
		return nil, ErrPassphraseRequired
	}
	passphrase, err := s.passphrase(name)
	if err != nil {
		return nil, fmt.Errorf("ask for the passphrase: %w", err)
	}
	if len(passphrase) == 0 {
		return nil, ErrPassphraseRequired
	}
	return passphrase, nil
}

// readFile reads a file that may be a key.
func readFile(path string) ([]byte, os.FileMode, error) {
	return privatefile.Read(path, maxFileSize, ErrInvalidKey)
}
