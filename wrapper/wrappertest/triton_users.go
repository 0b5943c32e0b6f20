package wrappertest

import (
	"net/http"
	"net/url"
	"slices"
	"time"
)

// SubUser is a user of the Triton account as the cloud holds it, password included.
type SubUser struct {
	ID          string // made when empty
	Login       string
	Email       string
	Password    string
	CompanyName string
	FirstName   string
	LastName    string
	Address     string
	PostalCode  string
	City        string
	State       string
	Country     string
	Phone       string
	// Several holds attributes with more than one value by their JSON name
	// ("phone"). They are answered as arrays, in place of the field above.
	MultiValues      map[string][]string
	Roles            []string // names; answered only with membership
	DefaultRoles     []string
	Created, Updated time.Time // made when zero
}

// optional are the attributes that may be missing, by their JSON name, in the
// page's order.
var optional = []struct {
	name  string
	field func(*SubUser) *string
}{
	{"companyName", func(u *SubUser) *string { return &u.CompanyName }},
	{"firstName", func(u *SubUser) *string { return &u.FirstName }},
	{"lastName", func(u *SubUser) *string { return &u.LastName }},
	{"address", func(u *SubUser) *string { return &u.Address }},
	{"postalCode", func(u *SubUser) *string { return &u.PostalCode }},
	{"city", func(u *SubUser) *string { return &u.City }},
	{"state", func(u *SubUser) *string { return &u.State }},
	{"country", func(u *SubUser) *string { return &u.Country }},
	{"phone", func(u *SubUser) *string { return &u.Phone }},
}

func (u SubUser) json(membership bool) object {
	out := object{{"id", u.ID}, {"login", u.Login}, {"email", u.Email}}
	for _, attribute := range optional {
		if several := u.MultiValues[attribute.name]; len(several) > 0 {
			out = append(out, member{attribute.name, several})
			continue
		}
		out = out.with(attribute.name, *attribute.field(&u))
	}
	if membership {
		out = append(out, member{"roles", orEmpty(u.Roles)}, member{"default_roles", orEmpty(u.DefaultRoles)})
	}
	return append(out, member{"created", milliseconds(u.Created)}, member{"updated", milliseconds(u.Updated)})
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
	return c.addUser(user)
}

func (c *Triton) addUser(user SubUser) string {
	if user.ID == "" {
		user.ID = newID()
	}
	if user.Created.IsZero() {
		user.Created = time.Now()
	}
	if user.Updated.IsZero() {
		user.Updated = user.Created
	}
	c.users.set(user.ID, user)
	c.remember(user.ID, user.Password)
	return user.ID
}

// Users are all sub-users, oldest first.
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

func (c *Triton) byLogin(login string) (SubUser, bool) {
	return c.users.find("login " + login)
}

func (c *Triton) byEmail(email string) (SubUser, bool) {
	return c.users.find("email " + email)
}

// remember keeps a password among the last four of a user.
func (c *Triton) remember(id, password string) {
	c.history[id] = append([]string{password}, c.history[id]...)
	if len(c.history[id]) > 4 {
		c.history[id] = c.history[id][:4]
	}
}

// find resolves the user segment. Changes take ids only; a login is then unknown.
func (c *Triton) find(q *call, loginToo bool) (SubUser, error) {
	segment := q.params[1]
	if segment == "" {
		return SubUser{}, &tritonError{http.StatusInternalServerError, "InternalError", "an unexpected error occurred"}
	}
	if user, found := c.users.get(segment); found {
		return user, nil
	}
	if user, found := c.byLogin(segment); found && loginToo {
		return user, nil
	}
	return SubUser{}, &tritonError{http.StatusNotFound, "ResourceNotFound", "user " + segment + " does not exist"}
}

func (c *Triton) listUsers(*call) (*result, error) {
	users := c.users.list()
	items := []object{}
	for _, user := range users[:min(len(users), maxTritonList)] {
		items = append(items, user.json(false))
	}
	return ok(items)
}

func (c *Triton) getUser(q *call) (*result, error) {
	user, err := c.find(q, true)
	if err != nil {
		return nil, err
	}
	return ok(user.json(q.query.Get("membership") != ""))
}

func (c *Triton) createUser(q *call) (*result, error) {
	body, err := q.parameters()
	if err != nil {
		return nil, err
	}
	if err := body.need("email", "login", "password"); err != nil {
		return nil, err
	}
	user := SubUser{Created: time.Now()}
	user.Login, _ = body.text("login")
	user.Email, _ = body.text("email")
	user.Password, _ = body.text("password")
	if err := c.checkLogin(user); err != nil {
		return nil, err
	}
	if err := c.checkEmail(user); err != nil {
		return nil, err
	}
	if err := checkPassword(user.Password); err != nil {
		return nil, err
	}
	for _, attribute := range optional {
		if body.empty(attribute.name) {
			return nil, &tritonError{http.StatusInternalServerError, "InternalError", "an unexpected error occurred"}
		}
		if err := body.into(&user, attribute.name, attribute.field(&user)); err != nil {
			return nil, err
		}
	}
	id := c.addUser(user)
	user, _ = c.users.get(id)
	return &result{
		status:   http.StatusCreated,
		body:     user.json(false),
		location: "/" + Account + "/users/" + url.PathEscape(user.Login),
	}, nil
}

// updateUser touches only what the body names; "" and null clear an attribute, and
// the password is not looked at.
func (c *Triton) updateUser(q *call) (*result, error) {
	user, err := c.find(q, false)
	if err != nil {
		return nil, err
	}
	body, err := q.parameters()
	if err != nil {
		return nil, err
	}
	for name, field := range map[string]*string{"login": &user.Login, "email": &user.Email} {
		if !body.has(name) {
			continue
		}
		if err := body.need(name); err != nil {
			return nil, err
		}
		*field, _ = body.text(name)
	}
	if err := c.checkLogin(user); err != nil {
		return nil, err
	}
	if err := c.checkEmail(user); err != nil {
		return nil, err
	}
	user.MultiValues = copySeveral(user.MultiValues)
	for _, attribute := range optional {
		if err := body.into(&user, attribute.name, attribute.field(&user)); err != nil {
			return nil, err
		}
	}
	user.Updated = time.Now()
	before, _ := c.users.get(user.ID)
	for i := range c.keys {
		if c.keys[i].login == before.Login {
			c.keys[i].login = user.Login // keys belong to the user, not to its name
		}
	}
	c.users.set(user.ID, user)
	return ok(user.json(false))
}

func copySeveral(several map[string][]string) map[string][]string {
	out := map[string][]string{}
	for name, values := range several {
		out[name] = slices.Clone(values)
	}
	return out
}

func (c *Triton) changePassword(q *call) (*result, error) {
	user, err := c.find(q, false)
	if err != nil {
		return nil, err
	}
	body, err := q.parameters()
	if err != nil {
		return nil, err
	}
	if err := body.need("password", "password_confirmation"); err != nil {
		return nil, err
	}
	password, _ := body.text("password")
	if again, _ := body.text("password_confirmation"); again != password {
		return nil, invalidArgument("password and password_confirmation differ")
	}
	if err := checkPassword(password); err != nil {
		return nil, err
	}
	if slices.Contains(c.history[user.ID], password) {
		return nil, invalidArgument("passwordInHistory")
	}
	user.Password, user.Updated = password, time.Now()
	c.users.set(user.ID, user)
	c.remember(user.ID, password)
	return ok(user.json(false))
}

func (c *Triton) deleteUser(q *call) (*result, error) {
	user, err := c.find(q, true)
	if err != nil {
		return nil, err
	}
	if slices.ContainsFunc(c.keys, func(k registeredKey) bool { return k.login == user.Login }) {
		return nil, &tritonError{http.StatusConflict, "InUseError", "the user has keys"}
	}
	c.users.remove(user.ID)
	delete(c.history, user.ID)
	return &result{status: http.StatusNoContent}, nil
}
