package contract

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func sent(old, changed string) func(*talk) {
	return func(k *talk) { k.body = swap(k.body, old, changed) }
}

func answered(old, changed string) func(*talk) {
	return func(k *talk) { k.answer = swap(k.answer, old, changed) }
}

func asked(old, changed string) func(*talk) {
	return func(k *talk) { k.url = swap(k.url, old, changed) }
}

func status(code int) func(*talk) { return func(k *talk) { k.status = code } }

func withHeader(name, value string) func(*talk) { return func(k *talk) { k.header.Set(name, value) } }

func answerHeader(name, value string) func(*talk) {
	return func(k *talk) {
		k.answerHeader.Set(name, value)
		if value == "" {
			k.answerHeader.Del(name)
		}
	}
}

// swap panics when there is nothing to swap: such a defect would test nothing.
func swap(text, old, changed string) string {
	if !strings.Contains(text, old) {
		panic("no " + old)
	}
	return strings.Replace(text, old, changed, 1)
}

// defects are seeded into conversations that keep the contract, one at a time.
var defects = []struct {
	name, talk string
	seed       func(*talk)
	kind       Kind
	rule       Rule
	where      string
}{
	// Requests: the path.
	{"an operation that is not documented", "get user", asked("/um/users/", "/um/people/"), Violation, RuleUnknownOperation, "request path"},
	{"a segment too many", "get user", asked(userID, userID+"/keys"), Violation, RuleUnknownOperation, "request path"},
	{"a slash in an id", "get user", asked(userID, "a/b"), Violation, RuleUnknownOperation, "request path"},
	{"a method that is not documented", "get user", func(k *talk) { k.method = "PATCH" }, Violation, RuleUnknownOperation, "request method"},
	{"an IONOS path that ends like a Triton path", "get user", asked("/um/users/", "/um/accounts/users/"), Violation, RuleUnknownOperation, "request path"},
	{"an empty id", "get user", asked(userID, ""), Violation, RulePathParameter, "request path userId"},
	{"a dot segment", "get user", asked(userID, ".."), Violation, RulePathParameter, "request path userId"},
	{"an escaped dot segment", "get user", asked(userID, "%2E%2e"), Violation, RulePathParameter, "request path userId"},
	{"a control character in an id", "get sub-user", asked("bob", "b%0Ab"), Violation, RulePathParameter, "request path user"},
	// Requests: parameters and headers.
	{"an extra query parameter", "list users", asked("depth=1", "depth=1&page=2"), Violation, RuleUnknownParameter, "request query page"},
	{"a query that cannot be read", "list users", asked("depth=1", "depth=1&x;y"), Violation, RuleUnknownParameter, "request query"},
	{"a parameter sent twice", "list users", asked("depth=1", "depth=1&depth=0"), Violation, RuleRepeatedParameter, "request query depth"},
	{"a limit above its bound", "list users", asked("limit=2", "limit=101"), Violation, RuleBounds, "request query limit"},
	{"a limit of zero", "list users", asked("limit=2", "limit=0"), Violation, RuleBounds, "request query limit"},
	{"a negative offset", "list users", asked("offset=1", "offset=-1"), Violation, RuleBounds, "request query offset"},
	{"a number written as a word", "list users", asked("limit=2", "limit=two"), Violation, RuleType, "request query limit"},
	{"a boolean written as a number", "list users", asked("pretty=false", "pretty=0"), Violation, RuleType, "request query pretty"},
	{"a contract number that is no number", "get user", withHeader("X-Contract-Number", "C31"), Violation, RuleType, "request header X-Contract-Number"},
	{"a contract number beyond int32", "get user", withHeader("X-Contract-Number", "2147483648"), Violation, RuleFormat, "request header X-Contract-Number"},
	{"no credentials", "get user", func(k *talk) { k.header.Del("Authorization") }, Violation, RuleCredentials, "request header Authorization"},
	{"a token sent to Triton", "get sub-user", withHeader("Authorization", "Bearer token"), Violation, RuleCredentials, "request header Authorization"},
	// Requests: the body.
	{"no body", "create user", func(k *talk) { k.body = "" }, Violation, RuleMissingBody, "request body"},
	{"a body that nobody asked for", "delete user", func(k *talk) { k.body = "{}" }, Violation, RuleUnexpectedBody, "request body"},
	{"a form", "create sub-user", withHeader("Content-Type", "application/x-www-form-urlencoded"), Violation, RuleMediaType, "request header Content-Type"},
	{"a body cut short", "create user", sent(`}}`, `}`), Violation, RuleMalformedBody, "request body"},
	{"two values in a body", "create user", sent(`}}`, `}}{}`), Violation, RuleMalformedBody, "request body"},
	{"a renamed property", "create user", sent("lastname", "lastName"), Violation, RuleUnknownField, "request body /properties/lastName"},
	{"the page's spelling of a privilege", "put group", sent("reserveIp", "createDatacenter"), Violation, RuleUnknownField, "request body /properties/createDatacenter"},
	{"a field that only a change takes", "create user", sent(`"active":true`, `"secAuthActive":true`), Violation, RuleUnknownField, "request body /properties/secAuthActive"},
	{"a read-only field", "put group", sent(`{"prop`, `{"id":"g","prop`), Violation, RuleReadOnlyField, "request body /id"},
	{"a required field left out", "create user", sent(`"firstname":"Ann",`, ``), Violation, RuleMissingField, "request body /properties/firstname"},
	{"a flipped type", "create user", sent(`"active":true`, `"active":"true"`), Violation, RuleType, "request body /properties/active"},
	{"a null", "create sub-user", sent(`"login":"bob"`, `"login":"bob","phone":null`), Violation, RuleNull, "request body /phone"},
	{"a type of our own invention", "put group", sent(`{"prop`, `{"type":"team","prop`), Violation, RuleEnum, "request body /type"},
	// Answers: status and headers.
	{"a success status that is not documented", "create user", status(201), Violation, RuleUndocumentedStatus, "answer status"},
	{"a redirect", "get user", status(302), Violation, RuleUndocumentedStatus, "answer status"},
	{"an error status that is not documented", "refused user", func(k *talk) {
		status(409)(k)
		answered(`"httpStatus":404`, `"httpStatus":409`)(k)
	}, Drift, RuleUndocumentedStatus, "answer status"},
	{"a lost Location", "create user", answerHeader("Location", ""), Violation, RuleMissingHeader, "answer header Location"},
	{"a lost rate limit", "create user", answerHeader("X-RateLimit-Burst", ""), Drift, RuleMissingHeader, "answer header X-RateLimit-Burst"},
	{"a rate limit that is no number", "create user", answerHeader("X-RateLimit-Limit", "many"), Violation, RuleType, "answer header X-RateLimit-Limit"},
	{"a Location that leads to the user", "create user", answerHeader("Location", ionosURL+"/um/users/1"), Violation, RuleLocation, "answer header Location"},
	{"a Location that leads nowhere", "create user", answerHeader("Location", "https://api.ionos.com/cloudapi/v6/requests/1"), Violation, RuleLocation, "answer header Location"},
	{"a Location in clear", "create user", answerHeader("Location", strings.Replace(statusURL, "https", "http", 1)), Violation, RuleLocation, "answer header Location"},
	{"a Location with credentials", "create user", answerHeader("Location", strings.Replace(statusURL, "//", "//me:secret@", 1)), Violation, RuleLocation, "answer header Location"},
	{"a relative Location", "create user", answerHeader("Location", "/cloudapi/v6/requests/1/status"), Violation, RuleFormat, "answer header Location"},
	{"a Location that is not a user", "create sub-user", answerHeader("Location", "/acme/keys/bob"), Violation, RuleLocation, "answer header Location"},
	{"a Location where none belongs", "get user", answerHeader("Location", statusURL), Drift, RuleUnknownHeader, "answer header Location"},
	// Answers: the body.
	{"an HTML page with status 200", "get user", answerHeader("Content-Type", "text/html"), Violation, RuleMediaType, "answer header Content-Type"},
	{"no media type", "get user", answerHeader("Content-Type", ""), Violation, RuleMediaType, "answer header Content-Type"},
	{"an empty answer", "get user", func(k *talk) { k.answer = "" }, Violation, RuleMissingBody, "answer body"},
	{"a body after a deletion", "delete user", func(k *talk) { k.answer = "{}" }, Violation, RuleUnexpectedBody, "answer body"},
	{"an answer cut short", "get user", func(k *talk) { k.answer = k.answer[:40] }, Violation, RuleMalformedBody, "answer body"},
	{"a list in place of an object", "get sub-user", func(k *talk) { k.answer = "[" + k.answer + "]" }, Violation, RuleType, "answer body"},
	{"a lost required field", "get user", answered(`"properties"`, `"attributes"`), Violation, RuleMissingField, "answer body /properties"},
	{"a string in place of a boolean", "get user", answered(`"active":true`, `"active":"yes"`), Violation, RuleType, "answer body /properties/active"},
	{"a fraction in place of an integer", "list users", answered(`"offset":1`, `"offset":1.0`), Violation, RuleType, "answer body /offset"},
	{"an integer beyond int32", "list users", answered(`"limit":2`, `"limit":4294967298`), Violation, RuleFormat, "answer body /limit"},
	{"a date without a zone", "list users", answered(`10:00:00Z`, `10:00:00`), Violation, RuleFormat, "answer body /items/*/metadata/createdDate"},
	{"an id that is no UUID", "get sub-user", answered(userID, "bob"), Violation, RuleFormat, "answer body /id"},
	{"a href that is no URL", "get user", answered(`"href":"https:`, `"href":"`), Violation, RuleFormat, "answer body /href"},
	{"a null that means nothing", "get user", answered(`"Lee"`, `null`), Violation, RuleNull, "answer body /properties/lastname"},
	{"a new type", "get resource", answered(`"snapshot"`, `"quantum-computer"`), Drift, RuleEnum, "answer body /type"},
	{"a new state", "request status", answered(`"DONE"`, `"PAUSED"`), Drift, RuleEnum, "answer body /metadata/status"},
	{"a new field", "get user", answered(`"properties":{`, `"properties":{"nickname":"A",`), Drift, RuleUnknownField, "answer body /properties/nickname"},
	{"another page", "list users", answered(`"offset":1`, `"offset":0`), Violation, RulePage, "answer body /offset"},
	{"another page size", "list users", answered(`"limit":2`, `"limit":3`), Violation, RulePage, "answer body /limit"},
	{"a page that is too long", "list users", answered(`"items":[`, `"items":[`+userBody+`,`), Violation, RulePage, "answer body /items"},
	{"an error that tells another status", "refused user", answered(`"httpStatus":404`, `"httpStatus":403`), Violation, RuleStatusInBody, "answer body /httpStatus"},
	{"an error of another shape", "refused user", answered(`"messages":[`, `"messages":{"a":[`), Violation, RuleMalformedBody, "answer body"},
	{"an error that is not JSON", "refused user", answerHeader("Content-Type", "text/html"), Violation, RuleMediaType, "answer header Content-Type"},
}

func TestEverySeededDefectIsFound(t *testing.T) {
	t.Parallel()
	require.GreaterOrEqual(t, len(defects), 60)
	t.Logf("figure: %d seeded defects of traffic", len(defects))
	names := map[string]bool{}
	for _, defect := range defects {
		require.False(t, names[defect.name], defect.name)
		names[defect.name] = true
		t.Run(defect.name, func(t *testing.T) {
			t.Parallel()
			k := talks[defect.talk]()
			defect.seed(k)
			for side, found := range map[string][]Finding{"transport": k.seenByTransport(t), "handler": k.seenByHandler(t)} {
				assert.True(t, slices.ContainsFunc(found, func(f Finding) bool {
					return f.Kind == defect.kind && f.Rule == defect.rule && f.Where == defect.where
				}), "%s found %v", side, found)
				// A flaw in one place is not told of others; a drift is never a violation as well.
				for _, f := range found {
					assert.False(t, defect.kind == Drift && f.Kind == Violation, "%s found %v", side, f)
				}
			}
		})
	}
}

func TestTrafficThatKeepsTheContractIsNotReported(t *testing.T) {
	t.Parallel()
	for _, name := range slices.Sorted(maps.Keys(talks)) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			assert.Empty(t, talks[name]().seenByTransport(t))
			assert.Empty(t, talks[name]().seenByHandler(t))
		})
	}
}

func TestWhatIsNotTheContractsMatterIsNotReported(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		talk string
		seed func(*talk)
	}{
		"a gateway's base path":                {"get user", asked("/cloudapi/v6/um", "/proxy/eu/ionos/um")},
		"no base path":                         {"get user", asked("/cloudapi/v6", "")},
		"Triton below a path":                  {"get sub-user", asked("/acme/", "/cloudapi/acme/")},
		"an id with an escaped slash":          {"get user", asked(userID, "a%2Fb")},
		"a sub-user called like an IONOS path": {"get sub-user", asked("/bob", "/users")},
		"an empty PUT of a share": {"put group", func(k *talk) {
			asked("/um/groups/"+userID, "/um/groups/g/shares/r")(k)
			k.body, k.status, k.answer = "", 200, `{"id":"r","type":"resource","properties":{"editPrivilege":true}}`
			k.answerHeader.Del("Location")
		}},
		"another way to write the media type": {"get user", answerHeader("Content-Type", "Application/JSON;charset=UTF-8")},
		"a Location through a gateway":        {"create user", answerHeader("Location", "https://gateway.example.com/x/requests/1/status")},
		"basic authentication":                {"get user", withHeader("Authorization", "Basic b3duZXI6c2VjcmV0")},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			k := talks[c.talk]()
			c.seed(k)
			assert.Empty(t, k.seenByTransport(t))
			assert.Empty(t, k.seenByHandler(t))
		})
	}
}

func TestAGatewaysErrorPageIsDrift(t *testing.T) {
	t.Parallel()
	for _, code := range []int{500, 502, 503, 504} {
		k := talks["refused user"]()
		k.status, k.answer = code, "<html>down for maintenance</html>"
		k.answerHeader.Set("Content-Type", "text/html")
		found := k.seenByTransport(t)
		require.NotEmpty(t, found)
		for _, f := range found {
			assert.Equal(t, Drift, f.Kind, "%v", f)
		}
	}
}

func TestRequestsOnlyLeavesAnswersAlone(t *testing.T) {
	t.Parallel()
	k := talks["list users"]()
	status(599)(k)
	answered(`"limit":2`, `"limit":"two"`)(k)
	assert.Empty(t, k.seenByTransport(t, WithoutResponses()))
	assert.Empty(t, k.seenByHandler(t, WithoutResponses()))
	asked("limit=2", "limit=200")(k)
	assert.Len(t, k.seenByTransport(t, WithoutResponses()), 1)
	assert.Len(t, k.seenByHandler(t, WithoutResponses()), 1)
}
