package profile

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"strings"

	"github.com/cloudroster/cloudroster/wrapper"
	"github.com/cloudroster/cloudroster/wrapper/sshkey"
)

// keyMaterial is the path or the text of a private key.
func (l Config) keyMaterial() string {
	return l.getenv("TRITON_KEY_MATERIAL", "SDC_KEY_MATERIAL")
}

// Signer finds the key of a profile: in TRITON_KEY_MATERIAL, or else by its id
// in ssh-agent and then in ~/.ssh. Where neither has it, the error says so of
// both, and matches that of the place which came nearer to having it. ctx bounds what the
// agent takes, and a minute does.
func (l Config) Signer(ctx context.Context, settings *Settings) (wrapper.Signer, error) {
	if settings == nil {
		return nil, fmt.Errorf("settings: they are nil: %w", wrapper.ErrInvalid)
	}
	if material := l.keyMaterial(); material != "" {
		return l.fromMaterial(material, settings.KeyID)
	}
	agent := l.Agent
	if agent == nil {
		agent = sshkey.DialAgent(l.getenv("SSH_AUTH_SOCK"))
	}
	signer, agentErr := agent.Signer(ctx, settings.KeyID)
	if agentErr == nil {
		return signer, nil
	}
	if l.Agent == nil {
		_ = agent.Close()
	}
	signer, fileErr := l.fromHome(settings.KeyID)
	if fileErr == nil {
		return signer, nil
	}
	notThere := errors.Is(fileErr, sshkey.ErrKeyNotFound) || errors.Is(fileErr, fs.ErrNotExist)
	if notThere && !errors.Is(agentErr, sshkey.ErrKeyNotFound) && !errors.Is(agentErr, sshkey.ErrAgentUnavailable) {
		return nil, fmt.Errorf("%s: key: %v; %w", settings.Source, fileErr, agentErr)
	}
	return nil, fmt.Errorf("%s: key: %v; %w", settings.Source, agentErr, fileErr)
}

func (l Config) keyOptions() []sshkey.Option {
	options := []sshkey.Option{sshkey.WithPassphrase(l.Passphrase)}
	if l.AllowInsecurePermissions {
		options = append(options, sshkey.WithInsecurePermissions())
	}
	return options
}

func (l Config) fromHome(id string) (wrapper.Signer, error) {
	home, err := l.home()
	if err != nil {
		return nil, err
	}
	return sshkey.FindInDir(filepath.Join(home, ".ssh"), id, l.keyOptions()...)
}

// fromMaterial does not repeat material that is no file: it may be a key even
// where it does not look like one.
func (l Config) fromMaterial(material, id string) (wrapper.Signer, error) {
	options := l.keyOptions()
	if id != "" {
		options = append(options, sshkey.WithFingerprint(id))
	}
	var signer wrapper.Signer
	var err error
	if strings.Contains(material, "-----BEGIN") {
		// Variables often have their line ends written out.
		text := strings.ReplaceAll(material, `\n`, "\n")
		signer, err = sshkey.Parse([]byte(text), options...)
	} else {
		path := material
		if rest, ok := strings.CutPrefix(path, "~/"); ok {
			if home, homeErr := l.home(); homeErr == nil {
				path = filepath.Join(home, rest)
			}
		}
		signer, err = sshkey.Load(path, options...)
		err = unwrapPath(err)
	}
	if err != nil {
		return nil, fmt.Errorf("TRITON_KEY_MATERIAL or SDC_KEY_MATERIAL: %w", err)
	}
	return signer, nil
}
