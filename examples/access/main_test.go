package main

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/cloudroster/cloudroster/wrapper"
	"github.com/cloudroster/cloudroster/wrapper/wrappertest"
)

// No goroutine may be left when all tests have ended.
func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// offline lets no cloud be named by the environment.
func offline(t *testing.T) {
	t.Helper()
	for _, variable := range os.Environ() {
		name, _, _ := strings.Cut(variable, "=")
		if strings.HasPrefix(name, "IONOS_") || strings.HasPrefix(name, "TRITON_") || strings.HasPrefix(name, "SDC_") {
			t.Setenv(name, "")
		}
	}
}

func reportOfPeople(t *testing.T) []right {
	t.Helper()
	cloud := people()
	t.Cleanup(cloud.Close)
	ionos, triton, err := clientsOf(cloud)
	require.NoError(t, err)
	rights, err := read(t.Context(), ionos, triton)
	require.NoError(t, err)
	return rights
}

func TestEveryRightIsInTheReport(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	require.NoError(t, writers["csv"](&out, reportOfPeople(t), time.Time{}))
	assert.Equal(t, `cloud,user,login,active,via,kind,what
IONOS,ann@example.com,ann@example.com,true,group Operators,privilege,createNewThing
IONOS,ann@example.com,ann@example.com,true,group Operators,privilege,createSnapshot
IONOS,ann@example.com,ann@example.com,true,group Operators,privilege,reserveIp
IONOS,ann@example.com,ann@example.com,true,group Operators,share,"datacenter production: use, edit"
IONOS,bea@example.com,bea@example.com,true,user,administrator,everything in the contract
IONOS,max@example.com,max@example.com,false,group Operators,privilege,createNewThing
IONOS,max@example.com,max@example.com,false,group Operators,privilege,createSnapshot
IONOS,max@example.com,max@example.com,false,group Operators,privilege,reserveIp
IONOS,max@example.com,max@example.com,false,group Operators,share,"datacenter production: use, edit"
Triton,ann@example.com,ann_lee,true,user,key,laptop 27:c6:3f:84:be:6f:a4:5e:eb:f9:4d:6e:bd:c8:bb:48
Triton,ann@example.com,ann_lee,true,"user, by default",role,auditors
`, out.String())
}

func TestAPartThatCannotBeReadIsAnError(t *testing.T) {
	t.Parallel()
	for _, operationID := range []string{"umUsersGet", "umGroupsGet", "umGroupsUsersGet", "umGroupsSharesGet", "umResourcesGet", "GetTritonUser", "ListTritonUserKeys"} {
		t.Run(operationID, func(t *testing.T) {
			t.Parallel()
			cloud := people()
			t.Cleanup(cloud.Close)
			fault := wrappertest.Fault{OperationID: wrappertest.OperationID(operationID), Effect: wrappertest.Reply(http.StatusForbidden, nil, `{}`)}
			if strings.Contains(operationID, "Triton") {
				cloud.Triton.Fault(fault)
			} else {
				cloud.IONOS.Fault(fault)
			}
			ionos, triton, err := clientsOf(cloud)
			require.NoError(t, err)
			_, err = read(t.Context(), ionos, triton)
			require.ErrorIs(t, err, wrapper.ErrForbidden)
		})
	}
}

func TestFormats(t *testing.T) {
	offline(t)
	for format := range writers {
		var out bytes.Buffer
		require.NoError(t, run(t.Context(), []string{"-format", format}, &out, io.Discard))
		assert.Contains(t, out.String(), "createNewThing", format)
		switch format {
		case "json":
			var rights []right
			require.NoError(t, json.Unmarshal(out.Bytes(), &rights))
			assert.Len(t, rights, 11)
		case "csv":
			lines, err := csv.NewReader(&out).ReadAll()
			require.NoError(t, err)
			assert.Len(t, lines, 12)
		}
	}
	assert.EqualError(t, run(t.Context(), []string{"-format", "pdf"}, io.Discard, io.Discard), "-format: must be table, csv, json or html")
	assert.EqualError(t, run(t.Context(), []string{"x"}, io.Discard, io.Discard), `unexpected argument "x"`)
}

// A cloud that is named in part must not be left out of the report.
func TestACloudThatIsNamedInPartIsAnError(t *testing.T) {
	for name, test := range map[string]struct {
		set     map[string]string
		missing string
	}{
		"IONOS without a user name": {map[string]string{"IONOS_PASSWORD": "correct-horse-9"}, "IONOS_USERNAME"},
		"Triton without a key":      {map[string]string{"TRITON_URL": "https://cloudapi.example.com", "TRITON_ACCOUNT": "acme"}, "TRITON_KEY_ID"},
		"a contract and no login":   {map[string]string{"IONOS_CONTRACT_NUMBER": "31"}, "IONOS_TOKEN"},
		"Triton beside IONOS":       {map[string]string{"IONOS_TOKEN": "token", "TRITON_ACCOUNT": "acme"}, "TRITON_"},
	} {
		t.Run(name, func(t *testing.T) {
			offline(t)
			t.Setenv("HOME", t.TempDir())
			for variable, value := range test.set {
				t.Setenv(variable, value)
			}
			assert.ErrorContains(t, run(t.Context(), nil, io.Discard, io.Discard), test.missing)
		})
	}
}

func TestAFieldIsNoFormulaAndNoMarkup(t *testing.T) {
	t.Parallel()
	evil := []right{{Cloud: "Triton", Login: `=HYPERLINK("x")`, What: "<script>alert(1)</script>"}}
	var out bytes.Buffer
	require.NoError(t, writeCSV(&out, evil, time.Time{}))
	assert.Contains(t, out.String(), `"'=HYPERLINK(""x"")"`)
	out.Reset()
	require.NoError(t, writeHTML(&out, evil, time.Time{}))
	assert.NotContains(t, out.String(), "<script>alert")
}

// A browser sorts and filters the page. Chromium prints the page as its script left it.
func TestThePageInABrowser(t *testing.T) {
	t.Parallel()
	chromium, err := exec.LookPath("chromium")
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal("chromium must be installed in continuous integration")
		}
		t.Skip("chromium is not installed")
	}
	page := filepath.Join(t.TempDir(), "access.html")
	file, err := os.Create(page)
	require.NoError(t, err)
	require.NoError(t, writeHTML(file, reportOfPeople(t), time.Date(2026, 1, 2, 3, 4, 0, 0, time.UTC)))
	require.NoError(t, file.Close())
	rows := func(view string) []string {
		command := exec.CommandContext(t.Context(), chromium, "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run",
			"--disable-background-networking", "--disable-component-update", "--disable-sync",
			"--user-data-dir="+t.TempDir(), "--dump-dom", "file://"+page+view)
		dom, err := command.Output()
		require.NoError(t, err)
		var users []string
		for line := range strings.SplitSeq(string(dom), "<tr>") {
			if cells := strings.Split(line, "<td>"); len(cells) == 8 {
				users = append(users, strings.TrimSuffix(cells[2], "</td>"))
			}
		}
		return users
	}
	assert.Len(t, rows(""), 11)
	assert.Equal(t, []string{"ann@example.com", "max@example.com"}, rows("#filter=operators+snapshot"))
	assert.Equal(t, []string{"max@example.com", "ann@example.com"}, rows("#filter=operators+snapshot&sort=-user"))
}
