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
// # What is checked
//
// Of a request: that the document has the operation; path parameters (present, no dot segments);
// query parameters (known, at most once, type, format, bounds) and headers; the kind of credentials;
// the body: whether there should be one, its media type, JSON syntax, unknown and read-only fields,
// required fields, types, formats, enum values and bounds.
//
// Of an answer: its status, its documented headers, where Location leads, whether there should be a
// body, its media type and JSON syntax, required fields, types, formats, nulls, the bounds of a page.
// Drift are fields and enum values that the document does not know, lost rate limit headers, and
// error answers that do not come from the service itself, such as a gateway's HTML page.
//
// No finding holds a value: not of a body, a query, a header or a path. It names the place instead.
//
// # Base URLs
//
// The path of a request may have any prefix, so that gateways, mock servers and servers that were
// mounted somewhere else are checked too. Hosts are not checked.
//
// # Limits
//
// Bodies are kept in memory for the check, up to [DefaultBodyLimit] bytes unless [WithBodyLimit] says
// otherwise; a longer one is reported as drift and its content is not checked. Nor is a body that is
// not read to its end, that breaks off, or whose content encoding is neither gzip nor identity.
// A check costs about as much as decoding the body once more: it is meant for tests, probes and staging.
package contract
