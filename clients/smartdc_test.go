package clients

import (
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/cloudroster/cloudroster/wrapper/wrappertest"
)

// sdc is a session with the sdc- commands of smartdc.
type sdc struct {
	*session
	programs string
}

func smartdc(t *testing.T) client {
	t.Helper()
	var programs string
	var flows []flow
	for _, one := range sdcFlows {
		flows = append(flows, flow{
			name: one.name, fails: one.fails, because: one.because,
			run: func(s *session) { one.run(sdc{s, programs}) },
		})
	}
	return client{
		name: "smartdc", version: npmVersion(t, "smartdc"), what: "`sdc-user`, `sdc-role`, `sdc-policy`, keys, account",
		prepare: func(t *testing.T) { programs = filepath.Join(packages(t), "node_modules", "smartdc", "bin") },
		flows:   flows,
	}
}

// succeed runs a command and returns what it printed.
func (s sdc) succeed(command string, args ...string) string {
	out, err := s.exec("", filepath.Join(s.programs, command), args...)
	require.NoError(s, err, out)
	return out
}

// fail runs a command, which must not succeed, and returns what it printed.
func (s sdc) fail(command string, args ...string) string {
	out, err := s.exec("", filepath.Join(s.programs, command), args...)
	require.Error(s, err, out)
	return out
}

// made runs a command and returns the object it printed.
func (s sdc) made(command string, args ...string) map[string]any {
	return s.object(s.succeed(command, args...))
}

// hasEng has a user, a policy, and a role of both.
func (s sdc) hasEng() {
	s.hasAda()
	s.made("sdc-policy", "create", "--name=readers", "--rules=CAN getuser", "--rules=CAN listusers")
	s.made("sdc-role", "create", "--name=eng", "--members=ada", "--default-members=ada", "--policies=readers")
}

var sdcFlows = []struct {
	name           string
	fails, because string
	run            func(sdc)
}{
	{name: "sdc-user create", run: func(s sdc) {
		made := s.made("sdc-user", "create", "--login=ada", "--email=ada@example.test", "--password=correct-horse-1",
			"--name=Ada", "--surname=Byron", "--company=Analytical")
		held, found := s.cloud.Triton.User("ada")
		require.True(s, found)
		assert.Equal(s, held.ID, made["id"])
		assert.Equal(s, []string{"Ada", "Byron", "Analytical"}, []string{held.FirstName, held.LastName, held.CompanyName})
		s.contains(s.fail("sdc-user", "create", "--login=ada", "--email=other@example.test", "--password=correct-horse-1"), "already")
	}},
	{name: "sdc-user create --postal-code", because: "The command drops the option: its parser stores `postal_code`, and it reads `postal-code` " +
		"(bin/sdc-user, do_create and do_update).", fails: "actual  : \"\"", run: func(s sdc) {
		s.made("sdc-user", "create", "--login=ada", "--email=ada@example.test", "--password=correct-horse-1", "--postal-code=W1")
		held, _ := s.cloud.Triton.User("ada")
		assert.Equal(s, "W1", held.PostalCode)
	}},
	{name: "sdc-user list and get", run: func(s sdc) {
		user := s.hasAda()
		assert.Equal(s, []any{"ada"}, field(s.list(s.succeed("sdc-user", "list")), "login"))
		for _, name := range []string{"ada", user.ID} {
			assert.Equal(s, "Byron", s.made("sdc-user", "get", name)["lastName"])
		}
		s.contains(s.fail("sdc-user", "get", "nobody"), "nobody")
	}},
	{name: "sdc-user get --membership", run: func(s sdc) {
		s.hasEng()
		shown := s.made("sdc-user", "get", "--membership", "ada")
		assert.Equal(s, []any{"eng"}, shown["roles"])
		assert.Equal(s, []any{"eng"}, shown["default_roles"])
	}},
	{name: "sdc-user update", run: func(s sdc) {
		user := s.hasAda()
		assert.Equal(s, "Lovelace", s.made("sdc-user", "update", "--surname=Lovelace", "--login=countess", user.ID)["lastName"])
		held, found := s.cloud.Triton.User("countess")
		require.True(s, found)
		assert.Equal(s, "Ada", held.FirstName)
	}},
	{name: "sdc-user change-password", run: func(s sdc) {
		user := s.hasAda()
		s.made("sdc-user", "change-password", "--password=battery-staple-2", "--password-confirmation=battery-staple-2", user.ID)
		held, _ := s.cloud.Triton.User("ada")
		assert.Equal(s, "battery-staple-2", held.Password)
		s.contains(s.fail("sdc-user", "change-password", "--password=correct-horse-1", "--password-confirmation=correct-horse-1", user.ID), "password")
	}},
	{name: "sdc-user delete", run: func(s sdc) {
		s.hasAda()
		assert.Empty(s, s.succeed("sdc-user", "delete", "ada"))
		assert.Empty(s, s.cloud.Triton.Users())
		s.fail("sdc-user", "delete", "ada")
	}},
	{name: "sdc-user upload-key, keys, key and delete-key", run: func(s sdc) {
		user := s.hasAda()
		line, fingerprint := s.anotherKey("ada@home")
		path := s.file("ada.pub", line)
		assert.Equal(s, fingerprint, s.made("sdc-user", "upload-key", "--name=home", user.ID, path)["fingerprint"])
		assert.Equal(s, []any{"home"}, field(s.list(s.succeed("sdc-user", "keys", user.ID)), "name"))
		assert.Equal(s, line, s.made("sdc-user", "key", user.ID, fingerprint)["key"])
		s.contains(s.fail("sdc-user", "upload-key", "--name=home", user.ID, path), "already exists")
		assert.Empty(s, s.succeed("sdc-user", "delete-key", user.ID, fingerprint))
		assert.Empty(s, s.cloud.Triton.UserKeys("ada"))
	}},
	{name: "sdc-policy create, list and get", run: func(s sdc) {
		made := s.made("sdc-policy", "create", "--name=readers", "--rules=CAN getuser", "--rules=CAN listusers", "--description=read only")
		assert.Equal(s, []any{"CAN getuser", "CAN listusers"}, made["rules"])
		assert.Equal(s, []any{"readers"}, field(s.list(s.succeed("sdc-policy", "list")), "name"))
		id, _ := made["id"].(string)
		assert.Equal(s, "read only", s.made("sdc-policy", "get", id)["description"])
		s.fail("sdc-policy", "get", "none")
	}},
	{name: "sdc-policy update and delete", run: func(s sdc) {
		id, _ := s.made("sdc-policy", "create", "--name=readers", "--rules=CAN getuser")["id"].(string)
		assert.Equal(s, []any{"CAN listusers"}, s.made("sdc-policy", "update", "--rules=CAN listusers", "--name=listers", id)["rules"])
		assert.Equal(s, "listers", s.made("sdc-policy", "get", id)["name"])
		assert.Empty(s, s.succeed("sdc-policy", "delete", id))
		assert.Empty(s, s.list(s.succeed("sdc-policy", "list")))
	}},
	{name: "sdc-role create, list and get", run: func(s sdc) {
		s.hasEng()
		shown := s.made("sdc-role", "get", "eng")
		assert.Equal(s, []any{"ada"}, shown["members"])
		assert.Equal(s, []any{"ada"}, shown["default_members"])
		assert.Equal(s, []any{"readers"}, shown["policies"])
		assert.Equal(s, []any{"eng"}, field(s.list(s.succeed("sdc-role", "list")), "name"))
		held, _ := s.cloud.Triton.User("ada")
		assert.Equal(s, []string{"eng"}, held.DefaultRoles)
		s.contains(s.fail("sdc-role", "create", "--name=ops", "--members=nobody"), "nobody")
	}},
	{name: "sdc-role update", run: func(s sdc) {
		s.hasEng()
		s.cloud.Triton.AddUser(wrappertest.SubUser{Login: "bob", Email: "bob@example.test"})
		id, _ := s.made("sdc-role", "get", "eng")["id"].(string)
		updated := s.made("sdc-role", "update", "--members=ada,bob", "--default-members=ada", id)
		assert.Equal(s, []any{"ada", "bob"}, updated["members"])
		assert.Equal(s, []any{"ada"}, updated["default_members"])
		s.contains(s.fail("sdc-role", "update", "--members=bob", id), "removed from both")
		assert.Equal(s, "engineers", s.made("sdc-role", "update", "--name=engineers", id)["name"])
	}},
	{name: "sdc-role delete", run: func(s sdc) {
		s.hasEng()
		id, _ := s.made("sdc-role", "get", "eng")["id"].(string)
		assert.Empty(s, s.succeed("sdc-role", "delete", id))
		held, _ := s.cloud.Triton.User("ada")
		assert.Empty(s, held.Roles)
	}},
	{name: "sdc-chmod and sdc-info", run: func(s sdc) {
		s.hasEng()
		s.cloud.Triton.AddRole("ops")
		s.succeed("sdc-chmod", "--", "=eng", "/my/users/ada")
		s.succeed("sdc-chmod", "--", "+ops", "/my/users/ada")
		s.contains(s.succeed("sdc-info", "/my/users/ada"), "eng", "ops")
		s.succeed("sdc-chmod", "--", "-eng", "/my/users/ada")
		assert.NotContains(s, s.succeed("sdc-info", "/my/users/ada"), "eng")
	}},
	{name: "sdc-createkey, sdc-listkeys, sdc-getkey and sdc-deletekey", run: func(s sdc) {
		line, fingerprint := s.anotherKey("second")
		made := s.made("sdc-createkey", "--name=second", s.file("second.pub", line))
		assert.Equal(s, fingerprint, made["fingerprint"])
		assert.Contains(s, field(s.list(s.succeed("sdc-listkeys")), "name"), "second")
		for _, name := range []string{"second", fingerprint} {
			assert.Equal(s, line, s.made("sdc-getkey", name)["key"])
		}
		assert.Empty(s, s.succeed("sdc-deletekey", "second"))
		s.fail("sdc-getkey", "second")
	}},
	{name: "sdc-getaccount and sdc-updateaccount", run: func(s sdc) {
		assert.Equal(s, wrappertest.Account, s.made("sdc-getaccount")["login"])
		assert.Equal(s, "Bonn", s.made("sdc-updateaccount", "--city=Bonn", "--name=Wile")["city"])
		shown := s.made("sdc-getaccount")
		assert.Equal(s, []any{"Wile", "Bonn"}, []any{shown["firstName"], shown["city"]})
	}},
	{name: "sdc-listdatacenters", run: func(s sdc) {
		assert.Equal(s, s.cloud.Triton.URL(), s.made("sdc-listdatacenters")["test-1"])
	}},
	{name: "a user's own key", run: func(s sdc) {
		user := s.hasAda()
		line, fingerprint := s.anotherKeyFiles("ada")
		s.made("sdc-user", "upload-key", "--name=own", user.ID, s.file("ada.pub", line))
		s.contains(s.fail("sdc-user", "--user=ada", "--keyId="+fingerprint, "get", "ada"), "permission")
		s.made("sdc-policy", "create", "--name=readers", "--rules=CAN getuser")
		s.made("sdc-role", "create", "--name=eng", "--members=ada", "--policies=readers")
		assert.Equal(s, user.ID, s.made("sdc-user", "--user=ada", "--keyId="+fingerprint, "--role=eng", "get", "ada")["id"])
	}},
}
