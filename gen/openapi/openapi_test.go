package openapi_test

import (
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cloudroster/cloudroster/gen/openapi"
)

func TestTheEmbeddedDocumentIsTheOneInTheRoot(t *testing.T) {
	t.Parallel()
	root, err := os.ReadFile("../../openapi.yaml")
	require.NoError(t, err)
	require.Equal(t, string(root), string(openapi.YAML()), "run go generate ./...")
}

func TestACallerCannotChangeTheDocument(t *testing.T) {
	t.Parallel()
	openapi.YAML()[0] = 'x'
	require.Equal(t, byte('#'), openapi.YAML()[0])
}
