module github.com/cloudroster/cloudroster/clients

go 1.26.0

replace github.com/cloudroster/cloudroster => ..

require (
	github.com/TritonDataCenter/triton-go/v2 v2.0.0-pre4
	github.com/cloudroster/cloudroster v0.0.0-00010101000000-000000000000
	github.com/ionos-cloud/sdk-go/v6 v6.3.11
	github.com/pkg/errors v0.9.1
	github.com/stretchr/testify v1.12.1
)

require (
	github.com/getkin/kin-openapi v0.152.0 // indirect
	github.com/go-openapi/jsonpointer v0.23.1 // indirect
	github.com/go-openapi/swag/jsonname v0.26.0 // indirect
	github.com/oasdiff/yaml v0.1.1 // indirect
	github.com/oasdiff/yaml3 v0.0.14 // indirect
	github.com/santhosh-tekuri/jsonschema/v6 v6.0.3 // indirect
	go.yaml.in/yaml/v3 v3.0.6 // indirect
	golang.org/x/crypto v0.58.0 // indirect
	golang.org/x/oauth2 v0.30.0 // indirect
	golang.org/x/sys v0.49.0 // indirect
	golang.org/x/text v0.43.0 // indirect
)
