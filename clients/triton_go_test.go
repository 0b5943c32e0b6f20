package clients

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"net/http"
	"sync"
	"testing"

	tritongo "github.com/TritonDataCenter/triton-go/v2"
	"github.com/TritonDataCenter/triton-go/v2/account"
	"github.com/TritonDataCenter/triton-go/v2/authentication"
	tritonerrors "github.com/TritonDataCenter/triton-go/v2/errors"
	"github.com/TritonDataCenter/triton-go/v2/identity"
	"github.com/pkg/errors"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/cloudroster/cloudroster/wrapper/wrappertest"
)

func tritonGo(t *testing.T) client {
	t.Helper()
	return client{
		name: "triton-go", version: goVersion(t, "github.com/TritonDataCenter/triton-go/v2"), what: "users, roles, policies, role tags, account, keys",
		prepare: func(*testing.T) {},
		flows:   tritonGoFlows,
	}
}

// tritonGoMaking guards the constructors: they write package variables.
var tritonGoMaking sync.Mutex

// tritonGoConfig signs with a key of the account, in PEM.
func (s *session) tritonGoConfig(fingerprint string, key []byte) *tritongo.ClientConfig {
	signer, err := authentication.NewPrivateKeySigner(authentication.PrivateKeySignerInput{
		KeyID: fingerprint, PrivateKeyMaterial: key, AccountName: wrappertest.Account,
	})
	require.NoError(s, err)
	return &tritongo.ClientConfig{
		TritonURL: s.cloud.Triton.URL(), AccountName: wrappertest.Account, Signers: []authentication.Signer{signer},
	}
}

func (s *session) identityWith(config *tritongo.ClientConfig) *identity.IdentityClient {
	tritonGoMaking.Lock()
	defer tritonGoMaking.Unlock()
	client, err := identity.NewClient(config)
	require.NoError(s, err)
	return client
}

func (s *session) identity() *identity.IdentityClient {
	return s.identityWith(s.tritonGoConfig(wrappertest.Fingerprint(sshKey().Public()), privatePEM(sshKey())))
}

func (s *session) account() *account.AccountClient {
	tritonGoMaking.Lock()
	defer tritonGoMaking.Unlock()
	client, err := account.NewClient(s.tritonGoConfig(wrappertest.Fingerprint(sshKey().Public()), privatePEM(sshKey())))
	require.NoError(s, err)
	return client
}

// tritonFailed holds an error of triton-go to its status and code.
func (s *session) tritonFailed(err error, status int, code string) {
	failed, isError := errors.Cause(err).(*tritonerrors.APIError)
	require.True(s, isError, "%T %v", errors.Cause(err), err)
	assert.Equal(s, status, failed.StatusCode)
	assert.Equal(s, code, failed.Code)
}

var tritonGoFlows = []flow{
	{name: "create, get, update, list and delete a user", run: func(s *session) {
		users := s.identity().Users()
		made, err := users.Create(s.ctx, &identity.CreateUserInput{
			Login: "ada", Email: "ada@example.test", Password: "correct-horse-1",
			FirstName: "Ada", LastName: "Byron", City: "London", Phone: "555-1", CompanyName: "Analytical",
		})
		require.NoError(s, err)
		assert.Equal(s, "ada", made.Login)
		assert.False(s, made.CreatedAt.IsZero())
		got, err := users.Get(s.ctx, &identity.GetUserInput{UserID: made.ID})
		require.NoError(s, err)
		assert.Equal(s, []string{"Byron", "London", "Analytical"}, []string{got.LastName, got.City, got.CompanyName})
		changed, err := users.Update(s.ctx, &identity.UpdateUserInput{UserID: made.ID, LastName: "Lovelace"})
		require.NoError(s, err)
		assert.Equal(s, []string{"Ada", "Lovelace"}, []string{changed.FirstName, changed.LastName})
		list, err := users.List(s.ctx, &identity.ListUsersInput{})
		require.NoError(s, err)
		require.Len(s, list, 1)
		assert.Equal(s, made.ID, list[0].ID)
		require.NoError(s, users.Delete(s.ctx, &identity.DeleteUserInput{UserID: made.ID}))
		assert.Empty(s, s.cloud.Triton.Users())
		_, err = users.Get(s.ctx, &identity.GetUserInput{UserID: made.ID})
		s.tritonFailed(err, http.StatusNotFound, "ResourceNotFound")
	}},
	{name: "a login that is taken", run: func(s *session) {
		s.hasAda()
		_, err := s.identity().Users().Create(s.ctx, &identity.CreateUserInput{Login: "ada", Email: "other@example.test", Password: "correct-horse-1"})
		s.tritonFailed(err, http.StatusConflict, "InvalidArgument")
	}},
	{name: "change a password, and not to an earlier one", run: func(s *session) {
		user := s.hasAda()
		users := s.identity().Users()
		_, err := users.ChangeUserPassword(s.ctx, &identity.ChangeUserPasswordInput{
			UserID: user.ID, Password: "battery-staple-2", PasswordConfirmation: "battery-staple-2",
		})
		require.NoError(s, err)
		held, _ := s.cloud.Triton.User("ada")
		assert.Equal(s, "battery-staple-2", held.Password)
		_, err = users.ChangeUserPassword(s.ctx, &identity.ChangeUserPasswordInput{
			UserID: user.ID, Password: "correct-horse-1", PasswordConfirmation: "correct-horse-1",
		})
		require.ErrorContains(s, err, "previous password cannot be reused")
	}},
	{name: "read a postal code", because: "The client reads `postCode`, and the server sends `postalCode` (identity/users.go).", fails: "actual  : \"\"", run: func(s *session) {
		id := s.cloud.Triton.AddUser(wrappertest.SubUser{Login: "ada", Email: "ada@example.test", PostalCode: "W1"})
		got, err := s.identity().Users().Get(s.ctx, &identity.GetUserInput{UserID: id})
		require.NoError(s, err)
		assert.Equal(s, "W1", got.PostalCode)
	}},
	{name: "clear an attribute", because: "The client leaves empty attributes out of an update (identity/users.go).", fails: "actual  : \"London\"", run: func(s *session) {
		id := s.cloud.Triton.AddUser(wrappertest.SubUser{Login: "ada", Email: "ada@example.test", City: "London"})
		_, err := s.identity().Users().Update(s.ctx, &identity.UpdateUserInput{UserID: id, City: ""})
		require.NoError(s, err)
		held, _ := s.cloud.Triton.User(id)
		assert.Equal(s, "", held.City) //nolint:testifylint // the failure shows the value
	}},
	{name: "create, get, update, list and delete a policy", run: func(s *session) {
		policies := s.identity().Policies()
		made, err := policies.Create(s.ctx, &identity.CreatePolicyInput{Name: "readers", Rules: []string{"CAN getuser"}, Description: "read only"})
		require.NoError(s, err)
		changed, err := policies.Update(s.ctx, &identity.UpdatePolicyInput{PolicyID: made.ID, Rules: []string{"CAN getuser", "CAN listusers"}})
		require.NoError(s, err)
		assert.Len(s, changed.Rules, 2)
		got, err := policies.Get(s.ctx, &identity.GetPolicyInput{PolicyID: made.ID})
		require.NoError(s, err)
		assert.Equal(s, changed, got)
		list, err := policies.List(s.ctx, &identity.ListPoliciesInput{})
		require.NoError(s, err)
		assert.Equal(s, []*identity.Policy{got}, list)
		require.NoError(s, policies.Delete(s.ctx, &identity.DeletePolicyInput{PolicyID: made.ID}))
		_, err = policies.Get(s.ctx, &identity.GetPolicyInput{PolicyID: made.ID})
		s.tritonFailed(err, http.StatusNotFound, "ResourceNotFound")
	}},
	{name: "create, get, update, list and delete a role", run: func(s *session) {
		s.hasAda()
		client := s.identity()
		_, err := client.Policies().Create(s.ctx, &identity.CreatePolicyInput{Name: "readers", Rules: []string{"CAN getuser"}})
		require.NoError(s, err)
		roles := client.Roles()
		made, err := roles.Create(s.ctx, &identity.CreateRoleInput{
			Name: "eng", Policies: []string{"readers"}, Members: []string{"ada"}, DefaultMembers: []string{"ada"},
		})
		require.NoError(s, err)
		assert.Equal(s, []string{"readers", "ada", "ada"}, []string{made.Policies[0], made.Members[0], made.DefaultMembers[0]})
		held, _ := s.cloud.Triton.User("ada")
		assert.Equal(s, []string{"eng"}, held.DefaultRoles)
		changed, err := roles.Update(s.ctx, &identity.UpdateRoleInput{RoleID: made.ID, Name: "engineers"})
		require.NoError(s, err)
		assert.Equal(s, []string{"ada"}, changed.Members)
		got, err := roles.Get(s.ctx, &identity.GetRoleInput{RoleID: made.ID})
		require.NoError(s, err)
		assert.Equal(s, "engineers", got.Name)
		list, err := roles.List(s.ctx, &identity.ListRolesInput{})
		require.NoError(s, err)
		assert.Equal(s, []*identity.Role{got}, list)
		require.NoError(s, roles.Delete(s.ctx, &identity.DeleteRoleInput{RoleID: made.ID}))
		held, _ = s.cloud.Triton.User("ada")
		assert.Empty(s, held.Roles)
	}},
	{name: "set and get role tags", run: func(s *session) {
		user := s.hasAda()
		s.cloud.Triton.AddRole("eng")
		s.cloud.Triton.AddRole("ops")
		roles := s.identity().Roles()
		set, err := roles.SetRoleTags(s.ctx, &identity.SetRoleTagsInput{ResourceType: "users", ResourceID: user.ID, RoleTags: []string{"eng", "ops"}})
		require.NoError(s, err)
		assert.ElementsMatch(s, []string{"eng", "ops"}, set.RoleTags)
		got, err := roles.GetRoleTags(s.ctx, &identity.GetRoleTagsInput{ResourceType: "users", ResourceID: user.ID})
		require.NoError(s, err)
		assert.ElementsMatch(s, []string{"eng", "ops"}, got.RoleTags)
		_, err = roles.SetRoleTags(s.ctx, &identity.SetRoleTagsInput{ResourceType: "users", RoleTags: []string{"none"}})
		s.tritonFailed(err, http.StatusConflict, "InvalidArgument")
	}},
	{name: "get and update the account", run: func(s *session) {
		client := s.account()
		got, err := client.Get(s.ctx, &account.GetInput{})
		require.NoError(s, err)
		assert.Equal(s, wrappertest.Account, got.Login)
		changed, err := client.Update(s.ctx, &account.UpdateInput{City: "Bonn"})
		require.NoError(s, err)
		assert.Equal(s, []string{"Bonn", got.Email}, []string{changed.City, changed.Email})
	}},
	{name: "create, get, list and delete a key of the account", run: func(s *session) {
		line, fingerprint := s.anotherKey("second")
		keys := s.account().Keys()
		made, err := keys.Create(s.ctx, &account.CreateKeyInput{Name: "second", Key: line})
		require.NoError(s, err)
		assert.Equal(s, fingerprint, made.Fingerprint)
		got, err := keys.Get(s.ctx, &account.GetKeyInput{KeyName: "second"})
		require.NoError(s, err)
		assert.Equal(s, line, got.Key)
		list, err := keys.List(s.ctx, &account.ListKeysInput{})
		require.NoError(s, err)
		assert.Contains(s, list, got)
		require.NoError(s, keys.Delete(s.ctx, &account.DeleteKeyInput{KeyName: "second"}))
		_, err = keys.Get(s.ctx, &account.GetKeyInput{KeyName: "second"})
		s.tritonFailed(err, http.StatusNotFound, "ResourceNotFound")
	}},
	{name: "sign with an ECDSA key", run: func(s *session) {
		key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		require.NoError(s, err)
		encoded, err := x509.MarshalECPrivateKey(key)
		require.NoError(s, err)
		s.cloud.Triton.AddKey("", key.Public())
		client := s.identityWith(s.tritonGoConfig(wrappertest.Fingerprint(key.Public()), pem.EncodeToMemory(&pem.Block{Type: "EC PRIVATE KEY", Bytes: encoded})))
		_, err = client.Users().List(s.ctx, &identity.ListUsersInput{})
		require.NoError(s, err)
	}},
	{name: "sign with an Ed25519 key", because: "The client knows RSA and ECDSA only (authentication/private_key_signer.go).", fails: "unable to parse", run: func(s *session) {
		public, key, err := ed25519.GenerateKey(rand.Reader)
		require.NoError(s, err)
		encoded, err := x509.MarshalPKCS8PrivateKey(key)
		require.NoError(s, err)
		s.cloud.Triton.AddKey("", public)
		client := s.identityWith(s.tritonGoConfig(wrappertest.Fingerprint(public), pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: encoded})))
		_, err = client.Users().List(s.ctx, &identity.ListUsersInput{})
		require.NoError(s, err)
	}},
	{name: "a wrong key", run: func(s *session) {
		s.cloud.Triton.RemoveKeys("")
		_, err := s.identity().Users().List(s.ctx, &identity.ListUsersInput{})
		s.tritonFailed(err, http.StatusUnauthorized, "InvalidCredentials")
	}},
}
