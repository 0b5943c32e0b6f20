package profile

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/cloudroster/cloudroster/internal/privatefile"
	"github.com/cloudroster/cloudroster/wrapper"
)

// IONOSSettings are what a profile of the vendor's tools says, without its secrets.
type IONOSSettings struct {
	Name     string // of the profile; "env" for the environment
	Source   string // "environment", or the path of the file
	URL      string // base URL; "" for the default
	Username string // "" with a token
	Contract int    // contract number; 0 for none
	// Insecure means that TLS certificates are not to be verified. A client is created only if
	// [Config.AllowInsecureTLS] agrees.
	Insecure bool
}

// ionosLogin is kept apart from the settings: fmt prints unexported fields, whatever their type.
type ionosLogin struct{ token, username, password string }

// NewIONOS creates an IONOS client from the settings of the vendor's tools; see [Config.NewIONOS].
func NewIONOS(opts ...wrapper.IONOSOption) (*wrapper.IONOS, *IONOSSettings, error) {
	return Config{}.NewIONOS(opts...)
}

// NewIONOS creates an IONOS client from the environment or from the configuration file of the
// vendor's tools. opts win over what they say. Nothing is sent.
//
// The credentials are the first of: the profile that [Config.Profile] names; the variables IONOS_TOKEN,
// or IONOS_USERNAME and IONOS_PASSWORD; the profile that IONOS_CURRENT_PROFILE names; the file's
// currentProfile. The file is the one that IONOS_CONFIG_FILE names, or ~/.ionos/config:
//
//	currentProfile: work
//	profiles:
//	  - name: work
//	    environment: prod              # optional
//	    credentials:
//	      token: ...                   # or username and password
//	environments:
//	  - name: prod
//	    products:
//	      - name: cloud                # all other products are ignored
//	        endpoints:
//	          - name: https://api.ionos.com/cloudapi/v6
//	            skipTlsVerify: false
//
// IONOS_API_URL wins over an endpoint of the file, and IONOS_CONTRACT_NUMBER is the contract number.
// /cloudapi/v6 is appended to a base URL without it. The file's failover settings are not used: a
// request goes to one host.
//
// Errors name the variable, or the file and field, never a value. They match [wrapper.ErrInvalid];
// [fs.ErrNotExist] if neither variables nor a file exist; [sshkey.ErrInsecurePermissions] if others
// may read the file and [Config.AllowInsecurePermissions] is not set; and [errors.ErrUnsupported]
// for a certificateAuthData of the endpoint: use [wrapper.WithHTTPClient] with that authority.
//
// The settings are returned with an error too, as far as they could be read.
func (l Config) NewIONOS(opts ...wrapper.IONOSOption) (*wrapper.IONOS, *IONOSSettings, error) {
	settings, login, err := l.ionosSettings()
	if err != nil {
		return nil, settings, err
	}
	if settings.Insecure && !l.AllowInsecureTLS {
		return nil, settings, settings.invalid("skipTlsVerify: asks not to verify TLS certificates, and the program does not allow that")
	}
	auth := wrapper.TokenAuth(login.token)
	if login.token == "" {
		auth = wrapper.BasicAuth(login.username, login.password)
	}
	var own []wrapper.IONOSOption
	if settings.URL != "" {
		own = append(own, wrapper.WithBaseURL(settings.URL))
	}
	if settings.Contract != 0 {
		own = append(own, wrapper.WithContractNumber(settings.Contract))
	}
	if settings.Insecure {
		own = append(own, wrapper.WithHTTPClient(insecureClient()))
	}
	client, err := wrapper.NewIONOS(auth, append(own, opts...)...)
	if err != nil {
		return nil, settings, fmt.Errorf("%s: %w", settings.Source, err)
	}
	return client, settings, nil
}

// IONOSSettings reads the settings without creating a client. Errors are those of
// [Config.NewIONOS].
func (l Config) IONOSSettings() (*IONOSSettings, error) {
	settings, _, err := l.ionosSettings()
	return settings, err
}

func (l Config) ionosSettings() (settings *IONOSSettings, login ionosLogin, err error) {
	settings = &IONOSSettings{Name: environment, Source: "environment"}
	login = ionosLogin{l.getenv("IONOS_TOKEN"), l.getenv("IONOS_USERNAME"), l.getenv("IONOS_PASSWORD")}
	labels := [3]string{"IONOS_TOKEN", "IONOS_USERNAME", "IONOS_PASSWORD"}
	if l.Profile != "" || login == (ionosLogin{}) {
		labels = [3]string{"credentials.token", "credentials.username", "credentials.password"}
		if settings, login, err = l.ionosFile(); err != nil {
			return settings, login, err
		}
	}
	if login.token == "" { // a token wins, as in the vendor's tools
		settings.Username = login.username
		if err := settings.checkPassword(login, labels); err != nil {
			return settings, login, err
		}
	}
	if url := l.getenv("IONOS_API_URL"); url != "" {
		settings.URL = url
	}
	if settings.URL != "" {
		settings.URL = strings.TrimRight(settings.URL, "/")
		if !strings.HasSuffix(settings.URL, "/cloudapi/v6") {
			settings.URL += "/cloudapi/v6"
		}
	}
	if number := l.getenv("IONOS_CONTRACT_NUMBER"); number != "" {
		if settings.Contract, err = strconv.Atoi(number); err != nil || settings.Contract == 0 {
			return settings, login, fmt.Errorf("IONOS_CONTRACT_NUMBER: is not a contract number: %w", wrapper.ErrInvalid)
		}
	}
	return settings, login, nil
}

func (s *IONOSSettings) checkPassword(login ionosLogin, labels [3]string) error {
	switch {
	case login.username == "" && login.password == "":
		return s.invalid("not set: " + labels[0] + ", or " + labels[1] + " and " + labels[2])
	case login.username == "":
		return s.invalid("not set: " + labels[1])
	case login.password == "":
		return s.invalid("not set: " + labels[2])
	}
	return nil
}

func (s *IONOSSettings) invalid(reason string) error {
	where := s.Source
	if s.Name != environment && s.Name != "" {
		where += ": profile " + strconv.Quote(s.Name)
	}
	return fmt.Errorf("%s: %s: %w", where, reason, wrapper.ErrInvalid)
}

// ionosConfig is the part of the file that matters here.
type ionosConfig struct {
	CurrentProfile string         `yaml:"currentProfile"`
	Profiles       []ionosProfile `yaml:"profiles"`
	Environments   []struct {
		Name     string `yaml:"name"`
		Products []struct {
			Name      string          `yaml:"name"`
			Endpoints []ionosEndpoint `yaml:"endpoints"`
		} `yaml:"products"`
	} `yaml:"environments"`
}

type ionosProfile struct {
	Name        string `yaml:"name"`
	Environment string `yaml:"environment"`
	Credentials struct {
		Token    string `yaml:"token"`
		Username string `yaml:"username"`
		Password string `yaml:"password"`
	} `yaml:"credentials"`
}

type ionosEndpoint struct {
	Location            string `yaml:"location"`
	Name                string `yaml:"name"`
	SkipTLSVerify       bool   `yaml:"skipTlsVerify"`
	CertificateAuthData string `yaml:"certificateAuthData"`
}

// ionosFile reads the profile from the file.
func (l Config) ionosFile() (settings *IONOSSettings, login ionosLogin, err error) {
	path, err := l.ionosFileName()
	if err != nil {
		return nil, login, err
	}
	settings = &IONOSSettings{Source: path}
	text, err := l.readPrivate(path)
	if errors.Is(err, fs.ErrNotExist) {
		return settings, login, fmt.Errorf("not set: IONOS_TOKEN, or IONOS_USERNAME and IONOS_PASSWORD; and no configuration file: %w", err)
	}
	if err != nil {
		return settings, login, err
	}
	var config ionosConfig
	if err = yaml.Unmarshal(text, &config); err != nil {
		return settings, login, settings.invalid("is not YAML of the expected form" + lineOf(err))
	}
	name := l.Profile
	if name == "" {
		name = l.getenv("IONOS_CURRENT_PROFILE")
	}
	if name == "" {
		name = config.CurrentProfile
	}
	if name == "" {
		return settings, login, settings.invalid("currentProfile: is not set, nor is IONOS_CURRENT_PROFILE")
	}
	for _, p := range config.Profiles {
		// The vendor's tools compare names this way.
		if strings.EqualFold(strings.TrimSpace(p.Name), strings.TrimSpace(name)) {
			settings.Name = p.Name
			login = ionosLogin{p.Credentials.Token, p.Credentials.Username, p.Credentials.Password}
			return settings, login, config.endpoint(p, settings)
		}
	}
	return settings, login, fmt.Errorf("%s: profile %q: %w", path, name, fs.ErrNotExist)
}

// endpoint fills in the endpoint that the profile's environment has for the Cloud API. A profile
// without an environment uses the first one that names the product, as the vendor's tools do.
func (c *ionosConfig) endpoint(p ionosProfile, settings *IONOSSettings) error {
	found := p.Environment == ""
	for _, e := range c.Environments {
		if p.Environment != "" && e.Name != p.Environment {
			continue
		}
		found = true
		for _, product := range e.Products {
			if !strings.EqualFold(strings.TrimSpace(product.Name), "cloud") {
				continue
			}
			for _, endpoint := range product.Endpoints {
				if endpoint.Location != "" {
					continue
				}
				if endpoint.CertificateAuthData != "" {
					return fmt.Errorf("%s: environment %q: certificateAuthData: %w", settings.Source, e.Name, errors.ErrUnsupported)
				}
				settings.URL, settings.Insecure = endpoint.Name, endpoint.SkipTLSVerify
				return nil
			}
		}
	}
	if !found {
		return settings.invalid("environment: does not exist in the file")
	}
	return nil
}

func (l Config) ionosFileName() (string, error) {
	if name := l.getenv("IONOS_CONFIG_FILE"); name != "" {
		return name, nil
	}
	home, err := l.home()
	if err != nil {
		return "", fmt.Errorf("find the IONOS configuration file: %w", err)
	}
	return filepath.Join(home, ".ionos", "config"), nil
}

// maxConfigSize is far above any configuration file.
const maxConfigSize = 1 << 20

// readPrivate reads a file that holds secrets.
func (l Config) readPrivate(path string) ([]byte, error) {
	text, mode, err := privatefile.Read(path, maxConfigSize, wrapper.ErrInvalid)
	if err == nil && !l.AllowInsecurePermissions {
		err = privatefile.CheckMode(path, mode)
	}
	if err != nil {
		return nil, err
	}
	return text, nil
}

var yamlLine = regexp.MustCompile(`line \d+`)

// lineOf returns the line of a YAML error, and nothing else of it: its text can repeat a token.
func lineOf(err error) string {
	if line := yamlLine.FindString(err.Error()); line != "" {
		return " at " + line
	}
	return ""
}
