package profile

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
	"unicode"

	"github.com/stretchr/testify/require"

	"github.com/cloudroster/cloudroster/wrapper"
)

// A profile file is read as it says, or refused with an error that names it on one line.
func FuzzProfileFile(f *testing.F) {
	for _, text := range []string{
		`{"url":"https://cloud.example","account":"alice","keyId":"SHA256:abc"}`,
		`{"name":"work","url":"https://cloud.example","account":"alice","keyId":"x","user":"bob","roles":["a","b"],"insecure":true,"actAsAccount":"carol","curr":true}`,
		`{"name":"other","url":"u","account":"a","keyId":"k"}`, `{"url":1}`, `{"roles":"a"}`, `{"insecure":"yes"}`, `{"keyID":"x"}`,
		`{"\u001b[2J\n":1}`, `{"url":"https://a:secret@cloud.example","account":"alice","keyId":"k"}`,
		`null`, `[]`, `{`, ``, "\xef\xbb\xbf{}", `{"url":"a","url":"b","account":"a","keyId":"k"}`, `{"url":null,"account":"a","keyId":"k"}`,
	} {
		f.Add([]byte(text))
	}
	home := f.TempDir()
	path := filepath.Join(home, ".triton", "profiles.d", "work.json")
	require.NoError(f, os.MkdirAll(filepath.Dir(path), 0o700))
	loader := Config{Profile: "work", Home: home, Getenv: func(string) string { return "" }}
	f.Fuzz(func(t *testing.T, text []byte) {
		require.NoError(t, os.WriteFile(path, text, 0o600))
		settings, err := loader.Settings()
		if err != nil {
			require.Nil(t, settings)
			require.ErrorIs(t, err, wrapper.ErrInvalid)
			require.Contains(t, err.Error(), path)
			for _, char := range err.Error() {
				require.True(t, unicode.IsPrint(char), "%q", err)
			}
			return
		}
		require.Equal(t, "work", settings.Name)
		require.Equal(t, path, settings.Source)
		var says struct{ URL, Account, KeyID any }
		var values map[string]any
		require.NoError(t, json.Unmarshal(text, &values))
		says.URL, says.Account, says.KeyID = values["url"], values["account"], values["keyId"]
		require.Equal(t, says.URL, settings.URL)
		require.Equal(t, says.Account, settings.Account)
		require.Equal(t, says.KeyID, settings.KeyID)
		require.NotEmpty(t, settings.URL)
		require.Equal(t, values["insecure"] == true, settings.Insecure)
	})
}
