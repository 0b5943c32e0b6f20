package main

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestExamplesAreHeldToTheDocument(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ old, new, want string }{
		"an example breaks its schema":  {"      editPrivilege: true\n", "      editPrivilege: \"yes\"\n", "the document is not valid: "},
		"an operation does not exist":   {"ChangeTritonUserPassword:\n", "ChangeTritonUserPasswort:\n", "api/examples.yaml: ChangeTritonUserPasswort 200 (line 5): the document does not have that"},
		"a response has no such status": {"CreateTritonUser:\n  \"201\":\n", "CreateTritonUser:\n  \"299\":\n", "CreateTritonUser 299 (line"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			root := project(t)
			edit(t, root, examplesFile, test.old, test.new)
			status, _, errs := spec(root, "merge")
			assert.Equal(t, 1, status)
			assert.Contains(t, errs, test.want)
		})
	}
}

func TestCheckFindsAnEditedExample(t *testing.T) {
	t.Parallel()
	root := project(t)
	edit(t, root, documentFile, "                  editPrivilege: ", "                  x-editPrivilege: ")
	status, out, _ := spec(root, "check")
	assert.Equal(t, 1, status)
	assert.Contains(t, out, "is not what merge writes")
}

func TestABodyWithoutExampleIsNamed(t *testing.T) {
	t.Parallel()
	doc := expand(parsed(t, documentFile))
	assert.Empty(t, withoutExample(doc))
	remove(get(doc, "paths", "/um/users", "get", "responses", "200", "content", "application/json"), "example")
	missing := withoutExample(doc)
	assert.Len(t, missing, 1)
	assert.Contains(t, missing[0], "umUsersGet 200 has no example: write one in api/examples.yaml")
	remove(get(doc, "components", "schemas", "TritonError"), "example")
	missing = withoutExample(doc)
	assert.Contains(t, strings.Join(missing, "\n"), "DeleteTritonUser default has no example: write one in api/examples.yaml")
	assert.NotContains(t, strings.Join(missing, "\n"), "umUsersDelete")
}
