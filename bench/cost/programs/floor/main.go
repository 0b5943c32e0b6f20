// Command floor prints a user's email address with the standard library alone.
package main

import (
	"context"
	"fmt"
	"net/http"
	"os"

	"github.com/cloudroster/cloudroster/bench/floor"
)

func main() {
	client := &floor.Client{Base: "https://api.ionos.com/cloudapi/v6", Token: os.Getenv("IONOS_TOKEN"), HTTP: http.DefaultClient}
	user, err := client.GetUser(context.Background(), os.Args[1])
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Println(user.Properties.Email)
}
