package observe

import (
	"context"
	"fmt"
	"net/http"

	"go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp"
	"go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"

	"github.com/cloudroster/cloudroster/wrapper"
	"github.com/cloudroster/cloudroster/wrapper/wrappertest"
)

// One span for each attempt, named by its operation. A program gives its own tracer provider an exporter.
func Example_tracing() {
	spans := tracetest.NewSpanRecorder()
	provider := trace.NewTracerProvider(trace.WithSpanProcessor(spans))
	tracing := wrapper.WithTransport(func(next http.RoundTripper) http.RoundTripper {
		return otelhttp.NewTransport(next, otelhttp.WithTracerProvider(provider),
			otelhttp.WithSpanNameFormatter(func(_ string, r *http.Request) string { return wrapper.OperationName(r.Context()) }))
	})

	cloud := wrappertest.New()
	cloud.IONOS.Fault(wrappertest.Fault{OperationID: "umGroupsGet", Attempt: 1, Effect: wrappertest.Empty(503)})
	client, err := wrapper.NewIONOS(wrapper.TokenAuth(wrappertest.Token), wrapper.WithHTTPClient(cloud.HTTPClient()), tracing)
	if err != nil {
		panic(err)
	}
	_, err = client.ListGroups(context.Background())
	for _, span := range spans.Ended() {
		fmt.Println(span.Name(), span.SpanKind(), span.Status().Code)
	}
	fmt.Println(err)
	// Output:
	// umGroupsGet client Error
	// umGroupsGet client Unset
	// <nil>
}
