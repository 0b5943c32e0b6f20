package contract

import (
	"encoding/json"
	"fmt"
	"image"
	"image/color"
	_ "image/png"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// coveragePage is that of a few operations, one of them called often.
func coveragePage(t *testing.T) (*Coverage, string) {
	t.Helper()
	names := []string{"list users", "get user", "get user", "delete sub-user"}
	for range 12 {
		names = append(names, "get resource")
	}
	coverage := exercised(t, names...)
	var b strings.Builder
	require.NoError(t, coverage.WriteHTML(&b))
	return coverage, b.String()
}

func TestThePageShowsEverythingAndNeedsNothing(t *testing.T) {
	t.Parallel()
	coverage, page := coveragePage(t)
	for _, elsewhere := range []string{"<script", "<link", "<img", "src=", "href=", "url(", "@import", "http:", "https:"} {
		assert.NotContains(t, page, elsewhere)
	}
	assert.Contains(t, page, `content="default-src 'none'; style-src 'unsafe-inline'"`)
	cells := 0
	for _, count := range coverage.Counts() {
		cells += count.Total
		assert.Contains(t, page, fmt.Sprintf("<th>%s</th><td>%d of %d</td>", count.Kind, count.Covered, count.Total))
	}
	assert.Equal(t, cells, strings.Count(page, `title="`))
	assert.Len(t, regexp.MustCompile(`class="cell h0" title="`).FindAllString(page, -1), len(coverage.Missing()))
}

func TestWhatIsMissingComesFirst(t *testing.T) {
	t.Parallel()
	coverage, _ := coveragePage(t)
	sections := coverage.sections()
	require.Len(t, sections, 4)
	for _, section := range sections {
		before := 1 << 20
		for _, row := range section.Rows {
			missing, seen := 0, false
			for _, cell := range row.Cells {
				if cell.Documented && cell.Times == 0 {
					missing++
					assert.False(t, seen && !row.Grid, "%s %s", row.Name, cell.Name)
				}
				seen = seen || cell.Times > 0
			}
			assert.LessOrEqual(t, missing, before, row.Name)
			before = missing
		}
	}
	byStatus := sections[0]
	assert.IsIncreasing(t, byStatus.Columns)
	for _, row := range byStatus.Rows {
		assert.Len(t, row.Cells, len(byStatus.Columns))
	}
}

func TestThePageOfADocumentWithoutOperationIDs(t *testing.T) {
	t.Parallel()
	row, cell := splitItem(item{statuses, "GET /pets/{id} 404"})
	assert.Equal(t, []string{"GET /pets/{id}", "404"}, []string{row, cell})
	row, cell = splitItem(item{parameters, "GET /pets/{id} query limit"})
	assert.Equal(t, []string{"GET /pets/{id}", "query limit"}, []string{row, cell})
}

// chromium runs a headless browser.
func chromium(t *testing.T, args ...string) []byte {
	t.Helper()
	program, err := exec.LookPath("chromium")
	if err != nil {
		if os.Getenv("CI") == "true" && runtime.GOOS == "linux" {
			t.Fatal("chromium must be installed in continuous integration")
		}
		t.Skip("chromium is not installed")
	}
	command := exec.CommandContext(t.Context(), program, append([]string{"--headless", "--no-sandbox", "--disable-gpu", "--no-first-run",
		"--disable-background-networking", "--disable-component-update", "--disable-sync", "--hide-scrollbars",
		"--window-size=1200,900", "--user-data-dir=" + t.TempDir()}, args...)...)
	out, err := command.Output()
	require.NoError(t, err)
	return out
}

// The page as it is, in a browser: the policy lets its style through, and the colours of the heat map are on the screen.
func TestThePageOnAScreen(t *testing.T) {
	t.Parallel()
	_, page := coveragePage(t)
	directory := t.TempDir()
	path, picture := filepath.Join(directory, "coverage.html"), filepath.Join(directory, "page.png")
	require.NoError(t, os.WriteFile(path, []byte(page), 0o600))
	chromium(t, "--screenshot="+picture, "file://"+path)
	file, err := os.Open(picture)
	require.NoError(t, err)
	defer file.Close()
	screen, _, err := image.Decode(file)
	require.NoError(t, err)
	shown := map[color.RGBA]int{}
	for y := range screen.Bounds().Dy() {
		for x := range screen.Bounds().Dx() {
			r, g, b, _ := screen.At(x, y).RGBA()
			shown[color.RGBA{uint8(r >> 8), uint8(g >> 8), uint8(b >> 8), 255}]++
		}
	}
	never, often := shown[color.RGBA{0xf4, 0xb6, 0xae, 255}], shown[color.RGBA{0x6f, 0xb9, 0x5c, 255}]
	assert.Greater(t, never, 1000)
	assert.Greater(t, often, 100, "the legend")
	assert.Greater(t, never, often, "the first screen is about what is missing")
}

// What the browser makes of the page, told by a script that only this test adds.
func TestThePageInABrowser(t *testing.T) {
	t.Parallel()
	coverage, page := coveragePage(t)
	const script = `<script>
const rows = [...document.querySelectorAll("table.grid tbody tr")];
const missing = row => row.querySelectorAll(".h0").length;
document.title = JSON.stringify({
	resources: performance.getEntriesByType("resource").map(r => r.name),
	overflows: document.documentElement.scrollWidth > document.documentElement.clientWidth,
	sections: document.querySelectorAll("h2").length,
	cells: document.querySelectorAll("td .cell").length,
	never: document.querySelectorAll("td .h0").length,
	sorted: rows.every((row, i) => i === 0 || missing(rows[i-1]) >= missing(row)),
	columns: document.querySelectorAll("table.grid thead th").length,
	colours: ["h0", "h1", "h2", "h3"].map(c => getComputedStyle(document.querySelector("." + c)).backgroundColor),
	invisible: [...document.querySelectorAll(".cell")].filter(c => c.getBoundingClientRect().width < 8).length,
});
</script>`
	start, end := strings.Index(page, "<meta http-equiv"), strings.Index(page, "<meta name")
	page = page[:start] + page[end:]
	page = strings.Replace(page, "</body>", script+"</body>", 1)
	path := filepath.Join(t.TempDir(), "coverage.html")
	require.NoError(t, os.WriteFile(path, []byte(page), 0o600))
	dom := string(chromium(t, "--dump-dom", "file://"+path))
	title := dom[strings.Index(dom, "<title>")+len("<title>") : strings.Index(dom, "</title>")]
	var seen struct {
		Resources, Colours                         []string
		Overflows, Sorted                          bool
		Sections, Cells, Never, Columns, Invisible int
	}
	require.NoError(t, json.Unmarshal([]byte(title), &seen), title)
	cells := 0
	for _, count := range coverage.Counts() {
		cells += count.Total
	}
	assert.Empty(t, seen.Resources, "nothing is loaded")
	assert.False(t, seen.Overflows)
	assert.True(t, seen.Sorted)
	assert.Equal(t, 4, seen.Sections)
	assert.Equal(t, cells, seen.Cells)
	assert.Equal(t, len(coverage.Missing()), seen.Never)
	assert.Equal(t, len(coverage.sections()[0].Columns), seen.Columns)
	assert.Equal(t, []string{"rgb(244, 182, 174)", "rgb(220, 239, 211)", "rgb(169, 216, 152)", "rgb(111, 185, 92)"}, seen.Colours)
	assert.Zero(t, seen.Invisible)
}
