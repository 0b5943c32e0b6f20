package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestMergeMakesTheRepositorysDocument(t *testing.T) {
	t.Parallel()
	root := project(t)
	want := string(read(t, root, documentFile))
	require.NoError(t, os.Remove(filepath.Join(root, documentFile)))
	for range 3 {
		status, out, errs := spec(root, "merge")
		assert.Zero(t, status)
		assert.Empty(t, out+errs)
		assert.Equal(t, want, string(read(t, root, documentFile)))
	}
}

func TestTheDocument(t *testing.T) {
	t.Parallel()
	content := read(t, repository, documentFile)
	assert.True(t, strings.HasPrefix(string(content), "# Made from the files in api/ by \"go run ./internal/specgen merge\". DO NOT EDIT.\n"))
	doc, err := parseYAML(content)
	require.NoError(t, err)
	assert.Equal(t, "3.0.3", text(doc, "openapi"))
	assert.Equal(t, "https://api.ionos.com/cloudapi/v6", text(items(get(doc, "servers"))[0], "url"))
	for name, operation := range operations(doc) {
		path := strings.Fields(name)[1]
		if !strings.HasPrefix(path, "/{account}/") {
			assert.Nil(t, get(operation, "security"), "%s takes the document's", name)
			assert.Nil(t, get(doc, "paths", path, "servers"), "%s takes the document's", name)
			continue
		}
		assert.Equal(t, `[{"TritonSignature":[]}]`, toJSON(t, get(operation, "security")), name)
		assert.Equal(t, "https://{cloud}", text(items(get(doc, "paths", path, "servers"))[0], "url"), name)
	}
}

// Whatever is wrong with an input, merge says so in one line and leaves the document as it was.
func TestMergeRefusesBadInput(t *testing.T) {
	t.Parallel()
	const head = "overlay: 1.0.0\nx-speakeasy-jsonpath: rfc9535\ninfo: {title: T, version: 1.0.0}\nactions:\n"
	tests := []struct {
		name  string
		spoil func(t *testing.T, root string)
		want  string
	}{
		{"a source is not there", func(t *testing.T, root string) { require.NoError(t, os.Remove(filepath.Join(root, tritonFile))) }, "triton.yaml: no such file"},
		{"a source is empty", func(t *testing.T, root string) { write(t, root, statusFile, "") }, "status.yaml is empty"},
		{"a source is a directory", func(t *testing.T, root string) {
			require.NoError(t, os.Remove(filepath.Join(root, ionosFile)))
			require.NoError(t, os.Mkdir(filepath.Join(root, ionosFile), 0o755))
		}, "ionos.yaml is a directory"},
		{"a source is not YAML", func(t *testing.T, root string) { write(t, root, tritonFile, "a: [\n") }, "triton.yaml: yaml: line"},
		{"a source has anchors", func(t *testing.T, root string) { write(t, root, tritonFile, "a: &b 1\nc: *b\n") }, "triton.yaml: line 1: anchors and aliases"},
		{"the imported facts hold prose", func(t *testing.T, root string) {
			edit(t, root, ionosFile, "  title: CLOUD API\n", "  title: CLOUD API\n  description: Of the vendor.\n")
		}, "api/ionos.yaml.info.description: it holds facts only"},
		{"two sources define one schema differently", func(t *testing.T, root string) {
			edit(t, root, statusFile, "  schemas:\n", "  schemas:\n    Error:\n      type: string\n")
		}, "sources api/ionos.yaml and api/status.yaml disagree at components.schemas.Error.type: object, string"},
		{"two sources define one operation differently", func(t *testing.T, root string) {
			edit(t, root, statusFile, "/requests/{requestId}/status:", "/um/users:")
		}, "sources api/ionos.yaml and api/status.yaml disagree at paths./um/users.get.tags[0]: User management, Requests"},
		{"a correction matches nothing", func(t *testing.T, root string) {
			edit(t, root, correctionsFile, "properties.createDatacenter~", "properties.createDatacentre~")
		}, "api/corrections.yaml: action N ($.components.schemas.GroupProperties.properties.createDatacentre~): it matches nothing"},
		{"a correction changes nothing", func(t *testing.T, root string) {
			edit(t, root, correctionsFile, "      nullable: true\n", "      type: boolean\n")
		}, "api/corrections.yaml: action N ($.components.schemas.ResourceProperties.properties.secAuthProtection): it changes nothing"},
		{"a correction gives no reason", func(t *testing.T, root string) {
			write(t, root, correctionsFile, head+"  - {target: $.info, update: {title: T}}\n")
		}, "corrections.yaml: action N ($.info) gives no reason"},
		{"a removal matches nothing", func(t *testing.T, root string) {
			write(t, root, correctionsFile, head+"  - {target: $.nothing, description: d, remove: true}\n")
		}, "action N ($.nothing): it matches nothing"},
		{"a target is no path", func(t *testing.T, root string) {
			write(t, root, correctionsFile, head+"  - {target: '$.paths[', description: d, remove: true}\n")
		}, "api/corrections.yaml: action N ($.paths[): "},
		{"an overlay is empty", func(t *testing.T, root string) { write(t, root, proseFile, "") }, "prose.yaml is empty"},
		{"an overlay has no actions", func(t *testing.T, root string) { write(t, root, proseFile, head) }, "prose.yaml: overlay must define at least one action"},
		{"an overlay uses the old paths", func(t *testing.T, root string) {
			edit(t, root, proseFile, "x-speakeasy-jsonpath: rfc9535\n", "")
		}, "prose.yaml: x-speakeasy-jsonpath must be rfc9535"},
		{"an overlay has anchors", func(t *testing.T, root string) {
			write(t, root, proseFile, head+"  - {target: $.info, update: {description: &a T, summary: *a}}\n")
		}, "prose.yaml: line 5: anchors and aliases"},
		{"prose matches nothing", func(t *testing.T, root string) {
			edit(t, root, proseFile, "[?@.name=='membership']", "[?@.name=='members']")
		}, "members']): it matches nothing"},
		{"prose speaks of a property that is gone", func(t *testing.T, root string) {
			edit(t, root, proseFile, "          lastLogin:\n", "          lastLogout:\n")
		}, "api/prose.yaml may add words only, but it changes schema UserMetadata: property lastLogout"},
		{"prose changes a fact", func(t *testing.T, root string) {
			edit(t, root, proseFile, "        description: Given name.\n", "        description: Given name.\n        maxLength: 10\n")
		}, "api/prose.yaml may add words only, but it changes schema TritonUser: property firstName, maxLength"},
		{"the result is not valid", func(t *testing.T, root string) {
			edit(t, root, ionosFile, "$ref: '#/components/schemas/GroupShares'", "$ref: '#/components/schemas/Nothing'")
		}, "the document is not valid: "},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			root := project(t)
			before := string(read(t, root, documentFile))
			test.spoil(t, root)
			status, out, errs := spec(root, "merge")
			assert.Equal(t, 1, status)
			assert.Empty(t, out)
			assert.Contains(t, unnumbered(errs), test.want)
			for line := range strings.Lines(errs) {
				assert.True(t, strings.HasPrefix(line, "spec: "), "one line for each problem: %q", errs)
			}
			assert.Equal(t, before, string(read(t, root, documentFile)), "the document stays")
			left, err := filepath.Glob(filepath.Join(root, ".*"))
			require.NoError(t, err)
			assert.Empty(t, left, "nothing is left aside")
		})
	}
}
