package wrapper

import (
	"os/exec"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestWrapperLinksNoThirdPartyCodeButTheGeneratedClients holds what a program
// that imports the library takes on: the standard library and what generated
// code needs. Key loading and ssh-agent, and with them x/crypto, are in sshkey.
func TestWrapperLinksNoThirdPartyCodeButTheGeneratedClients(t *testing.T) {
	t.Parallel()
	list := func(format string, packages ...string) []string {
		t.Helper()
		command := exec.CommandContext(t.Context(), "go", append([]string{"list", "-deps", "-f", format}, packages...)...)
		out, err := command.Output()
		require.NoError(t, err)
		return strings.Fields(string(out))
	}
	const nonStandard = `{{if not .Standard}}{{.ImportPath}}{{end}}`
	const module = "github.com/cloudroster/cloudroster"
	allowed := map[string]bool{module + "/gen": true, module + "/wrapper": true}
	for _, pkg := range list(nonStandard, "github.com/oapi-codegen/runtime") {
		allowed[pkg] = true
	}
	linked := list(nonStandard, module+"/wrapper")
	assert.Contains(t, linked, module+"/gen", "the list is that of another package")
	t.Logf("linked beside the standard library:\n%s", strings.Join(linked, "\n"))
	for _, pkg := range linked {
		assert.True(t, allowed[pkg], "wrapper links %s", pkg)
	}
}
