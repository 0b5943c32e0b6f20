package main

import "github.com/cloudroster/cloudroster/contract"

// ruleText is what reports say of a rule: a title, what it means, and what to do.
type ruleText struct{ title, meaning, help string }

// What to do about most findings.
const (
	clientIsWrong  = "Correct the client: the service may reject the request, or ignore a part of it."
	serviceIsWrong = "Compare the service's documentation. If the response is right, correct the document; if not, report it to the vendor and tolerate it (-tolerate) until it is repaired."
	serviceGrew    = "Services add things over time. Add it to the document, or tolerate it (-tolerate)."
)

var ruleTexts = map[contract.Rule]ruleText{
	contract.RuleUnknownOperation:   {"Undocumented operation", "The document has no such path, or not with this method.", clientIsWrong},
	contract.RulePathParameter:      {"Unusable path parameter", "A parameter in the path is empty, a dot segment, badly escaped, or has control characters.", clientIsWrong},
	contract.RuleUnknownParameter:   {"Undocumented query parameter", "The operation does not have this query parameter.", clientIsWrong},
	contract.RuleRepeatedParameter:  {"Repeated parameter or header", "A parameter or header that takes one value was sent several times.", clientIsWrong},
	contract.RuleMissingParameter:   {"Missing parameter", "A required parameter was not sent.", clientIsWrong},
	contract.RuleCredentials:        {"Missing or malformed credentials", "The credentials are absent, malformed, or of a kind that the operation does not take.", clientIsWrong},
	contract.RuleUnexpectedBody:     {"Undocumented body", "There is a body where the document has none.", serviceIsWrong},
	contract.RuleMissingBody:        {"Missing body", "There is no body where the document requires one.", serviceIsWrong},
	contract.RuleMediaType:          {"Undocumented media type", "The Content-Type is missing, malformed, or not documented.", serviceIsWrong},
	contract.RuleMalformedBody:      {"Malformed body", "The body is not JSON, not UTF-8, or not in its content encoding.", serviceIsWrong},
	contract.RuleDuplicateField:     {"Duplicate field", "An object has a field more than once, and parsers disagree on which one counts.", serviceIsWrong},
	contract.RuleErrorShape:         {"Error of another shape", "An error response has none of the documented fields.", serviceIsWrong},
	contract.RuleUnknownField:       {"Undocumented field", "The document does not have this field.", serviceGrew},
	contract.RuleReadOnlyField:      {"Read-only field in a request", "A request has a field that only responses may have.", clientIsWrong},
	contract.RuleMissingField:       {"Missing field", "A required field is absent.", serviceIsWrong},
	contract.RuleNull:               {"Undocumented null", "A field is null, which the document does not allow.", serviceIsWrong},
	contract.RuleType:               {"Wrong type", "A value is of another type than documented.", serviceIsWrong},
	contract.RuleFormat:             {"Wrong format", "A value is not in the documented format, such as uuid or date-time.", serviceIsWrong},
	contract.RuleEnum:               {"Undocumented value", "A value is not in the documented list.", serviceGrew},
	contract.RuleBounds:             {"Out of bounds", "A value is too small, too great, too short or too long, or does not match the documented pattern.", serviceIsWrong},
	contract.RuleUndocumentedStatus: {"Undocumented status", "The document does not have this status for the operation.", serviceIsWrong},
	contract.RuleMissingHeader:      {"Missing response header", "A documented response header is absent.", serviceIsWrong},
	contract.RuleUnknownHeader:      {"Undocumented Location", "The response has a Location header where the document has none.", serviceGrew},
	contract.RuleLocation:           {"Wrong Location", "The Location header is not a URL, or does not lead where it should.", serviceIsWrong},
	contract.RulePage:               {"Wrong page", "The page is not the one that was requested.", serviceIsWrong},
	contract.RuleStatusInBody:       {"Contradictory status", "The error body repeats another status than that of the response.", serviceIsWrong},
	contract.RuleNotChecked:         {"Body not checked", "A body was not read to its end, is too long, or is in an unknown encoding or charset.", "Nothing is known about this body. Find out what it is with another tool."},
	untestedRule:                    {"Operation not tested", "There was no usable response.", "Check the host, the credentials and their privileges, and run the probe again."},
}

// ruleObject describes a rule in SARIF.
func ruleObject(rule contract.Rule) sarifObject {
	text := ruleTexts[rule]
	return sarifObject{
		"id":               rule,
		"shortDescription": sarifObject{"text": text.title},
		"fullDescription":  sarifObject{"text": text.meaning},
		"help":             sarifObject{"text": text.meaning + " " + text.help, "markdown": text.meaning + "\n\n" + text.help},
		"helpUri":          "https://pkg.go.dev/github.com/cloudroster/cloudroster/contract#Rule",
		"properties":       sarifObject{"tags": []string{"openapi", "contract"}, "precision": "high"},
	}
}
