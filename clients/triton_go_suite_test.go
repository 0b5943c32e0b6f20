package clients

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// tritonGoSuite is the part of triton-go's own tests that needs a cloud, compiled unchanged.
func tritonGoSuite(t *testing.T) client {
	t.Helper()
	const module = "github.com/TritonDataCenter/triton-go/v2"
	programs := t.TempDir()
	one := func(name, of string) flow {
		return flow{name: name, run: func(s *session) {
			run := exec.CommandContext(s.ctx, filepath.Join(programs, of), "-test.v", "-test.run", "^"+name+"$")
			s.at(run)
			run.Env = append(run.Env, "TRITON_TEST=1", "TRITON_KEY_MATERIAL="+string(privatePEM(sshKey())))
			out, err := run.CombinedOutput()
			require.NoError(s, err, string(out))
			assert.Contains(s, string(out), "--- PASS: "+name+" ")
		}}
	}
	client := client{
		name: "triton-go's own tests", version: goVersion(t, module), what: "those of `identity` and `account` that need a cloud",
		prepare: func(t *testing.T) {
			t.Helper()
			for _, of := range []string{"identity", "account"} {
				build := exec.CommandContext(t.Context(), "go", "test", "-c", "-o", filepath.Join(programs, of), module+"/"+of)
				out, err := build.CombinedOutput()
				require.NoError(t, err, string(out))
			}
		},
	}
	for _, name := range []string{"TestAccUser_ChangeUserPassword", "TestAccIdentity_SetRoleTags", "TestAccIdentity_GetRoleTags"} {
		client.flows = append(client.flows, one(name, "identity"))
	}
	for _, name := range []string{"TestAccAccount_Get", "TestAccKey_Create", "TestAccKey_Get", "TestAccKey_Delete"} {
		client.flows = append(client.flows, one(name, "account"))
	}
	for _, name := range []string{"TestAccAccessKey_Create", "TestAccAccessKey_GetAndList", "TestAccAccessKey_Delete"} {
		flow := one(name, "account")
		flow.because = "The in-memory cloud has no access keys: they are for object storage, not for managing users."
		flow.fails = "unable to create access key: MethodNotAllowedError"
		client.flows = append(client.flows, flow)
	}
	config := one("TestAccConfig_Get", "account")
	config.because = "The in-memory cloud has no networks, and so no default one."
	config.fails = "unable to get account config: MethodNotAllowedError"
	client.flows = append(client.flows, config)
	return client
}

// goVersion is the version that go.mod requires.
func goVersion(t *testing.T, module string) string {
	t.Helper()
	required, err := os.ReadFile("go.mod")
	require.NoError(t, err)
	for line := range strings.Lines(string(required)) {
		if fields := strings.Fields(line); len(fields) >= 2 && fields[0] == module {
			return fields[1]
		}
	}
	require.Fail(t, "go.mod does not require "+module)
	return ""
}
