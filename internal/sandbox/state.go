package sandbox

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"sync"
	"time"

	"github.com/cloudroster/cloudroster/wrapper/wrappertest"
)

// loadState fills the clouds: from -state if that file exists, otherwise from -seed.
func (s *sandbox) loadState() error {
	if s.state != "" {
		err := s.setState(s.state)
		if err == nil {
			s.keeper.start()
			return nil
		}
		if !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("-state: %w", err)
		}
	}
	if err := s.reset(); err != nil {
		return err
	}
	if s.state != "" {
		if err := s.keeper.save(); err != nil {
			return err // better now than at the end
		}
		s.keeper.start()
	}
	return nil
}

// reset goes back to the seed, or to nothing.
func (s *sandbox) reset() error {
	s.cloud.Reset()
	if s.seed == "" {
		return nil
	}
	if err := s.setState(s.seed); err != nil {
		return fmt.Errorf("-seed: %w", err)
	}
	return nil
}

func (s *sandbox) setState(file string) error {
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	if err := s.replaceState(text); err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	return nil
}

// replaceState takes the state as JSON.
func (s *sandbox) replaceState(text []byte) error {
	state, err := wrappertest.ParseState(text)
	if err != nil {
		return err
	}
	return s.cloud.SetState(state)
}

// encodeState is the JSON text of what the clouds hold.
func (s *sandbox) encodeState() ([]byte, error) {
	text, err := json.MarshalIndent(s.cloud.State(), "", "  ")
	if err != nil {
		return nil, fmt.Errorf("encode the state: %w", err)
	}
	return append(text, '\n'), nil
}

// saveInterval is the shortest time between two writes of the state file.
const saveInterval = time.Second

// keeper writes the state file after changes, at most once in an interval, and at the end.
type keeper struct {
	sandbox *sandbox
	wake    chan struct{} // holds one: a change that is not written yet
	done    chan struct{} // nil until start
	running sync.WaitGroup
	written []byte
}

func newKeeper(s *sandbox) *keeper { return &keeper{sandbox: s, wake: make(chan struct{}, 1)} }

// changed notes a change. It does not wait.
func (k *keeper) changed() {
	select {
	case k.wake <- struct{}{}:
	default:
	}
}

func (k *keeper) start() {
	k.done = make(chan struct{})
	k.running.Go(func() {
		for {
			select {
			case <-k.done:
				return
			case <-k.wake:
			}
			if err := k.save(); err != nil {
				fmt.Fprintf(k.sandbox.process.Stderr, "cloudroster sandbox: %v\n", err)
			}
			select {
			case <-k.done:
				return
			case <-time.After(saveInterval):
			}
		}
	})
}

// stop writes the file for the last time. A keeper that was not started has none.
func (k *keeper) stop() error {
	if k == nil || k.done == nil {
		return nil
	}
	close(k.done)
	k.running.Wait()
	return k.save()
}

func (k *keeper) save() error {
	text, err := k.sandbox.encodeState()
	if err == nil && !bytes.Equal(text, k.written) {
		if err = writeFile(k.sandbox.state, text); err == nil {
			k.written = text
		}
	}
	if err != nil {
		return fmt.Errorf("-state: %w", err)
	}
	return nil
}
