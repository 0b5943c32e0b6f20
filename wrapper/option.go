package wrapper

import (
	"cmp"
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

// An IONOSOption configures [NewIONOS]. A later option wins over an earlier one; nil is ignored.
type IONOSOption interface{ applyIONOS(*settings) }

// A TritonOption configures [NewTriton]. A later option wins over an earlier one; nil is ignored.
type TritonOption interface{ applyTriton(*settings) }

// An Option configures both clients.
type Option interface {
	IONOSOption
	TritonOption
}

// A ContractOption configures [NewIONOS] or one call of an IONOS client.
type ContractOption interface {
	IONOSOption
	CallOption
}

type option func(*settings)

func (set option) applyIONOS(s *settings)  { set(s) }
func (set option) applyTriton(s *settings) { set(s) }

type ionosOption func(*settings)

func (set ionosOption) applyIONOS(s *settings) { set(s) }

type tritonOption func(*settings)

func (set tritonOption) applyTriton(s *settings) { set(s) }

// contractOption keeps the number out of what prints options.
type contractOption func() int

func (number contractOption) applyIONOS(s *settings) { s.contract, s.hasContract = number(), true }

func (number contractOption) applyCall(o *callOptions) {
	o.contract, o.given = number(), o.given|givenContract
}

type settings struct {
	baseURL        string
	client         *http.Client
	logger         attemptLogger
	jar            cookies
	retry          RetryPolicy
	poll           PollPolicy
	contract       int
	hasContract    bool
	userAgent      string
	attemptTimeout time.Duration
	responseLimit  int64
	roles          []string
	wrap           func(http.RoundTripper) http.RoundTripper
}

// WithOptions combines options that several clients share, of either cloud.
func WithOptions(opts ...Option) Option {
	opts = slices.Clone(opts)
	return option(func(s *settings) {
		for _, opt := range opts {
			if opt != nil {
				opt.applyIONOS(s) // does what applyTriton does
			}
		}
	})
}

// WithBaseURL replaces https://api.ionos.com/cloudapi/v6, for a gateway or a test. The URL must
// be https, or http on a loopback address, without credentials, query or fragment.
func WithBaseURL(url string) IONOSOption {
	return ionosOption(func(s *settings) { s.baseURL = url })
}

// WithHTTPClient uses the client's Transport, Jar and Timeout; CheckRedirect is ignored, because
// redirects are never followed. A Timeout bounds one attempt and replaces WithAttemptTimeout.
// nil selects the default: a transport of the client's own that uses HTTPS_PROXY and TLS 1.2 or
// newer, and keeps connections.
func WithHTTPClient(client *http.Client) Option {
	return option(func(s *settings) {
		s.client, s.jar = client, nil
		if client != nil && client.Jar != nil {
			s.jar = cookieJar{client.Jar}
		}
	})
}

// WithTransport wraps the transport that sends the attempts, for tracing or metrics. wrap is called once, with
// the transport of [WithHTTPClient] or else the client's own, which keeps its connections. What wrap returns
// sees every attempt with its credentials, and must be safe for concurrent use; a nil one is invalid. Of
// several, the last wraps the others.
func WithTransport(wrap func(http.RoundTripper) http.RoundTripper) Option {
	return option(func(s *settings) {
		inner := s.wrap
		if inner == nil || wrap == nil {
			s.wrap = wrap
			return
		}
		s.wrap = func(next http.RoundTripper) http.RoundTripper { return wrap(inner(next)) }
	})
}

// WithLogger writes one record per attempt, with the attributes cloud (ionos or triton), host,
// operation ([OperationName]), method, path, status, request_id, error, attempt and duration, as far
// as they are known; never a header, query or body. The level is Debug for success and Warn otherwise.
func WithLogger(logger *slog.Logger) Option {
	return option(func(s *settings) {
		s.logger = nil
		if logger != nil {
			s.logger = slogLogger{logger}
		}
	})
}

// WithRetry replaces the retry policy. RetryPolicy{MaxAttempts: 1} disables retries.
func WithRetry(policy RetryPolicy) Option {
	return option(func(s *settings) { s.retry = policy })
}

// WithPollPolicy replaces the schedule by which [Operation.Wait] polls.
func WithPollPolicy(policy PollPolicy) IONOSOption {
	return ionosOption(func(s *settings) { s.poll = policy })
}

// WithContractNumber sends X-Contract-Number: given to [NewIONOS], with every request, polls of
// operations included; given to a call, with that call instead of the client's number, and with
// the polls of the operation it returns. IONOS requires it of users with several contracts. The
// number must be 1 to 2147483647.
func WithContractNumber(number int) ContractOption {
	return contractOption(func() int { return number })
}

// WithUserAgent puts a product such as "onboarding/1.4" before the library's own User-Agent.
func WithUserAgent(product string) Option {
	return option(func(s *settings) { s.userAgent = product })
}

// WithAttemptTimeout bounds one attempt, reading its response included. The default is 1 minute; 0
// disables the bound. The context of a call bounds all its attempts together.
func WithAttemptTimeout(limit time.Duration) Option {
	return option(func(s *settings) { s.attemptTimeout = limit })
}

// WithResponseLimit bounds a response in bytes, after decompression. The default is 16 MiB. A
// larger response is [ErrResponseTooLarge].
func WithResponseLimit(bytes int64) Option {
	return option(func(s *settings) { s.responseLimit = bytes })
}

// WithRoles sends these roles (as-role) with every request.
func WithRoles(roles ...string) TritonOption {
	roles = slices.Clone(roles)
	return tritonOption(func(s *settings) { s.roles = roles })
}

func newSettings(baseURL string) *settings {
	return &settings{baseURL: baseURL, attemptTimeout: defaultAttemptTimeout, responseLimit: defaultResponseLimit}
}

func ionosSettings(opts []IONOSOption) *settings {
	s := newSettings(ionosBaseURL)
	for _, opt := range opts {
		if opt != nil {
			opt.applyIONOS(s)
		}
	}
	return s
}

func tritonSettings(baseURL string, opts []TritonOption) *settings {
	s := newSettings(baseURL)
	for _, opt := range opts {
		if opt != nil {
			opt.applyTriton(s)
		}
	}
	return s
}

// check finds what is wrong with the values of options, and normalizes the base URL.
func (s *settings) check() error {
	base, err := checkBaseURL(s.baseURL)
	if err != nil {
		return err
	}
	s.baseURL = base
	switch {
	case !validHeaderValue(s.userAgent):
		return invalid("user agent", "contains a control character")
	case s.attemptTimeout < 0:
		return invalid("attempt timeout", "is negative")
	case s.responseLimit <= 0:
		return invalid("response limit", "is not positive")
	case s.hasContract && (s.contract < 1 || s.contract > 1<<31-1):
		return invalid("contract number", "must be 1 to 2147483647")
	}
	return s.retry.check()
}

// newTransport checks everything that can be checked before the first request.
func newTransport(v *vendor, auth Auth, s *settings) (*transport, error) {
	if isNil(auth) {
		return nil, invalid("auth", "is nil")
	}
	if known, ok := auth.(checker); ok {
		if err := known.check(); err != nil {
			return nil, fmt.Errorf("%w: %w", err, ErrInvalid)
		}
	}
	if err := s.check(); err != nil {
		return nil, err
	}
	next := roundTripper(s)
	if s.wrap != nil {
		if next = s.wrap(next); isNil(next) {
			return nil, invalid("transport", "is nil: WithTransport must return one")
		}
	}
	t := &transport{
		next:          next,
		auth:          auth,
		retry:         s.retry.withDefaults(),
		logger:        s.logger,
		jar:           s.jar,
		responseLimit: s.responseLimit,
		limit:         s.attemptTimeout,
		headers: http.Header{
			"Accept":     shareable("application/json"),
			"User-Agent": shareable(strings.TrimSpace(s.userAgent + " cloudroster/" + version + " (" + runtime.Version() + ")")),
		},
		vendor: v,
	}
	t.limiter.first, t.limiter.longest = min(firstInterval, t.retry.MinDelay), min(maxInterval, t.retry.MaxDelay)
	if v.acceptVersion != "" {
		t.headers["Accept-Version"] = shareable(v.acceptVersion)
	}
	if s.client != nil && s.client.Timeout > 0 {
		t.limit = s.client.Timeout
	}
	if s.hasContract {
		t.contract = strconv.Itoa(s.contract)
		t.headers["X-Contract-Number"] = shareable(t.contract)
	}
	return t, nil
}

const (
	// idleConnections is how many connections are kept if the standard transport sets no limit.
	idleConnections = 100
	// An HTTP/2 connection on which nothing arrived for pingAfter is pinged, and closed if
	// nothing arrives for pingTimeout after that: one may die in silence.
	pingAfter   = 30 * time.Second
	pingTimeout = 15 * time.Second
)

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
		// There is one host: what may stay open at all may stay open to it.
		own.MaxIdleConnsPerHost = cmp.Or(own.MaxIdleConns, idleConnections)
		own.HTTP2 = &http.HTTP2Config{SendPingTimeout: pingAfter, PingTimeout: pingTimeout}
		if own.TLSClientConfig == nil {
			own.TLSClientConfig = &tls.Config{}
		}
		own.TLSClientConfig.MinVersion = max(own.TLSClientConfig.MinVersion, tls.VersionTLS12)
		return own
	}
	return http.DefaultTransport
}
