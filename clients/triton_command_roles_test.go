package clients

import (
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/cloudroster/cloudroster/wrapper/wrappertest"
)

const (
	readers = `{"name":"readers","description":"read only","rules":["CAN getuser","CAN listusers"]}`
	eng     = `{"name":"eng","policies":[{"name":"readers"}],"members":[{"type":"subuser","login":"ada","default":true}]}`
)

// hasEng has a user, a policy, and a role of both.
func (s triton) hasEng() {
	s.hasAda()
	s.given(readers, "rbac", "policy", "--add", "-")
	s.given(eng, "rbac", "role", "--add", "-")
}

var tritonRoles = []tritonFlow{
	{name: "rbac policy --add", run: func(s triton) {
		s.contains(s.succeed("rbac", "policy", "--add", s.file("readers.json", readers)), `Created policy "readers"`)
		s.contains(s.given(`{"name":"empty","rules":[]}`, "rbac", "policy", "--add", "-"), `Created policy "empty"`)
	}},
	{name: "rbac policy --add, asked for at the terminal", run: func(s triton) {
		s.contains(s.typed([]typing{
			{"name:", "readers"}, {"description:", "read only"}, {"rule:", "CAN getuser"}, {"rule:", "CAN listusers"}, {"rule:", ""},
		}, "rbac", "policy", "--add"), `Created policy "readers"`)
		assert.Equal(s, []any{"CAN getuser", "CAN listusers"}, s.object(s.succeed("rbac", "policy", "--json", "readers"))["rules"])
	}},
	{name: "rbac policies", run: func(s triton) {
		s.given(readers, "rbac", "policy", "--add", "-")
		s.contains(s.succeed("rbac", "policies"), "readers", "2")
		assert.Equal(s, []any{"readers"}, field(s.stream(s.succeed("rbac", "policies", "--json")), "name"))
	}},
	{name: "rbac policy by name and by id", run: func(s triton) {
		s.given(readers, "rbac", "policy", "--add", "-")
		shown := s.object(s.succeed("rbac", "policy", "--json", "readers"))
		assert.Equal(s, []any{"CAN getuser", "CAN listusers"}, shown["rules"])
		id, _ := shown["id"].(string)
		s.contains(s.succeed("rbac", "policy", id), "name: readers", "description: read only", "CAN listusers")
		s.contains(s.fail("rbac", "policy", "none"), "ResourceNotFound")
	}},
	{name: "rbac policy --edit", run: func(s triton) {
		s.given(readers, "rbac", "policy", "--add", "-")
		s.edits("s/CAN listusers/CAN deleteuser/; s/read only/all but lists/")
		s.contains(s.succeed("rbac", "policy", "--edit", "readers"), `Updated policy "readers"`)
		shown := s.object(s.succeed("rbac", "policy", "--json", "readers"))
		assert.Equal(s, []any{"CAN getuser", "CAN deleteuser"}, shown["rules"])
		assert.Equal(s, "all but lists", shown["description"])
	}},
	{name: "rbac policy --delete", run: func(s triton) {
		s.given(readers, "rbac", "policy", "--add", "-")
		s.contains(s.succeed("rbac", "policy", "--delete", "--yes", "readers"), `Deleted policy "readers"`)
		s.contains(s.fail("rbac", "policy", "readers"), "ResourceNotFound")
	}},
	{name: "rbac role --add", run: func(s triton) {
		s.hasAda()
		s.given(readers, "rbac", "policy", "--add", "-")
		s.contains(s.succeed("rbac", "role", "--add", s.file("eng.json", eng)), `Created role "eng"`)
		held, _ := s.cloud.Triton.User("ada")
		assert.Equal(s, []string{"eng"}, held.DefaultRoles)
	}},
	{name: "rbac role --add in an editor", run: func(s triton) {
		s.hasAda()
		s.given(readers, "rbac", "policy", "--add", "-")
		s.edits(`s/^name:.*/name: eng/; s/^\(  - name: *\).*/\1readers/; s/^\( *login: *\).*/\1ada/; s/^\( *default: *\).*/\1true/; s/^\(  - type: *\).*/\1subuser/`)
		s.contains(s.succeed("rbac", "role", "--add"), `Created role "eng"`)
		held, _ := s.cloud.Triton.User("ada")
		assert.Equal(s, []string{"eng"}, held.DefaultRoles)
	}},
	{name: "rbac role --add with a member who does not exist", run: func(s triton) {
		s.file("eng.json", eng)
		s.contains(s.fail("rbac", "role", "--add", "eng.json"), "InvalidArgument")
	}},
	{name: "rbac roles", run: func(s triton) {
		s.hasEng()
		s.contains(s.succeed("rbac", "roles"), "eng", "readers", "ada")
		assert.Equal(s, []any{"eng"}, field(s.stream(s.succeed("rbac", "roles", "--json")), "name"))
	}},
	{name: "rbac role by name and by id", run: func(s triton) {
		s.hasEng()
		shown := s.object(s.succeed("rbac", "role", "--json", "eng"))
		id, _ := shown["id"].(string)
		s.contains(s.succeed("rbac", "role", id), "name:    eng\n", "login:   ada\n", "name:    readers\n")
		s.contains(s.fail("rbac", "role", "none"), "ResourceNotFound")
	}},
	{name: "rbac role --edit", run: func(s triton) {
		s.hasEng()
		s.edits("s/^name: .*/name: engineers/")
		s.contains(s.succeed("rbac", "role", "--edit", "eng"), `Updated role "engineers"`)
		held, _ := s.cloud.Triton.User("ada")
		assert.Equal(s, []string{"engineers"}, held.Roles)
		shown := s.object(s.succeed("rbac", "role", "--json", "engineers"))
		assert.Len(s, shown["policies"], 1)
	}},
	{name: "rbac role --delete", run: func(s triton) {
		s.hasEng()
		s.contains(s.succeed("rbac", "role", "--delete", "--yes", "eng"), `Deleted role "eng"`)
		held, _ := s.cloud.Triton.User("ada")
		assert.Empty(s, held.Roles)
		s.contains(s.fail("rbac", "role", "eng"), "ResourceNotFound")
	}},
	{name: "rbac role-tags", run: func(s triton) {
		s.hasEng()
		s.cloud.Triton.AddRole("ops")
		s.cloud.Triton.AddRole("sales")
		user, _ := s.cloud.Triton.User("ada")
		resource := "/" + wrappertest.Account + "/users/" + user.ID
		assert.Empty(s, s.succeed("rbac", "role-tags", resource))
		s.contains(s.succeed("rbac", "role-tags", "--add", "eng,ops", resource), "Adding 2 role tags (eng, ops)")
		assert.Equal(s, "eng\nops\n", s.succeed("rbac", "role-tags", resource))
		s.succeed("rbac", "role-tags", "--delete", "eng", "--yes", resource)
		assert.Equal(s, "[\"ops\"]\n", s.succeed("rbac", "role-tags", "--json", resource))
		s.succeed("rbac", "role-tags", "--set", "sales,eng", "--yes", resource)
		s.edits("s/sales/ops/")
		s.contains(s.succeed("rbac", "role-tags", "--edit", resource), "Edited role tags")
		assert.Equal(s, "eng\nops\n", s.succeed("rbac", "role-tags", resource))
		s.succeed("rbac", "role-tags", "--delete-all", "--yes", resource)
		assert.Empty(s, s.succeed("rbac", "role-tags", resource))
		s.contains(s.fail("rbac", "role-tags", "--set", "none", "--yes", resource), "InvalidArgument")
	}},
	machineTags("instance"),
	machineTags("image"),
	machineTags("network"),
	machineTags("package"),
}

// machineTags are the role tags of what users do not have.
func machineTags(kind string) tritonFlow {
	return tritonFlow{
		name: "rbac " + kind + "-role-tags", fails: kind + " with id b83ef7a9-5d34-4e2b-8c77-4d3d5a3d1c11 was not found",
		because: "The in-memory cloud has no machines, and nothing that belongs to them.",
		run: func(s triton) {
			s.cloud.Triton.AddRole("eng")
			s.succeed("rbac", kind+"-role-tags", "--set", "eng", "--yes", "b83ef7a9-5d34-4e2b-8c77-4d3d5a3d1c11")
		},
	}
}

// config is what `rbac apply` makes of an account: two users with a key each, a policy, a role.
func (s triton) config() string {
	line, _ := s.anotherKey("ada")
	require.NoError(s, makeDirectory(s.home, "rbac-user-keys"))
	s.file("rbac-user-keys/ada.pub", line)
	return s.file("rbac.json", `{
		"users": [
			{"login": "ada", "email": "ada@example.test", "firstName": "Ada", "lastName": "Byron"},
			{"login": "bob", "email": "bob@example.test"}
		],
		"policies": [{"name": "readers", "description": "read only", "rules": ["CAN getuser", "CAN listusers"]}],
		"roles": [{"name": "eng", "members": [{"type": "subuser", "login": "ada"}], "policies": [{"name": "readers"}]}]
	}`)
}

var tritonState = []tritonFlow{
	{name: "rbac info", because: "The command prints `[object Object]` for a policy: it joins the policies of a role, " +
		"which CloudAPI 9 returns as objects (lib/do_rbac/do_info.js, printInfo).", fails: "policy [object Object]", run: func(s triton) {
		s.hasEng()
		s.contains(s.succeed("rbac", "info"),
			"users (1):\n    ada (Ada Byron, no ssh keys): ", "eng", "roles (1):\n    eng: policy readers\n",
			"policies (1):\n    readers (read only) rules:\n        CAN getuser\n        CAN listusers\n")
	}},
	{name: "rbac info --all", run: func(s triton) {
		s.hasEng()
		s.contains(s.succeed("rbac", "info", "--all"), "users (1):\n    ada (Ada Byron): ", "roles (1):", "policies (1):")
	}},
	{name: "rbac apply to an empty account", run: func(s triton) {
		out := s.succeed("rbac", "apply", "--yes", "--file", s.config())
		s.contains(out, "Created user ada", "Created user ada key", "Created user bob", "Created policy readers (2 rules)", "Created role eng (1 member)")
		assert.Len(s, s.cloud.Triton.Users(), 2)
		assert.Len(s, s.cloud.Triton.UserKeys("ada"), 1)
		held, _ := s.cloud.Triton.User("ada")
		assert.Equal(s, []string{"eng"}, held.Roles)
	}},
	{name: "rbac apply --dry-run", run: func(s triton) {
		out := s.succeed("rbac", "apply", "--yes", "--dry-run", "--file", s.config())
		s.contains(out, "[dry-run] create user ada", "[dry-run] create role eng")
		assert.Empty(s, s.cloud.Triton.Users())
	}},
	{name: "rbac apply again", because: "The command stops on every account that has a role: it sorts the role's default_members, " +
		"which CloudAPI 9 no longer returns (lib/rbac.js, normRole).", fails: "role.default_members.sort", run: func(s triton) {
		path := s.config()
		s.succeed("rbac", "apply", "--yes", "--file", path)
		assert.Empty(s, s.succeed("rbac", "apply", "--yes", "--file", path))
	}},
	{name: "rbac apply of a changed user", because: "The command stops on every change of a user: it plans one with `fields` and carries it out with `diff` " +
		"(lib/rbac.js, userUpdates and update-user).", fails: "Object.keys(c.diff)", run: func(s triton) {
		s.hasAda()
		s.succeed("rbac", "apply", "--yes", "--file", s.file("rbac.json", `{"users":[{"login":"ada","email":"ada@example.test","lastName":"Lovelace"}]}`))
		held, _ := s.cloud.Triton.User("ada")
		assert.Equal(s, "Lovelace", held.LastName)
	}},
	{name: "rbac apply of a changed policy", run: func(s triton) {
		s.given(readers, "rbac", "policy", "--add", "-")
		s.succeed("rbac", "apply", "--yes", "--file", s.file("rbac.json", `{"policies":[{"name":"readers","description":"read only","rules":["CAN getuser"]}]}`))
		assert.Equal(s, []any{"CAN getuser"}, s.object(s.succeed("rbac", "policy", "--json", "readers"))["rules"])
	}},
	{name: "rbac apply --dev-create-keys-and-profiles", run: func(s triton) {
		s.file("rbac.json", `{"users":[{"login":"ada","email":"ada@example.test"}]}`)
		out := s.typed([]typing{{"passphrase", ""}, {"same passphrase again", ""}},
			"rbac", "apply", "--yes", "--dev-create-keys-and-profiles")
		s.contains(out, "Created user ada", "Generate 4096 bit RSA key")
		assert.Len(s, s.cloud.Triton.UserKeys("ada"), 1)
	}},
	{name: "rbac reset", run: func(s triton) {
		s.hasAda()
		s.given(readers, "rbac", "policy", "--add", "-")
		s.given(`{"name":"eng"}`, "rbac", "role", "--add", "-")
		line, _ := s.anotherKey("ada@home")
		s.given(line, "rbac", "key", "--add", "--name", "home", "ada", "-")
		s.contains(s.succeed("rbac", "reset", "--yes"), "Deleted user ada key", "Deleted user ada", "Deleted policy readers", "Deleted role eng")
		assert.Empty(s, s.cloud.Triton.Users())
	}},
}

var tritonAccount = []tritonFlow{
	{name: "account get", run: func(s triton) {
		s.contains(s.succeed("account", "get"), "login: "+wrappertest.Account, "email: ")
		assert.Equal(s, wrappertest.Account, s.object(s.succeed("account", "get", "--json"))["login"])
	}},
	{name: "account update", run: func(s triton) {
		s.contains(s.succeed("account", "update", "firstName=Wile", "city=Bonn"), `Updated account "acme" (fields: firstName, city)`)
		shown := s.object(s.succeed("account", "get", "--json"))
		assert.Equal(s, []any{"Wile", "Bonn"}, []any{shown["firstName"], shown["city"]})
		s.given(`{"phone":"555-1"}`, "account", "update", "--file", "-")
		assert.Equal(s, "555-1", s.object(s.succeed("account", "get", "--json"))["phone"])
	}},
	{name: "account limits", run: func(s triton) {
		assert.Equal(s, "[]\n", s.succeed("account", "limits", "--json"))
	}},
	{name: "key add, get, list, delete", run: func(s triton) {
		line, fingerprint := s.anotherKey("second")
		s.contains(s.succeed("key", "add", "--name", "second", s.file("second.pub", line)), `Added key "second" (`+fingerprint+`)`)
		assert.Equal(s, line, s.succeed("key", "get", "second"))
		assert.Equal(s, "second", s.object(s.succeed("key", "get", "--json", fingerprint))["name"])
		s.contains(s.succeed("key", "list"), "laptop", "second")
		assert.Contains(s, field(s.stream(s.succeed("keys", "--json")), "fingerprint"), fingerprint)
		s.contains(s.succeed("key", "delete", "--yes", "second"), `Deleted key "second"`)
		s.contains(s.fail("key", "get", "second"), "ResourceNotFound")
	}},
	{name: "key add of a key that is there", run: func(s triton) {
		out := s.fail("key", "add", "--name", "again", s.home+"/.ssh/id_rsa.pub")
		s.contains(out, "InvalidArgument")
	}},
	{name: "datacenters", run: func(s triton) {
		s.contains(s.succeed("datacenters"), "test-1", s.cloud.Triton.URL())
	}},
	{name: "cloudapi", run: func(s triton) {
		user := s.hasAda()
		assert.Equal(s, []any{user.ID}, field(s.list(s.succeed("cloudapi", "/acme/users")), "id"))
		s.succeed("cloudapi", "-X", "DELETE", "/acme/users/ada")
		assert.Empty(s, s.cloud.Triton.Users())
		assert.Equal(s, "pong", s.object(s.succeed("cloudapi", "/--ping"))["ping"])
	}},
	{name: "profile create, list, get and use", run: func(s triton) {
		s.file("profile.json", `{"name":"test","url":"`+s.cloud.Triton.URL()+`","account":"acme","keyId":"`+wrappertest.Fingerprint(sshKey().Public())+`"}`)
		s.contains(s.succeed("profile", "create", "--file", "profile.json", "--no-docker"), `Saved profile "test"`)
		s.contains(s.succeed("profile", "list"), "test")
		s.contains(s.succeed("profile", "get", "test"), "account: acme")
		s.contains(s.succeed("--profile", "test", "account", "get"), "login: acme")
	}},
	{name: "a wrong key", run: func(s triton) {
		_, fingerprint := s.anotherKeyFiles("stranger")
		s.contains(s.fail("--keyId="+fingerprint, "rbac", "users"), "InvalidCredentials")
	}},
	{name: "another account", run: func(s triton) {
		s.cloud.Triton.AddOtherAccount("rival")
		s.contains(s.fail("--act-as=rival", "rbac", "users"), "NotAuthorized")
		s.contains(s.fail("--act-as=nobody", "rbac", "users"), "ResourceNotFound")
	}},
}
