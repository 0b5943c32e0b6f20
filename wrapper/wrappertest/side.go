package wrappertest

import (
	"encoding/hex"
	"io"
	"mime"
	"net"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

var slashes = regexp.MustCompile(`/+`)

// maxBody is how much of a request body is read at all.
const maxBody = 1 << 20

// side is what the two clouds have in common: routing, faults, the record of
// requests, and where they are reached.
type side struct {
	host     string // in memory
	base     string // path before every route
	beside   string // prefix of paths that are served beside the base, too
	head     bool   // HEAD is served wherever GET is
	routes   []route
	handler  http.Handler // serve, or what WithHandler made of it
	full     bool
	keepLast int // how many requests are kept; 0 is all

	service service
	clock   *clock

	sideMu   sync.Mutex
	url      string         // once a server listens
	rules    []*ActiveFault // replaced, never changed
	faults   int            // so far
	requests []*Request
	counts   map[OperationID]int
	accepted int // connections so far
	open     map[net.Conn]bool
}

// service is what differs between the clouds.
type service interface {
	// admit may reject a request before anything else happens. release is called when
	// the response has been written.
	admit(*call) (rejection *Response, release func())
	// respond carries a request out.
	respond(*call) *Response
}

// route is one documented operation: a method and the segments of its path
// below the base, "*" for a parameter.
type route struct {
	method    string
	operation OperationID
	segments  []string
	handle    func(*call) (*result, error)
	neighbour bool // beside the documented operations
	access    access
	property  func(string) (any, bool) // of a list's items; nil: not filtered
}

// access is who may use a route of IONOS.
type access int

const (
	administrators access = iota
	self                  // and the user that the path names first
	everyone
)

func (r route) allow(who access) route {
	r.access = who
	return r
}

// filters makes the filter parameters of a list apply to its items.
func (r route) filters(property func(string) (any, bool)) route {
	r.property = property
	return r
}

func path(method, pattern string, operation OperationID, handle func(*call) (*result, error)) route {
	return route{method: method, operation: operation, segments: strings.Split(pattern, "/")[1:], handle: handle}
}

// call is one request on its way through a cloud.
type call struct {
	*http.Request
	route    *route
	known    bool     // the path is documented, though maybe not with this method
	allowed  []string // methods of a known path
	params   []string
	query    url.Values
	body     []byte
	sent     parameters // Triton's
	began    time.Time
	tooLong  bool
	broken   bool   // the client left before it had sent the whole body
	root     string // scheme, host and base path as the client sees them
	caller   string
	callerID string // IONOS's
	filters  filters
	// restricted: the caller is an IONOS user without administrator rights
	restricted bool
	subUser    bool     // Triton's: caller is not the account
	segments   []string // of the path below the base, as sent
	record     *Request
}

// result is what an operation of the service results in when it is not rejected.
type result struct {
	status   int
	body     any // nil: none
	location string
	changed  []Target
}

// ServeHTTP serves one request. It implements http.Handler.
func (s *side) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.handler.ServeHTTP(w, r)
}

func (s *side) serve(w http.ResponseWriter, r *http.Request) {
	c := s.newCall(r)
	s.keep(c)
	if c.broken {
		panic(http.ErrAbortHandler)
	}
	rejection, release := s.service.admit(c)
	defer release()
	if rejection != nil {
		s.setStatus(c, rejection.Status)
		rejection.write(w, r)
		return
	}
	carryOut := sync.OnceValue(func() *Response {
		response := s.service.respond(c)
		s.setStatus(c, response.Status)
		return response
	})
	if rule := s.hit(c); rule != nil {
		if rule.fault.After {
			carryOut()
		}
		rule.fault.Effect(w, r, carryOut)
		return
	}
	carryOut().write(w, r)
}

func (s *side) newCall(r *http.Request) *call {
	c := &call{Request: r, query: r.URL.Query(), began: time.Now()}
	if r.Body != nil {
		body, err := io.ReadAll(io.LimitReader(r.Body, maxBody+1))
		c.tooLong = err == nil && len(body) > maxBody
		c.body, c.broken = body, err != nil
	}
	scheme := "http"
	if r.TLS != nil {
		scheme = "https"
	}
	c.root = scheme + "://" + r.Host + s.base
	s.match(c)
	return c
}

// match finds the operation of a request. Segments are compared as they were
// sent: "%2F" in an id does not make a new segment, and ".." has no meaning.
func (s *side) match(c *call) {
	rest, ok := strings.CutPrefix(c.URL.EscapedPath(), s.base+"/")
	if !ok {
		rest = strings.TrimPrefix(c.URL.EscapedPath(), "/")
		if s.beside == "" || !strings.HasPrefix(rest, s.beside) {
			return
		}
	}
	if s.head {
		rest = slashes.ReplaceAllString(strings.TrimLeft(rest, "/"), "/")
	}
	c.segments = strings.Split(rest, "/")
	for i := range s.routes {
		candidate := &s.routes[i]
		params, ok := candidate.match(c.segments)
		if !ok {
			continue
		}
		c.known = true
		c.allowed = append(c.allowed, candidate.method)
		if c.route != nil {
			continue // the first route wins
		}
		if candidate.method == c.Method || candidate.method == http.MethodGet && c.Method == http.MethodHead && s.head {
			c.route, c.params = candidate, params
		}
	}
}

func (r *route) match(segments []string) (params []string, ok bool) {
	if len(segments) != len(r.segments) {
		return nil, false
	}
	for i, want := range r.segments {
		have, err := url.PathUnescape(segments[i])
		switch {
		case err != nil:
			return nil, false
		case want == "*":
			params = append(params, have)
		case want != have:
			return nil, false
		}
	}
	return params, true
}

func (q *call) operation() OperationID {
	if q.route == nil {
		return ""
	}
	return q.route.operation
}

// isJSON tells whether the body is labelled as JSON.
func (q *call) isJSON() bool {
	media, _, err := mime.ParseMediaType(q.Header.Get("Content-Type"))
	return err == nil && media == "application/json"
}

// URL is the base URL to give to a client: of the listening server once there is
// one, and otherwise the one that [Cloud.HTTPClient] understands.
func (s *side) URL() string {
	s.sideMu.Lock()
	defer s.sideMu.Unlock()
	if s.url != "" {
		return s.url
	}
	return "https://" + s.host + s.base
}

// Response is a whole HTTP response.
type Response struct {
	Status int
	Header http.Header
	Body   []byte
}

func (a *Response) write(w http.ResponseWriter, r *http.Request) {
	a.writeHeader(w)
	if r.Method != http.MethodHead {
		_, _ = w.Write(a.Body) // the client has left: nobody to tell
	}
}

// writeHeader sends everything but the body.
func (a *Response) writeHeader(w http.ResponseWriter) {
	for name, values := range a.Header {
		w.Header()[name] = slices.Clone(values)
	}
	if w.Header().Get("Content-Length") == "" && a.Status != http.StatusNoContent {
		w.Header().Set("Content-Length", strconv.Itoa(len(a.Body)))
	}
	w.WriteHeader(a.Status)
}

// newID makes a random (version 4) UUID.
func newID() string {
	b := randomBytes(16)
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	h := hex.EncodeToString(b)
	return h[:8] + "-" + h[8:12] + "-" + h[12:16] + "-" + h[16:20] + "-" + h[20:]
}
