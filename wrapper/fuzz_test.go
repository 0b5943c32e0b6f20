package wrapper_test

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cloudroster/cloudroster/gen"
	"github.com/cloudroster/cloudroster/wrapper"
)

// wire writes each request as it goes over a connection, reads it as a server does, and keeps
// the target of the request line. Every request is answered with 404.
type wire struct{ targets []string }

func (w *wire) RoundTrip(r *http.Request) (*http.Response, error) {
	arrived, err := overTheWire(r)
	if err != nil {
		return nil, err
	}
	w.targets = append(w.targets, arrived.RequestURI)
	return &http.Response{StatusCode: 404, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(`{}`)), Request: r}, nil
}

func overTheWire(r *http.Request) (*http.Request, error) {
	var sent bytes.Buffer
	if err := r.Write(&sent); err != nil {
		return nil, err
	}
	return http.ReadRequest(bufio.NewReader(&sent))
}

// idCall is a method with path parameters and the path that it means.
type idCall struct {
	path string // A and B stand for the ids
	call func(ctx context.Context, c *wrapper.IONOS, tr *wrapper.Triton, a, b string) error
}

var idCalls = []idCall{
	{"um/users/A", func(ctx context.Context, c *wrapper.IONOS, _ *wrapper.Triton, a, _ string) error {
		_, err := c.GetUser(ctx, a)
		return err
	}},
	{"um/users/A", func(ctx context.Context, c *wrapper.IONOS, _ *wrapper.Triton, a, _ string) error {
		_, _, err := c.UpdateUser(ctx, a, func(*gen.UserUpdateProperties) {})
		return err
	}},
	{"um/users/A", func(ctx context.Context, c *wrapper.IONOS, _ *wrapper.Triton, a, _ string) error {
		_, err := c.DeleteUser(ctx, a)
		return err
	}},
	{"um/users/A/owns", func(ctx context.Context, c *wrapper.IONOS, _ *wrapper.Triton, a, _ string) error {
		_, err := c.ListOwnedResources(ctx, a)
		return err
	}},
	{"um/groups/A/users/B", func(ctx context.Context, c *wrapper.IONOS, _ *wrapper.Triton, a, b string) error {
		_, err := c.RemoveGroupMember(ctx, a, b)
		return err
	}},
	{"um/groups/A/shares/B", func(ctx context.Context, c *wrapper.IONOS, _ *wrapper.Triton, a, b string) error {
		_, _, err := c.ReplaceShare(ctx, a, b, gen.ShareProperties{EditPrivilege: new(true)})
		return err
	}},
	{"um/groups/A/shares/B", func(ctx context.Context, c *wrapper.IONOS, _ *wrapper.Triton, a, b string) error {
		_, _, err := c.ReplaceShare(ctx, a, b, gen.ShareProperties{})
		return err
	}},
	{"um/resources/A/B", func(ctx context.Context, c *wrapper.IONOS, _ *wrapper.Triton, a, b string) error {
		_, err := c.GetResource(ctx, gen.ResourceType(a), b)
		return err
	}},
	{"requests/A/status", func(ctx context.Context, c *wrapper.IONOS, _ *wrapper.Triton, a, _ string) error {
		_, err := c.GetRequestStatus(ctx, a)
		return err
	}},
	{"B/users/A", func(ctx context.Context, _ *wrapper.IONOS, tr *wrapper.Triton, a, _ string) error {
		_, err := tr.GetUserWithRoles(ctx, a)
		return err
	}},
	{"B/users/A", func(ctx context.Context, _ *wrapper.IONOS, tr *wrapper.Triton, a, _ string) error {
		return tr.DeleteUser(ctx, a)
	}},
}

// The path that arrives has exactly the segments that were meant, each decoding to its id, or
// nothing was sent at all.
func FuzzIDs(f *testing.F) {
	for _, id := range []string{
		"0fd7a5ac-5a7a-4b4b-9d1a-6a3a0e0a4e4f", "a/b", "a?b", "a#b", "a%2fb", "%2e%2e", "%", "a b", "a+b", "a;b", "a,b", "a:b", "//", "...",
		"", ".", "..", "../..", "./", "a\x00b", "a\r\nb", "\x7f", "é", "\xff", "a\\b", "a&b=c", "um", "requests", "~", "@", "[::1]", "\u0085",
	} {
		f.Add(id, "acme", 0)
		f.Add("acme", id, 5)
		f.Add(id, id, 9)
	}
	f.Fuzz(func(t *testing.T, a, b string, which int) {
		var sent wire
		client := wrapper.WithHTTPClient(&http.Client{Transport: &sent})
		ionos, err := wrapper.NewIONOS(wrapper.TokenAuth("test-token"), wrapper.WithBaseURL("https://gateway.example/a%20b/v6"), client)
		require.NoError(t, err)
		call := idCalls[uint(which)%uint(len(idCalls))]
		var triton *wrapper.Triton
		if strings.HasPrefix(call.path, "B/") {
			triton, err = wrapper.NewTriton("https://gateway.example/a%20b/v6", b, wrapper.TokenAuth("test-token"), client)
			if refused(b) || b == "um" || b == "requests" {
				require.ErrorIs(t, err, wrapper.ErrInvalid)
				return
			}
			require.NoError(t, err)
		}
		err = call.call(t.Context(), ionos, triton, a, b)
		require.Error(t, err) // nothing is there
		if refused(a) || strings.Contains(call.path, "B") && refused(b) {
			require.ErrorIs(t, err, wrapper.ErrInvalid)
			require.Empty(t, sent.targets)
			return
		}
		require.Len(t, sent.targets, 1, "%v", err)
		path, _, _ := strings.Cut(sent.targets[0], "?")
		segments := strings.Split(path, "/")
		want := strings.Split("/a b/v6/"+call.path, "/")
		require.Len(t, segments, len(want), path)
		for i, segment := range segments {
			decoded, err := url.PathUnescape(segment)
			require.NoError(t, err)
			switch want[i] {
			case "A":
				require.Equal(t, a, decoded)
			case "B":
				require.Equal(t, b, decoded)
			default:
				require.Equal(t, want[i], decoded)
			}
			// What a server or a proxy on the way would take for something else.
			require.NotContains(t, []string{".", ".."}, decoded)
		}
	})
}

// refused are the ids that could mean another path than the caller's.
func refused(id string) bool {
	return id == "" || id == "." || id == ".." || strings.ContainsFunc(id, func(r rune) bool { return r < ' ' || r == 0x7f })
}
