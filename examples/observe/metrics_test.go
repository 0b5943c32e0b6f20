package observe

import (
	"context"
	"fmt"
	"net/http"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	"github.com/prometheus/client_golang/prometheus/testutil"

	"github.com/cloudroster/cloudroster/wrapper"
	"github.com/cloudroster/cloudroster/wrapper/wrappertest"
)

// A counter of attempts by operation and status. InstrumentRoundTripperDuration makes a histogram in the same way.
func Example_metrics() {
	attempts := prometheus.NewCounterVec(prometheus.CounterOpts{Name: "cloudroster_attempts_total"}, []string{"operation", "code"})
	counting := wrapper.WithTransport(func(next http.RoundTripper) http.RoundTripper {
		return promhttp.InstrumentRoundTripperCounter(attempts, next, promhttp.WithLabelFromCtx("operation", wrapper.OperationName))
	})

	cloud := wrappertest.New()
	client, err := wrapper.NewIONOS(wrapper.TokenAuth(wrappertest.Token), wrapper.WithHTTPClient(cloud.HTTPClient()), counting)
	if err != nil {
		panic(err)
	}
	for range 2 {
		_, _ = client.GetUser(context.Background(), "nobody")
	}
	_, err = client.ListUsers(context.Background())
	fmt.Println(testutil.ToFloat64(attempts.WithLabelValues("umUsersFindById", "404")))
	fmt.Println(testutil.ToFloat64(attempts.WithLabelValues("umUsersGet", "200")), err)
	// Output:
	// 2
	// 1 <nil>
}
