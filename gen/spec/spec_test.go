package spec_test

import (
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cloudroster/cloudroster/gen/spec"
)

func TestTheEmbeddedDocumentIsTheOneInTheRoot(t *testing.T) {
	t.Parallel()
	root, err := os.ReadFile("../../openapi.yaml")
	require.NoError(t, err)
	require.Equal(t, string(root), string(spec.YAML()), "run go generate ./...")
}

func TestACallerCannotChangeTheDocument(t *testing.T) {
	t.Parallel()
	spec.YAML()[0] = 'x'
	require.Equal(t, byte('#'), spec.YAML()[0])
}
