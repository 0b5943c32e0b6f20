package wrappertest

import (
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/cloudroster/cloudroster/gen"
)

// IONOS is an in-memory IONOS Cloud user management, version 6, with real state.
// It is an http.Handler that serves everything below /cloudapi/v6.
//
// It does what the service does where that is known: changes are visible at once,
// are accepted with 202 and the Location of a request that goes QUEUED, RUNNING,
// DONE; PUT replaces; only the user list has pages. Where the service is not known
// it takes the less forgiving course: see the package documentation.
type IONOS struct {
	side
	queued, running time.Duration
	contracts       []int32
	listsOwner      bool
	strictDepth     bool
	entityItems     bool
	limit           rateLimit

	mu       sync.Mutex
	tokens   map[string]bool
	logins   map[string]string
	state    *ionosState
	outcomes []*Outcome
}

func newIONOS(clock *clock) *IONOS {
	c := &IONOS{
		queued:  10 * time.Millisecond,
		running: 20 * time.Millisecond,
		limit:   rateLimit{perMinute: 60000, burst: 100},
		tokens:  map[string]bool{Token: true},
		logins:  map[string]string{Username: Password},
		state:   newIONOSState(),
	}
	c.host, c.base, c.beside = "ionos.test", "/cloudapi/v6", "auth/v1/"
	c.service, c.handler, c.clock = c, http.HandlerFunc(c.serve), clock
	c.routes = []route{
		path("GET", "/um/users", UmUsersGet, c.listUsers).filters(User{}.property),
		path("POST", "/um/users", UmUsersPost, c.createUser),
		path("GET", "/um/users/*", UmUsersFindById, c.getUser).allow(self),
		path("PUT", "/um/users/*", UmUsersPut, c.replaceUser),
		path("DELETE", "/um/users/*", UmUsersDelete, c.deleteUser),
		path("GET", "/um/users/*/groups", UmUsersGroupsGet, c.listGroupsOfUser).filters(Group{}.property).allow(self),
		path("GET", "/um/users/*/owns", UmUsersOwnsGet, c.listOwned).filters(Resource{}.property).allow(self),
		path("GET", "/um/groups", UmGroupsGet, c.listGroups).filters(Group{}.property),
		path("POST", "/um/groups", UmGroupsPost, c.createGroup),
		path("GET", "/um/groups/*", UmGroupsFindById, c.getGroup),
		path("PUT", "/um/groups/*", UmGroupsPut, c.replaceGroup),
		path("DELETE", "/um/groups/*", UmGroupsDelete, c.deleteGroup),
		path("GET", "/um/groups/*/resources", UmGroupsResourcesGet, c.listResourcesOfGroup).filters(Resource{}.property),
		path("GET", "/um/groups/*/users", UmGroupsUsersGet, c.listMembers).filters(User{}.property),
		path("POST", "/um/groups/*/users", UmGroupsUsersPost, c.addMember),
		path("DELETE", "/um/groups/*/users/*", UmGroupsUsersDelete, c.removeMember),
		path("GET", "/um/groups/*/shares", UmGroupsSharesGet, c.listShares).filters(Share{}.property),
		path("GET", "/um/groups/*/shares/*", UmGroupsSharesFindByResourceId, c.getShare),
		path("POST", "/um/groups/*/shares/*", UmGroupsSharesPost, c.createShare),
		path("PUT", "/um/groups/*/shares/*", UmGroupsSharesPut, c.replaceShare),
		path("DELETE", "/um/groups/*/shares/*", UmGroupsSharesDelete, c.deleteShare),
		path("GET", "/um/resources", UmResourcesGet, c.listResources).filters(Resource{}.property),
		path("GET", "/um/resources/*", UmResourcesFindByType, c.listResourcesByType).filters(Resource{}.property),
		path("GET", "/um/resources/*/*", UmResourcesFindByTypeAndId, c.getResource),
		path("GET", "/requests/*/status", RequestsStatusGet, c.requestStatus).allow(everyone),
	}
	for _, route := range c.neighbours() {
		route.neighbour = true
		c.routes = append(c.routes, route)
	}
	return c
}

// ionosError is an error in the vendor's shape.
type ionosError struct {
	status   int
	code     string // a number in a string
	messages []string
}

func (e *ionosError) Error() string { return fmt.Sprintf("%d %s", e.status, e.messages) }

func reject(status int, code string, messages ...string) *ionosError {
	return &ionosError{status: status, code: code, messages: messages}
}

func invalid(attribute, reason string) *ionosError {
	return reject(http.StatusUnprocessableEntity, "439", "[(root).properties."+attribute+"] "+reason)
}

func missing(what string) *ionosError {
	return reject(http.StatusNotFound, "309", what+" does not exist")
}

// respond carries out one request: who sends it, for which contract, with which
// parameters, and then the operation itself on the locked state.
func (c *IONOS) respond(q *call) *Response {
	c.mu.Lock()
	defer c.mu.Unlock()
	header := http.Header{}
	done, err := c.perform(q)
	if err != nil {
		return c.finish(q, header, err.status, object{
			{"httpStatus", err.status},
			{"messages", err.list()},
		}, err)
	}
	if done.status == http.StatusAccepted {
		header.Set("Location", c.accept(q, done.changed))
	}
	return c.finish(q, header, done.status, done.body, nil)
}

func (e *ionosError) list() []object {
	list := []object{}
	for _, message := range e.messages {
		list = append(list, object{{"errorCode", e.code}, {"message", message}})
	}
	return list
}

func (c *IONOS) perform(q *call) (*result, *ionosError) {
	for _, check := range []func(*call) *ionosError{
		c.authenticate, checkPath, checkAccess, c.checkContract, c.checkParameters, checkBody,
	} {
		if err := check(q); err != nil {
			return nil, err
		}
	}
	undo := c.undoFor(q)
	done, err := q.route.handle(q)
	if err != nil {
		var rejected *ionosError
		if !errors.As(err, &rejected) {
			rejected = reject(http.StatusInternalServerError, "100", err.Error())
		}
		return nil, rejected
	}
	if done.status == http.StatusAccepted && undo != nil {
		c.state = undo
	}
	return done, nil
}

func checkPath(q *call) *ionosError {
	switch {
	case !q.known:
		return reject(http.StatusNotFound, "400", "no such path: "+q.URL.EscapedPath())
	case q.route == nil:
		return reject(http.StatusMethodNotAllowed, "405", "method "+q.Method+" is not supported here")
	}
	return nil
}

// checkAccess rejects what a user without administrator rights may not do.
func checkAccess(q *call) *ionosError {
	mayUse := q.route.access == everyone || q.route.access == self && q.params[0] == q.callerID
	if q.restricted && !mayUse {
		return reject(http.StatusForbidden, "318", "administrator rights are needed")
	}
	return nil
}

func checkBody(q *call) *ionosError {
	switch {
	case q.tooLong:
		return reject(http.StatusRequestEntityTooLarge, "413", "the body is too long")
	case len(q.body) > 0 && !q.isJSON():
		return reject(http.StatusUnsupportedMediaType, "415", "the body must be application/json")
	}
	return nil
}

// finish encodes the body, and adds the headers that every response has.
func (c *IONOS) finish(q *call, header http.Header, status int, body any, rejected *ionosError) *Response {
	response := &Response{Status: status, Header: header}
	c.limit.describe(header)
	header.Set("X-Request-Id", newID())
	if rejected != nil && status == http.StatusMethodNotAllowed {
		header.Set("Allow", strings.Join(q.allowed, ", "))
	}
	if rejected != nil && status == http.StatusUnauthorized {
		header.Set("WWW-Authenticate", `Basic realm="cloudapi"`)
	}
	if body == nil {
		return response
	}
	header.Set("Content-Type", "application/json")
	response.Body = encodeIndented(body, q.query.Get("pretty") != "false")
	return response
}

// checkParameters holds the query to its documented types and bounds. Parameters
// that the page does not know are ignored, as the service does.
func (c *IONOS) checkParameters(q *call) *ionosError {
	if pretty := q.query.Get("pretty"); pretty != "" && pretty != "true" && pretty != "false" {
		return reject(http.StatusBadRequest, "100", "pretty must be true or false")
	}
	deepest := 10 // older clients go down to it
	if c.strictDepth {
		deepest = gen.DepthMax
	}
	if _, err := q.number("depth", gen.DepthDefault, gen.DepthMin, deepest); err != nil {
		return err
	}
	if err := q.readFilters(); err != nil {
		return err
	}
	if q.operation() != UmUsersGet {
		return nil // no other list of the page has pages
	}
	if _, err := q.number("offset", gen.OffsetDefault, gen.OffsetMin, 1<<31-1); err != nil {
		return err
	}
	_, err := q.number("limit", gen.LimitDefault, gen.LimitMin, gen.LimitMax)
	return err
}

// number reads an integer of the query.
func (q *call) number(name string, otherwise, least, most int) (int, *ionosError) {
	text := q.query.Get(name)
	if text == "" {
		return otherwise, nil
	}
	n, err := strconv.ParseInt(text, 10, 32)
	if err != nil {
		return 0, reject(http.StatusBadRequest, "100", name+" must be a whole number")
	}
	if int(n) < least || int(n) > most {
		return 0, reject(http.StatusUnprocessableEntity, "439", fmt.Sprintf("%s must be between %d and %d", name, least, most))
	}
	return int(n), nil
}

// depth is the validated depth of a request. More than 1 means 1 in user management.
func (q *call) depth() int { return min(q.anyDepth(), 1) }

func (q *call) anyDepth() int {
	depth, _ := q.number("depth", gen.DepthDefault, gen.DepthMin, 10) // checked on the way in
	return depth
}

func ok(body any) (*result, error) { return &result{status: http.StatusOK, body: body}, nil }

func accepted(body any, changed ...Target) (*result, error) {
	return &result{status: http.StatusAccepted, body: body, changed: changed}, nil
}

// reference is what an object is seen as from outside it: at depth 1, entities are
// references only.
func (q *call) reference(kind, id, at string) object {
	return object{{"id", id}, {"type", kind}, {"href", q.root + at}}
}

// collection is a list with the id that the service gives it: "<uuid>/groups".
func (q *call) collection(id, at string, items []object) object {
	if items == nil {
		items = []object{}
	}
	return append(q.reference("collection", id, at), member{"items", items})
}

func stamp(t time.Time) string { return t.UTC().Format(time.RFC3339) }
