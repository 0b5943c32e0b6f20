package wrappertest_test

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/cloudroster/cloudroster/gen/openapi"
	"github.com/cloudroster/cloudroster/wrapper/wrappertest"
)

func TestEveryOperationOfTheDocumentHasAConstant(t *testing.T) {
	t.Parallel()
	source, err := os.ReadFile("operation_id.go")
	require.NoError(t, err)
	var constants, documented []string
	for _, found := range regexp.MustCompile(`(?m)^\t(\w+)\s+OperationID = "(\w+)"$`).FindAllStringSubmatch(string(source), -1) {
		assert.Equal(t, found[1], strings.ToUpper(found[2][:1])+found[2][1:])
		constants = append(constants, found[2])
	}
	for _, found := range regexp.MustCompile(`(?m)^\s+operationId: (\w+)$`).FindAllStringSubmatch(string(openapi.YAML()), -1) {
		documented = append(documented, found[1])
	}
	assert.NotEmpty(t, documented)
	assert.ElementsMatch(t, documented, constants)
}

func TestTheRecordKeepsTheLastRequestsAndCountsAll(t *testing.T) {
	t.Parallel()
	c := inMemory(t, wrappertest.WithRequestHistory(2))
	for _, path := range []string{"/um/users", "/um/groups", "/um/users", "/um/resources"} {
		require.Equal(t, 200, c.ionos("GET", path, "").StatusCode)
	}
	kept := c.cloud.IONOS.Requests()
	require.Len(t, kept, 2)
	assert.Equal(t, wrappertest.UmUsersGet, kept[0].OperationID)
	assert.Equal(t, wrappertest.UmResourcesGet, kept[1].OperationID)
	assert.Equal(t, 2, c.cloud.IONOS.Count(wrappertest.UmUsersGet))
	c.cloud.IONOS.ForgetRequests()
	assert.Zero(t, c.cloud.IONOS.Count(wrappertest.UmUsersGet))
}
