package vendors

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"net/http"
	"testing"

	triton "github.com/TritonDataCenter/triton-go/v2"
	"github.com/TritonDataCenter/triton-go/v2/authentication"
	tritonerrors "github.com/TritonDataCenter/triton-go/v2/errors"
	"github.com/TritonDataCenter/triton-go/v2/identity"
	"github.com/pkg/errors"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/cloudroster/cloudroster/wrapper/wrappertest"
)

// vendorKeys are the kinds of key that triton-go can sign with: it has no Ed25519.
func vendorKeys(t *testing.T) map[string]struct {
	key   crypto.Signer
	block *pem.Block
} {
	t.Helper()
	rsaKey, err := rsa.GenerateKey(rand.Reader, 2048)
	require.NoError(t, err)
	ecKey, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	ecBytes, err := x509.MarshalECPrivateKey(ecKey)
	require.NoError(t, err)
	return map[string]struct {
		key   crypto.Signer
		block *pem.Block
	}{
		"RSA":         {rsaKey, &pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(rsaKey)}},
		"ECDSA P-256": {ecKey, &pem.Block{Type: "EC PRIVATE KEY", Bytes: ecBytes}},
	}
}

// tritonGo is a client of the vendor's. Its constructor writes package variables: the tests that
// use it do not run at the same time.
func tritonGo(t *testing.T, cloud *wrappertest.Cloud, key crypto.Signer, block *pem.Block) *identity.IdentityClient {
	t.Helper()
	signer, err := authentication.NewPrivateKeySigner(authentication.PrivateKeySignerInput{
		KeyID: wrappertest.Fingerprint(key.Public()), PrivateKeyMaterial: pem.EncodeToMemory(block), AccountName: wrappertest.Account,
	})
	require.NoError(t, err)
	client, err := identity.NewClient(&triton.ClientConfig{
		TritonURL: cloud.Triton.URL(), AccountName: wrappertest.Account, Signers: []authentication.Signer{signer},
	})
	require.NoError(t, err)
	return client
}

func TestTritonGoManagesUsers(t *testing.T) {
	for name, with := range vendorKeys(t) {
		t.Run(name, func(t *testing.T) {
			cloud := wrappertest.Start(t)
			cloud.Triton.AddKey("vendor", with.key.Public())
			users, ctx := tritonGo(t, cloud, with.key, with.block).Users(), t.Context()

			made, err := users.Create(ctx, &identity.CreateUserInput{
				Login: "ada", Email: "ada@example.test", Password: "correct-horse-1",
				FirstName: "Ada", LastName: "Byron", City: "London", Phone: "555-1",
			})
			require.NoError(t, err)
			assert.Equal(t, "ada", made.Login)
			assert.False(t, made.CreatedAt.IsZero())

			got, err := users.Get(ctx, &identity.GetUserInput{UserID: made.ID})
			require.NoError(t, err)
			assert.Equal(t, "Byron", got.LastName)
			assert.Equal(t, "London", got.City)

			changed, err := users.Update(ctx, &identity.UpdateUserInput{UserID: made.ID, LastName: "Lovelace"})
			require.NoError(t, err)
			assert.Equal(t, "Lovelace", changed.LastName)
			assert.Equal(t, "Ada", changed.FirstName)

			_, err = users.ChangeUserPassword(ctx, &identity.ChangeUserPasswordInput{
				UserID: made.ID, Password: "battery-staple-2", PasswordConfirmation: "battery-staple-2",
			})
			require.NoError(t, err)
			held, found := cloud.Triton.User("ada")
			require.True(t, found)
			assert.Equal(t, "battery-staple-2", held.Password)
			_, err = users.ChangeUserPassword(ctx, &identity.ChangeUserPasswordInput{
				UserID: made.ID, Password: "correct-horse-1", PasswordConfirmation: "correct-horse-1",
			})
			require.ErrorContains(t, err, "previous password cannot be reused")

			list, err := users.List(ctx, &identity.ListUsersInput{})
			require.NoError(t, err)
			require.Len(t, list, 1)
			assert.Equal(t, made.ID, list[0].ID)

			require.NoError(t, users.Delete(ctx, &identity.DeleteUserInput{UserID: made.ID}))
			assert.Empty(t, cloud.Triton.Users())
			_, err = users.Get(ctx, &identity.GetUserInput{UserID: made.ID})
			failed, isError := errors.Cause(err).(*tritonerrors.APIError)
			require.True(t, isError, "%T %v", errors.Cause(err), err)
			assert.Equal(t, http.StatusNotFound, failed.StatusCode)
			assert.Equal(t, "ResourceNotFound", failed.Code)

			for _, operation := range tritonOperations {
				assert.Positive(t, cloud.Triton.Count(wrappertest.OperationID(operation)), operation)
			}
		})
	}
}

var tritonOperations = []string{"ListTritonUsers", "GetTritonUser", "CreateTritonUser", "UpdateTritonUser", "ChangeTritonUserPassword", "DeleteTritonUser"}

func TestTritonGoWithAnUnknownKeyIsRefused(t *testing.T) {
	for name, with := range vendorKeys(t) {
		t.Run(name, func(t *testing.T) {
			cloud := wrappertest.Start(t)
			_, err := tritonGo(t, cloud, with.key, with.block).Users().List(t.Context(), &identity.ListUsersInput{})
			failed, isError := errors.Cause(err).(*tritonerrors.APIError)
			require.True(t, isError, "%T %v", errors.Cause(err), err)
			assert.Equal(t, http.StatusUnauthorized, failed.StatusCode)
			assert.Equal(t, "InvalidCredentials", failed.Code)
		})
	}
}
