package main

import (
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/cloudroster/cloudroster/contract"
	"github.com/cloudroster/cloudroster/wrapper"
)

func TestCoverageAddsFilesUpAndHoldsTheMinimum(t *testing.T) {
	t.Parallel()
	cloud, directory := peopled(t), t.TempDir()
	for range 2 { // two processes
		var coverage contract.Coverage
		client, err := onCloud(t, cloud).ionos(wrapper.WithHTTPClient(&http.Client{
			Transport: contract.Transport(cloud.Transport(), nil, contract.WithCoverage(&coverage)),
		}))
		require.NoError(t, err)
		_, err = client.ListUsers(t.Context())
		require.NoError(t, err)
		require.NoError(t, coverage.Save(directory))
	}
	env := environment{stdout: io.Discard}
	got := runWith(t, env, "coverage", "-operations", "1", directory)
	assert.Equal(t, conforms, got.code)
	assert.Regexp(t, `operations +1  of +\d+ +\d\.\d %\n`, got.stdout)
	assert.Contains(t, got.stdout, "\nmissing: operations umUsersPost\n")
	assert.Regexp(t, `\n1/\d+ operations, `, got.stdout)

	assert.Regexp(t, "response properties, 2 requests\n$", got.stdout)

	got = runWith(t, env, "coverage", "-operations", "100", "-responses", "95", directory)
	assert.Equal(t, differs, got.code)
	assert.Regexp(t, `1/\d+ operations exercised \(\d\.\d %\), 100 % required\n`, got.stdout)
	assert.Contains(t, got.stdout, "response properties exercised")

	page := filepath.Join(t.TempDir(), "coverage.html")
	got = runWith(t, env, "coverage", "-html", page, "-paths", "/um,/requests", "-operations", "4", directory)
	text, err := os.ReadFile(page)
	require.NoError(t, err)
	assert.True(t, strings.Contains(string(text), `<th scope="row">umUsersGet</th>`))
	assert.False(t, strings.Contains(string(text), "TritonUser"))
	assert.Equal(t, conforms, got.code)
	assert.Contains(t, got.stdout, "\n1/25 operations, ")
	assert.NotContains(t, got.stdout, "Triton")
}
