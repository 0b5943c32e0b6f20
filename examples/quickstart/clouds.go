package main

import (
	"context"
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
	IONOS  *wrapper.IONOS
	Triton *wrapper.Triton
	// Memory is what stands behind the clients when no real cloud is configured, otherwise nil.
	Memory *wrappertest.Cloud
	// About is a sentence for the user.
	About string
}

// all are the users of each cloud, by its name.
func (c *clouds) all() iter.Seq2[string, wrapper.Users] {
	return func(yield func(string, wrapper.Users) bool) {
		if c.IONOS != nil && !yield("IONOS", c.IONOS.Users()) {
			return
		}
		if c.Triton != nil {
			yield("Triton", c.Triton.Users())
		}
	}
}

// connect returns clients of the clouds that the environment names:
//
//	IONOS_TOKEN, or IONOS_USERNAME and IONOS_PASSWORD
//	TRITON_URL, TRITON_ACCOUNT and TRITON_KEY_ID, with the key in ssh-agent or ~/.ssh
//
// A cloud that is named in part is an error. With neither, connect returns clients of two empty
// clouds in memory, where a request takes a second.
func connect(ctx context.Context) (*clouds, error) {
	ionos := set("IONOS_TOKEN", "IONOS_USERNAME", "IONOS_PASSWORD")
	triton := set("TRITON_URL", "TRITON_ACCOUNT", "TRITON_KEY_ID")
	if !ionos && !triton {
		return inMemory()
	}
	var err error
	var names []string
	c := &clouds{}
	if ionos {
		if c.IONOS, err = wrapper.NewIONOSFromEnv(); err != nil {
			return nil, err
		}
		names = append(names, "IONOS Cloud")
	}
	if triton {
		var settings *profile.Settings
		if c.Triton, settings, err = (profile.Config{Profile: "env"}).NewTriton(ctx); err != nil {
			return nil, err
		}
		names = append(names, "Triton account "+settings.Account+" at "+settings.URL)
	}
	c.About = "Using " + strings.Join(names, " and ") + "."
	return c, nil
}

// set reports whether one of the variables is set and not empty.
func set(variables ...string) bool {
	for _, name := range variables {
		if os.Getenv(name) != "" {
			return true
		}
	}
	return false
}

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
	c := &clouds{Memory: cloud, About: "No cloud is configured: using two in memory."}
	c.IONOS, err = wrapper.NewIONOS(wrapper.TokenAuth(wrappertest.Token),
		wrapper.WithHTTPClient(cloud.HTTPClient()),
		wrapper.WithPollPolicy(wrapper.PollPolicy{MinDelay: 100 * time.Millisecond}))
	if err != nil {
		return nil, err
	}
	c.Triton, err = wrapper.NewTriton(cloud.Triton.URL(), wrappertest.Account, auth, wrapper.WithHTTPClient(cloud.HTTPClient()))
	return c, err
}
