package wrapper_test

import (
	"context"
	"crypto/ed25519"
	"fmt"
	"log"
	"log/slog"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/cloudroster/cloudroster/wrapper"
	"github.com/cloudroster/cloudroster/wrapper/wrappertest"
)

// Options that several clients share.
func ExampleWithOptions() {
	cloud := wrappertest.New()
	shared := wrapper.WithOptions(
		wrapper.WithHTTPClient(cloud.HTTPClient()),
		wrapper.WithUserAgent("onboarding/1.4"),
		wrapper.WithRetry(wrapper.RetryPolicy{MaxAttempts: 6, MaxDelay: time.Minute}),
		wrapper.WithAttemptTimeout(20*time.Second),
		wrapper.WithResponseLimit(4<<20),
		wrapper.WithLogger(slog.New(slog.NewJSONHandler(os.Stderr, nil))),
	)
	client, err := wrapper.NewIONOS(wrapper.TokenAuth(wrappertest.Token), shared, wrapper.WithBaseURL(cloud.IONOS.URL()),
		wrapper.WithPollPolicy(wrapper.PollPolicy{MinDelay: time.Second, MaxDelay: time.Minute}))
	if err != nil {
		log.Fatal(err)
	}
	list, err := client.ListGroups(context.Background())
	fmt.Println(len(list.Items), err)
	// Output: 0 <nil>
}

// Several contracts with one login: a client for each, or the number with a call.
func ExampleWithContractNumber() {
	cloud := wrappertest.New(wrappertest.WithContracts(31, 32))
	login := wrapper.BasicAuth(wrappertest.Username, wrappertest.Password)
	client, err := wrapper.NewIONOS(login, wrapper.WithHTTPClient(cloud.HTTPClient()), wrapper.WithContractNumber(31))
	if err != nil {
		log.Fatal(err)
	}
	ctx := context.Background()
	_, err = client.ListUsers(ctx)
	fmt.Println(err)
	_, err = client.ListUsers(ctx, wrapper.WithContractNumber(32))
	fmt.Println(err)
	for user, err := range client.Users(wrapper.WithContractNumber(32)).All(ctx) {
		fmt.Println(user.Email, err)
	}
	// Output:
	// <nil>
	// <nil>
}

// A token that is renewed while the client lives. The source is called for every attempt: keep the token.
func ExampleTokenSourceAuth() {
	cloud := wrappertest.New()
	token := "revoked" // what is read from a vault, say
	source := func(ctx context.Context) (string, error) {
		if wrapper.TokenRejected(ctx) { // the service returned 401 for the last one
			token = wrappertest.Token
			fmt.Println("renewed for", wrapper.OperationName(ctx))
		}
		return token, nil
	}
	client, err := wrapper.NewIONOS(wrapper.TokenSourceAuth(source), wrapper.WithHTTPClient(cloud.HTTPClient()))
	if err != nil {
		log.Fatal(err)
	}
	_, err = client.ListUsers(context.Background())
	fmt.Println(err)
	// Output:
	// renewed for umUsersGet
	// <nil>
}

// A client of a program's own: nothing of it but the transport, the cookies and the timeout counts.
func ExampleWithHTTPClient() {
	cloud := wrappertest.New()
	own := &http.Client{Transport: cloud.Transport(), Timeout: 10 * time.Second}
	client, err := wrapper.NewIONOS(wrapper.BasicAuth(wrappertest.Username, wrappertest.Password), wrapper.WithHTTPClient(own))
	if err != nil {
		log.Fatal(err)
	}
	_, err = client.ListUsers(context.Background())
	fmt.Println(err)
	// Output: <nil>
}

// Four ways to log in. An Auth of a program's own has one method.
func ExampleAuth() {
	signer, err := wrapper.NewSigner(wrappertest.New().Triton.Key())
	if err != nil {
		log.Fatal(err)
	}
	signature, err := wrapper.SignatureAuth("acme", signer, wrapper.WithKeyName("first"))
	if err != nil {
		log.Fatal(err)
	}
	source := func(context.Context) (string, error) { return "token", nil }
	for _, auth := range []wrapper.Auth{
		wrapper.TokenAuth("token"), wrapper.TokenSourceAuth(source), wrapper.BasicAuth("ann@example.com", "password"), signature,
	} {
		r, _ := http.NewRequest(http.MethodGet, "https://api.ionos.com/cloudapi/v6/um/users", nil)
		err := auth.Authorize(r)
		scheme, _, _ := strings.Cut(r.Header.Get("Authorization"), " ")
		fmt.Println(scheme, err)
	}
	// Output:
	// Bearer <nil>
	// Bearer <nil>
	// Basic <nil>
	// Signature <nil>
}

// What a signer of your own must do, with NewSigner as a model.
func ExampleNewSigner() {
	_, key, err := ed25519.GenerateKey(nil)
	if err != nil {
		log.Fatal(err)
	}
	signer, err := wrapper.NewSigner(key)
	if err != nil {
		log.Fatal(err)
	}
	signature, err := signer.Sign(context.Background(), []byte("date: Tue, 24 Nov 2026 10:00:00 GMT"))
	fmt.Println(signer.Algorithm(), len(signer.Fingerprint()), len(signature), err)
	// Output: ed25519-sha512 47 64 <nil>
}

// The name of the operation that a request belongs to.
func ExampleOperationName() {
	source := func(ctx context.Context) (string, error) {
		fmt.Println(wrapper.OperationName(ctx), wrapper.TokenRejected(ctx))
		return wrappertest.Token, nil
	}
	client, err := wrapper.NewIONOS(wrapper.TokenSourceAuth(source), wrapper.WithHTTPClient(wrappertest.New().HTTPClient()))
	if err != nil {
		log.Fatal(err)
	}
	_, err = client.ListUsers(context.Background(), wrapper.WithDepth(1), wrapper.WithOffset(100), wrapper.WithLimit(50))
	fmt.Println(err)
	// Output:
	// umUsersGet false
	// <nil>
}

// Options of a call, one after the other and together.
func ExampleCallOption() {
	cloud := wrappertest.New()
	cloud.IONOS.AddUser(wrappertest.User{FirstName: "Ann", LastName: "Lee", Email: "ann@example.com"})
	client, err := wrapper.NewIONOS(wrapper.TokenAuth(wrappertest.Token), wrapper.WithHTTPClient(cloud.HTTPClient()))
	if err != nil {
		log.Fatal(err)
	}
	options := []wrapper.CallOption{wrapper.WithDepth(1), wrapper.WithOffset(0), wrapper.WithLimit(50), wrapper.WithPrefetch(4), wrapper.WithContractNumber(31)}
	for user, err := range client.AllUsers(context.Background(), options...) {
		fmt.Println(user.Properties.Email, err)
	}
	// Output: ann@example.com <nil>
}

// Options of one cloud alone.
func ExampleIONOSOption() {
	cloud := wrappertest.New()
	options := []wrapper.IONOSOption{
		wrapper.WithHTTPClient(cloud.HTTPClient()),
		wrapper.WithBaseURL(cloud.IONOS.URL()),
		wrapper.WithContractNumber(31),
		wrapper.WithPollPolicy(wrapper.PollPolicy{MinDelay: time.Second, MaxDelay: time.Minute, Growth: 0.2}),
	}
	client, err := wrapper.NewIONOS(wrapper.TokenAuth(wrappertest.Token), options...)
	if err != nil {
		log.Fatal(err)
	}
	_, err = client.ListUsers(context.Background())
	fmt.Println(err)
	// Output: <nil>
}

// The patience of a client: how often a request is sent, and how often an operation is polled.
func ExampleRetryPolicy() {
	patient := wrapper.RetryPolicy{MaxAttempts: 8, MinDelay: time.Second, MaxDelay: time.Minute, MaxRetryAfter: 5 * time.Minute}
	seldom := wrapper.PollPolicy{MinDelay: 5 * time.Second, MaxDelay: time.Minute, Growth: 0.5}
	client, err := wrapper.NewIONOS(wrapper.TokenAuth("token"), wrapper.WithRetry(patient), wrapper.WithPollPolicy(seldom))
	fmt.Println(client, err)
	// Output: wrapper.IONOS(https://api.ionos.com/cloudapi/v6/) <nil>
}
