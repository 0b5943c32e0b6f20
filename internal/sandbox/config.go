package sandbox

import (
	"crypto"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/cloudroster/cloudroster/wrapper/wrappertest"
)

// config is what the flags say, validated.
type config struct {
	ionos, triton, control string
	advertise              string
	seed, state            string
	envFile, certificate   string
	log                    logFormat
	contract               bool
	entityItems            bool
	strictDepth            bool
	rate, tritonRate       rate
	queued, running, grace time.Duration
	keys                   []namedKey
	accounts               []string
	contracts              []int32
	logins                 []login
	tokens                 []string
	origins                []string
	history                int
	listLimit              int
	stale                  time.Duration

	hidden error // about a value that package flag would print
}

type namedKey struct {
	name string
	key  crypto.PublicKey
}

type login struct{ username, password string }

// newFlags returns the flags, which write into c.
func newFlags(c *config) *flag.FlagSet {
	flags := flag.NewFlagSet("sandbox", flag.ContinueOnError)
	flags.SetOutput(io.Discard) // an error is one line, printed by the caller
	flags.Usage = func() {}

	address(flags, &c.ionos, "ionos", "127.0.0.1:0", "serve IONOS at this `address`; port 0 is a free one, and without a host it is the loopback interface")
	address(flags, &c.triton, "triton", "127.0.0.1:0", "serve Triton at this `address`")
	address(flags, &c.control, "control", "", "serve the control API and the page at this `address`; without it there is neither")
	flags.Func("advertise", "print URLs with this `host`, for servers that listen on all interfaces", func(s string) error {
		c.advertise = s
		return checkHost(s)
	})
	flags.StringVar(&c.seed, "seed", "", "start with the users, groups and keys of this JSON `file`")
	flags.StringVar(&c.state, "state", "", "keep the state in this JSON `file`: read at the start if it exists, written after changes and at the end")
	flags.StringVar(&c.envFile, "env-file", "", "write the variables to this `file` too, one NAME=value a line; it is removed at the end")
	flags.Var(&c.log, "log", "log each request to standard error: text, or -log=json")
	flags.StringVar(&c.certificate, "tls", "", "serve HTTPS with a new certificate, and write the certificate to this `file`")
	flags.BoolVar(&c.contract, "contract", false, "check the traffic against openapi.yaml; violations are printed and end in exit status 1")
	flags.BoolVar(&c.entityItems, "entity-items", false, "list references in the entities of IONOS users and groups at depth 1, as some clients expect; the documentation has links only")
	flags.BoolVar(&c.strictDepth, "strict-depth", false, "reject an IONOS depth above 1; without it such a depth is served as 1")
	flags.Var(&c.rate, "rate", "limit IONOS to `requests[/burst]`: requests a minute, and burst at the same time")
	flags.Var(&c.tritonRate, "triton-rate", "limit Triton to `requests[/burst]`: requests a second, after a burst; 10/30 is that of the real server")
	duration(flags, &c.queued, "queued", time.Second, "how long an accepted IONOS request is QUEUED")
	duration(flags, &c.running, "running", 2*time.Second, "how long it is RUNNING after that")
	duration(flags, &c.grace, "grace", 10*time.Second, "how long the command of run, and then what it left running, may take to end before it is killed")
	repeated(flags, &c.keys, "triton-key", "accept signatures of the public key in this `file`, may be repeated; without it a key pair is created", readKey)
	repeated(flags, &c.accounts, "triton-account", "the `login` of another Triton account, which exists but is forbidden; may be repeated", anyText)
	repeated(flags, &c.contracts, "contract-number", "a contract `number` of the IONOS login, may be repeated; with several, X-Contract-Number is required", contractNumber)
	repeated(flags, &c.logins, "ionos-login", "another `username:password` of the IONOS contract owner, may be repeated; the first one is printed", c.parseLogin)
	repeated(flags, &c.tokens, "ionos-token", "another `token` of the IONOS contract owner, may be repeated; the first one is printed", anyText)
	repeated(flags, &c.origins, "cors", "allow web pages of this `origin`, such as http://localhost:5173, or * for all; may be repeated", parseOrigin)
	c.listLimit = -1
	flags.Func("triton-list-limit", "cut Triton's lists of users after this many `users`, 0 for never (default 1000)", func(s string) (err error) {
		if s == "0" {
			c.listLimit = 0
			return nil
		}
		c.listLimit, err = positive(s)
		return err
	})
	duration(flags, &c.stale, "triton-stale", 0, "return Triton's users as they were up to this long ago, as a second front end does")
	c.history = 1000
	flags.Func("history", "keep the last `requests` of each cloud for the page and the control API (default 1000)", func(s string) (err error) {
		c.history, err = positive(s)
		return err
	})
	return flags
}

// parse reads the flags. The rest of the arguments is the command to run.
func parse(flags *flag.FlagSet, c *config, args []string, run bool) (rest []string, err error) {
	if err := flags.Parse(args); err != nil {
		return nil, err
	}
	rest = flags.Args()
	switch {
	case c.hidden != nil:
		return nil, c.hidden
	case run && len(rest) == 0:
		return nil, errors.New("run needs a command: cloudroster sandbox run [flags] -- command [arguments]")
	case !run && len(rest) > 0:
		return nil, fmt.Errorf("unexpected argument %q", rest[0])
	case c.seed != "" && c.seed == c.state:
		return nil, errors.New("-seed and -state name the same file")
	}
	return rest, nil
}

// address is a flag for a TCP address. Without a host it is the loopback interface, so that nobody
// listens on all interfaces without having said so.
func address(flags *flag.FlagSet, into *string, name, otherwise, usage string) {
	*into = otherwise
	if otherwise != "" {
		usage += " (default " + otherwise + ")"
	}
	flags.Func(name, usage, func(s string) error {
		if _, err := strconv.ParseUint(s, 10, 16); err == nil {
			s = ":" + s
		}
		host, port, err := net.SplitHostPort(s)
		if err != nil {
			return errors.New("must be host:port or a port")
		}
		if _, err := strconv.ParseUint(port, 10, 16); err != nil {
			return errors.New("the port must be a number from 0 to 65535")
		}
		if host == "" {
			host = "127.0.0.1"
		}
		*into = net.JoinHostPort(host, port)
		return nil
	})
}

func duration(flags *flag.FlagSet, into *time.Duration, name string, otherwise time.Duration, usage string) {
	*into = otherwise
	flags.Func(name, usage+", a `duration` such as 500ms (default "+otherwise.String()+")", func(s string) error {
		d, err := time.ParseDuration(s)
		if err != nil || d < 0 {
			return errors.New("must be a duration such as 500ms, not below 0")
		}
		*into = d
		return nil
	})
}

// repeated is a flag that adds to a list.
func repeated[T any](flags *flag.FlagSet, into *[]T, name, usage string, read func(string) (T, error)) {
	flags.Func(name, usage, func(s string) error {
		value, err := read(s)
		if err == nil {
			*into = append(*into, value)
		}
		return err
	})
}

func anyText(s string) (string, error) {
	if s == "" {
		return "", errors.New("must not be empty")
	}
	return s, nil
}

func contractNumber(s string) (int32, error) {
	n, err := strconv.ParseInt(s, 10, 32)
	if err != nil || n < 1 {
		return 0, errors.New("must be a whole number above 0")
	}
	return int32(n), nil
}

func positive(s string) (int, error) {
	n, err := strconv.ParseInt(s, 10, 32)
	if err != nil || n < 1 {
		return 0, errors.New("must be a whole number above 0")
	}
	return int(n), nil
}

func (c *config) parseLogin(s string) (login, error) {
	username, password, ok := strings.Cut(s, ":")
	if !ok || username == "" || password == "" {
		c.hidden = errors.New("invalid value for flag -ionos-login: must be username:password")
	}
	return login{username, password}, nil
}

func parseOrigin(s string) (string, error) {
	u, err := url.Parse(s)
	if s != "*" && (err != nil || u.Host == "" || u.Scheme == "" || u.User != nil || s != u.Scheme+"://"+u.Host) {
		return "", errors.New("must be * or an origin such as http://localhost:5173")
	}
	return s, nil
}

func checkHost(s string) error {
	if u, err := url.Parse("http://" + s); err != nil || s == "" || u.Host != s || u.Port() != "" {
		return errors.New("must be a host name or IP address, without a port")
	}
	return nil
}

// readKey reads a public key. A private key is named as such, since that mistake is the usual one.
func readKey(file string) (namedKey, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return namedKey{}, err
	}
	key, err := wrappertest.ParsePublicKey(text)
	switch {
	case strings.Contains(string(text), "PRIVATE KEY-----"):
		return namedKey{}, errors.New("is a private key; give the public key that belongs to it, usually the file ending in .pub")
	case err != nil:
		return namedKey{}, errors.New("is not a public key in OpenSSH's or PEM form")
	}
	return namedKey{strings.TrimSuffix(filepath.Base(file), ".pub"), key}, nil
}

// rate is requests[/burst]. The zero value is no limit.
type rate struct{ requests, burst int }

func (r *rate) String() string {
	if r.requests == 0 {
		return ""
	}
	return fmt.Sprintf("%d/%d", r.requests, r.burst)
}

// Set implements flag.Value.
func (r *rate) Set(s string) error {
	requests, burst, hasBurst := strings.Cut(s, "/")
	if !hasBurst {
		burst = requests
	}
	var errs [2]error
	r.requests, errs[0] = positive(requests)
	r.burst, errs[1] = positive(burst)
	if errs[0] != nil || errs[1] != nil {
		return errors.New("must be requests or requests/burst, whole numbers above 0")
	}
	return nil
}

// logFormat is "", "text" or "json".
type logFormat string

func (l *logFormat) String() string { return string(*l) }

// IsBoolFlag lets -log stand alone.
func (l *logFormat) IsBoolFlag() bool { return true }

// Set implements flag.Value.
func (l *logFormat) Set(s string) error {
	formats := map[string]logFormat{"true": "text", "false": "", "text": "text", "json": "json"}
	format, ok := formats[s]
	if !ok {
		return errors.New("must be text or json")
	}
	*l = format
	return nil
}

// trusts reports whether web pages of this origin are allowed.
func (c *config) trusts(origin string) bool {
	return slices.Contains(c.origins, origin) || slices.Contains(c.origins, "*")
}
