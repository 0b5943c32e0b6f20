//go:build unix

package sandbox

import (
	"flag"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/cloudroster/cloudroster/wrapper/wrappertest"
)

func guide(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile("../../docs/sandbox.md")
	require.NoError(t, err)
	return string(text)
}

var update = flag.Bool("update", false, "write the table of flags into docs/sandbox.md")

// The table of flags is that of the program: go test ./internal/sandbox -run Guide -update.
func TestTheGuideListsTheFlags(t *testing.T) {
	t.Parallel()
	var table strings.Builder
	table.WriteString("<!-- flags -->\n| Flag | |\n|---|---|\n")
	newFlags(&config{}).VisitAll(func(f *flag.Flag) {
		value, usage := flag.UnquoteUsage(f)
		fmt.Fprintf(&table, "| `%s` | %s |\n", strings.TrimSpace("-"+f.Name+" "+strings.ToUpper(value)), usage)
	})
	table.WriteString("<!-- /flags -->")
	text := guide(t)
	start, end := strings.Index(text, "<!-- flags -->"), strings.Index(text, "<!-- /flags -->")
	require.Positive(t, start)
	require.Positive(t, end)
	if *update {
		text = text[:start] + table.String() + text[end+len("<!-- /flags -->"):]
		require.NoError(t, os.WriteFile("../../docs/sandbox.md", []byte(text), 0o600))
		return
	}
	assert.Equal(t, table.String(), text[start:end+len("<!-- /flags -->")])
}

func blocks(t *testing.T, language string) []string {
	t.Helper()
	var found []string
	for _, block := range regexp.MustCompile("(?ms)^```"+language+"\n(.*?)^```$").FindAllStringSubmatch(guide(t), -1) {
		found = append(found, block[1])
	}
	return found
}

func TestTheScriptsOfTheGuideRun(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("curl"); err != nil {
		t.Skip("curl is not installed")
	}
	ran := 0
	for _, script := range blocks(t, "sh") {
		if !strings.Contains(script, "curl") {
			continue
		}
		ran++
		_, status := finish(t, program(t, "run", "-control", ":0", "--", "sh", "-e", "-c", script), nil)
		assert.Zero(t, status, "%s", script)
	}
	assert.Equal(t, 2, ran)
}

func TestTheStateOfTheGuideIsValid(t *testing.T) {
	t.Parallel()
	ran := 0
	for _, text := range blocks(t, "json") {
		state, err := wrappertest.ParseState([]byte(text))
		require.NoError(t, err)
		assert.NoError(t, wrappertest.New().SetState(state))
		ran++
	}
	assert.Equal(t, 1, ran)
}

// The commands of the guide have flags that exist.
func TestTheCommandsOfTheGuideParse(t *testing.T) {
	t.Parallel()
	command := regexp.MustCompile("cloudroster sandbox( run)?((?: [^`\n]+)?)[`\n]")
	parsed := 0
	for _, match := range command.FindAllStringSubmatch(guide(t), -1) {
		var c config
		args := strings.Fields(match[2])
		if match[1] == "" && len(args) == 0 {
			continue // the name of the program
		}
		_, err := parse(newFlags(&c), &c, args, match[1] != "")
		assert.NoError(t, err, "%s", match[0])
		parsed++
	}
	assert.GreaterOrEqual(t, parsed, 3)
}
