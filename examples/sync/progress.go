package main

import (
	"fmt"
	"io"
	"os"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"
)

// progress shows how far the program is: a bar on a terminal, a line a step elsewhere. Its methods
// are called by one goroutine at a time.
type progress struct {
	out   io.Writer
	bar   *progressbar.ProgressBar
	total int
	count int
}

func newProgress(out io.Writer) progress { return progress{out: out} }

func (p *progress) start(total int) {
	p.total = total
	if file, ok := p.out.(*os.File); ok && term.IsTerminal(int(file.Fd())) {
		p.bar = progressbar.NewOptions(total, progressbar.OptionSetWriter(p.out), progressbar.OptionShowCount(),
			progressbar.OptionClearOnFinish(), progressbar.OptionSetDescription("applying"))
	}
}

func (p *progress) step(s *step, err error) {
	p.count++
	if p.bar != nil {
		_ = p.bar.Add(1)
		return
	}
	result := "ok"
	if err != nil {
		result = "FAILED: " + err.Error()
	}
	fmt.Fprintf(p.out, "[%d/%d] %s %s %s: %s\n", p.count, p.total, s.cloud.name, s.action, s.email, result)
}

func (p *progress) finish() {
	if p.bar != nil {
		_ = p.bar.Finish()
	}
}
