package sshkey

import (
	"context"
	"crypto"
	"crypto/rsa"
	"encoding/asn1"
	"errors"
	"fmt"
	"io"
	"math/big"

	"golang.org/x/crypto/ssh"
	"golang.org/x/crypto/ssh/agent"

	"github.com/cloudroster/cloudroster/wrapper"
)

// newSigner makes a signer of a key in the agent, or says why it cannot be one.
func (a *Agent) newSigner(key *agent.Key) (wrapper.Signer, error) {
	if err := checkType(key.Format); err != nil {
		return nil, err
	}
	if key.Format == ssh.KeyAlgoECDSA384 {
		return nil, unsupported("ssh-agent signs with ECDSA P-384 over SHA-384 only, which Triton does not verify; load the key from its file")
	}
	public, err := ssh.ParsePublicKey(key.Blob)
	if err != nil {
		return nil, unsupported("its public key is of a kind that Triton does not know")
	}
	cryptoKey, ok := public.(ssh.CryptoPublicKey)
	if !ok {
		return nil, unsupported("its public key is of a kind that Triton does not know")
	}
	// The same rules as for a key in memory, and the same names.
	named, err := wrapper.NewSigner(publicHalf{cryptoKey.CryptoPublicKey()})
	if err != nil {
		return nil, err
	}
	return &agentSigner{
		fingerprint: named.Fingerprint(),
		algorithm:   named.Algorithm(),
		sign: func(ctx context.Context, data []byte) ([]byte, error) {
			return a.sign(ctx, public, data)
		},
	}, nil
}

// publicHalf stands for a key that is asked for its public half only.
type publicHalf struct{ public crypto.PublicKey }

func (k publicHalf) Public() crypto.PublicKey { return k.public }
func (k publicHalf) Sign(io.Reader, []byte, crypto.SignerOpts) ([]byte, error) {
	return nil, errors.New("key: the private half is in ssh-agent")
}

// sign has the agent sign and takes the signature out of SSH's framing.
func (a *Agent) sign(ctx context.Context, public ssh.PublicKey, data []byte) ([]byte, error) {
	var flags agent.SignatureFlags
	format := public.Type()
	if format == ssh.KeyAlgoRSA {
		// Without the flag it would be SHA-1 (RFC 8332).
		flags, format = agent.SignatureFlagRsaSha256, ssh.KeyAlgoRSASHA256
	}
	var signature *ssh.Signature
	err := a.call(ctx, func(client agent.ExtendedAgent) (err error) {
		signature, err = client.SignWithFlags(public, data, flags)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("sign with ssh-agent: %w", err)
	}
	if signature.Format != format {
		return nil, fmt.Errorf("sign with ssh-agent: it is too old to sign with %s: %w", format, errors.ErrUnsupported)
	}
	return unframe(public, data, signature)
}

// unframe turns an SSH signature (RFC 4253, section 6.6; RFC 5656, section
// 3.1.2; RFC 8709, section 6) into the one of the algorithm itself.
func unframe(public ssh.PublicKey, data []byte, signature *ssh.Signature) ([]byte, error) {
	if err := public.Verify(data, signature); err != nil {
		return nil, errors.New("sign with ssh-agent: its signature does not fit the key")
	}
	switch key := public.(ssh.CryptoPublicKey).CryptoPublicKey().(type) {
	case *rsa.PublicKey:
		// Some agents leave out zero bytes at the front.
		if missing := key.Size() - len(signature.Blob); missing > 0 {
			return append(make([]byte, missing), signature.Blob...), nil
		}
		return signature.Blob, nil
	default:
		if public.Type() == ssh.KeyAlgoED25519 {
			return signature.Blob, nil
		}
		var point struct{ R, S *big.Int }
		if err := ssh.Unmarshal(signature.Blob, &point); err != nil {
			return nil, errors.New("sign with ssh-agent: its ECDSA signature cannot be read")
		}
		return asn1.Marshal(point)
	}
}
