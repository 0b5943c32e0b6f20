package sandbox

import (
	"net"
	"net/http"
	"net/url"
	"slices"
)

// guard keeps web pages of other sites out. A page can send requests to any address that its reader
// can reach, under the page's own Origin; and it can have its own name lead to such an address, so
// that the Host is its name.
func (s *sandbox) guard(next http.Handler) http.Handler {
	var sites http.CrossOriginProtection
	for _, origin := range s.origins {
		if origin != "*" {
			_ = sites.AddTrustedOrigin(origin) // it was parsed with the flags
		}
	}
	sites.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		fail(w, &controlError{http.StatusForbidden, "web pages of other sites may not use the control API: name their origin with -cors"})
	}))
	protected := sites.Handler(s.withControlCORS(next))
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Content-Type-Options", "nosniff")
		w.Header().Set("Cross-Origin-Resource-Policy", "same-origin")
		if !s.ownHost(r.Host) {
			fail(w, &controlError{http.StatusForbidden, "the Host header names another host: give it with -advertise"})
			return
		}
		protected.ServeHTTP(w, r)
	})
}

// ownHost reports whether the control API may be reached under this host. A name that another site
// could own is not, an address is.
func (s *sandbox) ownHost(host string) bool {
	u, err := url.Parse("http://" + host)
	if err != nil || host == "" {
		return false
	}
	name := u.Hostname()
	return name == "localhost" || net.ParseIP(name) != nil || s.advertise != "" && name == hostOnly(s.advertise)
}

// withControlCORS lets pages of origins that -cors names use the control API. * is not enough.
func (s *sandbox) withControlCORS(next http.Handler) http.Handler {
	named := config{origins: slices.DeleteFunc(slices.Clone(s.origins), func(origin string) bool { return origin == "*" })}
	return named.withCORS(next)
}
