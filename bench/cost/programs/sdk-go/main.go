// Command sdk-go prints a user's email address with IONOS's SDK.
package main

import (
	"context"
	"fmt"
	"os"

	ionoscloud "github.com/ionos-cloud/sdk-go/v6"
)

func main() {
	client := ionoscloud.NewAPIClient(ionoscloud.NewConfiguration("", "", os.Getenv("IONOS_TOKEN"), ""))
	user, _, err := client.UserManagementApi.UmUsersFindById(context.Background(), os.Args[1]).Execute()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Println(*user.Properties.Email)
}
