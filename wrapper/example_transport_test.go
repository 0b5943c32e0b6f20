package wrapper_test

import (
	"context"
	"fmt"
	"log"
	"net/http"

	"github.com/cloudroster/cloudroster/wrapper"
	"github.com/cloudroster/cloudroster/wrapper/wrappertest"
)

// transportFunc is a function as an http.RoundTripper.
type transportFunc func(*http.Request) (*http.Response, error)

func (f transportFunc) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// Tracing and metrics libraries have transports that wrap another: see examples/observe for OpenTelemetry and
// Prometheus. This one prints each attempt.
func ExampleWithTransport() {
	cloud := wrappertest.New()
	printing := func(next http.RoundTripper) http.RoundTripper {
		return transportFunc(func(r *http.Request) (*http.Response, error) {
			resp, err := next.RoundTrip(r)
			fmt.Println(wrapper.OperationName(r.Context()), resp.StatusCode)
			return resp, err
		})
	}
	client, err := wrapper.NewIONOS(wrapper.TokenAuth(wrappertest.Token), wrapper.WithHTTPClient(cloud.HTTPClient()), wrapper.WithTransport(printing))
	if err != nil {
		log.Fatal(err)
	}
	_, err = client.ListGroups(context.Background())
	fmt.Println(err)
	// Output:
	// umGroupsGet 200
	// <nil>
}
