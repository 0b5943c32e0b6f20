package wrapper_test

import (
	"context"
	"errors"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/cloudroster/cloudroster/wrapper"
	"github.com/cloudroster/cloudroster/wrapper/wrappertest"
)

// Whatever a call is doing when its context ends, the error matches the context's own and the
// cause that the caller gave.
func TestTheEndOfAContextIsMatchedWithItsCause(t *testing.T) {
	t.Parallel()
	get := func(ctx context.Context, c *wrapper.IONOS) error {
		_, err := c.GetUser(ctx, "ann")
		return err
	}
	wait := func(ctx context.Context, c *wrapper.IONOS) error { return c.Operation("id").Wait(ctx) }
	queued := wrappertest.Reply(200, nil, `{"metadata":{"status":"QUEUED"}}`)
	tests := map[string]struct {
		effect wrappertest.Effect
		call   func(context.Context, *wrapper.IONOS) error
	}{
		"attempt":        {wrappertest.Hang(), get},
		"body":           {wrappertest.SlowBody(time.Minute), get},
		"back-off":       {wrappertest.Empty(503), get},
		"pause of all":   {wrappertest.Reply(429, http.Header{"Retry-After": {"100"}}, ""), get},
		"poll":           {wrappertest.Hang(), wait},
		"between polls":  {queued, wait},
		"many, one poll": {wrappertest.Hang(), func(ctx context.Context, c *wrapper.IONOS) error { return wrapper.WaitAll(ctx, c.Operation("id")) }},
		"many":           {queued, func(ctx context.Context, c *wrapper.IONOS) error { return wrapper.WaitAll(ctx, c.Operation("id")) }},
		"place in the queue": {wrappertest.Hang(), func(ctx context.Context, c *wrapper.IONOS) error {
			first := make(chan error)
			go func() { first <- get(ctx, c) }()
			synctest.Wait()
			return errors.Join(get(ctx, c), <-first)
		}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				cloud := newCloud()
				one := wrappertest.Reply(200, http.Header{"X-Ratelimit-Burst": {"1"}}, `{"id":"g"}`)
				cloud.IONOS.Fault(wrappertest.Fault{OperationID: "umGroupsFindById", Effect: one})
				cloud.IONOS.Fault(wrappertest.Fault{Effect: test.effect})
				client := ionosClient(t, cloud, wrapper.WithHTTPClient(&http.Client{Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
					resp, err := cloud.Transport().RoundTrip(r)
					if err != nil && r.Context().Err() != nil {
						err = context.Cause(r.Context()) // as net/http does
					}
					return resp, err
				})}), wrapper.WithRetry(wrapper.RetryPolicy{MinDelay: 20 * time.Second}))
				_, err := client.GetGroup(t.Context(), "g")
				require.NoError(t, err)

				enough := errors.New("enough")
				ctx, cancel := context.WithCancelCause(t.Context())
				time.AfterFunc(4*time.Second, func() { cancel(enough) })
				start := time.Now()
				err = test.call(ctx, client)
				assert.Equal(t, 4*time.Second, time.Since(start))
				require.ErrorIs(t, err, context.Canceled)
				if name != "body" {
					require.ErrorIs(t, err, enough)
				}
			})
		})
	}
}
