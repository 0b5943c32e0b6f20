package wrapper

import (
	"fmt"
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
