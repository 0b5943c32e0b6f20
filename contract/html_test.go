package contract

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestThePageShowsEverythingAndNeedsNothing(t *testing.T) {
	t.Parallel()
	coverage := exercised(t, "list users", "get user", "get user", "delete sub-user")
	var b strings.Builder
	require.NoError(t, coverage.WriteHTML(&b))
	page := b.String()
	for _, elsewhere := range []string{"<script", "<link", "src=", "href=", "url(", "@import"} {
		assert.NotContains(t, page, elsewhere)
	}
	cells := 0
	for _, count := range coverage.Counts()[1:] {
		cells += count.Total
	}
	assert.Equal(t, cells, strings.Count(page, `title="`))
	assert.Equal(t, len(coverage.Missing()), strings.Count(page, `class="h0" title="0"`)+len(embedded().operations)-3)
	assert.Contains(t, page, `<span class="h2" title="2">200</span>`)
	row := page[strings.Index(page, "<th>umUsersGet</th>"):]
	row = row[:strings.Index(row, "</tr>")]
	assert.Less(t, strings.Index(row, ">404<"), strings.Index(row, ">200<"), "what is missing comes first")
}
