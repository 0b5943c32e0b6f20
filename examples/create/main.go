// Command create creates an IONOS user and waits until the user exists: the first program of the README.
package main

import (
	"context"
	"fmt"
	"log"

	"github.com/cloudroster/cloudroster/wrapper"
)

func main() {
	client, err := wrapper.NewIONOSFromEnv() // IONOS_TOKEN
	if err != nil {
		log.Fatal(err)
	}
	user, err := client.Users().Create(context.Background(), wrapper.UserCreate{
		Email: "jo@example.com", FirstName: "Jo", LastName: "Meier", Password: "correct-horse-9",
	})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("created", user.ID)
}
