package main

import (
	"bytes"
	_ "embed"
	"errors"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cloudroster/cloudroster/wrapper"
	"github.com/cloudroster/cloudroster/wrapper/wrappertest"
)

// result is what a run of the command comes to.
type result struct {
	code           int
	stdout, stderr string
}

// runWith runs the command; change may replace parts of the environment.
func runWith(t *testing.T, env environment, args ...string) result {
	t.Helper()
	var stdout, stderr bytes.Buffer
	env.stdout, env.stderr = &stdout, &stderr
	code := run(t.Context(), args, env)
	return result{code, stdout.String(), stderr.String()}
}

// onCloud is an environment whose credentials are those of an in-memory cloud.
func onCloud(t *testing.T, cloud *wrappertest.Cloud) environment {
	t.Helper()
	once := wrapper.WithRetry(wrapper.RetryPolicy{MaxAttempts: 1})
	return environment{
		transport: cloud.Transport(),
		ionos: func(opts ...wrapper.IONOSOption) (*wrapper.IONOS, error) {
			return wrapper.NewIONOS(wrapper.TokenAuth(wrappertest.Token), append(opts, once)...)
		},
		triton: func(opts ...wrapper.TritonOption) (*wrapper.Triton, error) {
			signer, err := wrapper.NewSigner(cloud.Triton.Key())
			if err != nil {
				return nil, err
			}
			auth, err := wrapper.SignatureAuth(wrappertest.Account, signer)
			if err != nil {
				return nil, err
			}
			return wrapper.NewTriton(cloud.Triton.URL(), wrappertest.Account, auth, append(opts, once)...)
		},
	}
}

// peopled is a cloud in which there is something of everything.
func peopled(t *testing.T) *wrappertest.Cloud {
	t.Helper()
	cloud := wrappertest.New()
	user := cloud.IONOS.AddUser(wrappertest.User{FirstName: "Ann", LastName: "Lee", Email: "ann@example.com", Password: "s3cret-pass"})
	cloud.IONOS.AddUser(wrappertest.User{FirstName: "Bo", LastName: "Ek", Email: "bo@example.com"})
	group := cloud.IONOS.AddGroup(wrappertest.Group{Name: "ops"})
	cloud.IONOS.AddMember(group, user)
	resource := cloud.IONOS.AddResource(wrappertest.Resource{Type: "datacenter", Name: "one", Owner: user})
	cloud.IONOS.AddShare(group, wrappertest.Share{ResourceID: resource, EditPrivilege: true})
	cloud.Triton.AddUser(wrappertest.SubUser{Login: "jones", Email: "jones@example.com"})
	return cloud
}

// engines stand in for the tools: oasdiff prints out, the generator makes one type, and broken ones fail.
func engines(out string, err error, broken ...string) environment {
	return environment{command: func(command *exec.Cmd) ([]byte, error) {
		for _, name := range broken {
			if slices.Contains(command.Args, name) {
				return nil, errors.New(name + " failed")
			}
		}
		if !slices.Contains(command.Args, generator) {
			return []byte(out), err
		}
		config := command.Args[slices.Index(command.Args, "-config")+1]
		return nil, os.WriteFile(filepath.Join(filepath.Dir(config), "gen.go"), []byte("package gen\ntype User struct{}\n"), 0o600)
	}}
}

// recorded is a document of an earlier version, which the edits of the tests are written for.
//
//go:embed testdata/openapi.yaml
var recorded string

// documents writes the recorded document and a changed one.
func documents(t *testing.T, change func(string) string) (old, current string) {
	t.Helper()
	directory := t.TempDir()
	old, current = filepath.Join(directory, "old.yaml"), filepath.Join(directory, "new.yaml")
	require.NoError(t, os.WriteFile(old, []byte(recorded), 0o600))
	require.NoError(t, os.WriteFile(current, []byte(change(recorded)), 0o600))
	return old, current
}

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }
