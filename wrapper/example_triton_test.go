package wrapper_test

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"

	"github.com/cloudroster/cloudroster/gen"
	"github.com/cloudroster/cloudroster/wrapper"
	"github.com/cloudroster/cloudroster/wrapper/wrappertest"
)

// A program of yours gets its client from package profile, which reads TRITON_URL, TRITON_ACCOUNT and TRITON_KEY_ID.
func ExampleNewTriton() {
	cloud := wrappertest.New()
	signer, err := wrapper.NewSigner(cloud.Triton.Key()) // any crypto.Signer; package sshkey reads files and asks agents
	if err != nil {
		log.Fatal(err)
	}
	auth, err := wrapper.SignatureAuth(wrappertest.Account, signer)
	if err != nil {
		log.Fatal(err)
	}
	client, err := wrapper.NewTriton(cloud.Triton.URL(), wrappertest.Account, auth, wrapper.WithHTTPClient(cloud.HTTPClient()))
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(client.Account())
	// Output: acme
}

// A key as an Auth, for a sub-user as well: the names are those of Triton.
func ExampleSignatureAuth() {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		log.Fatal(err)
	}
	signer, err := wrapper.NewSigner(key)
	if err != nil {
		log.Fatal(err)
	}
	auth, err := wrapper.SignatureAuth("acme", signer, wrapper.WithSubUser("jo.doe"), wrapper.WithKeyName("laptop"))
	if err != nil {
		log.Fatal(err)
	}
	r, err := http.NewRequest(http.MethodGet, "https://cloudapi.example.com/acme/users", nil)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(auth.Authorize(r), r.Header.Get("Authorization")[:60], len(r.Header.Get("Date")))
	fmt.Println(signer.Algorithm(), len(signer.Fingerprint()))
	// Output:
	// <nil> Signature keyId="/acme/users/jo.doe/keys/laptop",algorithm=" 29
	// rsa-sha256 47
}

// A user from creation to deletion.
func ExampleTriton_CreateUser() {
	cloud := wrappertest.New()
	signer, _ := wrapper.NewSigner(cloud.Triton.Key())
	auth, _ := wrapper.SignatureAuth(wrappertest.Account, signer)
	client, err := wrapper.NewTriton(cloud.Triton.URL(), wrappertest.Account, auth, wrapper.WithHTTPClient(cloud.HTTPClient()))
	if err != nil {
		log.Fatal(err)
	}
	ctx := context.Background()
	user, err := client.CreateUser(ctx, gen.TritonUserCreate{Login: "jo.doe", Email: "jo@example.com", Password: "correct-horse-1", City: new("Oslo")})
	if err != nil {
		log.Fatal(err)
	}
	user, err = client.UpdateUser(ctx, user.ID, gen.TritonUserUpdate{City: new("")}) // nil would keep it
	if err != nil {
		log.Fatal(err)
	}
	_, err = client.ChangeUserPassword(ctx, user.ID, "correct-horse-2")
	fmt.Printf("%s %q %v %v\n", user.Login, user.City, err, client.DeleteUser(ctx, user.ID))
	// Output: jo.doe "" <nil> <nil>
}

func ExampleTriton_AllUsers() {
	cloud := wrappertest.New()
	id := cloud.Triton.AddUser(wrappertest.SubUser{Login: "ann_lee", Email: "ann@example.com", Roles: []string{"auditors"}})
	signer, _ := wrapper.NewSigner(cloud.Triton.Key())
	auth, _ := wrapper.SignatureAuth(wrappertest.Account, signer)
	client, err := wrapper.NewTriton(cloud.Triton.URL(), wrappertest.Account, auth, wrapper.WithHTTPClient(cloud.HTTPClient()))
	if err != nil {
		log.Fatal(err)
	}
	ctx := context.Background()
	for user, err := range client.AllUsers(ctx) {
		fmt.Println(user.Login, err)
	}
	all, _ := client.ListUsers(ctx)
	user, _ := client.GetUser(ctx, "ann_lee") // by login or id
	withRoles, _ := client.GetUserWithRoles(ctx, id)
	fmt.Println(len(all), user.Roles, withRoles.Roles)
	// Output:
	// ann_lee <nil>
	// 1 [] [auditors]
}

// A user with SSH keys is deleted with WithKeys only.
func ExampleTriton_DeleteUser() {
	cloud := wrappertest.New()
	cloud.Triton.AddUser(wrappertest.SubUser{Login: "ann_lee", Email: "ann@example.com"})
	cloud.Triton.AddUserKey("ann_lee", "laptop", cloud.Triton.Key().Public())
	signer, _ := wrapper.NewSigner(cloud.Triton.Key())
	auth, _ := wrapper.SignatureAuth(wrappertest.Account, signer)
	client, err := wrapper.NewTriton(cloud.Triton.URL(), wrappertest.Account, auth, wrapper.WithHTTPClient(cloud.HTTPClient()))
	if err != nil {
		log.Fatal(err)
	}
	err = client.DeleteUser(context.Background(), "ann_lee")
	fmt.Println(errors.Is(err, wrapper.ErrConflict))
	fmt.Println(client.DeleteUser(context.Background(), "ann_lee", wrapper.WithKeys()))
	// Output:
	// true
	// <nil>
}

func ExampleTriton_CreateUserKey() {
	cloud := wrappertest.New()
	cloud.Triton.AddUser(wrappertest.SubUser{Login: "ann_lee", Email: "ann@example.com"})
	signer, _ := wrapper.NewSigner(cloud.Triton.Key())
	auth, _ := wrapper.SignatureAuth(wrappertest.Account, signer)
	client, err := wrapper.NewTriton(cloud.Triton.URL(), wrappertest.Account, auth, wrapper.WithHTTPClient(cloud.HTTPClient()))
	if err != nil {
		log.Fatal(err)
	}
	ctx := context.Background()
	_, err = client.CreateUserKey(ctx, "ann_lee", gen.TritonKeyCreate{
		Name: new("laptop"), Key: "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f",
	})
	if err != nil {
		log.Fatal(err)
	}
	keys, _ := client.ListUserKeys(ctx, "ann_lee")
	key, _ := client.GetUserKey(ctx, "ann_lee", "laptop") // by name or fingerprint
	fmt.Println(len(keys), key.Name, client.DeleteUserKey(ctx, "ann_lee", key.Fingerprint))
	// Output: 1 laptop <nil>
}

// Roles that are sent with every request, and the client as Users.
func ExampleWithRoles() {
	cloud := wrappertest.New()
	cloud.Triton.AddRole("auditors", "CAN listusers")
	cloud.Triton.AddUser(wrappertest.SubUser{Login: "ann_lee", Email: "ann@example.com", Roles: []string{"auditors"}})
	cloud.Triton.AddUserKey("ann_lee", "laptop", cloud.Triton.Key().Public())
	signer, _ := wrapper.NewSigner(cloud.Triton.Key())
	auth, _ := wrapper.SignatureAuth(wrappertest.Account, signer, wrapper.WithSubUser("ann_lee"))
	client, err := wrapper.NewTriton(cloud.Triton.URL(), wrappertest.Account, auth,
		wrapper.WithRoles("auditors"), wrapper.WithHTTPClient(cloud.HTTPClient()))
	if err != nil {
		log.Fatal(err)
	}
	for user, err := range client.Users().All(context.Background()) {
		fmt.Println(user.Login, err)
	}
	// Output: ann_lee <nil>
}

// Raw signs any request of the account for every endpoint of the cloud: this one lists the packages. Triton does what it
// is asked before it responds, so there is no operation to wait for.
func ExampleTriton_Raw() {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, r.Method, " ", r.URL.Path) }))
	defer server.Close()
	signer, _ := wrapper.NewSigner(wrappertest.New().Triton.Key())
	auth, _ := wrapper.SignatureAuth("acme", signer)
	client, err := wrapper.NewTriton(server.URL, "acme", auth, wrapper.WithHTTPClient(server.Client()))
	if err != nil {
		log.Fatal(err)
	}
	raw := client.Raw()
	r, err := http.NewRequestWithContext(context.Background(), http.MethodGet, raw.Server+client.Account()+"/packages", nil)
	if err != nil {
		log.Fatal(err)
	}
	resp, err := raw.Client.Do(r)
	if err != nil {
		log.Fatal(err) // an *Error for every status that is not a success
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	fmt.Println(string(body), err)
	// Output: GET /acme/packages <nil>
}
