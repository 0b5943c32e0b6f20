package sshkey

import (
	"context"
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

// agentTimeout bounds one request to an agent. It may ask its user to confirm, which takes
// longer than any computation.
const agentTimeout = time.Minute

// maxIdleConns is how many connections an Agent keeps for later signatures.
const maxIdleConns = 4

// An Agent signs with keys that an ssh-agent holds. It connects when it is first needed, and again,
// once for each call, when a connection is found broken. The protocol has one request at a time on a
// connection, so signatures that are made at a time use a connection each: none waits for another.
//
// A request ends with its context, and after a minute at the latest. An Agent, and all signers that
// come from it, may be used by many goroutines at a time.
type Agent struct {
	dial func(context.Context) (net.Conn, error)

	mu   sync.Mutex
	idle []*agentConn
	open map[*agentConn]bool // idle ones and those in use
}

// DialAgent returns the agent behind a Unix socket, as a rule the one that the
// environment variable SSH_AUTH_SOCK names. It does not connect yet: a socket
// that is "" or does not exist is [ErrAgentUnavailable] when a key is first used.
func DialAgent(socket string) *Agent {
	return NewAgent(func(ctx context.Context) (net.Conn, error) {
		if socket == "" {
			return nil, errors.New("no socket is given (SSH_AUTH_SOCK)")
		}
		dialer := net.Dialer{Timeout: 10 * time.Second}
		return dialer.DialContext(ctx, "unix", socket)
	})
}

// NewAgent returns the agent at the other end of the connections that dial makes. The Agent closes
// them. dial must be safe for concurrent use and end with its context.
func NewAgent(dial func(context.Context) (net.Conn, error)) *Agent {
	return &Agent{dial: dial, open: make(map[*agentConn]bool)}
}

// Close closes all connections; signatures under way fail with [ErrAgentUnavailable]. It never waits
// for the agent. The signers connect again when they are next used.
func (a *Agent) Close() error {
	a.mu.Lock()
	defer a.mu.Unlock()
	var errs []error
	for conn := range a.open {
		errs = append(errs, conn.Close())
	}
	clear(a.open)
	a.idle = nil
	return errors.Join(errs...)
}

// Signer returns a signer for the agent's key with an id: a fingerprint, MD5 or SHA-256, or
// the comment of the key. The agent keeps the key and makes the signatures;
// each is verified before it is used.
//
// It returns [ErrKeyNotFound] (an agent that is locked says that it has no keys),
// [ErrAgentUnavailable], and [errors.ErrUnsupported] for a key that Triton
// cannot verify when the agent signs, ECDSA P-384 among them. Sign returns
// ErrAgentUnavailable if the agent is gone or does not respond in time, and [ErrAgentRefused].
func (a *Agent) Signer(ctx context.Context, id string) (wrapper.Signer, error) {
	if strings.TrimSpace(id) == "" {
		return nil, fmt.Errorf("key id: it is empty: %w", ErrKeyNotFound)
	}
	var keys []*agent.Key
	err := a.call(ctx, func(client agent.ExtendedAgent) (err error) {
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

// call sends one request to the agent, and sends it again on a new connection if the
// old one turns out to be broken: both requests that we make can be repeated. What
// took too long is not repeated.
func (a *Agent) call(ctx context.Context, do func(agent.ExtendedAgent) error) error {
	for {
		conn, reused, err := a.take(ctx)
		if err != nil {
			return unavailable(ctx, err)
		}
		err = conn.call(ctx, do)
		if conn.err == nil && (err == nil || refusal(err)) {
			a.release(conn)
			if err != nil {
				return ErrAgentRefused
			}
			return nil
		}
		a.drop(conn)
		var timeout net.Error
		switch {
		case err == nil: // responded just before its connection was cut
			return nil
		case conn.err == nil:
			return fmt.Errorf("%w: its response is not one of an agent", ErrAgentUnavailable)
		case ctx.Err() != nil:
			return unavailable(ctx, errors.New("no response"))
		case errors.As(conn.err, &timeout) && timeout.Timeout():
			return fmt.Errorf("%w: no response within %v", ErrAgentUnavailable, agentTimeout)
		case !reused:
			return fmt.Errorf("%w: the connection broke off: %v", ErrAgentUnavailable, conn.err)
		}
		a.dropIdle() // they are as old as the one that is broken
	}
}

// unavailable matches the error of a context that is done, too.
func unavailable(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return fmt.Errorf("%w: %v: %w", ErrAgentUnavailable, err, ctx.Err())
	}
	return fmt.Errorf("%w: %v", ErrAgentUnavailable, err)
}

// refusal tells an agent's plain no, after which the connection is as good as
// before. x/crypto has no type for it.
func refusal(err error) bool {
	return strings.HasPrefix(err.Error(), "agent: failed to ")
}

// take returns an idle connection, or makes one.
func (a *Agent) take(ctx context.Context) (conn *agentConn, reused bool, err error) {
	if a.dial == nil {
		return nil, false, errors.New("no way to connect is given")
	}
	a.mu.Lock()
	if last := len(a.idle) - 1; last >= 0 {
		conn, a.idle = a.idle[last], a.idle[:last]
	}
	a.mu.Unlock()
	if conn != nil {
		return conn, true, nil
	}
	raw, err := a.dial(ctx)
	if err != nil {
		return nil, false, err
	}
	conn = &agentConn{Conn: raw}
	// Hidden behind an io.ReadWriter the connection stays ours: the client
	// would otherwise read it in a goroutine of its own.
	conn.client = agent.NewClient(struct{ io.ReadWriter }{conn})
	a.mu.Lock()
	defer a.mu.Unlock()
	a.open[conn] = true
	return conn, false, nil
}

// release keeps a connection for the next call, unless there are enough or Close has closed it.
func (a *Agent) release(conn *agentConn) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.open[conn] && len(a.idle) < maxIdleConns {
		a.idle = append(a.idle, conn)
		return
	}
	delete(a.open, conn)
	_ = conn.Close()
}

func (a *Agent) drop(conn *agentConn) {
	a.mu.Lock()
	defer a.mu.Unlock()
	delete(a.open, conn)
	_ = conn.Close()
}

func (a *Agent) dropIdle() {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, conn := range a.idle {
		delete(a.open, conn)
		_ = conn.Close()
	}
	a.idle = nil
}

// agentConn remembers what went wrong, which x/crypto turns into text.
type agentConn struct {
	net.Conn
	client agent.ExtendedAgent
	err    error
}

// call makes one request, and cuts the connection when ctx ends before the response.
func (c *agentConn) call(ctx context.Context, do func(agent.ExtendedAgent) error) error {
	_ = c.SetDeadline(time.Now().Add(agentTimeout))
	stop := context.AfterFunc(ctx, func() { _ = c.SetDeadline(time.Unix(1, 0)) })
	err := do(c.client)
	if !stop() && c.err == nil {
		c.err = ctx.Err() // its deadline is past: of no use to others
	}
	return err
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
	sign        func(ctx context.Context, data []byte) ([]byte, error)
}

func (s *agentSigner) Fingerprint() string { return s.fingerprint }
func (s *agentSigner) Algorithm() string   { return s.algorithm }
func (s *agentSigner) Sign(ctx context.Context, data []byte) ([]byte, error) {
	return s.sign(ctx, data)
}

// String names the key by what is public of it.
func (s *agentSigner) String() string {
	return "sshkey.Agent(" + s.algorithm + " " + s.fingerprint + ")"
}

func (s *agentSigner) GoString() string             { return s.String() }
func (s *agentSigner) Format(f fmt.State, _ rune)   { _, _ = f.Write([]byte(s.String())) }
func (s *agentSigner) LogValue() slog.Value         { return slog.StringValue(s.String()) }
func (s *agentSigner) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

var _ ssh.PublicKey = (*agent.Key)(nil) // what keyID compares
