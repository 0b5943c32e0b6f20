package wrappertest

import (
	"cmp"
	"net/http"
	"net/url"
	"reflect"
	"slices"
	"strings"
	"time"
)

// passwordHistory is how many passwords of a user may not be set again, the current one included.
const passwordHistory = 5

// SubUser is a user of the Triton account as the cloud holds it, password included.
type SubUser struct {
	ID          string `json:"id,omitempty"` // created when empty
	Login       string `json:"login"`
	Email       string `json:"email"`
	Password    string `json:"password,omitempty"`
	CompanyName string `json:"companyName,omitempty"`
	FirstName   string `json:"firstName,omitempty"`
	LastName    string `json:"lastName,omitempty"`
	Address     string `json:"address,omitempty"`
	PostalCode  string `json:"postalCode,omitempty"`
	City        string `json:"city,omitempty"`
	State       string `json:"state,omitempty"`
	Country     string `json:"country,omitempty"`
	Phone       string `json:"phone,omitempty"`
	// MultiValues holds attributes with more than one value by their JSON name
	// ("phone"). They are returned as arrays, in place of the field above.
	MultiValues  map[string][]string `json:"multiValues,omitempty"`
	Roles        []string            `json:"roles,omitempty"` // names; returned only with membership
	DefaultRoles []string            `json:"defaultRoles,omitempty"`
	Created      time.Time           `json:"created,omitzero"` // now when zero
	Updated      time.Time           `json:"updated,omitzero"`
}

// optional are the attributes that may be missing, by their JSON name, in the server's order.
var optional = []struct {
	name  string
	field func(*SubUser) *string
}{
	{"companyName", func(u *SubUser) *string { return &u.CompanyName }},
	{"firstName", func(u *SubUser) *string { return &u.FirstName }},
	{"lastName", func(u *SubUser) *string { return &u.LastName }},
	{"postalCode", func(u *SubUser) *string { return &u.PostalCode }},
	{"address", func(u *SubUser) *string { return &u.Address }},
	{"city", func(u *SubUser) *string { return &u.City }},
	{"state", func(u *SubUser) *string { return &u.State }},
	{"country", func(u *SubUser) *string { return &u.Country }},
	{"phone", func(u *SubUser) *string { return &u.Phone }},
}

func (u SubUser) json(membership bool) object {
	out := object{{"id", u.ID}, {"login", u.Login}, {"email", u.Email}}
	for _, attribute := range optional {
		if several, sent := u.MultiValues[attribute.name]; sent {
			out = append(out, member{attribute.name, several})
			continue
		}
		out = out.with(attribute.name, *attribute.field(&u))
	}
	if membership {
		out = append(out, member{"roles", orEmpty(u.Roles)}, member{"default_roles", orEmpty(u.DefaultRoles)})
	}
	return append(out, member{"updated", milliseconds(u.Updated)}, member{"created", milliseconds(u.Created)})
}

func orEmpty(list []string) []string {
	if list == nil {
		return []string{}
	}
	return list
}

func milliseconds(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000Z") }

// AddUser puts a sub-user into the cloud without a request, and returns the id.
// Nothing is validated.
func (c *Triton) AddUser(user SubUser) string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.addUser(user, c.clock.now())
}

// Users returns all sub-users, oldest first.
func (c *Triton) Users() []SubUser {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.users.list()
}

// User finds a sub-user by id, login or email.
func (c *Triton) User(idLoginOrEmail string) (SubUser, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if user, found := c.users.get(idLoginOrEmail); found {
		return user, true
	}
	if user, found := c.byLogin(idLoginOrEmail); found {
		return user, true
	}
	return c.byEmail(idLoginOrEmail)
}

func noUser(name string) error {
	return &tritonError{http.StatusNotFound, "ResourceNotFound", name + " does not exist"}
}

// find resolves the user segment of a read, a deletion, or what lies below the user.
func (c *Triton) find(q *call) (SubUser, error) { return findIn(&c.users, q) }

func findIn(users *ordered[SubUser], q *call) (SubUser, error) {
	segment := q.params[1]
	if segment == "" || strings.ContainsAny(segment, "%)") {
		return SubUser{}, internalError()
	}
	if user, found := users.get(segment); found {
		return user, nil
	}
	if user, found := users.find("login " + segment); found {
		return user, nil
	}
	return SubUser{}, noUser(segment)
}

// findByID resolves the user segment of a change, which takes ids only.
func (c *Triton) findByID(q *call) (SubUser, error) {
	segment := q.params[1]
	if segment == "" {
		return SubUser{}, internalError()
	}
	user, found := c.users.get(segment)
	if !found {
		return SubUser{}, noUser(`user with uuid "` + segment + `"`)
	}
	return user, nil
}

func (c *Triton) listUsers(*call) (*result, error) {
	items := []object{}
	users := c.readable()
	limit := users.len()
	if c.listLimit > 0 {
		limit = min(limit, c.listLimit)
	}
	for _, user := range users.page(0, limit) {
		items = append(items, user.json(false))
	}
	return ok(items)
}

func (c *Triton) getUser(q *call) (*result, error) {
	user, err := findIn(c.readable(), q)
	if err != nil {
		return nil, err
	}
	if !c.users.has(user.ID) {
		return nil, &tritonError{http.StatusInternalServerError, "", "the user has been deleted"}
	}
	return ok(user.json(q.query.Get("membership") != ""))
}

// aliases are other names under which the server takes attributes.
var aliases = map[string]string{"company": "companyName", "givenName": "firstName", "sn": "lastName"}

func (p parameters) resolveAliases() {
	for alias, name := range aliases {
		if value, sent := p[alias]; sent && !p.has(name) {
			p[name] = value
		}
	}
}

func (c *Triton) createUser(q *call) (*result, error) {
	body := q.sent
	body.resolveAliases()
	if err := body.need("email", "login", "password"); err != nil {
		return nil, err
	}
	user := SubUser{Created: c.clock.now(), Email: body.text("email"), Password: body.text("password")}
	if err := checkPassword(user.Password); err != nil {
		return nil, err
	}
	if err := checkEmail(user.Email); err != nil {
		return nil, err
	}
	login, err := body.one("login")
	if err != nil {
		return nil, err
	}
	user.Login = strings.TrimPrefix(login, c.accountID+"/")
	if err := checkLogin(user.Login); err != nil {
		return nil, err
	}
	if c.logins.taken(user.Login, &c.users) {
		return nil, invalidArgument("Login is already taken")
	}
	if err := c.checkUnique(user); err != nil {
		return nil, err
	}
	for _, attribute := range optional {
		if body.empty(attribute.name) {
			return nil, internalError()
		}
		body.into(&user, attribute.name, attribute.field(&user), true)
	}
	id := c.addUser(user, c.clock.now())
	user, _ = c.users.get(id)
	return &result{
		status:   http.StatusCreated,
		body:     user.json(false),
		location: "/" + Account + "/users/" + url.QueryEscape(user.Login),
	}, nil
}

// updateUser touches only what the body names; "" and null clear an attribute, and the password is
// ignored. Values are checked before the user is looked for.
func (c *Triton) updateUser(q *call) (*result, error) {
	body := q.sent
	body.resolveAliases()
	login, email, err := c.names(body)
	if err != nil {
		return nil, err
	}
	before, err := c.findByID(q)
	if err != nil {
		return nil, err
	}
	user := before
	user.Login, user.Email = cmp.Or(login, user.Login), cmp.Or(email, user.Email)
	if err := c.checkUnique(user); err != nil {
		return nil, err
	}
	user.MultiValues = copySeveral(user.MultiValues)
	for _, attribute := range optional {
		body.into(&user, attribute.name, attribute.field(&user), false)
	}
	if reflect.DeepEqual(user, before) {
		return ok(user.json(false))
	}
	user.Updated = c.clock.now()
	if keys := c.keys[before.Login]; user.Login != before.Login {
		delete(c.keys, before.Login) // keys belong to the user, not to its name
		c.keys[user.Login] = keys
	}
	c.setUser(user)
	return ok(user.json(false))
}

// names returns the valid login and email of an update, "" for one that is not sent.
func (c *Triton) names(body parameters) (login, email string, err error) {
	if body.has("login") {
		if login, err = body.one("login"); err != nil {
			return "", "", err
		}
		login = strings.TrimPrefix(login, c.accountID+"/")
		if err := checkLogin(login); err != nil {
			return "", "", err
		}
	}
	if body.has("email") {
		if email, err = body.one("email"); err != nil {
			return "", "", err
		}
		if err := checkEmail(email); err != nil {
			return "", "", err
		}
	}
	return login, email, nil
}

func copySeveral(several map[string][]string) map[string][]string {
	if several == nil {
		return nil
	}
	out := map[string][]string{}
	for name, values := range several {
		out[name] = slices.Clone(values)
	}
	return out
}

func (c *Triton) changePassword(q *call) (*result, error) {
	body := q.sent
	if err := body.need("password", "password_confirmation"); err != nil {
		return nil, err
	}
	user, err := c.findByID(q)
	if err != nil {
		return nil, err
	}
	// The server compares with ===: no list and no object equals another.
	sent, again := body["password"], body["password_confirmation"]
	if kind := reflect.TypeOf(sent).Kind(); kind == reflect.Slice || kind == reflect.Map || !reflect.DeepEqual(sent, again) {
		return nil, invalidArgument("password and password_confirmation must have the same value")
	}
	password := body.text("password")
	if err := checkPassword(password); err != nil {
		return nil, err
	}
	if slices.Contains(c.history[user.ID], password) {
		return nil, invalidArgument("passwordInHistory")
	}
	user.Password, user.Updated = password, c.clock.now()
	c.setUser(user)
	c.remember(user.ID, password)
	return ok(user.json(false))
}

func (c *Triton) deleteUser(q *call) (*result, error) {
	user, err := c.find(q)
	if err != nil {
		return nil, err
	}
	if len(c.keys[user.Login]) > 0 {
		return nil, invalidArgument(`The resource in question has "child" elements or is immutable and cannot be destroyed`)
	}
	c.removeUser(user)
	return &result{status: http.StatusNoContent}, nil
}
