package main

import (
	"iter"
	"os"
	"strings"
	"time"

	"github.com/cloudroster/cloudroster/wrapper"
	"github.com/cloudroster/cloudroster/wrapper/profile"
	"github.com/cloudroster/cloudroster/wrapper/wrappertest"
)

// clouds are the clients to work with. One that is not configured is nil.
type clouds struct {
	ionos  *wrapper.IONOS
	triton *wrapper.Triton
	real   bool
	about  string
}

// all are the users of each cloud, by its name.
func (c *clouds) all() iter.Seq2[string, wrapper.Users] {
	return func(yield func(string, wrapper.Users) bool) {
		if c.ionos != nil && !yield("IONOS", c.ionos.Users()) {
			return
		}
		if c.triton != nil {
			yield("Triton", c.triton.Users())
		}
	}
}

// connect makes clients of the clouds that the environment names, or else of two in memory.
func connect() (*clouds, error) {
	ionos := set("IONOS_TOKEN") || set("IONOS_USERNAME", "IONOS_PASSWORD")
	triton := set("TRITON_URL", "TRITON_ACCOUNT", "TRITON_KEY_ID")
	if !ionos && !triton {
		return inMemory()
	}
	var err error
	var names []string
	c := &clouds{real: true}
	if ionos {
		if c.ionos, err = wrapper.NewIONOSFromEnv(); err != nil {
			return nil, err
		}
		names = append(names, "IONOS Cloud")
	}
	if triton {
		var settings *profile.Settings
		if c.triton, settings, err = (profile.Loader{Profile: "env"}).NewTriton(); err != nil {
			return nil, err
		}
		names = append(names, "Triton account "+settings.Account+" at "+settings.URL)
	}
	c.about = "Using " + strings.Join(names, " and ") + "."
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

// inMemory are two empty clouds in this process, where a request takes a second.
func inMemory() (*clouds, error) {
	cloud := wrappertest.New(wrappertest.WithRequestTimes(400*time.Millisecond, 600*time.Millisecond))
	signer, err := wrapper.NewSigner(cloud.Triton.Key())
	if err != nil {
		return nil, err
	}
	auth, err := wrapper.SignatureAuth(wrappertest.Account, signer)
	if err != nil {
		return nil, err
	}
	c := &clouds{about: "No cloud is configured: using two in memory."}
	c.ionos, err = wrapper.NewIONOS(wrapper.TokenAuth(wrappertest.Token),
		wrapper.WithHTTPClient(cloud.HTTPClient()),
		wrapper.WithPollPace(wrapper.PollPace{Min: 100 * time.Millisecond}))
	if err != nil {
		return nil, err
	}
	c.triton, err = wrapper.NewTriton(cloud.Triton.URL(), wrappertest.Account, auth, wrapper.WithHTTPClient(cloud.HTTPClient()))
	return c, err
}
