package main

import (
	"maps"
	"slices"
	"strings"
)

// object is a mapping of a document. Its helpers fail loudly, so that no edit is lost on a document that changed.
type object map[string]any

func (o object) in(keys ...string) object {
	for _, key := range keys {
		inner, ok := o[key].(map[string]any)
		if !ok {
			panic("the document has no " + strings.Join(keys, "."))
		}
		o = inner
	}
	return o
}

func (o object) remove(key string) {
	if _, ok := o[key]; !ok {
		panic("no " + key)
	}
	delete(o, key)
}

func (o object) move(from, to string) {
	o[to] = o[from]
	o.remove(from)
}

func (o object) append(key string, values ...any) {
	list, _ := o[key].([]any)
	o[key] = append(slices.Clone(list), values...)
}

// edited is a document under change.
type edited struct{ object }

func (d edited) schema(name string, keys ...string) object {
	return d.in("components", "schemas", name).in(keys...)
}

func (d edited) property(schema, name string) object { return d.schema(schema, "properties", name) }

func (d edited) operation(method, path string) object { return d.in("paths", path, method) }

// own replaces a reference by a copy, so that an edit concerns this place only.
func (d edited) own(value any) object {
	o, ok := value.(map[string]any)
	if !ok {
		panic("not an object")
	}
	if ref, isRef := o["$ref"].(string); isRef {
		target := d.in(strings.Split(strings.TrimPrefix(ref, "#/"), "/")...)
		delete(o, "$ref")
		maps.Copy(o, target)
	}
	return o
}

func (d edited) parameter(method, path, name string) object {
	for _, p := range d.operation(method, path)["parameters"].([]any) {
		if p := d.own(p); p["name"] == name {
			return p
		}
	}
	panic("no parameter " + name)
}

func (d edited) dropParameter(method, path, name string) {
	d.parameter(method, path, name)
	operation := d.operation(method, path)
	operation["parameters"] = slices.DeleteFunc(operation["parameters"].([]any), func(p any) bool { return p.(map[string]any)["name"] == name })
}

func (d edited) response(method, path, status string) object {
	return d.own(d.operation(method, path).in("responses")[status])
}

// rename gives a schema another name everywhere.
func (d edited) rename(from, to string) {
	d.in("components", "schemas").move(from, to)
	references(map[string]any(d.object), "#/components/schemas/"+from, "#/components/schemas/"+to)
}

func references(value any, from, to string) {
	switch value := value.(type) {
	case map[string]any:
		if value["$ref"] == from {
			value["$ref"] = to
		}
		for _, inner := range value {
			references(inner, from, to)
		}
	case []any:
		for _, inner := range value {
			references(inner, from, to)
		}
	}
}

func parameter(in, name string, schema object) map[string]any {
	return map[string]any{"in": in, "name": name, "schema": map[string]any(schema)}
}

func enum(list any, without string) []any {
	return slices.DeleteFunc(slices.Clone(list.([]any)), func(v any) bool { return v == without })
}

const (
	users, user, groups, group = "/um/users", "/um/users/{userId}", "/um/groups", "/um/groups/{groupId}"
	shares                     = "/um/groups/{groupId}/shares/{resourceId}"
	subUsers                   = "/{account}/users"
)

var text = object{"type": "string"}

// edit is a change of the document, or of its Go names, and what diff says of it. none is no change at all.
type edit struct {
	name   string
	change func(d edited)
	names  func(overlay string) string
	level  severity
	want   string // in a line of that level
}

const none severity = -1

// What the vendor did between 2021 and 2026: 10 resource types, 5 states, 17 group privileges and 2 query parameters
// added, 1 privilege respelled, 1 operation removed, the maximum of depth lowered, and no operationId changed.
var vendorEdits = []edit{
	{name: "a new resource type", change: func(d edited) { d.schema("Type").append("enum", "quantum") }, level: minor, want: "enum value"},
	{name: "ten new resource types", change: func(d edited) {
		d.schema("Type").append("enum", "a1", "b2", "c3", "d4", "e5", "f6", "g7", "h8", "i9", "j10")
	}, level: minor, want: "enum value"},
	{name: "five new states", change: func(d edited) {
		d.property("DatacenterElementMetadata", "state").append("enum", "S1", "S2", "S3", "S4", "S5")
	}, level: minor, want: "enum value"},
	{name: "a new state of a request", change: func(d edited) {
		d.property("RequestStatusMetadata", "status").append("enum", "CANCELED")
	}, level: minor, want: "enum value"},
	{name: "a new group privilege", change: func(d edited) {
		d.schema("GroupProperties", "properties")["createQuantum"] = map[string]any{"type": "boolean"}
	}, level: minor, want: "./gen.GroupProperties.CreateQuantum: added"},
	{name: "seventeen new group privileges", change: func(d edited) {
		for _, c := range "abcdefghijklmnopq" {
			d.schema("GroupProperties", "properties")["manage"+strings.ToUpper(string(c))+"x"] = map[string]any{"type": "boolean"}
		}
	}, level: minor, want: "./gen.GroupProperties.ManageQx: added"},
	{name: "a respelled group privilege", change: func(d edited) {
		d.schema("GroupProperties", "properties").move("createInternetAccess", "createInternetAcces")
	}, level: major, want: "./gen.GroupProperties.CreateInternetAccess: removed"},
	{name: "a new query parameter", change: func(d edited) {
		d.operation("get", users).append("parameters", parameter("query", "orderBy", text))
	}, level: minor, want: "./gen.ListUsersParams.OrderBy: added"},
	{name: "a removed operation", change: func(d edited) { d.in("paths", "/um/resources").remove("get") }, level: major, want: "wire  GET /um/resources: "},
	{name: "a lower maximum of depth", change: func(d edited) {
		d.parameter("get", users, "depth").in("schema")["maximum"] = 0
	}, level: major, want: "wire  GET /um/users: "},
	{name: "a higher maximum of limit", change: func(d edited) {
		d.parameter("get", users, "limit").in("schema")["maximum"] = 1000
	}, level: minor, want: "wire  GET /um/users: "},
	{name: "a new operation", change: func(d edited) {
		d.in("paths", user)["patch"] = map[string]any{
			"operationId": "umUsersPatch", "parameters": []any{map[string]any{"name": "userId", "in": "path", "required": true, "schema": map[string]any(text)}},
			"responses": map[string]any{"200": map[string]any{"description": "ok"}},
		}
	}, level: minor, want: "go    ./gen.ClientInterface.UmUsersPatch: added to an interface that may grow"},
	{name: "other words", change: func(d edited) { d.schema("User")["description"] = "Somebody." }, level: patch, want: "in nothing that a client"},
	{name: "a deprecated operation", change: func(d edited) { d.operation("get", "/um/resources")["deprecated"] = true }, level: minor, want: "wire  GET /um/resources: "},
}

var otherEdits = []edit{
	{name: "nothing", change: func(edited) {}, level: none},

	// Where, as whom.
	{name: "another server", change: func(d edited) {
		d.object["servers"] = []any{map[string]any{"url": "https://api.example.com/v7"}}
	}, level: major, want: "the first server "},
	{name: "another server of one path", change: func(d edited) {
		d.in("paths", subUsers)["servers"] = []any{map[string]any{"url": "https://triton.example.com"}}
	}, level: major, want: "wire  GET /{account}/users: the first server "},
	{name: "one more server", change: func(d edited) { d.append("servers", map[string]any{"url": "https://eu.example.com"}) }, level: minor, want: "https://eu.example.com was added"},
	{name: "another default of a server variable", change: func(d edited) {
		d.in("paths", subUsers)["servers"].([]any)[0].(map[string]any)["variables"].(map[string]any)["cloud"].(map[string]any)["default"] = "other.example.com"
	}, level: major, want: "server variable cloud"},
	{name: "other credentials of one operation", change: func(d edited) {
		d.operation("get", subUsers)["security"] = []any{map[string]any{"BasicAuthentication": []any{}}}
	}, level: major, want: "wire  GET /{account}/users: the credentials TritonSignature are no longer accepted"},
	{name: "credentials that are gone", change: func(d edited) {
		d.object["security"] = []any{map[string]any{"TokenAuthentication": []any{}}}
	}, level: major, want: "the credentials BasicAuthentication are no longer accepted"},
	{name: "one more kind of credentials", change: func(d edited) {
		d.in("components", "securitySchemes")["Bearer"] = map[string]any{"type": "http", "scheme": "bearer"}
		d.append("security", map[string]any{"Bearer": []any{}})
	}, level: minor, want: "the credentials Bearer are accepted"},
	{name: "credentials in another header", change: func(d edited) {
		d.in("components", "securitySchemes", "TritonSignature")["name"] = "X-Token"
	}, level: major, want: "security scheme TritonSignature: apiKey header Authorization became apiKey header X-Token"},

	// Operations.
	{name: "a renamed operationId whose Go name stays", change: func(d edited) { d.operation("get", users)["operationId"] = "umUsersList" }, level: patch,
		want: "wire  GET /um/users: operationId umUsersGet became umUsersList"},
	{name: "a renamed operationId whose Go name follows", change: func(d edited) {
		d.operation("get", subUsers)["operationId"] = "ListAccountUsers"
	}, level: major, want: "go    ./gen.Client.ListTritonUsers: removed"},
	{name: "another Go name of an operation", change: func(edited) {}, names: swap("{operationId: ListUsers}", "{operationId: AllUsers}"),
		level: major, want: "go    ./gen.Client.ListUsers: removed"},
	{name: "a removed path", change: func(d edited) { d.in("paths").remove("/um/resources") }, level: major, want: "wire  GET /um/resources: "},
	{name: "a renamed tag", change: func(d edited) { d.operation("get", users)["tags"] = []any{"People"} }, level: patch, want: "wire  GET /um/users: "},

	// Parameters.
	{name: "a parameter that became required", change: func(d edited) { d.parameter("get", users, "offset")["required"] = true }, level: major, want: "wire  GET /um/users: "},
	{name: "a new required parameter", change: func(d edited) {
		p := parameter("query", "realm", text)
		p["required"] = true
		d.operation("get", users).append("parameters", p)
	}, level: major, want: "wire  GET /um/users: "},
	{name: "a removed parameter", change: func(d edited) { d.dropParameter("get", users, "pretty") }, level: major, want: "wire  GET /um/users: "},
	{name: "a parameter of another type", change: func(d edited) {
		schema := d.parameter("get", users, "depth").in("schema")
		clear(schema)
		schema["type"] = "string"
	}, level: major, want: "go    ./gen.ListUsersParams.Depth: "},
	{name: "a parameter of another format", change: func(d edited) { d.parameter("get", users, "depth").in("schema")["format"] = "int64" }, level: major, want: "go    ./gen.ListUsersParams.Depth: "},
	{name: "a parameter written one value at a time", change: func(d edited) { d.parameter("get", subUsers, "as-role")["explode"] = true }, level: major, want: "written in another way"},
	{name: "a parameter of another style", change: func(d edited) {
		d.parameter("get", subUsers, "as-role")["style"] = "pipeDelimited"
	}, level: major, want: "written in another way"},
	{name: "another default of a parameter", change: func(d edited) { d.parameter("get", users, "limit").in("schema")["default"] = 10 }, level: major, want: "wire  GET /um/users: "},
	{name: "a lower bound where there was none", change: func(d edited) {
		d.parameter("get", users, "X-Contract-Number").in("schema")["minimum"] = 1
	}, level: major, want: "wire  GET /um/users: "},

	// Requests.
	{name: "a new optional property of a request", change: func(d edited) {
		d.schema("UserPropertiesPost", "properties")["nickname"] = map[string]any(text)
	}, level: minor, want: "./gen.UserCreateProperties.Nickname: added"},
	{name: "a property of a request that became required", change: func(d edited) { d.schema("UserPropertiesPost").append("required", "active") }, level: major, want: "wire  POST /um/users: "},
	{name: "a removed property of a request", change: func(d edited) { d.schema("UserPropertiesPost", "properties").remove("active") }, level: major, want: "wire  POST /um/users: "},
	{name: "a shorter maximum of a request", change: func(d edited) {
		d.property("UserPropertiesPost", "firstname")["maxLength"] = 10
	}, level: major, want: "wire  POST /um/users: "},
	{name: "another media type of a request", change: func(d edited) {
		d.own(d.operation("post", users)["requestBody"]).in("content").move("application/json", "application/xml")
	}, level: major, want: "wire  POST /um/users: "},
	{name: "a body that became required", change: func(d edited) {
		d.own(d.operation("put", shares)["requestBody"])["required"] = true
	}, level: major, want: "wire  PUT " + shares + ": "},

	// Responses.
	{name: "a new optional property of a response", change: func(d edited) {
		d.schema("UserMetadata", "properties")["origin"] = map[string]any(text)
	}, level: minor, want: "./gen.UserMetadata.Origin: added"},
	{name: "a removed property of a response", change: func(d edited) { d.schema("UserMetadata", "properties").remove("lastLogin") }, level: major, want: "wire  GET /um/users: "},
	{name: "a renamed property of a response", change: func(d edited) {
		d.schema("UserProperties", "properties").move("s3CanonicalUserId", "s3UserId")
	}, level: major, want: "s3CanonicalUserId"},
	{name: "a property of another type", change: func(d edited) { d.property("UserProperties", "administrator")["type"] = "string" }, level: major,
		want: "go    ./gen.UserProperties.Administrator: changed from bool to string"},
	{name: "a date that became a text", change: func(d edited) { d.property("UserMetadata", "createdDate").remove("format") }, level: major,
		want: "go    ./gen.UserMetadata.CreatedDate: changed from Time to string"},
	{name: "a removed enum value", change: func(d edited) {
		d.schema("Type")["enum"] = enum(d.schema("Type")["enum"], "security-group")
	}, level: major, want: "go    ./gen.ResourceTypeSecurityGroup: removed"},
	{name: "another media type of a response", change: func(d edited) {
		d.response("get", users, "200").in("content").move("application/json", "application/xml")
	}, level: major, want: "wire  GET /um/users: "},
	{name: "another status", change: func(d edited) { d.operation("post", users).in("responses").move("202", "201") }, level: major, want: "wire  POST /um/users: "},
	{name: "a removed default response", change: func(d edited) { d.operation("get", users).in("responses").remove("default") }, level: major,
		want: "wire  GET /um/users: the default response was removed"},
	{name: "another schema of the default response", change: func(d edited) {
		d.response("get", users, "default").in("content", "application/json")["schema"] = map[string]any{"$ref": "#/components/schemas/TritonError"}
	}, level: major, want: "wire  GET /um/users: "},
	{name: "a removed Location header", change: func(d edited) { d.response("post", users, "202").in("headers").remove("Location") }, level: major,
		want: "wire  POST /um/users 202 header Location: was removed"},
	{name: "a header of another type", change: func(d edited) {
		d.own(d.response("get", users, "200").in("headers")["X-RateLimit-Burst"]).in("schema")["type"] = "string"
	}, level: major, want: "wire  GET /um/users: "},
	{name: "a new header", change: func(d edited) {
		d.response("get", users, "200").in("headers")["X-Region"] = map[string]any{"schema": map[string]any(text)}
	}, level: minor, want: "wire  GET /um/users: "},
	{name: "a property that a response may leave out", change: func(d edited) { d.schema("User").remove("required") }, level: major, want: "wire  GET /um/users: "},

	// Schemas.
	{name: "a renamed schema whose Go name stays", change: func(d edited) { d.rename("UserPropertiesPut", "UserPutProperties") },
		names: swap("schemas.UserPropertiesPut,", "schemas.UserPutProperties,"), level: patch, want: "in nothing that a client"},
	{name: "a renamed schema whose Go name follows", change: func(d edited) { d.rename("TritonUser", "AccountUser") },
		level: major, want: "go    ./gen.TritonUser: removed"},
	{name: "a new schema that nothing uses", change: func(d edited) {
		d.in("components", "schemas")["Fresh"] = map[string]any{"type": "object", "properties": map[string]any{"a": map[string]any(text)}}
	}, level: patch, want: "in nothing that a client"},
	{name: "another Go name of a property", change: func(edited) {}, names: swap("properties.firstname\", update: {x-go-name: FirstName}", "properties.firstname\", update: {x-go-name: GivenName}"),
		level: major, want: "go    ./gen.UserProperties.FirstName: removed"},
	{name: "a pointer that became a value", change: func(edited) {}, names: swap("schemas['Group','GroupShare'].properties['id'", "schemas['Group','GroupShare','GroupProperties'].properties['id','name'"),
		level: major, want: "go    ./gen.GroupProperties.Name: "},
}
