package contract

import (
	"bytes"
	"compress/zlib"
	"io"
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// oddities are legal, however odd.
var oddities = map[string]struct {
	talk string
	seed func(*talk)
}{
	// Paths.
	"a gateway's base path":                {"get user", requested("/cloudapi/v6/um", "/proxy/eu/ionos/um")},
	"no base path":                         {"get user", requested("/cloudapi/v6", "")},
	"Triton below a path":                  {"get sub-user", requested("/acme/", "/cloudapi/acme/")},
	"an id with an escaped slash":          {"get user", requested(userID, "a%2Fb")},
	"an id in another script":              {"get sub-user", requested("bob", "b%C3%B6b")},
	"an id of three dots":                  {"get sub-user", requested("/bob", "/...")},
	"a sub-user called like an IONOS path": {"get sub-user", requested("/bob", "/users")},
	"an IONOS path with an escaped letter": {"get user", requested("/um/users/", "/%75m/users/")},
	"a Triton path with an escaped letter": {"get sub-user", requested("/users/", "/us%65rs/")},
	"an account called my":                 {"get sub-user", requested("/acme/", "/my/")},
	// Parameters.
	"parameters in another order": {"list users", requested("pretty=false&depth=1&offset=1&limit=2", "limit=2&offset=1&depth=1&pretty=false")},
	"an escaped value":            {"list users", requested("limit=2", "limit=%32")},
	"an empty role":               {"create sub-user", requested("as-role=admin,reader", "as-role=")},
	"the page that is the default": {"list users", func(k *talk) {
		requested("offset=1&limit=2", "")(k)
		returned(`"offset":1,"limit":2`, `"offset":0,"limit":100`)(k)
	}},
	"a header of our own":           {"get user", withHeader("X-Correlation-Id", "1")},
	"a contract number in a header": {"get user", withHeader("x-contract-number", "31")},
	// Credentials.
	"basic authentication":              {"get user", withHeader("Authorization", "Basic b3duZXI6c2VjcmV0")},
	"bearer in lower case":              {"get user", withHeader("Authorization", "bearer token")},
	"BASIC in upper case":               {"get user", withHeader("Authorization", "BASIC b3duZXI6c2VjcmV0")},
	"an empty password":                 {"get user", withHeader("Authorization", "Basic b3duZXI6")},
	"a token with padding":              {"get user", withHeader("Authorization", "Bearer YWJj+/-._~==")},
	"blanks between signature parts":    {"get sub-user", withHeader("Authorization", `signature keyId="k", algorithm="ed25519-sha512", headers="(request-target) date", signature="c2ln"`)},
	"a signature that names no headers": {"get sub-user", withHeader("Authorization", `Signature keyId="k",algorithm="rsa-sha256",signature="c2ln"`)},
	"a signature over X-Date": {"get sub-user", func(k *talk) {
		k.header.Del("Date")
		k.header.Set("X-Date", "Tue, 24 Nov 2026 10:00:00 GMT")
		withHeader("Authorization", `Signature keyId="k",algorithm="rsa-sha256",headers="x-date",signature="c2ln"`)(k)
	}},
	// Bodies.
	"another way to write the media type": {"get user", returnedHeader("Content-Type", "Application/JSON;charset=UTF-8")},
	"a charset in quotes":                 {"get user", returnedHeader("Content-Type", `application/json; charset="utf-8"`)},
	"US-ASCII":                            {"get user", returnedHeader("Content-Type", "application/json; charset=us-ascii")},
	"a profile of the media type":         {"get user", returnedHeader("Content-Type", "application/json; profile=x")},
	"the identity encoding":               {"get user", returnedHeader("Content-Encoding", "identity")},
	"a body that is indented":             {"create user", func(k *talk) { k.body = " \r\n\t" + k.body + "\n" }},
	"an escaped field name":               {"create user", sent(`"active"`, `"activ\u0065"`)},
	"an emoji as surrogates":              {"create user", sent(`"Ann"`, `"\ud83d\ude00"`)},
	"a lone surrogate":                    {"create user", sent(`"Ann"`, `"\ud83d"`)},
	"an empty PUT of a share": {"put group", func(k *talk) {
		requested("/um/groups/"+userID, "/um/groups/g/shares/r")(k)
		k.body, k.status, k.response = "", 200, `{"id":"r","type":"resource","properties":{"editPrivilege":true}}`
		k.returnedHeader.Del("Location")
	}},
	"an attribute with several values": {"get sub-user", returned(`"roles"`, `"city":["Bonn","Ulm"],"roles"`)},
	"an attribute without a value":     {"list sub-users", returned(`"login"`, `"city":[],"phone":"1","login"`)},
	"a null that is documented":        {"get resource", returned(`"name":"one"`, `"name":"two"`)},
	// Dates.
	"lower-case t and z":          {"get user", returned("2024-05-01T10:00:00Z", "2024-05-01t10:00:00z")},
	"a leap second":               {"get user", returned("2024-05-01T10:00:00Z", "2016-12-31T23:59:60Z")},
	"a leap second east of UTC":   {"get user", returned("2024-05-01T10:00:00Z", "2017-01-01T08:59:60+09:00")},
	"a leap second west of UTC":   {"get user", returned("2024-05-01T10:00:00Z", "2016-12-31T15:59:60.5-08:00")},
	"a fraction of twelve digits": {"get user", returned("10:00:00Z", "10:00:00.123456789012Z")},
	"an unknown local offset":     {"get user", returned("10:00:00Z", "10:00:00-00:00")},
	"the 29th of February":        {"get user", returned("2024-05-01", "2024-02-29")},
	// Responses.
	"HEAD where GET is documented":   {"get user", func(k *talk) { k.method, k.response = "HEAD", "" }},
	"HEAD of a list":                 {"list sub-users", func(k *talk) { k.method, k.response = "HEAD", "" }},
	"a port that is the default":     {"create user", returnedHeader("Location", "https://api.ionos.com:443/cloudapi/v6/requests/1/status")},
	"a host in upper case":           {"create user", returnedHeader("Location", "https://API.IONOS.COM/cloudapi/v6/requests/1/status")},
	"an absolute Location of Triton": {"create sub-user", returnedHeader("Location", tritonURL+"/acme/users/bob")},
	"an error with a message only":   {"refused sub-user", func(k *talk) { k.response = `{"message":"not there"}` }},
	"an error without messages":      {"refused user", func(k *talk) { k.response = `{"httpStatus":404}` }},
	"a gateway's page at 429":        {"refused user", page(429, "text/html")},
	"a gateway's page at 500":        {"refused user", page(500, "text/html; charset=iso-8859-1")},
	"a gateway's page at 502":        {"refused user", page(502, "text/html")},
	"a gateway's text at 503":        {"refused user", page(503, "text/plain")},
	"a gateway's page at 504":        {"refused sub-user", page(504, "text/html")},
	"a gateway that says nothing":    {"refused user", page(502, "")},
	"a gateway's page for a change":  {"create user", page(503, "text/html")},
}

func page(status int, mediaType string) func(*talk) {
	return func(k *talk) {
		k.status, k.response = status, "<html>down for maintenance</html>"
		k.returnedHeader = http.Header{}
		if mediaType != "" {
			k.returnedHeader.Set("Content-Type", mediaType)
		}
	}
}

func TestLegalOdditiesAreNotReported(t *testing.T) {
	t.Parallel()
	require.GreaterOrEqual(t, len(oddities), 50)
	t.Logf("figure: %d legal oddities without a finding", len(oddities))
	for name, c := range oddities {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			k := talks[c.talk]()
			c.seed(k)
			assert.Empty(t, k.seenByTransport(t))
			assert.Empty(t, k.seenByHandler(t))
		})
	}
}

func TestDeflateIsUnpackedForTheCheckOnly(t *testing.T) {
	t.Parallel()
	k := talks["get user"]()
	returned(`"active":true`, `"active":1`)(k)
	var packed bytes.Buffer
	zip := zlib.NewWriter(&packed)
	_, err := io.WriteString(zip, k.response)
	require.NoError(t, err)
	require.NoError(t, zip.Close())
	k.response = packed.String()
	k.returnedHeader.Set("Content-Encoding", "deflate")
	assert.Len(t, k.seenByTransport(t), 1)
	assert.Len(t, k.seenByHandler(t), 1)
}
