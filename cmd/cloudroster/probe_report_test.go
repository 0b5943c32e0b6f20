package main

import (
	"encoding/json"
	"encoding/xml"
	"go/ast"
	"go/parser"
	"go/token"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/cloudroster/cloudroster/contract"
	"github.com/cloudroster/cloudroster/wrapper/wrappertest"
)

// reported is a probe in which something differs, something is untested and something is skipped, in every format.
type reported struct {
	result
	cloud                          *wrappertest.Cloud
	text, json, junit, sarif       string
	jsonFile, junitFile, sarifFile string
	report                         report
	suites                         junitSuites
	sarifLog                       sarifLog
}

type sarifLog struct {
	Version string
	Runs    []struct {
		Tool struct {
			Driver struct {
				Name, SemanticVersion, Version string
				Rules                          []struct {
					ID                                      string
					ShortDescription, FullDescription, Help struct{ Text string }
				}
			}
		}
		AutomationDetails struct{ ID string }
		Properties        struct {
			Hosts    []string
			Document documentInfo
		}
		Results []struct {
			RuleID, Level       string
			RuleIndex           int
			Message             struct{ Text string }
			PartialFingerprints map[string]string
			Locations           []struct {
				PhysicalLocation struct {
					ArtifactLocation struct{ URI string }
					Region           struct{ StartLine int }
				}
				LogicalLocations []struct{ Name string }
			}
		}
	}
}

func reportEverything(t *testing.T, flags ...string) reported {
	t.Helper()
	r := reported{cloud: drifting(t)}
	r.cloud.IONOS.Fault(wrappertest.Fault{OperationID: "umGroupsSharesGet", Effect: wrappertest.Reply(503,
		http.Header{"Content-Type": {"text/html"}}, "<html>back soon</html>")})
	directory := t.TempDir()
	r.jsonFile, r.junitFile, r.sarifFile = filepath.Join(directory, "probe.json"), filepath.Join(directory, "junit.xml"), filepath.Join(directory, "probe.sarif")
	r.result = runWith(t, onCloud(t, r.cloud), append([]string{"probe", "-ionos", "-triton", "-json", r.jsonFile, "-junit", r.junitFile, "-sarif", r.sarifFile}, flags...)...)
	require.Empty(t, r.stderr)
	r.text, r.json, r.junit, r.sarif = r.stdout, readFile(t, r.jsonFile), readFile(t, r.junitFile), readFile(t, r.sarifFile)
	decoder := json.NewDecoder(strings.NewReader(r.json))
	decoder.DisallowUnknownFields()
	require.NoError(t, decoder.Decode(&r.report))
	require.NoError(t, xml.Unmarshal([]byte(r.junit), &r.suites))
	require.NoError(t, json.Unmarshal([]byte(r.sarif), &r.sarifLog))
	return r
}

func readFile(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(name)
	require.NoError(t, err)
	return string(text)
}

// No report may hold what a cloud knows of its users, nor a credential.
func TestReportsHoldNoValues(t *testing.T) {
	t.Parallel()
	r := reportEverything(t)
	secrets := []string{wrappertest.Token, "s3cret-pass", "ann@example.com", "Ann", "moonbase", `"yes"`, "jones", "back soon"}
	for _, user := range r.cloud.IONOS.Users() {
		secrets = append(secrets, user.ID)
	}
	for _, text := range []string{r.text, r.stderr, r.json, r.junit, r.sarif} {
		for _, secret := range secrets {
			assert.NotContains(t, text, secret)
		}
	}
}

func TestEveryReportNamesHostDocumentAndVersion(t *testing.T) {
	t.Parallel()
	r := reportEverything(t)
	checker, err := contract.New(nil)
	require.NoError(t, err)
	title, version := checker.Document()
	triton := strings.TrimPrefix(strings.TrimPrefix(r.cloud.Triton.URL(), "https://"), "http://")
	triton, _, _ = strings.Cut(triton, "/")
	client := clientVersionInSource(t)

	assert.Equal(t, documentInfo{title, version, "openapi.yaml"}, r.report.Document)
	assert.Equal(t, client, r.report.Tool.Version)
	assert.Equal(t, []string{"api.ionos.com", triton}, []string{r.report.Clouds[0].Host, r.report.Clouds[1].Host})

	assert.Contains(t, r.text, "cloudroster probe "+client+", against "+title+" "+version+" (openapi.yaml)\n")
	assert.Contains(t, r.text, "\nIONOS at api.ionos.com\n")
	assert.Contains(t, r.text, "\nTriton at "+triton+"\n")

	for i, host := range []string{"api.ionos.com", triton} {
		suite := r.suites.Suites[i]
		assert.Equal(t, host, suite.Host)
		assert.Subset(t, suite.Properties, []junitProperty{
			{"host", host}, {"document", title}, {"document.version", version}, {"tool.version", client},
		})
	}

	run := r.sarifLog.Runs[0]
	assert.Equal(t, client, run.Tool.Driver.SemanticVersion)
	assert.NotEmpty(t, run.Tool.Driver.Version)
	assert.Equal(t, []string{"api.ionos.com", triton}, run.Properties.Hosts)
	assert.Equal(t, documentInfo{title, version, "openapi.yaml"}, run.Properties.Document)
	assert.Equal(t, "cloudroster-probe/api.ionos.com,"+triton+"/", run.AutomationDetails.ID)
}

// clientVersionInSource is the version that the client sends, as its source has it.
func clientVersionInSource(t *testing.T) string {
	t.Helper()
	_, rest, ok := strings.Cut(readFile(t, "../../wrapper/option.go"), `const version = "`)
	require.True(t, ok)
	version, _, _ := strings.Cut(rest, `"`)
	return version
}

func TestReportsAreGrouped(t *testing.T) {
	t.Parallel()
	r := reportEverything(t)
	assert.Equal(t, differs, r.code)
	assert.Equal(t, r.code, r.report.ExitStatus)
	// What differs comes first, and what is fine last.
	for _, c := range r.report.Clouds {
		last := 0
		for _, o := range c.Operations {
			at := map[string]int{"differs": 0, "untested": 1, "skipped": 2, "ok": 3}[o.Result]
			assert.GreaterOrEqual(t, at, last, o.ID)
			last = at
		}
	}
	assert.Less(t, strings.Index(r.text, "  DIFFERS   umResourcesGet\n"), strings.Index(r.text, "  UNTESTED  umGroupsSharesGet: status 503: a maintenance page\n"))
	assert.Less(t, strings.Index(r.text, "  UNTESTED  "), strings.Index(r.text, "  skipped   "))
	// Both users have the finding, which is reported once.
	assert.Equal(t, 1, strings.Count(r.text, "(umUsersFindById), status 200: response body /properties/active: is not of type boolean [type] in UserProperties.active (2 times)\n"))
	assert.Equal(t, []ruleReport{{"enum", 1, []string{"umResourcesGet"}}, {"type", 1, []string{"umUsersFindById"}}}, r.report.Rules)
	assert.Contains(t, r.text, "\nby rule\n  1         enum: umResourcesGet\n  1         type: umUsersFindById\n")
	assert.Equal(t, summary{Operations: 16, OK: 9, Differ: 2, Untested: 3, Skipped: 2, Violations: 1, Drift: 1}, r.report.Summary)
}

func TestJUnitCounts(t *testing.T) {
	t.Parallel()
	r := reportEverything(t)
	require.Len(t, r.suites.Suites, 2)
	ionos, triton := r.suites.Suites[0], r.suites.Suites[1]
	assert.Equal(t, []int{12, 2, 3}, []int{ionos.Tests, ionos.Failures, ionos.Errors})
	assert.Equal(t, []int{2, 0, 0}, []int{triton.Tests, triton.Failures, triton.Errors})
	assert.Len(t, ionos.Cases, 12)
	assert.Equal(t, "skipped requestsStatusGet: needs the id of a request (-request)\n"+
		"skipped umGroupsSharesFindByResourceId: nothing was found to read\n", ionos.Out)
	counts := [2]int{}
	for _, c := range ionos.Cases {
		if c.Failure != nil {
			counts[0]++
			assert.Contains(t, c.Failure.Text, c.Name)
		}
		if c.Error != nil {
			counts[1]++
			assert.NotEmpty(t, c.Error.Message)
		}
	}
	assert.Equal(t, [2]int{2, 3}, counts)
}

// What GitHub code scanning needs of each result and each rule.
func TestSARIFHasWhatCodeScanningNeeds(t *testing.T) {
	t.Parallel()
	r := reportEverything(t)
	assert.Equal(t, "2.1.0", r.sarifLog.Version)
	require.Len(t, r.sarifLog.Runs, 1)
	run := r.sarifLog.Runs[0]
	lines := strings.Split(readFile(t, "../../openapi.yaml"), "\n")
	levels, fingerprints := map[string]string{}, map[string]bool{}
	require.Len(t, run.Results, 5)
	for _, result := range run.Results {
		levels[result.RuleID] = result.Level
		assert.NotEmpty(t, result.Message.Text)
		assert.Equal(t, result.RuleID, run.Tool.Driver.Rules[result.RuleIndex].ID)
		require.Len(t, result.Locations, 1)
		place := result.Locations[0]
		assert.Equal(t, "openapi.yaml", place.PhysicalLocation.ArtifactLocation.URI)
		line := place.PhysicalLocation.Region.StartLine
		switch result.RuleID {
		case "type":
			assert.Equal(t, "        active:", lines[line-1], "the property")
		case "enum":
			assert.Equal(t, "    Type:", lines[line-1], "the schema")
		default: // the method; its operation ID is below it
			assert.Equal(t, "    get:", lines[line-1])
			assert.Contains(t, strings.Join(lines[line:line+6], "\n"), "operationId: "+place.LogicalLocations[0].Name+"\n")
		}
		fingerprint := result.PartialFingerprints["primaryLocationLineHash"]
		assert.Regexp(t, "^[0-9a-f]{32}:1$", fingerprint)
		assert.False(t, fingerprints[fingerprint], "each result has its own")
		fingerprints[fingerprint] = true
	}
	assert.Equal(t, map[string]string{"type": "error", "enum": "warning", "untested": "warning"}, levels)
	assert.Len(t, run.Tool.Driver.Rules, 3)
	for _, rule := range run.Tool.Driver.Rules {
		assert.NotEmpty(t, rule.ShortDescription.Text)
		assert.NotEmpty(t, rule.FullDescription.Text)
		assert.NotEmpty(t, rule.Help.Text)
	}

	again := reportEverything(t)
	for _, result := range again.sarifLog.Runs[0].Results {
		assert.True(t, fingerprints[result.PartialFingerprints["primaryLocationLineHash"]], "the same from run to run: %v", result)
	}
}

func TestSARIFPointsIntoTheDocumentOfTheFlag(t *testing.T) {
	t.Parallel()
	absolute, err := filepath.Abs("testdata/../../../openapi.yaml")
	require.NoError(t, err)
	r := reportEverything(t, "-spec", absolute)
	place := r.sarifLog.Runs[0].Results[0].Locations[0].PhysicalLocation
	assert.Equal(t, "openapi.yaml", place.ArtifactLocation.URI)
	assert.Greater(t, place.Region.StartLine, 1)
	assert.Equal(t, "api/spec.yaml", artifact("./api/spec.yaml"))
	assert.Equal(t, "spec.yaml", artifact("../other/spec.yaml"))
	assert.Empty(t, linesOf([]byte("{")))
	assert.Equal(t, map[string]int{"a": 2, "B": 3, "B.c": 4}, linesOf([]byte("{\"paths\": {\"/\": {\n\"get\": {\"operationId\": \"a\"}}},"+
		"\"components\": {\"schemas\": {\n\"B\": {\"properties\": {\n\"c\": {}}}}}}")))
}

func TestOneReportCanGoToStandardOutput(t *testing.T) {
	t.Parallel()
	got := runWith(t, onCloud(t, peopled(t)), "probe", "-ionos", "-json", "-")
	assert.Equal(t, conforms, got.code)
	var r report
	require.NoError(t, json.Unmarshal([]byte(got.stdout), &r))
	assert.Equal(t, 14, r.Summary.Operations)
	last := r.Clouds[0].Operations[1]
	assert.Equal(t, operationReport{ID: "umUsersGet", Result: "ok", Requests: 2, Seconds: last.Seconds, Findings: []findingReport{}}, last)
}

// Every rule of package contract has texts, and no text is for a rule that does not exist.
func TestEveryRuleHasTexts(t *testing.T) {
	t.Parallel()
	file, err := parser.ParseFile(token.NewFileSet(), "../../contract/finding.go", nil, 0)
	require.NoError(t, err)
	rules := 0
	ast.Inspect(file, func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if !ok || len(spec.Names) != 1 || !strings.HasPrefix(spec.Names[0].Name, "Rule") {
			return true
		}
		rules++
		name, err := strconv.Unquote(spec.Values[0].(*ast.BasicLit).Value)
		require.NoError(t, err)
		text := ruleTexts[contract.Rule(name)]
		for _, part := range []string{text.title, text.meaning, text.help} {
			assert.NotEmpty(t, part, name)
		}
		return true
	})
	assert.Len(t, ruleTexts, rules+1, "and one for what is untested")
}
