package contract_test

import (
	"context"
	"fmt"
	"net/http"

	"github.com/cloudroster/cloudroster/contract"
	"github.com/cloudroster/cloudroster/wrapper"
	"github.com/cloudroster/cloudroster/wrapper/wrappertest"
)

// In a test, contract.ReportTo(t) takes the place of report.
func ExampleTransport() {
	report := func(f contract.Finding) { fmt.Println(f) }
	cloud := wrappertest.New()

	guard := &http.Client{Transport: contract.Transport(cloud.Transport(), report)}
	client, err := wrapper.NewIONOS(wrapper.TokenAuth(wrappertest.Token), wrapper.WithHTTPClient(guard))
	if err != nil {
		fmt.Println(err)
		return
	}
	resp, err := client.Raw().ListUsers(context.Background(), nil, func(_ context.Context, r *http.Request) error {
		r.URL.RawQuery = "limit=5000"
		return nil
	})
	if err == nil {
		_ = resp.Body.Close()
	}
	// Output:
	// violation: GET /um/users (umUsersGet): request query limit: is greater than 100 [bounds]
}

func ExampleHandler() {
	fake := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Api-Version", "9.20.0")
		w.Header().Set("Request-Id", "5b2b3d1e")
		fmt.Fprint(w, `{"id":"bob","login":"bob","email":"bob@example.com"}`)
	})
	checked := contract.Handler(fake, func(f contract.Finding) { fmt.Println(f) })

	r, _ := http.NewRequest(http.MethodGet, "https://fake.example.com/acme/users/bob", nil)
	r.Header.Set("Date", "Tue, 24 Nov 2026 10:00:00 GMT")
	r.Header.Set("Authorization", `Signature keyId="/acme/keys/first",algorithm="rsa-sha256",signature="c2ln"`)
	checked.ServeHTTP(discard{}, r)
	// Output:
	// violation: GET /{account}/users/{user} (GetTritonUser), status 200: response body /id: is not of format uuid [format]
}

// discard is an http.ResponseWriter for nobody.
type discard map[string][]string

func (d discard) Header() http.Header       { return http.Header(d) }
func (discard) Write(p []byte) (int, error) { return len(p), nil }
func (discard) WriteHeader(int)             {}
