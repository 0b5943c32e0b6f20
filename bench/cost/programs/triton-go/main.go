// Command triton-go prints a user's email address with Triton's SDK.
package main

import (
	"context"
	"fmt"
	"os"

	triton "github.com/TritonDataCenter/triton-go/v2"
	"github.com/TritonDataCenter/triton-go/v2/authentication"
	"github.com/TritonDataCenter/triton-go/v2/identity"
)

func main() {
	email, err := run()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Println(email)
}

func run() (string, error) {
	signer, err := authentication.NewPrivateKeySigner(authentication.PrivateKeySignerInput{
		KeyID:              os.Getenv("TRITON_KEY_ID"),
		PrivateKeyMaterial: []byte(os.Getenv("TRITON_KEY_MATERIAL")),
		AccountName:        os.Getenv("TRITON_ACCOUNT"),
	})
	if err != nil {
		return "", err
	}
	client, err := identity.NewClient(&triton.ClientConfig{
		TritonURL:   os.Getenv("TRITON_URL"),
		AccountName: os.Getenv("TRITON_ACCOUNT"),
		Signers:     []authentication.Signer{signer},
	})
	if err != nil {
		return "", err
	}
	user, err := client.Users().Get(context.Background(), &identity.GetUserInput{UserID: os.Args[1]})
	if err != nil {
		return "", err
	}
	return user.EmailAddress, nil
}
