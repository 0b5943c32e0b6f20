package wrapper_test

import (
	"context"
	"crypto"
	"crypto/ed25519"
	"errors"
	"io"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/cloudroster/cloudroster/wrapper"
)

// remoteKey is a key in a key service.
type remoteKey struct {
	ed25519.PrivateKey
	sign func(data []byte) ([]byte, error)
}

func (k remoteKey) Sign(_ io.Reader, data []byte, _ crypto.SignerOpts) ([]byte, error) {
	return k.sign(data)
}

func newRemoteKey(t *testing.T, sign func(key ed25519.PrivateKey, data []byte) ([]byte, error)) wrapper.Signer {
	t.Helper()
	_, key, err := ed25519.GenerateKey(nil)
	require.NoError(t, err)
	signer, err := wrapper.NewSigner(remoteKey{key, func(data []byte) ([]byte, error) { return sign(key, data) }})
	require.NoError(t, err)
	return signer
}

func TestASignatureThatHangsEndsWithTheCall(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		release := make(chan struct{})
		signer := newRemoteKey(t, func(ed25519.PrivateKey, []byte) ([]byte, error) {
			<-release
			return nil, errors.New("too late")
		})
		auth, err := wrapper.SignatureAuth("alice", signer)
		require.NoError(t, err)
		client, err := wrapper.NewTriton("https://cloudapi.example.com", "alice", auth,
			wrapper.WithHTTPClient(&http.Client{Transport: roundTrip(func(*http.Request) (*http.Response, error) {
				t.Error("nothing can be sent without a signature")
				return nil, errors.New("sent")
			})}))
		require.NoError(t, err)
		start := time.Now()
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		defer cancel()
		_, err = client.GetUser(ctx, "u1")
		require.ErrorIs(t, err, context.DeadlineExceeded)
		assert.Equal(t, 5*time.Second, time.Since(start))
		close(release)
	})
}

func TestARemoteKeySignsAndPanicsAsAnyOther(t *testing.T) {
	t.Parallel()
	signer := newRemoteKey(t, func(key ed25519.PrivateKey, data []byte) ([]byte, error) {
		return key.Sign(nil, data, crypto.Hash(0))
	})
	signature, err := signer.Sign(t.Context(), []byte("data"))
	require.NoError(t, err)
	assert.Len(t, signature, ed25519.SignatureSize)

	failing := newRemoteKey(t, func(ed25519.PrivateKey, []byte) ([]byte, error) { return nil, errors.New("no quota") })
	_, err = failing.Sign(t.Context(), []byte("data"))
	require.ErrorContains(t, err, "no quota")

	broken := newRemoteKey(t, func(ed25519.PrivateKey, []byte) ([]byte, error) { panic("out of order") })
	assert.PanicsWithValue(t, "out of order", func() { _, _ = broken.Sign(t.Context(), []byte("data")) })
}
