package wrapper

import (
	"errors"
	"math"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// requestID is the id that the service gave a request, "" if it gave none.
func requestID(header http.Header) string {
	for _, name := range []string{"X-Request-Id", "Request-Id"} {
		if id := header.Get(name); id != "" {
			return id
		}
	}
	return ""
}

// rateLimit reads the X-RateLimit headers; told is whether there was one.
func rateLimit(header http.Header) (limit RateLimit, told bool) {
	number := func(name string) int {
		if n, err := strconv.Atoi(header.Get(name)); err == nil && n >= 0 {
			return n
		}
		return -1
	}
	limit = RateLimit{
		Limit:     number("X-Ratelimit-Limit"),
		Burst:     number("X-Ratelimit-Burst"),
		Remaining: number("X-Ratelimit-Remaining"),
	}
	return limit, limit != RateLimit{-1, -1, -1}
}

// maxRetryAfter stands for every longer delay: HTTP has no bound.
const maxRetryAfter = 200 * 365 * 24 * time.Hour

// retryAfter reads seconds, fractions allowed, or an HTTP date. Anything else, the past and negative numbers
// included, is 0: the caller backs off by its own clock.
func retryAfter(header http.Header, now time.Time) time.Duration {
	value := strings.TrimSpace(header.Get("Retry-After"))
	if value == "" {
		return 0
	}
	if strings.Trim(value, "0123456789.") == "" {
		seconds, err := strconv.ParseFloat(value, 64)
		switch {
		case err != nil && !errors.Is(err, strconv.ErrRange):
			return 0
		case seconds > maxRetryAfter.Seconds():
			return maxRetryAfter
		}
		return time.Duration(math.Ceil(seconds*1000)) * time.Millisecond
	}
	if date, err := http.ParseTime(value); err == nil {
		// The date is of the server's clock, which its Date tells.
		if server, err := http.ParseTime(header.Get("Date")); err == nil {
			now = server
		}
		return min(max(date.Sub(now), 0), maxRetryAfter)
	}
	return 0
}
