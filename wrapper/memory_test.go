package wrapper_test

import (
	"bytes"
	"compress/gzip"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/cloudroster/cloudroster/wrapper"
)

// maxCallMemory is what one call may need on top of what was there before it.
const maxCallMemory = 64 << 20

// A call needs little memory, whatever a server sends. What is measured is all that the process
// allocates from the beginning of the call to its end, freed or not, and what its stacks grow:
// the peak cannot be higher, and nothing depends on when the collector runs. The server's share
// is counted, too. For that reason this test runs alone: it is not parallel.
func TestMemoryIsBounded(t *testing.T) {
	deep := strings.Repeat(`{"messages":[`, 10_000) + strings.Repeat("]}", 10_000) // 20,000 deep
	big := strings.Repeat("x", 1<<20)
	for _, test := range []struct {
		name   string
		status int
		answer answer
		is     error // nil: the call succeeds
	}{
		{"user", 200, answer{`{"id":"1"`, "", 0, "}", false}, nil},
		{"endless answer", 200, answer{`{"id":"`, big, 1 << 20, "", false}, wrapper.ErrResponseTooLarge},
		{"endless error", 500, answer{`{"messages":[{"message":"`, big, 1 << 20, "", false}, wrapper.ErrUnavailable},
		{"gzip bomb of 1 GiB", 200, answer{`{"id":"`, big, 1 << 10, `"}`, true}, wrapper.ErrResponseTooLarge},
		{"gzip bomb of 1 GiB as an error", 500, answer{`{"code":"`, big, 1 << 10, `"}`, true}, wrapper.ErrUnavailable},
		{"error body of 10 MiB", 422, answer{`{"messages":[{"message":"`, big, 10, `"}]}`, false}, wrapper.ErrInvalid},
		{"answer 20,000 deep", 200, answer{deep, "", 0, "", false}, wrapper.ErrUnexpectedResponse},
		{"error 20,000 deep", 422, answer{deep, "", 0, "", false}, wrapper.ErrInvalid},
		{"text of 10 MiB where JSON is due", 200, answer{"", big, 10, "", false}, wrapper.ErrUnexpectedResponse},
		{"page of 10 MiB", 502, answer{"<html>", big, 10, "</html>", false}, wrapper.ErrUnavailable},
	} {
		t.Run(test.name, func(t *testing.T) {
			serve := test.answer.handler(test.status)
			server := httptest.NewServer(serve)
			t.Cleanup(server.Close)
			client, err := wrapper.NewIONOS(wrapper.TokenAuth("test-token"), wrapper.WithBaseURL(server.URL),
				wrapper.WithRetry(wrapper.RetryPolicy{MinDelay: 1, MaxDelay: 1}))
			require.NoError(t, err)
			for _, call := range []struct {
				name string
				do   func() error
			}{
				{"read", func() error {
					_, err := client.GetUser(t.Context(), "1")
					return err
				}},
				{"write", func() error {
					_, _, err := client.CreateUser(t.Context(), jo())
					return err
				}},
			} {
				used := allocated(func() { err = call.do() })
				t.Logf("%s: %.1f MiB", call.name, float64(used)/(1<<20))
				assert.Less(t, used, uint64(maxCallMemory), call.name)
				if test.is == nil {
					require.NoError(t, err)
					continue
				}
				require.ErrorIs(t, err, test.is)
				assert.Less(t, len(err.Error()), 4<<10)
			}
		})
	}
}

// answer is a body: a beginning, a block so many times, and an end. It is written piece by
// piece, so that the server needs next to no memory.
type answer struct {
	begin, block string
	times        int
	end          string
	zip          bool
}

func (a answer) handler(status int) http.Handler {
	begin, block, end := []byte(a.begin), []byte(a.block), []byte(a.end)
	if a.zip {
		// Packed parts make one packed whole when they are joined.
		begin, block, end = pack(begin), pack(block), pack(end)
	}
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		if a.zip {
			w.Header().Set("Content-Encoding", "gzip")
		}
		w.WriteHeader(status)
		_, err := w.Write(begin)
		for i := 0; i < a.times && err == nil; i++ {
			_, err = w.Write(block)
		}
		if err == nil {
			_, _ = w.Write(end)
		}
	})
}

func pack(text []byte) []byte {
	var packed bytes.Buffer
	zip := gzip.NewWriter(&packed)
	_, _ = zip.Write(text) // a bytes.Buffer takes everything
	_ = zip.Close()
	return packed.Bytes()
}

// allocated is all that is allocated while do runs.
func allocated(do func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	do()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc + max(after.StackSys, before.StackSys) - before.StackSys
}
