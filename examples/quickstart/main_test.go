package main

import (
	"bytes"
	"crypto/x509"
	"encoding/pem"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/cloudroster/cloudroster/wrapper"
	"github.com/cloudroster/cloudroster/wrapper/wrappertest"
)

// These tests set variables of the process, so they do not run in parallel.

func clearEnvironment(t *testing.T) {
	t.Helper()
	for _, entry := range os.Environ() {
		name, _, _ := strings.Cut(entry, "=")
		if strings.HasPrefix(name, "IONOS_") || strings.HasPrefix(name, "TRITON_") || strings.HasPrefix(name, "SDC_") {
			t.Setenv(name, "")
		}
	}
	t.Setenv("SSH_AUTH_SOCK", "")
}

// servers starts both clouds on sockets and points the environment at them, as a user's would be
// at the real ones.
func servers(t *testing.T) *wrappertest.Cloud {
	t.Helper()
	clearEnvironment(t)
	cloud := wrappertest.Start(t, wrappertest.WithRequestTimes(0, 0))
	home := t.TempDir()
	key, err := x509.MarshalPKCS8PrivateKey(cloud.Triton.Key())
	require.NoError(t, err)
	require.NoError(t, os.Mkdir(filepath.Join(home, ".ssh"), 0o700))
	block := pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: key})
	require.NoError(t, os.WriteFile(filepath.Join(home, ".ssh", "id_ed25519"), block, 0o600))
	t.Setenv("HOME", home)
	t.Setenv("USERPROFILE", home)
	t.Setenv("IONOS_API_URL", cloud.IONOS.URL())
	t.Setenv("IONOS_TOKEN", wrappertest.Token)
	t.Setenv("TRITON_URL", cloud.Triton.URL())
	t.Setenv("TRITON_ACCOUNT", wrappertest.Account)
	t.Setenv("TRITON_KEY_ID", wrappertest.Fingerprint(cloud.Triton.Key().Public()))
	return cloud
}

const tour = `
Creating (quickstart_\w{8}@example\.com) on IONOS
(  request \S+ is QUEUED
)?(  request \S+ is RUNNING
)?  request \S+ is DONE

Creating (quickstart_\w{8}) on Triton
  created at once

CLOUD   LOGIN                            NAME         ID
IONOS   quickstart_\w{8}@example\.com  Quick Start  \S+
Triton  quickstart_\w{8}              Quick Start  \S+

Deleted from Triton

Deleted from IONOS
$`

func TestWithoutConfigurationTheCloudsAreInMemory(t *testing.T) {
	clearEnvironment(t)
	synctest.Test(t, func(t *testing.T) {
		var out bytes.Buffer
		require.NoError(t, run(t.Context(), strings.NewReader(""), &out))
		assert.Regexp(t, `^No cloud is configured: using two in memory\.\n`+tour, out.String())
		assert.Regexp(t, `is QUEUED\n.* is RUNNING\n.* is DONE\n`, out.String())
	})
}

func TestConfiguredCloudsAreUsedAfterAYes(t *testing.T) {
	cloud := servers(t)
	var out bytes.Buffer
	require.NoError(t, run(t.Context(), strings.NewReader("y\n"), &out))
	assert.Regexp(t, `^Using IONOS Cloud and Triton account acme at http://\S+\.\nCreate a user on each.*\[y/N\] `+tour, out.String())
	assert.Equal(t, 1, cloud.IONOS.Count("umUsersPost"))
	assert.Equal(t, 1, cloud.Triton.Count("CreateTritonUser"))
	assert.Empty(t, cloud.IONOS.Users())
	assert.Empty(t, cloud.Triton.Users())
	assert.NotContains(t, out.String(), wrappertest.Token)
}

func TestNothingIsChangedWithoutAYes(t *testing.T) {
	cloud := servers(t)
	noTerminal, err := os.CreateTemp(t.TempDir(), "")
	require.NoError(t, err)
	_, err = noTerminal.WriteString("y\n")
	require.NoError(t, err)
	_, err = noTerminal.Seek(0, 0)
	require.NoError(t, err)
	defer noTerminal.Close()

	var out bytes.Buffer
	for _, answer := range []string{"n\n", "\n", "", "yes please\n"} {
		require.NoError(t, run(t.Context(), strings.NewReader(answer), &out))
	}
	require.NoError(t, run(t.Context(), noTerminal, &out))
	assert.Equal(t, 5, strings.Count(out.String(), "Nothing was changed.\n"))
	assert.Empty(t, cloud.IONOS.Requests())
	assert.Empty(t, cloud.Triton.Requests())
}

func TestOneConfiguredCloudIsUsedAlone(t *testing.T) {
	cloud := servers(t)
	for _, name := range []string{"TRITON_URL", "TRITON_ACCOUNT", "TRITON_KEY_ID"} {
		t.Setenv(name, "")
	}
	var out bytes.Buffer
	require.NoError(t, run(t.Context(), strings.NewReader("y\n"), &out))
	assert.Contains(t, out.String(), "Using IONOS Cloud.\n")
	assert.Equal(t, 1, cloud.IONOS.Count("umUsersPost"))
	assert.Empty(t, cloud.Triton.Requests())
}

func TestACloudThatIsConfiguredInPartIsAnError(t *testing.T) {
	for _, missing := range []string{"TRITON_KEY_ID", "TRITON_ACCOUNT", "TRITON_URL"} {
		cloud := servers(t)
		t.Setenv(missing, "")
		err := run(t.Context(), strings.NewReader("y\n"), new(bytes.Buffer))
		require.ErrorIs(t, err, wrapper.ErrInvalid, missing)
		assert.ErrorContains(t, err, missing)
		assert.Empty(t, cloud.IONOS.Requests())
	}
	cloud := servers(t)
	t.Setenv("IONOS_TOKEN", "")
	t.Setenv("IONOS_USERNAME", wrappertest.Username)
	require.ErrorContains(t, run(t.Context(), strings.NewReader("y\n"), new(bytes.Buffer)), "IONOS_PASSWORD")
	assert.Empty(t, cloud.Triton.Requests())
}

func TestAFailureLeavesNoUserBehind(t *testing.T) {
	t.Run("the second cloud refuses", func(t *testing.T) {
		cloud := servers(t)
		cloud.Triton.Fault(wrappertest.Fault{OperationID: "CreateTritonUser", Effect: wrappertest.Empty(http.StatusForbidden)})
		var out bytes.Buffer
		err := run(t.Context(), strings.NewReader("y\n"), &out)
		assert.ErrorIs(t, err, wrapper.ErrForbidden)
		assert.Contains(t, out.String(), "Deleted from IONOS\n")
		assert.Empty(t, cloud.IONOS.Users())
	})
	t.Run("the request fails", func(t *testing.T) {
		cloud := servers(t)
		cloud.IONOS.FailNext("the contract is full")
		err := run(t.Context(), strings.NewReader("y\n"), new(bytes.Buffer))
		assert.ErrorIs(t, err, wrapper.ErrOperationFailed)
		assert.NotErrorIs(t, err, wrapper.ErrNotFound)
		var failed *wrapper.OperationError
		require.ErrorAs(t, err, &failed)
		assert.Equal(t, "the contract is full", failed.Status.ErrorMessage)
	})
	t.Run("a user who cannot be deleted is named", func(t *testing.T) {
		cloud := servers(t)
		cloud.IONOS.Fault(wrappertest.Fault{OperationID: "umUsersDelete", Effect: wrappertest.Empty(http.StatusForbidden)})
		err := run(t.Context(), strings.NewReader("y\n"), new(bytes.Buffer))
		assert.ErrorIs(t, err, wrapper.ErrForbidden)
		require.Len(t, cloud.IONOS.Users(), 1)
		assert.ErrorContains(t, err, "user "+cloud.IONOS.Users()[0].ID+" is left on IONOS")
	})
}
