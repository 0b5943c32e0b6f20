package wrappertest

import (
	"net/http"
	"regexp"
)

var (
	// loginPattern: a letter first, then letters, digits and _ . @, 3 to 32 in all.
	loginPattern = regexp.MustCompile(`^[a-zA-Z][a-zA-Z0-9_.@]{2,31}$`)
	// emailPattern is that of HTML forms.
	emailPattern = regexp.MustCompile("^[a-zA-Z0-9.!#$%&'*+/=?^_`{|}~-]+@[a-zA-Z0-9-]+(\\.[a-zA-Z0-9-]+)*$")
	letter       = regexp.MustCompile(`[a-zA-Z]`)
	digit        = regexp.MustCompile(`[0-9]`)
)

func invalidArgument(message string) *tritonError {
	return &tritonError{http.StatusConflict, "InvalidArgument", message}
}

func alreadyExists(attribute, value string) *tritonError {
	return invalidArgument(`"` + attribute + `" is a unique attribute; value "` + value + `" already exists`)
}

func checkLogin(login string) error {
	if !loginPattern.MatchString(login) || login == "local" {
		return invalidArgument("login: " + login + " is invalid")
	}
	return nil
}

func checkEmail(email string) error {
	if !emailPattern.MatchString(email) {
		return invalidArgument("email: " + email + " is invalid")
	}
	return nil
}

// checkUnique: addresses are unique in the whole installation, logins in the account, both by
// exact case.
func (c *Triton) checkUnique(user SubUser) error {
	if other, taken := c.byLogin(user.Login); taken && other.ID != user.ID {
		return alreadyExists("login", c.accountID+"/"+user.Login)
	}
	if other, taken := c.byEmail(user.Email); taken && other.ID != user.ID || user.Email == c.attributes["email"] {
		return alreadyExists("email", user.Email)
	}
	return nil
}

func checkPassword(password string) error {
	if len([]rune(password)) < 7 {
		return invalidArgument("passwordTooShort")
	}
	if !letter.MatchString(password) || !digit.MatchString(password) {
		return invalidArgument("insufficientPasswordQuality")
	}
	return nil
}
