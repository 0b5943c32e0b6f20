package wrapper

import (
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

// The hand-written checks keep package regexp out of every program, which is a quarter megabyte.
// Here they are held to the patterns that say the same.
func TestIDsAreWhatTheirPatternsSay(t *testing.T) {
	t.Parallel()
	const uuid = "9b6f2f64-52F3-4a41-9ff0-5b8a4ee5f0d2"
	texts := []string{"", "a", "-", "_", "a-", "a_", "-a", "0", "Z9", "ü", "a/b", "a b", "a\n", strings.Repeat("a", 128), strings.Repeat("a", 129), uuid, uuid + "\n"}
	for i := range len(uuid) {
		for _, c := range "0fFgG-_/ \x00é" {
			texts = append(texts, uuid[:i]+string(c)+uuid[i+1:], uuid[:i]+string(c)+uuid[i:], uuid[:i])
		}
	}
	requestID := regexp.MustCompile(`^[0-9A-Za-z][0-9A-Za-z_-]{0,127}$`)
	id := regexp.MustCompile(`^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$`)
	for _, text := range texts {
		assert.Equal(t, requestID.MatchString(text), checkRequestID(text) == nil, "request id %q", text)
		assert.Equal(t, id.MatchString(text), isID(text), "id %q", text)
	}
}
