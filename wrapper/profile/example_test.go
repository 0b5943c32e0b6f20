package profile_test

import (
	"context"
	"fmt"
	"log"
	"os"

	"github.com/cloudroster/cloudroster/wrapper/profile"
)

// The client that TRITON_URL, TRITON_ACCOUNT and TRITON_KEY_ID describe, or else a profile of the vendor's tool. The error
// names the variable, the field or the key that is missing.
func ExampleNewTriton() {
	os.Setenv("TRITON_URL", "https://cloudapi.example.com")
	os.Setenv("TRITON_ACCOUNT", "acme")
	os.Setenv("TRITON_KEY_ID", "6f:9c:4a:00:00:00:00:00:00:00:00:00:00:00:00:00")
	client, settings, err := profile.NewTriton(context.Background())
	if err != nil {
		fmt.Println("no client without the key")
		return
	}
	fmt.Println(client.Account(), settings.Source)
	// Output: no client without the key
}

// The client that IONOS_TOKEN describes, or else a profile of the vendor's tool.
func ExampleNewIONOS() {
	os.Setenv("IONOS_TOKEN", "token")
	os.Setenv("IONOS_API_URL", "https://api.ionos.com")
	client, settings, err := profile.NewIONOS()
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(client, settings.Source)
	// Output: wrapper.IONOS(https://api.ionos.com/cloudapi/v6/) environment
}

// A program with settings of its own in place of the environment.
func ExampleConfig() {
	own := map[string]string{"IONOS_TOKEN": "token", "IONOS_CONTRACT_NUMBER": "31", "TRITON_URL": "https://cloudapi.example.com", "TRITON_ACCOUNT": "acme", "TRITON_KEY_ID": "id_ed25519"}
	config := profile.Config{Getenv: func(name string) string { return own[name] }, Home: "/nonexistent"}
	client, ionos, err := config.NewIONOS()
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(client, ionos.Name, ionos.Contract)
	triton, err := config.Settings()
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(triton.Account, triton.URL, triton.KeyID)
	_, err = config.Signer(context.Background(), triton)
	fmt.Println("the key is missing:", err != nil)
	_, _, err = config.NewTriton(context.Background())
	fmt.Println("so is the client:", err != nil)
	// Output:
	// wrapper.IONOS(https://api.ionos.com/cloudapi/v6/) env 31
	// acme https://cloudapi.example.com id_ed25519
	// the key is missing: true
	// so is the client: true
}

// What a profile says, without its secrets and without a client.
func ExampleConfig_IONOSSettings() {
	own := map[string]string{"IONOS_USERNAME": "ann@example.com", "IONOS_PASSWORD": "correct-horse-1"}
	config := profile.Config{Getenv: func(name string) string { return own[name] }, Home: "/nonexistent"}
	settings, err := config.IONOSSettings()
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(settings.Username, settings.Source)
	// Output: ann@example.com environment
}
