package contract

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// talk is one request and its response, which tests change in one place.
type talk struct {
	method, url    string
	header         http.Header
	body           string
	status         int
	returnedHeader http.Header
	response       string
	// How many bytes the client reads of the response, and the handler of the request; 0 for all, -1 for none.
	clientReads, handlerReads int
	clientOnly                bool // a server does not send it
}

const (
	ionosURL  = "https://api.ionos.com/cloudapi/v6"
	tritonURL = "https://cloudapi.example.com"
	userID    = "f4d1ed0c-2b41-4ee6-8d1f-d4bb7d7d4e10"
	statusURL = ionosURL + "/requests/9a1e4c2b-7d3f-4b8a-9c61-5e0f2d4b6a78/status"
	userBody  = `{"id":"` + userID + `","type":"user","href":"` + ionosURL + `/um/users/` + userID + `",` +
		`"metadata":{"etag":"e","createdDate":"2024-05-01T10:00:00Z","createdBy":"owner@example.com"},` +
		`"properties":{"firstname":"Ann","lastname":"Lee","email":"ann@example.com","administrator":false,"active":true},` +
		`"entities":{"groups":{"id":"` + userID + `/groups","type":"collection","href":"` + ionosURL + `/um/users/` + userID + `/groups"}}}`
)

func ionosTalk(method, path, body string, status int, response string) *talk {
	k := &talk{
		method: method, url: ionosURL + path, body: body, status: status, response: response,
		header: http.Header{"Authorization": {"Bearer token"}},
		returnedHeader: http.Header{
			"X-Ratelimit-Limit": {"100"}, "X-Ratelimit-Burst": {"10"}, "X-Ratelimit-Remaining": {"99"},
		},
	}
	if status == 202 {
		k.returnedHeader.Set("Location", statusURL)
	}
	return k.typed()
}

func tritonTalk(method, path, body string, status int, response string) *talk {
	k := &talk{
		method: method, url: tritonURL + path, body: body, status: status, response: response,
		header:         http.Header{"Authorization": {`Signature keyId="/acme/keys/first",algorithm="rsa-sha256",headers="date",signature="c2ln"`}},
		returnedHeader: http.Header{"Api-Version": {"9.20.0"}, "Request-Id": {"5b2b3d1e-1d6c-4b0a-8f0e-2f6a3c1d9e44"}},
	}
	k.header.Set("Date", "Tue, 24 Nov 2026 10:00:00 GMT")
	if status == 201 {
		k.returnedHeader.Set("Location", "/acme/users/bob")
	}
	return k.typed()
}

func (k *talk) typed() *talk {
	if k.body != "" {
		k.header.Set("Content-Type", "application/json")
	}
	if k.response != "" {
		k.returnedHeader.Set("Content-Type", "application/json; charset=utf-8")
	}
	return k
}

// The conversations, all of which keep the contract.
var talks = map[string]func() *talk{
	"list users": func() *talk {
		return ionosTalk("GET", "/um/users?pretty=false&depth=1&offset=1&limit=2", "", 200,
			`{"id":"users","type":"collection","href":"`+ionosURL+`/um/users","items":[`+userBody+`,`+userBody+`],"offset":1,"limit":2,"_links":{"self":"`+ionosURL+`/um/users"}}`)
	},
	"get user": func() *talk { return ionosTalk("GET", "/um/users/"+userID, "", 200, userBody) },
	"create user": func() *talk {
		return ionosTalk("POST", "/um/users",
			`{"properties":{"firstname":"Ann","lastname":"Lee","email":"ann@example.com","password":"correct-horse","active":true}}`, 202, userBody)
	},
	"put group": func() *talk {
		return ionosTalk("PUT", "/um/groups/"+userID, `{"properties":{"name":"ops","reserveIp":true}}`, 202,
			`{"id":"g","type":"group","properties":{"name":"ops","reserveIp":true}}`)
	},
	"delete user": func() *talk { return ionosTalk("DELETE", "/um/users/"+userID, "", 202, "") },
	"get resource": func() *talk {
		return ionosTalk("GET", "/um/resources/snapshot/"+userID, "", 200,
			`{"id":"r","type":"snapshot","metadata":{"state":"AVAILABLE"},"properties":{"name":"one","secAuthProtection":null}}`)
	},
	"request status": func() *talk {
		return ionosTalk("GET", "/requests/"+userID+"/status", "", 200,
			`{"id":"`+userID+`/status","type":"request-status","metadata":{"status":"DONE","targets":[{"target":{"id":"u","type":"user"},"status":"DONE"}]}}`)
	},
	"refused user": func() *talk {
		k := ionosTalk("GET", "/um/users/"+userID, "", 404, `{"httpStatus":404,"messages":[{"errorCode":"309","message":"not there"}]}`)
		return k
	},
	"create sub-user": func() *talk {
		return tritonTalk("POST", "/acme/users?as-role=admin,reader", `{"login":"bob","email":"bob@example.com","password":"correct-horse"}`, 201,
			`{"id":"`+userID+`","login":"bob","email":"bob@example.com","created":"2024-05-01T10:00:00.000Z"}`)
	},
	"get sub-user": func() *talk {
		return tritonTalk("GET", "/acme/users/bob?membership=true", "", 200, `{"id":"`+userID+`","login":"bob","email":"bob@example.com","roles":["admin"]}`)
	},
	"list sub-users": func() *talk {
		return tritonTalk("GET", "/acme/users", "", 200, `[{"id":"`+userID+`","login":"bob","email":"bob@example.com"}]`)
	},
	"refused sub-user": func() *talk {
		return tritonTalk("GET", "/acme/users/bob", "", 404, `{"code":"ResourceNotFound","message":"not there"}`)
	},
	"delete sub-user": func() *talk { return tritonTalk("DELETE", "/acme/users/bob", "", 204, "") },
}

func (k *talk) request(t *testing.T) *http.Request {
	t.Helper()
	var body io.Reader
	if k.body != "" {
		body = strings.NewReader(k.body)
	}
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "https://host/", body)
	require.NoError(t, err)
	r.Method, r.Header = k.method, k.header.Clone()
	r.URL = parseURL(k.url)
	require.NotNil(t, r.URL, k.url)
	r.Host = r.URL.Host
	return r
}

func (k *talk) respond(*http.Request) (*http.Response, error) {
	resp := &http.Response{
		StatusCode: k.status, Status: strconv.Itoa(k.status), Header: k.returnedHeader.Clone(),
		Body: io.NopCloser(strings.NewReader(k.response)), ContentLength: int64(len(k.response)), ProtoMajor: 1, ProtoMinor: 1,
	}
	if k.response == "" {
		resp.Body = http.NoBody
	}
	return resp, nil
}

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// seenByTransport and seenByHandler return what each side finds in the conversation.
func (k *talk) seenByTransport(t *testing.T, options ...Option) []Finding {
	t.Helper()
	var found findings
	resp, err := Transport(roundTripper(k.respond), found.report, options...).RoundTrip(k.request(t))
	require.NoError(t, err)
	data, err := io.ReadAll(some(resp.Body, k.clientReads))
	require.NoError(t, err)
	require.True(t, strings.HasPrefix(k.response, string(data)))
	if k.clientReads == 0 {
		require.Equal(t, k.response, string(data))
	}
	require.NoError(t, resp.Body.Close())
	return found.list()
}

func (k *talk) seenByHandler(t *testing.T, options ...Option) []Finding {
	t.Helper()
	var found findings
	fake := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Body != nil {
			data, err := io.ReadAll(some(r.Body, k.handlerReads))
			require.NoError(t, err)
			require.True(t, k.handlerReads != 0 || k.body == string(data))
		}
		for name, values := range k.returnedHeader {
			w.Header()[name] = values
		}
		w.WriteHeader(k.status)
		_, _ = io.WriteString(w, k.response)
	})
	w := httptest.NewRecorder()
	Handler(fake, found.report, options...).ServeHTTP(w, k.request(t))
	require.Equal(t, k.response, w.Body.String())
	require.Equal(t, k.status, w.Code)
	return found.list()
}

// some is n bytes of a reader, or all if n is 0.
func some(r io.Reader, n int) io.Reader {
	if n == 0 {
		return r
	}
	return io.LimitReader(r, int64(max(n, 0)))
}
