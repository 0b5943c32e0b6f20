package contract

import (
	"os/exec"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A program that checks its traffic links the document and kin-openapi: not the library, the generated
// client or package testing.
func TestThePackageLinksTheDocumentAndNothingElseOfThisModule(t *testing.T) {
	t.Parallel()
	out, err := exec.CommandContext(t.Context(), "go", "list", "-deps", ".").Output()
	require.NoError(t, err)
	const module = "github.com/cloudroster/cloudroster/"
	var ours []string
	for _, name := range strings.Fields(string(out)) {
		assert.NotEqual(t, "testing", name)
		if strings.HasPrefix(name, module) {
			ours = append(ours, strings.TrimPrefix(name, module))
		}
	}
	assert.Equal(t, []string{"gen/openapi", "contract"}, ours)
}
