package wrapper_test

import (
	"context"
	"fmt"
	"log"
	"log/slog"
	"net/http"
	"os"
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
