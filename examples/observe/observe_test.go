package observe

import (
	"net/http"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp"
	"go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"

	"github.com/cloudroster/cloudroster/wrapper"
	"github.com/cloudroster/cloudroster/wrapper/wrappertest"
)

// Neither spans nor labels of a whole flow hold a secret or an address: otelhttp records the URL, which has ids only.
func TestSpansAndLabelsHoldNoSecret(t *testing.T) {
	t.Parallel()
	spans := tracetest.NewSpanRecorder()
	provider := trace.NewTracerProvider(trace.WithSpanProcessor(spans))
	registry := prometheus.NewRegistry()
	durations := prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: "attempt_seconds"}, []string{"operation", "code", "method"})
	registry.MustRegister(durations)
	cloud := wrappertest.New()
	client := cloud.IONOSClient(t,
		wrapper.WithTransport(func(next http.RoundTripper) http.RoundTripper {
			return promhttp.InstrumentRoundTripperDuration(durations, next, promhttp.WithLabelFromCtx("operation", wrapper.OperationName))
		}),
		wrapper.WithTransport(func(next http.RoundTripper) http.RoundTripper {
			return otelhttp.NewTransport(next, otelhttp.WithTracerProvider(provider))
		}))
	user, err := client.Users().Create(t.Context(), wrapper.UserCreate{
		Email: "jo@example.com", FirstName: "Jo", LastName: "Doe", Password: "PLANTED-horse-1",
	})
	require.NoError(t, err)
	require.NoError(t, client.Users().SetPassword(t.Context(), "jo@example.com", "PLANTED-horse-2"))

	families, err := registry.Gather()
	require.NoError(t, err)
	operations := map[string]uint64{}
	for _, metric := range families[0].GetMetric() {
		for _, label := range metric.GetLabel() {
			if label.GetName() == "operation" {
				operations[label.GetValue()] += metric.GetHistogram().GetSampleCount()
			}
			assert.NotContains(t, label.GetValue(), user.ID)
		}
	}
	for _, name := range []string{"umUsersPost", "umUsersGet", "umUsersFindById", "umUsersPut", "requestsStatusGet"} {
		assert.NotZero(t, operations[name], name)
	}
	assert.NotContains(t, operations, "", "every attempt has a name")
	require.NotEmpty(t, spans.Ended())
	for _, span := range spans.Ended() {
		for _, attribute := range span.Attributes() {
			text := attribute.Value.Emit()
			for _, secret := range []string{"PLANTED", wrappertest.Token, "jo@example.com"} {
				assert.NotContains(t, text, secret, string(attribute.Key))
			}
		}
	}
}
