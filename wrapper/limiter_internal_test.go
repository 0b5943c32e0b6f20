package wrapper

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

// Who gives up at the moment at which a place was passed to it hands the place on.
func TestAPlaceThatComesTooLateIsHandedOn(t *testing.T) {
	t.Parallel()
	passed, waiting := make(chan struct{}), make(chan struct{})
	g := limiter{burst: 1, inside: 1, queue: []chan struct{}{waiting}}
	g.abandon(passed)
	assert.Equal(t, 1, g.inside)
	assert.Empty(t, g.queue)
	select {
	case <-waiting:
	default:
		t.Error("the place is lost")
	}
}
