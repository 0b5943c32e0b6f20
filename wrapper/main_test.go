package wrapper_test

import (
	"fmt"
	"net/http"
	"os"
	"strings"
	"sync/atomic"
	"testing"

	"go.uber.org/goleak"

	"github.com/cloudroster/cloudroster/contract"
	"github.com/cloudroster/cloudroster/wrapper/wrappertest"
)

// No goroutine may be left when all tests have ended, and no request of any test may have broken
// the contract. Responses are not checked: many of these tests make the clouds misbehave.
func TestMain(m *testing.M) {
	goleak.VerifyTestMain(guarded{m, &traffic})
}

// traffic is that of all tests with the clouds of newCloud and startCloud.
var traffic checkedTraffic

// newCloud makes clouds whose requests are checked.
func newCloud(options ...wrappertest.Option) *wrappertest.Cloud {
	return wrappertest.New(append(options, wrappertest.WithHandler(traffic.check))...)
}

// startCloud is newCloud on sockets.
func startCloud(t testing.TB, options ...wrappertest.Option) *wrappertest.Cloud {
	t.Helper()
	return wrappertest.Start(t, append(options, wrappertest.WithHandler(traffic.check))...)
}

type checkedTraffic struct {
	coverage   contract.Coverage
	violations atomic.Int64
}

func (g *checkedTraffic) check(next http.Handler) http.Handler {
	return contract.Handler(next, g.report, contract.WithoutResponses(), contract.WithCoverage(&g.coverage))
}

func (g *checkedTraffic) report(f contract.Finding) {
	// An update writes privileges back that this version does not know, and one may create a group with such.
	if (f.OperationID == "umGroupsPut" || f.OperationID == "umGroupsPost") && f.Rule == contract.RuleUnknownField && strings.HasPrefix(f.Where, "request body /properties/") {
		return
	}
	g.violations.Add(1)
	fmt.Println(f)
}

type guarded struct {
	*testing.M
	*checkedTraffic
}

// Run saves what the tests have exercised if CLOUDROSTER_CONTRACT names a directory.
func (g guarded) Run() int {
	code := g.M.Run()
	if n := g.violations.Load(); n > 0 {
		fmt.Println("requests that broke the contract:", n)
		code = max(code, 1)
	}
	if directory := os.Getenv("CLOUDROSTER_CONTRACT"); directory != "" {
		if err := g.coverage.Save(directory); err != nil {
			fmt.Println(err)
			code = max(code, 1)
		}
	}
	return code
}
