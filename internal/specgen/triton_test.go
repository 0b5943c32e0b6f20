package main

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestTritonPage(t *testing.T) {
	t.Parallel()
	f, err := tritonPage([]byte(`Users

About users. Inputs that are not in a table do not count.

PutThing (POST /:account/things/:thing)

Puts a thing.

Inputs

Field

Type

Description

login

String

email

String

(Required) Email address

deep

Boolean

Returns

Array of things:

Field

Type

Description

id

UUID

Unique id

tags

Array

...

created

Date (ISO8601)

When

Errors

For all possible errors, see elsewhere.

Error Code

Description

InvalidArgument

If an argument is wrong

ResourceNotFound

If there is no thing

CLI Command:

Example Request

Field

DropThing (DELETE /:account/things/:id)

Inputs

  • None

Returns

  • None
`))
	require.NoError(t, err)
	assert.Equal(t, facts{
		{"PutThing", "request"}:                "POST /{}/things/{}",
		{"PutThing", "operationId"}:            "PutThing",
		{"PutThing", "input login, type"}:      "String",
		{"PutThing", "input email, type"}:      "String",
		{"PutThing", "input email, required"}:  "true",
		{"PutThing", "input deep, type"}:       "Boolean",
		{"PutThing", "returns"}:                "array",
		{"PutThing", "returned id, type"}:      "UUID",
		{"PutThing", "returned tags, type"}:    "Array",
		{"PutThing", "returned created, type"}: "date",
		{"PutThing", "error InvalidArgument"}:  "documented",
		{"PutThing", "error ResourceNotFound"}: "documented",
		{"DropThing", "request"}:               "DELETE /{}/things/{}",
		{"DropThing", "operationId"}:           "DropThing",
		{"DropThing", "returns"}:               "nothing",
	}, f)
}

func TestTritonPageSaysWhereATableIsBroken(t *testing.T) {
	t.Parallel()
	const start = "GetThing (GET /:account/things)\n"
	for page, want := range map[string]string{
		start + "Inputs\nField\nKind\n":                                  "operation GetThing, table Inputs: line 3: expected the columns Field, Type and Description",
		start + "Inputs\nField\nType\nDescription\nid\n":                 `operation GetThing, table Inputs: line 6: "id" does not begin a row`,
		start + "Returns\nObject\nField\nType\nDescription\nid\nFloat\n": `operation GetThing, table Returns: line 7: "id" does not begin a row`,
		start + "Returns\nObject\nField\nType\n":                         "operation GetThing, table Returns: line 4: expected the columns",
		start + "Errors\nError Code\nid\n":                               "operation GetThing, table Errors: line 3: expected the columns Error Code and Description",
		start + "Errors\nError Code\nDescription\nnot a code\nwhy\n":     `operation GetThing, table Errors: line 5: "not a code" is not an error code`,
		start + "Inputs\nField\n":                                        "operation GetThing, table Inputs: line 3: expected the columns",
	} {
		_, err := tritonPage([]byte(page))
		assert.ErrorContains(t, err, want, page)
	}
}

func TestTritonTypes(t *testing.T) {
	t.Parallel()
	for src, want := range map[string]string{
		"{type: string}":                    "String",
		"{type: string, format: uuid}":      "UUID",
		"{type: string, format: date-time}": "date",
		"{type: string, format: email}":     "string email",
		"{type: boolean}":                   "Boolean",
		"{type: array}":                     "Array",
		"{type: integer}":                   "integer",
		"{type: integer, format: int32}":    "integer int32",
	} {
		n, err := parseYAML([]byte(src))
		require.NoError(t, err)
		assert.Equal(t, want, tritonType(n), src)
	}
}
