package clients

import (
	"flag"
	"fmt"
	"net/http"
	"os"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/cloudroster/cloudroster/wrapper/wrappertest"
)

var update = flag.Bool("update", false, "write docs/clients.md and the table of the README")

// A client is a library or a command that a vendor publishes.
type client struct {
	name, version string
	// what says in a few words what its flows cover.
	what string
	// prepare gets hold of the client. It ends the test if that is not possible.
	prepare func(t *testing.T)
	flows   []flow
}

// A flow is one thing that people do with a client, from an empty cloud to what must come of it.
type flow struct {
	name string
	run  func(s *session)
	// fails is a text that the failure contains, for a flow that is known to fail; because is the
	// reason, and where to see that it is the right one.
	fails, because string
}

// result is what a run of a flow found.
type result struct {
	flow
	passed bool
}

// clients are in the order of the table.
func clients(t *testing.T) []client {
	t.Helper()
	return []client{sdkGo(t), sdkNode(t), tritonGo(t), tritonGoSuite(t), tritonCommand(t), smartdc(t), cloudapiSuite(t)}
}

// TestClients runs every flow. A flow that fails without a reason on record is an error, and so is
// one that passes in spite of a reason. Then the committed tables are compared with the run.
func TestClients(t *testing.T) {
	t.Parallel()
	var rows []row
	whole := true
	for _, client := range clients(t) {
		row := row{client: client, results: make([]result, len(client.flows))}
		t.Run(client.name, func(t *testing.T) {
			client.prepare(t)
			t.Run("flows", func(t *testing.T) { // ends when the parallel ones did
				for i, flow := range client.flows {
					t.Run(flow.name, func(t *testing.T) {
						t.Parallel()
						row.results[i] = result{flow, judge(t, flow, failures(t, flow))}
					})
				}
			})
		})
		whole = whole && row.complete()
		rows = append(rows, row)
	}
	if t.Failed() {
		return // what failed is more important than a table
	}
	if !whole {
		t.Log("some flows did not run: the tables are not compared")
		return
	}
	compare(t, rows)
}

// failures runs a flow and returns what went wrong, one text each.
func failures(t *testing.T, flow flow) []string {
	s := newSession(t)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		defer func() {
			if cause := recover(); cause != nil {
				s.Errorf("panic: %v", cause)
			}
		}()
		flow.run(s)
	}()
	<-ended
	return append(s.failures, s.undocumented.list()...)
}

// judge reports whether the flow passed, and fails the test if that is not what is on record.
func judge(t *testing.T, flow flow, failures []string) bool {
	t.Helper()
	text := strings.Join(failures, "\n")
	switch {
	case strings.Contains(text, notAsDocumented): // never the reason on record
		t.Error(text)
	case len(failures) == 0 && flow.because != "":
		t.Errorf("passes, and is on record as failing: %s", flow.because)
	case len(failures) > 0 && flow.because == "":
		t.Error(text)
	case len(failures) > 0 && (flow.fails == "" || !strings.Contains(text, flow.fails)):
		t.Errorf("fails in another way than on record (%q):\n%s", flow.fails, text)
	}
	return len(failures) == 0
}

// session is what one flow works with. It collects failures, so that a known one fails no test.
type session struct {
	fixture
	failures []string
}

var _ require.TestingT = (*session)(nil)

// Errorf notes a failure.
func (s *session) Errorf(format string, args ...any) {
	s.failures = append(s.failures, strings.TrimSpace(fmt.Sprintf(format, args...)))
}

// FailNow ends the flow.
func (*session) FailNow() { runtime.Goexit() }

// missing ends a test that cannot run here. In continuous integration it has to.
func missing(t *testing.T, format string, args ...any) {
	t.Helper()
	if os.Getenv("CI") == "true" {
		t.Fatalf(format, args...)
	}
	t.Skipf("skipped: "+format, args...)
}

func TestAFlowPassesOrIsNamedWithItsReason(t *testing.T) {
	t.Parallel()
	fine := func(*session) {}
	wrong := func(s *session) { assert.Equal(s, "one", "two") }
	stops := func(s *session) {
		require.Fail(s, "no bread")
		panic("unreachable")
	}
	odd := func(s *session) {
		s.cloud.IONOS.Fault(wrappertest.Fault{OperationID: "umUsersGet", Effect: wrappertest.Reply(http.StatusOK, nil, `{"items":3}`)})
		_, _, err := s.sdk().UserManagementApi.UmUsersGet(s.ctx).Execute()
		require.Error(s, err)
	}
	for name, test := range map[string]struct {
		flow           flow
		passed, failed bool
	}{
		"a flow that passes":                             {flow{run: fine}, true, false},
		"a flow that fails without a reason":             {flow{run: wrong}, false, true},
		"a flow that stops without a reason":             {flow{run: stops}, false, true},
		"a flow that gets an undocumented response":      {flow{run: odd}, false, true},
		"such a flow with a reason":                      {flow{run: odd, because: "x", fails: "documented"}, false, true},
		"a flow that panics":                             {flow{run: func(*session) { panic("no bread") }, because: "x", fails: "panic: no bread"}, false, false},
		"a flow that fails for the reason on record":     {flow{run: stops, because: "x", fails: "no bread"}, false, false},
		"a flow that fails for another reason":           {flow{run: stops, because: "x", fails: "no butter"}, false, true},
		"a flow that fails, with a reason but no text":   {flow{run: stops, because: "x"}, false, true},
		"a flow that passes in spite of a reason":        {flow{run: fine, because: "x", fails: "no bread"}, true, true},
		"a flow whose second assertion is the known one": {flow{run: func(s *session) { wrong(s); stops(s) }, because: "x", fails: "no bread"}, false, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inner := &testing.T{}
			assert.Equal(t, test.passed, judge(inner, test.flow, failures(t, test.flow)))
			assert.Equal(t, test.failed, inner.Failed())
		})
	}
}
