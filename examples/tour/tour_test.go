package tour

import (
	"bytes"
	"context"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/cloudroster/cloudroster/contract"
	"github.com/cloudroster/cloudroster/gen"
	"github.com/cloudroster/cloudroster/wrapper"
	"github.com/cloudroster/cloudroster/wrapper/profile"
	"github.com/cloudroster/cloudroster/wrapper/wrappertest"
)

func connect(ctx context.Context) (*wrapper.IONOS, *wrapper.Triton, error) {
	ionos, err := wrapper.NewIONOSFromEnv() // IONOS_TOKEN, or IONOS_USERNAME and IONOS_PASSWORD
	if err != nil {
		return nil, nil, err
	}
	triton, _, err := profile.NewTriton(ctx) // TRITON_URL, TRITON_ACCOUNT, TRITON_KEY_ID, or the triton tool's profile
	return ionos, triton, err
}

func onBoth(ctx context.Context, out io.Writer, ionos *wrapper.IONOS, triton *wrapper.Triton) error {
	for _, users := range []wrapper.Users{ionos.Users(), triton.Users()} {
		for user, err := range users.All(ctx) {
			if err != nil {
				return err
			}
			fmt.Fprintln(out, user.Login, user.FirstName, user.LastName)
		}
	}
	return nil
}

func changeAndWait(ctx context.Context, out io.Writer, ionos *wrapper.IONOS, userID string) error {
	_, operation, err := ionos.UpdateUser(ctx, userID, func(p *gen.UserUpdateProperties) {
		p.LastName = new("Meier") // everything else stays as it is
	})
	if err != nil {
		return err
	}
	for status, err := range operation.Watch(ctx) { // or just operation.Wait(ctx)
		if err != nil {
			return err
		}
		fmt.Fprintln(out, status.State) // QUEUED, RUNNING, DONE
	}
	return nil
}

func readGroup(ctx context.Context, out io.Writer, ionos *wrapper.IONOS) error {
	group, err := ionos.Groups().Get(ctx, "operators")
	if err != nil {
		return err
	}
	fmt.Fprintln(out, group.Name, group.Granted(), group.Privileges["createSnapshot"])
	return nil
}

func createDataCenter(ctx context.Context, ionos *wrapper.IONOS) error {
	raw := ionos.Raw()
	body := strings.NewReader(`{"properties":{"name":"production","location":"de/fra"}}`)
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, raw.Server+"datacenters", body)
	if err != nil {
		return err
	}
	r.Header.Set("Content-Type", "application/json")
	resp, err := raw.Client.Do(r) // every status that is not a success is a *wrapper.Error
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	operation, err := ionos.OperationFrom(resp)
	if err != nil {
		return err
	}
	return operation.Wait(ctx)
}

func listDataCenters(ctx context.Context, out io.Writer, triton *wrapper.Triton) error {
	raw := triton.Raw()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, raw.Server+triton.Account()+"/datacenters", nil)
	if err != nil {
		return err
	}
	resp, err := raw.Client.Do(r)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	_, err = io.Copy(out, resp.Body)
	return err
}

func explain(out io.Writer, err error) {
	var waited *wrapper.OperationError
	var failed *wrapper.Error
	switch {
	case errors.Is(err, wrapper.ErrNotFound):
		fmt.Fprintln(out, "there is no such user")
	case errors.As(err, &waited) && !errors.Is(err, wrapper.ErrOperationFailed):
		fmt.Fprintln(out, "not done yet; go on with", waited.ID)
	case errors.As(err, &failed):
		fmt.Fprintln(out, failed.Status, failed.Code, failed.RequestID)
	}
}

// rename is a program of a user's own.
func rename(ctx context.Context, users wrapper.Users, login, lastName string) error {
	_, err := users.Update(ctx, login, wrapper.UserUpdate{LastName: &lastName})
	return err
}

func TestRename(t *testing.T) {
	cloud := wrappertest.Start(t)
	cloud.IONOS.AddUser(wrappertest.User{FirstName: "Jo", LastName: "Doe", Email: "jo@example.com"})
	cloud.Triton.AddUser(wrappertest.SubUser{Login: "jo@example.com", Email: "jo@example.com"})
	cloud.IONOS.Fault(wrappertest.Fault{OperationID: "umUsersPut", Attempt: 1, Effect: wrappertest.ResetConnection()})
	for _, users := range []wrapper.Users{cloud.IONOSClient(t).Users(), cloud.TritonClient(t).Users()} {
		require.NoError(t, rename(t.Context(), users, "jo@example.com", "Meier"))
	}
	require.Equal(t, "Meier", cloud.IONOS.Users()[0].LastName)
}

func TestRenameKeepsTheContract(t *testing.T) {
	t.Parallel()
	cloud := wrappertest.New()
	cloud.IONOS.AddUser(wrappertest.User{FirstName: "Jo", LastName: "Doe", Email: "jo@example.com"})
	guard := &http.Client{Transport: contract.Transport(cloud.Transport(), contract.ReportTo(t))}
	users := cloud.IONOSClient(t, wrapper.WithHTTPClient(guard)).Users()
	if err := rename(t.Context(), users, "jo@example.com", "Meier"); err != nil {
		t.Error(err)
	}
}

// It sets variables of the process, so it does not run in parallel.
func TestTour(t *testing.T) {
	cloud := wrappertest.Start(t, wrappertest.WithRequestTimes(0, 0))
	home := t.TempDir()
	key, err := x509.MarshalPKCS8PrivateKey(cloud.Triton.Key())
	require.NoError(t, err)
	require.NoError(t, os.Mkdir(filepath.Join(home, ".ssh"), 0o700))
	block := pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: key})
	require.NoError(t, os.WriteFile(filepath.Join(home, ".ssh", "id_ed25519"), block, 0o600))
	for name, value := range map[string]string{
		"HOME": home, "USERPROFILE": home, "XDG_CONFIG_HOME": "", "SSH_AUTH_SOCK": "", "TRITON_PROFILE": "env", "TRITON_KEY_MATERIAL": "",
		"IONOS_API_URL": cloud.IONOS.URL(), "IONOS_TOKEN": wrappertest.Token,
		"TRITON_URL": cloud.Triton.URL(), "TRITON_ACCOUNT": wrappertest.Account,
		"TRITON_KEY_ID": wrappertest.Fingerprint(cloud.Triton.Key().Public()),
	} {
		t.Setenv(name, value)
	}
	ionos, triton, err := connect(t.Context())
	require.NoError(t, err)

	var out bytes.Buffer
	id := cloud.IONOS.AddUser(wrappertest.User{FirstName: "Jo", LastName: "Doe", Email: "jo@example.com"})
	cloud.Triton.AddUser(wrappertest.SubUser{Login: "ann", Email: "ann@example.com", FirstName: "Ann", LastName: "Lee"})
	require.NoError(t, onBoth(t.Context(), &out, ionos, triton))
	assert.Equal(t, "jo@example.com Jo Doe\nann Ann Lee\n", out.String())

	out.Reset()
	require.NoError(t, changeAndWait(t.Context(), &out, ionos, id))
	assert.Contains(t, out.String(), "DONE\n")
	jo, _ := cloud.IONOS.User(id)
	assert.Equal(t, "Jo Meier", jo.FirstName+" "+jo.LastName)

	out.Reset()
	cloud.IONOS.AddGroup(wrappertest.Group{Name: "Operators", Privileges: map[string]any{"createQuantum": true}})
	require.NoError(t, readGroup(t.Context(), &out, ionos))
	assert.Equal(t, "Operators [createQuantum] false\n", out.String())

	require.NoError(t, createDataCenter(t.Context(), ionos))
	list, err := ionos.ListResourcesByType(t.Context(), gen.ResourceTypeDataCenter)
	require.NoError(t, err)
	require.Len(t, list.Items, 1)
	assert.Equal(t, "production", list.Items[0].Properties.Name)
	out.Reset()
	require.NoError(t, listDataCenters(t.Context(), &out, triton))
	assert.Contains(t, out.String(), cloud.Triton.URL())

	out.Reset()
	_, err = ionos.GetUser(t.Context(), "nobody")
	explain(&out, err)
	explain(&out, &wrapper.OperationError{ID: "a-request", Err: context.DeadlineExceeded})
	cloud.IONOS.Fault(wrappertest.Fault{Effect: wrappertest.Empty(http.StatusForbidden)})
	_, err = ionos.GetUser(t.Context(), id)
	explain(&out, err)
	assert.Regexp(t, `^there is no such user\nnot done yet; go on with a-request\n403 `, out.String())
}
