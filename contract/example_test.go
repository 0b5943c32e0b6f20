package contract_test

import (
	"context"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"

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
		log.Fatal(err)
	}
	resp, err := client.Raw().ListUsers(context.Background(), nil, func(_ context.Context, r *http.Request) error {
		r.URL.RawQuery = "limit=0"
		return nil
	})
	if err == nil {
		_ = resp.Body.Close()
	}
	// Output:
	// violation: GET /um/users (umUsersGet): request query limit: is less than 1 [bounds]
}

func ExampleHandler() {
	fake := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		fmt.Fprint(w, `{"id":"bob","login":"bob","email":"bob@example.com"}`)
	})
	checked := contract.Handler(fake, func(f contract.Finding) {
		if f.Kind == contract.Violation { // beside drift, such as headers that are missing
			fmt.Println(f)
		}
	})

	r := httptest.NewRequest(http.MethodGet, "https://fake.example.com/acme/users/bob", nil)
	r.Header.Set("Date", "Tue, 24 Nov 2026 10:00:00 GMT")
	r.Header.Set("Authorization", `Signature keyId="/acme/keys/first",algorithm="rsa-sha256",signature="c2ln"`)
	checked.ServeHTTP(httptest.NewRecorder(), r)
	// Output:
	// violation: GET /{account}/users/{user} (GetTritonUser), status 200: response body /id: is not of format uuid [format] in TritonUser.id
}

// Findings by kind and rule: a program decides what each is worth.
func ExampleFinding() {
	report := func(f contract.Finding) {
		if f.Kind == contract.Violation && f.Rule == contract.RuleUnknownOperation {
			fmt.Println("no such operation:", f.Method, f.Path)
		}
	}
	client := &http.Client{Transport: contract.Transport(wrappertest.New().Transport(), report, contract.WithoutResponses(), contract.WithBodyLimit(1<<20))}
	resp, err := client.Get("https://api.ionos.com/cloudapi/v6/um/people")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(resp.StatusCode, resp.Body.Close())
	// Output:
	// no such operation: GET /*/*/um/*
	// 401 <nil>
}

// A checker for a document of your own, which is the embedded one if nil.
func ExampleNew() {
	checker, err := contract.New([]byte(`{"openapi":"3.0.3","info":{"title":"Tea","version":"2"},"paths":{"/tea":{"get":{"responses":{"204":{"description":"none left"}}}}}}`))
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(checker.Document())
	fake := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) })
	report := func(f contract.Finding) { fmt.Println(f) }
	checked := checker.Handler(fake, report)
	checked.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, "/tea?milk=1", nil))

	server := httptest.NewServer(fake)
	defer server.Close()
	client := &http.Client{Transport: checker.Transport(server.Client().Transport, report)}
	resp, err := client.Get(server.URL + "/tea")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(resp.StatusCode, resp.Body.Close(), checker.Coverage().Requests())
	// Output:
	// Tea 2
	// violation: GET /tea (GET /tea): request query (a name of 4 bytes): the operation has no such parameter [unknown-parameter]
	// 204 <nil> 2
}

// How much of the document a test suite exercises, and how much it must.
func ExampleCoverage() {
	var coverage contract.Coverage
	cloud := wrappertest.New()
	guard := &http.Client{Transport: contract.Transport(cloud.Transport(), nil, contract.WithCoverage(&coverage))}
	client, err := wrapper.NewIONOS(wrapper.TokenAuth(wrappertest.Token), wrapper.WithHTTPClient(guard))
	if err != nil {
		log.Fatal(err)
	}
	if _, err := client.ListGroups(context.Background()); err != nil {
		log.Fatal(err)
	}
	groups := coverage.Only("/um/groups")
	count := groups.Counts()[0]
	fmt.Println(count.Covered, count.Kind, count.Percent() > 5, coverage.Requests(), len(groups.Missing()) > 10)
	fmt.Println(groups.Require(contract.Thresholds{Operations: 100}) != nil)
	// Output:
	// 1 operations true 1 true
	// true
}

// Several test processes save into one directory, and one loads all.
func ExampleCoverage_Save() {
	directory, err := os.MkdirTemp("", "coverage")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(directory)
	var mine, all contract.Coverage
	client := &http.Client{Transport: contract.Transport(wrappertest.New().Transport(), nil, contract.WithCoverage(&mine))}
	resp, err := client.Get("https://api.ionos.com/cloudapi/v6/um/groups")
	if err != nil {
		log.Fatal(err)
	}
	resp.Body.Close()
	fmt.Println(mine.Save(directory), all.Load(directory), all.Requests())
	all.Merge(&mine)
	var table, page strings.Builder
	fmt.Println(all.Requests(), all.WriteTable(&table), all.WriteHTML(&page))
	// Output:
	// <nil> <nil> 1
	// 2 <nil> <nil>
}

// Deviations that are known and accepted are not reported. One that is not needed any more should go.
func ExampleTolerances() {
	known, err := contract.ReadTolerances(strings.NewReader(`
# RULE             OPERATION   PLACE
unknown-parameter  umUsersGet  request query filter.*
format             *           response body /items/*/metadata/*Date`))
	if err != nil {
		log.Fatal(err)
	}
	report := func(f contract.Finding) { fmt.Println(f) }
	client := &http.Client{Transport: contract.Transport(wrappertest.New().Transport(), report, contract.WithTolerances(known))}
	r, _ := http.NewRequest(http.MethodGet, "https://api.ionos.com/cloudapi/v6/um/users?filter.email=ann", nil)
	r.Header.Set("Authorization", "Bearer "+wrappertest.Token)
	resp, err := client.Do(r)
	if err != nil {
		log.Fatal(err)
	}
	defer resp.Body.Close()
	_, err = io.Copy(io.Discard, resp.Body)
	fmt.Println(known.Used(), len(known.Unused()), err)
	// Output: 1 1 <nil>
}

// Options of a check, together.
func ExampleOption() {
	var coverage contract.Coverage
	known, err := contract.ReadTolerances(strings.NewReader("unknown-operation * *"))
	if err != nil {
		log.Fatal(err)
	}
	options := []contract.Option{
		contract.WithCoverage(&coverage), contract.WithTolerances(known), contract.WithBodyLimit(1 << 20), contract.WithoutResponses(),
	}
	report := func(f contract.Finding) { fmt.Println(f) } // nothing: the server misbehaves on purpose
	client := &http.Client{Transport: contract.Transport(wrappertest.New().Transport(), report, options...)}
	resp, err := client.Get("https://api.ionos.com/cloudapi/v6/um/people")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(resp.StatusCode, resp.Body.Close(), coverage.Requests())
	// Output: 401 <nil> 0
}
