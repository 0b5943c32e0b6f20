package contract

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cloudroster/cloudroster/wrapper"
	"github.com/cloudroster/cloudroster/wrapper/wrappertest"
)

// What the check adds to a typed call whose response is at hand: the fastest of many calls with and without it, in
// turn, so that what else the machine does counts as little as possible. Nothing is asserted of times: make contract
// prints them. The targets are 1 ms for a list of 100 users and 25 µs for one user.
func TestWhatTheCheckCosts(t *testing.T) {
	if os.Getenv("CLOUDROSTER_TOOLS") == "" {
		t.Skip("make contract prints it")
	}
	cloud := wrappertest.New()
	var id string
	for i := range 100 {
		id = cloud.IONOS.AddUser(wrappertest.User{FirstName: "Ann", LastName: "Lee", Email: fmt.Sprintf("ann%d@example.com", i)})
	}
	list := func(c *wrapper.IONOS) {
		page, err := c.ListUsers(t.Context(), wrapper.WithDepth(1), wrapper.WithLimit(100))
		require.NoError(t, err)
		require.Len(t, page.Items, 100)
	}
	get := func(c *wrapper.IONOS) {
		user, err := c.GetUser(t.Context(), id, wrapper.WithDepth(1))
		require.NoError(t, err)
		require.Equal(t, id, user.ID)
	}
	for _, c := range []struct {
		name  string
		call  func(*wrapper.IONOS)
		times int
	}{{"a list of 100", list, 1000}, {"a get", get, 5000}} {
		client := func(transport http.RoundTripper) *wrapper.IONOS {
			return cloud.IONOSClient(t, wrapper.WithHTTPClient(&http.Client{Transport: transport}))
		}
		replayed := &replay{next: cloud.Transport()}
		unchecked, checked := client(replayed), client(Transport(replayed, ReportTo(t)))
		without, with := time.Hour, time.Hour
		for range c.times {
			without = min(without, timeOf(c.call, unchecked))
			with = min(with, timeOf(c.call, checked))
		}
		t.Logf("figure: the check adds %v to the %v of %s (%.2f times)", (with - without).Round(time.Microsecond),
			without.Round(time.Microsecond), c.name, float64(with)/float64(without))
	}
}

func timeOf(call func(*wrapper.IONOS), client *wrapper.IONOS) time.Duration {
	start := time.Now()
	call(client)
	return time.Since(start)
}

// replay returns the first response of next again and again.
type replay struct {
	next     http.RoundTripper
	response *http.Response
	body     []byte
}

func (r *replay) RoundTrip(req *http.Request) (*http.Response, error) {
	if r.response == nil {
		resp, err := r.next.RoundTrip(req)
		if err != nil {
			return nil, err
		}
		defer resp.Body.Close()
		if r.body, err = io.ReadAll(resp.Body); err != nil {
			return nil, err
		}
		r.response = resp
	}
	resp := *r.response
	resp.Header, resp.Request, resp.Body = resp.Header.Clone(), req, io.NopCloser(bytes.NewReader(r.body))
	return &resp, nil
}
