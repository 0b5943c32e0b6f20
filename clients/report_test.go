package clients

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// The tables are in these files, between two markers.
const (
	page       = "../docs/clients.md"
	readme     = "../README.md"
	begin, end = "<!-- clients: made by make update-clients -->", "<!-- /clients -->"
)

// row is what a run found about one client.
type row struct {
	client  client
	results []result
}

// complete reports whether every flow ran.
func (r row) complete() bool {
	for _, one := range r.results {
		if one.run == nil {
			return false
		}
	}
	return true
}

func (r row) passed() int {
	n := 0
	for _, one := range r.results {
		if one.passed {
			n++
		}
	}
	return n
}

// short is the table of the README.
func short(rows []row) string {
	var out strings.Builder
	out.WriteString("| Client | Version | Flows | Pass |\n|---|---|---|---:|\n")
	for _, row := range rows {
		fmt.Fprintf(&out, "| %s | %s | %s | %d of %d |\n", row.client.name, row.client.version, row.client.what, row.passed(), len(row.results))
	}
	return out.String()
}

// long is docs/clients.md between its markers: every flow by name, and the reason of those that fail.
func long(rows []row) string {
	var out strings.Builder
	out.WriteString(short(rows))
	for _, row := range rows {
		fmt.Fprintf(&out, "\n## %s %s\n\n%d of %d pass.\n", row.client.name, row.client.version, row.passed(), len(row.results))
		if row.passed() < len(row.results) {
			out.WriteString("\n| Fails | Reason |\n|---|---|\n")
			for _, one := range row.results {
				if !one.passed {
					fmt.Fprintf(&out, "| %s | %s |\n", one.name, one.because)
				}
			}
		}
		out.WriteString("\nPass:\n\n")
		for _, one := range row.results {
			if one.passed {
				fmt.Fprintf(&out, "- %s\n", one.name)
			}
		}
	}
	return out.String()
}

// compare holds the committed tables to the run, or with -update writes them.
func compare(t *testing.T, rows []row) {
	t.Helper()
	stale, err := tables(map[string]string{page: long(rows), readme: short(rows)}, *update)
	require.NoError(t, err)
	assert.Empty(t, stale, "differ from this run: make update-clients, and look at what changed")
}

// tables returns the files whose table is not the one of this run. With write it changes them instead.
func tables(wanted map[string]string, write bool) (stale []string, err error) {
	for file, table := range wanted {
		committed, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		text, err := replace(string(committed), table)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
		switch {
		case text == string(committed):
		case write:
			if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
				return nil, err
			}
		default:
			stale = append(stale, file)
		}
	}
	return stale, nil
}

// replace puts a table between the markers of a text.
func replace(text, table string) (string, error) {
	before, rest, found := strings.Cut(text, begin+"\n")
	_, after, closed := strings.Cut(rest, end)
	if !found || !closed {
		return "", fmt.Errorf("must have the lines %s and %s", begin, end)
	}
	return before + begin + "\n\n" + table + "\n" + end + after, nil
}

func TestTheTablesNameWhatFails(t *testing.T) {
	t.Parallel()
	run := func(*session) {}
	rows := []row{
		{client{name: "one", version: "1.0", what: "all"}, []result{{flow{name: "a", run: run}, true}, {flow{name: "b", run: run, because: "It hangs."}, false}}},
		{client{name: "two", version: "2.0", what: "some"}, []result{{flow{name: "c", run: run}, true}}},
	}
	table := "| Client | Version | Flows | Pass |\n|---|---|---|---:|\n| one | 1.0 | all | 1 of 2 |\n| two | 2.0 | some | 1 of 1 |\n"
	assert.Equal(t, table, short(rows))
	assert.Equal(t, table+
		"\n## one 1.0\n\n1 of 2 pass.\n\n| Fails | Reason |\n|---|---|\n| b | It hangs. |\n\nPass:\n\n- a\n"+
		"\n## two 2.0\n\n1 of 1 pass.\n\nPass:\n\n- c\n", long(rows))
	assert.True(t, rows[0].complete())
	assert.False(t, row{results: []result{{flow{name: "a", run: run}, true}, {}}}.complete())

	text, err := replace("before\n"+begin+"\nold\n"+end+"\nafter\n", "new\n")
	require.NoError(t, err)
	assert.Equal(t, "before\n"+begin+"\n\nnew\n\n"+end+"\nafter\n", text)
	again, err := replace(text, "new\n")
	require.NoError(t, err)
	assert.Equal(t, text, again)
	for _, without := range []string{"", begin + "\n", end, end + begin + "\n"} {
		_, err := replace(without, "new\n")
		require.Error(t, err, without)
	}
}

func TestATableThatDiffersFromTheRunIsFound(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "page.md")
	require.NoError(t, os.WriteFile(file, []byte("# Page\n\n"+begin+"\n"+end+"\n"), 0o600))
	run := map[string]string{file: "| 3 of 4 |\n"}
	stale, err := tables(run, false)
	require.NoError(t, err)
	assert.Equal(t, []string{file}, stale)
	stale, err = tables(run, true)
	require.NoError(t, err)
	assert.Empty(t, stale)
	stale, err = tables(run, false)
	require.NoError(t, err)
	assert.Empty(t, stale)

	written, err := os.ReadFile(file)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(file, []byte(strings.Replace(string(written), "3 of 4", "4 of 4", 1)), 0o600))
	stale, err = tables(run, false)
	require.NoError(t, err)
	assert.Equal(t, []string{file}, stale)

	require.NoError(t, os.WriteFile(file, []byte("# Page\n"), 0o600))
	_, err = tables(run, true)
	require.ErrorContains(t, err, "must have the lines")
	_, err = tables(map[string]string{file + "x": ""}, false)
	require.ErrorIs(t, err, os.ErrNotExist)
}
