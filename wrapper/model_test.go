package wrapper_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"

	"github.com/cloudroster/cloudroster/wrapper"
	"github.com/cloudroster/cloudroster/wrapper/wrappertest"
)

// The model check: random sequences of operations, with and without faults, against the
// in-memory clouds and a model that is a few slices. After every step the cloud holds exactly
// what the model says. `go test ./wrapper -run Model -rapid.checks=10000` runs more of them.

// mishap is what happens to one attempt.
type mishap struct {
	name   string
	effect wrappertest.Effect
}

func after(effect wrappertest.Effect) wrappertest.Effect {
	return func(w http.ResponseWriter, r *http.Request, carryOut func() *wrappertest.Response) {
		carryOut()
		effect(w, r, carryOut)
	}
}

// unlessDelete leaves alone what answers a DELETE in an empty answer: that is what one is like.
func unlessDelete(effect wrappertest.Effect) wrappertest.Effect {
	return func(w http.ResponseWriter, r *http.Request, carryOut func() *wrappertest.Response) {
		if r.Method == http.MethodDelete {
			asUsual(w, r, carryOut)
			return
		}
		effect(w, r, carryOut)
	}
}

// asUsual answers as the cloud does.
var asUsual = wrappertest.EditResponse(func(*wrappertest.Response) {})

var mishaps = []mishap{
	{"as usual", asUsual},
	{"reset before", wrappertest.ResetConnection()},
	{"reset after", after(wrappertest.ResetConnection())},
	{"closed before", wrappertest.CloseConnection()},
	{"closed after", after(wrappertest.CloseConnection())},
	{"429 with Retry-After", wrappertest.Reply(429, http.Header{"Retry-After": {"3"}}, `{"code":"TooManyRequestsError"}`)},
	{"429", wrappertest.Empty(429)},
	{"500 before", wrappertest.Empty(500)},
	{"500 after", after(wrappertest.Empty(500))},
	{"502 before", wrappertest.HTML(502)},
	{"502 after", after(wrappertest.HTML(502))},
	{"503 before", wrappertest.Empty(503)},
	{"503 after", after(wrappertest.HTML(503))},
	{"504 before", wrappertest.HTML(504)},
	{"504 after", after(wrappertest.HTML(504))},
	{"login page before", wrappertest.HTML(200)},
	{"login page after", after(wrappertest.HTML(200))},
	{"empty before", unlessDelete(wrappertest.Empty(200))},
	{"empty after", after(wrappertest.Empty(200))},
	{"cut", wrappertest.TruncateBody(10)},
	{"cut chunked", wrappertest.TruncateChunked(0)},
	{"gzip lie", wrappertest.GzipLie()},
	{"hang before", wrappertest.Hang()},
	{"hang after", after(wrappertest.Hang())},
}

// mischief hands out the mishaps of the step that runs, one an attempt.
type mischief struct {
	mu     sync.Mutex
	coming []int
	met    int
}

func (m *mischief) fault() wrappertest.Fault {
	return wrappertest.Fault{Effect: func(w http.ResponseWriter, r *http.Request, carryOut func() *wrappertest.Response) {
		m.mu.Lock()
		effect := asUsual
		if len(m.coming) > 0 {
			if m.coming[0] != 0 {
				effect = mishaps[m.coming[0]].effect
				m.met++
			}
			m.coming = m.coming[1:]
		}
		m.mu.Unlock()
		effect(w, r, carryOut)
	}}
}

func (m *mischief) begin(coming []int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.coming, m.met = coming, 0
}

// end takes the mishaps that were not met away and tells how many were.
func (m *mischief) end() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.coming = nil
	return m.met
}

// step is one operation of a sequence. What it works on is chosen by number from what there is
// when it runs, so that a shorter sequence still makes sense.
type step struct {
	Operation string
	A, B, C   int
	Flag      bool
	Wait      bool
	Fail      bool
	Mishaps   []int
}

func (s step) String() string {
	text := fmt.Sprintf("%s(%d,%d,%d,%t)", s.Operation, s.A, s.B, s.C, s.Flag)
	for _, n := range s.Mishaps {
		text += ", " + mishaps[n].name
	}
	return text
}

func steps(operations []string, withFaults bool) *rapid.Generator[[]step] {
	one := rapid.Custom(func(t *rapid.T) step {
		number := rapid.IntRange(0, 11)
		s := step{
			Operation: rapid.SampledFrom(operations).Draw(t, "operation"),
			A:         number.Draw(t, "a"), B: number.Draw(t, "b"), C: number.Draw(t, "c"),
			Flag: rapid.Bool().Draw(t, "flag"), Wait: rapid.Bool().Draw(t, "wait"),
		}
		if !withFaults {
			s.Fail = rapid.IntRange(0, 9).Draw(t, "fail") == 9
		} else if rapid.Bool().Draw(t, "faulty") {
			s.Mishaps = rapid.SliceOfN(rapid.IntRange(0, len(mishaps)-1), 1, 5).Draw(t, "mishaps")
		}
		return s
	})
	return rapid.Custom(func(t *rapid.T) []step {
		length := rapid.SampledFrom([]int{2, 10, 30, 60}).Draw(t, "length")
		return rapid.SliceOfN(one, length/2, length).Draw(t, "sequence")
	})
}

// deed is a step with its subjects chosen: how to do it and what the model says of it. S is
// the model of one cloud.
type deed[S any] struct {
	// call does it. The operation is nil for reads and on Triton.
	call func() (*wrapper.Operation, error)
	// change is what it does to the model; nil for a read.
	change func(*S)
	// refused is the error that is due, nil if none.
	refused error
	// remove: that there is nothing to remove is a success after a lost answer.
	remove bool
	// fails tells that the cloud was told to accept the change and not to make it.
	fails bool
}

// tally counts what a model check saw.
type tally struct {
	sequences, steps, done, refused, unknown, unknownMade, accepted, gaveUp, mishaps int
}

// errWrong is what a read says that answered something else than the model. It is never
// explained by a fault.
var errWrong = errors.New("the answer differs from the model")

// judge compares what a step came to with the model, and answers the model from here on: an
// outcome that is unknown makes it fork, and the cloud's state tells which branch it is.
func classify[S any](n *tally, before S, copied func(S) S, matches func(model, cloud S) bool, cloud S, d deed[S], met int, err error) error {
	next := copied(before)
	if d.change != nil && d.refused == nil && !d.fails {
		d.change(&next)
	}
	made, unmade := matches(next, cloud), matches(before, cloud)
	n.steps++
	n.mishaps += met
	var failed *wrapper.Error
	var interrupted *wrapper.OperationError
	switch {
	case errors.Is(err, errWrong):
		return err
	case met > 0 && errors.As(err, &interrupted):
		n.accepted++
		if !made {
			return fmt.Errorf("accepted, but not there: %w", err)
		}
		return nil
	case err == nil && d.refused != nil && !(d.remove && met > 0):
		return fmt.Errorf("success, where %q was due", d.refused.Error())
	case err == nil:
		n.done++
		if !made {
			return errors.New("a write that was acknowledged is not there, or not once")
		}
		return nil
	case d.change == nil && errors.Is(err, wrapper.ErrOutcomeUnknown):
		return fmt.Errorf("the outcome of a read is unknown: %w", err)
	case met == 0 && d.refused == nil && !d.fails:
		return fmt.Errorf("failed without a fault: %w", err)
	case met == 0 && d.refused != nil && !errors.Is(err, d.refused):
		return fmt.Errorf("%w, where %q was due", err, d.refused.Error())
	case errors.As(err, &failed) && failed.Operation.ID() != "":
		n.accepted++
		if !made {
			return fmt.Errorf("accepted, but not there: %w", err)
		}
		return nil
	case d.remove && errors.Is(err, wrapper.ErrOutcomeUnknown) && errors.Is(err, wrapper.ErrNotFound):
		return fmt.Errorf("what was to be removed is not there any more, and that is an error: %w", err)
	case errors.Is(err, wrapper.ErrOutcomeUnknown):
		n.unknown++
		if made && !unmade {
			n.unknownMade++
		}
		if !made && !unmade {
			return fmt.Errorf("neither done nor left undone: %w", err)
		}
		return nil
	}
	if met > 0 {
		n.gaveUp++
	} else {
		n.refused++
	}
	if !unmade {
		return fmt.Errorf("an error that claims that nothing happened: %w", err)
	}
	return nil
}

// world is one cloud with a client, as the model check sees it.
type world[S any] interface {
	deed(step) deed[S]
	state() S
	mischief() *mischief
	copied(S) S
	matches(model, cloud S) bool
	// adopt takes over the cloud's state, which the model was found to match.
	adopt(S)
	model() S
	fail(step)
}

// sequence runs one sequence and answers what is wrong.
func sequence[S any](n *tally, w world[S], all []step) error {
	n.sequences++
	for i, s := range all {
		d := w.deed(s)
		if d.fails = s.Fail && d.change != nil && d.refused == nil && d.fails; d.fails {
			w.fail(s)
		}
		w.mischief().begin(s.Mishaps)
		operation, err := d.call()
		var waited error
		if err == nil && operation != nil && (s.Wait || d.fails) {
			waited = operation.Wait(context.Background())
		}
		met := w.mischief().end()
		cloud := w.state()
		wrong := classify(n, w.model(), w.copied, w.matches, cloud, d, met, err)
		if wrong == nil {
			wrong = judgeWait(waited, operation, d.fails, met)
		}
		if wrong != nil {
			return fmt.Errorf("step %d of %v: %w\nmodel before: %+v\ncloud after: %+v", i, all, wrong, w.model(), cloud)
		}
		w.adopt(cloud)
	}
	return nil
}

func judgeWait(waited error, operation *wrapper.Operation, fails bool, met int) error {
	var interrupted *wrapper.OperationError
	switch {
	case fails && !errors.Is(waited, wrapper.ErrOperationFailed):
		return fmt.Errorf("waited for an operation that failed: %w", waited)
	case fails, waited == nil:
		return nil
	case met == 0:
		return fmt.Errorf("wait: %w", waited)
	case !errors.As(waited, &interrupted) || interrupted.ID != operation.ID():
		return fmt.Errorf("a wait was interrupted and does not say which: %w", waited)
	}
	return nil
}

// checkModel draws sequences and runs each in a bubble of its own, where pauses take no time.
func checkModel[S any](t *testing.T, operations []string, withFaults bool, newWorld func() world[S]) {
	var n tally
	rapid.Check(t, func(rt *rapid.T) {
		all := steps(operations, withFaults).Draw(rt, "steps")
		var wrong error
		synctest.Test(t, func(*testing.T) { wrong = sequence(&n, newWorld(), all) })
		if wrong != nil {
			rt.Fatal(wrong)
		}
	})
	t.Logf("%d sequences, %d steps: %d done, %d refused, %d given up and not made, %d accepted with a lost answer, "+
		"%d of unknown outcome (%d of them made); %d attempts met a fault",
		n.sequences, n.steps, n.done, n.refused, n.gaveUp, n.accepted, n.unknown, n.unknownMade, n.mishaps)
}

// createPortable creates a user who is then read back. Users who were there before are older
// than any two clocks may differ.
func createPortable(users wrapper.Users, user wrapper.UserCreate) error {
	time.Sleep(time.Hour)
	made, err := users.Create(context.Background(), user)
	if err == nil && made.Email != user.Email {
		return fmt.Errorf("%w: got %+v", errWrong, made)
	}
	return err
}
