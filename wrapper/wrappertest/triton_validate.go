package wrappertest

import (
	"bytes"
	"encoding/json"
	"net/http"
	"regexp"
	"strings"
)

// loginPattern: a letter first, then letters, digits and _ . @, 3 to 32 in all.
var loginPattern = regexp.MustCompile(`^[a-zA-Z][a-zA-Z0-9_.@]{2,31}$`)

var (
	letter = regexp.MustCompile(`[a-zA-Z]`)
	digit  = regexp.MustCompile(`[0-9]`)
)

func invalidArgument(message string) *tritonError {
	return &tritonError{http.StatusConflict, "InvalidArgument", message}
}

// parameters is a JSON body.
type parameters map[string]json.RawMessage

func (q *call) parameters() (parameters, error) {
	p := parameters{}
	if len(bytes.TrimSpace(q.body)) == 0 {
		return p, nil
	}
	if err := json.Unmarshal(q.body, &p); err != nil {
		return nil, &tritonError{http.StatusBadRequest, "InvalidContent", "the body is not a JSON object"}
	}
	return p, nil
}

// has tells whether a parameter was sent, null included.
func (p parameters) has(name string) bool {
	_, ok := p[name]
	return ok
}

// empty tells whether a parameter was sent as "" or null.
func (p parameters) empty(name string) bool {
	value := string(p[name])
	return value == `""` || value == "null"
}

// text is a parameter that is a string.
func (p parameters) text(name string) (value string, ok bool) {
	ok = json.Unmarshal(p[name], &value) == nil
	return value, ok
}

// need refuses a body that lacks one of the names, and one that is no string.
func (p parameters) need(names ...string) error {
	for _, name := range names {
		if !p.has(name) || p.empty(name) {
			return &tritonError{http.StatusConflict, "MissingParameter", name + " is needed"}
		}
		if _, ok := p.text(name); !ok {
			return invalidArgument(name + " has to be a string")
		}
	}
	return nil
}

// into sets an optional attribute from a string, or from several strings.
func (p parameters) into(user *SubUser, name string, field *string) error {
	if !p.has(name) {
		return nil
	}
	if value, ok := p.text(name); ok {
		*field = value
		delete(user.MultiValues, name)
		return nil
	}
	var several []string
	if json.Unmarshal(p[name], &several) != nil {
		return invalidArgument(name + " has to be a string")
	}
	*field = ""
	if user.MultiValues == nil {
		user.MultiValues = map[string][]string{}
	}
	user.MultiValues[name] = several
	return nil
}

func (c *Triton) checkLogin(user SubUser) error {
	if !loginPattern.MatchString(user.Login) {
		return invalidArgument("login is invalid")
	}
	if other, taken := c.byLogin(user.Login); taken && other.ID != user.ID {
		return invalidArgument("login is already taken")
	}
	return nil
}

// checkEmail: one address belongs to one user or account in the whole installation. Addresses are
// compared by exact case.
func (c *Triton) checkEmail(user SubUser) error {
	if at := strings.Index(user.Email, "@"); at < 1 || at == len(user.Email)-1 {
		return invalidArgument("email is invalid")
	}
	other, taken := c.byEmail(user.Email)
	if taken && other.ID != user.ID || user.Email == c.email {
		return invalidArgument("email is already taken")
	}
	return nil
}

func checkPassword(password string) error {
	if len(password) < 7 {
		return invalidArgument("passwordTooShort")
	}
	if !letter.MatchString(password) || !digit.MatchString(password) {
		return invalidArgument("insufficientPasswordQuality")
	}
	return nil
}
