// Command create creates an IONOS user and waits until the user exists: the first program of the README.
package main

import (
	"context"
	"log"

	"github.com/cloudroster/cloudroster/wrapper"
)

func main() {
	client, err := wrapper.NewIONOSFromEnv() // IONOS_TOKEN
	if err != nil {
		log.Fatal(err)
	}
	jo := wrapper.UserCreate{Email: "jo@example.com", FirstName: "Jo", LastName: "Meier", Password: "correct-horse-9"}
	if _, err := client.Users().Create(context.Background(), jo); err != nil {
		log.Fatal(err)
	}
	log.Print("created ", jo.Email)
}
