package profile_test

import (
	"context"
	"fmt"
	"log"

	"github.com/cloudroster/cloudroster/wrapper/profile"
)

func ExampleNewTriton() {
	client, settings, err := profile.NewTriton(context.Background())
	if err != nil {
		log.Fatal(err) // names the variable, the field or the key that is missing
	}
	fmt.Println("using", settings.Source)
	for user, err := range client.AllUsers(context.Background()) {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(user.Login)
	}
}

func ExampleConfig() {
	loader := profile.Config{
		Profile: "east",
		Passphrase: func(key string) ([]byte, error) {
			return nil, fmt.Errorf("nobody is here to open %s", key)
		},
	}
	client, _, err := loader.NewTriton(context.Background())
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(client.Account())
}
