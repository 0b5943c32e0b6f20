package sshkey

import (
	"errors"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/crypto/ssh"
)

// The table of the package documentation says yes where the other tests of this package sign, no where
// they are refused, and a dash where they have nothing to encode.
func TestTheDocumentedTableIsTheTestedOne(t *testing.T) {
	t.Parallel()
	source, err := os.ReadFile("doc.go")
	require.NoError(t, err)
	_, after, found := strings.Cut(string(source), "//\tformat ")
	require.True(t, found)
	columns := regexp.MustCompile(`\s{2,}`)
	heading, rows, _ := strings.Cut(after, "\n")
	assert.Equal(t, append([]string{"block", "protected by passphrase"}, keyTypes...), columns.Split(strings.TrimSpace(heading), -1))
	documented := map[string][]string{}
	for line := range strings.Lines(rows) {
		row, inside := strings.CutPrefix(strings.TrimSpace(line), "//\t")
		if !inside {
			break
		}
		cells := columns.Split(row, -1)
		require.Len(t, cells, 3+len(keyTypes), row)
		documented[cells[1]] = cells[3:]
		if strings.HasPrefix(cells[2], "yes") {
			documented[cells[1]+", protected"] = cells[3:]
		}
	}

	tested := map[string][]string{}
	for _, format := range formats {
		name := ""
		cells := make([]string, 0, len(keyTypes))
		for _, keyType := range keyTypes {
			block := format.encode(t, testKey(t, keyType))
			if block == nil {
				cells = append(cells, "-")
				continue
			}
			name = block.Type
			cells = append(cells, "yes")
		}
		if format.protected {
			name += ", protected"
		}
		tested[name] = cells
	}
	// This block is there only to protect.
	tested["ENCRYPTED PRIVATE KEY"] = tested["ENCRYPTED PRIVATE KEY, protected"]
	agent := agentOf(t, keyringOf(t))
	for _, keyType := range keyTypes {
		cell := "yes"
		if _, err := agent.Signer(t.Context(), ssh.FingerprintSHA256(publicKey(t, testKey(t, keyType)))); err != nil {
			require.ErrorIs(t, err, errors.ErrUnsupported)
			cell = "no"
		}
		tested["-"] = append(tested["-"], cell)
	}
	assert.Equal(t, tested, documented)
}
