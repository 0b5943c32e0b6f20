package cost

import (
	"bytes"
	"flag"
	"fmt"
	"log"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/cloudroster/cloudroster/wrapper"
)

// What the library may cost its users.
const (
	maxSize    = 300_000 // bytes over the floor's program
	maxEvery   = 730_000 // the same of one that calls every method; 650,000 is the target
	maxModules = 0       // of third parties, linked
	maxGoSum   = 50      // lines
	maxBuild   = 1.15    // of the floor's CPU time, cold
)

var cold = flag.Bool("cold", false, "measure cold builds, which take about a minute")

const module = "github.com/cloudroster/cloudroster"

var programs = []string{"floor", "ours", "every", "sdk-go", "triton-go"}

func run(t *testing.T, dir string, env []string, args ...string) (string, *os.ProcessState) {
	t.Helper()
	command := exec.CommandContext(t.Context(), args[0], args[1:]...)
	command.Dir = dir
	command.Env = append(os.Environ(), env...)
	var out, problems bytes.Buffer
	command.Stdout, command.Stderr = &out, &problems
	require.NoError(t, command.Run(), "%v\n%s", args, &problems)
	return out.String(), command.ProcessState
}

// built is a stripped program: its size and the modules of third parties that it links.
func built(t *testing.T, program string) (size int64, modules []string) {
	t.Helper()
	file := filepath.Join(t.TempDir(), program)
	run(t, ".", nil, "go", "build", "-trimpath", "-ldflags=-s -w", "-o", file, "./programs/"+program)
	info, err := os.Stat(file)
	require.NoError(t, err)
	out, _ := run(t, ".", nil, "go", "version", "-m", file)
	for line := range strings.Lines(out) {
		if fields := strings.Fields(line); len(fields) > 1 && fields[0] == "dep" && fields[1] != module {
			modules = append(modules, fields[1])
		}
	}
	return info.Size(), modules
}

func TestSizeAndModules(t *testing.T) {
	t.Parallel()
	sizes, linked := map[string]int64{}, map[string][]string{}
	for _, program := range programs {
		sizes[program], linked[program] = built(t, program)
	}
	for _, program := range programs {
		over := sizes[program] - sizes["floor"]
		// Read by bench/report.
		log.Printf("cost %s: size %d over %d modules %d", program, sizes[program], over, len(linked[program]))
	}
	t.Log(linked)
	assert.LessOrEqual(t, sizes["ours"]-sizes["floor"], int64(maxSize))
	assert.LessOrEqual(t, sizes["every"]-sizes["floor"], int64(maxEvery))
	assert.LessOrEqual(t, len(linked["ours"]), maxModules, linked["ours"])
	assert.Empty(t, linked["floor"])
	assert.NotEmpty(t, linked["sdk-go"], "modules are counted")
}

func TestEveryMethodIsInTheProgramThatHasThemAll(t *testing.T) {
	t.Parallel()
	source, err := os.ReadFile(filepath.Join("programs", "every", "main.go"))
	require.NoError(t, err)
	for _, client := range []reflect.Type{reflect.TypeFor[*wrapper.IONOS](), reflect.TypeFor[*wrapper.Triton](), reflect.TypeFor[*wrapper.Groups](), reflect.TypeFor[*wrapper.Operation]()} {
		for i := range client.NumMethod() {
			assert.Contains(t, string(source), fmt.Sprintf("(%s).%s,", client, client.Method(i).Name))
		}
	}
}

// A consumer's module: it requires the library and imports package wrapper.
func TestGoSum(t *testing.T) {
	t.Parallel()
	library, err := filepath.Abs(filepath.Join("..", ".."))
	require.NoError(t, err)
	dir := t.TempDir()
	source, err := os.ReadFile(filepath.Join("programs", "ours", "main.go"))
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(dir, "main.go"), source, 0o600))
	gomod := "module example.test/consumer\n\ngo 1.26.0\n\nrequire " + module + " v0.0.0\n\nreplace " + module + " => " + library + "\n"
	require.NoError(t, os.WriteFile(filepath.Join(dir, "go.mod"), []byte(gomod), 0o600))
	run(t, dir, []string{"GOFLAGS=-mod=mod", "GOWORK=off"}, "go", "mod", "tidy")
	run(t, dir, []string{"GOWORK=off"}, "go", "build", "-o", os.DevNull, ".")
	sums, err := os.ReadFile(filepath.Join(dir, "go.sum"))
	require.NoError(t, err)
	lines := bytes.Count(sums, []byte("\n"))
	log.Printf("cost go.sum: lines %d", lines)
	assert.Positive(t, lines)
	assert.LessOrEqual(t, lines, maxGoSum)
}

// Not asserted: it is a time. bench/report compares it.
func TestColdBuild(t *testing.T) {
	if !*cold {
		t.Skip("without -cold")
	}
	const rounds = 3
	for range rounds {
		for _, program := range programs {
			cache := t.TempDir()
			_, state := run(t, ".", []string{"GOCACHE=" + cache}, "go", "build", "-trimpath", "-o", os.DevNull, "./programs/"+program)
			log.Printf("cost cold build %s: %.2f", program, (state.UserTime() + state.SystemTime()).Round(10*time.Millisecond).Seconds())
		}
	}
	log.Printf("cost cold build target: %.2f", maxBuild)
}
