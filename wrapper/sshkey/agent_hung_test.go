package sshkey

import (
	"context"
	"io"
	"net"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// hungConn reads requests and never responds.
func hungConn(t *testing.T) net.Conn {
	t.Helper()
	ours, theirs := net.Pipe()
	t.Cleanup(func() { _ = ours.Close(); _ = theirs.Close() })
	go func() { _, _ = io.Copy(io.Discard, theirs) }()
	return ours
}

func TestARequestToAHungAgentEndsWithItsContext(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		a := NewAgent(func(context.Context) (net.Conn, error) { return hungConn(t), nil })
		defer a.Close()
		public := publicKey(t, testKey(t, "Ed25519"))
		start := time.Now()
		results := make(chan error)
		for range 2 {
			go func() {
				ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
				defer cancel()
				_, err := a.sign(ctx, public, []byte("data"))
				results <- err
			}()
		}
		for range 2 {
			err := <-results
			require.ErrorIs(t, err, context.DeadlineExceeded)
			require.ErrorIs(t, err, ErrAgentUnavailable)
		}
		assert.Equal(t, 5*time.Second, time.Since(start), "the second does not wait for the first")

		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		_, err := a.Signer(ctx, "work")
		require.ErrorIs(t, err, context.DeadlineExceeded)
	})
}

func TestADialThatHangsEndsWithItsContext(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		a := NewAgent(func(ctx context.Context) (net.Conn, error) {
			<-ctx.Done()
			return nil, ctx.Err()
		})
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		_, err := a.Signer(ctx, "work")
		require.ErrorIs(t, err, context.DeadlineExceeded)
		require.ErrorIs(t, err, ErrAgentUnavailable)
	})
}

// Its user may be asked to confirm one signature while others go on.
func TestAHungSignatureHoldsUpNoOther(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		keyring := keyringOf(t)
		var hung atomic.Bool
		a := NewAgent(func(context.Context) (net.Conn, error) {
			if hung.Swap(false) {
				return hungConn(t), nil
			}
			return serve(t, keyring), nil
		})
		defer a.Close()
		public := publicKey(t, testKey(t, "Ed25519"))
		hung.Store(true)
		stuck := make(chan error, 1)
		go func() {
			_, err := a.sign(t.Context(), public, []byte("data"))
			stuck <- err
		}()
		synctest.Wait()
		start := time.Now()
		for range 10 {
			_, err := a.sign(t.Context(), public, []byte("data"))
			require.NoError(t, err)
		}
		assert.Zero(t, time.Since(start))
		require.Empty(t, stuck)

		require.NoError(t, a.Close(), "it does not wait for an agent that hangs")
		require.ErrorIs(t, <-stuck, ErrAgentUnavailable)
		assert.Zero(t, time.Since(start))
	})
}

// A context that ends while a signature comes in must not leave a connection that is cut.
func TestAContextThatEndsSpoilsNoConnection(t *testing.T) {
	t.Parallel()
	keyring := keyringOf(t)
	a := NewAgent(func(context.Context) (net.Conn, error) { return serve(t, keyring), nil })
	defer a.Close()
	key := testKey(t, "Ed25519")
	public := publicKey(t, key)
	for range 200 {
		ctx, cancel := context.WithCancel(t.Context())
		go cancel()
		if _, err := a.sign(ctx, public, []byte("data")); err != nil {
			require.ErrorIs(t, err, context.Canceled)
		}
		_, err := a.sign(t.Context(), public, []byte("data"))
		require.NoError(t, err)
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	assert.LessOrEqual(t, len(a.open), maxIdleConns)
}

func TestAnAgentKeepsFewConnections(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		keyring := keyringOf(t)
		gate := make(chan struct{})
		a := NewAgent(func(context.Context) (net.Conn, error) { <-gate; return serve(t, keyring), nil })
		defer a.Close()
		public := publicKey(t, testKey(t, "Ed25519"))
		results := make(chan error)
		for range 20 {
			go func() {
				_, err := a.sign(t.Context(), public, []byte("data"))
				results <- err
			}()
		}
		synctest.Wait()
		close(gate)
		for range 20 {
			require.NoError(t, <-results)
		}
		a.mu.Lock()
		defer a.mu.Unlock()
		assert.LessOrEqual(t, len(a.idle), maxIdleConns)
		assert.Len(t, a.open, len(a.idle))
	})
}
