package wrapper

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"net/http"
	"net/url"
	"strings"

	"github.com/cloudroster/cloudroster/gen"
)

// tritonVersions are the API versions that have sub-users, newest first.
const tritonVersions = "~9||~8"

// Triton is a client for the sub-users of one account on one Triton cloud.
//
//	auth, err := wrapper.SignatureAuth("acme", signer)
//	...
//	client, err := wrapper.NewTriton("https://cloudapi.example.com", "acme", auth)
//	...
//	user, err := client.CreateUser(ctx, gen.TritonUserCreate{Login: "jo", Email: ..., Password: ...})
//
// Every operation is synchronous: when a method returns, the change is made. Another front end
// of the cloud may answer the old state for up to a minute. A Triton is safe for concurrent
// use. Ids and logins are checked like those of [IONOS].
type Triton struct {
	raw       *gen.Client
	transport *transport
	account   string
	query     string
}

// NewTriton makes a client for the account with this login or id; "my" is the account that
// signs. auth is made by [SignatureAuth]. Nothing is sent; what cannot work is refused with
// [ErrInvalid], the accounts "um" and "requests" included: their paths would be IONOS's.
func NewTriton(baseURL, account string, auth Auth, opts ...TritonOption) (*Triton, error) {
	if err := checkID("account", account); err != nil {
		return nil, err
	}
	if account == "um" || account == "requests" {
		return nil, invalid("account", "cannot be um or requests")
	}
	s := tritonSettings(baseURL, opts)
	t, err := newTransport(vendor{triton: true, acceptVersion: tritonVersions}, auth, s)
	if err != nil {
		return nil, err
	}
	c := &Triton{raw: &gen.Client{Server: s.baseURL + "/", Client: t}, transport: t, account: account}
	for _, role := range s.roles {
		if checkID("role", role) != nil || strings.Contains(role, ",") {
			return nil, invalid("role", "is empty or contains a comma or a control character")
		}
	}
	if len(s.roles) > 0 {
		c.query = url.Values{"as-role": {strings.Join(s.roles, ",")}}.Encode()
	}
	return c, nil
}

// Raw is the generated client for what the typed methods do not do. It shares this client's
// credentials, retries, limits and errors, and leaves as-role to the caller.
func (c *Triton) Raw() *gen.Client { raw := *c.raw; return &raw }

// Format prints the base URL and the account for every verb, and nothing that is secret.
func (c Triton) Format(state fmt.State, _ rune) {
	_, _ = io.WriteString(state, "wrapper.Triton("+c.raw.Server+c.account+")")
}

// Account is the account that the client was made for.
func (c *Triton) Account() string { return c.account }

// ListUsers lists the sub-users of the account, oldest first. The service does not page, and
// is known to leave out what comes after the first 1000.
//
//meta:operation GET /{account}/users
func (c *Triton) ListUsers(ctx context.Context) ([]gen.TritonUser, error) {
	users, err := tritonCall[[]gen.TritonUser](nil, func(edit gen.RequestEditorFn) (*http.Response, error) {
		return c.raw.ListTritonUsers(ctx, c.account, nil, edit)
	}, c.query)
	if err != nil {
		return nil, err
	}
	return *users, nil
}

// AllUsers walks what ListUsers lists.
func (c *Triton) AllUsers(ctx context.Context) iter.Seq2[gen.TritonUser, error] {
	return all(func() ([]gen.TritonUser, error) { return c.ListUsers(ctx) })
}

// GetUser answers the sub-user with this login or id, without roles.
//
//meta:operation GET /{account}/users/{user}
func (c *Triton) GetUser(ctx context.Context, user string) (*gen.TritonUser, error) {
	return c.getUser(ctx, user, c.query)
}

// GetUserWithRoles is GetUser with Roles and DefaultRoles filled.
func (c *Triton) GetUserWithRoles(ctx context.Context, user string) (*gen.TritonUser, error) {
	// The service takes every value as yes, false included: it is sent only here.
	return c.getUser(ctx, user, strings.TrimPrefix(c.query+"&membership=true", "&"))
}

func (c *Triton) getUser(ctx context.Context, user, query string) (*gen.TritonUser, error) {
	return tritonCall[gen.TritonUser](ids{"user", user}, func(edit gen.RequestEditorFn) (*http.Response, error) {
		return c.raw.GetTritonUser(ctx, c.account, user, nil, edit)
	}, query)
}

// CreateUser creates a sub-user. Login, Email and Password are needed. Pointers to "" are left
// out, because the service fails on them.
//
//meta:operation POST /{account}/users
func (c *Triton) CreateUser(ctx context.Context, user gen.TritonUserCreate) (*gen.TritonUser, error) {
	if err := required("login", user.Login, "email", user.Email, "password", string(user.Password)); err != nil {
		return nil, err
	}
	for _, field := range []**string{
		&user.Address, &user.City, &user.CompanyName, &user.Country, &user.FirstName,
		&user.LastName, &user.Phone, &user.PostalCode, &user.State,
	} {
		if *field != nil && **field == "" {
			*field = nil
		}
	}
	return tritonCall[gen.TritonUser](nil, func(edit gen.RequestEditorFn) (*http.Response, error) {
		return c.raw.CreateTritonUser(ctx, c.account, nil, user, edit)
	}, c.query)
}

// UpdateUser changes the fields that change sets: nil leaves a field as it is, new("") clears
// it. user is an id, or a login, which costs one more request to find the id: the service
// updates by id only. Email and Login cannot be cleared. Sending it twice does no harm, so a
// lost answer is tried again.
//
//meta:operation POST /{account}/users/{user}
func (c *Triton) UpdateUser(ctx context.Context, user string, change gen.TritonUserUpdate) (*gen.TritonUser, error) {
	for name, field := range map[string]*string{"login": change.Login, "email": change.Email} {
		if field != nil && *field == "" {
			return nil, invalid(name, "cannot be cleared")
		}
	}
	id, err := c.idOf(ctx, user)
	if err != nil {
		return nil, err
	}
	return tritonCall[gen.TritonUser](ids{"user", id}, func(edit gen.RequestEditorFn) (*http.Response, error) {
		return c.raw.UpdateTritonUser(repeatable(ctx), c.account, id, nil, change, edit)
	}, c.query)
}

// ChangeUserPassword sets a new password. user is an id, or a login as with UpdateUser. The
// rules for passwords are the service's (7 characters, a letter and a digit, none of the last
// four, unless the cloud says otherwise); one it refuses is [ErrInvalid].
//
//meta:operation POST /{account}/users/{user}/change_password
func (c *Triton) ChangeUserPassword(ctx context.Context, user string, password Secret) (*gen.TritonUser, error) {
	if err := required("password", string(password)); err != nil {
		return nil, err
	}
	id, err := c.idOf(ctx, user)
	if err != nil {
		return nil, err
	}
	body := gen.TritonPasswordChange{Password: password, PasswordConfirmation: password}
	return tritonCall[gen.TritonUser](ids{"user", id}, func(edit gen.RequestEditorFn) (*http.Response, error) {
		return c.raw.ChangeTritonUserPassword(ctx, c.account, id, nil, body, edit)
	}, c.query)
}

// DeleteUser deletes the sub-user with this login or id. One who is not there is
// [ErrNotFound], one who still has SSH keys is [ErrConflict].
//
//meta:operation DELETE /{account}/users/{user}
func (c *Triton) DeleteUser(ctx context.Context, user string) error {
	if err := checkID("user", user); err != nil {
		return err
	}
	resp, err := c.raw.DeleteTritonUser(ctx, c.account, user, nil, setQuery(c.query))
	if err != nil {
		if alreadyDeleted(err) {
			return nil
		}
		return err
	}
	defer release(resp)
	return expectNoBody(resp)
}

// isID recognises a UUID: a login has no hyphen, so that the two cannot be taken for each other.
func isID(text string) bool {
	if len(text) != len("00000000-0000-0000-0000-000000000000") {
		return false
	}
	for i := range len(text) {
		switch i {
		case 8, 13, 18, 23:
			if text[i] != '-' {
				return false
			}
		default:
			if c := text[i]; !(c >= '0' && c <= '9' || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F') {
				return false
			}
		}
	}
	return true
}

// idOf finds the id of a login; an id is returned as it is.
func (c *Triton) idOf(ctx context.Context, user string) (string, error) {
	if isID(user) {
		return user, nil
	}
	found, err := c.GetUser(ctx, user)
	if err != nil {
		return "", err
	}
	if !isID(found.ID) {
		return "", fmt.Errorf("user: the service answered no id for this login: %w", ErrUnexpectedResponse)
	}
	return found.ID, nil
}

// tritonCall is every Triton operation that answers something.
func tritonCall[T any](path ids, call sender, query string) (*T, error) {
	if err := path.check(); err != nil {
		return nil, err
	}
	resp, err := call(setQuery(query))
	if err != nil {
		return nil, err
	}
	defer release(resp)
	value, err := decode[T](resp)
	var otherType *json.UnmarshalTypeError
	if errors.As(err, &otherType) {
		if joined, ok := joinLists(bodyBytes(resp)); ok {
			value = new(T)
			if unmarshal(joined, value) == nil {
				return value, nil
			}
		}
	}
	return value, err
}

func setQuery(query string) gen.RequestEditorFn {
	return func(_ context.Context, r *http.Request) error {
		r.URL.RawQuery = query
		return nil
	}
}

// joinLists rewrites users whose fields hold several values, which the directory behind the
// service answers as a list of strings where one string is documented.
func joinLists(data []byte) ([]byte, bool) {
	var one map[string]any
	if json.Unmarshal(data, &one) == nil {
		joined, err := json.Marshal(joinFields(one))
		return joined, err == nil
	}
	var several []map[string]any
	if json.Unmarshal(data, &several) != nil {
		return nil, false
	}
	for _, user := range several {
		joinFields(user)
	}
	joined, err := json.Marshal(several)
	return joined, err == nil
}

func joinFields(user map[string]any) map[string]any {
	for name, value := range user {
		list, ok := value.([]any)
		if !ok || name == "roles" || name == "default_roles" {
			continue
		}
		texts := make([]string, 0, len(list))
		for _, item := range list {
			texts = append(texts, fmt.Sprint(item))
		}
		user[name] = strings.Join(texts, ", ")
	}
	return user
}
