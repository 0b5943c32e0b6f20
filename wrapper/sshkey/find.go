package sshkey

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/crypto/ssh"

	"github.com/cloudroster/cloudroster/wrapper"
)

// FindInDir finds a private key by its id in a directory such as ~/.ssh and
// loads it as [Load] does. The id is a fingerprint, MD5 or SHA-256, or the
// comment in the .pub file, or the name of the key's file.
//
// The .pub files are read first, so that no passphrase is asked for but that of
// the key found. Private keys without one are compared too where that takes no
// passphrase. Subdirectories are not searched.
//
// Errors: [ErrKeyNotFound], also where only the public half is there and where
// a comment names several keys (the text says which); those of [Load] about the
// key found; and what reading the directory gives.
func FindInDir(dir, id string, opts ...Option) (wrapper.Signer, error) {
	if strings.TrimSpace(id) == "" {
		return nil, fmt.Errorf("key id: it is empty: %w", ErrKeyNotFound)
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	search := dirSearch{settings: newSettings(opts), dir: dir, id: parseKeyID(id), compared: make(map[string]bool)}
	for _, entry := range entries {
		if name, isPublic := strings.CutSuffix(entry.Name(), ".pub"); isPublic {
			search.public(name)
		}
	}
	if len(search.found) == 0 {
		for _, entry := range entries {
			if !strings.HasSuffix(entry.Name(), ".pub") && !search.compared[entry.Name()] {
				search.private(entry.Name())
			}
		}
	}
	return search.load(id)
}

type dirSearch struct {
	settings
	dir string
	id  keyID

	found    []candidate
	compared map[string]bool // private files whose .pub has been read
	publics  []string        // matching .pub files without a private file
	refused  []error         // matches that cannot be used
	locked   []string        // protected files that could not be compared
}

// A candidate is a private file that matches. Its fingerprint, where it is
// known, is the MD5 fingerprint that the key in it must have.
type candidate struct{ path, fingerprint string }

// public compares name.pub, the public half of name.
func (s *dirSearch) public(name string) {
	text, _, err := readFile(filepath.Join(s.dir, name+".pub"))
	if err != nil {
		return // no key that could be meant
	}
	key, comment, _, _, err := ssh.ParseAuthorizedKey(text)
	if err != nil {
		return
	}
	s.compared[name] = true
	if !s.id.matches(key, comment, name, name+".pub") {
		return
	}
	if err := checkType(key.Type()); err != nil {
		s.refused = append(s.refused, fmt.Errorf("%s: %w", filepath.Join(s.dir, name+".pub"), err))
		return
	}
	path := filepath.Join(s.dir, name)
	if _, err := os.Stat(path); err != nil {
		s.publics = append(s.publics, path+".pub")
		return
	}
	s.add(key, path)
}

// add leaves out further copies of one key.
func (s *dirSearch) add(key ssh.PublicKey, path string) {
	fingerprint := md5Fingerprint(key)
	for _, other := range s.found {
		if other.fingerprint == fingerprint {
			return
		}
	}
	s.found = append(s.found, candidate{path, fingerprint})
}

// private compares a private key that has no public half beside it.
func (s *dirSearch) private(name string) {
	path := filepath.Join(s.dir, name)
	text, _, err := readFile(path)
	if err != nil || !bytes.Contains(text, []byte("PRIVATE KEY-----")) {
		return
	}
	if s.id.name == name {
		s.found = append(s.found, candidate{path: path}) // whatever it turns out to be
		return
	}
	block, err := privateBlock(text)
	if err != nil {
		return
	}
	if block.Type == "OPENSSH PRIVATE KEY" {
		if key, err := opensshPublic(block.Bytes); err == nil && s.id.matchesKey(key) {
			s.add(key, path)
		}
		return
	}
	key, err := parsePrivate(text, func() ([]byte, error) { return nil, ErrPassphraseRequired })
	if errors.Is(err, ErrPassphraseRequired) {
		s.locked = append(s.locked, path)
		return
	}
	if err != nil {
		return
	}
	if public, err := ssh.NewPublicKey(key.Public()); err == nil && s.id.matchesKey(public) {
		s.add(public, path)
	}
}

// load turns what was found into a signer, or into the reason why not.
func (s *dirSearch) load(id string) (wrapper.Signer, error) {
	switch {
	case len(s.found) > 1:
		return nil, fmt.Errorf("%s: %d keys are called %q, name one by its fingerprint: %w", s.dir, len(s.found), id, ErrKeyNotFound)
	case len(s.found) == 0 && len(s.refused) > 0:
		return nil, s.refused[0]
	case len(s.found) == 0 && len(s.publics) > 0:
		return nil, fmt.Errorf("%s: its private half is missing: %w", s.publics[0], ErrKeyNotFound)
	case len(s.found) == 0 && len(s.locked) > 0:
		return nil, fmt.Errorf("%s: nothing is called %q; protected keys without their public half, which ssh-keygen -y makes, cannot be told apart (%s): %w",
			s.dir, id, strings.Join(s.locked, ", "), ErrKeyNotFound)
	case len(s.found) == 0:
		return nil, fmt.Errorf("%s: nothing is called %q: %w", s.dir, id, ErrKeyNotFound)
	}
	found := s.found[0]
	text, mode, err := readFile(found.path)
	if err != nil {
		return nil, err
	}
	signer, err := s.parseFile(found.path, text, mode)
	if err != nil {
		return nil, err
	}
	if found.fingerprint != "" && signer.Fingerprint() != found.fingerprint {
		return nil, fmt.Errorf("%s: it is another key than %s.pub says: %w", found.path, found.path, ErrKeyNotFound)
	}
	return signer, nil
}
