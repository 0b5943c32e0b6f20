// Command ours prints a user's email address with package wrapper.
package main

import (
	"context"
	"fmt"
	"os"

	"github.com/cloudroster/cloudroster/wrapper"
)

func main() {
	client, err := wrapper.NewIONOS(wrapper.TokenAuth(os.Getenv("IONOS_TOKEN")))
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	user, err := client.GetUser(context.Background(), os.Args[1])
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Println(user.Properties.Email)
}
