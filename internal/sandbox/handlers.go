package sandbox

import (
	"io"
	"log/slog"
	"mime"
	"net/http"
	"strings"
	"time"
)

// healthPath is served by all servers, without credentials.
const healthPath = "/healthz"

func withHealth(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != healthPath {
			next.ServeHTTP(w, r)
			return
		}
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		_, _ = io.WriteString(w, "ok\n")
	})
}

// exposed are the response headers that scripts of web pages may read.
const exposed = "Date, Location, Request-Id, Retry-After, Role-Tag, X-RateLimit-Burst, X-RateLimit-Limit, X-RateLimit-Remaining, X-Request-Id"

// withCORS lets web pages of the trusted origins use the clouds. It responds to preflight requests
// itself, since they carry no credentials.
func (c *config) withCORS(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		origin, header := r.Header.Get("Origin"), w.Header()
		header.Add("Vary", "Origin")
		if origin == "" || !c.trusts(origin) {
			next.ServeHTTP(w, r)
			return
		}
		header.Set("Access-Control-Allow-Origin", origin)
		header.Set("Access-Control-Expose-Headers", exposed)
		if r.Method != http.MethodOptions || r.Header.Get("Access-Control-Request-Method") == "" {
			next.ServeHTTP(w, r)
			return
		}
		header.Set("Access-Control-Allow-Methods", "GET, HEAD, POST, PUT, PATCH, DELETE")
		if wanted := r.Header.Get("Access-Control-Request-Headers"); wanted != "" {
			header.Set("Access-Control-Allow-Headers", wanted)
		}
		if r.Header.Get("Access-Control-Request-Private-Network") == "true" {
			header.Set("Access-Control-Allow-Private-Network", "true")
		}
		header.Set("Access-Control-Max-Age", "600")
		w.WriteHeader(http.StatusNoContent)
	})
}

// withChanges calls changed after every request that may have changed something.
func withChanges(next http.Handler, changed func()) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			defer changed() // faults end requests by a panic
		}
		next.ServeHTTP(w, r)
	})
}

// newLogger returns nil where nothing is to be logged.
func newLogger(format logFormat, to io.Writer) *slog.Logger {
	switch format {
	case "text":
		return slog.New(slog.NewTextHandler(to, nil))
	case "json":
		return slog.New(slog.NewJSONHandler(to, nil))
	}
	return nil
}

// withLog logs each request: neither query nor headers nor bodies, which hold secrets.
func withLog(next http.Handler, logger *slog.Logger) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		began, seen := time.Now(), &statusWriter{ResponseWriter: w}
		defer func() {
			logger.LogAttrs(r.Context(), slog.LevelInfo, "request",
				slog.String("cloud", cloudOf(r)), slog.String("method", r.Method), slog.String("path", r.URL.EscapedPath()),
				slog.Int("status", seen.status), slog.Duration("duration", time.Since(began)))
		}()
		next.ServeHTTP(seen, r)
	})
}

// cloudOf tells by the path: IONOS is not served elsewhere.
func cloudOf(r *http.Request) string {
	if strings.HasPrefix(r.URL.Path, "/cloudapi/") || strings.HasPrefix(r.URL.Path, "/auth/") {
		return "ionos"
	}
	return "triton"
}

// statusWriter notes the status of a response, 0 if there was none.
type statusWriter struct {
	http.ResponseWriter
	status int
}

// WriteHeader implements http.ResponseWriter.
func (w *statusWriter) WriteHeader(status int) {
	if w.status == 0 && status >= 200 {
		w.status = status
	}
	w.ResponseWriter.WriteHeader(status)
}

// Write implements http.ResponseWriter.
func (w *statusWriter) Write(p []byte) (int, error) {
	if w.status == 0 {
		w.status = http.StatusOK
	}
	return w.ResponseWriter.Write(p)
}

// Unwrap is for http.ResponseController.
func (w *statusWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

func isJSON(contentType string) bool {
	media, _, err := mime.ParseMediaType(contentType)
	return err == nil && media == "application/json"
}
