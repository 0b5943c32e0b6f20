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
//	TRITON_URL, TRITON_ACCOUNT and TRITON_KEY_ID, with the key in ssh-agent or ~/.ssh, or TRITON_PROFILE
//
// A cloud that is named in part is an error. With neither, connect returns clients of two empty
// clouds in memory, where a request takes a second.
func connect(ctx context.Context) (*clouds, error) {
	ionos, triton := named("IONOS_"), named("TRITON_", "SDC_")
	if !ionos && !triton {
		return inMemory()
	}
	var err error
	var names []string
	c := &clouds{}
	if ionos {
		if c.IONOS, _, err = profile.NewIONOS(); err != nil {
			return nil, err
		}
		names = append(names, "IONOS Cloud")
	}
	if triton {
		var settings *profile.Settings
		if c.Triton, settings, err = profile.NewTriton(ctx); err != nil {
			return nil, err
		}
		names = append(names, "Triton account "+settings.Account+" at "+settings.URL)
	}
	c.About = "Using " + strings.Join(names, " and ") + "."
	return c, nil
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
