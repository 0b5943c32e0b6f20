package sshkey

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"strings"
	"sync"
	"time"

	"golang.org/x/crypto/ssh"
	"golang.org/x/crypto/ssh/agent"

	"github.com/cloudroster/cloudroster/wrapper"
)

// agentTimeout is how long an agent may take for one answer. It may ask its
// user to confirm, which takes longer than any computation.
const agentTimeout = time.Minute

// An Agent is a connection to an ssh-agent, made when it is first needed and
// made again, once for each call, when it is found broken. An answer may take a
// minute, which the context of the request that is signed does not shorten. An
// Agent, and all signers that come from it, may be used by many goroutines at a
// time; the agent is asked one thing at a time.
type Agent struct {
	dial func() (net.Conn, error)

	mu     sync.Mutex
	conn   *agentConn // nil before the first call and after a failure
	client agent.ExtendedAgent
}

// DialAgent is the agent behind a Unix socket, as a rule the one that the
// environment variable SSH_AUTH_SOCK names. It does not connect yet: a socket
// that is "" or not there shows as [ErrAgentUnavailable] when a key is looked
// for.
func DialAgent(socket string) *Agent {
	return NewAgent(func() (net.Conn, error) {
		if socket == "" {
			return nil, errors.New("no socket is given (SSH_AUTH_SOCK)")
		}
		return net.DialTimeout("unix", socket, 10*time.Second)
	})
}

// NewAgent is the agent at the other end of the connections that dial makes:
// one at a time, closed by the Agent.
func NewAgent(dial func() (net.Conn, error)) *Agent {
	return &Agent{dial: dial}
}

// Close closes the connection. The signers connect again when they are used.
func (a *Agent) Close() error {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.disconnect()
}

// Signer finds a key of the agent by its id: a fingerprint, MD5 or SHA-256, or
// the comment of the key. The agent keeps the key and makes the signatures;
// each is verified before it is used.
//
// Errors: [ErrKeyNotFound] (an agent that is locked says that it has no keys),
// [ErrAgentUnavailable], and [errors.ErrUnsupported] for a key that Triton
// cannot verify when the agent signs, ECDSA P-384 among them. Signing gives
// ErrAgentUnavailable when the agent has gone, and [ErrAgentRefused].
func (a *Agent) Signer(id string) (wrapper.Signer, error) {
	if strings.TrimSpace(id) == "" {
		return nil, fmt.Errorf("key id: it is empty: %w", ErrKeyNotFound)
	}
	var keys []*agent.Key
	err := a.call(func(client agent.ExtendedAgent) (err error) {
		keys, err = client.List()
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("list the keys of ssh-agent: %w", err)
	}
	wanted := parseKeyID(id)
	var found wrapper.Signer
	var refused error
	for _, key := range keys {
		if !wanted.matches(key, key.Comment) {
			continue
		}
		signer, err := a.newSigner(key)
		switch {
		case err != nil:
			refused = err
		case found != nil && found.Fingerprint() != signer.Fingerprint():
			return nil, fmt.Errorf("ssh-agent: several keys are called %q, name one by its fingerprint: %w", id, ErrKeyNotFound)
		default:
			found = signer
		}
	}
	switch {
	case found != nil:
		return found, nil
	case refused != nil:
		return nil, fmt.Errorf("ssh-agent: %w", refused)
	case len(keys) == 0:
		return nil, fmt.Errorf("ssh-agent: it holds no keys, or is locked: %w", ErrKeyNotFound)
	default:
		return nil, fmt.Errorf("ssh-agent: nothing is called %q: %w", id, ErrKeyNotFound)
	}
}

// call does one thing with the agent, and again on a new connection when the
// old one turns out to be broken: both things that agents do for us can be
// repeated. What only took too long is not repeated.
func (a *Agent) call(do func(agent.ExtendedAgent) error) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	for attempt := 0; ; attempt++ {
		reused := a.conn != nil
		if !reused {
			if err := a.connect(); err != nil {
				return fmt.Errorf("%w: %v", ErrAgentUnavailable, err)
			}
		}
		_ = a.conn.SetDeadline(time.Now().Add(agentTimeout))
		err := do(a.client)
		broken := a.conn.err
		if err == nil {
			return nil
		}
		if broken == nil && refusal(err) {
			return ErrAgentRefused
		}
		_ = a.disconnect()
		var timeout net.Error
		switch {
		case broken == nil:
			return fmt.Errorf("%w: it answers something else than an agent does", ErrAgentUnavailable)
		case errors.As(broken, &timeout) && timeout.Timeout():
			return fmt.Errorf("%w: no answer within %v", ErrAgentUnavailable, agentTimeout)
		case !reused || attempt > 0:
			return fmt.Errorf("%w: the connection broke off: %v", ErrAgentUnavailable, broken)
		}
	}
}

// refusal tells an agent's plain no, after which the connection is as good as
// before. x/crypto has no type for it.
func refusal(err error) bool {
	return strings.HasPrefix(err.Error(), "agent: failed to ")
}

func (a *Agent) connect() error {
	if a.dial == nil {
		return errors.New("no way to connect is given")
	}
	conn, err := a.dial()
	if err != nil {
		return err
	}
	a.conn = &agentConn{Conn: conn}
	// Hidden behind an io.ReadWriter the connection stays ours: the client
	// would otherwise read it in a goroutine of its own.
	a.client = agent.NewClient(struct{ io.ReadWriter }{a.conn})
	return nil
}

func (a *Agent) disconnect() error {
	if a.conn == nil {
		return nil
	}
	err := a.conn.Close()
	a.conn, a.client = nil, nil
	return err
}

// agentConn remembers what went wrong, which x/crypto turns into text.
type agentConn struct {
	net.Conn
	err error
}

func (c *agentConn) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	if err != nil {
		c.err = err
	}
	return n, err
}

func (c *agentConn) Write(p []byte) (int, error) {
	n, err := c.Conn.Write(p)
	if err != nil {
		c.err = err
	}
	return n, err
}

// agentSigner is a wrapper.Signer whose key is in an agent.
type agentSigner struct {
	fingerprint string
	algorithm   string
	sign        func(data []byte) ([]byte, error)
}

func (s *agentSigner) Fingerprint() string              { return s.fingerprint }
func (s *agentSigner) Algorithm() string                { return s.algorithm }
func (s *agentSigner) Sign(data []byte) ([]byte, error) { return s.sign(data) }

// String names the key by what is public of it.
func (s *agentSigner) String() string {
	return "sshkey.Agent(" + s.algorithm + " " + s.fingerprint + ")"
}

func (s *agentSigner) GoString() string             { return s.String() }
func (s *agentSigner) Format(f fmt.State, _ rune)   { _, _ = f.Write([]byte(s.String())) }
func (s *agentSigner) LogValue() slog.Value         { return slog.StringValue(s.String()) }
func (s *agentSigner) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

var _ ssh.PublicKey = (*agent.Key)(nil) // what keyID compares
