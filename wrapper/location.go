package wrapper

import (
	"fmt"
	"net/netip"
	"net/url"
	"strings"
)

// requestIDOf takes the request id from a Location such as
// https://api.ionos.com/cloudapi/v6/requests/ID/status, and nothing else from it: whatever
// host, scheme or prefix it names, the status is asked for at the client's own base URL. So
// credentials cannot leave, and gateways under another prefix work.
func requestIDOf(location string) (string, error) {
	u, err := url.Parse(location)
	if err != nil {
		return "", errUnusableLocation
	}
	segments := strings.Split(strings.TrimSuffix(u.EscapedPath(), "/"), "/")
	n := len(segments)
	if n < 3 || segments[n-1] != "status" || segments[n-3] != "requests" || checkRequestID(segments[n-2]) != nil {
		return "", errUnusableLocation
	}
	return segments[n-2], nil
}

// errNoLocation: a 202 says that the change is not done yet, and nothing says when it is.
var errNoLocation = fmt.Errorf("the change was accepted without a request to wait for: %w", ErrOutcomeUnknown)

// errUnusableLocation does not print the Location: it is the server's, and may hold anything.
var errUnusableLocation = fmt.Errorf("the change was accepted, but its Location names no request to wait for: %w", ErrUnexpectedResponse)

// checkRequestID allows more than the UUIDs that are seen, and nothing that could change a path.
func checkRequestID(id string) error {
	usable := len(id) > 0 && len(id) <= 128
	for i := range len(id) {
		usable = usable && (isAlphanumeric(id[i]) || i > 0 && (id[i] == '-' || id[i] == '_'))
	}
	if !usable {
		return invalid("request id", "must be 1 to 128 letters, digits, - or _")
	}
	return nil
}

func isAlphanumeric(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z'
}

// checkBaseURL refuses what would send requests elsewhere, or in clear, or lose a part.
func checkBaseURL(base string) (string, error) {
	u, err := url.Parse(base)
	switch {
	case err != nil:
		return "", invalid("base URL", "cannot be parsed")
	case u.Scheme != "https" && u.Scheme != "http" || u.Host == "" || u.Hostname() == "" || u.Opaque != "":
		return "", invalid("base URL", "must be absolute, such as https://api.example.com/path")
	case u.User != nil:
		return "", invalid("base URL", "must not hold credentials")
	case u.RawQuery != "" || u.ForceQuery || u.Fragment != "" || strings.Contains(base, "#"):
		return "", invalid("base URL", "must have no query and no fragment")
	case u.Scheme == "http" && !isLoopback(u.Hostname()):
		return "", invalid("base URL", "must be https beyond this machine")
	}
	return strings.TrimRight(u.String(), "/"), nil
}

func isLoopback(host string) bool {
	if strings.EqualFold(host, "localhost") {
		return true
	}
	address, err := netip.ParseAddr(host) // not 127.0.0.01, which some read as another address
	return err == nil && address.IsLoopback() && address.Zone() == ""
}
