package wrapper

import "net/http"

// cookies is the cookie jar of a client. It is an interface so that the linker leaves what writes
// cookies out of a program that does not call WithHTTPClient.
type cookies interface {
	add(*http.Request) *http.Request
	keep(*http.Request, *http.Response)
}

type cookieJar struct{ http.CookieJar }

// add returns a copy of r with the cookies: they are not those of the next attempt.
func (j cookieJar) add(r *http.Request) *http.Request {
	attempt := r.Clone(r.Context())
	for _, cookie := range j.Cookies(r.URL) {
		attempt.AddCookie(cookie)
	}
	return attempt
}

func (j cookieJar) keep(r *http.Request, resp *http.Response) {
	if received := resp.Cookies(); len(received) > 0 {
		j.SetCookies(r.URL, received)
	}
}
