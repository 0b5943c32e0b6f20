package wrapper

import (
	"crypto/tls"
	"fmt"
	"log/slog"
	"net/http"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"time"
)

// version is sent in the User-Agent.
const version = "0.1.0"

const (
	defaultAttemptTimeout = time.Minute
	defaultResponseLimit  = 16 << 20
)

// Option configures a client. A later option wins over an earlier one; nil is ignored.
type Option func(*settings)

type settings struct {
	baseURL        string
	client         *http.Client
	logger         *slog.Logger
	retry          RetryPolicy
	poll           PollPolicy
	contract       int
	hasContract    bool
	userAgent      string
	attemptTimeout time.Duration
	responseLimit  int64
	roles          []string
}

// WithBaseURL replaces https://api.ionos.com/cloudapi/v6, for a gateway or a test. It must be
// https, or http on this machine, without credentials, query or fragment. For Triton it is
// the first argument of [NewTriton] instead.
func WithBaseURL(url string) Option { return func(s *settings) { s.baseURL = url } }

// WithHTTPClient sends requests as client does: its Transport, Jar and Timeout count,
// its CheckRedirect does not, because redirects are never followed. A Timeout bounds one
// attempt, like WithAttemptTimeout, which it replaces. nil means the default: a transport of
// the client's own that uses HTTPS_PROXY, TLS 1.2 or newer, and keeps connections.
func WithHTTPClient(client *http.Client) Option { return func(s *settings) { s.client = client } }

// WithLogger writes one record an attempt: method, path, status, duration, request id, attempt;
// no header, query or body, ever. Debug for success, Warn otherwise.
func WithLogger(logger *slog.Logger) Option { return func(s *settings) { s.logger = logger } }

// WithRetry replaces the retry policy. RetryPolicy{MaxAttempts: 1} never sends twice.
func WithRetry(policy RetryPolicy) Option { return func(s *settings) { s.retry = policy } }

// WithPollPolicy replaces the pace at which Operation.Wait looks. IONOS only.
func WithPollPolicy(pace PollPolicy) Option { return func(s *settings) { s.poll = pace } }

// WithContractNumber sends X-Contract-Number with every request, polls of operations
// included. IONOS requires it of users with several contracts. 1 to 2147483647. IONOS only.
func WithContractNumber(number int) Option {
	return func(s *settings) { s.contract, s.hasContract = number, true }
}

// WithUserAgent puts a product such as "onboarding/1.4" before the library's own User-Agent.
func WithUserAgent(product string) Option { return func(s *settings) { s.userAgent = product } }

// WithAttemptTimeout bounds one attempt, its body included. The default is 1 minute; 0 sets no
// bound. The context of a call bounds all its attempts together.
func WithAttemptTimeout(limit time.Duration) Option {
	return func(s *settings) { s.attemptTimeout = limit }
}

// WithResponseLimit bounds an answer in bytes, after decompression. The default is 16 MiB. A
// larger answer is ErrResponseTooLarge.
func WithResponseLimit(bytes int64) Option { return func(s *settings) { s.responseLimit = bytes } }

// WithRoles acts with these roles (Triton's as-role) in every request. Triton only.
func WithRoles(roles ...string) Option {
	return func(s *settings) { s.roles = slices.Clone(roles) }
}

// vendor is what differs between the two clouds when a client is made.
type vendor struct {
	triton        bool
	acceptVersion string
}

func newSettings(baseURL string, opts []Option) *settings {
	s := &settings{baseURL: baseURL, attemptTimeout: defaultAttemptTimeout, responseLimit: defaultResponseLimit}
	for _, opt := range opts {
		if opt != nil {
			opt(s)
		}
	}
	return s
}

// newTransport checks everything that can be checked before the first request.
func newTransport(v vendor, auth Auth, s *settings) (*transport, error) {
	if isNil(auth) {
		return nil, invalid("auth", "is nil")
	}
	if known, ok := auth.(checker); ok {
		if err := known.check(); err != nil {
			return nil, fmt.Errorf("%w: %w", err, ErrInvalid)
		}
	}
	base, err := checkBaseURL(s.baseURL)
	if err != nil {
		return nil, err
	}
	s.baseURL = base
	if err := s.retry.check(); err != nil {
		return nil, err
	}
	switch {
	case !validHeaderValue(s.userAgent):
		return nil, invalid("user agent", "contains a control character")
	case s.attemptTimeout < 0:
		return nil, invalid("attempt timeout", "is negative")
	case s.responseLimit <= 0:
		return nil, invalid("response limit", "is not positive")
	case v.triton && s.hasContract:
		return nil, invalid("contract number", "is for IONOS only")
	case v.triton && s.poll != (PollPolicy{}):
		return nil, invalid("poll pace", "is for IONOS only: Triton's operations are synchronous")
	case !v.triton && len(s.roles) > 0:
		return nil, invalid("roles", "are for Triton only")
	case s.hasContract && (s.contract < 1 || s.contract > 1<<31-1):
		return nil, invalid("contract number", "must be 1 to 2147483647")
	}
	t := &transport{
		next:          roundTripper(s),
		auth:          auth,
		retry:         s.retry.withDefaults(),
		logger:        s.logger,
		responseLimit: s.responseLimit,
		limit:         s.attemptTimeout,
		headers: http.Header{
			"Accept":     shareable("application/json"),
			"User-Agent": shareable(strings.TrimSpace(s.userAgent + " cloudroster/" + version + " (" + runtime.Version() + ")")),
		},
		triton: v.triton,
	}
	if v.acceptVersion != "" {
		t.headers["Accept-Version"] = shareable(v.acceptVersion)
	}
	if s.client != nil {
		t.jar = s.client.Jar
		if s.client.Timeout > 0 {
			t.limit = s.client.Timeout
		}
	}
	if s.hasContract {
		t.contract = strconv.Itoa(s.contract)
		t.headers["X-Contract-Number"] = shareable(t.contract)
	}
	return t, nil
}

// idleConnections matches the widest prefetch, so that no page dials anew.
const idleConnections = 16

// roundTripper is the given client's, or one of the new client's own.
func roundTripper(s *settings) http.RoundTripper {
	if s.client != nil {
		if s.client.Transport != nil {
			return s.client.Transport
		}
		return http.DefaultTransport
	}
	if standard, ok := http.DefaultTransport.(*http.Transport); ok {
		own := standard.Clone()
		own.MaxIdleConnsPerHost = idleConnections
		if own.TLSClientConfig == nil {
			own.TLSClientConfig = &tls.Config{}
		}
		own.TLSClientConfig.MinVersion = max(own.TLSClientConfig.MinVersion, tls.VersionTLS12)
		return own
	}
	return http.DefaultTransport
}
