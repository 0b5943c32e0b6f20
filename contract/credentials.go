package contract

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

// credential is one thing that a request must carry.
type credential struct {
	// scheme begins the Authorization header: "basic", "bearer", "signature", in lower case. It is empty for
	// a key of its own.
	scheme   string
	in, name string // of a key
}

// securityOf are the alternatives of an operation. An empty one needs nothing.
func securityOf(own *openapi3.SecurityRequirements, source *openapi3.T) ([][]credential, error) {
	if own == nil {
		own = &source.Security
	}
	var alternatives [][]credential
	for _, requirement := range *own {
		alternative := []credential{}
		for name := range requirement {
			if source.Components == nil || source.Components.SecuritySchemes[name] == nil {
				return nil, fmt.Errorf("the security scheme %q is not defined", name)
			}
			alternative = append(alternative, credentialOf(name, source.Components.SecuritySchemes[name].Value))
		}
		alternatives = append(alternatives, alternative)
	}
	return alternatives, nil
}

func credentialOf(name string, scheme *openapi3.SecurityScheme) credential {
	switch {
	case scheme == nil:
		return credential{}
	case scheme.Type == "http":
		return credential{scheme: strings.ToLower(scheme.Scheme)}
	case scheme.Type != "apiKey":
		return credential{scheme: "bearer"} // oauth2, openIdConnect
	case !strings.EqualFold(scheme.Name, "Authorization"):
		return credential{in: scheme.In, name: scheme.Name}
	}
	// An apiKey in Authorization is how documents describe schemes that OpenAPI has no type for.
	for _, known := range []string{"Signature", "Bearer", "Basic"} {
		if strings.Contains(name, known) || strings.Contains(scheme.Description, `"`+known+`"`) {
			return credential{scheme: strings.ToLower(known)}
		}
	}
	return credential{in: "header", name: "Authorization"}
}

func (x *exchange) credentials(r *http.Request) {
	if len(x.operation.security) == 0 || slices.ContainsFunc(x.operation.security, func(a []credential) bool { return len(a) == 0 }) {
		return
	}
	const where = "request header Authorization"
	sent := r.Header["Authorization"]
	if len(sent) > 1 {
		x.violate(RuleRepeatedParameter, where, fmt.Sprintf("is sent %d times", len(sent)))
		return
	}
	first, place := "", ""
	for _, alternative := range x.operation.security {
		problem, at := "", where
		for _, c := range alternative {
			if problem == "" {
				problem, at = c.problem(r)
			}
		}
		switch {
		case problem == "":
			return
		case first == "" || first == anotherKind && problem != anotherKind:
			first, place = problem, at
		}
	}
	x.violate(RuleCredentials, place, first)
}

const anotherKind = "is of a kind that the operation does not take"

// problem says what is wrong with a credential of a request, and where; "" if nothing is.
func (c credential) problem(r *http.Request) (problem, where string) {
	where = "request header Authorization"
	if c.scheme == "" {
		where = "request " + c.in + " " + c.name
		if !c.sent(r) {
			return "is missing", where
		}
		return "", where
	}
	value := r.Header.Get("Authorization")
	if value == "" {
		return "is missing", where
	}
	scheme, rest, _ := strings.Cut(value, " ")
	if !strings.EqualFold(scheme, c.scheme) {
		return anotherKind, where
	}
	switch c.scheme {
	case "basic":
		return basicProblem(rest), where
	case "bearer":
		return bearerProblem(rest), where
	case "signature":
		if problem := signatureProblem(rest); problem != "" {
			return problem, where
		}
		if r.Header.Get("Date") == "" && r.Header.Get("X-Date") == "" {
			return "is missing, and has to be signed", "request header Date"
		}
	case "":
	default:
		if strings.TrimSpace(rest) == "" {
			return "has nothing behind its scheme", where
		}
	}
	return "", where
}

func (c credential) sent(r *http.Request) bool {
	switch c.in {
	case "query":
		return r.URL.Query().Get(c.name) != ""
	case "cookie":
		cookie, err := r.Cookie(c.name)
		return err == nil && cookie.Value != ""
	}
	return strings.TrimSpace(r.Header.Get(c.name)) != ""
}

func bearerProblem(sent string) string {
	switch {
	case strings.TrimSpace(sent) == "":
		return "has no token"
	case strings.HasPrefix(sent, `"`) || strings.ContainsFunc(sent, func(r rune) bool { return r <= ' ' || r == 0x7f }):
		return "has a token in quotes, or with a blank or a control character" // services issue odd ones
	}
	return ""
}

func basicProblem(text string) string {
	if strings.TrimSpace(text) == "" {
		return "has no user name and password"
	}
	decoded, err := base64.StdEncoding.DecodeString(text)
	switch {
	case err != nil:
		return "is not base64"
	case !strings.Contains(string(decoded), ":"):
		return "has no colon between user name and password"
	}
	return ""
}

// signatureParameter is name="value", or a number of seconds; a value holds no quotes.
var signatureParameter = regexp.MustCompile(`^\s*([A-Za-z]+)\s*=\s*(?:"([^"]*)"|[0-9]+)\s*$`)

// signatureProblem checks draft-cavage-http-signatures: keyId, algorithm and signature, over at least Date.
func signatureProblem(text string) string {
	found := map[string]string{}
	for part := range strings.SplitSeq(text, ",") {
		match := signatureParameter.FindStringSubmatch(part)
		if match == nil {
			return "cannot be taken apart"
		}
		if _, twice := found[match[1]]; twice {
			return "has a part twice"
		}
		found[match[1]] = match[2]
	}
	for _, name := range []string{"keyId", "algorithm", "signature"} {
		if found[name] == "" {
			return "has no " + name
		}
	}
	if signed, listed := found["headers"]; listed {
		names := strings.Fields(strings.ToLower(signed))
		if !slices.Contains(names, "date") && !slices.Contains(names, "x-date") {
			return "does not sign the date"
		}
	}
	if _, err := base64.StdEncoding.DecodeString(found["signature"]); err != nil {
		return "has a signature that is not base64"
	}
	return ""
}
