package wrapper

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

// Whoever gives up at the moment at which its turn comes passes the place on.
func TestAbandonedTurnIsPassedOn(t *testing.T) {
	t.Parallel()
	started, waiting := &turn{start: make(chan error, 1)}, &turn{start: make(chan error, 1)}
	started.start <- nil
	g := limiter{burst: 1, inside: 1, queue: []*turn{waiting}}
	g.abandon(started)
	assert.Equal(t, 1, g.inside)
	assert.Empty(t, g.queue)
	select {
	case err := <-waiting.start:
		assert.NoError(t, err)
	default:
		t.Error("the place is lost")
	}
}
