package main

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestRunExplainsItselfWhenCalledTheWrongWay(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{{}, {"import"}, {"import", "a", "b"}, {"merge", "a"}, {"publish"}, {"-x"}, {"-root"}} {
		root := t.TempDir()
		status, out, errs := spec(root, args...)
		assert.Equal(t, 2, status, args)
		assert.Empty(t, out)
		assert.Contains(t, errs, "usage: spec [-root DIR] COMMAND")
	}
	status, _, errs := spec(t.TempDir(), "-h")
	assert.Zero(t, status)
	assert.Contains(t, errs, "usage: spec [-root DIR] COMMAND")
}

func TestRunFailsInOneLineWhereThereIsNoProject(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{{"merge"}, {"check"}} {
		status, out, errs := spec(t.TempDir(), args...)
		assert.Equal(t, 1, status, args)
		assert.Empty(t, out)
		assert.Equal(t, 1, strings.Count(errs, "\n"))
		assert.Contains(t, errs, "no such file")
	}
}
