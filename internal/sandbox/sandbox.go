package sandbox

import (
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/cloudroster/cloudroster/contract"
	"github.com/cloudroster/cloudroster/wrapper/wrappertest"
)

// sandbox is a running program.
type sandbox struct {
	config
	process   Process
	cloud     *wrappertest.Cloud
	directory string // for the created key, and its agent
	key       *createdKey
	findings  *findings
	tls       *tls.Config
	keeper    *keeper
	addresses struct{ ionos, triton, control string } // as printed, host and port
	variables []variable

	controlServer *http.Server
	serving       sync.WaitGroup // the control server
}

// start serves both clouds. Nothing is left when it returns an error.
func start(c config, p Process) (s *sandbox, err error) {
	s = &sandbox{config: c, process: p}
	defer func() {
		if err != nil {
			_ = s.stop()
			s = nil
		}
	}()
	if s.directory, err = os.MkdirTemp("", "cloudroster-"); err != nil {
		return s, err
	}
	s.keeper = newKeeper(s)
	options, err := s.options()
	if err != nil {
		return s, err
	}
	s.cloud = wrappertest.New(options...)
	if err = s.credentials(); err != nil {
		return s, err
	}
	if err = s.loadState(); err != nil {
		return s, err
	}
	if err = s.listen(); err != nil {
		return s, err
	}
	if err = s.listenControl(); err != nil {
		return s, err
	}
	s.variables = s.listVariables()
	if c.envFile != "" {
		if err = writeFile(c.envFile, envFile(s.variables)); err != nil {
			return s, fmt.Errorf("-env-file: %w", err)
		}
	}
	return s, nil
}

// options are those of the cloud.
func (s *sandbox) options() ([]wrappertest.Option, error) {
	options := []wrappertest.Option{
		wrappertest.WithRequestTimes(s.queued, s.running),
		wrappertest.WithRequestHistory(s.history),
		wrappertest.WithContracts(s.contracts...),
		wrappertest.WithOwner(),
	}
	if s.entityItems {
		options = append(options, wrappertest.WithEntityItems())
	}
	if s.listLimit >= 0 {
		options = append(options, wrappertest.WithListLimit(s.listLimit))
	}
	if s.stale > 0 {
		options = append(options, wrappertest.WithStaleReads(s.stale))
	}
	if s.strictDepth {
		options = append(options, wrappertest.WithStrictDepth())
	}
	if s.rate.requests > 0 {
		options = append(options, wrappertest.WithRateLimit(s.rate.requests, s.rate.burst))
	}
	if s.tritonRate.requests > 0 {
		options = append(options, wrappertest.WithThrottle(s.tritonRate.requests, s.tritonRate.burst))
	}
	if s.contract {
		checker, err := contract.New(nil)
		if err != nil {
			return nil, err
		}
		s.findings = &findings{stderr: s.process.Stderr, checker: checker, faulty: s.faulty}
		options = append(options, wrappertest.WithHandler(s.findings.wrap))
	}
	if logger := newLogger(s.log, s.process.Stderr); logger != nil {
		options = append(options, wrappertest.WithHandler(func(next http.Handler) http.Handler { return withLog(next, logger) }))
	}
	if s.state != "" {
		options = append(options, wrappertest.WithHandler(func(next http.Handler) http.Handler { return withChanges(next, s.keeper.changed) }))
	}
	if len(s.origins) > 0 {
		options = append(options, wrappertest.WithHandler(s.withCORS))
	}
	if s.certificate != "" {
		config, text, err := newCertificate(s.certificateHosts(), time.Now())
		if err != nil {
			return nil, err
		}
		if err := writeFile(s.certificate, text); err != nil {
			return nil, fmt.Errorf("-tls: %w", err)
		}
		s.tls = config
		options = append(options, wrappertest.WithTLS(config))
	}
	return append(options, wrappertest.WithHandler(withHealth)), nil
}

// faulty reports whether a fault is in force.
func (s *sandbox) faulty() bool {
	return len(s.cloud.IONOS.Faults())+len(s.cloud.Triton.Faults()) > 0
}

// certificateHosts are the names under which the servers are reached.
func (s *sandbox) certificateHosts() []string {
	hosts := []string{"localhost", "127.0.0.1", "::1"}
	for _, address := range []string{s.ionos, s.triton, s.control} {
		if host, _, err := net.SplitHostPort(address); err == nil {
			hosts = append(hosts, host)
		}
	}
	if s.advertise != "" {
		hosts = append(hosts, hostOnly(s.advertise))
	}
	slices.Sort(hosts)
	return slices.Compact(hosts)
}

// hostOnly is a host without the brackets of an IPv6 address.
func hostOnly(host string) string {
	u := url.URL{Host: host}
	return u.Hostname()
}

// credentials adds the keys and logins of the flags.
func (s *sandbox) credentials() (err error) {
	for _, account := range s.accounts {
		s.cloud.Triton.AddOtherAccount(account)
	}
	for _, login := range s.logins {
		s.cloud.IONOS.AddLogin(login.username, login.password)
	}
	for _, token := range s.tokens {
		s.cloud.IONOS.AddToken(token)
	}
	for _, key := range s.keys {
		s.cloud.Triton.AddKey(key.name, key.key)
	}
	if len(s.keys) == 0 {
		s.key, err = newKey(s.directory, s.cloud)
	}
	return err
}

func (s *sandbox) listen() error {
	ionos, err := net.Listen("tcp", s.ionos)
	if err != nil {
		return fmt.Errorf("-ionos: %w", err)
	}
	triton, err := net.Listen("tcp", s.triton)
	if err != nil {
		_ = ionos.Close()
		return fmt.Errorf("-triton: %w", err)
	}
	s.addresses.ionos, s.addresses.triton = s.printed(ionos), s.printed(triton)
	s.cloud.Serve(ionos, triton)
	return nil
}

// printed is the address that clients are told: that of -advertise if it is given, and never one
// that means all interfaces.
func (s *sandbox) printed(listener net.Listener) string {
	address := listener.Addr().(*net.TCPAddr)
	host := hostOnly(s.advertise)
	if host == "" {
		host = address.IP.String()
		if address.IP.IsUnspecified() {
			host = "127.0.0.1"
		}
	}
	return net.JoinHostPort(host, strconv.Itoa(address.Port))
}

func (s *sandbox) scheme() string {
	if s.tls != nil {
		return "https://"
	}
	return "http://"
}

func (s *sandbox) controlURL() string { return s.scheme() + s.addresses.control }

func (s *sandbox) listVariables() []variable {
	scheme := s.scheme()
	username, password, token := wrappertest.Username, wrappertest.Password, wrappertest.Token
	if len(s.logins) > 0 {
		username, password = s.logins[0].username, s.logins[0].password
	}
	if len(s.tokens) > 0 {
		token = s.tokens[0]
	}
	list := []variable{
		{"IONOS_API_URL", scheme + s.addresses.ionos + "/cloudapi/v6"},
		{"IONOS_USERNAME", username},
		{"IONOS_PASSWORD", password},
		{"IONOS_TOKEN", token},
	}
	if len(s.contracts) > 0 {
		list = append(list, variable{"IONOS_CONTRACT_NUMBER", strconv.Itoa(int(s.contracts[0]))})
	}
	triton := []variable{{"URL", scheme + s.addresses.triton}, {"ACCOUNT", wrappertest.Account}}
	if s.key != nil {
		triton = append(triton, variable{"KEY_ID", s.key.fingerprint}, variable{"KEY_MATERIAL", s.key.file})
	} else {
		triton = append(triton, variable{"KEY_ID", wrappertest.Fingerprint(s.keys[0].key)})
	}
	for _, prefix := range []string{"TRITON_", "SDC_"} {
		for _, v := range triton {
			list = append(list, variable{prefix + v.name, v.value})
		}
	}
	list = append(list, variable{"TRITON_PROFILE", "env"}) // these variables, not the tool's current profile
	if s.control != "" {
		list = append(list, variable{"CLOUDROSTER_CONTROL_URL", s.controlURL()})
	}
	if s.certificate != "" {
		name, err := filepath.Abs(s.certificate)
		if err != nil {
			name = s.certificate
		}
		list = append(list, variable{"CLOUDROSTER_CA_FILE", name}, variable{"NODE_EXTRA_CA_CERTS", name})
	}
	return list
}

// print writes what a shell evaluates.
func (s *sandbox) print() {
	out := s.process.Stdout
	for _, v := range s.variables {
		fmt.Fprintf(out, "export %s=%s\n", v.name, v.quoted())
	}
	if s.key != nil && s.key.socket != "" {
		fmt.Fprintf(out, "# The triton command finds its key in an agent only: SSH_AUTH_SOCK=%s\n", variable{value: s.key.socket}.quoted())
	}
	if s.control != "" {
		fmt.Fprintf(out, "# In a browser: %s\n", s.controlURL())
	}
	fmt.Fprintln(out, "# An interrupt (Ctrl-C) stops both.")
}

// stop ends the servers and removes what start created. It can be called on what start got to.
func (s *sandbox) stop() error {
	var errs []error
	s.closeControl()
	if s.cloud != nil {
		s.cloud.Close()
	}
	s.key.close()
	errs = append(errs, s.keeper.stop())
	if s.envFile != "" && s.variables != nil {
		if err := os.Remove(s.envFile); err != nil && !errors.Is(err, os.ErrNotExist) {
			errs = append(errs, fmt.Errorf("-env-file: %w", err))
		}
	}
	if s.directory != "" {
		errs = append(errs, os.RemoveAll(s.directory))
	}
	return errors.Join(errs...)
}
