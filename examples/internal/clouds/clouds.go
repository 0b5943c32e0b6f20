// Package clouds connects the examples to the clouds that the environment names, or to two in
// memory.
package clouds

import (
	"iter"
	"os"
	"strings"
	"time"

	"github.com/cloudroster/cloudroster/wrapper"
	"github.com/cloudroster/cloudroster/wrapper/profile"
	"github.com/cloudroster/cloudroster/wrapper/wrappertest"
)

// Clouds are the clients to work with. One that is not configured is nil.
type Clouds struct {
	IONOS  *wrapper.IONOS
	Triton *wrapper.Triton
	// Memory is what stands behind the clients when no real cloud is configured, otherwise nil.
	Memory *wrappertest.Cloud
	// About is a sentence for the user.
	About string
}

// All are the users of each cloud, by its name.
func (c *Clouds) All() iter.Seq2[string, wrapper.Users] {
	return func(yield func(string, wrapper.Users) bool) {
		if c.IONOS != nil && !yield("IONOS", c.IONOS.Users()) {
			return
		}
		if c.Triton != nil {
			yield("Triton", c.Triton.Users())
		}
	}
}

// Connect makes clients of the clouds that the environment names:
//
//	IONOS_TOKEN, or IONOS_USERNAME and IONOS_PASSWORD
//	TRITON_URL, TRITON_ACCOUNT and TRITON_KEY_ID, with the key in ssh-agent or ~/.ssh
//
// With neither, it makes two empty clouds in memory, where a request takes a second.
func Connect() (*Clouds, error) {
	ionos := set("IONOS_TOKEN") || set("IONOS_USERNAME", "IONOS_PASSWORD")
	triton := set("TRITON_URL", "TRITON_ACCOUNT", "TRITON_KEY_ID")
	if !ionos && !triton {
		return inMemory()
	}
	var err error
	var names []string
	c := &Clouds{}
	if ionos {
		if c.IONOS, err = wrapper.NewIONOSFromEnv(); err != nil {
			return nil, err
		}
		names = append(names, "IONOS Cloud")
	}
	if triton {
		var settings *profile.Settings
		if c.Triton, settings, err = (profile.Config{Profile: "env"}).NewTriton(); err != nil {
			return nil, err
		}
		names = append(names, "Triton account "+settings.Account+" at "+settings.URL)
	}
	c.About = "Using " + strings.Join(names, " and ") + "."
	return c, nil
}

func set(variables ...string) bool {
	for _, name := range variables {
		if os.Getenv(name) == "" {
			return false
		}
	}
	return true
}

func inMemory() (*Clouds, error) {
	cloud := wrappertest.New(wrappertest.WithRequestTimes(400*time.Millisecond, 600*time.Millisecond))
	signer, err := wrapper.NewSigner(cloud.Triton.Key())
	if err != nil {
		return nil, err
	}
	auth, err := wrapper.SignatureAuth(wrappertest.Account, signer)
	if err != nil {
		return nil, err
	}
	c := &Clouds{Memory: cloud, About: "No cloud is configured: using two in memory."}
	c.IONOS, err = wrapper.NewIONOS(wrapper.TokenAuth(wrappertest.Token),
		wrapper.WithHTTPClient(cloud.HTTPClient()),
		wrapper.WithPollPolicy(wrapper.PollPolicy{MinDelay: 100 * time.Millisecond}))
	if err != nil {
		return nil, err
	}
	c.Triton, err = wrapper.NewTriton(cloud.Triton.URL(), wrappertest.Account, auth, wrapper.WithHTTPClient(cloud.HTTPClient()))
	return c, err
}
