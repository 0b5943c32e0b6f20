package profile

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/cloudroster/cloudroster/wrapper"
	"github.com/cloudroster/cloudroster/wrapper/sshkey"
	"github.com/cloudroster/cloudroster/wrapper/wrappertest"
)

const ionosFileText = `version: 1.0
currentProfile: work
profiles:
  - name: work
    environment: prod
    credentials:
      token: token-of-work
      username: ignored@example.com
      password: ignored-password
  - name: Home
    environment: test
    credentials:
      username: jo@example.com
      password: password-of-home
environments:
  - name: prod
    products:
      - name: dns
        endpoints:
          - name: https://dns.example.com
      - name: Cloud
        endpoints:
          - location: de/fra
            name: https://fra.example.com
          - name: https://gateway.example.com/ionos/
  - name: test
    products:
      - name: cloud
        endpoints:
          - name: https://test.example.com/cloudapi/v6
            skipTlsVerify: true
`

func TestIONOSSettings(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name    string
		profile string
		env     map[string]string
		file    string
		want    IONOSSettings // Source and secrets apart
		token   string
		err     string
	}{
		{
			name: "a token of the environment", file: ionosFileText,
			env:   map[string]string{"IONOS_TOKEN": "t-1", "IONOS_USERNAME": "jo@example.com", "IONOS_CONTRACT_NUMBER": "31"},
			want:  IONOSSettings{Name: "env", Contract: 31},
			token: "t-1",
		},
		{
			name:  "the current profile",
			file:  ionosFileText,
			want:  IONOSSettings{Name: "work", URL: "https://gateway.example.com/ionos/cloudapi/v6"},
			token: "token-of-work",
		},
		{
			name: "a profile that the program names beats the environment", profile: "home", file: ionosFileText,
			env:  map[string]string{"IONOS_TOKEN": "t-1"},
			want: IONOSSettings{Name: "Home", Username: "jo@example.com", URL: "https://test.example.com/cloudapi/v6", Insecure: true},
		},
		{
			name: "a profile that the environment names", file: ionosFileText,
			env:  map[string]string{"IONOS_CURRENT_PROFILE": "Home", "IONOS_API_URL": "https://other.example.com"},
			want: IONOSSettings{Name: "Home", Username: "jo@example.com", URL: "https://other.example.com/cloudapi/v6", Insecure: true},
		},
		{
			name: "half a login", env: map[string]string{"IONOS_USERNAME": "jo@example.com"},
			err: "environment: not set: IONOS_PASSWORD: invalid",
		},
		{
			name: "no profile", file: "profiles: []\n",
			err: "@: currentProfile: is not set, nor is IONOS_CURRENT_PROFILE: invalid",
		},
		{name: "another profile", profile: "gone", file: ionosFileText, err: `@: profile "gone": file does not exist`},
		{
			name: "another environment", file: "currentProfile: a\nprofiles:\n  - {name: a, environment: b, credentials: {token: x-1}}\n",
			err: `@: profile "a": environment: does not exist in the file: invalid`,
		},
		{
			name: "a profile without credentials", file: "currentProfile: a\nprofiles:\n  - {name: a}\n",
			err: `@: profile "a": not set: credentials.token, or credentials.username and credentials.password: invalid`,
		},
		{
			name: "broken YAML does not show a token", file: "currentProfile: a\nprofiles:\n  token-of-work\n",
			err: "@: is not YAML of the expected form at line 3: invalid",
		},
		{
			name: "a contract number that is none", env: map[string]string{"IONOS_TOKEN": "t-1", "IONOS_CONTRACT_NUMBER": "x"},
			err: "IONOS_CONTRACT_NUMBER: is not a contract number: invalid",
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			m := newMachine(t)
			m.env = test.env
			path := m.home + "/.ionos/config"
			if test.file != "" {
				path = m.write(t, ".ionos/config", test.file)
			}
			config := Config{Profile: test.profile, Getenv: func(name string) string { return m.env[name] }, Home: m.home}
			settings, login, err := config.ionosSettings()
			if test.err != "" {
				require.EqualError(t, err, strings.ReplaceAll(test.err, "@", path))
				return
			}
			require.NoError(t, err)
			assert.Equal(t, test.token, login.token)
			settings.Source = ""
			assert.Equal(t, test.want, *settings)
		})
	}
}

func TestNoIONOSSettingsAtAll(t *testing.T) {
	t.Parallel()
	_, _, err := Config{Getenv: func(string) string { return "" }, Home: t.TempDir()}.NewIONOS()
	require.ErrorIs(t, err, fs.ErrNotExist)
	assert.ErrorContains(t, err, "not set: IONOS_TOKEN, or IONOS_USERNAME and IONOS_PASSWORD; and no configuration file: ")
}

func TestAnIONOSFileThatIsNotAFile(t *testing.T) {
	t.Parallel()
	m := newMachine(t)
	path := m.write(t, "long", strings.Repeat("#", maxConfigSize+1))
	for file, reason := range map[string]string{m.home: "not a regular file", path: "longer than 1048576 bytes"} {
		config := Config{Getenv: func(name string) string { return map[string]string{"IONOS_CONFIG_FILE": file}[name] }}
		_, _, err := config.NewIONOS()
		require.ErrorIs(t, err, wrapper.ErrInvalid)
		assert.ErrorContains(t, err, file+": it is "+reason)
	}
}

func TestAnIONOSFileThatOthersMayRead(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("Windows has no such modes")
	}
	m := newMachine(t)
	require.NoError(t, os.Chmod(m.write(t, "config", ionosFileText), 0o644))
	config := Config{Getenv: func(name string) string {
		return map[string]string{"IONOS_CONFIG_FILE": m.home + "/config"}[name]
	}}
	_, _, err := config.NewIONOS()
	require.ErrorIs(t, err, sshkey.ErrInsecurePermissions)
	config.AllowInsecurePermissions = true
	client, settings, err := config.NewIONOS()
	require.NoError(t, err)
	assert.Equal(t, "work", settings.Name)
	for _, text := range []string{fmt.Sprintf("%v %+v %#v", settings, settings, *settings), fmt.Sprintf("%#v", client)} {
		assert.NotContains(t, text, "token-of-work")
	}

	config.Profile = "home"
	_, _, err = config.NewIONOS()
	require.ErrorIs(t, err, wrapper.ErrInvalid)
	assert.ErrorContains(t, err, `profile "Home": skipTlsVerify: `)
	config.AllowInsecureTLS = true
	_, _, err = config.NewIONOS()
	require.NoError(t, err)
}

func TestAnAuthorityOfAnIONOSFileIsUnsupported(t *testing.T) {
	t.Parallel()
	m := newMachine(t)
	m.write(t, ".ionos/config", strings.Replace(ionosFileText, "skipTlsVerify: true", "certificateAuthData: abc", 1))
	_, _, err := Config{Profile: "Home", Getenv: func(string) string { return "" }, Home: m.home}.NewIONOS()
	require.ErrorIs(t, err, errors.ErrUnsupported)
	assert.ErrorContains(t, err, `environment "test": certificateAuthData`)
}

func TestAnIONOSProfileLogsIn(t *testing.T) {
	t.Parallel()
	cloud := wrappertest.Start(t)
	m := newMachine(t)
	m.write(t, ".ionos/config", "currentProfile: a\nprofiles:\n  - {name: a, credentials: {token: "+wrappertest.Token+"}}\n"+
		"environments:\n  - name: x\n    products: [{name: cloud, endpoints: [{name: "+cloud.IONOS.URL()+"}]}]\n")
	client, _, err := Config{Getenv: func(string) string { return "" }, Home: m.home}.NewIONOS()
	require.NoError(t, err)
	_, err = client.ListGroups(t.Context())
	require.NoError(t, err)
}
