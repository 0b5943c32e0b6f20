package clients

import (
	"context"
	"io"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// typing is a line that someone types when a program prints a prompt.
type typing struct{ prompt, line string }

// typed runs the command at a terminal of its own, where someone types. Programs throw away what
// is typed before they ask, so each line waits for its prompt.
func (s triton) typed(lines []typing, args ...string) string {
	command := s.program
	for _, arg := range args {
		command += " '" + arg + "'"
	}
	return s.terminal(command, lines)
}

func (s *session) terminal(command string, lines []typing) string {
	ctx, cancel := context.WithTimeout(s.ctx, 3*time.Minute)
	defer cancel()
	run := exec.CommandContext(ctx, "script", "--quiet", "--return", "--command", command, "/dev/null")
	s.at(run)
	keyboard, err := run.StdinPipe()
	require.NoError(s, err)
	screen := &screen{keyboard: keyboard, lines: lines}
	run.Stdout, run.Stderr = screen, screen
	require.NoError(s, run.Run(), &screen.printed)
	assert.Empty(s, screen.lines, "was not asked for")
	return screen.printed.String()
}

// screen is what a program prints at a terminal. It types the next line when its prompt appears.
type screen struct {
	printed  strings.Builder
	seen     int // up to here, prompts were found
	keyboard io.Writer
	lines    []typing
}

func (s *screen) Write(text []byte) (int, error) {
	n, _ := s.printed.Write(text) // its error is always nil
	for len(s.lines) > 0 {
		at := strings.Index(s.printed.String()[s.seen:], s.lines[0].prompt)
		if at < 0 {
			break
		}
		s.seen += at + len(s.lines[0].prompt)
		if _, err := io.WriteString(s.keyboard, s.lines[0].line+"\n"); err != nil {
			return n, err
		}
		s.lines = s.lines[1:]
	}
	return n, nil
}

func TestEachLineIsTypedAfterItsPrompt(t *testing.T) {
	t.Parallel()
	var typed strings.Builder
	screen := &screen{keyboard: &typed, lines: []typing{{"name:", "ada"}, {"name:", "bob"}, {"city:", ""}}}
	for _, step := range []struct{ printed, typed string }{
		{"na", ""}, {"me: ", "ada\n"}, {"ada\r\n", "ada\n"}, {"name: name: ", "ada\nbob\n"}, {"city:", "ada\nbob\n\n"}, {"city:", "ada\nbob\n\n"},
	} {
		_, err := io.WriteString(screen, step.printed)
		require.NoError(t, err)
		assert.Equal(t, step.typed, typed.String())
	}
	assert.Equal(t, "name: ada\r\nname: name: city:city:", screen.printed.String())
}
