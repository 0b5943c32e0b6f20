package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"

	"github.com/cloudroster/cloudroster/wrapper"
)

// journal is a file of one JSON object a line. It holds what a second run needs: which accepted
// IONOS operations this program did not wait for to the end. It never holds a password.
type journal struct {
	mu   sync.Mutex
	file *os.File
	// open are the operations that were not waited for, by step.
	open map[string]entry
}

type entry struct {
	Step      string `json:"step"` // cloud and email
	Action    action `json:"action"`
	State     string `json:"state"` // started, done, failed or pending
	Operation string `json:"operation,omitempty"`
	Error     string `json:"error,omitempty"`
}

const (
	started = "started"
	done    = "done"
	failed  = "failed"
	pending = "pending"
)

// openJournal reads what an earlier run left and appends to it. A last line that was cut off by a
// crash is ignored.
func openJournal(name string) (*journal, error) {
	file, err := os.OpenFile(name, os.O_RDWR|os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		return nil, err
	}
	j := &journal{file: file, open: map[string]entry{}}
	lines := bufio.NewScanner(file)
	complete := true
	for lines.Scan() {
		var e entry
		complete = json.Unmarshal(lines.Bytes(), &e) == nil
		if !complete {
			continue
		}
		delete(j.open, e.Step)
		if e.State == pending {
			j.open[e.Step] = e
		}
	}
	if err := lines.Err(); err != nil {
		return nil, errors.Join(fmt.Errorf("%s: %w", name, err), file.Close())
	}
	if !complete {
		_, err = io.WriteString(file, "\n")
	}
	return j, err
}

func (j *journal) Close() error { return j.file.Close() }

// add writes one entry and makes sure that it is on the disk: after a crash the journal is all
// that is left.
func (j *journal) add(e entry) error {
	line, err := json.Marshal(e)
	if err != nil {
		return err
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	if _, err := j.file.Write(append(line, '\n')); err != nil {
		return err
	}
	return j.file.Sync()
}

// resume waits for the operations that an earlier run left, so that the list that is read next
// shows their results.
func (j *journal) resume(ctx context.Context, clouds []cloud, out io.Writer) error {
	for i := range clouds {
		ionos := clouds[i].ionos
		if ionos == nil {
			continue
		}
		for _, e := range j.open {
			fmt.Fprintf(out, "Waiting for the %s of %s, which an earlier run began.\n", e.Action, e.Step)
			err := ionos.Operation(e.Operation).Wait(ctx)
			if ctx.Err() != nil {
				return err
			}
			state := entry{Step: e.Step, Action: e.Action, State: done}
			// Whatever it came to, the list tells what is left to do. An operation that the service
			// no longer knows is no reason to stop.
			if err != nil {
				state.State, state.Error = failed, err.Error()
				fmt.Fprintln(out, "  ", err)
			}
			if err := j.add(state); err != nil {
				return err
			}
		}
	}
	return nil
}

// result journals how a step ended.
func (j *journal) result(s *step, err error) error {
	e := entry{Step: s.key(), Action: s.action, State: done}
	var waiting *wrapper.OperationError
	switch {
	case err == nil:
	case errors.As(err, &waiting) && !errors.Is(err, wrapper.ErrOperationFailed):
		e.State, e.Operation, e.Error = pending, waiting.ID, err.Error()
	default:
		e.State, e.Error = failed, err.Error()
	}
	return j.add(e)
}
