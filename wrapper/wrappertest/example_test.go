package wrappertest_test

import (
	"context"
	"crypto/ed25519"
	"fmt"
	"log"
	"net/http"
	"os"
	"time"

	"github.com/cloudroster/cloudroster/gen"
	"github.com/cloudroster/cloudroster/wrapper"
	"github.com/cloudroster/cloudroster/wrapper/wrappertest"
)

// A program under test gets a client of the cloud; the test seeds the cloud and inspects it. In a test,
// Start(t) and IONOSClient(t) are shorter.
func Example() {
	cloud := wrappertest.New()
	group := cloud.IONOS.AddGroup(wrappertest.Group{Name: "operators"})
	user := cloud.IONOS.AddUser(wrappertest.User{FirstName: "Ann", LastName: "Lee", Email: "ann@example.com"})

	client, err := wrapper.NewIONOS(wrapper.TokenAuth(wrappertest.Token), wrapper.WithHTTPClient(cloud.HTTPClient()))
	if err != nil {
		log.Fatal(err)
	}
	_, _, err = client.AddGroupMember(context.Background(), group, user)
	fmt.Println(err, len(cloud.IONOS.Members(group)))
	// Output: <nil> 1
}

// Both clouds on sockets, for programs in any language.
func ExampleCloud() {
	cloud := wrappertest.New()
	if err := cloud.Listen("127.0.0.1:0", "127.0.0.1:0"); err != nil {
		log.Fatal(err)
	}
	defer cloud.Close()
	fmt.Println(len(cloud.IONOS.URL()) > 0, len(cloud.Triton.URL()) > 0)

	memory := &http.Client{Transport: cloud.Transport()} // the same clouds without sockets; HTTPClient is short for this
	resp, err := memory.Get(cloud.IONOS.URL() + "/um/users")
	if err != nil {
		log.Fatal(err)
	}
	resp.Body.Close()
	fmt.Println(resp.StatusCode, "without a token")
	// Output:
	// true true
	// 401 without a token
}

// A seed, and a snapshot of what a test made of it.
func ExampleCloud_SetState() {
	cloud := wrappertest.New()
	seed, err := wrappertest.ParseState([]byte(`{
		"ionos": {"users": [{"firstname": "Ann", "lastname": "Lee", "email": "ann@example.com"}],
		          "groups": [{"name": "ops", "members": ["ann@example.com"]}]},
		"triton": {"users": [{"login": "ann_lee", "email": "ann@example.com"}]}}`))
	if err != nil {
		log.Fatal(err)
	}
	if err := cloud.SetState(seed); err != nil {
		log.Fatal(err)
	}
	state := cloud.State()
	var ionos wrappertest.IONOSState = state.IONOS
	var triton wrappertest.TritonState = state.Triton
	fmt.Println(len(ionos.Users), len(ionos.Groups[0].Members), triton.Users[0].Login)
	cloud.Reset()
	fmt.Println(len(cloud.IONOS.Users()))
	// Output:
	// 1 1 ann_lee
	// 0
}

// What a cloud holds, from users to the shares of groups.
func ExampleIONOS_AddUser() {
	cloud := wrappertest.New()
	ann := cloud.IONOS.AddUser(wrappertest.User{FirstName: "Ann", LastName: "Lee", Email: "ann@example.com", Password: "correct-horse-1"})
	ops := cloud.IONOS.AddGroup(wrappertest.Group{Name: "ops", Privileges: map[string]any{"reserveIp": true}})
	cloud.IONOS.AddMember(ops, ann)
	image := cloud.IONOS.AddResource(wrappertest.Resource{Type: "image", Name: "debian", Owner: ann})
	cloud.IONOS.AddShare(ops, wrappertest.Share{ResourceID: image, EditPrivilege: true})

	user, found := cloud.IONOS.User("ann@example.com")
	fmt.Println(user.Password, found, len(cloud.IONOS.Users()))
	fmt.Println(cloud.IONOS.Groups()[0].Name, len(cloud.IONOS.Members(ops)), cloud.IONOS.Shares(ops)[0].EditPrivilege)
	// Output:
	// correct-horse-1 true 1
	// ops 1 true
}

// Credentials beside those that the cloud knows from the start.
func ExampleIONOS_AddToken() {
	cloud := wrappertest.New()
	cloud.IONOS.AddLogin("ann@example.com", "correct-horse-1")
	cloud.IONOS.AddToken("second")
	cloud.IONOS.RemoveToken("second") // it has expired
	for _, auth := range []wrapper.Auth{wrapper.BasicAuth("ann@example.com", "correct-horse-1"), wrapper.TokenAuth("second")} {
		client, err := wrapper.NewIONOS(auth, wrapper.WithHTTPClient(cloud.HTTPClient()))
		if err != nil {
			log.Fatal(err)
		}
		_, err = client.ListUsers(context.Background())
		fmt.Println(err == nil)
	}
	// Output:
	// true
	// false
}

// What a program asked for: records without secrets, and counts.
func ExampleIONOS_Requests() {
	cloud := wrappertest.New(wrappertest.WithRequestHistory(10))
	client, err := wrapper.NewIONOS(wrapper.TokenAuth(wrappertest.Token), wrapper.WithHTTPClient(cloud.HTTPClient()))
	if err != nil {
		log.Fatal(err)
	}
	_, err = client.ListUsers(context.Background())
	for _, request := range cloud.IONOS.Requests() {
		fmt.Println(request.OperationID, request.Method, request.Path, request.Status, err)
	}
	cloud.IONOS.ForgetRequests()
	fmt.Println(cloud.IONOS.Count(wrappertest.UmUsersGet), cloud.IONOS.Connections(), len(cloud.IONOS.OperationIDs()) > 20)
	// Output:
	// umUsersGet GET /cloudapi/v6/um/users 200 <nil>
	// 0 0 true
}

// How accepted changes turn out, when the clock says so.
func ExampleIONOS_Next() {
	cloud := wrappertest.New(wrappertest.WithRequestTimes(time.Hour, time.Hour))
	client, err := wrapper.NewIONOS(wrapper.TokenAuth(wrappertest.Token), wrapper.WithHTTPClient(cloud.HTTPClient()))
	if err != nil {
		log.Fatal(err)
	}
	cloud.IONOS.FailNext("out of quota")
	cloud.IONOS.Next(wrappertest.Outcome{OperationID: wrappertest.UmUsersPut, NeverEnds: true})
	_, operation, err := client.CreateGroup(context.Background(), gen.GroupProperties{Name: new("ops")})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(cloud.IONOS.AcceptedRequests()[0].Status, len(cloud.IONOS.Outcomes()))
	cloud.Advance(2 * time.Hour)
	status, err := operation.Status(context.Background())
	fmt.Println(status.State, status.ErrorMessage, err)
	cloud.IONOS.ClearOutcomes()
	fmt.Println(cloud.IONOS.AddOutcome(wrappertest.Outcome{OperationID: "no such"}) != nil)
	// Output:
	// QUEUED 1
	// FAILED out of quota <nil>
	// true
}

// A fault that loses the response to the first create: the user exists, and the client cannot know.
func ExampleIONOS_Fault() {
	cloud := wrappertest.New()
	lost := cloud.IONOS.Fault(wrappertest.Fault{
		OperationID: wrappertest.UmUsersPost, Attempt: 1, After: true, Effect: wrappertest.CloseConnection(),
	})
	client, err := wrapper.NewIONOS(wrapper.TokenAuth(wrappertest.Token), wrapper.WithHTTPClient(cloud.HTTPClient()))
	if err != nil {
		log.Fatal(err)
	}
	// Create looks for the user, and finds it.
	user, err := client.Users().Create(context.Background(), wrapper.UserCreate{
		Email: "jo@example.com", FirstName: "Jo", LastName: "Doe", Password: "correct-horse-1",
	})
	fmt.Println(user.Email, err, lost.Hits(), len(cloud.IONOS.Users()))
	lost.Remove()
	// Output: jo@example.com <nil> 1 1
}

// Every effect there is; one of your own is a function.
func ExampleEffect() {
	unwell := []wrappertest.Effect{
		wrappertest.Reply(503, http.Header{"Retry-After": {"0"}}, `{}`), wrappertest.Empty(502), wrappertest.HTML(504),
		wrappertest.Redirect(302, "https://example.com/"), wrappertest.Delay(time.Millisecond), wrappertest.Hang(),
		wrappertest.ResetConnection(), wrappertest.CloseConnection(), wrappertest.TruncateBody(10), wrappertest.TruncateChunked(10),
		wrappertest.SlowBody(time.Millisecond), wrappertest.Endless(200), wrappertest.GzipLie(), wrappertest.GzipBomb(200, 1<<20),
		wrappertest.EditResponse(func(r *wrappertest.Response) { r.Header.Del("Location") }),
		func(w http.ResponseWriter, r *http.Request, carryOut func() *wrappertest.Response) {
			w.WriteHeader(418)
		},
	}
	cloud := wrappertest.New()
	for _, effect := range unwell {
		cloud.IONOS.Fault(wrappertest.Fault{Attempt: 1, Effect: effect})
	}
	cloud.Triton.Fault(wrappertest.Fault{Effect: unwell[0]})
	fmt.Println(len(cloud.IONOS.Faults()), len(cloud.Triton.Faults()))
	cloud.IONOS.ClearFaults()
	cloud.Triton.ClearFaults()
	fmt.Println(len(cloud.IONOS.Faults()), len(cloud.Triton.Faults()))
	// Output:
	// 16 1
	// 0 0
}

// Faults from JSON.
func ExampleIONOS_AddFault() {
	cloud := wrappertest.New()
	fault, err := cloud.IONOS.AddFault(wrappertest.FaultSpec{OperationID: "umUsersGet", Attempt: 1, Effect: "empty", Status: 503})
	if err != nil {
		log.Fatal(err)
	}
	client, err := wrapper.NewIONOS(wrapper.TokenAuth(wrappertest.Token), wrapper.WithHTTPClient(cloud.HTTPClient()))
	if err != nil {
		log.Fatal(err)
	}
	_, err = client.ListUsers(context.Background())
	fmt.Println(err, fault.Hits(), fault.Spec().Effect, fault.ID() > 0)
	_, err = cloud.Triton.AddFault(wrappertest.FaultSpec{Effect: "explode"})
	fmt.Println(err != nil, wrappertest.EffectNames()[0])
	// Output:
	// <nil> 1 empty true
	// true closeConnection
}

// The Triton side: sub-users, their keys and roles, and the account's own keys.
func ExampleTriton() {
	cloud := wrappertest.New()
	cloud.Triton.AddRole("auditors", "CAN listusers")
	cloud.Triton.AddUser(wrappertest.SubUser{Login: "ann_lee", Email: "ann@example.com", Roles: []string{"auditors"}})
	public, _, _ := ed25519.GenerateKey(nil)
	cloud.Triton.AddUserKey("ann_lee", "laptop", public)
	cloud.Triton.AddKey("backup", public)
	cloud.Triton.AddOtherAccount("globex")

	user, found := cloud.Triton.User("ann_lee")
	fmt.Println(user.Email, found, len(cloud.Triton.Users()), len(cloud.Triton.UserKeys("ann_lee")))
	cloud.Triton.RemoveKeys("ann_lee")
	fmt.Println(len(cloud.Triton.UserKeys("ann_lee")), len(cloud.Triton.AccountID()))
	fmt.Println(len(cloud.Triton.Requests()), cloud.Triton.Count(wrappertest.ListTritonUsers), len(cloud.Triton.OperationIDs()) > 6)
	// Output:
	// ann@example.com true 1 1
	// 0 36
	// 0 0 true
}

// The key that the cloud trusts from the start, for a signer under test.
func ExampleTriton_Key() {
	cloud := wrappertest.New()
	key := cloud.Triton.Key()
	fmt.Println(len(wrappertest.Fingerprint(key.Public())), wrappertest.KeyName)
	// Output: 47 first
}

func ExampleParsePublicKey() {
	key, err := wrappertest.ParsePublicKey([]byte("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f ann@laptop"))
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(wrappertest.Fingerprint(key))
	// Output: 0f:a2:0a:d7:38:3e:65:45:08:6b:63:84:1c:ff:dc:ba
}

// A clock that a test moves: a token, a rate limit or an accepted request need not be waited for.
func ExampleNew() {
	cloud := wrappertest.New(wrappertest.WithRequestTimes(time.Hour, time.Hour))
	client, err := wrapper.NewIONOS(wrapper.TokenAuth(wrappertest.Token), wrapper.WithHTTPClient(cloud.HTTPClient()))
	if err != nil {
		log.Fatal(err)
	}
	_, _, err = client.CreateGroup(context.Background(), gen.GroupProperties{Name: new("ops")})
	fmt.Println(cloud.IONOS.AcceptedRequests()[0].Status, err)
	cloud.Advance(2 * time.Hour)
	fmt.Println(cloud.IONOS.AcceptedRequests()[0].Status)
	// Output:
	// QUEUED <nil>
	// DONE
}

// Faults of the Triton side, and of its connections.
func ExampleTriton_Fault() {
	cloud := wrappertest.New()
	fault := cloud.Triton.Fault(wrappertest.Fault{OperationID: wrappertest.ListTritonUsers, Effect: wrappertest.Empty(503)})
	_, err := cloud.Triton.AddFault(wrappertest.FaultSpec{Effect: "html", Status: 502})
	fmt.Println(len(cloud.Triton.Faults()), fault.Hits(), err)
	cloud.Triton.ClearFaults()

	resp, err := cloud.HTTPClient().Get(cloud.Triton.URL() + "/acme/users")
	if err != nil {
		log.Fatal(err)
	}
	resp.Body.Close()
	cloud.Triton.DropConnections() // those of Listen
	fmt.Println(resp.StatusCode, len(cloud.Triton.Requests()), cloud.Triton.Connections())
	cloud.Triton.ForgetRequests()
	// Output:
	// 2 0 <nil>
	// 401 1 0
}

// Options of a cloud: several contracts, limits, full records, a key from the start, and a handler around both clouds.
func ExampleOption() {
	public, _, _ := ed25519.GenerateKey(nil)
	cloud := wrappertest.New(
		wrappertest.WithRequestTimes(time.Second, 2*time.Second),
		wrappertest.WithContracts(31, 32),
		wrappertest.WithRateLimit(600, 50), wrappertest.WithThrottle(10, 20),
		wrappertest.WithFullRecords(), wrappertest.WithRequestHistory(100),
		wrappertest.WithAccountKey("backup", public),
		wrappertest.WithHandler(func(next http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				fmt.Fprintln(os.Stdout, r.Method, r.URL.Path)
				next.ServeHTTP(w, r)
			})
		}),
	)
	client, err := wrapper.NewIONOS(wrapper.TokenAuth(wrappertest.Token), wrapper.WithContractNumber(32), wrapper.WithHTTPClient(cloud.HTTPClient()))
	if err != nil {
		log.Fatal(err)
	}
	_, err = client.ListGroups(context.Background())
	fmt.Println(err)
	// Output:
	// GET /cloudapi/v6/um/groups
	// <nil>
}
