package sandbox

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/cloudroster/cloudroster/gen"
	"github.com/cloudroster/cloudroster/wrapper"
	"github.com/cloudroster/cloudroster/wrapper/profile"
	"github.com/cloudroster/cloudroster/wrapper/wrappertest"
)

// ionosClient and tritonClient know nothing but the printed variables.
func (s *serving) ionosClient(t *testing.T, opts ...wrapper.IONOSOption) *wrapper.IONOS {
	t.Helper()
	client, _, err := s.profiles(t).NewIONOS(opts...)
	require.NoError(t, err)
	return client
}

func (s *serving) tritonClient(t *testing.T, opts ...wrapper.TritonOption) *wrapper.Triton {
	t.Helper()
	client, _, err := s.profiles(t).NewTriton(t.Context(), opts...)
	require.NoError(t, err)
	return client
}

func (s *serving) profiles(t *testing.T) profile.Config {
	return profile.Config{Getenv: func(name string) string { return s.variables[name] }, Home: t.TempDir()}
}

var jo = wrapper.UserCreate{Login: "jo_meier", Email: "jo@example.com", FirstName: "Jo", LastName: "Meier", Password: "correct-horse-9"}

func TestClientsWorkWithWhatIsPrinted(t *testing.T) {
	t.Parallel()
	s := serve(t, "-queued", "0s", "-running", "0s")
	ionos := s.ionosClient(t)
	_, operation, err := ionos.CreateUser(t.Context(), gen.UserCreateProperties{
		FirstName: "Jo", LastName: "Meier", Email: "jo@example.com", Password: "correct-horse-9",
	})
	require.NoError(t, err)
	require.NoError(t, operation.Wait(t.Context()))
	basic, err := wrapper.NewIONOS(wrapper.BasicAuth(s.variables["IONOS_USERNAME"], s.variables["IONOS_PASSWORD"]), wrapper.WithBaseURL(s.variables["IONOS_API_URL"]))
	require.NoError(t, err)
	_, err = basic.GetUser(t.Context(), operation.ID()) // not the id of a user
	require.ErrorIs(t, err, wrapper.ErrNotFound)

	_, err = s.tritonClient(t).Users().Create(t.Context(), jo)
	require.NoError(t, err)

	keyFile := s.variables["TRITON_KEY_MATERIAL"]
	assert.FileExists(t, keyFile)
	status, err := s.stop()
	require.NoError(t, err)
	assert.Equal(t, success, status)
	for _, name := range []string{"IONOS_API_URL", "TRITON_URL"} {
		address, err := url.Parse(s.variables[name])
		require.NoError(t, err)
		// A command that another test starts holds copies of all sockets for a moment.
		assert.True(t, until(time.Minute, func() bool {
			conn, err := net.Dial("tcp", address.Host)
			if err == nil {
				_ = conn.Close()
			}
			return err != nil
		}), "%s is still served", name)
	}
	assert.NoDirExists(t, filepath.Dir(keyFile))
}

// The vendors' older tools read SDC_ variables, and some of Triton's read nothing but an agent.
func TestTheOldVariablesAndTheAgentLeadToTheSameKey(t *testing.T) {
	t.Parallel()
	s := serve(t)
	for _, name := range []string{"URL", "ACCOUNT", "KEY_ID"} {
		assert.Equal(t, s.variables["TRITON_"+name], s.variables["SDC_"+name])
		delete(s.variables, "TRITON_"+name)
	}
	socket := filepath.Join(filepath.Dir(s.variables["TRITON_KEY_MATERIAL"]), "agent.sock")
	delete(s.variables, "TRITON_KEY_MATERIAL")
	delete(s.variables, "SDC_KEY_MATERIAL")
	s.variables["SSH_AUTH_SOCK"] = socket
	_, err := s.tritonClient(t).GetUser(t.Context(), "nobody")
	assert.ErrorIs(t, err, wrapper.ErrNotFound)
}

func TestKeysAndLoginsOfTheFlagsAreAccepted(t *testing.T) {
	t.Parallel()
	_, _, first := keyPair(t)
	private, _, second := keyPair(t)
	s := serve(t, "-triton-key", first, "-triton-key", second, "-triton-account", "other",
		"-ionos-login", "ann:s3cret", "-ionos-token", "tok-1", "-ionos-token", "tok-2", "-contract-number", "7", "-contract-number", "8")
	assert.NotContains(t, s.variables, "TRITON_KEY_MATERIAL")
	assert.Equal(t, "tok-1", s.variables["IONOS_TOKEN"])
	assert.Equal(t, "ann", s.variables["IONOS_USERNAME"])
	assert.Equal(t, "7", s.variables["IONOS_CONTRACT_NUMBER"])

	signer, err := wrapper.NewSigner(private)
	require.NoError(t, err)
	assert.NotEqual(t, signer.Fingerprint(), s.variables["TRITON_KEY_ID"], "the first key is printed")
	auth, err := wrapper.SignatureAuth(wrappertest.Account, signer)
	require.NoError(t, err)
	for account, want := range map[string]error{"acme": wrapper.ErrNotFound, "other": wrapper.ErrForbidden} {
		triton, err := wrapper.NewTriton(s.variables["TRITON_URL"], account, auth)
		require.NoError(t, err)
		_, err = triton.GetUser(t.Context(), "nobody")
		assert.ErrorIs(t, err, want)
	}
	for token, contracts := range map[string]int{"tok-2": 8, "tok-1": 7} {
		ionos, err := wrapper.NewIONOS(wrapper.TokenAuth(token), wrapper.WithBaseURL(s.variables["IONOS_API_URL"]), wrapper.WithContractNumber(contracts))
		require.NoError(t, err)
		_, err = ionos.GetUser(t.Context(), "11111111-1111-4111-8111-111111111111")
		assert.ErrorIs(t, err, wrapper.ErrNotFound)
	}
}

func TestTLSWithACertificateOfItsOwn(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "ca.pem")
	s := serve(t, "-tls", file, "-advertise", "localhost")
	assert.Regexp(t, `^https://localhost:\d+/cloudapi/v6$`, s.variables["IONOS_API_URL"])
	assert.Equal(t, file, s.variables["NODE_EXTRA_CA_CERTS"])
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	assert.NotContains(t, string(text), "PRIVATE")
	pool := x509.NewCertPool()
	require.True(t, pool.AppendCertsFromPEM(text))
	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool}}
	t.Cleanup(transport.CloseIdleConnections)
	_, err = s.tritonClient(t, wrapper.WithHTTPClient(&http.Client{Transport: transport})).Users().Create(t.Context(), jo)
	assert.NoError(t, err)
	_, err = s.tritonClient(t).Users().Create(t.Context(), jo)
	var unknown *tls.CertificateVerificationError
	assert.ErrorAs(t, err, &unknown)
}

func TestVariablesAreWrittenToAFileThatIsRemoved(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "sandbox.env")
	s := serve(t, "-env-file", file)
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	assert.Contains(t, string(text), "IONOS_API_URL="+s.variables["IONOS_API_URL"]+"\n")
	assert.Len(t, strings.Split(strings.TrimSpace(string(text)), "\n"), len(s.variables))
	info, err := os.Stat(file)
	require.NoError(t, err)
	assert.Equal(t, os.FileMode(0o600), info.Mode().Perm())
	_, err = s.stop()
	require.NoError(t, err)
	assert.NoFileExists(t, file)
}

func TestSeedAndState(t *testing.T) {
	t.Parallel()
	seed := write(t, "seed.json", `{"ionos": {"users": [{"firstName": "Ann", "lastName": "Lee", "email": "ann@example.com"}]}}`)
	state := filepath.Join(t.TempDir(), "state.json")
	args := []string{"-seed", seed, "-state", state, "-queued", "0s", "-running", "0s"}
	first := serve(t, args...)
	_, err := first.ionosClient(t).Users().Create(t.Context(), jo)
	require.NoError(t, err)
	_, err = first.tritonClient(t).Users().Create(t.Context(), jo)
	require.NoError(t, err)
	_, err = first.stop()
	require.NoError(t, err)

	again := serve(t, args...)
	for email, client := range map[string]wrapper.Users{"ann@example.com": again.ionosClient(t).Users(), "jo@example.com": again.tritonClient(t).Users()} {
		found := false
		for user, err := range client.All(t.Context()) {
			require.NoError(t, err)
			found = found || user.Email == email
		}
		assert.True(t, found, email)
	}
	names, err := filepath.Glob(filepath.Join(filepath.Dir(state), "*"))
	require.NoError(t, err)
	assert.Equal(t, []string{state}, names, "the file is replaced in one step, and nothing else is left")
}

// The file is written while the sandbox runs: what ends it by force costs no more than a second.
func TestStateIsWrittenWhileItRuns(t *testing.T) {
	t.Parallel()
	state := filepath.Join(t.TempDir(), "state.json")
	s := serve(t, "-state", state)
	_, err := s.tritonClient(t).Users().Create(t.Context(), jo)
	require.NoError(t, err)
	require.True(t, until(saveInterval*20, func() bool {
		text, err := os.ReadFile(state)
		return err == nil && strings.Contains(string(text), "jo_meier")
	}))
}

func TestInvalidInputIsOneLineThatNamesTheFlag(t *testing.T) {
	t.Parallel()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { _ = listener.Close() })
	_, private, public := keyPair(t)
	missing := filepath.Join(t.TempDir(), "missing", "file")
	twice := write(t, "twice.json", `{"ionos":{"users":[{"email":"a@b.c"},{"email":"A@b.c"}]}}`)

	for _, test := range []struct {
		name string
		args []string
		want []string
	}{
		{"an address in use", []string{"-ionos", listener.Addr().String()}, []string{"-ionos: ", "address already in use"}},
		{"the other address in use", []string{"-triton", listener.Addr().String()}, []string{"-triton: ", "address already in use"}},
		{"the control address in use", []string{"-control", listener.Addr().String()}, []string{"-control: ", "address already in use"}},
		{"an address without a port", []string{"-ionos", "localhost"}, []string{"-ionos: ", "host:port"}},
		{"a port beyond the last", []string{"-triton", "localhost:65536"}, []string{"-triton: ", "65535"}},
		{"a key file that does not exist", []string{"-triton-key", missing}, []string{"-triton-key: ", missing}},
		{"a private key", []string{"-triton-key", private}, []string{"-triton-key: ", "is a private key", ".pub"}},
		{"not a key", []string{"-triton-key", write(t, "not.pub", "hello")}, []string{"-triton-key: ", "is not a public key"}},
		{"not a duration", []string{"-queued", "soon"}, []string{"-queued: ", "500ms"}},
		{"a negative duration", []string{"-running", "-1s"}, []string{"-running: ", "not below 0"}},
		{"a rate of nothing", []string{"-rate", "0"}, []string{"-rate: ", "above 0"}},
		{"half a rate", []string{"-triton-rate", "5/"}, []string{"-triton-rate: ", "requests/burst"}},
		{"a limit of letters", []string{"-triton-list-limit", "x"}, []string{"-triton-list-limit: ", "whole number"}},
		{"no history", []string{"-history", "0"}, []string{"-history: ", "above 0"}},
		{"a contract number of letters", []string{"-contract-number", "x"}, []string{"-contract-number: ", "whole number"}},
		{"a login without a password", []string{"-ionos-login", "s3cret"}, []string{"-ionos-login: ", "username:password"}},
		{"an empty token", []string{"-ionos-token", ""}, []string{"-ionos-token: "}},
		{"an origin with a path", []string{"-cors", "http://localhost:1/x"}, []string{"-cors: ", "origin"}},
		{"a host with a port", []string{"-advertise", "box:1"}, []string{"-advertise: ", "without a port"}},
		{"an unknown log format", []string{"-log=xml"}, []string{"-log: ", "json"}},
		{"a seed that does not exist", []string{"-seed", missing}, []string{"-seed: ", missing}},
		{"a seed that is not JSON", []string{"-seed", public}, []string{"-seed: ", public}},
		{"a seed that contradicts itself", []string{"-seed", twice}, []string{"-seed: ", "ionos.users[1].email"}},
		{"a state that contradicts itself", []string{"-state", twice}, []string{"-state: ", "ionos.users[1].email"}},
		{"a state that cannot be written", []string{"-state", missing}, []string{"-state: ", missing}},
		{"one file for seed and state", []string{"-seed", twice, "-state", twice}, []string{"-seed and -state"}},
		{"variables that cannot be written", []string{"-env-file", missing}, []string{"-env-file: "}},
		{"a certificate that cannot be written", []string{"-tls", missing}, []string{"-tls: "}},
		{"an unknown flag", []string{"-porrt", "1"}, []string{"-porrt"}},
		{"an argument without a flag", []string{"8080"}, []string{`unexpected argument "8080"`}},
		{"nothing to run", []string{"run", "-log"}, []string{"run needs a command"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			var stdout, stderr output
			ctx, cancel := context.WithCancel(t.Context())
			cancel() // what is served after all ends at once
			status, err := Command(ctx, test.args, Process{Stdout: &stdout, Stderr: &stderr})
			require.Error(t, err)
			assert.Equal(t, undecided, status)
			for _, want := range test.want {
				assert.ErrorContains(t, err, want)
			}
			assert.NotContains(t, err.Error(), "\n")
			assert.NotContains(t, err.Error(), "s3cret")
			assert.Empty(t, stdout.String()+stderr.String())
		})
	}
}
