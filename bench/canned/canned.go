// Package canned is the service that the benchmarks measure against: it responds at once with
// bytes that were made before, so that it costs every client the same and as little as possible.
package canned

import (
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// Names that the service is reached by.
const (
	IONOSPath = "/cloudapi/v6" // the path of the IONOS base URL
	UserID    = "5c1f6bd6-4ab4-4f31-9a2e-d53f3a5b9c01"
	Account   = "acme"
	Login     = "ada"
	PageSize  = 100
	requestID = "d2f4d3c5-7f0b-4f7e-8f2e-0c6e4d0a7b11"
)

// Service is the service. Users is how many it has, Delay how long it takes for a page.
type Service struct {
	Users int
	Delay time.Duration
}

// User is the response for one user at depth 0.
var User = []byte(user(UserID, 1, false))

// Page is the response for a full page at depth 1.
var Page = []byte(page(0, PageSize, true))

// TritonUser is the response for one user of the Triton account.
var TritonUser = []byte(`{"id":"9b6f2f64-52f3-4a41-9ff0-5b8a4ee5f0d2","login":"ada","email":"ada@example.test",` +
	`"companyName":"Example","firstName":"Ada","lastName":"Lovelace","phone":"555-0100",` +
	`"updated":"2026-03-01T10:20:30.456Z","created":"2026-02-01T10:20:30.123Z"}`)

func user(id string, n int, entities bool) string {
	const host = "https://api.ionos.com/cloudapi/v6/um/users/"
	const creator = "0b9a3e8e-7d6c-4b5a-9c8d-1e2f3a4b5c6d"
	text := fmt.Sprintf(`{"id":%q,"type":"user","href":"%s%s",`, id, host, id) +
		fmt.Sprintf(`"metadata":{"etag":"37a6259cc0c1dae299a7866489dff0bd","createdDate":"2026-02-01T10:20:%02dZ","createdBy":"owner@example.test",`, n%60) +
		fmt.Sprintf(`"createdByUserId":%q,"lastModifiedDate":"2026-03-01T10:20:30Z","lastModifiedBy":"owner@example.test","lastModifiedByUserId":%q,"lastLogin":"2026-04-01T08:00:00Z"},`, creator, creator) +
		fmt.Sprintf(`"properties":{"firstname":"First%d","lastname":"Last%d","email":"user%d@example.test","administrator":false,"forceSecAuth":false,"secAuthActive":false,"s3CanonicalUserId":"e6ac5a1f2c9b8d7e%08d","active":true}`, n, n, n, n)
	if entities {
		reference := func(name, kind string) string {
			return fmt.Sprintf(`%q:{"id":"%s/%s","type":%q,"href":"%s%s/%s"}`, name, id, kind, "collection", host, id, kind)
		}
		text += `,"entities":{` + reference("owns", "owns") + "," + reference("groups", "groups") + "," + reference("s3Keys", "s3keys") + "}"
	}
	return text + "}"
}

func page(offset, users int, more bool) string {
	const href = "https://api.ionos.com/cloudapi/v6/um/users"
	items := make([]string, users)
	for i := range items {
		items[i] = user(fmt.Sprintf("5c1f6bd6-4ab4-4f31-9a2e-%012d", offset+i), offset+i, true)
	}
	next := ""
	if more {
		next = fmt.Sprintf(`,"next":"%s?offset=%d"`, href, offset+users)
	}
	return fmt.Sprintf(`{"id":"users","type":"collection","href":%q,"offset":%d,"limit":%d,`, href, offset, PageSize) +
		fmt.Sprintf(`"_links":{"prev":"%s?offset=0","self":"%s?offset=%d"%s},"items":[`, href, href, offset, next) +
		strings.Join(items, ",") + "]}"
}

// list returns the page that a request asks for. The first is made beforehand.
func (s *Service) list(r *http.Request) []byte {
	query := r.URL.Query()
	offset, _ := strconv.Atoi(query.Get("offset"))
	size, err := strconv.Atoi(query.Get("limit"))
	if err != nil {
		size = PageSize
	}
	if offset == 0 && size == PageSize && s.Users >= PageSize {
		return Page
	}
	users := max(min(size, s.Users-offset), 0)
	return []byte(page(offset, users, offset+users < s.Users))
}

func (s *Service) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, status := User, http.StatusOK
	switch path := r.URL.Path; {
	case path == "/"+Account+"/users/"+Login:
		body = TritonUser
	case path == IONOSPath+"/um/users/"+UserID:
	case path == IONOSPath+"/um/users" && r.Method == http.MethodPost:
		_, _ = io.Copy(io.Discard, r.Body)
		status = http.StatusAccepted
		w.Header()["Location"] = []string{"https://api.ionos.com/cloudapi/v6/requests/" + requestID + "/status"}
	case path == IONOSPath+"/um/users":
		if s.Delay > 0 {
			time.Sleep(s.Delay)
		}
		body = s.list(r)
	default:
		http.NotFound(w, r)
		return
	}
	header := w.Header()
	header["Content-Type"] = contentType
	header["Content-Length"] = []string{strconv.Itoa(len(body))}
	header["X-Ratelimit-Limit"] = limit
	header["X-Ratelimit-Burst"] = burst
	header["X-Ratelimit-Remaining"] = limit
	w.WriteHeader(status)
	_, _ = w.Write(body)
}

var (
	contentType = []string{"application/json"}
	limit       = []string{"100000"}
	burst       = []string{"100"}
)

// RoundTripper returns a Page from memory: what is left of a call is the client.
type RoundTripper struct{}

// RoundTrip returns the response to r.
func (RoundTripper) RoundTrip(r *http.Request) (*http.Response, error) {
	return &http.Response{
		Status: "200 OK", StatusCode: http.StatusOK, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header:        http.Header{"Content-Type": contentType},
		Body:          io.NopCloser(strings.NewReader(pageText)),
		ContentLength: int64(len(pageText)),
		Request:       r,
	}, nil
}

var pageText = string(Page)
