// Package profile creates clients from what a machine is already set up with for the vendors' own
// command line tools: environment variables, profile files, and the keys in ssh-agent and ~/.ssh.
//
//	triton, settings, err := profile.NewTriton(ctx)
//	...
//	fmt.Println("using", settings.Source)
//	for user, err := range triton.AllUsers(ctx) { ... }
//
//	ionos, _, err := profile.NewIONOS()
//
// [Config.NewIONOS] describes the file of the IONOS tools. The rest of this page is about Triton's.
//
// # Which profile
//
// The first of: Config.Profile, the variable TRITON_PROFILE, the current
// profile that "triton profile set" noted in config.json, the environment. The
// name "env" means the environment. As with the tool, variables other than
// TRITON_PROFILE, TRITON_ROLE and TRITON_KEY_MATERIAL do not change what a
// profile file says.
//
// # Environment
//
// An empty variable counts as one that is not set.
//
//	TRITON_URL           or SDC_URL           the cloud: https://cloudapi.example.com
//	TRITON_ACCOUNT       or SDC_ACCOUNT       login of the account that owns the key
//	TRITON_KEY_ID        or SDC_KEY_ID        fingerprint of the key, MD5 or SHA256
//	TRITON_USER          or SDC_USER          login of a sub-user who owns the key
//	TRITON_ACT_AS                             another account to work on
//	TRITON_ROLE                               roles to take up, joined by commas
//	TRITON_TLS_INSECURE  or SDC_TLS_INSECURE  1 or true: do not verify certificates
//	TRITON_KEY_MATERIAL  or SDC_KEY_MATERIAL  the private key: path of its file, or its text
//	SSH_AUTH_SOCK                             socket of ssh-agent
//
// # Files
//
// Profile NAME is profiles.d/NAME.json in $XDG_CONFIG_HOME/triton, where that
// variable is set and the file exists, otherwise in ~/.triton (on Windows
// %APPDATA%\Joyent\Triton):
//
//	{
//	  "url": "https://cloudapi.example.com",
//	  "account": "alice",
//	  "keyId": "SHA256:Nn4rcZ1HWdrUPKKQ7Zrg2S9ZvlGUwMKTMTSTwmsEqEk",
//	  "insecure": false,            optional, like all below
//	  "user": "bob",
//	  "roles": ["ops"],
//	  "actAsAccount": "acme"
//	}
//
// "name" and "curr", which the tool prints but does not store, are let pass
// where name is the file's own. Every other field is an error that names it.
//
// # Key
//
// TRITON_KEY_MATERIAL where it is set; it must then be the key that the key id
// names, and names itself where there is no key id. Otherwise the key with that
// id in ssh-agent, and after that in ~/.ssh. Package sshkey says which keys
// work.
//
// # Certificates
//
// A request not to verify TLS certificates lets anybody on the way read
// and change what is sent. It is therefore not enough that a variable or a file
// asks for it: the program must agree by Config.AllowInsecureTLS, and there is
// an error otherwise. SDC_TESTING, for which the old tools did it too, is not
// read.
//
// All errors about settings name the variable, or the file and field, repeat no
// value of it that could be a key, and match [wrapper.ErrInvalid]; a profile
// that does not exist matches [fs.ErrNotExist], and errors about keys are those
// of package sshkey.
package profile

import (
	"context"
	"crypto/tls"
	"fmt"
	"net/http"
	"strings"

	"github.com/cloudroster/cloudroster/wrapper"
	"github.com/cloudroster/cloudroster/wrapper/sshkey"
)

// Settings are what a profile says.
type Settings struct {
	Name    string   // of the profile; "env" for the environment
	Source  string   // "environment", or the path of the file
	URL     string   // of the cloud
	Account string   // login of the account that owns the key
	User    string   // login of the sub-user who owns the key; "" for the account
	KeyID   string   // fingerprint or comment of the key; "" with key material only
	ActAs   string   // the account to work on; "" for Account
	Roles   []string // to take up
	// Insecure: TLS certificates are not to be verified. A client is made only
	// where [Config.AllowInsecureTLS] agrees.
	Insecure bool
}

// Config finds profiles and keys. Its zero value uses the environment, home
// directory and ssh-agent of the process. It is safe for concurrent use.
type Config struct {
	// Profile names the profile; "" means what the environment or the tool's
	// configuration says.
	Profile string
	// Passphrase is asked for the passphrase of a protected key file, see
	// [sshkey.WithPassphrase]. Without it such a key is an error.
	Passphrase func(key string) ([]byte, error)
	// AllowInsecurePermissions accepts key files that others may read.
	AllowInsecurePermissions bool
	// AllowInsecureTLS follows a profile that asks not to verify certificates.
	AllowInsecureTLS bool
	// Getenv reads a variable; nil means [os.Getenv].
	Getenv func(name string) string
	// Home is the directory that holds .triton and .ssh; "" means the user's.
	Home string
	// Agent is asked for the key; nil means the one behind SSH_AUTH_SOCK. The
	// caller closes it. Without one, a client whose key is in an agent keeps a
	// connection to it as long as the process runs.
	Agent *sshkey.Agent
}

// NewTriton makes a client as the zero [Config] finds things.
func NewTriton(ctx context.Context, opts ...wrapper.TritonOption) (*wrapper.Triton, *Settings, error) {
	return Config{}.NewTriton(ctx, opts...)
}

// NewTriton loads the settings and the key, and makes a client of them. opts
// come after what the profile says and win. Nothing is sent to the cloud; ctx
// bounds how long ssh-agent may take to list its keys.
//
// The settings are returned with an error too, as far as they could be read.
func (l Config) NewTriton(ctx context.Context, opts ...wrapper.TritonOption) (*wrapper.Triton, *Settings, error) {
	settings, err := l.Settings()
	if err != nil {
		return nil, nil, err
	}
	if settings.Insecure && !l.AllowInsecureTLS {
		return nil, settings, settings.invalid(fmt.Sprintf("%s asks not to verify TLS certificates, and the program does not allow that", settings.label("insecure")))
	}
	signer, err := l.Signer(ctx, settings)
	if err != nil {
		return nil, settings, err
	}
	var keyOptions []wrapper.SignatureOption
	if settings.User != "" {
		keyOptions = append(keyOptions, wrapper.WithSubUser(settings.User))
	}
	auth, err := wrapper.SignatureAuth(settings.Account, signer, keyOptions...)
	if err != nil {
		return nil, settings, fmt.Errorf("%s: %w", settings.Source, err)
	}
	var fromProfile []wrapper.TritonOption
	if len(settings.Roles) > 0 {
		fromProfile = append(fromProfile, wrapper.WithRoles(settings.Roles...))
	}
	if settings.Insecure {
		fromProfile = append(fromProfile, wrapper.WithHTTPClient(insecureClient()))
	}
	account := settings.Account
	if settings.ActAs != "" {
		account = settings.ActAs
	}
	client, err := wrapper.NewTriton(settings.URL, account, auth, append(fromProfile, opts...)...)
	if err != nil {
		return nil, settings, fmt.Errorf("%s: %w", settings.Source, err)
	}
	return client, settings, nil
}

// insecureClient does not verify certificates, as the profile and the program
// both asked.
func insecureClient() *http.Client {
	transport := &http.Transport{Proxy: http.ProxyFromEnvironment}
	if standard, ok := http.DefaultTransport.(*http.Transport); ok {
		transport = standard.Clone()
	}
	transport.TLSClientConfig = &tls.Config{InsecureSkipVerify: true, MinVersion: tls.VersionTLS12} // #nosec G402
	return &http.Client{Transport: transport}
}

// A field has one name in a profile file and up to two in the environment.
type field struct {
	json      string
	variables []string
}

var fields = []field{
	{"url", []string{"TRITON_URL", "SDC_URL"}},
	{"account", []string{"TRITON_ACCOUNT", "SDC_ACCOUNT"}},
	{"keyId", []string{"TRITON_KEY_ID", "SDC_KEY_ID"}},
	{"user", []string{"TRITON_USER", "SDC_USER"}},
	{"actAsAccount", []string{"TRITON_ACT_AS"}},
	{"insecure", []string{"TRITON_TLS_INSECURE", "SDC_TLS_INSECURE"}},
}

func variablesOf(json string) []string {
	for _, f := range fields {
		if f.json == json {
			return f.variables
		}
	}
	return nil
}

// label is what the user has to change to change a field.
func (s *Settings) label(json string) string {
	if s.Name == environment {
		return strings.Join(variablesOf(json), " or ")
	}
	return `field "` + json + `"`
}

func (s *Settings) invalid(reason string) error {
	return fmt.Errorf("%s: %s: %w", s.Source, reason, wrapper.ErrInvalid)
}

// checkComplete names everything that is missing, at once.
func (s *Settings) checkComplete(hasKeyMaterial bool) error {
	var missing []string
	if s.URL == "" {
		missing = append(missing, s.label("url"))
	}
	if s.Account == "" {
		missing = append(missing, s.label("account"))
	}
	if s.KeyID == "" && !hasKeyMaterial {
		missing = append(missing, s.label("keyId"))
	}
	if len(missing) > 0 {
		return s.invalid("not set: " + strings.Join(missing, ", "))
	}
	return nil
}
