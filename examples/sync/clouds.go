package main

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"os"
	"strings"
	"time"

	"github.com/cloudroster/cloudroster/wrapper"
	"github.com/cloudroster/cloudroster/wrapper/profile"
	"github.com/cloudroster/cloudroster/wrapper/wrappertest"
)

// cloud is one of the two clouds that people are kept on.
type cloud struct {
	name  string
	users wrapper.Users
	// ionos is nil on Triton, which has no groups and no inactive users.
	ionos *wrapper.IONOS
	// self are ids or logins of whoever runs this program: never deleted, never deactivated.
	self []string
}

// connect returns the clouds that the environment names. A cloud that is named in part is an
// error, so that nobody is left out by a forgotten variable. If neither is named, connect returns
// two clouds in memory to try the program on.
func connect(ctx context.Context) ([]cloud, string, error) {
	var clouds []cloud
	var names []string
	if named("IONOS_") {
		client, settings, err := profile.NewIONOS()
		if err != nil {
			return nil, "", err
		}
		clouds = append(clouds, cloud{
			name: "IONOS", users: client.Users(), ionos: client,
			self: []string{settings.Username, userOfToken(os.Getenv("IONOS_TOKEN"))},
		})
		names = append(names, "IONOS Cloud")
	}
	if named("TRITON_", "SDC_") {
		client, settings, err := profile.NewTriton(ctx)
		if err != nil {
			return nil, "", err
		}
		clouds = append(clouds, cloud{name: "Triton", users: client.Users(), self: []string{settings.User}})
		names = append(names, "Triton account "+settings.Account)
	}
	if len(clouds) == 0 {
		clouds, _, err := inMemory()
		return clouds, "No cloud is configured: using two in memory.", err
	}
	return clouds, "Using " + strings.Join(names, " and ") + ".", nil
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

func inMemory() ([]cloud, *wrappertest.Cloud, error) {
	memory := wrappertest.New(wrappertest.WithRequestTimes(200*time.Millisecond, 300*time.Millisecond))
	for _, name := range []string{"Operators", "Auditors"} {
		memory.IONOS.AddGroup(wrappertest.Group{Name: name})
	}
	signer, err := wrapper.NewSigner(memory.Triton.Key())
	if err != nil {
		return nil, nil, err
	}
	auth, err := wrapper.SignatureAuth(wrappertest.Account, signer)
	if err != nil {
		return nil, nil, err
	}
	ionos, err := wrapper.NewIONOS(wrapper.TokenAuth(wrappertest.Token),
		wrapper.WithHTTPClient(memory.HTTPClient()),
		wrapper.WithPollPolicy(wrapper.PollPolicy{MinDelay: 100 * time.Millisecond}))
	if err != nil {
		return nil, nil, err
	}
	triton, err := wrapper.NewTriton(memory.Triton.URL(), wrappertest.Account, auth, wrapper.WithHTTPClient(memory.HTTPClient()))
	if err != nil {
		return nil, nil, err
	}
	return []cloud{
		{name: "IONOS", users: ionos.Users(), ionos: ionos},
		{name: "Triton", users: triton.Users()},
	}, memory, nil
}

// userOfToken returns the user id in an IONOS token, "" if there is none. IONOS tokens are JWTs;
// the signature does not matter here, because the id only protects somebody from this program.
func userOfToken(token string) string {
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		return ""
	}
	payload, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil {
		return ""
	}
	var claims struct {
		Identity struct {
			UUID string `json:"uuid"`
		} `json:"identity"`
	}
	if json.Unmarshal(payload, &claims) != nil {
		return ""
	}
	return claims.Identity.UUID
}
