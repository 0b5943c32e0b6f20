// Package contract checks HTTP traffic against openapi.yaml, the document of the IONOS and Triton
// user management APIs, and measures how much of the document was exercised.
//
// A client's traffic is checked by a transport:
//
//	client := &http.Client{Transport: contract.Transport(nil, contract.ReportTo(t))}
//
// A fake server's by a handler:
//
//	server := httptest.NewServer(contract.Handler(fake, contract.ReportTo(t)))
//
// Neither changes the traffic: bodies, errors and broken connections pass through as they are. What
// does not agree with the document is reported as a [Finding], either a [Violation], or [Drift]: a
// difference that a client has to live with, because services add fields and values over time.
//
// [New] returns a checker for any other OpenAPI 3.0 document.
//
// # What is checked
//
// Of a request: that the document has the operation; path parameters (present, no dot segments);
// query parameters (known, at most once, type, format, bounds) and headers; the credentials and their form;
// the body: whether there should be one, its media type, UTF-8, JSON syntax, duplicate, unknown and read-only
// fields, required fields, types, formats, enum values and bounds.
//
// Of a response: its status, its documented headers, where Location leads, whether there should be a
// body, its media type, UTF-8 and JSON syntax, duplicate and required fields, types, formats, nulls, the
// bounds of a page, and that an error has the documented shape. Drift are fields and enum values that the
// document does not know, lost rate limit headers, a Location on another host, and a gateway's errors in a
// shape of their own. A gateway's text or HTML page at 429 and 5xx is not reported.
//
// HEAD is checked like the documented GET, without a body, and exercises nothing for coverage.
//
// A finding names the operation, the place in the request or response, and the schema and field of the document
// that it was compared with. It holds no value of a body, a query, a header or a path, and no name that the
// document does not have. [WithTolerances] leaves known deviations out.
//
// # Base URLs
//
// The path of a request may have any prefix, so that gateways, mock servers and servers that were
// mounted somewhere else are checked too. Hosts are not checked.
//
// # Limits
//
// Bodies are kept in memory for the check, up to [DefaultBodyLimit] bytes unless [WithBodyLimit] says
// otherwise. What could not be checked is reported as drift, by the rule [RuleNotChecked]: a longer body,
// one that was not read to its end or broke off, and one in a charset other than UTF-8 or a content encoding
// other than gzip and deflate. Package net/http undoes gzip itself, unless a request asks for it.
package contract
