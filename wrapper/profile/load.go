package profile

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"github.com/cloudroster/cloudroster/wrapper"
)

// environment is the name of the profile that the variables make up.
const environment = "env"

// Settings reads the profile without looking for its key.
func (l Config) Settings() (*Settings, error) {
	name, err := l.profileName()
	if err != nil {
		return nil, err
	}
	var settings *Settings
	if name == environment {
		settings, err = l.fromEnvironment()
	} else {
		settings, err = l.fromFile(name)
	}
	if err != nil {
		return nil, err
	}
	if roles := l.getenv("TRITON_ROLE"); roles != "" {
		settings.Roles = splitRoles(roles)
	}
	if err := settings.checkComplete(l.keyMaterial() != ""); err != nil {
		return nil, err
	}
	return settings, nil
}

func (l Config) getenv(names ...string) string {
	lookup := l.Getenv
	if lookup == nil {
		lookup = os.Getenv
	}
	for _, name := range names {
		if value := lookup(name); value != "" {
			return value
		}
	}
	return ""
}

func (l Config) home() (string, error) {
	if l.Home != "" {
		return l.Home, nil
	}
	return os.UserHomeDir()
}

// configDirs are the directories of the tool's configuration, best first.
func (l Config) configDirs() ([]string, error) {
	if appData := l.getenv("APPDATA"); runtime.GOOS == "windows" && appData != "" {
		return []string{filepath.Join(appData, "Joyent", "Triton")}, nil
	}
	var dirs []string
	if xdg := l.getenv("XDG_CONFIG_HOME"); xdg != "" {
		dirs = append(dirs, filepath.Join(xdg, "triton"))
	}
	home, err := l.home()
	if err != nil {
		if len(dirs) > 0 {
			return dirs, nil
		}
		return nil, fmt.Errorf("find the profiles of Triton: %w", err)
	}
	return append(dirs, filepath.Join(home, ".triton")), nil
}

func (l Config) profileName() (string, error) {
	if l.Profile != "" {
		return l.Profile, nil
	}
	if name := l.getenv("TRITON_PROFILE"); name != "" {
		return name, nil
	}
	path, text, err := l.readConfig("config.json")
	switch {
	case path == "" || errors.Is(err, fs.ErrNotExist):
		return environment, nil // whoever has no configuration, or no home, has the environment
	case err != nil:
		// It may name a profile, and the environment another account.
		return "", fmt.Errorf("%s: %w: %w", path, unwrapPath(err), wrapper.ErrInvalid)
	}
	var config struct {
		Profile string `json:"profile"`
	}
	if json.Unmarshal(text, &config) != nil {
		return "", fmt.Errorf("%s: it cannot be read as JSON with the name of a profile: %w", path, wrapper.ErrInvalid)
	}
	if config.Profile == "" {
		return environment, nil
	}
	return config.Profile, nil
}

// unwrapPath is the cause of an error whose path is said already.
func unwrapPath(err error) error {
	var pathErr *fs.PathError
	if errors.As(err, &pathErr) {
		return pathErr.Err
	}
	return err
}

// readConfig reads a file of the first configuration directory that has it.
// With an error the path is the one where it was expected last.
func (l Config) readConfig(elements ...string) (path string, text []byte, err error) {
	dirs, err := l.configDirs()
	if err != nil {
		return "", nil, err
	}
	for _, dir := range dirs {
		path = filepath.Join(append([]string{dir}, elements...)...)
		if text, err = os.ReadFile(path); !errors.Is(err, fs.ErrNotExist) {
			break
		}
	}
	return path, text, err
}

func (l Config) fromEnvironment() (*Settings, error) {
	settings := &Settings{Name: environment, Source: "environment"}
	for _, f := range fields {
		value := l.getenv(f.variables...)
		if f.json != "insecure" {
			settings.set(f.json, value)
			continue
		}
		switch value {
		case "1", "true":
			settings.Insecure = true
		case "", "0", "false":
		default:
			return nil, settings.invalid(settings.label(f.json) + " must be 1, true, 0 or false")
		}
	}
	return settings, nil
}

func (s *Settings) set(json, value string) {
	switch json {
	case "url":
		s.URL = value
	case "account":
		s.Account = value
	case "keyId":
		s.KeyID = value
	case "user":
		s.User = value
	case "actAsAccount":
		s.ActAs = value
	}
}

func (l Config) fromFile(name string) (*Settings, error) {
	if name == "." || name == ".." || strings.ContainsAny(name, "/\\\x00") {
		return nil, fmt.Errorf("profile: its name is no file name: %w", wrapper.ErrInvalid)
	}
	path, text, err := l.readConfig("profiles.d", name+".json")
	if err != nil {
		return nil, fmt.Errorf("profile %q: %w", name, err)
	}
	settings := &Settings{Name: name, Source: path}
	var values map[string]json.RawMessage
	if err := json.Unmarshal(text, &values); err != nil || values == nil {
		return nil, settings.invalid("it is not a JSON object")
	}
	if err := settings.decode(values); err != nil {
		return nil, err
	}
	return settings, nil
}

// decode takes the fields of a profile's file.
func (s *Settings) decode(values map[string]json.RawMessage) error {
	var unknown []string
	for _, field := range slices.Sorted(maps.Keys(values)) {
		switch field {
		case "url", "account", "keyId", "user", "actAsAccount", "insecure", "roles", "name", "curr":
		default:
			unknown = append(unknown, fmt.Sprintf("%q", field))
		}
	}
	if len(unknown) > 0 {
		return s.invalid("unknown field " + strings.Join(unknown, ", "))
	}
	for _, field := range []string{"url", "account", "keyId", "user", "actAsAccount", "name"} {
		var value string
		if raw, ok := values[field]; ok && json.Unmarshal(raw, &value) != nil {
			return s.invalid(`field "` + field + `" is not a string`)
		}
		if field == "name" && value != "" && value != s.Name {
			return s.invalid(`field "name" is another than the file's`)
		}
		s.set(field, value)
	}
	if raw, ok := values["insecure"]; ok && json.Unmarshal(raw, &s.Insecure) != nil {
		return s.invalid(`field "insecure" is not true or false`)
	}
	if raw, ok := values["roles"]; ok && json.Unmarshal(raw, &s.Roles) != nil {
		return s.invalid(`field "roles" is not a list of strings`)
	}
	return nil
}

func splitRoles(list string) []string {
	var roles []string
	for role := range strings.SplitSeq(list, ",") {
		if role = strings.TrimSpace(role); role != "" {
			roles = append(roles, role)
		}
	}
	return roles
}
