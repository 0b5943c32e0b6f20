package wrapper_test

import (
	"context"
	"errors"
	"fmt"
	"log"

	"github.com/cloudroster/cloudroster/wrapper"
	"github.com/cloudroster/cloudroster/wrapper/wrappertest"
)

// One program for both clouds.
func ExampleUsers() {
	cloud := wrappertest.New()
	ionos, err := wrapper.NewIONOS(wrapper.TokenAuth(wrappertest.Token), wrapper.WithHTTPClient(cloud.HTTPClient()))
	if err != nil {
		log.Fatal(err)
	}
	signer, _ := wrapper.NewSigner(cloud.Triton.Key())
	auth, _ := wrapper.SignatureAuth(wrappertest.Account, signer)
	triton, err := wrapper.NewTriton(cloud.Triton.URL(), wrappertest.Account, auth, wrapper.WithHTTPClient(cloud.HTTPClient()))
	if err != nil {
		log.Fatal(err)
	}
	for _, users := range []wrapper.Users{ionos.Users(), triton.Users()} {
		user, err := users.Create(context.Background(), wrapper.UserCreate{
			Login: "jo_doe", Email: "jo@example.com", FirstName: "Jo", LastName: "Doe", Password: "correct-horse-1",
		})
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println("log in as", user.Login)
	}
	// Output:
	// log in as jo@example.com
	// log in as jo_doe
}

func ExampleUsers_Get() {
	cloud := wrappertest.New()
	cloud.IONOS.AddUser(wrappertest.User{FirstName: "Ann", LastName: "Lee", Email: "ann@example.com"})
	client, err := wrapper.NewIONOS(wrapper.TokenAuth(wrappertest.Token), wrapper.WithHTTPClient(cloud.HTTPClient()))
	if err != nil {
		log.Fatal(err)
	}
	users := client.Users()
	for _, name := range []string{"ann@example.com", "ANN@example.com", "max@example.com"} {
		user, err := users.Get(context.Background(), name) // by id, email address or login
		if errors.Is(err, wrapper.ErrNotFound) {
			fmt.Println("no", name)
			continue
		}
		fmt.Println(user.FirstName, user.LastName, err)
	}
	// Output:
	// Ann Lee <nil>
	// Ann Lee <nil>
	// no max@example.com
}

// What only one cloud has is a field of its own; the other cloud returns errors.ErrUnsupported.
func ExampleUsers_Update() {
	cloud := wrappertest.New()
	cloud.IONOS.AddUser(wrappertest.User{FirstName: "Ann", LastName: "Lee", Email: "ann@example.com"})
	client, err := wrapper.NewIONOS(wrapper.TokenAuth(wrappertest.Token), wrapper.WithHTTPClient(cloud.HTTPClient()))
	if err != nil {
		log.Fatal(err)
	}
	ctx := context.Background()
	user, err := client.Users().Update(ctx, "ann@example.com", wrapper.UserUpdate{
		LastName: new("Ray"), IONOS: &wrapper.IONOSFields{Active: new(false)},
	})
	fmt.Println(user.LastName, user.IONOS.Properties.Active, err)
	_, err = client.Users().Update(ctx, user.ID, wrapper.UserUpdate{Triton: &wrapper.TritonFields{City: new("Oslo")}})
	fmt.Println(errors.Is(err, errors.ErrUnsupported))
	// Output:
	// Ray false <nil>
	// true
}

// A new password for everybody, and a list of those who have none yet.
func ExampleUsers_SetPassword() {
	cloud := wrappertest.New()
	cloud.IONOS.AddUser(wrappertest.User{FirstName: "Ann", LastName: "Lee", Email: "ann@example.com"})
	cloud.IONOS.AddUser(wrappertest.User{FirstName: "Max", LastName: "Ray", Email: "max@example.com"})
	client, err := wrapper.NewIONOS(wrapper.TokenAuth(wrappertest.Token), wrapper.WithHTTPClient(cloud.HTTPClient()))
	if err != nil {
		log.Fatal(err)
	}
	ctx, users := context.Background(), client.Users()
	for user, err := range users.All(ctx) {
		if err != nil {
			log.Fatal(err)
		}
		password := wrapper.Secret("new-for-" + user.FirstName + "-1") // yours is random, and is stored before it is set
		if err := users.SetPassword(ctx, user.ID, password); err != nil {
			fmt.Println("left to do:", user.ID, err)
			continue
		}
		fmt.Println(user.Email, password)
	}
	// Output:
	// ann@example.com [redacted]
	// max@example.com [redacted]
}

func ExampleUsers_Delete() {
	cloud := wrappertest.New()
	cloud.IONOS.AddUser(wrappertest.User{FirstName: "Ann", LastName: "Lee", Email: "ann@example.com"})
	client, err := wrapper.NewIONOS(wrapper.TokenAuth(wrappertest.Token), wrapper.WithHTTPClient(cloud.HTTPClient()))
	if err != nil {
		log.Fatal(err)
	}
	// WithKeys deletes the SSH keys of a Triton user, and means nothing on IONOS.
	err = client.Users().Delete(context.Background(), "ann@example.com", wrapper.WithKeys())
	fmt.Println(err, len(cloud.IONOS.Users()))
	// Output: <nil> 0
}

// A snapshot finds many people with one read of the list.
func ExampleNewSnapshot() {
	cloud := wrappertest.New()
	cloud.IONOS.AddUser(wrappertest.User{FirstName: "Ann", LastName: "Lee", Email: "ann@example.com"})
	client, err := wrapper.NewIONOS(wrapper.TokenAuth(wrappertest.Token), wrapper.WithHTTPClient(cloud.HTTPClient()))
	if err != nil {
		log.Fatal(err)
	}
	snapshot, err := wrapper.NewSnapshot(context.Background(), client.Users())
	if err != nil {
		log.Fatal(err)
	}
	for _, email := range []string{"ann@example.com", "max@example.com"} {
		_, err := snapshot.Get(email)
		fmt.Println(email, !errors.Is(err, wrapper.ErrNotFound))
	}
	for user := range snapshot.All() {
		fmt.Println(user.FirstName, snapshot.Len())
	}
	// Output:
	// ann@example.com true
	// max@example.com false
	// Ann 1
}

func ExampleSecret() {
	user := wrapper.UserCreate{Email: "jo@example.com", Password: "correct-horse-1"}
	fmt.Println(user.Password, string(user.Password) == "correct-horse-1")
	// Output: [redacted] true
}
