package contract

import (
	"fmt"

	"github.com/cloudroster/cloudroster/gen"
)

// requestDefects are those of paths, parameters and credentials.
var requestDefects = []defect{
	// Requests: the path.
	{"an operation that is not documented", "get user", requested("/um/users/", "/um/people/"), Violation, RuleUnknownOperation, "request path"},
	{"a segment too many", "get user", requested(userID, userID+"/keys"), Violation, RuleUnknownOperation, "request path"},
	{"a slash in an id", "get user", requested(userID, "a/b"), Violation, RuleUnknownOperation, "request path"},
	{"a method that is not documented", "get user", func(k *talk) { k.method = "PATCH" }, Violation, RuleUnknownOperation, "request method"},
	{"an IONOS path that ends like a Triton path", "get user", requested("/um/users/", "/um/accounts/users/"), Violation, RuleUnknownOperation, "request path"},
	{"an empty id", "get user", requested(userID, ""), Violation, RulePathParameter, "request path userId"},
	{"a dot segment", "get user", requested(userID, ".."), Violation, RulePathParameter, "request path userId"},
	{"an escaped dot segment", "get user", requested(userID, "%2E%2e"), Violation, RulePathParameter, "request path userId"},
	{"a control character in an id", "get sub-user", requested("bob", "b%0Ab"), Violation, RulePathParameter, "request path user"},
	// Requests: parameters and headers.
	{"an extra query parameter", "list users", requested("depth=1", "depth=1&page=2"), Violation, RuleUnknownParameter, "request query (a name of 4 bytes)"},
	{"a query that cannot be read", "list users", requested("depth=1", "depth=1&x;y"), Violation, RuleUnknownParameter, "request query"},
	{"a parameter sent twice", "list users", requested("depth=1", "depth=1&depth=0"), Violation, RuleRepeatedParameter, "request query depth"},
	{"a limit above its bound", "list users", requested("limit=2", fmt.Sprint("limit=", gen.LimitMax+1)), Violation, RuleBounds, "request query limit"},
	{"a limit of zero", "list users", requested("limit=2", "limit=0"), Violation, RuleBounds, "request query limit"},
	{"a negative offset", "list users", requested("offset=1", "offset=-1"), Violation, RuleBounds, "request query offset"},
	{"a number written as a word", "list users", requested("limit=2", "limit=two"), Violation, RuleType, "request query limit"},
	{"a boolean written as a number", "list users", requested("pretty=false", "pretty=0"), Violation, RuleType, "request query pretty"},
	{"a contract number that is no number", "get user", withHeader("X-Contract-Number", "C31"), Violation, RuleType, "request header X-Contract-Number"},
	{"a contract number beyond int32", "get user", withHeader("X-Contract-Number", "2147483648"), Violation, RuleFormat, "request header X-Contract-Number"},
	{"no credentials", "get user", func(k *talk) { k.header.Del("Authorization") }, Violation, RuleCredentials, "request header Authorization"},
	{"a token sent to Triton", "get sub-user", withHeader("Authorization", "Bearer token"), Violation, RuleCredentials, "request header Authorization"},
	// Percent-encoding does not lead to the other cloud.
	{"an IONOS path with an escaped letter", "get user", requested("/um/users/", "/%75m/people/"), Violation, RuleUnknownOperation, "request path"},
	{"an escaped IONOS root before a Triton ending", "get user", requested("/um/users/"+userID, "/u%6D/x/users"), Violation, RuleUnknownOperation, "request path"},
	{"an escaped slash in the middle of a path", "get user", requested("/um/users/", "/um%2Fusers/"), Violation, RuleUnknownOperation, "request path"},
	{"an escaped slash in place of a segment", "get sub-user", requested("/users/bob", "/users%2Fbob"), Violation, RuleUnknownOperation, "request path"},
	{"a NUL in an id", "get sub-user", requested("bob", "b%00b"), Violation, RulePathParameter, "request path user"},
	{"a dot as the account", "get sub-user", requested("/acme/", "/./"), Violation, RulePathParameter, "request path account"},
	{"a trailing slash", "list users", requested("/um/users?", "/um/users/?"), Violation, RulePathParameter, "request path userId"},
	{"an upper-case path", "get user", requested("/um/users/", "/um/Users/"), Violation, RuleUnknownOperation, "request path"},
	{"an upper-case root", "get user", requested("/um/users/", "/UM/users/x/"), Violation, RuleUnknownOperation, "request path"},
	{"a PUT to Triton", "get sub-user", func(k *talk) { k.method = "PUT" }, Violation, RuleUnknownOperation, "request method"},
	{"a lower-case method", "get user", func(k *talk) { k.method = "get" }, Violation, RuleUnknownOperation, "request method"},
	{"HEAD where GET is not documented", "create user", func(k *talk) {
		k.method, k.body, k.url = "HEAD", "", tritonURL+"/acme/users/bob/change_password"
	}, Violation, RuleUnknownOperation, "request method"},
	// Parameters.
	{"a parameter of another operation", "get user", func(k *talk) { k.url += "?limit=1" }, Violation, RuleUnknownParameter, "request query limit"},
	{"a parameter in another case", "list users", requested("depth=", "Depth="), Violation, RuleUnknownParameter, "request query (a name of 5 bytes)"},
	{"a filter, which is not documented", "list users", requested("depth=1", "depth=1&filter.email=a"), Violation, RuleUnknownParameter, "request query (a name of 12 bytes)"},
	{"an empty number", "list users", requested("limit=2", "limit="), Violation, RuleType, "request query limit"},
	{"a fraction in place of a number", "list users", requested("limit=2", "limit=2.0"), Violation, RuleType, "request query limit"},
	{"a number with a sign", "list users", requested("limit=2", "limit=%2B2"), Violation, RuleType, "request query limit"},
	{"a number with a blank", "list users", requested("limit=2", "limit=2%20"), Violation, RuleType, "request query limit"},
	{"a hexadecimal number", "list users", requested("limit=2", "limit=0x2"), Violation, RuleType, "request query limit"},
	{"a depth beyond the documented one", "list users", requested("depth=1", "depth=5"), Violation, RuleBounds, "request query depth"},
	{"an offset beyond int32", "list users", requested("offset=1", "offset=2147483648"), Violation, RuleFormat, "request query offset"},
	{"a boolean in upper case", "list users", requested("pretty=false", "pretty=False"), Violation, RuleType, "request query pretty"},
	{"a boolean without a value", "list users", requested("pretty=false", "pretty"), Violation, RuleType, "request query pretty"},
	{"a header sent twice", "get user", func(k *talk) { k.header["X-Contract-Number"] = []string{"1", "2"} }, Violation, RuleRepeatedParameter, "request header X-Contract-Number"},
	{"a query that is not UTF-8", "create sub-user", requested("as-role=admin,reader", "as-role=%ff"), Violation, RuleFormat, "request query as-role"},
	{"a query with a broken escape", "list users", requested("depth=1", "depth=%zz"), Violation, RuleUnknownParameter, "request query"},
	// Credentials.
	{"an empty Authorization", "get user", withHeader("Authorization", ""), Violation, RuleCredentials, "request header Authorization"},
	{"two Authorizations", "get user", func(k *talk) { k.header["Authorization"] = []string{"Bearer a", "Bearer b"} }, Violation, RuleRepeatedParameter, "request header Authorization"},
	{"Bearer without a token", "get user", withHeader("Authorization", "Bearer"), Violation, RuleCredentials, "request header Authorization"},
	{"Bearer with a blank", "get user", withHeader("Authorization", "Bearer  "), Violation, RuleCredentials, "request header Authorization"},
	{"a token with a blank", "get user", withHeader("Authorization", "Bearer to ken"), Violation, RuleCredentials, "request header Authorization"},
	{"a token in quotes", "get user", withHeader("Authorization", `Bearer "token"`), Violation, RuleCredentials, "request header Authorization"},
	{"a token without a scheme", "get user", withHeader("Authorization", "eyJ0eXAi.eyJpc3Mi.c2ln"), Violation, RuleCredentials, "request header Authorization"},
	{"Basic that is not base64", "get user", withHeader("Authorization", "Basic me:secret"), Violation, RuleCredentials, "request header Authorization"},
	{"Basic without a colon", "get user", withHeader("Authorization", "Basic bWU="), Violation, RuleCredentials, "request header Authorization"},
	{"Basic without anything", "get user", withHeader("Authorization", "Basic "), Violation, RuleCredentials, "request header Authorization"},
	{"Digest", "get user", withHeader("Authorization", `Digest username="me"`), Violation, RuleCredentials, "request header Authorization"},
	{"a signature sent to IONOS", "get user", withHeader("Authorization", `Signature keyId="k",algorithm="rsa-sha256",signature="c2ln"`), Violation, RuleCredentials, "request header Authorization"},
	{"Signature without anything", "get sub-user", withHeader("Authorization", "Signature"), Violation, RuleCredentials, "request header Authorization"},
	{"a signature without a key", "get sub-user", withHeader("Authorization", `Signature algorithm="rsa-sha256",signature="c2ln"`), Violation, RuleCredentials, "request header Authorization"},
	{"a signature without an algorithm", "get sub-user", withHeader("Authorization", `Signature keyId="/acme/keys/k",signature="c2ln"`), Violation, RuleCredentials, "request header Authorization"},
	{"a signature without the signature", "get sub-user", withHeader("Authorization", `Signature keyId="/acme/keys/k",algorithm="rsa-sha256"`), Violation, RuleCredentials, "request header Authorization"},
	{"an empty signature", "get sub-user", withHeader("Authorization", `Signature keyId="/acme/keys/k",algorithm="rsa-sha256",signature=""`), Violation, RuleCredentials, "request header Authorization"},
	{"a signature that is not base64", "get sub-user", withHeader("Authorization", `Signature keyId="/acme/keys/k",algorithm="rsa-sha256",signature="%%"`), Violation, RuleCredentials, "request header Authorization"},
	{"a signature with two keys", "get sub-user", withHeader("Authorization", `Signature keyId="k",keyId="k",algorithm="rsa-sha256",signature="c2ln"`), Violation, RuleCredentials, "request header Authorization"},
	{"a signature that leaves the date out", "get sub-user", withHeader("Authorization", `Signature keyId="k",algorithm="rsa-sha256",headers="(request-target)",signature="c2ln"`), Violation, RuleCredentials, "request header Authorization"},
	{"a signature without a Date", "get sub-user", func(k *talk) { k.header.Del("Date") }, Violation, RuleCredentials, "request header Date"},
	{"Basic sent to Triton", "get sub-user", withHeader("Authorization", "Basic bWU6c2VjcmV0"), Violation, RuleCredentials, "request header Authorization"},
}
