package clients

import (
	"path/filepath"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/cloudroster/cloudroster/wrapper/wrappertest"
)

// triton is a session with the triton command.
type triton struct {
	*session
	program string
}

func tritonCommand(t *testing.T) client {
	t.Helper()
	var program string
	var flows []flow
	for _, one := range slices.Concat(tritonUsers, tritonKeys, tritonRoles, tritonState, tritonAccount) {
		flows = append(flows, flow{
			name: one.name, fails: one.fails, because: one.because,
			run: func(s *session) { one.run(triton{s, program}) },
		})
	}
	return client{
		name: "triton", version: npmVersion(t, "triton"), what: "the command: `rbac`, `account`, `key`, `profile`",
		prepare: func(t *testing.T) { program = filepath.Join(packages(t), "node_modules", ".bin", "triton") },
		flows:   flows,
	}
}

// tritonFlow is a flow of the triton command.
type tritonFlow struct {
	name           string
	fails, because string
	run            func(triton)
}

// ada is a user as files of the triton command have her.
const ada = `{"login":"ada","email":"ada@example.test","password":"correct-horse-1","firstName":"Ada","lastName":"Byron"}`

// hasAda gives the cloud a user without the client's help.
func (s *session) hasAda() wrappertest.SubUser {
	id := s.cloud.Triton.AddUser(wrappertest.SubUser{
		Login: "ada", Email: "ada@example.test", Password: "correct-horse-1", FirstName: "Ada", LastName: "Byron",
	})
	user, _ := s.cloud.Triton.User(id)
	return user
}

// succeed runs the command and returns what it printed.
func (s triton) succeed(args ...string) string { return s.given("", args...) }

// given is succeed with standard input.
func (s triton) given(input string, args ...string) string {
	out, err := s.exec(input, s.program, args...)
	require.NoError(s, err, out)
	return out
}

// fail runs the command, which must not succeed, and returns what it printed.
func (s triton) fail(args ...string) string {
	out, err := s.exec("", s.program, args...)
	require.Error(s, err, out)
	return out
}

// edits makes the editor of the command carry out one sed expression.
func (s triton) edits(expression string) {
	s.file("editor", "#!/bin/sh\nsed -i '"+expression+"' \"$1\"\n")
}

var tritonUsers = []tritonFlow{
	{name: "rbac user --add FILE", run: func(s triton) {
		s.contains(s.succeed("rbac", "user", "--add", s.file("ada.json", ada)), `Created user "ada"`)
		held, found := s.cloud.Triton.User("ada")
		require.True(s, found)
		assert.Equal(s, "correct-horse-1", held.Password)
		assert.Equal(s, "Byron", held.LastName)
	}},
	{name: "rbac user --add -", run: func(s triton) {
		assert.Equal(s, "Created user \"ada\"\n", s.given(ada, "rbac", "user", "--add", "-"))
		assert.Len(s, s.cloud.Triton.Users(), 1)
	}},
	{name: "rbac user --add, asked for at the terminal", run: func(s triton) {
		out := s.typed([]typing{
			{"login:", "ada"}, {"password:", "correct-horse-1"}, {"email:", "ada@example.test"}, {"firstName:", "Ada"}, {"lastName:", "Byron"},
			{"companyName:", ""}, {"address:", ""}, {"postalCode:", ""}, {"city:", ""}, {"state:", ""}, {"country:", ""}, {"phone:", ""},
		}, "rbac", "user", "--add")
		s.contains(out, `Created user "ada"`)
		held, _ := s.cloud.Triton.User("ada")
		assert.Equal(s, []string{"correct-horse-1", "Byron"}, []string{held.Password, held.LastName})
	}},
	{name: "rbac user --add of a login that is taken", run: func(s triton) {
		s.hasAda()
		out := s.fail("rbac", "user", "--add", s.file("ada.json", ada))
		s.contains(out, "InvalidArgument", "already")
		assert.Len(s, s.cloud.Triton.Users(), 1)
	}},
	{name: "rbac user --add of an invalid login", run: func(s triton) {
		out := s.fail("rbac", "user", "--add", s.file("x.json", `{"login":"a","email":"a@example.test","password":"correct-horse-1"}`))
		s.contains(out, "InvalidArgument")
		assert.Empty(s, s.cloud.Triton.Users())
	}},
	{name: "rbac user --add of a weak password", run: func(s triton) {
		out := s.fail("rbac", "user", "--add", s.file("x.json", `{"login":"ada","email":"a@example.test","password":"short"}`))
		s.contains(out, "InvalidArgument", "password")
		assert.Empty(s, s.cloud.Triton.Users())
	}},
	{name: "rbac users", run: func(s triton) {
		s.hasAda()
		s.contains(s.succeed("rbac", "users"), "LOGIN", "ada@example.test", "Ada Byron")
		listed := s.stream(s.succeed("rbac", "users", "--json"))
		assert.Equal(s, []any{"ada"}, field(listed, "login"))
	}},
	{name: "rbac user by login and by id", run: func(s triton) {
		user := s.hasAda()
		for _, name := range []string{"ada", user.ID} {
			s.contains(s.succeed("rbac", "user", name), "login: ada", "lastName: Byron", "id: "+user.ID)
			assert.Equal(s, "ada@example.test", s.object(s.succeed("rbac", "user", "--json", name))["email"])
		}
	}},
	{name: "rbac user of nobody", run: func(s triton) {
		s.contains(s.fail("rbac", "user", "nobody"), "ResourceNotFound", `"nobody" was not found`)
	}},
	{name: "rbac user --roles", run: func(s triton) {
		user := s.hasAda()
		s.cloud.Triton.AddRole("ops", "CAN *")
		assert.Empty(s, s.object(s.succeed("rbac", "user", "--json", "--roles", "ada"))["roles"])
		s.given(`{"name":"eng","members":[{"type":"subuser","login":"ada","default":true}]}`, "rbac", "role", "--add", "-")
		shown := s.object(s.succeed("rbac", "user", "--json", "--roles", user.ID))
		assert.Equal(s, []any{"eng"}, shown["roles"])
		assert.Equal(s, []any{"eng"}, shown["default_roles"])
		s.contains(s.succeed("rbac", "user", "--roles", "ada"), "roles:\n    eng", "default_roles:\n    eng")
	}},
	{name: "rbac user --keys", run: func(s triton) {
		s.hasAda()
		line, fingerprint := s.anotherKey("ada@home")
		s.succeed("rbac", "key", "--add", "--name", "home", "ada", s.file("ada.pub", line))
		s.contains(s.succeed("rbac", "user", "--keys", "ada"), "keys:\n    "+fingerprint+" (home)")
	}},
	{name: "rbac user --edit", run: func(s triton) {
		s.hasAda()
		s.edits("s/^lastName: .*/lastName: Lovelace/; s/^city: .*/city: London/")
		s.contains(s.succeed("rbac", "user", "--edit", "ada"), `Updated user "ada"`)
		held, _ := s.cloud.Triton.User("ada")
		assert.Equal(s, []string{"Lovelace", "London", "Ada"}, []string{held.LastName, held.City, held.FirstName})
		s.edits("")
		s.contains(s.succeed("rbac", "user", "--edit", "ada"), "No change to user")
	}},
	{name: "rbac user --delete", run: func(s triton) {
		s.hasAda()
		s.contains(s.succeed("rbac", "user", "--delete", "--yes", "ada"), `Deleted user "ada"`)
		assert.Empty(s, s.cloud.Triton.Users())
		s.contains(s.fail("rbac", "user", "--delete", "--yes", "ada"), "ResourceNotFound")
	}},
	{name: "rbac user --delete of one with keys", run: func(s triton) {
		s.hasAda()
		line, _ := s.anotherKey("ada@home")
		s.succeed("rbac", "key", "--add", "--name", "home", "ada", s.file("ada.pub", line))
		s.contains(s.fail("rbac", "user", "--delete", "--yes", "ada"), `"child" elements`)
		s.succeed("rbac", "key", "--delete", "--yes", "ada", "home")
		s.succeed("rbac", "user", "--delete", "--yes", "ada")
		assert.Empty(s, s.cloud.Triton.Users())
	}},
}

var tritonKeys = []tritonFlow{
	{name: "rbac key --add", run: func(s triton) {
		s.hasAda()
		line, fingerprint := s.anotherKey("ada@home")
		path := s.file("ada.pub", line)
		s.contains(s.succeed("rbac", "key", "--add", "--name", "home", "ada", path), fingerprint, "(home)")
		assert.Len(s, s.cloud.Triton.UserKeys("ada"), 1)
		second, fingerprint := s.anotherKey("ada@work")
		s.contains(s.given(second, "rbac", "key", "--add", "ada", "-"), fingerprint)
		assert.Len(s, s.cloud.Triton.UserKeys("ada"), 2)
	}},
	{name: "rbac key by name and by fingerprint", run: func(s triton) {
		s.hasAda()
		line, fingerprint := s.anotherKey("ada@home")
		s.given(line, "rbac", "key", "--add", "--name", "home", "ada", "-")
		assert.Equal(s, line, s.succeed("rbac", "key", "ada", "home"))
		assert.Equal(s, "home", s.object(s.succeed("rbac", "key", "--json", "ada", fingerprint))["name"])
		s.contains(s.fail("rbac", "key", "ada", "other"), "ResourceNotFound")
	}},
	{name: "rbac keys", run: func(s triton) {
		user := s.hasAda()
		line, fingerprint := s.anotherKey("ada@home")
		s.given(line, "rbac", "key", "--add", "--name", "home", "ada", "-")
		s.contains(s.succeed("rbac", "keys", "ada"), "home", fingerprint)
		assert.Equal(s, line, s.succeed("rbac", "keys", "--authorized-keys", user.ID))
		assert.Equal(s, []any{fingerprint}, field(s.stream(s.succeed("rbac", "keys", "--json", "ada")), "fingerprint"))
	}},
	{name: "rbac key --delete", run: func(s triton) {
		s.hasAda()
		line, _ := s.anotherKey("ada@home")
		s.given(line, "rbac", "key", "--add", "--name", "home", "ada", "-")
		s.contains(s.succeed("rbac", "key", "--delete", "--yes", "ada", "home"), `Deleted user ada key "home"`)
		assert.Empty(s, s.cloud.Triton.UserKeys("ada"))
	}},
	{name: "a user's own key", run: func(s triton) {
		user := s.hasAda()
		line, fingerprint := s.anotherKeyFiles("ada")
		s.given(line, "rbac", "key", "--add", "--name", "own", "ada", "-")
		own := []string{"--user=ada", "--keyId=" + fingerprint, "rbac", "user", "ada"}
		s.contains(s.fail(own...), "NotAuthorized")
		s.given(`{"name":"readers","rules":["CAN getuser"]}`, "rbac", "policy", "--add", "-")
		s.given(`{"name":"eng","policies":[{"name":"readers"}],"members":[{"type":"subuser","login":"ada","default":true}]}`, "rbac", "role", "--add", "-")
		s.contains(s.succeed(own...), "id: "+user.ID)
		s.contains(s.fail("--user=ada", "--keyId="+fingerprint, "rbac", "users"), "NotAuthorized")
	}},
}
