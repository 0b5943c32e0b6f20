package wrapper

import (
	"fmt"
	"net/url"
	"regexp"
	"strings"
)

// requestIDPattern is wider than the UUIDs that are seen, and has nothing that could change a
// path.
var requestIDPattern = regexp.MustCompile(`^[0-9A-Za-z][0-9A-Za-z_-]{0,127}$`)

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
var errUnusableLocation = fmt.Errorf("the change was accepted, but its Location names no request to wait for: %w", ErrUnexpectedAnswer)

func checkRequestID(id string) error {
	if !requestIDPattern.MatchString(id) {
		return invalid("request id", "must be 1 to 128 letters, digits, - or _")
	}
	return nil
}
