package wrapper

import (
	"log/slog"
	"net/http"
	"time"
)

// attemptLogger is the logger of a client. It is an interface so that the linker leaves package
// log/slog out of a program that does not call WithLogger: 0.07 MB.
type attemptLogger interface{ log(attempted) }

// attempted is what is known of an attempt after it.
type attempted struct {
	cloud    string
	request  *http.Request
	response *response // nil if there was none
	err      error
	number   int
	duration time.Duration
}

type slogLogger struct{ logger *slog.Logger }

// log never writes a header, a query or a body.
func (l slogLogger) log(a attempted) {
	r, resp, err := a.request, a.response, a.err
	if resp != nil {
		err = resp.err
	}
	level := slog.LevelDebug
	if err != nil || resp.StatusCode >= 300 {
		level = slog.LevelWarn
	}
	// Finding secrets reads the request's body: not for a record that nobody gets.
	if !l.logger.Enabled(r.Context(), level) {
		return
	}
	redact := newRedactor(r)
	attrs := make([]slog.Attr, 0, 10)
	attrs = append(attrs, slog.String("cloud", a.cloud), slog.String("host", r.URL.Host))
	if name := OperationName(r.Context()); name != "" {
		attrs = append(attrs, slog.String("operation", name))
	}
	attrs = append(attrs, slog.String("method", r.Method), slog.String("path", r.URL.Path))
	if resp != nil {
		attrs = append(attrs, slog.Int("status", resp.StatusCode))
		if id := requestID(resp.Header); id != "" {
			attrs = append(attrs, slog.String("request_id", printable(redact.clip(id, maxErrorText))))
		}
	}
	if err != nil {
		attrs = append(attrs, slog.String("error", printable(redact.clip(err.Error(), maxErrorBody))))
	}
	attrs = append(attrs, slog.Int("attempt", a.number), slog.Duration("duration", a.duration))
	l.logger.LogAttrs(r.Context(), level, "cloudroster request", attrs...)
}
