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
// Every operation is synchronous: when a method returns, the change is applied. Another front end
// of the cloud may return the old state for up to a minute. A Triton is safe for concurrent use.
// Ids and logins are checked like those of [IONOS].
type Triton struct {
	server    string // the base URL, which ends in a slash
	requests  *gen.RequestBuilder
	transport *transport
	account   string
	query     string
}

// NewTriton returns a client for the account with this login or id; "my" is the account that
// signs. auth comes from [SignatureAuth]. It sends no request. It returns [ErrInvalid] if an argument
// or option is invalid, or if account is "um" or "requests", whose paths would be IONOS's.
func NewTriton(baseURL, account string, auth Auth, opts ...TritonOption) (*Triton, error) {
	if err := checkID("account", account); err != nil {
		return nil, err
	}
	if account == "um" || account == "requests" {
		return nil, invalid("account", "cannot be um or requests")
	}
	s := tritonSettings(baseURL, opts)
	t, err := newTransport(tritonVendor, auth, s)
	if err != nil {
		return nil, err
	}
	c := &Triton{server: s.baseURL + "/", transport: t, account: account}
	for _, role := range s.roles {
		if checkID("role", role) != nil || strings.Contains(role, ",") {
			return nil, invalid("role", "is empty or contains a comma or a control character")
		}
	}
	if len(s.roles) > 0 {
		c.query = url.Values{"as-role": {strings.Join(s.roles, ",")}}.Encode()
	}
	c.requests, err = gen.NewRequestBuilder(c.server)
	return c, err
}

// Raw returns the generated client, for what the typed methods do not do. It shares this client's
// credentials, retries, limits and errors, and leaves as-role to the caller. Its Client sends any other
// request to the cloud in the same way, and Server is the base URL to build it with; what is sent to
// another host carries a signature there.
func (c *Triton) Raw() *gen.Client { return &gen.Client{Server: c.server, Client: c.transport} }

// Format prints the base URL and the account for every verb, and no secret.
func (c Triton) Format(state fmt.State, _ rune) {
	_, _ = io.WriteString(state, "wrapper.Triton("+c.server+c.account+")")
}

// Account returns the account that was given to [NewTriton].
func (c *Triton) Account() string { return c.account }

// ListUsers returns the sub-users of the account, oldest first. The service does not page, and cuts
// the list after the first 1000 without saying so: if there are that many, ListUsers returns them
// beside [ErrIncomplete].
//
//meta:operation GET /{account}/users
func (c *Triton) ListUsers(ctx context.Context) ([]gen.TritonUser, error) {
	r, err := c.requests.ListTritonUsers(c.account, nil)
	users, err := readTriton[[]gen.TritonUser](ctx, c, call{operation: "ListTritonUsers", request: r, err: err})
	if err != nil {
		return nil, err
	}
	if len(*users) >= tritonListLimit {
		return *users, errListCut
	}
	return *users, nil
}

// tritonListLimit is the number of users after which the service cuts its list.
const tritonListLimit = 1000

// errListCut is not transient.
var errListCut = fmt.Errorf("the service lists no more than %d users: %w", tritonListLimit, ErrIncomplete)

// AllUsers returns an iterator over what ListUsers returns.
func (c *Triton) AllUsers(ctx context.Context) iter.Seq2[gen.TritonUser, error] {
	return all(func() ([]gen.TritonUser, error) { return c.ListUsers(ctx) })
}

// GetUser returns the sub-user with this login or id, without roles. It returns [ErrNotFound] if the
// sub-user does not exist.
//
//meta:operation GET /{account}/users/{user}
func (c *Triton) GetUser(ctx context.Context, user string) (*gen.TritonUser, error) {
	r, err := c.requests.GetTritonUser(c.account, user, nil)
	return readTriton[gen.TritonUser](ctx, c, call{operation: "GetTritonUser", request: r, err: err, path: ids{"user", user}, object: user})
}

// GetUserWithRoles is like GetUser and fills in Roles and DefaultRoles.
func (c *Triton) GetUserWithRoles(ctx context.Context, user string) (*gen.TritonUser, error) {
	// The service takes every value as yes, false included: it is sent only here.
	r, err := c.requests.GetTritonUser(c.account, user, nil)
	if err == nil {
		r.URL.RawQuery = "membership=true"
	}
	return readTriton[gen.TritonUser](ctx, c, call{operation: "GetTritonUser", request: r, err: err, path: ids{"user", user}, object: user})
}

// CreateUser creates a sub-user. Login, Email and Password are required. Pointers to "" are left
// out, because the service fails on them. It returns [ErrExists] if the login or email address is
// taken.
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
	r, err := c.requests.CreateTritonUser(c.account, nil, user)
	return readTriton[gen.TritonUser](ctx, c, call{operation: "CreateTritonUser", request: r, err: err, object: user.Login})
}

// UpdateUser changes the fields that change sets: nil leaves a field as it is, new("") clears
// it. user is an id, or a login, which takes one more request to find the id: the service
// updates by id only. Email and Login cannot be cleared. Sending it twice does no harm, so it is
// retried if the response is lost.
//
//meta:operation POST /{account}/users/{user}
func (c *Triton) UpdateUser(ctx context.Context, user string, change gen.TritonUserUpdate) (*gen.TritonUser, error) {
	switch {
	case change.Login != nil && *change.Login == "":
		return nil, invalid("login", "cannot be cleared")
	case change.Email != nil && *change.Email == "":
		return nil, invalid("email", "cannot be cleared")
	}
	id, err := c.idOf(ctx, user)
	if err != nil {
		return nil, err
	}
	r, err := c.requests.UpdateTritonUser(c.account, id, nil, change)
	return readTriton[gen.TritonUser](ctx, c, call{
		operation: "UpdateTritonUser", request: r, err: err, path: ids{"user", id}, object: id, repeatable: true,
	})
}

// ChangeUserPassword sets a new password. user is an id, or a login as with UpdateUser. The
// rules for passwords are the service's (7 characters, a letter and a digit, none of the last
// four, unless the cloud says otherwise); it returns [ErrInvalid] for
// a password that they do not allow.
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
	r, err := c.requests.ChangeTritonUserPassword(c.account, id, nil, body)
	return readTriton[gen.TritonUser](ctx, c, call{operation: "ChangeTritonUserPassword", request: r, err: err, path: ids{"user", id}, object: id})
}

// DeleteUser deletes the sub-user with this login or id. It returns [ErrNotFound] if the sub-user
// does not exist, and [ErrConflict] if it still has SSH keys, unless the option [WithKeys] is given.
//
//meta:operation DELETE /{account}/users/{user}
func (c *Triton) DeleteUser(ctx context.Context, user string, opts ...DeleteOption) error {
	if newDeleteOptions(opts).keys {
		if err := c.deleteKeys(ctx, user); err != nil {
			return err
		}
	}
	r, err := c.requests.DeleteTritonUser(c.account, user, nil)
	return c.remove(ctx, call{operation: "DeleteTritonUser", request: r, err: err, path: ids{"user", user}})
}

// deleteKeys deletes all keys of a sub-user. One that does not exist any more is not an error.
func (c *Triton) deleteKeys(ctx context.Context, user string) error {
	keys, err := c.ListUserKeys(ctx, user)
	if err != nil {
		return err
	}
	for i := range keys {
		if err := c.DeleteUserKey(ctx, user, keys[i].Fingerprint); err != nil && !errors.Is(err, ErrNotFound) {
			return fmt.Errorf("deleting the user's keys: %w", err)
		}
	}
	return nil
}

// isID reports whether a text is a UUID: a login has no hyphen, so that the two cannot be taken for each other.
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
		return "", fmt.Errorf("user: the service returned no id for this login: %w", ErrUnexpectedResponse)
	}
	return found.ID, nil
}

// send sends the request of a Triton call with the client's roles. It returns what transport.do
// returns.
func (c *Triton) send(ctx context.Context, k call) (*response, error) {
	if err := k.path.check(); err != nil {
		return nil, err
	}
	if k.err != nil {
		return nil, k.err
	}
	if query := &k.request.URL.RawQuery; *query == "" {
		*query = c.query
	} else if c.query != "" {
		*query = c.query + "&" + *query
	}
	return c.transport.do(k.request.WithContext(withOperation(ctx, k.operation)), k.repeatable || isRepeatable(k.request))
}

// readTriton is every Triton operation that returns something.
func readTriton[T any](ctx context.Context, c *Triton, k call) (*T, error) {
	resp, err := c.send(ctx, k)
	defer resp.release()
	if err != nil {
		return nil, err
	}
	return decode[T](resp, k.object)
}

// remove is every Triton DELETE.
func (c *Triton) remove(ctx context.Context, k call) error {
	resp, err := c.send(ctx, k)
	defer resp.release()
	if err != nil {
		return notFoundIsDone(err)
	}
	return expectNoBody(resp)
}

// tritonVendor is how Triton differs.
var tritonVendor = &vendor{cloud: "triton", acceptVersion: tritonVersions, kind: tritonKind, own: ownTritonError, unmarshal: unmarshalTriton, repair: joinLists}

// children is what the service says of a user who cannot be deleted, because of SSH keys.
var children = []string{`"child" elements`, "child elements"}

// ownTritonError recognizes the service's 404, whatever proxy is in front of it.
func ownTritonError(e *Error) bool { return strings.TrimSuffix(e.Code, "Error") == "ResourceNotFound" }

// tritonKind reads the code of a 409, which says that a parameter is bad as well.
func tritonKind(e *Error) error {
	switch {
	case e.Status != http.StatusConflict:
		return nil
	case e.says(children):
		return ErrConflict
	default:
		switch strings.TrimSuffix(e.Code, "Error") {
		case "InvalidArgument", "MissingParameter":
			return ErrInvalid
		}
	}
	return nil
}

// joinLists rewrites users that have a list where one string is documented. Lists that are
// documented are [gen.TritonAttribute]s; the directory behind the service may hold others, such
// as several email addresses.
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
		user[name] = strings.Join(texts, addressSeparator)
	}
	return user
}
