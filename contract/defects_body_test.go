package contract

// bodyDefects are those of request bodies.
var bodyDefects = []defect{
	// Requests: the body.
	{"no body", "create user", func(k *talk) { k.body = "" }, Violation, RuleMissingBody, "request body"},
	{"a body that nobody asked for", "delete user", func(k *talk) { k.body = "{}" }, Violation, RuleUnexpectedBody, "request body"},
	{"a form", "create sub-user", withHeader("Content-Type", "application/x-www-form-urlencoded"), Violation, RuleMediaType, "request header Content-Type"},
	{"a body cut short", "create user", sent(`}}`, `}`), Violation, RuleMalformedBody, "request body"},
	{"two values in a body", "create user", sent(`}}`, `}}{}`), Violation, RuleMalformedBody, "request body"},
	{"a renamed property", "create user", sent("lastname", "lastName"), Violation, RuleUnknownField, "request body /properties/lastName"},
	{"the page's spelling of a privilege", "put group", sent("reserveIp", "createDatacenter"), Violation, RuleUnknownField, "request body /properties/(a name of 16 bytes)"},
	{"a field that only a change takes", "create user", sent(`"active":true`, `"secAuthActive":true`), Violation, RuleUnknownField, "request body /properties/secAuthActive"},
	{"a read-only field", "put group", sent(`{"prop`, `{"id":"g","prop`), Violation, RuleReadOnlyField, "request body /id"},
	{"a required field left out", "create user", sent(`"firstname":"Ann",`, ``), Violation, RuleMissingField, "request body /properties/firstname"},
	{"a flipped type", "create user", sent(`"active":true`, `"active":"true"`), Violation, RuleType, "request body /properties/active"},
	{"a null", "create sub-user", sent(`"login":"bob"`, `"login":"bob","phone":null`), Violation, RuleNull, "request body /phone"},
	{"a type of our own invention", "put group", sent(`{"prop`, `{"type":"team","prop`), Violation, RuleEnum, "request body /type"},
	{"a name twice", "create user", sent(`"active":true`, `"active":true,"active":false`), Violation, RuleDuplicateField, "request body /properties/active"},
	{"a name twice, once escaped", "create user", sent(`"active":true`, `"active":true,"activ\u0065":true`), Violation, RuleDuplicateField, "request body /properties/active"},
	{"the outermost name twice", "put group", sent(`{"prop`, `{"properties":{"name":"x"},"prop`), Violation, RuleDuplicateField, "request body /properties"},
	{"bytes that are not UTF-8", "create user", sent(`"Ann"`, "\"Ann\xff\""), Violation, RuleMalformedBody, "request body"},
	{"Latin-1 text", "create user", sent(`"Lee"`, "\"L\xe9e\""), Violation, RuleMalformedBody, "request body"},
	{"a byte order mark", "create user", func(k *talk) { k.body = "\ufeff" + k.body }, Violation, RuleMalformedBody, "request body"},
	{"a trailing comma", "create user", sent(`true}`, `true,}`), Violation, RuleMalformedBody, "request body"},
	{"a comment", "create user", sent(`{"prop`, `/* user */{"prop`), Violation, RuleMalformedBody, "request body"},
	{"single quotes", "create user", sent(`"Ann"`, `'Ann'`), Violation, RuleMalformedBody, "request body"},
	{"a line break in a string", "create user", sent(`"Ann"`, "\"An\nn\""), Violation, RuleMalformedBody, "request body"},
	{"NaN", "create user", sent(`true`, `NaN`), Violation, RuleMalformedBody, "request body"},
	{"a request charset that is not supported", "create user", withHeader("Content-Type", "application/json; charset=utf-16"), Drift, RuleNotChecked, "request body"},
	{"a request encoding that is not supported", "create user", withHeader("Content-Encoding", "zstd"), Drift, RuleNotChecked, "request body"},
	{"a request that is not the gzip it claims", "create user", withHeader("Content-Encoding", "gzip"), Violation, RuleMalformedBody, "request body"},
	{"a media type without a body type", "create user", func(k *talk) { k.header.Del("Content-Type") }, Violation, RuleMediaType, "request header Content-Type"},
	{"a malformed media type", "create user", withHeader("Content-Type", "application/json; charset"), Violation, RuleMediaType, "request header Content-Type"},
	{"JSON with another name", "create user", withHeader("Content-Type", "text/json"), Violation, RuleMediaType, "request header Content-Type"},
	{"a null body", "create user", func(k *talk) { k.body = "null" }, Violation, RuleNull, "request body"},
	{"a string body", "create user", func(k *talk) { k.body = `"{}"` }, Violation, RuleType, "request body"},
	{"properties that are a list", "put group", func(k *talk) { k.body = `{"properties":[]}` }, Violation, RuleType, "request body /properties"},
	{"an id sent to a new sub-user", "create sub-user", sent(`"login"`, `"id":"`+userID+`","login"`), Violation, RuleUnknownField, "request body /id"},
	{"a number in place of a string", "create sub-user", sent(`"bob"`, `7`), Violation, RuleType, "request body /login"},
	{"an object in place of a string", "create sub-user", sent(`"bob"`, `{"name":"bob"}`), Violation, RuleType, "request body /login"},
	{"a body of a HEAD", "get user", func(k *talk) { k.method, k.body = "HEAD", "{}"; k.response = "" }, Violation, RuleUnexpectedBody, "request body"},
}

// unreadDefects are bodies that nobody has read, so that they could not be checked.
var unreadDefects = []defect{
	{"a response that is closed unread", "get user", func(k *talk) { k.clientReads = -1 }, Drift, RuleNotChecked, "response body"},
	{"a response that is read in part", "get user", func(k *talk) { k.clientReads = 40 }, Drift, RuleNotChecked, "response body"},
	{"an error that is closed unread", "refused user", func(k *talk) { k.clientReads = -1 }, Drift, RuleNotChecked, "response body"},
	{"a request that the handler does not read", "create user", func(k *talk) { k.handlerReads = -1 }, Drift, RuleNotChecked, "request body"},
	{"a request that the handler reads in part", "create user", func(k *talk) { k.handlerReads = 40 }, Drift, RuleNotChecked, "request body"},
}
