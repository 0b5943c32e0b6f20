package sandbox

import (
	"bytes"
	"fmt"
	"regexp"
	"strings"
)

// variable is one environment variable.
type variable struct{ name, value string }

var plainValue = regexp.MustCompile(`^[A-Za-z0-9_@%+=:,./-]*$`)

// quoted is the value as a POSIX shell reads it. Values that need no quotes have none, so that
// readers of NAME=value files that know no quotes get along.
func (v variable) quoted() string {
	if plainValue.MatchString(v.value) {
		return v.value
	}
	return "'" + strings.ReplaceAll(v.value, "'", `'\''`) + "'"
}

// envFile is the text of -env-file.
func envFile(variables []variable) []byte {
	var out bytes.Buffer
	for _, v := range variables {
		fmt.Fprintf(&out, "%s=%s\n", v.name, v.quoted())
	}
	return out.Bytes()
}

// vendorVariable matches what the vendors' tools read, so that nothing of the caller's own settings
// leads a command to a real cloud.
var vendorVariable = regexp.MustCompile(`^(IONOS|TRITON|SDC|CLOUDROSTER)_[A-Z0-9_]*=`)

// environment is the environment of the command: that of the process without any vendor's
// variables, with those of the sandbox, and with hosts reached directly whatever proxy is set.
func environment(inherited []string, variables []variable, hosts []string) []string {
	var out []string
	direct := strings.Join(hosts, ",")
	for _, assignment := range inherited {
		name, value, _ := strings.Cut(assignment, "=")
		switch {
		case vendorVariable.MatchString(assignment):
			continue
		case strings.EqualFold(name, "no_proxy"):
			if value != "" {
				direct = value + "," + direct
			}
			continue
		}
		out = append(out, assignment)
	}
	out = append(out, "NO_PROXY="+direct, "no_proxy="+direct)
	for _, v := range variables {
		out = append(out, v.name+"="+v.value)
	}
	return out
}
