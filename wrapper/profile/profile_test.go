package profile

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"encoding/pem"
	"fmt"
	"io"
	"io/fs"
	"log"
	"maps"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/crypto/ssh"
	"golang.org/x/crypto/ssh/agent"

	"github.com/cloudroster/cloudroster/wrapper"
	"github.com/cloudroster/cloudroster/wrapper/sshkey"
)

// A machine is what a Loader sees: variables, a home directory and a key.
type machine struct {
	env  map[string]string
	home string
	key  ed25519.PrivateKey
	// The fingerprints and text of key.
	md5, sha256, text string
	public            ssh.PublicKey
}

func newMachine(t *testing.T) *machine {
	t.Helper()
	m := &machine{env: map[string]string{}, home: t.TempDir()}
	var err error
	_, m.key, err = ed25519.GenerateKey(rand.Reader)
	require.NoError(t, err)
	m.public, err = ssh.NewPublicKey(m.key.Public())
	require.NoError(t, err)
	m.md5, m.sha256 = ssh.FingerprintLegacyMD5(m.public), ssh.FingerprintSHA256(m.public)
	block, err := ssh.MarshalPrivateKey(m.key, "work")
	require.NoError(t, err)
	m.text = string(pem.EncodeToMemory(block))
	return m
}

// write writes a file below the home directory.
func (m *machine) write(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(m.home, filepath.FromSlash(name))
	require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o700))
	require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
	return path
}

// withKey puts the key into ~/.ssh.
func (m *machine) withKey(t *testing.T) *machine {
	t.Helper()
	m.write(t, ".ssh/id_ed25519", m.text)
	m.write(t, ".ssh/id_ed25519.pub", string(ssh.MarshalAuthorizedKey(m.public)))
	return m
}

// withEnv sets the variables that are always needed, and others.
func (m *machine) withEnv(pairs ...string) *machine {
	m.env["TRITON_URL"], m.env["TRITON_ACCOUNT"], m.env["TRITON_KEY_ID"] = "https://cloud.example", "alice", m.sha256
	for i := 0; i < len(pairs); i += 2 {
		m.env[pairs[i]] = pairs[i+1]
	}
	return m
}

func (m *machine) loader() Config {
	return Config{Home: m.home, Getenv: func(name string) string { return m.env[name] }}
}

func TestEnvironmentIsRead(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		env  map[string]string
		want Settings
	}{
		{
			"the least", map[string]string{"TRITON_URL": "u", "TRITON_ACCOUNT": "a", "TRITON_KEY_ID": "k"},
			Settings{URL: "u", Account: "a", KeyID: "k"},
		},
		{
			"the old names", map[string]string{"SDC_URL": "u", "SDC_ACCOUNT": "a", "SDC_KEY_ID": "k", "SDC_USER": "s", "SDC_TLS_INSECURE": "true"},
			Settings{URL: "u", Account: "a", KeyID: "k", User: "s", Insecure: true},
		},
		{
			"the new names win, the empty ones do not", map[string]string{
				"TRITON_URL": "u", "SDC_URL": "old", "TRITON_ACCOUNT": "", "SDC_ACCOUNT": "a", "TRITON_KEY_ID": "k", "SDC_KEY_ID": "old",
				"TRITON_USER": "", "TRITON_TLS_INSECURE": "0", "SDC_TLS_INSECURE": "1",
			},
			Settings{URL: "u", Account: "a", KeyID: "k"},
		},
		{
			"everything", map[string]string{
				"TRITON_URL": "u", "TRITON_ACCOUNT": "a", "TRITON_KEY_ID": "k", "TRITON_USER": "s", "TRITON_ACT_AS": "o",
				"TRITON_TLS_INSECURE": "1", "TRITON_ROLE": "one, two,,", "TRITON_PROFILE": "env",
			},
			Settings{URL: "u", Account: "a", KeyID: "k", User: "s", ActAs: "o", Insecure: true, Roles: []string{"one", "two"}},
		},
		{
			"key material needs no key id", map[string]string{"TRITON_URL": "u", "TRITON_ACCOUNT": "a", "SDC_KEY_MATERIAL": "m"},
			Settings{URL: "u", Account: "a"},
		},
		{
			"what old tools took for insecure is not", map[string]string{"TRITON_URL": "u", "TRITON_ACCOUNT": "a", "TRITON_KEY_ID": "k", "SDC_TESTING": "1"},
			Settings{URL: "u", Account: "a", KeyID: "k"},
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			m := newMachine(t)
			m.env = test.env
			got, err := m.loader().Settings()
			require.NoError(t, err)
			test.want.Name, test.want.Source = "env", "environment"
			assert.Equal(t, &test.want, got)
		})
	}
}

func TestWhatIsMissingIsNamedAtOnce(t *testing.T) {
	t.Parallel()
	m := newMachine(t)
	_, err := m.loader().Settings()
	require.ErrorIs(t, err, wrapper.ErrInvalid)
	require.EqualError(t, err, "environment: not set: TRITON_URL or SDC_URL, TRITON_ACCOUNT or SDC_ACCOUNT, TRITON_KEY_ID or SDC_KEY_ID: "+wrapper.ErrInvalid.Error())

	path := m.write(t, ".triton/profiles.d/east.json", `{"url": "u", "account": "", "keyId": null}`)
	m.env["TRITON_PROFILE"], m.env["TRITON_ACCOUNT"] = "east", "not for files"
	_, err = m.loader().Settings()
	require.ErrorIs(t, err, wrapper.ErrInvalid)
	require.ErrorContains(t, err, path+`: not set: field "account", field "keyId"`)
}

func TestProfileIsChosenLikeTheToolDoes(t *testing.T) {
	t.Parallel()
	m := newMachine(t).withEnv()
	for _, name := range []string{"given", "variable", "current"} {
		m.write(t, ".triton/profiles.d/"+name+".json", `{"url": "`+name+`", "account": "a", "keyId": "k"}`)
	}
	load := func(m *machine, name string) *Settings {
		t.Helper()
		loader := m.loader()
		loader.Profile = name
		settings, err := loader.Settings()
		require.NoError(t, err)
		return settings
	}
	assert.Equal(t, "env", load(m, "").Name, "without any configuration")
	m.write(t, ".triton/config.json", `{"cacheDir": "x"}`)
	assert.Equal(t, "env", load(m, "").Name, "without a current profile")
	m.write(t, ".triton/config.json", `{"profile": "current", "oldProfile": "x"}`)
	assert.Equal(t, "current", load(m, "").Name)
	m.env["TRITON_PROFILE"] = "variable"
	assert.Equal(t, "variable", load(m, "").Name)
	assert.Equal(t, "given", load(m, "given").Name)
	assert.Equal(t, "env", load(m, "env").Name)
	assert.Equal(t, filepath.Join(m.home, ".triton", "profiles.d", "given.json"), load(m, "given").Source)

	xdg := t.TempDir()
	m.env["XDG_CONFIG_HOME"] = xdg
	assert.Equal(t, "given", load(m, "given").URL, "where it is not in the other directory")
	require.NoError(t, os.MkdirAll(filepath.Join(xdg, "triton", "profiles.d"), 0o700))
	require.NoError(t, os.WriteFile(filepath.Join(xdg, "triton", "profiles.d", "given.json"), []byte(`{"url": "xdg", "account": "a", "keyId": "k"}`), 0o600))
	assert.Equal(t, "xdg", load(m, "given").URL)

	delete(m.env, "TRITON_PROFILE")
	m.write(t, ".triton/config.json", `{"profile": 1}`)
	_, err := m.loader().Settings()
	require.ErrorIs(t, err, wrapper.ErrInvalid)
	assert.ErrorContains(t, err, "config.json")
}

// It may name a profile of another account than the environment does.
func TestAConfigurationThatCannotBeReadIsNotPassedOver(t *testing.T) {
	t.Parallel()
	m := newMachine(t)
	m.write(t, ".triton/config.json/a-directory", "")
	_, err := m.loader().Settings()
	require.ErrorIs(t, err, wrapper.ErrInvalid)
	assert.ErrorContains(t, err, filepath.Join(".triton", "config.json"))
	m.env["TRITON_PROFILE"] = "env"
	_, err = m.loader().Settings()
	assert.NotContains(t, err.Error(), "config.json", "what is not needed is not read")
}

func TestProfileFileIsRead(t *testing.T) {
	t.Parallel()
	m := newMachine(t)
	path := m.write(t, ".triton/profiles.d/east.json", `{
		"name": "east", "curr": true, "url": "u", "account": "a", "keyId": "k", "insecure": true,
		"user": "s", "roles": ["one", "two"], "actAsAccount": "o"}`)
	loader := m.loader()
	loader.Profile = "east"
	got, err := loader.Settings()
	require.NoError(t, err)
	want := &Settings{Name: "east", Source: path, URL: "u", Account: "a", KeyID: "k", User: "s", ActAs: "o", Insecure: true, Roles: []string{"one", "two"}}
	assert.Equal(t, want, got)

	m.env["TRITON_ROLE"] = "three"
	got, err = loader.Settings()
	require.NoError(t, err)
	assert.Equal(t, []string{"three"}, got.Roles)
}

func TestBadProfileFilesAreRefusedByName(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, text, reason string }{
		{"unknown fields", `{"url": "u", "account": "a", "keyId": "k", "zone": "s3cret", "URL": "s3cret"}`, `unknown field "URL", "zone"`},
		{"url of another type", `{"url": ["s3cret"], "account": "a", "keyId": "k"}`, `field "url" is not a string`},
		{"insecure of another type", `{"url": "u", "account": "a", "keyId": "k", "insecure": "s3cret"}`, `field "insecure" is not true or false`},
		{"roles of another type", `{"url": "u", "account": "a", "keyId": "k", "roles": "s3cret"}`, `field "roles" is not a list of strings`},
		{"another name", `{"name": "s3cret", "url": "u", "account": "a", "keyId": "k"}`, `field "name" is another`},
		{"no JSON", `{"url": s3cret}`, "it is not a JSON object"},
		{"more than JSON", `{} s3cret`, "it is not a JSON object"},
		{"no object", `["s3cret"]`, "it is not a JSON object"},
		{"null", `null`, "it is not a JSON object"},
		{"empty", ``, "it is not a JSON object"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			m := newMachine(t)
			path := m.write(t, ".triton/profiles.d/east.json", test.text)
			m.env["TRITON_PROFILE"] = "east"
			_, err := m.loader().Settings()
			require.ErrorIs(t, err, wrapper.ErrInvalid)
			require.ErrorContains(t, err, path+": "+test.reason)
			assert.NotContains(t, err.Error(), "s3cret")
		})
	}
}

func TestProfileThatIsNotThere(t *testing.T) {
	t.Parallel()
	m := newMachine(t)
	loader := m.loader()
	loader.Profile = "west"
	_, err := loader.Settings()
	require.ErrorIs(t, err, fs.ErrNotExist)
	require.ErrorContains(t, err, `profile "west"`)

	m.write(t, ".triton/secret.json", `{"url": "u", "account": "a", "keyId": "k"}`)
	for _, name := range []string{"../secret", `..\secret`, "..", "a/b", "a\x00"} {
		loader.Profile = name
		_, err := loader.Settings()
		require.ErrorIs(t, err, wrapper.ErrInvalid, name)
	}
}

func TestBadVariablesAreRefusedByName(t *testing.T) {
	t.Parallel()
	m := newMachine(t).withKey(t).withEnv("TRITON_TLS_INSECURE", "yes")
	_, err := m.loader().Settings()
	require.ErrorIs(t, err, wrapper.ErrInvalid)
	require.ErrorContains(t, err, "TRITON_TLS_INSECURE or SDC_TLS_INSECURE must be 1, true, 0 or false")

	for _, test := range []struct{ variable, value, reason string }{
		{"TRITON_ACCOUNT", "my", "account: "},
		{"TRITON_ACCOUNT", "um", "account: "},
		{"TRITON_ACT_AS", "..", "account: "},
		{"TRITON_USER", `a"b`, "sub-user: "},
		{"TRITON_URL", "cloud.example", "environment: "},
		{"TRITON_URL", "http://cloud.example", "environment: "},
	} {
		m := newMachine(t).withKey(t).withEnv(test.variable, test.value)
		client, settings, err := m.loader().NewTriton(t.Context())
		require.ErrorIs(t, err, wrapper.ErrInvalid, test.value)
		require.ErrorContains(t, err, test.reason)
		assert.Nil(t, client)
		assert.NotNil(t, settings)
	}
}

// agentWith is an ssh-agent in this process.
func agentWith(t *testing.T, keys ...any) *sshkey.Agent {
	t.Helper()
	keyring := agent.NewKeyring()
	for _, key := range keys {
		require.NoError(t, keyring.Add(agent.AddedKey{PrivateKey: key, Comment: "in the agent"}))
	}
	a := sshkey.NewAgent(func(context.Context) (net.Conn, error) {
		ours, theirs := net.Pipe()
		go func() { _ = agent.ServeAgent(keyring, theirs); _ = theirs.Close() }()
		return ours, nil
	})
	t.Cleanup(func() { _ = a.Close() })
	return a
}

func TestKeyIsFoundInTheAgentThenInTheHomeDirectory(t *testing.T) {
	t.Parallel()
	m := newMachine(t).withEnv()
	_, other, err := ed25519.GenerateKey(rand.Reader)
	require.NoError(t, err)
	settings, err := m.loader().Settings()
	require.NoError(t, err)

	loader := m.loader()
	loader.Agent = agentWith(t, m.key)
	signer, err := loader.Signer(t.Context(), settings)
	require.NoError(t, err)
	assert.Equal(t, m.md5, signer.Fingerprint())
	assert.Contains(t, fmt.Sprint(signer), "sshkey.Agent")

	loader.Agent = agentWith(t, other)
	_, err = loader.Signer(t.Context(), settings)
	require.ErrorIs(t, err, fs.ErrNotExist, "there is no .ssh")
	require.ErrorContains(t, err, "environment: key: ssh-agent: nothing is called")
	require.ErrorContains(t, err, filepath.Join(m.home, ".ssh"))

	m.withKey(t)
	signer, err = loader.Signer(t.Context(), settings)
	require.NoError(t, err)
	assert.Equal(t, m.md5, signer.Fingerprint())
	assert.NotContains(t, fmt.Sprint(signer), "sshkey.Agent")

	// Without an agent, too, and by the other fingerprint.
	settings.KeyID = m.md5
	signer, err = m.loader().Signer(t.Context(), settings)
	require.NoError(t, err)
	assert.Equal(t, m.md5, signer.Fingerprint())
	_, err = m.loader().Signer(t.Context(), nil)
	require.ErrorIs(t, err, wrapper.ErrInvalid)
}

func TestUnusableKeysAreNamed(t *testing.T) {
	t.Parallel()
	m := newMachine(t).withKey(t).withEnv()
	require.NoError(t, os.Chmod(filepath.Join(m.home, ".ssh", "id_ed25519"), 0o644))
	_, _, err := m.loader().NewTriton(t.Context())
	require.ErrorIs(t, err, sshkey.ErrInsecurePermissions)
	require.ErrorContains(t, err, filepath.Join(m.home, ".ssh", "id_ed25519"))
	loader := m.loader()
	loader.AllowInsecurePermissions = true
	_, _, err = loader.NewTriton(t.Context())
	require.NoError(t, err)

	m = newMachine(t).withKey(t).withEnv()
	block, err := ssh.MarshalPrivateKeyWithPassphrase(m.key, "work", []byte("s3cret"))
	require.NoError(t, err)
	path := m.write(t, ".ssh/id_ed25519", string(pem.EncodeToMemory(block)))
	_, _, err = m.loader().NewTriton(t.Context())
	require.ErrorIs(t, err, sshkey.ErrPassphraseRequired)
	loader = m.loader()
	var asked string
	loader.Passphrase = func(key string) ([]byte, error) { asked = key; return []byte("s3cret"), nil }
	_, _, err = loader.NewTriton(t.Context())
	require.NoError(t, err)
	assert.Equal(t, path, asked)
}

func TestKeyMaterialIsAPathOrText(t *testing.T) {
	t.Parallel()
	m := newMachine(t)
	path := m.write(t, "keys/deploy", m.text)
	for name, material := range map[string]string{
		"text": m.text, "text with written line ends": strings.ReplaceAll(m.text, "\n", `\n`), "path": path, "path from home": "~/keys/deploy",
	} {
		for _, id := range []string{"", m.md5, m.sha256} {
			m := *m
			m.env = maps.Clone(m.env)
			m.withEnv("TRITON_KEY_MATERIAL", material)
			m.env["TRITON_KEY_ID"] = id
			settings, err := m.loader().Settings()
			require.NoError(t, err, name)
			signer, err := m.loader().Signer(t.Context(), settings)
			require.NoError(t, err, name)
			assert.Equal(t, m.md5, signer.Fingerprint(), name)
		}
	}

	other := newMachine(t)
	m.withEnv("SDC_KEY_MATERIAL", other.text)
	_, _, err := m.loader().NewTriton(t.Context())
	require.ErrorIs(t, err, sshkey.ErrKeyNotFound, "another key than TRITON_KEY_ID names")
	require.ErrorContains(t, err, "SDC_KEY_MATERIAL")

	// The body of a key without its frame looks like a path, and is none.
	body := strings.Split(m.text, "\n")[1]
	for _, material := range []string{body, "-----BEGIN PRIVATE KEY-----\n" + body, strings.Repeat(body, 100)} {
		m.env["SDC_KEY_MATERIAL"] = material
		_, _, err = m.loader().NewTriton(t.Context())
		require.ErrorContains(t, err, "TRITON_KEY_MATERIAL")
		assert.NotContains(t, err.Error(), body)
	}
}

// TestClientSignsAsTheProfileSays looks at a request on its way.
func TestClientSignsAsTheProfileSays(t *testing.T) {
	t.Parallel()
	var got *http.Request
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		got = r.Clone(context.WithoutCancel(r.Context()))
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write([]byte("[]"))
	}))
	t.Cleanup(server.Close)

	m := newMachine(t).withKey(t).withEnv("TRITON_URL", server.URL)
	client, settings, err := m.loader().NewTriton(t.Context())
	require.NoError(t, err)
	assert.Equal(t, "environment", settings.Source)
	_, err = client.ListUsers(t.Context())
	require.NoError(t, err)
	assert.Equal(t, "/alice/users", got.URL.RequestURI())
	assert.Contains(t, got.Header.Get("Authorization"), `keyId="/alice/keys/`+m.md5+`",algorithm="ed25519-sha512"`)

	m.withEnv("TRITON_URL", server.URL, "TRITON_USER", "bob", "TRITON_ACT_AS", "acme", "TRITON_ROLE", "ops")
	client, _, err = m.loader().NewTriton(t.Context())
	require.NoError(t, err)
	_, err = client.ListUsers(t.Context())
	require.NoError(t, err)
	assert.Equal(t, "/acme/users?as-role=ops", got.URL.RequestURI())
	assert.Contains(t, got.Header.Get("Authorization"), `keyId="/alice/users/bob/keys/`+m.md5+`"`)

	client, _, err = m.loader().NewTriton(t.Context(), wrapper.WithRoles("dev"))
	require.NoError(t, err)
	_, err = client.ListUsers(t.Context())
	require.NoError(t, err)
	assert.Equal(t, "/acme/users?as-role=dev", got.URL.RequestURI(), "the program's options win")
}

func TestCertificatesAreVerifiedUnlessProfileAndProgramAgree(t *testing.T) {
	t.Parallel()
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write([]byte("[]"))
	}))
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.StartTLS()
	t.Cleanup(server.Close)
	once := wrapper.WithRetry(wrapper.RetryPolicy{MaxAttempts: 1})

	for _, test := range []struct {
		profile, program bool
		want             string
	}{
		{false, false, "certificate"},
		{false, true, "certificate"},
		{true, false, "asks not to verify TLS certificates"},
		{true, true, ""},
	} {
		m := newMachine(t).withKey(t).withEnv("TRITON_URL", server.URL)
		if test.profile {
			m.env["TRITON_TLS_INSECURE"] = "1"
		}
		loader := m.loader()
		loader.AllowInsecureTLS = test.program
		client, settings, err := loader.NewTriton(t.Context(), once)
		if err == nil {
			_, err = client.ListUsers(t.Context())
		} else {
			require.ErrorIs(t, err, wrapper.ErrInvalid)
		}
		assert.Equal(t, test.profile, settings.Insecure)
		if test.want == "" {
			require.NoError(t, err)
		} else {
			require.ErrorContains(t, err, test.want)
		}
	}
}

func TestZeroLoaderReadsTheProcess(t *testing.T) {
	m := newMachine(t).withKey(t).withEnv()
	for _, name := range []string{
		"SDC_URL", "SDC_ACCOUNT", "SDC_KEY_ID", "TRITON_USER", "SDC_USER", "TRITON_ACT_AS", "TRITON_TLS_INSECURE", "SDC_TLS_INSECURE",
		"TRITON_PROFILE", "TRITON_ROLE", "TRITON_KEY_MATERIAL", "SDC_KEY_MATERIAL", "SSH_AUTH_SOCK", "XDG_CONFIG_HOME", "APPDATA",
	} {
		t.Setenv(name, "")
	}
	for name, value := range m.env {
		t.Setenv(name, value)
	}
	t.Setenv("HOME", m.home)
	t.Setenv("USERPROFILE", m.home)
	client, settings, err := NewTriton(t.Context())
	require.NoError(t, err)
	assert.Equal(t, "alice", client.Account())
	assert.Equal(t, m.sha256, settings.KeyID)
}
