package main

import (
	"context"
	"crypto/ed25519"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/cloudroster/cloudroster/wrapper"
	"github.com/cloudroster/cloudroster/wrapper/profile"
	"github.com/cloudroster/cloudroster/wrapper/wrappertest"
)

// connect returns clients of the clouds that the environment names; the other is nil. A cloud that
// is named in part is an error.
func connect(ctx context.Context, messages io.Writer) (*wrapper.IONOS, *wrapper.Triton, error) {
	var (
		ionos  *wrapper.IONOS
		triton *wrapper.Triton
		err    error
	)
	if named("IONOS_") {
		if ionos, _, err = profile.NewIONOS(); err != nil {
			return nil, nil, err
		}
	}
	if named("TRITON_", "SDC_") {
		if triton, _, err = profile.NewTriton(ctx); err != nil {
			return nil, nil, err
		}
	}
	if ionos == nil && triton == nil {
		fmt.Fprintln(messages, "No cloud is configured: using two in memory.")
		return clientsOf(people())
	}
	return ionos, triton, nil
}

// named reports whether the environment has a variable that begins so and is not empty: a cloud that is named in part,
// by TRITON_ACCOUNT alone or an IONOS_CONTRACT_NUMBER, must not be left out without a word.
func named(prefixes ...string) bool {
	for _, variable := range os.Environ() {
		name, value, _ := strings.Cut(variable, "=")
		for _, prefix := range prefixes {
			if value != "" && strings.HasPrefix(name, prefix) {
				return true
			}
		}
	}
	return false
}

// people are two clouds in memory with something to report.
func people() *wrappertest.Cloud {
	cloud := wrappertest.New()
	add := func(first, last, email string, administrator, inactive bool) string {
		return cloud.IONOS.AddUser(wrappertest.User{
			FirstName: first, LastName: last, Email: email, Administrator: administrator, Inactive: inactive,
		})
	}
	ann, max := add("Ann", "Lee", "ann@example.com", false, false), add("Max", "Ray", "max@example.com", false, true)
	add("Bea", "Fox", "bea@example.com", true, false)
	operators := cloud.IONOS.AddGroup(wrappertest.Group{
		Name: "Operators", Privileges: map[string]any{"createSnapshot": true, "reserveIp": true, "createNewThing": true},
	})
	cloud.IONOS.AddMember(operators, ann)
	cloud.IONOS.AddMember(operators, max)
	production := cloud.IONOS.AddResource(wrappertest.Resource{Type: "datacenter", Name: "production"})
	cloud.IONOS.AddShare(operators, wrappertest.Share{ResourceID: production, EditPrivilege: true})
	cloud.Triton.AddRole("auditors")
	cloud.Triton.AddUser(wrappertest.SubUser{
		Login: "ann_lee", Email: "ann@example.com", Roles: []string{"auditors"}, DefaultRoles: []string{"auditors"},
	})
	cloud.Triton.AddUserKey("ann_lee", "laptop", ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize)).Public())
	return cloud
}

func clientsOf(cloud *wrappertest.Cloud) (*wrapper.IONOS, *wrapper.Triton, error) {
	ionos, err := wrapper.NewIONOS(wrapper.TokenAuth(wrappertest.Token), wrapper.WithHTTPClient(cloud.HTTPClient()))
	if err != nil {
		return nil, nil, err
	}
	signer, err := wrapper.NewSigner(cloud.Triton.Key())
	if err != nil {
		return nil, nil, err
	}
	auth, err := wrapper.SignatureAuth(wrappertest.Account, signer)
	if err != nil {
		return nil, nil, err
	}
	triton, err := wrapper.NewTriton(cloud.Triton.URL(), wrappertest.Account, auth, wrapper.WithHTTPClient(cloud.HTTPClient()))
	return ionos, triton, err
}
